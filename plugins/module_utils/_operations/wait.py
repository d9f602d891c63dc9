# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for other people: until each of some tickets is as wished, can no longer be, or the time is up.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from functools import partial

from .._api.retry import Deadline, growing_pauses
from .._errors import ExchangeError, InputError, TicketError, WaitTimeout, ZStackError
from .._tickets import moves
from .._tickets.execution import execution
from .._tickets.model import FINAL_APPROVED
from . import ends, lookup
from .context import Context
from .course import Course

T = t.TypeVar("T")
Courses = t.Sequence[Course]


@dataclass(frozen=True)
class Patience:
    """How long to wait, the longest pause between two looks (seconds), and what a time-out is."""

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


def one_by_one(do: t.Callable[[Course], None], courses: Courses) -> None:
    """Do it to each."""
    for course in courses:
        do(course)


class Waiter:
    """Waits for tickets within one time limit, looks at all of them at once, and sends what becomes the caller's turn.

    C(for_each) does something to each of several tickets. Unless C(goes_on), the first that fails ends the wait.
    """

    def __init__(
        self,
        context: Context,
        patience: Patience,
        deadline: Deadline,
        for_each: t.Callable[[t.Callable[[Course], None], Courses], object] = one_by_one,
        goes_on: bool = False,
    ) -> None:
        self._context = context
        self._patience = patience
        self._deadline = deadline
        self._for_each = for_each
        self._goes_on = goes_on

    def wait(self, courses: Courses) -> None:
        """Wait until each has come to its end. One without C(elapsed) was not waited for to the end, as another had failed."""
        pauses = growing_pauses(self._patience.interval)
        next(pauses)  # The first is for what has not been looked at yet.
        under_way = [course for course in courses if course.error is None]
        while under_way and (self._goes_on or not any(course.error for course in courses)):
            try:
                self._judge(under_way)
                if self._deadline.left == 0:
                    self._give_up(_unfinished(under_way))
                elif _unfinished(under_way):
                    self._deadline.sleep(next(pauses))
                    self._look(_unfinished(under_way))
            except ZStackError as error:
                # A question about all of them has no usable answer.
                for course in _unfinished(under_way):
                    course.error = error
            under_way = _unfinished(under_way)

    def _judge(self, courses: Courses) -> None:
        """End those that are as wished, and those that cannot be any more."""
        needing_history = []
        for course in courses:
            status = course.ticket.status
            if status not in course.wish.satisfied_by:
                if not moves.reachable(status, course.wish):
                    needing_history.append(course)
            elif status == FINAL_APPROVED and self._patience.verify_execution:
                needing_history.append(course)
            else:
                self._end(course)
        histories = self._patiently(lambda: self._histories(needing_history))
        if histories is None:
            return
        for course in needing_history:
            history = histories[course.ticket.uuid]
            if course.ticket.status not in course.wish.satisfied_by:
                course.error = self._patiently(partial(course.out_of_reach, history))
                continue
            course.execution = execution(history, course.ticket.requests)
            if course.execution.failed:
                course.error = ends.execution_failed(course.ticket, course.execution, history)
            elif course.execution.finished:
                self._end(course)

    def _look(self, courses: Courses) -> None:
        """Take note of what the tickets have become, and send what is now the caller's to send."""
        client = self._context.client
        found = self._patiently(lambda: lookup.tickets_by_uuid(client, [course.ticket.uuid for course in courses]))
        if found is None:
            return
        moved = []
        for course in courses:
            before, ticket = course.ticket, found.get(course.ticket.uuid)
            if ticket is None:
                course.error = TicketError(
                    f"The {before} was deleted while it was waited for.", ticket=before.to_result()
                )
            elif ticket != before:
                course.ticket = ticket
                if ticket.status != before.status:
                    after = f"after {self._deadline.elapsed:.0f} s"
                    self._context.progress(f"{ticket.name}: {before.status} -> {ticket.status} {after}")
                if moves.reachable(ticket.status, course.wish):
                    moved.append(course)
        self._for_each(Course.go_on, moved)

    def _patiently(self, read: t.Callable[[], T]) -> T | None:
        """What a read finds, None if it failed in a way that passes: a node that restarts comes back."""
        try:
            with self._context.client.until(self._deadline):
                return read()
        except ExchangeError as failure:
            if not failure.passing:
                raise
            self._context.progress(f"{failure.message} Still waiting.")
            return None

    def _histories(self, courses: Courses) -> dict[str, list[t.Any]]:
        return lookup.histories_of(self._context.client, [course.ticket.uuid for course in courses])

    def _give_up(self, courses: Courses) -> None:
        """The time is up for these."""
        histories, turns = {}, {}
        try:
            histories = self._histories(courses)
            turns = {course: course.awaiting() for course in courses}
        except ExchangeError:
            pass  # What is to be told is that the time is up.
        texts = []
        for course in courses:
            awaiting = turns.get(course)
            text = self._too_late(course, awaiting)
            if self._patience.fails:
                course.error = WaitTimeout(
                    text,
                    awaiting=awaiting,
                    elapsed=self._deadline.elapsed,
                    execution=course.execution and course.execution.to_result(),
                    **ends.last_seen(course.ticket, histories.get(course.ticket.uuid)),
                )
            else:
                course.timed_out, course.history = True, histories.get(course.ticket.uuid)
                texts.append(text)
                self._end(course)
        if texts:
            others = f" Likewise {len(texts) - 1} more." if len(texts) > 1 else ""
            self._context.warn(texts[0] + others)

    def _too_late(self, course: Course, awaiting: t.Mapping[str, t.Any] | None) -> str:
        seconds = f"{self._patience.timeout:g} seconds"
        text = f"The {course.ticket} is not {course.wish.name} after {seconds}"
        if course.ticket.status == FINAL_APPROVED:
            text = f"The {course.ticket} is approved, but no result of its requests came within {seconds}"
        elif awaiting:
            text += f": it awaits the step {awaiting['flow_name'] or awaiting['flow_uuid']!r} of {awaiting['approver_uuid']}"
        return f"{text}. Nothing is lost: run the task again to go on waiting."

    def _end(self, course: Course) -> None:
        course.elapsed = self._deadline.elapsed


def _unfinished(courses: Courses) -> list[Course]:
    return [course for course in courses if course.elapsed is None and course.error is None]
