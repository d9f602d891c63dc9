# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many tickets in one task: one look for all of them, then concurrent calls, and one wait.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import functools
import threading
import typing as t
from concurrent.futures import Executor, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

from .._api import query
from .._api.client import Client
from .._api.retry import Deadline
from .._errors import BatchError, InputError, ZStackError
from .._tickets import identity
from .._tickets.model import Ticket
from . import lookup
from .context import Context, Outcome
from .course import Course
from .diff import ticket_diff
from .drive import StatusWish
from .ensure import EnsureTicket, TicketWish, warn_of_fixed, with_own_context
from .plan import Done, carry_out
from .processes import Processes
from .wait import Patience, Waiter

T = t.TypeVar("T")

PROGRESS_SECONDS = 5.0


@dataclass(frozen=True)
class Item:
    """One ticket of a batch, checked: what it is to be, and which status it is to reach, if any."""

    wish: TicketWish
    absent: bool
    status: StatusWish | None

    @functools.cached_property
    def key(self) -> str:
        """What tells its ticket: the uuid, or the name with its context."""
        return self.wish.uuid or identity.derive_uuid(self.wish.name or "", self.wish.account_system_context)


def ensure_batch(options: t.Mapping[str, t.Any], context: Context) -> Outcome:
    """The operation of C(zstack_ticket_batch).

    :raises InputError: an item cannot be right; then nothing was sent for any item.
    :raises BatchError: items failed; C(extra) has the C(results) of all items.
    """
    if options["workers"] < 1:
        raise InputError(f"workers is {options['workers']}: it must be at least 1.")
    patience = Patience.from_options(options)
    deadline = Deadline(context.client.clock, patience.timeout)
    # Checked before anything is sent, and once more when a login has told whose tickets are meant.
    checked = [_checked(number, item, options["wait"]) for number, item in enumerate(options["tickets"])]
    _refuse_contradictions(checked)
    _refuse_idle_wait(options["wait"], checked)
    items = [item if item.wish.uuid else replace(item, wish=with_own_context(item.wish, context)) for item in checked]
    _refuse_contradictions(items)
    batch = _Batch(context, items, bool(options.get("continue_on_error")))
    with ThreadPoolExecutor(options["workers"]) as pool:
        try:
            batch.ensure(pool)
            if options["wait"] and not context.check_mode:
                batch.wait(pool, patience, deadline)
        except BaseException as error:
            # Whoever wants to end us need not wait for what has not begun, nor for the end of what has.
            batch.stop()
            if not isinstance(error, Exception):
                context.client.clock.end()
            raise
    results = batch.results()
    result = dict(results=results, summary=_summary(results))
    failed = [number for number, item in enumerate(results) if item.get("failed")]
    if failed:
        first = results[failed[0]]
        text = f"{len(failed)} of {len(items)} tickets failed ({result['summary']}). The first is tickets[{failed[0]}]: {first['msg']}"
        raise BatchError(text, first["error"], changed=any(item["changed"] for item in results), **result)
    return Outcome(
        changed=any(item["changed"] for item in results),
        result=dict(result, diff=[item["diff"] for item in results if item["changed"]]),
    )


def _checked(number: int, options: t.Mapping[str, t.Any], wait: bool) -> Item:
    try:
        wish = TicketWish.from_options(options)
        absent = options.get("state") == "absent"
        status = None
        if options.get("status"):
            if absent:
                raise InputError(
                    f"status is {options['status']!r} and state is absent: a ticket cannot be both. Give one of the two."
                )
            status = StatusWish.from_options(dict(options, wait=wait))
        return Item(wish, absent, status)
    except InputError as error:
        raise InputError(f"tickets[{number}]: {error.message}") from None


def _refuse_contradictions(items: t.Sequence[Item]) -> None:
    """The same ticket twice is done once; but two different wishes for it would undo each other at each run."""
    first: dict[str, int] = {}
    for number, item in enumerate(items):
        other = first.setdefault(item.key, number)
        if items[other] != item:
            raise InputError(
                f"tickets[{number}] and tickets[{other}] mean the same ticket ({item.wish.uuid or item.wish.name!r}) "
                "and want different things of it. Leave one of them out."
            )


def _refuse_idle_wait(wait: bool, items: t.Sequence[Item]) -> None:
    """A wait for nothing would look as if all had been approved."""
    if wait and items and not any(item.absent or item.status for item in items):
        raise InputError(
            "wait is true, but no ticket has a status that could be waited for. Give the tickets one, such as status: approved."
        )


class _Found:
    """The tickets that were on the server when the batch began."""

    def __init__(self, client: Client, wishes: t.Sequence[TicketWish]) -> None:
        uuids = sorted({wish.uuid for wish in wishes if wish.uuid})
        names = sorted({wish.name for wish in wishes if not wish.uuid and wish.name})
        rows: list[t.Mapping[str, t.Any]] = []
        for field, values in (("uuid", uuids), ("name", names)):
            for condition in query.any_of(field, values):
                rows += query.read(client, lookup.TICKETS, [condition])
        tickets = {ticket.uuid: ticket for ticket in map(Ticket.from_inventory, rows)}
        self.tickets = tickets.values()
        self._by_uuid = tickets
        self._by_name: dict[str, list[Ticket]] = {}
        for ticket in tickets.values():
            self._by_name.setdefault(identity.normalise_name(ticket.name or ""), []).append(ticket)

    def ticket(self, wish: TicketWish) -> Ticket | None:
        """The ticket of this wish. Raises C(TicketError) if several have the name."""
        if wish.uuid:
            return self._by_uuid.get(wish.uuid)
        name = wish.name or ""
        return identity.choose(self._by_name.get(name, ()), name, wish.account_system_context)


