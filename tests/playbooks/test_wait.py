"""zstack_ticket_status with wait: until others have decided and the requests have been run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator import Simulator
from tests.simulator.identities import CHAIN_COLLECTION, fixed_uuid

from .harness import Ansible, Task
from .meanwhile import meanwhile, until
from .people import Person, api_request, ticket_in
from .tasks import status

APPROVER = fixed_uuid("virtual-id/approver")
LOOK = "queryTicket"
SOON = {"wait": True, "wait_interval": 0.1, "wait_timeout": 30}
"""Looks often, and gives up only when something is wrong."""


def wait_while(
    ansible: Ansible,
    simulator: Simulator,
    act: Callable[[], object],
    task: dict[str, Any],
    who: str = "requester",
    **play: Any,
) -> Task:
    """Run a waiting task, and ``act`` once it has looked three times."""
    with meanwhile(simulator, LOOK, act, times=3):
        return ansible.play(task, who=who, **play)[0]


def test_until_approved_and_executed(ansible: Ansible, simulator: Simulator, approver: Person) -> None:
    uuid = ticket_in(simulator, "Pending", requests=[api_request("a"), {**api_request("b"), "requestName": "second"}])[
        "uuid"
    ]
    simulator.set(execution_delay=0.5)
    task = wait_while(
        ansible, simulator, lambda: approver.send("approve", uuid), status("approved", **SOON), arguments=["-v"]
    )
    assert not task.failed, task.result
    # Somebody else changed the ticket, not this task
    assert not task.changed
    assert (task["status_before"], task["status_after"]) == ("Pending", "FinalApproved")
    assert task["execution"]["finished"] is True
    counts = [
        (item["request_name"], item["success_times"], item["failure_times"]) for item in task["execution"]["results"]
    ]
    assert counts == [("create vm", 1, 0), ("second", 1, 0)]
    assert task["timed_out"] is False
    assert task["elapsed"] > 0.5
    assert task["awaiting"] is None


def test_progress_is_shown(ansible: Ansible, simulator: Simulator, approver: Person) -> None:
    uuid = ticket_in(simulator, "Pending", flowCollectionUuid=CHAIN_COLLECTION)["uuid"]

    def decide() -> None:
        approver.send("approve", uuid)
        Person(simulator, "approver2").send("reject", uuid)

    with meanwhile(simulator, LOOK, decide, times=3):
        run = ansible.play(status("approved", **SOON))
    assert "web: " in run.output
    assert "-> Rejected after " in run.output


def test_own_step_when_it_comes_due(ansible: Ansible, simulator: Simulator, approver: Person) -> None:
    """Waiting is no failure while it is somebody else's turn, and what becomes the caller's turn is sent."""
    uuid = ticket_in(simulator, "Pending", flowCollectionUuid=CHAIN_COLLECTION)["uuid"]

    def others() -> None:
        approver.send("approve", uuid)
        until(lambda: len(simulator.cloud.histories) == 2)
        Person(simulator, "admin").send("approve", uuid)

    task = wait_while(ansible, simulator, others, status("approved", **SOON), who="approver2")
    assert not task.failed, task.result
    assert task["events"] == ["approve"]
    assert task.changed
    assert task["status_after"] == "FinalApproved"
    assert task["execution"]["finished"]


def test_only_waiting(ansible: Ansible, simulator: Simulator, approver: Person) -> None:
    """Whoever only waits sends nothing, even when it is the caller's turn, and learns of a refusal that came before."""
    uuid = approver.create("web")["uuid"]
    task = ansible.play(
        status("approved", steps="none", **{**SOON, "wait_timeout": 1, "on_timeout": "warn"}),
        who="approver",
        warnings=["is not approved after 1 seconds"],
    )[0]
    assert (task["events"], task["status_after"], task["awaiting"]["approver_uuid"]) == ([], "Pending", APPROVER)
    approver.send("reject", uuid, "Nein.")
    task = ansible.play(status("approved", steps="none", **SOON), who="approver")[0]
    assert task.failed
    assert f"it became Rejected by {APPROVER}, with the comment 'Nein.'" in task["msg"]
    assert not task.writes


@pytest.mark.parametrize("in_process", [True, False], ids=["in the worker", "as a module"])
def test_failed_request(ansible: Ansible, simulator: Simulator, approver: Person, in_process: bool) -> None:
    requests = [api_request("web-1"), {**api_request("fail-1"), "requestName": "doomed", "executeTimes": 3}]
    uuid = ticket_in(simulator, "Pending", requests=requests)["uuid"]
    simulator.set(execution_failures=2, locale="en_US", execution_delay=0.3)
    task = wait_while(
        ansible, simulator, lambda: approver.send("approve", uuid), status("approved", **SOON), in_process=in_process
    )
    assert task.failed
    assert task["msg"].startswith(
        f"The ticket 'web' ({uuid}, FinalApproved) was approved, but requests of it failed (doomed): "
    )
    assert "no host has enough capacity" in task["msg"]
    good, doomed = task["execution"]["results"]
    assert (good["success_times"], good["failure_times"]) == (1, 0)
    assert (doomed["success_times"], doomed["failure_times"]) == (1, 2)
    assert doomed["errors"][0]["code"] == "SYS.1006"
    assert task["ticket"]["status"] == task["status_after"] == "FinalApproved"


