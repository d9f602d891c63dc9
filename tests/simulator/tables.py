"""Rows and the tables that hold them, with look-ups that stay quick among ten thousands."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, ValuesView
from functools import lru_cache
from typing import Any

from .inventories import Inventory


@lru_cache(maxsize=65536)
def collate(text: str) -> str:
    """The key under which MySQL's utf8_general_ci holds two texts equal: no case, no accents, character by character."""
    return text.lower() if text.isascii() else "".join(map(_base, text))


@lru_cache(maxsize=65536)
def _base(char: str) -> str:
    """A letter without case and accents. An accent that stands as a character of its own stays one."""
    plain = "".join(part for part in unicodedata.normalize("NFD", char) if not unicodedata.combining(part))
    lower = "s" if char == "ß" else (plain if len(plain) == 1 else char).lower()
    return lower if len(lower) == 1 else char


class Row(dict[str, Any]):
    """One record: its JSON fields, who sees it, and its JSON text once written.

    ``owner`` is the account or user that sees it beside admin; None for everybody, "" for admin alone.
    """

    __slots__ = ("fragment", "hidden", "inventory", "owner")

    def __init__(self, inventory: Inventory, fields: dict[str, Any], owner: str | None = None, **hidden: Any) -> None:
        super().__init__(fields)
        self.inventory = inventory
        self.owner = owner
        self.hidden = hidden  # what the record has and the API never shows
        self.fragment: tuple[int, str] | None = None  # JSON text, and the settings under which it was written


class Table:
    """Rows by uuid, in order of creation, with indexes that compare as the database does."""

    def __init__(self, inventory: Inventory, *indexed: str) -> None:
        self.inventory = inventory
        self._rows: dict[str, Row] = {}
        self._indexes: dict[str, dict[str, dict[str, Row]]] = {name: {} for name in indexed}

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def __contains__(self, uuid: object) -> bool:
        return uuid in self._rows

    def __getitem__(self, uuid: str) -> Row:
        return self._rows[uuid]

    def get(self, uuid: object) -> Row | None:
        """The row of that uuid; anything may be asked for, as JSON from outside does."""
        return self._rows.get(uuid) if isinstance(uuid, str) else None

    def all(self) -> ValuesView[Row]:
        return self._rows.values()

    def add(self, row: Row) -> Row:
        self._rows[row["uuid"]] = row
        for name, index in self._indexes.items():
            index.setdefault(_key(row.get(name)), {})[row["uuid"]] = row
        return row

    def change(self, row: Row, **fields: Any) -> None:
        """Set fields of a row of this table; its JSON text is written anew when next needed."""
        for name, index in self._indexes.items():
            if name in fields and fields[name] != row.get(name):
                index[_key(row.get(name))].pop(row["uuid"])
                index.setdefault(_key(fields[name]), {})[row["uuid"]] = row
        row.update(fields)
        row.fragment = None

    def remove(self, row: Row) -> None:
        del self._rows[row["uuid"]]
        for name, index in self._indexes.items():
            index[_key(row.get(name))].pop(row["uuid"])

    def find(self, field: str, value: str) -> list[Row]:
        """Rows whose indexed ``field`` equals ``value`` as the database compares; ``uuid`` is always indexed."""
        if field == "uuid":
            row = self._rows.get(value.rstrip(" ").lower())
            return [row] if row is not None else []
        return list(self._indexes[field].get(_key(value), {}).values())

    def is_indexed(self, field: str) -> bool:
        return field == "uuid" or field in self._indexes

    def clear(self) -> None:
        self._rows.clear()
        for index in self._indexes.values():
            index.clear()


def _key(value: Any) -> str:
    return collate(str(value).rstrip(" "))
