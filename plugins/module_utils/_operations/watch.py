# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Watching all tickets: what has happened since the last look, as events for rulebooks.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._api import query
from .._api.client import Client
from .._errors import MalformedAnswer
from .._tickets import events, flow
from .._tickets.events import Change, Cursor, Known, Look
from .._tickets.execution import execution
from .._tickets.flow import Step
from .._tickets.history import HistoryEntry
from .._tickets.model import Ticket
from . import lookup

BEGINNING = "beginning"
NOW = "now"

_SUMMARY = ("uuid", "name", "status", "flowCollectionUuid", "currentFlowUuid", "createDate")
"""What every look asks of every ticket. The requests, which may be large, are read of those only that an event is about."""


@dataclass(frozen=True)
class Told:
    """A change, with the events that tell of it."""

    change: Change
    events: t.Sequence[t.Mapping[str, t.Any]]


@dataclass(frozen=True)
class News:
    """What one look came to. C(more) says that the server has more to tell at once."""

    look: Look
    told: t.Sequence[Told]
    more: bool


def begin(client: Client, since: int | str) -> Cursor:
    """A cursor behind all that has happened (C(NOW)), before all of it (C(BEGINNING)), or behind the entry with this sequence number.

    :raises ZStackError: the API refuses, or cannot be reached.
    """
    if since == BEGINNING:
        return Cursor()
    seen: dict[str, int] = {}
    if since == NOW:
        newest = _entries(query.read(client, lookup.HISTORIES, sort="-sequence", limit=events.OVERLAP))
        seen = {entry.uuid or "": entry.sequence or 0 for entry in newest}
    tickets = {ticket.uuid: Known(ticket.name, ticket.status) for ticket in _tickets(client).values()}
    return Cursor(start=0 if since == NOW else int(since), seen=seen, tickets=tickets)


def news(
    client: Client,
    cursor: Cursor,
    wanted: t.Container[str],
    elapsed: float = 0.0,
    remind_after: float | None = None,
) -> News:
    """Look once, and tell what has happened since C(cursor), which stays as it is: it follows by C(note) and C(finish).

    :param wanted: the types of events to tell. Without C(awaiting_me) among them, nobody asks who the caller is.
    :param elapsed: how many seconds the look before this one is ago.
    :param remind_after: as in C(Cursor.changes).
    :raises ZStackError: the API refuses, or cannot be reached.
    """
    # In this order no ticket is missing that the history tells of, unless it has been deleted.
    entries = _history(client, cursor)
    more = len(entries) == query.PAGE
    tickets = _tickets(client)
    mine = _mine(client, tickets) if events.AWAITING_ME in wanted and not more else None
    if mine and cursor.news(mine):
        # A ticket that has moved since the history was read will be looked at when its move is told.
        read = {entry.uuid for entry in entries}
        moved = {entry.ticket_uuid for entry in _history(client, cursor) if entry.uuid not in read}
        mine = {uuid: step for uuid, step in mine.items() if uuid not in moved}
    look = Look(entries, tickets, mine, elapsed)
    changes = cursor.changes(look, remind_after)
    return News(look, _told(client, cursor, look, changes, wanted), more)


def _history(client: Client, cursor: Cursor) -> list[HistoryEntry]:
    conditions = [f"sequence>{cursor.after}"]
    return _entries(query.read(client, lookup.HISTORIES, conditions, sort="+sequence", limit=query.PAGE))


def _entries(rows: t.Iterable[object]) -> list[HistoryEntry]:
    entries = [HistoryEntry.from_inventory(row) for row in rows]
    for entry in entries:
        if entry.uuid is None or entry.sequence is None or entry.ticket_uuid is None:
            raise MalformedAnswer(
                "The server's history lacks uuid, sequence or ticketUuid. Events need ZStack Cloud 4.0.0 or newer.", 200
            )
    return entries


def _tickets(client: Client) -> dict[str, Ticket]:
    rows = query.read(client, lookup.TICKETS, fields=_SUMMARY)
    return {ticket.uuid: ticket for ticket in map(Ticket.from_inventory, rows)}


def _mine(client: Client, tickets: t.Mapping[str, Ticket]) -> dict[str, Step]:
    """The step that is due of each ticket that awaits the caller."""
    me = lookup.own_uuid(client)
    running = [ticket for ticket in tickets.values() if ticket.status in flow.AWAITING_STATUSES]
    steps = lookup.steps_of(client, (ticket.flow_collection_uuid for ticket in running))
    due = {ticket.uuid: flow.due_step(steps, ticket) for ticket in running}
    return {uuid: step for uuid, step in due.items() if step is not None and step.approver_uuid == me}


def _told(
    client: Client, cursor: Cursor, look: Look, changes: t.Sequence[Change], wanted: t.Container[str]
) -> list[Told]:
    telling = [change for change in changes if any(event in wanted for event in change.types)]
    whole = _whole(client, {change.ticket_uuid for change in telling})
    steps = lookup.steps_of(client, (ticket.flow_collection_uuid for ticket in whole.values()))
    histories = lookup.histories_of(
        client, [change.ticket_uuid for change in telling if events.EXECUTED in change.types]
    )
    told = []
    for change in changes:
        uuid = change.ticket_uuid
        found = []
        for event in change.types:
            if event in wanted:
                ticket = whole.get(uuid) or look.tickets.get(uuid) or _remembered(change, cursor)
                found.append(_event(event, change, ticket, steps, histories.get(uuid, ())))
        told.append(Told(change, found))
    return told


def _whole(client: Client, uuids: t.Collection[str]) -> dict[str, Ticket]:
    tickets: dict[str, Ticket] = {}
    for part in query.slices(sorted(uuids)):
        for row in query.read(client, lookup.TICKETS, [query.one_of("uuid", part)]):
            ticket = Ticket.from_inventory(row)
            tickets[ticket.uuid] = ticket
    return tickets


def _remembered(change: Change, cursor: Cursor) -> Ticket:
    """What is left of a ticket that is gone."""
    known = cursor.tickets.get(change.ticket_uuid)
    status = change.entry.to_status if known is None and change.entry is not None else known and known.status
    return Ticket.from_inventory({"uuid": change.ticket_uuid, "name": known and known.name, "status": status})


def _event(
    event: str, change: Change, ticket: Ticket, steps: t.Sequence[Step], history: t.Sequence[HistoryEntry]
) -> dict[str, t.Any]:
    """The C(ticket_event) that rules see. Every key is always there, with None for what there is not."""
    entry = change.entry
    outcome = None
    if entry is not None and event == events.EXECUTED:
        # As it was known then: later entries have events of their own.
        until = [
            other for other in history if other.uuid != entry.uuid and (other.sequence or 0) < (entry.sequence or 0)
        ]
        outcome = execution([*until, entry], ticket.requests).to_result()
    return {
        "type": event,
        "ticket": dict(ticket.to_result(), awaiting=flow.awaiting(change.step or flow.due_step(steps, ticket))),
        "sequence": entry and entry.sequence,
        "date": entry and entry.create_date,
        "from_status": entry and entry.from_status,
        "to_status": entry and entry.to_status,
        "operator_type": entry and entry.operator_type,
        "operator_uuid": entry and entry.operator_uuid,
        "comment": entry and entry.comment,
        "flow_name": entry and entry.flow_name,
        "execution": outcome,
        "waited": change.waited,
    }
