"""Parameters of GET and DELETE calls, which stand in the query string."""

from __future__ import annotations

from typing import Any

from .errors import RestError
from .messages import Api

_LISTS = ("strings", "objects")


def parameters_of(api: Api, pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Collect the known parameters. A list is a repeated key, or keys ``name.0``, ``name.1``; others come once.

    Raises a 400 for a scalar given twice or a map key given twice.
    """
    values: dict[str, list[str]] = {}
    indexed: dict[str, list[tuple[int, str]]] = {}
    maps: dict[str, dict[str, str]] = {}
    for key, value in pairs:
        name, dot, rest = key.partition(".")
        if not dot:
            values.setdefault(key, []).append(value)
        elif rest.isdigit():
            indexed.setdefault(name, []).append((int(rest), value))
        elif name in api.params:
            if rest in maps.setdefault(name, {}):
                raise RestError(
                    400,
                    f"Invalid query parameter[{key}], only one value is allowed for the parameter but multiple values found",
                )
            maps[name][rest] = value
    for name, items in indexed.items():
        values[name] = [value for _index, value in sorted(items)]
    given: dict[str, Any] = dict(maps)
    for name, texts in values.items():
        param = api.params.get(name)
        if param is None:
            continue
        if param.kind in _LISTS:
            given[name] = texts
        elif len(texts) > 1:
            raise RestError(
                400,
                f"Invalid query parameter[{name}], only one value is allowed for the parameter but multiple values found",
            )
        else:
            given[name] = texts[0]
    return given
