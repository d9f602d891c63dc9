"""Answering queries from the tables, with the errors of the server's query facade."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

from .conditions import Comparison, Predicate
from .errors import ApiError, internal, invalid_argument
from .inventories import Inventory, Kind
from .messages import Caller, Message, Result
from .query import Query
from .rendering import schema
from .tables import Row, Table
from .texts import text

if TYPE_CHECKING:
    from .node import Node

_NAME = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*")
# Words of the query language that cannot be names
_RESERVED = frozenset(
    (
        "query",
        "count",
        "sum",
        "search",
        "limit",
        "offset",
        "where",
        "and",
        "or",
        "in",
        "like",
        "has",
        "by",
        "asc",
        "desc",
        "from",
        "join",
        "on",
        "inner",
        "left",
        "right",
        "getapi",
        "api",
        "output",
        "true",
        "false",
    )
)
_TAGS = {"__systemTag__": "system_tags", "__userTag__": "user_tags"}


def answer(node: Node, message: Message) -> Result:
    """Run the query of an API over its table, for what the caller may see."""
    assert message.api.query is not None
    assert message.query is not None
    query = message.query
    table = node.cloud.tables[message.api.query]
    rows, total = run(node, query, table, message.caller)
    if query.count:
        return Result(f'"total":{total}')
    renderer = node.renderer
    texts = (renderer.selected(row, query.fields) if query.fields else renderer.row(row) for row in rows)
    members = f'"inventories":[{",".join(texts)}]'
    if query.with_total:
        members += f',"total":{total}'
    return Result(members, schema("inventories", rows, many=True))


def run(node: Node, query: Query, table: Table, caller: Caller) -> tuple[list[Row], int]:
    """The rows of a page, and how many match in all. Raises SYS.1000 or SYS.1007 as the query facade does."""
    predicates = _check(node, query, table)
    candidates = _candidates(query, table) if node.switches.insensitive_collation else table.all()
    if not caller.is_admin:
        sees = (None, caller.account, caller.user)
        predicates.append(lambda row: row.owner in sees)
    if not query.sort and not query.with_total and not query.count and node.switches.unsorted_order == "insertion":
        matching = (row for row in candidates if all(test(row) for test in predicates))
        return list(islice(matching, query.start, query.start + query.limit)), 0
    matched = [row for row in candidates if all(test(row) for test in predicates)]
    sort = query.sort or ("uuid" if node.switches.unsorted_order == "uuid" else None)
    if sort:
        matched.sort(key=lambda row: _sort_key(row.get(sort)), reverse=query.descending)
    return matched[query.start : query.start + query.limit], len(matched)


def _candidates(query: Query, table: Table) -> Iterable[Row]:
    """The rows that an indexed condition leaves, else all."""
    for name, operator, value in query.conditions:
        if table.is_indexed(name) and operator == "=":
            return table.find(name, value)
        if table.is_indexed(name) and operator == "in":
            return {row["uuid"]: row for item in value.split(",") for row in table.find(name, item)}.values()
    return table.all()


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
    for name, _operator, value in query.conditions:
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
    comparison = Comparison(node.renderer.zone, node.switches.insensitive_collation)
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
    head, dot, _tail = name.partition(".")
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
