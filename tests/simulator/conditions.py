"""Comparing rows with query conditions the way the database does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from .errors import internal
from .inventories import Kind
from .java_json import dump
from .tables import Row, collate

Predicate = Callable[[Row], bool]


class Comparison:
    """Builds predicates under the settings of one query."""

    def __init__(self, zone: ZoneInfo, insensitive: bool) -> None:
        self._zone = zone
        self._fold: Callable[[str], str] = collate if insensitive else str

    def predicate(self, field: str, kind: Kind, operator: str, value: str) -> Predicate:
        """A test of ``field``; null fields pass ``is null`` only. Raises SYS.1000 for an unreadable number."""
        if operator == "is null":
            return lambda row: row.get(field) is None
        if operator == "is not null":
            return lambda row: row.get(field) is not None
        read = self._reader(kind)
        if operator in ("in", "not in"):
            wanted = {self._literal(kind, item) for item in value.split(",")}
            return _on_value(field, read, lambda item: (item in wanted) is (operator == "in"))
        if operator in ("like", "not like"):
            pattern = _like(self._fold(value))
            fold = self._fold
            found = operator == "like"
            return _on_value(field, _shown, lambda item: (pattern.fullmatch(fold(item)) is not None) is found)
        literal = self._literal(kind, value)
        return _on_value(field, read, _OPERATORS[operator](literal))

    def _reader(self, kind: Kind) -> Callable[[Any], Any]:
        if kind in (Kind.INTEGER, Kind.BOOLEAN):
            return lambda item: item
        if kind is Kind.DATE:
            return float
        fold = self._fold
        return lambda item: fold(_shown(item).rstrip(" "))

    def _literal(self, kind: Kind, value: str) -> Any:
        if kind is Kind.INTEGER:
            try:
                return int(value)
            except ValueError:
                raise internal(f'java.lang.NumberFormatException: For input string: "{value}"') from None
        if kind is Kind.BOOLEAN:
            return value.lower() in ("true", "1")
        if kind is Kind.DATE:
            try:
                return datetime.fromisoformat(value).replace(tzinfo=self._zone).timestamp()
            except ValueError:
                return float("nan")  # compares false with every date
        return self._fold(value.rstrip(" "))


def _on_value(field: str, read: Callable[[Any], Any], test: Callable[[Any], bool]) -> Predicate:
    def holds(row: Row) -> bool:
        value = row.get(field)
        return value is not None and test(read(value))

    return holds


_OPERATORS: dict[str, Callable[[Any], Callable[[Any], bool]]] = {
    "=": lambda literal: lambda value: bool(value == literal),
    "!=": lambda literal: lambda value: bool(value != literal),
    ">": lambda literal: lambda value: bool(value > literal),
    ">=": lambda literal: lambda value: bool(value >= literal),
    "<": lambda literal: lambda value: bool(value < literal),
    "<=": lambda literal: lambda value: bool(value <= literal),
}


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else dump(value)


@lru_cache(maxsize=1024)
def _like(pattern: str) -> re.Pattern[str]:
    """SQL LIKE: ``%`` any text, ``_`` any character, a backslash takes their meaning away."""
    parts = []
    characters = iter(pattern)
    for char in characters:
        if char == "\\":
            parts.append(re.escape(next(characters, "\\")))
        elif char == "%":
            parts.append(".*")
        elif char == "_":
            parts.append(".")
        else:
            parts.append(re.escape(char))
    return re.compile("".join(parts), re.DOTALL)
