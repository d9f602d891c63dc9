# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a stopped ticket was left half changed by a run that broke off, and is to be reopened.

To change a ticket that is under way, a run recalls it, updates its requests and reopens it. A rejected one it updates and
reopens. What tells a later run of such a beginning is on the server only.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t
from datetime import timedelta

from .dates import parse_date
from .history import HistoryEntry, last_change
from .model import CANCELLED, REJECTED, Ticket

RECALL_COMMENT = "Recalled to change the requests; it is reopened with the new ones. [zstack.tickets]"
"""The comment of our own recall. A user's recall has another one or none, and its ticket stays recalled."""

REOPEN_COMMENT = "Reopened with changed requests. [zstack.tickets]"

REJECTION_TAKES_AT_MOST = timedelta(seconds=5)
"""How far apart the server may date a rejection in the ticket and in its history, which it writes one after the other."""


def was_broken_off(history: t.Sequence[HistoryEntry], ticket: Ticket) -> bool:
    """Whether the last thing that happened to this stopped ticket was the beginning of a change, by the history in order.

    A recall says so in its comment. An update leaves no entry in the history, so that of a rejected ticket shows only in the
    ticket being younger than its rejection; where the server does not date it so, the reopening is left to the user.
    """
    last = last_change(history)
    if last is None or last.to_status != ticket.status:
        return False
    if ticket.status == CANCELLED:
        return (last.comment or "").strip() == RECALL_COMMENT
    rejected, touched = parse_date(last.create_date or ""), parse_date(ticket.last_op_date or "")
    if ticket.status != REJECTED or rejected is None or touched is None:
        return False
    return touched - rejected > REJECTION_TAKES_AT_MOST
