# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One ticket on its way to a status.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t

from .._errors import ExchangeError, TicketError, ZStackError
from .._tickets import flow, moves
from .._tickets.execution import Execution
from .._tickets.model import Ticket
from . import ends, lookup
from .context import Context
from .drive import DriveTicket, StatusWish
from .processes import Processes


class Course:
    """How a ticket began, what was sent to it, how far it has come, and how that ended.

    C(error) is why it failed, None while it has not. The rest is known of one that was waited for: C(execution) is what came of
    its requests, C(elapsed) how many seconds into the task its end came, C(timed_out) whether that was the end of the time, and
    C(history) is then its history.
    """

    def __init__(self, context: Context, wish: StatusWish, ticket: Ticket, processes: Processes) -> None:
        self.wish = wish.wish
        self.before = ticket
        self.ticket = ticket
        self.events: list[str] = []
        self.error: ZStackError | None = None
        self.execution: Execution | None = None
        self.elapsed: float | None = None
        self.timed_out = False
        self.history: ends.History | None = None
        self._given = wish
        self._client = context.client
        self._drive = DriveTicket(context, wish, processes)
        self._processes = processes

    def begin(self) -> None:
        """Send all events that are the caller's to send now. What goes wrong is the C(error)."""
        try:
            self._refuse_what_was_decided()
        except ZStackError as error:
            self.error = error
        else:
            self.go_on()

    def go_on(self) -> None:
        """Send what has become the caller's to send. What goes wrong is the C(error)."""
        try:
            done = self._drive.act(self.ticket)
        except ZStackError as error:
            self.events += error.extra.pop("events", [])
            self.error = error
        else:
            self.events += done.operations
            self.ticket = done.resource or self.ticket

    def out_of_reach(self, history: ends.History) -> TicketError:
        """Why it cannot become what it is to become any more."""
        approvers = frozenset(step.approver_uuid for step in self._processes.steps_of(self.ticket))
        return ends.out_of_reach(self.ticket, self.wish.name, history, approvers)

    def awaiting(self) -> dict[str, str | None] | None:
        """Whose turn it is."""
        return flow.awaiting(self._processes.due_step(self.ticket))

    def success(self) -> dict[str, t.Any]:
        """What the result tells of it."""
        return dict(
            ends.last_seen(self.ticket, self.history),
            status_before=self.before.status,
            status_after=self.ticket.status,
            events=self.events,
            awaiting=self.awaiting(),
            execution=self.execution and self.execution.to_result(),
            timed_out=self.timed_out,
        )

    def failure(self, error: ZStackError) -> dict[str, t.Any]:
        """What the result tells of it beside the error."""
        ticket = error.extra.get("ticket", self.ticket.to_result())
        return dict(
            ticket=ticket,
            status_before=self.before.status,
            status_after=ticket and ticket["status"],
            events=self.events,
            changed=bool(self.events),
        )

    def _refuse_what_was_decided(self) -> None:
        """Somebody has rejected or recalled it. Who, and why, is what tells the user whether to give C(reopen)."""
        if self._given.steps == "none":
            return
        try:
            moves.next_event(self.ticket.status, self.wish, self._given.reopen)
        except TicketError as refusal:
            try:
                error = self.out_of_reach(lookup.history_of(self._client, self.ticket))
            except ExchangeError:
                raise refusal from None
            error.message += f" {refusal.message}"
            raise error from None
