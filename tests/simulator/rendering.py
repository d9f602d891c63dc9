"""Rows as JSON text, and the ``schema`` member that names their Java classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from .inventories import Inventory, Kind
from .java_json import dump, escape_html
from .switches import Switches
from .tables import Row

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Renderer:
    """Writes rows; keeps each row's text until the row or a switch changes."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self.zone = ZoneInfo(switches.server_timezone)
        self._epoch = 0
        switches.on_change(self._switched)

    def _switched(self) -> None:
        self.zone = ZoneInfo(self._switches.server_timezone)
        self._epoch += 1

    def row(self, row: Row) -> str:
        """One record as JSON object text, HTML-escaped."""
        if row.fragment is None or row.fragment[0] != self._epoch:
            row.fragment = (self._epoch, self._object(row, row.inventory.fields))
        return row.fragment[1]

    def selected(self, row: Row, fields: Sequence[str]) -> str:
        """One record with some of its fields only."""
        return self._object(row, {name: kind for name, kind in row.inventory.fields.items() if name in fields})

    def timestamp(self, seconds: float) -> str:
        when = datetime.fromtimestamp(seconds, self.zone)
        style = self._switches.timestamp_style
        return (
            f"{_MONTHS[when.month - 1]} {when.day}, {when.year}{'' if style == 'jdk8' else ','} "
            f"{when.hour % 12 or 12}:{when.minute:02d}:{when.second:02d}"
            f"{chr(0x202F) if style == 'jdk20' else ' '}{'AM' if when.hour < 12 else 'PM'}"
        )

    def data(self, value: Any) -> str:
        """Untyped JSON: the numbers in it depend on a switch."""
        return escape_html(dump(value, doubles=self._switches.integers_as_doubles))

    def _object(self, row: Row, fields: dict[str, Kind]) -> str:
        parts = []
        for name, kind in fields.items():
            value = row.get(name)
            if value is None:
                continue
            if kind is Kind.DATE:
                text = f'"{self.timestamp(value)}"'
            elif kind in (Kind.DATA, Kind.REQUESTS):
                text = self.data(value)
            elif kind is Kind.RECORDS:
                text = f"[{','.join(map(self.row, value))}]"
            else:
                text = escape_html(dump(value))
            parts.append(f'"{name}":{text}')
        return "{" + ",".join(parts) + "}"


def schema(member: str, rows: Iterable[Row], many: bool) -> str:
    """The JSON text of ``schema`` for the answer member ``member``."""
    parts: list[str] = []
    for position, row in enumerate(rows):
        _describe(f"{member}[{position}]" if many else member, row, row.inventory, parts)
    return "{" + ",".join(parts) + "}"


def _describe(path: str, row: Row, inventory: Inventory, parts: list[str]) -> None:
    parts.append(f'"{path}":"{inventory.java}"')
    for name, java in inventory.classes.items():
        value = row.get(name)
        if value is None:
            continue
        if isinstance(value, list):
            parts.extend(f'"{path}.{name}[{position}]":"{java}"' for position in range(len(value)))
        else:
            parts.append(f'"{path}.{name}":"{java}"')
