# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operation of C(zstack_ticket_info): read tickets, with whose turn it is and, on demand, what has happened to them.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t

from .._api import query
from .._errors import InputError, MalformedAnswer
from .._tickets import flow, identity
from .._tickets.model import Ticket
from . import lookup, selection
from .context import Context, Outcome


def read_tickets(options: t.Mapping[str, t.Any], context: Context) -> Outcome:
    """Read the live tickets that meet all given options, or the archived ones.

    :raises ZStackError: an option cannot be right, the API refuses a condition, or it cannot be reached.
    """
    conditions = _conditions(options)
    archived, limit, name = bool(options.get("archived")), options.get("limit"), options.get("name")
    wanted_context, awaiting_me = options.get("account_system_context"), options.get("awaiting_me")
    me = lookup.own_uuid(context.client, context.check_mode) if awaiting_me else None
    # What the server cannot select exactly is selected here, and its first rows are then not yet the ones that are wanted.
    selected_here = bool(name is not None or wanted_context or awaiting_me)
    path = lookup.ARCHIVES if archived else lookup.TICKETS
    found = []
    for row in query.read(context.client, path, conditions, options.get("sort"), None if selected_here else limit):
        ticket = Ticket.from_inventory(row)
        if selection.is_named(options, ticket.name) and identity.has_context(ticket, wanted_context):
            found.append((ticket, row))
    steps = lookup.steps_of(
        context.client,
        (
            ticket.flow_collection_uuid
            for ticket, _row in found
            if not archived and ticket.status in flow.AWAITING_STATUSES
        ),
    )
    results = []
    for ticket, row in found:
        due = None if archived else flow.due_step(steps, ticket)
        if not awaiting_me or (due is not None and due.approver_uuid == me):
            results.append(
                dict(ticket.to_result(), awaiting=flow.awaiting(due), **(_archive_members(row) if archived else {}))
            )
    results = results[:limit]
    if options.get("history"):
        _add_history(context, results, archived)
    return Outcome(changed=False, result=dict(tickets=results))


def _conditions(options: t.Mapping[str, t.Any]) -> list[str]:
    # An archived ticket has a uuid of its own and keeps the live one's as ticketUuid.
    conditions = selection.conditions(options, "ticketUuid" if options.get("archived") else "uuid")
    if options.get("status"):
        conditions.append(query.one_of("status", options["status"]))
    if options.get("awaiting_me"):
        if options.get("archived"):
            raise InputError(
                "awaiting_me and archived are both given: an archived ticket awaits nobody. Give one of the two."
            )
        # Most tickets of a server have been decided long ago.
        conditions.append(query.one_of("status", flow.AWAITING_STATUSES))
    return conditions


def _archive_members(row: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    ticket_uuid, account_uuid = row.get("ticketUuid"), row.get("accountUuid")
    if not isinstance(ticket_uuid, str):
        raise MalformedAnswer("An archived ticket does not name the ticket that it was.", 200)
    return {"archive_uuid": row.get("uuid"), "uuid": ticket_uuid, "account_uuid": account_uuid}


def _add_history(context: Context, results: t.Sequence[dict[str, t.Any]], archived: bool) -> None:
    path = lookup.ARCHIVED_HISTORIES if archived else lookup.HISTORIES
    histories = lookup.histories_of(context.client, [result["uuid"] for result in results], path)
    for result in results:
        result["history"] = [entry.to_result() for entry in histories[result["uuid"]]]
