# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operations of C(zstack_ticket_flow_collection_info) and C(zstack_ticket_type_info): by which processes tickets are approved.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t

from .._api import query
from .._tickets.ticket_type import TicketType
from . import lookup, references, selection
from .context import Context, Outcome


def read_flow_collections(options: t.Mapping[str, t.Any], context: Context) -> Outcome:
    """Read the flow collections that meet all given options.

    :raises ZStackError: an option cannot be right, the API refuses a condition, or it cannot be reached.
    """
    conditions = selection.conditions(options)
    client, limit, project = context.client, options.get("limit"), options.get("project")
    if project is not None:
        project = references.uuids(client, references.PROJECT, "project", [project])[project]
    # The project is a member of the answers, and not for sure one that the query knows.
    rows_wanted = limit if options.get("name") is None and project is None else None
    found = [
        collection.to_result()
        for collection in lookup.flow_collections(client, conditions, options.get("sort"), rows_wanted)
        if selection.is_named(options, collection.name) and project in (None, collection.project_uuid)
    ]
    return Outcome(changed=False, result=dict(flow_collections=found[:limit]))


def read_ticket_types(options: t.Mapping[str, t.Any], context: Context) -> Outcome:
    """Read the ticket types that meet all given options.

    :raises ZStackError: an option cannot be right, the API refuses a condition, or it cannot be reached.
    """
    conditions, limit = selection.conditions(options), options.get("limit")
    rows = query.read(
        context.client,
        references.TICKET_TYPE.path,
        conditions,
        options.get("sort"),
        limit if options.get("name") is None else None,
    )
    types = [TicketType.from_inventory(row) for row in rows]
    found = [ticket_type.to_result() for ticket_type in types if selection.is_named(options, ticket_type.name)]
    return Outcome(changed=False, result=dict(ticket_types=found[:limit]))
