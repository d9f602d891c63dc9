# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for other people: until a ticket is as wished, can no longer be, or the time is up.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._api.retry import Deadline
from .._errors import ExchangeError, InputError, TicketError, WaitTimeout
from .._tickets import moves
from .._tickets.execution import Execution, execution
from .._tickets.history import HistoryEntry, last_change, rejected_by_system
from .._tickets.model import FINAL_APPROVED, REJECTED, Ticket
from . import lookup
from .context import Context
from .drive import DriveTicket, StatusWish

T = t.TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """How long to wait, how often to look (seconds), and what a time-out is."""

    timeout: float
    interval: float
    fails: bool
    verify_execution: bool

    @classmethod
    def from_options(cls, options: t.Mapping[str, t.Any]) -> Patience:
        """Read C(wait_timeout), C(wait_interval), C(on_timeout), C(verify_execution).

        :raises InputError: a number is out of its range.
        """
        for option in ("wait_timeout", "wait_interval"):
            if not 0 < options[option] < float("inf"):
                raise InputError(
                    f"{option}: {options[option]:g} is out of range. It must be a number of seconds above 0."
                )
        return cls(
            options["wait_timeout"],
            options["wait_interval"],
            options["on_timeout"] == "fail",
            options["verify_execution"],
        )


class Waiter:
    """Waits for one ticket, and meanwhile sends what becomes the caller's turn."""

    def __init__(self, context: Context, wish: StatusWish, patience: Patience, drive: DriveTicket) -> None:
        self._context = context
        self._wish = wish.wish
        self._patience = patience
        self._drive = drive
        self._deadline = Deadline(context.client.clock, patience.timeout)
        self.events: list[str] = []
        self.execution: Execution | None = None
        self.timed_out = False

    def wait(self, ticket: Ticket) -> Ticket:
        """Wait from this state of the ticket on, and return its last state.

        :raises TicketError: the wish cannot come true any more, or the ticket's requests failed.
        :raises WaitTimeout: the time is up, unless that is only to be warned of.
        """
        while not self._is_over(ticket):
            if self._deadline.left == 0:
                self._give_up(ticket)
                return ticket
            self._deadline.sleep(self._patience.interval)
            ticket = self._look(ticket)
        return ticket

    def _is_over(self, ticket: Ticket) -> bool:
        if ticket.status not in self._wish.satisfied_by:
            if not moves.reachable(ticket.status, self._wish):
                raise self._out_of_reach(ticket)
            return False
        if ticket.status != FINAL_APPROVED or not self._patience.verify_execution:
            return True
        history = self._patiently(ticket, lambda: lookup.history_of(self._context.client, ticket))
        if history is None:
            return False
        self.execution = execution(history, ticket.requests)
        if self.execution.failed:
            raise self._execution_failed(ticket, self.execution)
        return self.execution.finished

    def _look(self, before: Ticket) -> Ticket:
        """The ticket as it is now, after sending what has become the caller's to send."""
        found = self._patiently(before, lambda: [lookup.ticket_by_uuid(self._context.client, before.uuid)])
        if found is None:
            return before
        ticket = found[0]
        if ticket is None:
            raise TicketError(f"The {before} was deleted while it was waited for.", ticket=before.to_result())
        if ticket.status != before.status:
            self._context.progress(
                f"{ticket.name}: {before.status} -> {ticket.status} after {self._deadline.elapsed:.0f} s"
            )
        if not moves.reachable(ticket.status, self._wish):
            return ticket
        done = self._drive.act(ticket)
        self.events += done.operations
        return done.resource or ticket

    def _patiently(self, ticket: Ticket, read: t.Callable[[], T]) -> T | None:
        """What a read finds, None if it failed in a way that passes: a node that restarts comes back."""
        try:
            with self._context.client.until(self._deadline):
                return read()
        except ExchangeError as failure:
            if not failure.passing:
                raise
            self._context.progress(f"{ticket.name}: {failure.message} Still waiting.")
            return None

    def _out_of_reach(self, ticket: Ticket) -> TicketError:
        history = lookup.history_of(self._context.client, ticket)
        result = execution(history, ticket.requests)
        if result.failed:
            # The server may call a ticket Rejected whose requests failed; nobody has refused it.
            return self._execution_failed(ticket, result, history)
        what = f"The {ticket} cannot become {self._wish.name} any more"
        change = last_change(history)
        if change is None:
            return TicketError(f"{what}.", **self._last_seen(ticket, history))
        who = f"by {change.operator_uuid}" if change.operator_uuid else "by somebody"
        if ticket.status == REJECTED and rejected_by_system(history, self._drive.approvers(ticket)):
            who = "by the system, as when an approver has left"
        said = f", with the comment {change.comment!r}" if change.comment else ""
        return TicketError(f"{what}: it became {change.to_status} {who}{said}.", **self._last_seen(ticket, history))

    def _execution_failed(
        self, ticket: Ticket, result: Execution, history: t.Sequence[HistoryEntry] | None = None
    ) -> TicketError:
        failed = [item for item in result.results if item["failure_times"]]
        reasons = [
            str(error.get("details") or error.get("description") or error)
            for item in failed
            for error in item["errors"]
        ]
        names = ", ".join(str(item["request_name"]) for item in failed) or "all"
        text = f"The {ticket} was approved, but requests of it failed ({names})"
        if reasons:
            text += f": {'; '.join(reasons[:3])}"
        return TicketError(f"{text}.", execution=result.to_result(), **self._last_seen(ticket, history))

    def _give_up(self, ticket: Ticket) -> None:
        self.timed_out = True
        awaiting = self._drive.awaiting(ticket)
        text = f"The {ticket} is not {self._wish.name} after {self._patience.timeout:g} seconds"
        if ticket.status == FINAL_APPROVED:
            text = f"The {ticket} is approved, but no result of its requests came within {self._patience.timeout:g} seconds"
        elif awaiting:
            text += f": it awaits the step {awaiting['flow_name'] or awaiting['flow_uuid']!r} of {awaiting['approver_uuid']}"
        text += ". Nothing is lost: run the task again to go on waiting."
        if not self._patience.fails:
            self._context.warn(text)
            return
        extra = self._last_seen(ticket)
        raise WaitTimeout(
            text,
            awaiting=awaiting,
            elapsed=self._deadline.elapsed,
            execution=self.execution and self.execution.to_result(),
            **extra,
        )

    def _last_seen(self, ticket: Ticket, history: t.Sequence[HistoryEntry] | None = None) -> dict[str, t.Any]:
        try:
            entries = lookup.history_of(self._context.client, ticket) if history is None else history
        except ExchangeError:
            # What is to be told is the failure before this one.
            return {"ticket": ticket.to_result()}
        return {"ticket": ticket.to_result(), "history": [entry.to_result() for entry in entries]}
