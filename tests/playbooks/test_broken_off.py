"""zstack_ticket: changes that break off halfway, lost answers, and others who are faster."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator import Simulator

from .harness import Ansible, Task
from .meanwhile import delay, meanwhile
from .people import Person, api_request, stored, ticket_in
from .tasks import ticket, web

BIGGER = ticket(requests=[web(times=2)])
AT_ONCE = {"ZSTACK_RETRIES": "0"}


def finish(ansible: Ansible, operations: list[str]) -> None:
    """The next run does what is left, as check mode foretells, and the one after it nothing."""
    run = ansible.play({**BIGGER, "check_mode": True}, BIGGER, BIGGER)
    assert run[0]["operations"] == run[1]["operations"] == operations
    assert run[1]["ticket"]["status"] == "Pending"
    assert run[1]["ticket"]["requests"][0]["execute_times"] == 2
    assert not run[2].changed


@pytest.mark.parametrize(
    ("fault", "made", "left"),
    [
        (dict(action="updateTicketRequest"), ["cancel"], ["update", "reopen"]),
        (dict(action="changeTicketStatus", nth=2), ["cancel", "update"], ["reopen"]),
    ],
    ids=["after the recall", "after the update"],
)
def test_change_of_a_pending_ticket(
    ansible: Ansible, simulator: Simulator, fault: dict[str, object], made: list[str], left: list[str]
) -> None:
    ticket_in(simulator, "Pending")
    simulator.call(lambda: simulator.faults.add("reset_before", method="PUT", **fault))
    broken = ansible.play(BIGGER, environment=AT_ONCE)[0]
    assert broken.failed
    assert broken.changed
    assert broken["operations"] == made
    assert broken["ticket"]["status"] == "Cancelled"
    assert f"Done before that: {', '.join(made)}." in broken["msg"]
    assert f"Run the task again to finish ({', '.join(left)})." in broken["msg"]
    simulator.call(simulator.faults.clear)
    finish(ansible, left)


def test_change_of_a_rejected_ticket(ansible: Ansible, simulator: Simulator) -> None:
    """An update leaves no trace but the date, so it has to be a while after the rejection."""
    ticket_in(simulator, "Rejected")
    simulator.clock.advance(60)
    simulator.call(lambda: simulator.faults.add("reset_before", action="changeTicketStatus"))
    broken = ansible.play(BIGGER, environment=AT_ONCE)[0]
    assert broken["operations"] == ["update"]
    assert broken["ticket"]["status"] == "Rejected"
    simulator.call(simulator.faults.clear)
    finish(ansible, ["reopen"])


@pytest.mark.parametrize("resubmit", ["never", "always"])
def test_users_own_recall_is_respected(
    ansible: Ansible, simulator: Simulator, requester: Person, resubmit: str
) -> None:
    """Only a recall that was the beginning of a change is finished, whatever a user says to theirs."""
    uuid = ticket_in(simulator, "Pending")["uuid"]
    requester.send("cancel", uuid, "Not needed any more. [zstack]")
    requester.update(uuid, [api_request() | {"executeTimes": 2}])
    run = ansible.play(ticket(requests=[web(times=2)], resubmit=resubmit))
    assert not run[0].changed
    assert run[0]["ticket"]["status"] == "Cancelled"


LOST = [
    ("reset_before", {}),
    ("reset_after", {}),
    ("truncate", {}),
    ("garbage", {"commit": True}),
    ("status", {"status": 502, "commit": True, "body": "<html><h1>Bad Gateway</h1></html>"}),
    ("status", {"status": 502, "body": "<html><h1>Bad Gateway</h1></html>"}),
    ("session_expired", {}),
    ("session_lost", {}),
    ("duplicate", {}),
]


@pytest.mark.parametrize(("fault", "options"), LOST, ids=lambda value: value if isinstance(value, str) else str(value))
def test_every_write_goes_wrong_once(
    ansible: Ansible, simulator: Simulator, fault: str, options: dict[str, object]
) -> None:
    """Whatever happens to each write the first time, the task comes to its end, and has done everything once."""

    def go_wrong() -> None:
        for action in ("createTicket", "changeTicketStatus", "updateTicketRequest", "deleteTicket"):
            simulator.faults.add(fault, action=action, kind="write", times=1, **options)

    simulator.call(go_wrong)
    gone = ticket(state="absent")
    run = ansible.play(ticket(), BIGGER, BIGGER, gone, gone)
    assert [task.result.get("operations") for task in run] == [
        ["create"],
        ["cancel", "update", "reopen"],
        [],
        ["delete"],
        [],
    ]
    assert all(not task.failed for task in run)
    assert len(simulator.cloud.tickets) == 0
    assert [row["toStatus"] for row in simulator.cloud.archive_histories] == ["Cancelled", "Pending"]


def race(ansible: Ansible, simulator: Simulator, action: str, act: Callable[[], object], task: dict[str, Any]) -> Task:
    """Run a task whose first call of an API comes a moment after ``act``."""
    delay(simulator, action)
    with meanwhile(simulator, action, act):
        return ansible.play(task)[0]


def test_somebody_else_creates_it_meanwhile(ansible: Ansible, simulator: Simulator, requester: Person) -> None:
    """Losing the race for a new ticket is no error: it exists, as it should."""
    derived = ansible.play({**ticket(), "check_mode": True})[0]["ticket"]["uuid"]
    raced = race(ansible, simulator, "createTicket", lambda: requester.create("web", resourceUuid=derived), ticket())
    assert not raced.failed, raced.result
    assert not raced.changed
    assert raced["ticket"]["uuid"] == derived
    made = stored(simulator)
    assert made is not None


def test_somebody_else_deletes_it_meanwhile(ansible: Ansible, simulator: Simulator, requester: Person) -> None:
    uuid = ticket_in(simulator, "Pending")["uuid"]
    simulator.set(delete_missing_succeeds=False)
    raced = race(ansible, simulator, "deleteTicket", lambda: requester.delete(uuid), ticket(state="absent"))
    assert not raced.failed, raced.result
    assert raced["ticket"] is None


def test_somebody_else_approves_it_meanwhile(ansible: Ansible, simulator: Simulator, approver: Person) -> None:
    """The change comes too late: the task says so, and has changed nothing."""
    uuid = ticket_in(simulator, "Pending")["uuid"]
    raced = race(ansible, simulator, "changeTicketStatus", lambda: approver.send("approve", uuid), BIGGER)
    assert raced.failed
    assert not raced.changed
    assert "finally approved ticket cannot be changed" in raced["msg"]
    assert raced["ticket"]["status"] == "FinalApproved"
