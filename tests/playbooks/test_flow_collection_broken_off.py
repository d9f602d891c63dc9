"""zstack_ticket_flow_collection: changes that break off halfway, lost answers, and others who are faster."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests.simulator import Simulator
from tests.simulator.ticket_types import TICKET_TYPES

from .flow_collections import SHOP, STEPS, chain, collections, prepare, prepare_with_tickets, steps
from .harness import Ansible
from .meanwhile import calls, meanwhile
from .people import Person
from .tasks import process

TEAM, COST, FINAL = STEPS
AUDIT = ("audit", "requester2")
DEPUTY = ("team", "requester2")
AT_ONCE = {"ZSTACK_RETRIES": "0"}
UPDATE_TYPE, DELETE_TYPE = TICKET_TYPES[1].uuid, TICKET_TYPES[2].uuid

LONG = process(
    description="new",
    steps=steps(DEPUTY, AUDIT, ("end", "approver")),
    ticket_types=[DELETE_TYPE],
    enabled=False,
)
OPERATIONS = [
    "disable",
    "remove_ticket_types",
    "update",
    "add_step",
    "update_step",
    "add_step",
    "delete_step",
    "delete_step",
    "add_ticket_types",
]
"""What that takes while a ticket has passed the first step."""

ACTIONS = [
    "changeTicketFlowCollectionState",
    "removeTicketTypesFromTicketFlowCollection",
    "updateIAM2TicketFlowCollection",
    "addIAM2TicketFlow",
    "updateIAM2TicketFlow",
    "addIAM2TicketFlow",
    "deleteIAM2TicketFlow",
    "deleteIAM2TicketFlow",
    "addTicketTypesToTicketFlowCollection",
]
WARNING = "1 ticket under way use this flow collection and go on with its new steps."


def with_a_ticket(simulator: Simulator) -> None:
    prepare_with_tickets(simulator, 1)
    types = {"params": {"ticketTypeUuids": [UPDATE_TYPE]}}
    Person(simulator, "admin").call("POST", f"/tickets/flow-collections/{SHOP}/ticket-types", types)


def assert_done(simulator: Simulator) -> None:
    assert chain(simulator) == [DEPUTY, AUDIT, ("end", "approver")]
    [row] = collections(simulator)
    assert (row["description"], row["ticketTypeUuids"], row["state"]) == ("new", [DELETE_TYPE], "Disabled")


def broken_runs(ansible: Ansible, runs: int) -> list[list[str]]:
    """What each of these runs has done until it broke off; there is a process that works all the while."""
    rounds = [*[LONG] * runs, {**LONG, "check_mode": True}, LONG, LONG]
    broken = ansible.play(*rounds, who="approver", environment=AT_ONCE, warnings=[WARNING])
    left = OPERATIONS
    for task in list(broken)[:runs]:
        assert task.failed, task.result
        left = left[len(task["operations"]) :]
        assert ", ".join(left) in task["msg"] or not task["operations"]
        steps_left = task["flow_collection"]["steps"]
        assert steps_left[0]["name"] == "team"
        assert steps_left[-1]["name"] in ("final", "end")
    assert [task["operations"] for task in list(broken)[runs:]] == [left, left, []]
    return [task["operations"] for task in list(broken)[:runs]]


def test_each_call_breaks_off(ansible: Ansible, simulator: Simulator) -> None:
    """Each run does one call and breaks off at the next, until the last has nothing in its way."""
    with_a_ticket(simulator)
    for action in set(ACTIONS):
        # The first try of each call; a second call of the same kind comes third.
        for nth in range(1, 2 * ACTIONS.count(action), 2):
            rule = partial(simulator.faults.add, "reset_before", kind="write", action=action, nth=nth)
            simulator.call(rule)
    assert broken_runs(ansible, len(OPERATIONS)) == [[], *([name] for name in OPERATIONS[:-1])]
    assert_done(simulator)


def test_breaking_off_after_each_call(ansible: Ansible, simulator: Simulator) -> None:
    """The look after each call fails, so that each run does the next one only."""
    with_a_ticket(simulator)
    times = len(OPERATIONS) - 1
    look = partial(simulator.faults.add, "status", action="queryTicketFlowCollection", every=2, times=times, status=500)
    simulator.call(look)
    assert broken_runs(ansible, times) == [[name] for name in OPERATIONS[:-1]]
    assert_done(simulator)


LOST: list[tuple[str, dict[str, Any]]] = [
    ("reset_before", {}),
    ("reset_after", {}),
    ("truncate", {}),
    ("status", {"status": 502, "commit": True, "body": "<html><h1>Bad Gateway</h1></html>"}),
    ("status", {"status": 502, "body": "<html><h1>Bad Gateway</h1></html>"}),
    ("session_expired", {}),
    ("session_lost", {}),
    ("duplicate", {}),
]


@pytest.mark.parametrize(("fault", "options"), LOST, ids=lambda value: value if isinstance(value, str) else str(value))
def test_every_write_goes_wrong_once(
    ansible: Ansible, simulator: Simulator, fault: str, options: dict[str, Any]
) -> None:
    """Whatever happens to each write the first time, the task comes to its end, and has done everything once."""
    with_a_ticket(simulator)
    for action in {*ACTIONS, "createIAM2TickFlowCollection", "deleteTicketFlowCollection"}:
        simulator.call(partial(simulator.faults.add, fault, action=action, kind="write", times=1, **options))
    new = process(name="new", steps=steps(*STEPS), ticket_types=[UPDATE_TYPE])
    gone = process(name="new", state="absent")
    run = ansible.play(LONG, LONG, new, new, gone, gone, who="approver", warnings=[WARNING])
    assert [task["operations"] for task in run] == [OPERATIONS, [], ["create"], [], ["delete"], []]
    assert_done(simulator)
    assert collections(simulator, "new") == []


def test_an_old_server_that_does_a_call_twice(ansible: Ansible, simulator: Simulator) -> None:
    """Before 4.5 it does not know a job again. A step that was added twice is found and taken out."""
    simulator.set(duplicate_job_check=False)
    prepare_with_tickets(simulator, 1)
    simulator.call(lambda: simulator.faults.add("duplicate", action="addIAM2TicketFlow", times=1))
    run = ansible.play(process(steps=steps(TEAM, AUDIT, COST, FINAL)), who="approver", warnings=[WARNING])
    assert run[0]["operations"] == ["add_step", "delete_step"]
    assert chain(simulator) == [TEAM, AUDIT, COST, FINAL]


def test_somebody_else_creates_it_meanwhile(ansible: Ansible, simulator: Simulator) -> None:
    """Losing the race for a new process is no error: it exists, as it should."""
    task = process(steps=steps(*STEPS))
    derived = ansible.play({**task, "check_mode": True}, who="approver")[0]["flow_collection"]["uuid"]
    action = "createIAM2TickFlowCollection"
    slow = {"identity": "approver", "kind": "write", "seconds": 1.0, "times": 1}
    simulator.call(lambda: simulator.faults.add("latency", action=action, **slow))
    with meanwhile(simulator, action, lambda: prepare(simulator, resourceUuid=derived)):
        raced = ansible.play(task, who="approver")[0]
    assert not raced.failed, raced.result
    assert not raced.changed
    assert [row["uuid"] for row in collections(simulator)] == [derived]


def test_somebody_else_changes_the_steps_meanwhile(ansible: Ansible, simulator: Simulator) -> None:
    """What they did is looked at, and the rest is done from there."""
    prepare_with_tickets(simulator, 1)
    cost = chain_uuid(simulator, 1)
    deputy = {"updateIAM2TicketFlow": {"approverUuid": simulator.uuids["virtual_id_requester2"], "name": "audit"}}

    def act() -> None:
        Person(simulator, "admin").call("PUT", f"/tickets/flow/{cost}/actions", deputy)

    slow = {"identity": "approver", "kind": "write", "seconds": 1.0, "times": 1}
    simulator.call(lambda: simulator.faults.add("latency", action="updateIAM2TicketFlow", **slow))
    with meanwhile(simulator, "updateIAM2TicketFlow", act):
        run = ansible.play(process(steps=steps(DEPUTY, AUDIT, FINAL)), who="approver", warnings=[WARNING])
    assert not run[0].failed, run[0].result
    assert chain(simulator) == [DEPUTY, AUDIT, FINAL]
    assert calls(simulator, "addIAM2TicketFlow") == 0


def chain_uuid(simulator: Simulator, position: int) -> str:
    return str(simulator.cloud.chain(simulator.cloud.collections[SHOP])[position]["uuid"])
