# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many tickets in one task: one look for all of them, then concurrent calls.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import functools
import threading
import typing as t
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

from .._api import query
from .._api.client import Client
from .._errors import InputError, TicketError, ZStackError
from .._tickets import identity
from .._tickets.model import Ticket
from . import lookup
from .context import Context, Outcome
from .diff import ticket_diff
from .drive import DriveTicket, StatusWish
from .ensure import EnsureTicket, TicketWish, warn_of_fixed, with_own_context
from .plan import carry_out

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
    :raises TicketError: items failed; C(extra) has the C(results) of all items.
    """
    if options["workers"] < 1:
        raise InputError(f"workers is {options['workers']}: it must be at least 1.")
    # Checked before anything is sent, and once more when a login has told whose tickets are meant.
    checked = [_checked(number, item) for number, item in enumerate(options["tickets"])]
    _refuse_contradictions(checked)
    items = [item if item.wish.uuid else replace(item, wish=with_own_context(item.wish, context)) for item in checked]
    _refuse_contradictions(items)
    found = _Found(context.client, [item.wish for item in items])
    batch = _Batch(context, items, found, options["workers"], bool(options.get("continue_on_error")))
    results = batch.run()
    result = dict(results=results, summary=_summary(results))
    failed = [number for number, item in enumerate(results) if item.get("failed")]
    if failed:
        first = results[failed[0]]
        text = f"{len(failed)} of {len(items)} tickets failed ({result['summary']}). The first is tickets[{failed[0]}]: {first['msg']}"
        error = TicketError(text, changed=any(item["changed"] for item in results), **result)
        raise error
    return Outcome(
        changed=any(item["changed"] for item in results),
        result=dict(result, diff=[item["diff"] for item in results if item["changed"]]),
    )


def _checked(number: int, options: t.Mapping[str, t.Any]) -> Item:
    try:
        wish = TicketWish.from_options(options)
        absent = options.get("state") == "absent"
        status = None
        if options.get("status"):
            if absent:
                raise InputError(
                    f"status is {options['status']!r} and state is absent: a ticket cannot be both. Give one of the two."
                )
            status = StatusWish.from_options(options)
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
                f"tickets[{number}] and tickets[{other}] mean the same ticket and want different things of it. Leave one of them out."
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


class _Batch:
    def __init__(self, context: Context, items: t.Sequence[Item], found: _Found, workers: int, goes_on: bool) -> None:
        self._context = context
        self._items = items
        self._found = found
        self._workers = workers
        self._goes_on = goes_on
        self._stopped = threading.Event()

    def run(self) -> list[dict[str, t.Any]]:
        """The result of each item, in their order."""
        numbers: dict[str, list[int]] = {}
        for number, item in enumerate(self._items):
            numbers.setdefault(item.key, []).append(number)
        results: list[dict[str, t.Any]] = [{} for _item in self._items]
        with ThreadPoolExecutor(min(self._workers, len(numbers) or 1)) as pool:
            futures = {pool.submit(self._result, self._items[same[0]]): same for same in numbers.values()}
            try:
                self._report(set(futures))
            except BaseException:
                # Whoever wants to end us need not wait for what has not begun.
                self._stopped.set()
                raise
        for future, same in futures.items():
            result = future.result()
            # What is listed twice was done once.
            unchanged = dict(result, changed=False, operations=[], events=[])
            for number in same:
                results[number] = result if number == same[0] else unchanged
        return results

    def _report(self, pending: set[Future[dict[str, t.Any]]]) -> None:
        total = len(pending)
        while pending:
            _done, pending = wait(pending, timeout=PROGRESS_SECONDS)
            if pending:
                self._context.progress(f"{total - len(pending)} of {total} tickets done")

    def _result(self, item: Item) -> dict[str, t.Any]:
        if self._stopped.is_set():
            return dict(
                _named(item), changed=False, skipped=True, msg="Not begun, because another ticket of the batch failed."
            )
        try:
            return dict(_named(item), **self._ensure(item))
        except ZStackError as error:
            if not self._goes_on:
                self._stopped.set()
            return dict(_named(item), **error.result())

    def _ensure(self, item: Item) -> dict[str, t.Any]:
        ensured = EnsureTicket(self._context, item.wish)
        before = self._found.ticket(item.wish)
        done = carry_out(
            self._context, ensured.plan_absent if item.absent else ensured.plan_present, ensured.look, before
        )
        warn_of_fixed(self._context, item.wish, done.resource)
        ticket, events = done.resource, []
        if item.status and ticket:
            try:
                driven = DriveTicket(self._context, item.status).act(ticket)
            except ZStackError as error:
                if done.operations:
                    error.message += f" Before that, the ticket was made as wished ({', '.join(done.operations)})."
                    error.extra.update(operations=done.operations, changed=True)
                raise
            ticket, events = driven.resource, driven.operations
        return dict(
            changed=bool(done.operations or events),
            ticket=ticket.to_result() if ticket else None,
            operations=done.operations,
            events=events,
            diff=ticket_diff(before, ticket, item.wish.requests),
        )


def _named(item: Item) -> dict[str, t.Any]:
    return {"uuid": item.wish.uuid, "name": item.wish.name}


def _summary(results: t.Sequence[t.Mapping[str, t.Any]]) -> str:
    failed = sum(bool(item.get("failed")) for item in results)
    skipped = sum(bool(item.get("skipped")) for item in results)
    changed = sum(bool(item["changed"]) and not item.get("failed") for item in results)
    return f"{changed} changed, {len(results) - changed - failed - skipped} unchanged, {failed} failed, {skipped} not begun"