def test_execution_need_not_be_waited_for(ansible: Ansible, simulator: Simulator) -> None:
    ticket_in(simulator, "Pending", requests=[api_request("fail-1")])
    simulator.set(execution_delay=3600)
    task = ansible.play(status("approved", verify_execution=False, **SOON), who="approver")[0]
    assert not task.failed, task.result
    assert (task["events"], task["status_after"], task["execution"]) == (["approve"], "FinalApproved", None)


def test_time_is_up(ansible: Ansible, simulator: Simulator) -> None:
    """A failure, or a warning, with the ticket, whose turn it is, and what to do; check mode does not wait."""
    uuid = ticket_in(simulator, "Pending")["uuid"]
    short = {"wait": True, "wait_timeout": 1, "wait_interval": 0.2}
    words = f"The ticket 'web' ({uuid}, Pending) is not approved after 1 seconds: it awaits the step 'team approval' of {APPROVER}"
    run = ansible.play(
        status("approved", **short),
        status("approved", on_timeout="warn", **short),
        {**status("approved", wait=True, wait_timeout=1000), "check_mode": True},
        warnings=[words],
    )
    failed, warned, checked = run
    assert failed.failed
    assert words in failed["msg"]
    assert "run the task again to go on waiting" in failed["msg"]
    assert failed["ticket"]["status"] == "Pending"
    assert failed["awaiting"]["approver_uuid"] == APPROVER
    assert failed["history"] == []
    assert failed["elapsed"] >= 1
    assert not warned.failed
    assert warned["timed_out"] is True
    assert warned["awaiting"]["approver_uuid"] == APPROVER
    assert not checked.failed, checked.result
    assert checked["events"] == []


def test_no_result_of_the_requests_in_time(ansible: Ansible, simulator: Simulator) -> None:
    simulator.set(execution_delay=3600)
    ticket_in(simulator, "FinalApproved")
    task = ansible.play(status("approved", wait=True, wait_timeout=1, wait_interval=0.2))[0]
    assert task.failed
    assert "is approved, but no result of its requests came within 1 seconds" in task["msg"]
    assert task["execution"]["finished"] is False
    assert [entry["to_status"] for entry in task["history"]] == ["FinalApproved"]


GONE = [
    (
        "rejected",
        ["cannot become approved any more: it became Rejected by", APPROVER, "with the comment 'Nein.'"],
        "Rejected",
    ),
    ("recalled", ["cannot become approved any more: it became Cancelled by", "with the comment 'Nein.'"], "Cancelled"),
    ("deleted", ["was deleted while it was waited for"], "Pending"),
    (
        "approver left",
        ["it became Rejected by the system, as when an approver has left", "with the comment '审批人"],
        "Rejected",
    ),
]


@pytest.mark.parametrize(("what", "words", "last"), GONE, ids=[row[0] for row in GONE])
def test_out_of_reach(ansible: Ansible, simulator: Simulator, what: str, words: list[str], last: str) -> None:
    """As soon as it cannot be approved any more, waiting ends, with the reason."""
    requester, approver = Person(simulator, "requester"), Person(simulator, "approver")
    uuid = ticket_in(simulator, "Pending")["uuid"]
    acts: dict[str, Callable[[], object]] = {
        "rejected": lambda: approver.send("reject", uuid, "Nein."),
        "recalled": lambda: requester.send("cancel", uuid, "Nein."),
        "deleted": lambda: requester.delete(uuid),
        "approver left": lambda: simulator.remove_from_project("approver"),
    }
    task = wait_while(ansible, simulator, acts[what], status("approved", **SOON))
    assert task.failed
    assert not task.changed
    assert all(part in task["msg"] for part in words), task["msg"]
    assert task["ticket"]["status"] == task["status_after"] == last
    if what != "deleted":
        assert task["history"][-1]["to_status"] == last


def test_failed_execution_that_rejects(ansible: Ansible, simulator: Simulator, approver: Person) -> None:
    """Some servers may turn a ticket Rejected when its requests fail. That is no approver's refusal."""
    uuid = ticket_in(simulator, "Pending", requests=[api_request("fail-1")])["uuid"]
    simulator.set(execution_failure_rejects=True, execution_delay=0.5)
    task = wait_while(ansible, simulator, lambda: approver.send("approve", uuid), status("approved", **SOON))
    assert task.failed
    assert "requests of it failed (create vm)" in task["msg"]
    assert task["execution"]["results"][0]["failure_times"] == 1
    assert task["status_after"] == "Rejected"


def test_node_restarts_meanwhile(ansible: Ansible, simulator: Simulator, approver: Person) -> None:
    """A node that goes away for a while, with all sessions, is waited for as well."""
    uuid = ticket_in(simulator, "Pending")["uuid"]

    def restart() -> None:
        simulator.restart(down=0.5, lose_sessions=True)
        approver.send("approve", uuid)

    task = wait_while(ansible, simulator, restart, status("approved", **SOON), environment={"ZSTACK_RETRIES": "0"})
    assert not task.failed, task.result
    assert task["status_after"] == "FinalApproved"
