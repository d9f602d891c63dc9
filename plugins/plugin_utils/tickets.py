# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tickets in the form of results, which playbooks may have changed, or made themselves.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.zstack.tickets.plugins.module_utils._errors import InputError
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.history import HistoryEntry
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.values import shown

_NAMES = {dict: "dictionary", list: "list", int: "whole number", str: "text"}

_TICKET = {"account_system_context": dict, "awaiting": dict, "requests": list}
_REQUEST = {"api_body": dict, "execute_times": int}
_ENTRY = {
    **{field.name: str for field in dataclasses.fields(HistoryEntry)},
    "sequence": int,
    "operation_context": dict,
}
"""The members whose kind counts. Any of them may be missing or null."""


def as_ticket(value: t.Any, path: str = "The ticket") -> dict[str, t.Any]:
    """C(value) if what is told of tickets can be read from it.

    :raises InputError: it, or a part of it, is something else; the message begins with C(path), or where it stands in that.
    """
    ticket = _members(value, _TICKET, path)
    for number, request in enumerate(ticket.get("requests") or ()):
        _members(request, _REQUEST, f"{path}: requests[{number}]")
    return ticket


def as_tickets(value: t.Any) -> list[dict[str, t.Any]]:
    """C(value) if it is a list of them.

    :raises InputError: it is something else, or one of them is.
    """
    if not isinstance(value, list):
        raise InputError(f"The input is {shown(value)}: it must be a list of tickets.")
    return [as_ticket(element, f"tickets[{number}]") for number, element in enumerate(value)]


def history_of(ticket: dict[str, t.Any]) -> list[HistoryEntry]:
    """The ticket's history, in the order that it has.

    :raises InputError: there is none, or an entry is none.
    """
    rows = ticket.get("history")
    if not isinstance(rows, list):
        raise InputError("The ticket has no history. Read it with zstack_ticket_info and history: true.")
    return [_entry(row, f"history[{number}]") for number, row in enumerate(rows)]


def _entry(value: t.Any, path: str) -> HistoryEntry:
    members = {**dict.fromkeys(_ENTRY), **_members(value, _ENTRY, path)}
    if not members["to_status"]:
        raise InputError(f"{path} has no to_status.")
    known = {name: members[name] for name in _ENTRY}
    return HistoryEntry(**dict(known, operation_context=known["operation_context"] or {}))


def _members(value: t.Any, kinds: t.Mapping[str, type], path: str) -> dict[str, t.Any]:
    if not isinstance(value, dict):
        raise InputError(f"{path} is {shown(value)}: it must be a dictionary, as the modules return it.")
    for name, kind in kinds.items():
        member = value.get(name)
        if member is not None and (not isinstance(member, kind) or isinstance(member, bool)):
            raise InputError(f"{path}: {name} is {shown(member)}: it must be a {_NAMES[kind]}.")
    return value
