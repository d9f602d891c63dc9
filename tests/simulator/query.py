"""Reading the parameters of a query, as the REST front does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from .errors import RestError

# The first of these that occurs anywhere in a condition splits it, whatever stands left of it
OPERATORS = {
    "!=": "!=",
    ">=": ">=",
    "<=": "<=",
    "!?=": "not in",
    "!~=": "not like",
    "~=": "like",
    "?=": "in",
    "=": "=",
    ">": ">",
    "<": "<",
    "is null": "is null",
    "not null": "is not null",
}
_NUMBER = re.compile(r"[+-]?\d+")


@dataclass
class Query:
    """A query as its parameters say."""

    conditions: list[tuple[str, str, str]] = field(default_factory=list)  # name, operator, value
    limit: int = 1000
    start: int = 0
    count: bool = False
    with_total: bool = False
    sort: str | None = None
    descending: bool = False
    fields: list[str] = field(default_factory=list)
    filter_name: str | None = None


def read(parameters: Iterable[tuple[str, str]]) -> Query:
    """Read query parameters; unknown ones are ignored. Raises a 400 for what the front itself refuses."""
    query = Query()
    seen: set[str] = set()
    for raw_name, raw_value in parameters:
        name = raw_name.strip()
        if name == "q":
            condition = _condition(raw_value)
            if condition not in query.conditions:
                query.conditions.append(condition)
            continue
        if name in seen:
            continue
        seen.add(name)
        reader = _READERS.get(name)
        if reader is not None:
            reader(query, raw_value.strip())
    return query


def of_uuid(uuid: str) -> Query:
    """The query for one record."""
    return Query(conditions=[("uuid", "=", uuid)])


def _number(name: str, value: str) -> int:
    if not _NUMBER.fullmatch(value) or not -(2**31) <= int(value) < 2**31:
        raise RestError(400, f"Invalid query parameter. '{name}' must be an integer")
    return int(value)


def _read_limit(query: Query, value: str) -> None:
    query.limit = _number("limit", value)


def _read_start(query: Query, value: str) -> None:
    query.start = _number("start", value)


def _read_count(query: Query, value: str) -> None:
    query.count = value.lower() == "true"


def _read_with_total(query: Query, value: str) -> None:
    query.with_total = value.lower() == "true"


def _read_sort(query: Query, value: str) -> None:
    query.descending = value.startswith("-")
    query.sort = value.lstrip("-" if query.descending else "+")


def _read_fields(query: Query, value: str) -> None:
    names = value.split(",")
    while value and names and not names[-1]:
        names.pop()  # as Java's split drops trailing empty strings, unless there is nothing to split
    query.fields = [name.strip() for name in names]
    if not query.fields:
        raise RestError(400, "Invalid query parameter. 'fields' contains zero field")


def _read_filter(query: Query, value: str) -> None:
    query.filter_name = value


_READERS: dict[str, Callable[[Query, str], None]] = {
    "limit": _read_limit,
    "start": _read_start,
    "count": _read_count,
    "replyWithCount": _read_with_total,
    "sort": _read_sort,
    "fields": _read_fields,
    "filterName": _read_filter,
}


def _condition(condition: str) -> tuple[str, str, str]:
    delimiter = next((operator for operator in OPERATORS if operator in condition), None)
    if delimiter is None:
        raise RestError(
            400,
            f"Invalid query parameter. The '{condition}' in the parameter[q] doesn't contain any query operator. "
            f"Valid query operators are [[{', '.join(OPERATORS)}]]",
        )
    operator = OPERATORS[delimiter]
    pieces = _split_in_two(condition, delimiter)
    if operator in ("is null", "is not null"):
        return (pieces[0] if pieces else "").strip(), operator, ""
    if len(pieces) != 2:
        raise RestError(
            400,
            f"Invalid query parameter. The '{condition}' in parameter[q] is not a key-value pair split by {operator}",
        )
    return pieces[0].strip(), operator, pieces[1]


def _split_in_two(condition: str, delimiter: str) -> list[str]:
    """As commons-lang's splitByWholeSeparator with a maximum of two: leading and repeated separators are eaten."""
    width = len(delimiter)
    begin = 0
    while condition.startswith(delimiter, begin):
        begin += width
    at = condition.find(delimiter, begin)
    if at < 0:
        return [condition[begin:]] if begin < len(condition) else []
    rest = at + width
    while condition.startswith(delimiter, rest):
        rest += width
    return [condition[begin:at], condition[rest:]]
