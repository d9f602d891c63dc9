# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operation of C(zstack_ticket_status): drive a ticket to a status, and wait for it if that is asked for.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t

from .._api.retry import Deadline
from .._errors import ZStackError
from .._tickets.model import Ticket
from .context import Context, Outcome
from .diff import ticket_diff
from .drive import DriveTicket, StatusWish
from .wait import Patience, Waiter


def reach_status(options: t.Mapping[str, t.Any], context: Context) -> Outcome:
    """Bring a ticket to C(status) as far as the caller can.

    :raises ZStackError: the ticket cannot be told, an event is refused, or the wait ends without what it waited for.
        C(extra) carries what is known by then: C(ticket), C(status_before), C(events), C(awaiting).
    """
    wish = StatusWish.from_options(options)
    patience = Patience.from_options(options)
    clock = Deadline(context.client.clock, patience.timeout)
    drive = DriveTicket(context, wish)
    waiter = Waiter(context, wish, patience, drive)
    before = drive.find()
    events: list[str] = []
    ticket: Ticket | None = before
    try:
        done = drive.act(before)
        events, ticket = done.operations, done.resource or before
        if wish.wait and not context.check_mode:
            ticket = waiter.wait(ticket)
    except ZStackError as error:
        made = [*events, *waiter.events, *error.extra.get("events", [])]
        error.extra.update(events=made, changed=bool(made), status_before=before.status)
        error.extra.setdefault("ticket", before.to_result())
        error.extra.setdefault("status_after", (error.extra["ticket"] or {}).get("status"))
        raise
    events = [*events, *waiter.events]
    return Outcome(
        changed=bool(events),
        result=dict(
            ticket=ticket.to_result(),
            status_before=before.status,
            status_after=ticket.status,
            events=events,
            awaiting=drive.awaiting(ticket),
            execution=waiter.execution.to_result() if waiter.execution else None,
            timed_out=waiter.timed_out,
            diff=ticket_diff(before, ticket),
            elapsed=round(clock.elapsed, 3),
        ),
    )
