# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running a plan, and finishing it whatever happens on the way.

A plan says for any state of a resource, such as a ticket, which API operations are still needed. So after every trouble the
same thing helps: look at the resource again, and plan again. **PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._api.retry import backoff
from .._errors import ApiError, ExchangeError, LostWrite, TicketError, WaitTimeout, ZStackError
from .context import Context


class Resource(t.Protocol):
    """What a plan is about. C(str()) of it names it in messages."""

    def to_result(self) -> dict[str, t.Any]:
        """The form that results show."""


R = t.TypeVar("R", bound=Resource)


@dataclass(frozen=True)
class Operation(t.Generic[R]):
    """One API operation of a plan.

    C(send(job_uuid)) runs it and returns the resource after it, None when there is none any more; C(predicted) is what check
    mode expects that to be. C(step) tells approvals apart: it is the step approved before. C(read_back) looks for what an
    accepted operation has done, where its own answer is not taken for that. C(was_ours) tells of a resource that has moved
    on whether this call moved it, when its answer was lost.
    """

    name: str
    send: t.Callable[[str | None], R | None]
    predicted: R | None
    step: str | None = None
    read_back: t.Callable[[], R | None] | None = None
    was_ours: t.Callable[[R | None], bool] = lambda resource: True

    def is_same(self, other: Operation[R] | None) -> bool:
        """Whether both mean the same call, so that one of them is enough."""
        return other is not None and (self.name, self.step) == (other.name, other.step)


Plan = t.Callable[[t.Optional[R]], t.Sequence[Operation[R]]]
Look = t.Callable[[], t.Optional[R]]


@dataclass(frozen=True)
class Done(t.Generic[R]):
    """What became of a plan: the resource after it, and the names of the operations that this run made (or would make)."""

    resource: R | None
    operations: list[str]


def carry_out(context: Context, plan: Plan[R], look: Look[R], state: R | None, kind: str = "ticket") -> Done[R]:
    """Run the plan from C(state) until it is empty. In check mode only say what would be done.

    A lost write is sent again, under the job uuid that it had, only if the resource shows that it is still needed. A refusal
    counts only if the resource is still as it was: else somebody else was faster, and the plan begins anew from there.

    :param kind: the key under which results show the resource.
    :raises ZStackError: as the operations do. C(extra) then tells the C(operations) made so far and the resource as last seen.
    """
    if context.check_mode:
        operations = plan(state)
        return Done(operations[-1].predicted if operations else state, [operation.name for operation in operations])
    run = _Run(context, plan, look, state)
    try:
        run.to_its_end()
    except ZStackError as error:
        raise run.told(error, kind) from None
    return Done(run.state, run.made)


class _Run(t.Generic[R]):
    """A plan on its way: the resource as it was last seen, and what has been made of the plan."""

    def __init__(self, context: Context, plan: Plan[R], look: Look[R], state: R | None) -> None:
        self.state = state
        self.made: list[str] = []
        self._context = context
        self._plan = plan
        self._look = look
        self._lost: tuple[Operation[R], LostWrite] | None = None
        self._troubles = 0  # since the last operation that was made

    def to_its_end(self) -> None:
        """Make one operation after the other until none is left."""
        operation = self._next()
        while operation is not None:
            before = self.state
            try:
                self.state = operation.send(self._job_uuid_for(operation))
            except ZStackError as trouble:
                self._look_again(operation, before, trouble)
            else:
                self.made.append(operation.name)
                self._troubles = 0
                if operation.read_back:
                    self.state = operation.read_back()
                if operation.is_same(self._next()):
                    raise TicketError(f"The server accepted {operation.name}, but nothing came of it.")
            operation = self._next()

    def _next(self) -> Operation[R] | None:
        operations = self._plan(self.state)
        return operations[0] if operations else None

    def _job_uuid_for(self, operation: Operation[R]) -> str | None:
        lost, self._lost = self._lost, None
        return lost[1].job_uuid if lost and operation.is_same(lost[0]) else None

    def _look_again(self, operation: Operation[R], before: R | None, trouble: ZStackError) -> None:
        """Return if planning anew from what the ticket has become can help; else raise the trouble."""
        self._troubles += 1
        may_go_on = self._troubles <= self._context.client.limits.retries
        if isinstance(trouble, LostWrite):
            if not may_go_on:
                raise trouble
            self._lost = (operation, trouble)
            self._context.client.clock.sleep(backoff(self._troubles - 1, trouble))
            self.state = self._seen_after(trouble)
        elif isinstance(trouble, ApiError):
            self.state = self._seen_after(trouble)
            if self.state == before or not may_go_on:
                raise trouble
        elif isinstance(trouble, WaitTimeout) or (isinstance(trouble, ExchangeError) and trouble.sent):
            # It may have been accepted, and a resource that has moved on have been moved by it.
            self.state = self._seen_after(trouble)
            if self.state == before or operation.is_same(self._next()):
                raise trouble
            if operation.was_ours(self.state):
                self.made.append(operation.name)
            elif not may_go_on:
                raise trouble
        else:
            raise trouble

    def _seen_after(self, trouble: ZStackError) -> R | None:
        """The resource as it is now. Where that cannot be told, what went wrong first is what counts."""
        try:
            return self._look()
        except ExchangeError:
            raise trouble from None

    def told(self, error: ZStackError, kind: str) -> ZStackError:
        """The error, with what was done before it and what is left, so that nobody has to guess."""
        if self.made:
            error.message += (
                f" Done before that: {', '.join(self.made)}. Now: {self.state or 'no ' + kind.replace('_', ' ')}."
            )
            try:
                left = [operation.name for operation in self._plan(self.state)]
            except ZStackError:
                left = []
            if left:
                error.message += f" Run the task again to finish ({', '.join(left)})."
        error.extra.setdefault(kind, self.state.to_result() if self.state else None)
        error.extra.setdefault("operations", list(self.made))
        error.extra.setdefault("changed", bool(self.made))
        return error
