# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import copy
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.module_utils._tickets.events import (
    AWAITING_ME,
    CREATED,
    DELETED,
    OVERLAP,
    WAITING,
    Change,
    Cursor,
    Known,
    Look,
    types_of,
)
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.flow import Step
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.history import HistoryEntry
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.model import Ticket

RESULTS = {"requestResults": [{"requestName": "one", "successTimes": 1, "failureTimes": 0}]}


def entry(
    sequence: int,
    ticket: str = "t",
    before: str | None = "Pending",
    after: str = "FinalApproved",
    context: object = None,
    uuid: str | None = None,
) -> HistoryEntry:
    return HistoryEntry.from_inventory(
        {
            "uuid": uuid or f"row {sequence}",
            "sequence": sequence,
            "ticketUuid": ticket,
            "fromStatus": before,
            "toStatus": after,
            "operationContext": context,
        }
    )


def tickets(*uuids: str, status: str = "Pending") -> dict[str, Ticket]:
    return {uuid: Ticket.from_inventory({"uuid": uuid, "name": uuid.upper(), "status": status}) for uuid in uuids}


def step(uuid: str) -> Step:
    return Step.from_inventory({"uuid": uuid, "approverUuid": "me"})


def tell(cursor: Cursor, look: Look, remind_after: float | None = None) -> list[Change]:
    """Tell all that is to be told of a look."""
    changes = cursor.changes(look, remind_after)
    for change in changes:
        cursor.note(change, look)
    cursor.finish(look)
    return changes


def told(cursor: Cursor, look: Look, remind_after: float | None = None) -> list[tuple[str, str]]:
    return [(event, change.ticket_uuid) for change in tell(cursor, look, remind_after) for event in change.types]


@pytest.mark.parametrize(
    ("before", "after", "context", "expected"),
    [
        ("Pending", "IntermediateApproved", None, ("step_approved",)),
        ("IntermediateApproved", "IntermediateApproved", None, ("step_approved",)),
        ("IntermediateApproved", "FinalApproved", None, ("approved",)),
        ("Pending", "FinalApproved", None, ("approved",)),
        ("Pending", "FinalApproved", RESULTS, ("approved", "executed")),
        ("FinalApproved", "FinalApproved", RESULTS, ("executed",)),
        ("FinalApproved", "Rejected", RESULTS, ("executed",)),
        ("FinalApproved", "Rejected", None, ("executed",)),
        ("FinalApproved", "FinalApproved", None, ()),
        ("IntermediateApproved", "Rejected", None, ("rejected",)),
        ("Pending", "Cancelled", None, ("recalled",)),
        ("Cancelled", "Pending", None, ("reopened",)),
        ("Rejected", "Pending", None, ("reopened",)),
        ("Pending", "Suspended", None, ("changed",)),
        # The server may note down creation and updates, or not.
        (None, "Pending", None, ()),
        ("Pending", "Pending", None, ()),
        ("Cancelled", "Cancelled", None, ()),
        ("Rejected", "Rejected", None, ()),
    ],
)
def test_what_an_entry_stands_for(before: str | None, after: str, context: object, expected: tuple[str, ...]) -> None:
    assert types_of(entry(1, before=before, after=after, context=context)) == expected


def test_a_life_from_creation_to_deletion() -> None:
    cursor = Cursor()
    assert told(cursor, Look([], tickets("a"), {})) == [(CREATED, "a")]
    approved = Look([entry(7, "a")], tickets("a", status="FinalApproved"), {})
    assert told(cursor, approved) == [("approved", "a")]
    assert told(cursor, approved) == []
    assert told(cursor, Look([], {}, {})) == [(DELETED, "a")]
    assert cursor.tickets == {}


def test_creation_is_told_before_what_follows_it() -> None:
    look = Look([entry(3, "b"), entry(2, "a")], tickets("a", "b"), {})
    assert told(Cursor(), look) == [(CREATED, "a"), (CREATED, "b"), ("approved", "a"), ("approved", "b")]


def test_a_ticket_that_came_and_went_is_told_by_its_moves() -> None:
    cursor = Cursor()
    assert told(cursor, Look([entry(1, "a")], {}, {})) == [("approved", "a")]
    assert cursor.tickets == {}


def test_a_number_that_shows_late_is_told() -> None:
    cursor = Cursor()
    first = [entry(5), entry(7)]
    assert len(tell(cursor, Look(first, {}, {}))) == 2
    assert cursor.after < 6
    (late,) = tell(cursor, Look([*first, entry(6)], {}, {}))
    assert late.entry == entry(6)


def test_a_number_that_is_given_again_is_told() -> None:
    cursor = Cursor()
    tell(cursor, Look([entry(9)], {}, {}))
    (again,) = tell(cursor, Look([entry(9, uuid="of another ticket")], {}, {}))
    assert again.entry is not None
    assert again.entry.uuid == "of another ticket"


def test_nothing_before_the_start_is_read_again() -> None:
    cursor = Cursor(start=500)
    tell(cursor, Look([entry(501)], {}, {}))
    assert cursor.after == 500
    tell(cursor, Look([entry(501 + OVERLAP)], {}, {}))
    assert cursor.after == 501
    # No more is remembered than may be met again.
    assert cursor.seen == {f"row {501 + OVERLAP}": 501 + OVERLAP}