class _Entry:
    """One ticket of the batch, while it is worked on: what was done to be as described, then its course to a status."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.before: Ticket | None = None
        self.done: Done[Ticket] | None = None
        self.course: Course | None = None
        self.error: ZStackError | None = None

    @property
    def has_failed(self) -> bool:
        return self.error is not None or (self.course is not None and self.course.error is not None)

    def result(self, waits: bool) -> dict[str, t.Any]:
        """What is told of it; C(waits) says that its status was to be waited for."""
        named = {"uuid": self.item.wish.uuid, "name": self.item.wish.name}
        if self.error is not None:
            return dict(named, **self.error.result())
        if self.done is None:
            return dict(named, changed=False, **_skipped("begun"))
        if self.course is None:
            ticket = self.done.resource
            told: dict[str, t.Any] = dict(ticket=ticket and ticket.to_result(), events=[])
        else:
            ticket = self.course.ticket
            try:
                told = self._course_result(self.course, waits)
            except ZStackError as error:
                return dict(named, **self._failure(self.course, error))
        return dict(
            named,
            changed=bool(self.done.operations or told["events"]),
            operations=self.done.operations,
            diff=ticket_diff(self.before, ticket, self.item.wish.requests),
            **told,
        )

    def _course_result(self, course: Course, waits: bool) -> dict[str, t.Any]:
        if course.error is not None:
            raise course.error
        if course.elapsed is not None:
            return dict(course.success(), elapsed=round(course.elapsed, 3))
        return dict(course.success(), **(_skipped("waited for to the end") if waits else {}))

    def _failure(self, course: Course, error: ZStackError) -> dict[str, t.Any]:
        result = dict(error.result(), **course.failure(error))
        made = self.done.operations if self.done else []
        if made:
            result.update(
                msg=f"{result['msg']} Before that, the ticket was made as wished ({', '.join(made)}).", changed=True
            )
        return dict(result, operations=made)


def _skipped(what: str) -> dict[str, t.Any]:
    return dict(skipped=True, msg=f"Not {what}, because another ticket of the batch failed.")


class _Batch:
    """The work on all tickets; each is worked on once, however often it is listed."""

    def __init__(self, context: Context, items: t.Sequence[Item], goes_on: bool) -> None:
        self._context = context
        self._items = items
        self._entries = {item.key: _Entry(item) for item in items}
        self._found = _Found(context.client, [item.wish for item in items])
        self._processes = Processes(context.client)
        if any(item.status for item in items):
            self._processes.read(self._found.tickets)
        self._goes_on = goes_on
        self._stopped = threading.Event()
        self._waits = False

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopped.set()

    def ensure(self, pool: Executor) -> None:
        """Make each ticket as it is wished, and send what leads to its status."""
        pending = {pool.submit(self._unless_stopped(self._ensure), entry) for entry in self._entries.values()}
        total = len(pending)
        while pending:
            done, pending = wait(pending, timeout=PROGRESS_SECONDS)
            for future in done:
                future.result()
            if pending:
                self._context.progress(f"{total - len(pending)} of {total} tickets done")

    def wait(self, pool: Executor, patience: Patience, deadline: Deadline) -> None:
        """Wait until each has its status."""
        self._waits = True
        courses = [entry.course for entry in self._entries.values() if entry.course]

        def for_each(do: t.Callable[[Course], None], some: t.Sequence[Course]) -> None:
            list(pool.map(self._unless_stopped(do), some))

        if not self._stopped.is_set():
            Waiter(self._context, patience, deadline, for_each, self._goes_on).wait(courses)

    def results(self) -> list[dict[str, t.Any]]:
        """The result of each item, in their order."""
        results = []
        told: dict[str, dict[str, t.Any]] = {}
        for item in self._items:
            if item.key in told:
                # What is listed twice was done once.
                results.append(dict(told[item.key], changed=False, operations=[], events=[]))
            else:
                told[item.key] = self._entries[item.key].result(self._waits)
                results.append(told[item.key])
        return results

    def _unless_stopped(self, do: t.Callable[[T], None]) -> t.Callable[[T], None]:
        return lambda what: None if self._stopped.is_set() else do(what)

    def _ensure(self, entry: _Entry) -> None:
        context, item = self._context, entry.item
        ensured = EnsureTicket(context, item.wish)
        try:
            entry.before = self._found.ticket(item.wish)
            plan = ensured.plan_absent if item.absent else ensured.plan_present
            entry.done = carry_out(context, plan, ensured.look, entry.before)
        except ZStackError as error:
            entry.error = error
        else:
            ticket = entry.done.resource
            warn_of_fixed(context, item.wish, ticket)
            if item.status and ticket:
                entry.course = Course(context, item.status, ticket, self._processes)
                entry.course.begin()
        if entry.has_failed and not self._goes_on:
            self.stop()


def _summary(results: t.Sequence[t.Mapping[str, t.Any]]) -> str:
    failed = sum(bool(item.get("failed")) for item in results)
    skipped = sum(bool(item.get("skipped")) for item in results)
    changed = sum(bool(item["changed"]) and not item.get("failed") for item in results)
    return f"{changed} changed, {len(results) - changed - failed - skipped} unchanged, {failed} failed, {skipped} not finished"
