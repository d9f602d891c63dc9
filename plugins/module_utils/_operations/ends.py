# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a ticket cannot become what it is to become: errors that tell who decided so, or which requests failed.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t

from .._errors import TicketError
from .._tickets.execution import Execution, execution
from .._tickets.history import HistoryEntry, last_change, rejected_by_system
from .._tickets.model import REJECTED, Ticket

History = t.Sequence[HistoryEntry]


def out_of_reach(ticket: Ticket, wish: str, history: History, approvers: t.Container[str | None]) -> TicketError:
    """The ticket cannot become C(wish) any more, as its history says."""
    result = execution(history, ticket.requests)
    if result.failed:
        # The server may call a ticket Rejected whose requests failed; nobody has refused it.
        return execution_failed(ticket, result, history)
    text = f"The {ticket} cannot become {wish} any more"
    change = last_change(history)
    if change is not None:
        who = f"by {change.operator_uuid}" if change.operator_uuid else "by somebody"
        if ticket.status == REJECTED and rejected_by_system(history, approvers):
            who = "by the system, as when an approver has left"
        said = f", with the comment {change.comment!r}" if change.comment else ""
        text += f": it became {change.to_status} {who}{said}"
    return TicketError(f"{text}.", **last_seen(ticket, history))


def execution_failed(ticket: Ticket, result: Execution, history: History) -> TicketError:
    """The ticket was approved, and then C(result) came."""
    failed = [item for item in result.results if item["failure_times"]]
    reasons = [
        str(error.get("details") or error.get("description") or error) for item in failed for error in item["errors"]
    ]
    names = ", ".join(str(item["request_name"]) for item in failed) or "all"
    text = f"The {ticket} was approved, but requests of it failed ({names})"
    if reasons:
        text += f": {'; '.join(reasons[:3])}"
    return TicketError(f"{text}.", execution=result.to_result(), **last_seen(ticket, history))


def last_seen(ticket: Ticket, history: History | None) -> dict[str, t.Any]:
    """The members of a result that tell how a ticket stood in the end; C(history) is None where it could not be read."""
    told: dict[str, t.Any] = {"ticket": ticket.to_result()}
    return told if history is None else dict(told, history=[entry.to_result() for entry in history])