def test_a_step_awaits_me_until_the_ticket_moves() -> None:
    cursor = Cursor()
    look = Look([], tickets("a"), {"a": step("first")})
    assert told(cursor, look) == [(CREATED, "a"), (AWAITING_ME, "a")]
    assert told(cursor, look) == []
    # Recalled and reopened between two looks, it is the same step's turn, and that is new.
    moves = [entry(1, "a", "Pending", "Cancelled"), entry(2, "a", "Cancelled", "Pending")]
    assert told(cursor, Look(moves, tickets("a"), {})) == [("recalled", "a"), ("reopened", "a")]
    assert told(cursor, look) == [(AWAITING_ME, "a")]
    # The same person may approve the next step too, and an approver may be replaced and put back.
    assert told(cursor, Look([], tickets("a"), {"a": step("second")})) == [(AWAITING_ME, "a")]
    assert told(cursor, Look([], tickets("a"), {})) == []
    assert told(cursor, Look([], tickets("a"), {"a": step("second")})) == [(AWAITING_ME, "a")]


def test_whom_a_ticket_awaits_stays_known_while_nobody_asks() -> None:
    cursor = Cursor()
    look = Look([], tickets("a"), {"a": step("first")})
    tell(cursor, look)
    assert told(cursor, Look([], tickets("a"), None)) == []
    assert told(cursor, look) == []


def test_waiting_is_told_again_and_again() -> None:
    cursor = Cursor(tickets={"a": Known("A", "Pending")})

    def after(seconds: float, status: str = "Pending", *entries: HistoryEntry) -> list[float | None]:
        changes = tell(cursor, Look(entries, tickets("a", status=status), None, seconds), 60)
        return [change.waited for change in changes if WAITING in change.types]

    assert [after(0), after(59), after(1), after(59), after(1), after(300)] == [[], [], [60.0], [], [120.0], [420.0]]
    # With every move the next approver has all the time again.
    assert after(30, "IntermediateApproved", entry(1, "a", "Pending", "IntermediateApproved")) == []
    assert [after(29, "IntermediateApproved"), after(1, "IntermediateApproved")] == [[], [60.0]]
    assert after(100, "FinalApproved", entry(2, "a", "IntermediateApproved", "FinalApproved")) == []
    assert [after(100, "FinalApproved"), after(100, "FinalApproved")] == [[], []]


def test_waiting_is_not_told_unasked() -> None:
    cursor = Cursor(tickets={"a": Known("A", "Pending")})
    assert told(cursor, Look([], tickets("a"), None, 1e6)) == []


class Server:
    """Tickets that somebody creates, moves and deletes, and a history whose entries may show late."""

    def __init__(self) -> None:
        self.tickets: dict[str, Ticket] = {}
        self.entries: list[HistoryEntry] = []
        self.hidden: list[HistoryEntry] = []
        self.total = 0

    def act(self, action: str, ticket: str) -> None:
        if action == "create":
            self.tickets.update(tickets(ticket))
        elif action == "delete":
            # As on the server, the history of a deleted ticket stays for a while in this model: nothing is lost.
            self.tickets.pop(ticket, None)
        elif action == "show":
            self.entries, self.hidden = self.entries + self.hidden, []
        else:
            self.total += 1
            (self.hidden if action == "move, unseen" else self.entries).append(entry(self.total, ticket))

    def look(self, after: int) -> Look:
        return Look([row for row in self.entries if (row.sequence or 0) > after], dict(self.tickets), None)


ACTIONS = st.tuples(
    st.sampled_from(["create", "delete", "move", "move, unseen", "show", "look", "restart", "break off"]),
    st.sampled_from("abc"),
)


@given(st.lists(ACTIONS, max_size=60), st.integers(0, 5))
def test_every_entry_is_told_once_whatever_happens(actions: list[tuple[str, str]], breaks_at: int) -> None:
    server, cursor = Server(), Cursor()
    heard: list[Change] = []
    for action, ticket in [*actions, ("show", "a"), ("look", "a")]:
        if action == "look":
            heard += tell(cursor, server.look(cursor.after))
        elif action == "restart":
            cursor = copy.deepcopy(cursor)
        elif action == "break off":
            # Ended in the middle of telling: what was told is noted, the rest comes with the next look.
            look = server.look(cursor.after)
            for change in cursor.changes(look)[:breaks_at]:
                heard.append(change)
                cursor.note(change, look)
        else:
            server.act(action, ticket)
    rows = [change.entry.sequence for change in heard if change.entry is not None]
    assert sorted(t.cast("list[int]", rows)) == list(range(1, server.total + 1))
    for ticket in "abc":
        # Creation and deletion take turns, and end with what is true.
        lives = [change.types[0] for change in heard if change.ticket_uuid == ticket and change.entry is None]
        assert lives == [(CREATED, DELETED)[index % 2] for index in range(len(lives))]
        assert (ticket in server.tickets) == (len(lives) % 2 == 1)
