"""Reading JSON into typed fields the way gson does: its coercions, and its complaints."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .java_json import dump, java_double

_INTEGER = re.compile(r"[+-]?\d+")


def token(value: Any) -> str:
    """The name of a JSON value's first token in gson's complaints."""
    if isinstance(value, dict):
        return "BEGIN_OBJECT"
    if isinstance(value, list):
        return "BEGIN_ARRAY"
    if isinstance(value, bool):
        return "BOOLEAN"
    if value is None:
        return "NULL"
    return "STRING" if isinstance(value, str) else "NUMBER"


def illegal_state(expected: str, value: Any, path: str, column: int) -> ValueError:
    return ValueError(
        f"java.lang.IllegalStateException: Expected {expected} but was {token(value)} at line 1 column {column} path {path}"
    )


def as_string(value: Any, path: str, column: int) -> str:
    """Strings may be given as numbers or booleans."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return java_double(value)
    raise illegal_state("a string", value, path, column)


def as_integer(value: Any, path: str, column: int, bits: int = 32) -> int:
    """Integers may be given as text or as doubles without fraction."""
    if isinstance(value, bool):
        raise illegal_state("an int", value, path, column)
    if isinstance(value, str):
        if not _INTEGER.fullmatch(value):
            try:
                value = float(value)
            except ValueError:
                raise ValueError(f'java.lang.NumberFormatException: For input string: "{value}"') from None
        else:
            value = int(value)
    if isinstance(value, float):
        if value != int(value):
            raise ValueError(
                f"java.lang.NumberFormatException: Expected an int but was {java_double(value)} at line 1 column {column} path {path}"
            )
        value = int(value)
    if not isinstance(value, int):
        raise illegal_state("an int", value, path, column)
    if not -(1 << bits - 1) <= value < 1 << bits - 1:
        limit, kind = (1 << bits - 1) - 1, "Integer" if bits == 32 else "Long"
        raise ValueError(f"{value} is {kind} overflow, {kind}.MAX_VALUE is {limit}")
    return value


def as_boolean(value: Any, path: str, column: int) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value.lower() == "true"
    raise illegal_state("a boolean", value, path, column)


def as_strings(value: Any, path: str, column: int) -> list[str | None]:
    if not isinstance(value, list):
        raise illegal_state("BEGIN_ARRAY", value, path, column)
    return [
        None if item is None else as_string(item, f"{path}[{position}]", column) for position, item in enumerate(value)
    ]


def as_objects(value: Any, path: str, column: int) -> list[dict[str, Any] | None]:
    if not isinstance(value, list):
        raise illegal_state("BEGIN_ARRAY", value, path, column)
    for position, item in enumerate(value):
        if item is not None and not isinstance(item, dict):
            raise illegal_state("BEGIN_OBJECT", item, f"{path}[{position}]", column + position + 1)
    return value


def column_of(value: Mapping[str, Any], name: str) -> int:
    """Where in the re-written object the value of ``name`` begins, counted as gson counts: just behind its first sign."""
    before = {}
    for key, item in value.items():
        if key == name:
            break
        before[key] = item
    lead = len(dump(before)) - 1 + (1 if before else 0)
    return lead + len(dump(name)) + 1 + 2


def bind_body(fields: Mapping[str, str], body: Any) -> None:
    """Check that ``body`` can be read into a message with ``fields`` (name -> string, integer, list).

    Raises ``ValueError`` with gson's message.
    """
    if not isinstance(body, dict):
        raise illegal_state("BEGIN_OBJECT", body, "$", 2)
    for name, value in body.items():
        kind = fields.get(name)
        if kind is None or value is None:
            continue
        path, column = f"$.{name}", column_of(body, name)
        if kind == "string":
            as_string(value, path, column)
        elif kind == "integer":
            as_integer(value, path, column, bits=64)
        else:
            if not isinstance(value, list):
                raise illegal_state("BEGIN_ARRAY", value, path, column)
