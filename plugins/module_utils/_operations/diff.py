# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user sees of a change: the managed parts of a ticket or an approval process, before and after.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t

from .._tickets.flow_collection import FlowCollection
from .._tickets.model import Ticket
from .._tickets.requests import WantedRequest


def ticket_diff(
    before: Ticket | None, after: Ticket | None, wanted: t.Sequence[WantedRequest] | None = None
) -> dict[str, t.Any]:
    """The C(diff) of a result. What the server adds to requests is left out where the task does not give it."""
    shown_before = _view(before, wanted or ())
    return {"before": shown_before, "after": shown_before if after is before else _view(after, wanted or ())}


def _view(ticket: Ticket | None, wanted: t.Sequence[WantedRequest]) -> dict[str, t.Any]:
    if ticket is None:
        return {}
    whole = ticket.to_result()
    given = [
        {field: value for field, value in request.to_result().items() if field in request.given} for request in wanted
    ]
    shown = {
        key: whole[key] for key in ("name", "description", "status", "account_system_context", "current_flow_uuid")
    }
    return dict(shown, requests=_managed(given, whole["requests"]) if given else whole["requests"])


def _managed(wanted: t.Any, actual: t.Any) -> t.Any:
    """The part of C(actual) that C(wanted) has an opinion on."""
    if isinstance(wanted, dict) and isinstance(actual, dict):
        return {key: _managed(value, actual[key]) for key, value in wanted.items() if key in actual}
    if isinstance(wanted, list) and isinstance(actual, list) and len(wanted) == len(actual):
        return [_managed(*pair) for pair in zip(wanted, actual)]
    return actual


def flow_collection_diff(before: FlowCollection | None, after: FlowCollection | None) -> dict[str, t.Any]:
    """The C(diff) of an approval process, its steps without what the server alone decides."""
    return {"before": _process_view(before), "after": _process_view(after)}


def _process_view(collection: FlowCollection | None) -> dict[str, t.Any]:
    if collection is None:
        return {}
    whole = collection.to_result()
    shown = {key: whole[key] for key in ("name", "description", "project_uuid", "state", "status", "default")}
    steps = [{key: step[key] for key in ("name", "approver", "description")} for step in whole["steps"]]
    return dict(shown, ticket_type_uuids=sorted(whole["ticket_type_uuids"]), steps=steps)
