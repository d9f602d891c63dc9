# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding tickets, their processes and their history on the server, and oneself among those who approve.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._api import query
from .._api.client import Client
from .._errors import InputError
from .._tickets.flow import AWAITING_STATUSES, Step, chain
from .._tickets.flow_collection import FlowCollection
from .._tickets.history import HistoryEntry, in_order
from .._tickets.model import Ticket

TICKETS = "/tickets"
ARCHIVES = "/tickets/archives"
HISTORIES = "/tickets/histories"
ARCHIVED_HISTORIES = "/tickets/histories/archives"
STEPS = "/tickets/flow"
FLOW_COLLECTIONS = "/tickets/flow-collections"


def own_uuid(client: Client, read_only: bool = False) -> str:
    """The account or virtual ID that steps name when they await the caller.

    :param read_only: as in C(Client.caller).
    :raises InputError: the API does not tell who the caller is.
    """
    caller = client.caller(read_only)
    if caller is None:
        raise InputError(
            "awaiting_me: the API does not tell whose session or access key this is. Log in with an account or a virtual ID instead."
        )
    return caller.operator_uuid


def ticket_by_uuid(client: Client, uuid: str) -> Ticket | None:
    """The live ticket with this uuid, if there is one."""
    rows = query.read(client, TICKETS, [query.equals("uuid", uuid)], limit=2)
    return Ticket.from_inventory(rows[0]) if rows else None


def tickets_by_uuid(client: Client, uuids: t.Iterable[str]) -> dict[str, Ticket]:
    """Those of these live tickets that there are, by uuid."""
    tickets = [
        Ticket.from_inventory(row)
        for condition in query.any_of("uuid", uuids)
        for row in query.read(client, TICKETS, [condition])
    ]
    return {ticket.uuid: ticket for ticket in tickets}


def tickets_by_name(client: Client, name: str) -> list[Ticket]:
    """The live tickets whose name the server finds similar to this one; the caller compares exactly."""
    return [Ticket.from_inventory(row) for row in query.read(client, TICKETS, [query.equals("name", name)])]


def tickets_under_way(client: Client, flow_collection_uuid: str) -> list[Ticket]:
    """The tickets that await an approver of this flow collection."""
    conditions = [query.equals("flowCollectionUuid", flow_collection_uuid), query.one_of("status", AWAITING_STATUSES)]
    return [Ticket.from_inventory(row) for row in query.read(client, TICKETS, conditions)]


def flow_collections(
    client: Client, conditions: t.Sequence[str], sort: str | None = None, limit: int | None = None
) -> list[FlowCollection]:
    """The flow collections that meet all conditions, with their steps, which the server may list with them or not."""
    rows = query.read(client, FLOW_COLLECTIONS, conditions, sort, limit)
    found = [FlowCollection.from_inventory(row) for row in rows]
    untold = {collection.uuid for collection in found if not _tells_approvers(collection.steps)}
    steps = steps_of(client, untold)
    return [
        replace(collection, steps=chain([step for step in steps if step.collection_uuid == collection.uuid]))
        if collection.uuid in untold
        else collection
        for collection in found
    ]


def _tells_approvers(steps: t.Sequence[Step]) -> bool:
    return bool(steps) and all(step.approver_uuid is not None for step in steps)


def steps_of(client: Client, flow_collection_uuids: t.Iterable[str | None]) -> list[Step]:
    """All steps of these flow collections, in no particular order."""
    uuids = sorted({uuid for uuid in flow_collection_uuids if uuid})
    steps: list[Step] = []
    for part in query.slices(uuids):
        steps += [Step.from_inventory(row) for row in query.read(client, STEPS, [query.one_of("collectionUuid", part)])]
    return steps


def histories_of(client: Client, ticket_uuids: t.Sequence[str], path: str = HISTORIES) -> dict[str, list[HistoryEntry]]:
    """The history of each of these tickets, oldest entry first."""
    rows: dict[str, t.Mapping[str, t.Any]] = {}
    for part in query.slices(list(ticket_uuids)):
        for row in query.read(client, path, [query.one_of("ticketUuid", part)]):
            # An archive may keep a copy for each account that could see the ticket.
            rows[str(row.get("historyUuid") or row.get("uuid") or len(rows))] = row
    entries: dict[str, list[HistoryEntry]] = {uuid: [] for uuid in ticket_uuids}
    for entry in map(HistoryEntry.from_inventory, rows.values()):
        entries.setdefault(entry.ticket_uuid or "", []).append(entry)
    return {uuid: in_order(found) for uuid, found in entries.items()}


def history_of(client: Client, ticket: Ticket) -> list[HistoryEntry]:
    """The history of one ticket, oldest entry first."""
    return histories_of(client, [ticket.uuid])[ticket.uuid]
