# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.module_utils._errors import TicketError
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.model import STATUSES
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.moves import (
    EVENTS,
    MOVES,
    NATURAL_RESULT,
    WISHES,
    as_rows,
    known_moves,
    next_event,
    predict,
    reachable,
)

REFUSED = "refused"

# Written out by hand, apart from the table that it checks. First without, then with reopen.
NEXT_EVENTS = {
    ("Pending", "approved"): ("approve", "approve"),
    ("Pending", "rejected"): ("reject", "reject"),
    ("Pending", "cancelled"): ("cancel", "cancel"),
    ("Pending", "pending"): (None, None),
    ("IntermediateApproved", "approved"): ("approve", "approve"),
    ("IntermediateApproved", "rejected"): ("reject", "reject"),
    ("IntermediateApproved", "cancelled"): ("cancel", "cancel"),
    ("IntermediateApproved", "pending"): (None, None),
    ("FinalApproved", "approved"): (None, None),
    ("FinalApproved", "rejected"): ("reject", "reject"),
    ("FinalApproved", "cancelled"): ("cancel", "cancel"),
    ("FinalApproved", "pending"): ("reopen", "reopen"),
    ("Cancelled", "approved"): (REFUSED, "reopen"),
    ("Cancelled", "rejected"): ("reject", "reject"),
    ("Cancelled", "cancelled"): (None, None),
    ("Cancelled", "pending"): ("reopen", "reopen"),
    ("Rejected", "approved"): (REFUSED, "reopen"),
    ("Rejected", "rejected"): (None, None),
    ("Rejected", "cancelled"): ("cancel", "cancel"),
    ("Rejected", "pending"): ("reopen", "reopen"),
    ("Frozen", "approved"): ("approve", "approve"),
    ("Frozen", "rejected"): ("reject", "reject"),
    ("Frozen", "cancelled"): ("cancel", "cancel"),
    ("Frozen", "pending"): ("reopen", "reopen"),
}

STILL_REACHABLE = {
    "Pending": {"approved", "rejected", "cancelled", "pending"},
    "IntermediateApproved": {"approved", "rejected", "cancelled", "pending"},
    "FinalApproved": {"approved"},
    "Cancelled": {"cancelled"},
    "Rejected": {"rejected"},
    "Frozen": {"approved", "rejected", "cancelled", "pending"},
}


def test_the_table_covers_every_status_and_event() -> None:
    assert set(MOVES) == set(itertools.product(STATUSES, EVENTS))
    assert set(NEXT_EVENTS) == set(itertools.product([*STATUSES, "Frozen"], WISHES))


@pytest.mark.parametrize("key", MOVES)
def test_each_move_says_how_it_is_known_and_who_may_make_it(key: tuple[str, str]) -> None:
    move = MOVES[key]
    assert move.evidence.startswith(("documented", "inferred: "))
    assert (move.actor is None) == (move.to is None)
    assert {move.to, move.to_on_last_step} <= {None, *STATUSES}
    assert move.to_on_last_step is None or key[1] == "approve"


@pytest.mark.parametrize(("pair", "events"), NEXT_EVENTS.items())
@pytest.mark.parametrize("reopen", [False, True])
def test_the_next_event_of_each_status_and_wish(pair: tuple[str, str], events: tuple[str, str], reopen: bool) -> None:
    status, wish = pair
    expected = events[reopen]
    if expected == REFUSED:
        with pytest.raises(
            TicketError, match=f"{status} ticket .* reopen: true .* from {status} it can be reopened by the owner"
        ):
            next_event(status, WISHES[wish], reopen)
    else:
        assert next_event(status, WISHES[wish], reopen) == expected


@pytest.mark.parametrize(("status", "wishes"), STILL_REACHABLE.items())
def test_what_waiting_can_still_bring(status: str, wishes: set[str]) -> None:
    assert {name for name, wish in WISHES.items() if reachable(status, wish)} == wishes


@pytest.mark.parametrize(
    ("status", "event", "last_step", "after"),
    [
        ("Pending", "approve", False, "IntermediateApproved"),
        ("Pending", "approve", True, "FinalApproved"),
        ("IntermediateApproved", "approve", False, "IntermediateApproved"),
        ("IntermediateApproved", "approve", True, "FinalApproved"),
        ("Pending", "cancel", True, "Cancelled"),
        ("IntermediateApproved", "reject", True, "Rejected"),
        ("Cancelled", "reopen", True, "Pending"),
        ("Rejected", "reopen", False, "Pending"),
        ("FinalApproved", "cancel", False, None),
        ("Pending", "open", False, None),
        ("Frozen", "approve", False, None),
        ("Pending", "thaw", False, None),
    ],
)
def test_predictions(status: str, event: str, last_step: bool, after: str | None) -> None:
    assert predict(status, event, last_step) == after


@given(st.sampled_from(STATUSES), st.sampled_from(sorted(WISHES)), st.integers(0, 4))
def test_following_the_events_fulfils_every_wish_that_the_table_allows(status: str, name: str, steps_left: int) -> None:
    wish = WISHES[name]
    sent: list[str] = []
    while True:
        event = next_event(status, wish, reopen=True)
        if event is None:
            break
        after = predict(status, event, last_step=steps_left == 0)
        if after is None:
            break
        steps_left -= event == "approve"
        status, sent = after, [*sent, event]
        assert len(sent) <= 6
    assert (status in wish.satisfied_by) == (next_event(status, wish, reopen=True) is None)
    assert status in wish.satisfied_by or predict(status, wish.event, last_step=True) is None


@pytest.mark.parametrize(("event", "status"), NATURAL_RESULT.items())
def test_where_an_event_is_meant_to_lead_is_where_a_move_leads(event: str, status: str) -> None:
    assert status in {predict(before, event, last_step=True) for before in STATUSES}


def test_known_moves_in_words() -> None:
    assert known_moves("Cancelled") == ["from Cancelled it can be reopened by the owner"]
    assert known_moves("Pending") == [
        "from Pending it can be approved by the approver of the due step",
        "from Pending it can be cancelled by the owner",
        "from Pending it can be rejected by the approver of the due step",
    ]
    assert known_moves("FinalApproved") == ["from FinalApproved no move is known"]
    assert known_moves("Frozen") == ["from Frozen no move is known"]


def test_rows_for_the_picture_repeat_the_table() -> None:
    rows = as_rows()
    assert len(rows) == len(MOVES) + sum(move.to_on_last_step is not None for move in MOVES.values())
    for row in rows:
        last_step = row["when"] == "last step"
        assert row["to"] == predict(str(row["status"]), str(row["event"]), last_step)
        assert row["evidence"] == MOVES[str(row["status"]), str(row["event"])].evidence
    assert {"when": "last step", "to": "FinalApproved"}.items() <= rows[2].items()
