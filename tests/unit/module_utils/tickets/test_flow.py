# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.module_utils._tickets.flow import (
    Step,
    awaiting,
    chain,
    due_step,
    is_last,
)
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.model import STATUSES, Ticket


def step(uuid: str, parent: str | None = None, collection: str | None = "c") -> Step:
    return Step.from_inventory(
        {
            "uuid": uuid,
            "name": f"step {uuid}",
            "parentFlowUuid": parent,
            "approverUuid": f"approver {uuid}",
            "collectionUuid": collection,
        }
    )


def ticket(status: str, current: str | None = None, collection: str | None = "c") -> Ticket:
    return Ticket.from_inventory(
        {"uuid": "t", "status": status, "currentFlowUuid": current, "flowCollectionUuid": collection}
    )


CHAIN = [step("1"), step("2", "1"), step("3", "2")]


def uuids(steps: tuple[Step, ...]) -> str:
    return "".join(each.uuid for each in steps)


def test_the_approver_of_a_step() -> None:
    assert Step.from_inventory({"uuid": "1", "approverUuid": "a"}).approver_uuid == "a"
    assert Step.from_inventory({"uuid": "1", "flowContext": '{"approverUuid": "b"}'}).approver_uuid == "b"
    assert Step.from_inventory({"uuid": "1", "flowContext": {"approverUuid": "b"}}).approver_uuid == "b"
    assert Step.from_inventory({"uuid": "1", "flowContextType": '{"approverUuid": "b"}'}).approver_uuid == "b"
    assert Step.from_inventory({"uuid": "1", "flowContextType": "iam2"}).approver_uuid is None
    assert (
        Step.from_inventory({"uuid": "1", "approverUuid": "a", "flowContext": '{"approverUuid": "b"}'}).approver_uuid
        == "a"
    )


@pytest.mark.parametrize("context", ["", "{", "[]", '"x"', "[" * 100000, '{"x": NaN}'])
def test_a_context_that_says_nothing(context: str) -> None:
    assert Step.from_inventory({"uuid": "1", "flowContext": context}).approver_uuid is None


def test_a_step_is_valid_unless_the_server_says_no() -> None:
    assert Step.from_inventory({"uuid": "1"}).valid is True
    assert Step.from_inventory({"uuid": "1", "valid": False}).valid is False


@given(st.integers(1, 8), st.randoms(use_true_random=False))
def test_steps_come_in_the_order_of_approval(length: int, chance: random.Random) -> None:
    steps = [step(str(number), str(number - 1) if number > 1 else None) for number in range(1, length + 1)]
    shuffled = chance.sample(steps, length)
    assert chain(shuffled) == tuple(steps)
    assert [is_last(shuffled, each) for each in steps] == [False] * (length - 1) + [True]


@pytest.mark.parametrize(
    ("steps", "order"),
    [
        ([], ""),
        ([step("2", "1"), step("1", "2")], "21"),
        ([step("1", "1")], "1"),
        ([step("3", "lost"), step("2", "1"), step("1")], "123"),
        ([step("a"), step("b"), step("2", "b"), step("1", "a")], "a1b2"),
        ([step("3", "1"), step("2", "1"), step("1")], "132"),
        ([step("x", "y"), step("y", "x"), step("2", "lost"), step("1")], "12xy"),
        ([step("1"), step("1")], "1"),
    ],
)
def test_processes_that_are_no_chain_are_ordered_all_the_same(steps: list[Step], order: str) -> None:
    assert uuids(chain(steps)) == order


@given(st.lists(st.builds(step, st.sampled_from("1234"), st.none() | st.sampled_from("12345"))))
def test_every_step_comes_once(steps: list[Step]) -> None:
    assert sorted(uuids(chain(steps))) == sorted({each.uuid for each in steps})


@pytest.mark.parametrize(
    ("status", "current", "due"),
    [
        ("Pending", None, "1"),
        ("IntermediateApproved", "1", "2"),
        ("IntermediateApproved", "2", "3"),
        ("IntermediateApproved", "3", None),
        ("IntermediateApproved", "lost", None),
        ("FinalApproved", "3", None),
        ("Cancelled", None, None),
        ("Rejected", "1", None),
        ("Frozen", None, None),
    ],
)
def test_whose_turn_it_is(status: str, current: str | None, due: str | None) -> None:
    found = due_step(CHAIN[::-1], ticket(status, current))
    assert (found and found.uuid) == due


def test_steps_of_other_processes_do_not_count() -> None:
    steps = [step("x", collection="other"), *CHAIN]
    assert due_step(steps, ticket("Pending")) == CHAIN[0]
    assert due_step(steps, ticket("Pending", collection="another")) is None
    assert due_step([step("x", collection=None)], ticket("Pending")) == step("x", collection=None)
    assert due_step(CHAIN, ticket("Pending", collection=None)) == CHAIN[0]


@given(st.sampled_from(STATUSES), st.sampled_from([None, "1", "2", "3"]))
def test_the_due_step_follows_the_approved_one(status: str, current: str | None) -> None:
    due = due_step(CHAIN, ticket(status, current))
    assert due is None or due.parent_flow_uuid == current


def test_awaiting_as_result() -> None:
    assert awaiting(step("1")) == {"flow_uuid": "1", "flow_name": "step 1", "approver_uuid": "approver 1"}
    assert awaiting(None) is None
