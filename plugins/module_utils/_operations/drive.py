# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A ticket reaches a desired approval state.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from .._errors import ApiError, InputError, TicketError, ZStackError
from .._tickets import flow, identity, moves
from .._tickets.history import approved_by, last_event
from .._tickets.model import FINAL_APPROVED, INTERMEDIATE_APPROVED, Ticket
from . import calls, lookup
from .context import Context
from .plan import Done, Operation, carry_out
from .processes import Processes

READ_BACK_PAUSES = (0.0, 0.5, 1.0)
"""Seconds before each look for what an accepted event has moved."""


@dataclass(frozen=True)
class StatusWish:
    """What a task wants of a ticket's approval."""

    uuid: str | None
    name: str | None
    account_system_context: t.Mapping[str, t.Any] | None
    wish: moves.Wish
    comment: str | None
    steps: str
    reopen: bool
    wait: bool

    @classmethod
    def from_options(cls, options: t.Mapping[str, t.Any]) -> StatusWish:
        """Check and read the options of C(zstack_ticket_status); nothing is sent.

        :raises InputError: an option cannot be right.
        """
        uuid, name, comment = options.get("uuid"), options.get("name"), options.get("comment")
        if not uuid and name is None:
            raise InputError("Neither uuid nor name is given. Give one of them, so that the ticket can be told.")
        if name is not None:
            identity.check_name(name)
        if comment is not None:
            identity.check_comment(comment)
        wish = moves.WISHES.get(options["status"])
        if wish is None:
            raise InputError(f"status is {options['status']!r}: it must be one of {', '.join(moves.WISHES)}.")
        return cls(
            uuid=identity.check_uuid(uuid) if uuid else None,
            name=name,
            account_system_context=options.get("account_system_context"),
            wish=wish,
            comment=comment,
            steps=options.get("steps") or "all",
            reopen=bool(options.get("reopen")),
            wait=bool(options.get("wait")),
        )


