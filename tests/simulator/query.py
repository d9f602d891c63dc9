"""The query language of GET: reading its parameters and answering from a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from .conditions import Comparison, Predicate
from .errors import ApiError, RestError, internal, invalid_argument
from .inventories import Inventory, Kind
from .messages import Message, Result
from .rendering import schema
from .tables import Row, Table
from .texts import text

if TYPE_CHECKING:
    from .node import Node

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
_NAME = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*")
_NUMBER = re.compile(r"[+-]?\d+")
# Words of the query language that cannot be names
_RESERVED = frozenset(
    "query count sum search limit offset where and or in like has by asc desc from join on inner left right getapi api "
    "output true false".split()
)
_TAGS = {"__systemTag__": "system_tags", "__userTag__": "user_tags"}


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
    while names and not names[-1]:
        names.pop()  # as Java's split drops trailing empty strings
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


def answer(node: Node, message: Message) -> Result:
    """Run the query of an API over its table, for what the caller may see."""
    assert message.api.query is not None
    assert message.query is not None
    query = message.query
    table = node.cloud.tables[message.api.query]
    rows, total = run(node, query, table, message.caller.account if not message.caller.is_admin else None)
    if query.count:
        return Result(f'"total":{total}')
    renderer = node.renderer
    if query.fields:
        texts = [renderer.selected(row, query.fields) for row in rows]
    else:
        texts = [renderer.row(row) for row in rows]
    members = f'"inventories":[{",".join(texts)}]'
    if query.with_total:
        members += f',"total":{total}'
    return Result(members, schema("inventories", rows, many=True))


def run(node: Node, query: Query, table: Table, account: str | None) -> tuple[list[Row], int]:
    """The rows of a page, and how many match in all. Raises SYS.1000 or SYS.1007 as the query facade does."""
    predicates = _check(node, query, table)
    candidates: Iterable[Row] = table.all()
    for name, operator, value in query.conditions:
        if operator == "=" and table.is_indexed(name) and node.switches.accent_insensitive:
            candidates = table.find(name, value)
            break
    if account is not None:
        predicates.append(lambda row: row.owner is None or row.owner == account)
    if not query.sort and not query.with_total and not query.count and node.switches.unsorted_order == "insertion":
        matching = (row for row in candidates if all(test(row) for test in predicates))
        return list(islice(matching, query.start, query.start + query.limit)), 0
    matched = [row for row in candidates if all(test(row) for test in predicates)]
    sort = query.sort or ("uuid" if node.switches.unsorted_order == "uuid" else None)
    if sort:
        matched.sort(key=lambda row: _sort_key(row.get(sort)), reverse=query.descending)
    return matched[query.start : query.start + query.limit], len(matched)


def _sort_key(value: Any) -> tuple[bool, Any]:
    """Nulls come first."""
    if isinstance(value, str):
        value = value.lower()
    elif isinstance(value, dict | list):
        value = str(value)
    return (False, 0) if value is None else (True, value)


def _check(node: Node, query: Query, table: Table) -> list[Predicate]:
    """The errors of a query in the order of its text, and its conditions as predicates."""
    if query.filter_name is not None and ":" not in query.filter_name:
        raise invalid_argument(text("filter_name"))
    inventory = table.inventory
    zql = _zql(query, inventory)
    for name in query.fields:
        _check_name(name, zql)
    for name, _, value in query.conditions:
        _check_name(name, zql)
        if "'" in value:
            at = zql.rindex("'")
            raise _parse_error(f"token recognition error at: '{zql[at:]}'", zql, at)
    if query.sort is not None:
        _check_name(query.sort, zql)
    for sign, number in (("limit", query.limit), ("offset", query.start)):
        if number < 0:
            raise internal(f"java.lang.IllegalArgumentException: negative {sign}: {number}")
    for name in query.fields:
        if name not in inventory.fields:
            raise internal(
                "org.zstack.header.exception.CloudRuntimeException: "
                f"inventory[${{selfInventoryClass}}] has no field[{name}]"
            )
    comparison = Comparison(node.renderer.zone, node.switches.accent_insensitive)
    predicates = [_predicate(comparison, inventory, *condition) for condition in query.conditions]
    if query.sort is not None and query.sort not in inventory.fields:
        details = text("order_by", inventory.simple_name, query.sort).render(node.switches.locale)
        raise ApiError("SYS.1000", f"org.zstack.zql.ast.visitors.ZQLError: {details}", from_exception=True)
    return predicates


def _predicate(comparison: Comparison, inventory: Inventory, name: str, operator: str, value: str) -> Predicate:
    kind = inventory.fields.get(name)
    if kind is not None:
        return comparison.predicate(name, kind, operator, value)
    if name in _TAGS:
        tag_field = _TAGS[name]
        test = comparison.predicate("tag", Kind.STRING, operator, value)
        return lambda row: any(test(Row(inventory, {"tag": tag})) for tag in row.hidden.get(tag_field, ()))
    head, dot, _ = name.partition(".")
    runtime = "org.zstack.header.exception.CloudRuntimeException: "
    if dot:
        raise internal(
            f"{runtime}invalid nested query condition[{name}] on class {inventory.java},"
            f"the expanded target[class {inventory.java}] have no expanded query[{head}]"
        )
    raise internal(f"{runtime}inventory class[class {inventory.java}] not having field[{name}]")


def _check_name(name: str, zql: str) -> None:
    if not _NAME.fullmatch(name) or name in _RESERVED or name.isdigit():
        at = max(zql.find(name), 0) if name else 0
        raise _parse_error(f"mismatched input '{name}' expecting ID", zql, at)


def _parse_error(complaint: str, zql: str, at: int) -> ApiError:
    around = zql[max(at - 10, 0) : min(at + 10, len(zql) - 1)]
    return internal(f"org.antlr.v4.runtime.misc.ParseCancellationException: error {complaint} at line 1:{at}, {around}")


def _zql(query: Query, inventory: Inventory) -> str:
    """The text in the server's query language, as far as its error messages quote it."""
    target = inventory.simple_name.lower().removesuffix("inventory")
    words = ["count" if query.count else "query", ".".join(filter(None, (target, ",".join(query.fields))))]
    if query.conditions:
        escaped = [
            f"{name} {operator} '{value.translate({39: chr(92) + chr(39), 92: chr(92) * 2})}'"
            for name, operator, value in query.conditions
        ]
        words += ["where", " and ".join(escaped)]
    if query.sort is not None:
        words.append(f"order by {query.sort} {'desc' if query.descending else 'asc'}")
    words.append(f"limit {query.limit}")
    return " ".join(words)
