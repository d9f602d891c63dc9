"""zstack_ticket_batch with wait: one wait for all its tickets."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator import Simulator
from tests.simulator.identities import CHAIN_COLLECTION, fixed_uuid
from tests.simulator.log import READ

from .harness import Ansible
from .meanwhile import meanwhile, until
from .people import Person, api_request
from .tasks import WEB

APPROVER = fixed_uuid("virtual-id/approver")
LOOK = "queryTicket"
SOON = {"wait": True, "wait_interval": 0.1, "wait_timeout": 30}
SHORT = {"wait": True, "wait_interval": 0.2, "wait_timeout": 1}


def batch(*tickets: dict[str, Any], **options: Any) -> dict[str, Any]:
    return {"name": "batch", "zstack.tickets.zstack_ticket_batch": {"tickets": list(tickets), **options}}


def approved(ticket: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"uuid": ticket["uuid"], "status": "approved", **more}


@pytest.fixture
def three(simulator: Simulator) -> list[dict[str, Any]]:
    return [Person(simulator, "requester").create(f"ticket {number}") for number in range(3)]


@pytest.mark.parametrize("in_process", [True, False], ids=["in the worker", "as a module"])
def test_made_approved_and_executed(ansible: Ansible, simulator: Simulator, approver: Person, in_process: bool) -> None:
    """From the wish to the machines in one task; again, nothing is left to do."""
    simulator.set(execution_delay=0.3)

    def approve() -> None:
        for row in list(simulator.cloud.tickets):
            approver.send("approve", row["uuid"])

    wished = [{"name": f"ticket {number}", "requests": [WEB], "status": "approved"} for number in range(3)]
    task = batch({"name": "left alone", "requests": [WEB]}, *wished, **SOON)
    check = {**task, "check_mode": True}
    with meanwhile(simulator, LOOK, approve, times=4):
        checked, done = ansible.play(check, task, in_process=in_process)
    again, checked_again = ansible.play(task, check, in_process=in_process)
    assert [item["operations"] for item in checked["results"]] == [["create"]] * 4
    assert not done.failed, done.result
    assert [item["operations"] for item in done["results"]] == [["create"]] * 4
    left, *others = done["results"]
    assert "status_after" not in left
    for item in others:
        assert (item["status_before"], item["status_after"], item["events"]) == ("Pending", "FinalApproved", [])
        assert item["execution"]["finished"] is True
        assert (item["awaiting"], item["timed_out"]) == (None, False)
        assert 0.3 < item["elapsed"] < 30
    for task_again in (again, checked_again):
        assert not task_again.failed
        assert not task_again.changed
        assert not task_again.writes


def test_one_question_for_all(ansible: Ansible, simulator: Simulator, approver: Person) -> None:
    """However many they are, a look is one request."""
    tickets = [Person(simulator, "requester").create(f"ticket {number}") for number in range(40)]
    task = ansible.play(
        batch(*map(approved, tickets), on_timeout="warn", **SHORT),
        warnings=["is not approved after 1 seconds", "Likewise 39 more."],
    )[0]
    assert not task.failed, task.result
    assert all(item["timed_out"] for item in task["results"])
    looks = [exchange for exchange in task.exchanges if exchange.kind == READ]
    assert len(looks) < 25
    assert task["results"][7]["awaiting"]["approver_uuid"] == APPROVER
    assert task["results"][7]["history"] == []


def test_some_are_refused(
    ansible: Ansible, simulator: Simulator, approver: Person, three: list[dict[str, Any]]
) -> None:
    """Each failure tells who and why, in the order of the list, and the others are waited for."""

    def decide() -> None:
        approver.send("reject", three[1]["uuid"], "Nein.")
        Person(simulator, "requester").delete(three[0]["uuid"])
        until(lambda: len(simulator.log.select(action=LOOK)) > 10)
        approver.send("approve", three[2]["uuid"])

    with meanwhile(simulator, LOOK, decide, times=3):
        task = ansible.play(batch(*map(approved, three), continue_on_error=True, **SOON))[0]
    assert task.failed
    assert task["summary"] == "0 changed, 1 unchanged, 2 failed, 0 not finished"
    deleted, rejected, executed = task["results"]
    assert "was deleted while it was waited for" in deleted["msg"]
    assert f"it became Rejected by {APPROVER}, with the comment 'Nein.'" in rejected["msg"]
    assert rejected["history"][-1]["comment"] == "Nein."
    assert (rejected["status_before"], rejected["status_after"]) == ("Pending", "Rejected")
    assert executed["execution"]["finished"] is True
    assert [item["uuid"] for item in task["results"]] == [ticket["uuid"] for ticket in three]


def test_the_first_failure_ends_the_wait(
    ansible: Ansible, simulator: Simulator, approver: Person, three: list[dict[str, Any]]
) -> None:
    with meanwhile(simulator, LOOK, lambda: approver.send("reject", three[2]["uuid"]), times=3):
        task = ansible.play(batch(*map(approved, three), **SOON))[0]
    assert task.failed
    assert "The first is tickets[2]: " in task["msg"]
    assert task["summary"] == "0 changed, 0 unchanged, 1 failed, 2 not finished"
    for item in task["results"][:2]:
        assert item["skipped"]
        assert item["status_after"] == "Pending"
        assert "Not waited for to the end" in item["msg"]


def test_decided_already(ansible: Ansible, simulator: Simulator, approver: Person, three: list[dict[str, Any]]) -> None:
    """What was rejected before the task fails at once, with who and why, unless it may be reopened."""
    for ticket in three:
        approver.send("reject", ticket["uuid"], "Nein.")
    tasks = [approved(three[0]), approved(three[1], steps="none"), approved(three[2], reopen=True)]
    task = ansible.play(
        batch(*tasks, continue_on_error=True, on_timeout="warn", **SHORT),
        warnings=["is not approved after 1 seconds"],
    )[0]
    needs_leave, only_waits, reopened = task["results"]
    for item in (needs_leave, only_waits):
        assert f"it became Rejected by {APPROVER}, with the comment 'Nein.'" in item["msg"]
        assert item["history"][-1]["operator_uuid"] == APPROVER
        assert not item["changed"]
    assert "reopen: true" in needs_leave["msg"]
    assert reopened["events"] == ["reopen"]
    assert (reopened["status_after"], reopened["timed_out"]) == ("Pending", True)


def test_own_steps_when_they_come_due(ansible: Ansible, simulator: Simulator, approver: Person) -> None:
    tickets = [
        Person(simulator, "requester").create(f"ticket {number}", flowCollectionUuid=CHAIN_COLLECTION)
        for number in range(3)
    ]

    def others() -> None:
        for ticket in tickets:
            approver.send("approve", ticket["uuid"])
        until(lambda: len(simulator.cloud.histories) == 6)
        for ticket in tickets:
            Person(simulator, "admin").send("approve", ticket["uuid"])

    with meanwhile(simulator, LOOK, others, times=3):
        task = ansible.play(batch(*map(approved, tickets), **SOON), who="approver2")[0]
    assert not task.failed, task.result
    assert [item["events"] for item in task["results"]] == [["approve"]] * 3
    assert task["summary"] == "3 changed, 0 unchanged, 0 failed, 0 not finished"


def test_time_is_up(ansible: Ansible, three: list[dict[str, Any]]) -> None:
    tasks = [{"name": "new", "requests": [api_request()], "status": "approved"}, *map(approved, three)]
    task = ansible.play(batch(*tasks, **SHORT))[0]
    assert task.failed
    assert task.changed
    new, *others = task["results"]
    assert "Before that, the ticket was made as wished (create)." in new["msg"]
    assert (new["changed"], new["operations"]) == (True, ["create"])
    for item in others:
        assert f"it awaits the step 'team approval' of {APPROVER}" in item["msg"]
        assert item["awaiting"]["approver_uuid"] == APPROVER
        assert item["elapsed"] >= 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"wait_interval": 0}, "wait_interval: 0 is out of range"),
        ({"wait_timeout": -1}, "wait_timeout: -1 is out of range"),
        ({"tickets": [{"name": "web", "requests": [WEB]}]}, "no ticket has a status that could be waited for"),
    ],
)
def test_mistakes_are_told_before_anything_is_sent(ansible: Ansible, options: dict[str, Any], words: str) -> None:
    wished = {"name": "web", "requests": [WEB], "status": "approved"}
    run = ansible.play({"zstack.tickets.zstack_ticket_batch": {"tickets": [wished], "wait": True, **options}})
    assert run[0].failed
    assert words in run[0]["msg"]
    assert not run.exchanges