class DriveTicket:
    """Sends the events that bring one ticket nearer to a wish, as far as the caller is the one to send them."""

    def __init__(self, context: Context, wish: StatusWish, processes: Processes) -> None:
        self._context = context
        self._wish = wish
        self._processes = processes
        self._approved: list[flow.Step | None] = []
        self._only_step: tuple[str | None] | None = None
        self._denied = False

    def act(self, ticket: Ticket) -> Done[Ticket]:
        """Send all events that are the caller's to send now, reading the ticket back after each.

        :raises ZStackError: an event is refused, or it cannot lead to the wish.
        """
        self._denied = False
        try:
            return carry_out(
                self._context, self.plan, lambda: lookup.ticket_by_uuid(self._context.client, ticket.uuid), ticket
            )
        except ZStackError as error:
            events: list[str] = error.extra.pop("operations", [])
            if self._denied and isinstance(error, ApiError):
                # Whoever waits looks again anyway; a look here could fail, and the events would be forgotten.
                return Done(None, events)
            error.extra["events"] = events
            raise

    def plan(self, ticket: Ticket | None) -> list[Operation[Ticket]]:
        """The events from here to the wish, as far as they are the caller's to send.

        :raises TicketError: the ticket is gone, or the wish needs a reopening that the task does not allow.
        """
        if ticket is None:
            raise TicketError("The ticket was deleted meanwhile.")
        operations: list[Operation[Ticket]] = []
        if self._wish.steps == "none" and not self._wish.reopen:
            # Whoever only waits for others has nothing to send, even where it would be the caller's turn.
            return operations
        while len(operations) <= len(self._processes.steps_of(ticket)) + 1:
            event = moves.next_event(ticket.status, self._wish.wish, self._wish.reopen)
            if event is None or (self._wish.steps == "none" and event != moves.REOPEN):
                break
            if event == moves.APPROVE and not self._is_to_approve(ticket, operations):
                break
            predicted = self._predict(ticket, event)
            operations.append(self._operation(ticket, event, predicted))
            if moves.predict(ticket.status, event, False) is None:
                # The table knows no such move, so the server's answer is all that can be told.
                break
            ticket = predicted
        return operations

    def _is_to_approve(self, ticket: Ticket, planned: t.Sequence[Operation[Ticket]]) -> bool:
        """Whether to send an approval for the step that is due.

        :raises TicketError: in check mode, when it is somebody else's step and nothing is the caller's.
        """
        if self._wish.steps == "next":
            # Only the step that is due when the first approval is planned, even if somebody else approves it first.
            self._only_step = self._only_step or (ticket.current_flow_uuid,)
            if self._only_step != (ticket.current_flow_uuid,):
                return False
        due = self._processes.due_step(ticket)
        approved_here = bool(self._approved) or any(operation.name == moves.APPROVE for operation in planned)
        caller = self._context.client.caller(read_only=self._context.check_mode) if due else None
        if due is None or due.approver_uuid is None or caller is None:
            # Whose turn it is cannot be told beforehand, so the server does: once, or while the approver stays the same.
            return not approved_here or (due is not None and self._approved[-1:] != [None] and self._same_approver(due))
        if due.approver_uuid == caller.operator_uuid:
            return True
        if (
            approved_here
            or self._wish.wait
            or approved_by(lookup.history_of(self._context.client, ticket), caller.operator_uuid)
        ):
            return False
        if self._context.check_mode:
            raise TicketError(
                f"The {ticket} cannot be approved by this identity: {self._turn(due)}",
                awaiting=flow.awaiting(due),
            )
        # The server is the authority on who may approve; most likely it will refuse.
        return True

    def _same_approver(self, due: flow.Step) -> bool:
        last = self._approved[-1] if self._approved else None
        return last is not None and last.approver_uuid is not None and last.approver_uuid == due.approver_uuid

    def _turn(self, due: flow.Step) -> str:
        return f"the step {due.name or due.uuid!r} is due, and its approver is {due.approver_uuid}."

    def _predict(self, ticket: Ticket, event: str) -> Ticket:
        due = self._processes.due_step(ticket)
        last = due is None or flow.is_last(self._processes.steps_of(ticket), due)
        status = moves.predict(ticket.status, event, last) or moves.NATURAL_RESULT[event]
        current = (
            due.uuid if event == moves.APPROVE and due else None if event == moves.REOPEN else ticket.current_flow_uuid
        )
        return replace(ticket, status=status, current_flow_uuid=current)

    def _operation(self, ticket: Ticket, event: str, predicted: Ticket) -> Operation[Ticket]:
        return Operation(
            event,
            lambda job_uuid: self._send(ticket, event, job_uuid),
            predicted,
            step=ticket.current_flow_uuid if event == moves.APPROVE else None,
            read_back=lambda: self._read_back(ticket, event),
            was_ours=lambda after: self._was_ours(event, predicted, after),
        )

    def _was_ours(self, event: str, predicted: Ticket, after: Ticket | None) -> bool:
        """Whether the last event in the ticket's history is this one, and of this caller."""
        if after is None:
            return False
        last = last_event(lookup.history_of(self._context.client, after))
        if last is None:
            return True
        results = (INTERMEDIATE_APPROVED, FINAL_APPROVED) if event == moves.APPROVE else (predicted.status,)
        caller = self._context.client.caller()
        return last.to_status in results and (caller is None or last.operator_uuid in (None, caller.operator_uuid))

    def _send(self, ticket: Ticket, event: str, job_uuid: str | None) -> Ticket:
        due = self._processes.due_step(ticket)
        try:
            after = calls.change_status(self._context.client, ticket, event, self._wish.comment, job_uuid)
        except ApiError as error:
            error.message += f" Known moves: {'; '.join(moves.known_moves(ticket.status))}."
            if event in (moves.APPROVE, moves.REJECT) and due:
                error.message += f" Now {self._turn(due)}"
                error.extra["awaiting"] = flow.awaiting(due)
            if event == moves.APPROVE and self._wish.wait and self._context.client.caller() is None:
                # Whose turn it is could only be tried. It is not ours, and whoever waits need not be an approver at all.
                self._denied = True
            raise
        if event == moves.APPROVE:
            self._approved.append(due)
        return after

    def _read_back(self, before: Ticket, event: str) -> Ticket:
        for pause in READ_BACK_PAUSES:
            self._context.client.clock.sleep(pause)
            ticket = lookup.ticket_by_uuid(self._context.client, before.uuid)
            if ticket is None:
                raise TicketError(f"The {before} was deleted right after the event {event}.")
            if (ticket.status, ticket.current_flow_uuid) != (before.status, before.current_flow_uuid):
                return ticket
        raise TicketError(f"The server accepted {event} for the {before}, but its status did not move.")
