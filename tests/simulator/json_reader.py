"""Reading request bodies, with gson's complaints about what it cannot read."""

from __future__ import annotations

import json
from typing import Any

from .binding import token
from .errors import RestError


def read_object(text: str) -> dict[str, Any] | None:
    """The JSON object of a body; None for none or ``null``. Raises a 500 with gson's message."""
    if not text or text.isspace():
        return None
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()) or _ends_early(text):
            raise RestError(
                500, f"java.io.EOFException: End of input at line 1 column {len(text) + 1} path $."
            ) from None
        raise RestError(
            500,
            "com.google.gson.stream.MalformedJsonException: Unterminated object at line "
            f"{error.lineno} column {error.colno + 1} path $",
        ) from None
    except RecursionError:
        raise RestError(500, "") from None
    if value is None or isinstance(value, dict):
        return value
    if value == []:
        return {}
    raise RestError(
        500, f"java.lang.IllegalStateException: Expected BEGIN_OBJECT but was {token(value)} at line 1 column 2 path $"
    )


def _ends_early(text: str) -> bool:
    """Whether the text breaks off inside a name or value; gson reads unquoted names, so ``{bad`` does."""
    return text.count("{") > text.count("}")
