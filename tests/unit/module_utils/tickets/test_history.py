# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import dataclasses
import random
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.module_utils._tickets.history import (
    HistoryEntry,
    approved_by,
    current_round,
    in_order,
    last_change,
    rejected_by_system,
)
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.model import STATUSES


def entry(
    before: str | None, after: str, operator: str = "requester", sequence: int | None = None, date: str | None = None
) -> HistoryEntry:
    return HistoryEntry.from_inventory(
        {"fromStatus": before, "toStatus": after, "operatorUuid": operator, "sequence": sequence, "createDate": date}
    )


def numbered(*moves: tuple[str, str, str]) -> list[HistoryEntry]:
    return [entry(*move, sequence=number) for number, move in enumerate(moves, start=40)]


TWO_ROUNDS = numbered(
    ("Pending", "Pending", "requester"),
    ("Pending", "IntermediateApproved", "first"),
    ("IntermediateApproved", "Cancelled", "requester"),
    ("Cancelled", "Pending", "requester"),
    ("Pending", "IntermediateApproved", "second"),
    ("IntermediateApproved", "FinalApproved", "third"),
    ("FinalApproved", "FinalApproved", "executor"),
)


def test_an_entry_as_result() -> None:
    raw = {
        "uuid": "h",
        "sequence": 7.0,
        "ticketUuid": "t",
        "fromStatus": "Pending",
        "toStatus": "FinalApproved",
        "comment": "fine",
        "operationContextType": "StatusChanged",
        "operationContext": {"requestResults": [{"successTimes": 1.0}]},
        "operatorType": "virtualID",
        "operatorUuid": "o",
        "flowName": "last step",
        "createDate": "Nov 16, 2018 7:46:25 PM",
        "historyUuid": "of an archive",
    }
    assert HistoryEntry.from_inventory(raw).to_result() == {
        "uuid": "h",
        "sequence": 7,
        "ticket_uuid": "t",
        "from_status": "Pending",
        "to_status": "FinalApproved",
        "comment": "fine",
        "operation_context_type": "StatusChanged",
        "operation_context": {"requestResults": [{"successTimes": 1}]},
        "operator_type": "virtualID",
        "operator_uuid": "o",
        "flow_name": "last step",
        "create_date": "2018-11-16T19:46:25",
        "last_op_date": None,
    }


def test_an_entry_of_which_the_server_says_little() -> None:
    result = HistoryEntry.from_inventory({"toStatus": "Pending"}).to_result()
    assert set(result) == {field.name for field in dataclasses.fields(HistoryEntry)}
    assert {key: value for key, value in result.items() if value is not None} == {
        "to_status": "Pending",
        "operation_context": {},
    }


@pytest.mark.parametrize(
    ("context", "expected"),
    [('{"a": 1.0}', {"a": 1}), ({"a": 1.0}, {"a": 1}), ("what", {}), ([], {}), (None, {}), ('{"a": 1e999}', {})],
)
def test_the_context_may_be_text(context: t.Any, expected: t.Any) -> None:
    assert (
        HistoryEntry.from_inventory({"toStatus": "Pending", "operationContext": context}).operation_context == expected
    )


@given(st.randoms(use_true_random=False))
def test_the_sequence_orders_entries(chance: random.Random) -> None:
    assert in_order(chance.sample(TWO_ROUNDS, len(TWO_ROUNDS))) == TWO_ROUNDS


@given(st.randoms(use_true_random=False))
def test_without_a_sequence_the_date_orders_entries_and_within_a_second_the_status(chance: random.Random) -> None:
    entries = [
        entry("Pending", "Pending", date="Nov 16, 2018 9:00:00 AM"),
        entry("Pending", "Cancelled", date="Nov 16, 2018 9:00:00 AM"),
        entry("Cancelled", "Pending", date="Nov 16, 2018 10:00:00 AM"),
        entry("Pending", "IntermediateApproved", date="Nov 16, 2018 1:00:00 PM"),
        entry("IntermediateApproved", "FinalApproved", date="Nov 16, 2018 1:00:00 PM"),
        entry("FinalApproved", "FinalApproved", date="Nov 16, 2018 1:00:00 PM"),
        entry("FinalApproved", "FinalApproved", date="Nov 16, 2018 1:00:01 PM"),
    ]
    assert in_order(chance.sample(entries, len(entries))) == entries


def test_creation_comes_first_though_it_starts_from_nothing() -> None:
    entries = [entry(None, "Pending"), entry("Pending", "Cancelled"), entry("Cancelled", "Pending")]
    assert in_order(entries[::-1]) == entries


def test_entries_whose_date_cannot_be_read_come_first() -> None:
    entries = [
        entry("Pending", "Pending", date="at dawn"),
        entry("Pending", "Rejected", date="Nov 16, 2018 9:00:00 AM"),
    ]
    assert in_order(entries[::-1]) == entries


def test_entries_without_any_mark_keep_their_order() -> None:
    entries = [entry("Frozen", "Thawed"), entry("Frozen", "Frozen"), entry("Frozen", "Melted")]
    assert in_order(entries) == entries
    assert in_order([]) == []


def test_a_round_begins_with_creation_or_reopening() -> None:
    assert current_round(reversed(TWO_ROUNDS)) == TWO_ROUNDS[3:]
    assert current_round(TWO_ROUNDS[:3]) == TWO_ROUNDS[:3]
    assert current_round(TWO_ROUNDS[1:3]) == TWO_ROUNDS[1:3]
    assert current_round([]) == []


@pytest.mark.parametrize(
    ("operator", "expected"),
    [("first", False), ("second", True), ("third", True), ("requester", False), ("executor", False)],
)
def test_approvals_count_in_the_current_round_only(operator: str, expected: bool) -> None:
    assert approved_by(TWO_ROUNDS, operator) is expected


def test_approving_one_of_several_middle_steps_counts() -> None:
    assert approved_by(numbered(("IntermediateApproved", "IntermediateApproved", "middle")), "middle")


@given(
    st.lists(
        st.builds(entry, st.none() | st.sampled_from(STATUSES), st.sampled_from(STATUSES), st.sampled_from(["a", "b"]))
    )
)
def test_who_approved_is_named_in_the_round(entries: list[HistoryEntry]) -> None:
    assert not approved_by(entries, "c")
    if approved_by(entries, "a"):
        assert "a" in {each.operator_uuid for each in current_round(entries)}


def test_the_last_change_is_the_last_entry_that_moved_the_ticket() -> None:
    assert last_change(TWO_ROUNDS) == TWO_ROUNDS[5]
    assert last_change(TWO_ROUNDS[:1]) is None
    assert last_change([]) is None


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ([("Pending", "Rejected", "second")], False),
        ([("Pending", "Rejected", "system")], True),
        ([("Pending", "Cancelled", "requester")], False),
        ([("Pending", "Rejected", "system"), ("Rejected", "Pending", "requester")], False),
        ([], False),
    ],
)
def test_rejections_that_no_approver_made(moves: list[tuple[str, str, str]], expected: bool) -> None:
    assert rejected_by_system(numbered(*moves), {"first", "second"}) is expected
