"""Bodies as the API manual shows them, camelCase, doubles and message internals included, are options as they are."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator import Simulator
from tests.simulator.identities import ADMIN

from .harness import Ansible
from .people import CREATE_VM, Person, stored
from .tasks import batch, identity

INTERNALS = {"timeout": -1.0, "headers": {}, "id": "5b8e63ff1f0f4c5b9d2f6a6f0c0e7a11", "createdTime": 1.545993580705e12}


def ticket_body(simulator: Simulator) -> dict[str, Any]:
    machine = {"name": "vm name", "l3NetworkUuids": ["8b4ddd66c7ba30598cdc7ab835e04f96"], "strategy": "InstantStart"}
    request = {
        "requestName": "create vm",
        "apiName": CREATE_VM,
        "executeTimes": 1.0,
        "apiBody": {**machine, **INTERNALS},
    }
    return {
        "name": "web",
        "requests": [request],
        "accountSystemType": "iam2",
        "accountSystemContext": Person(simulator, "requester").context,
        "flowCollectionUuid": simulator.uuids["chain_collection"],
        "systemTags": [],
        "userTags": [],
        "tagUuids": [],
    }


@pytest.mark.parametrize("doubles", [False, True])
def test_ticket(ansible: Ansible, simulator: Simulator, doubles: bool) -> None:
    simulator.set(integers_as_doubles=doubles)
    body = ticket_body(simulator)
    task = {"zstack.tickets.zstack_ticket": body}
    run = ansible.play(task, task, batch(body), {**task, "check_mode": True})
    assert [task.changed for task in run] == [True, False, False, False], run.output
    kept = stored(simulator)
    assert kept is not None
    assert kept["flowCollectionUuid"] == body["flowCollectionUuid"]
    uuid = {**body, "resourceUuid": kept["uuid"], "name": None}
    assert not ansible.play({"zstack.tickets.zstack_ticket": uuid})[0].changed


def test_flow_collection(ansible: Ansible, simulator: Simulator) -> None:
    first = {"name": "team", "approverUuid": Person(simulator, "approver").uuid}
    body = {
        "name": "shop",
        "projectUuid": simulator.uuids["demo_project"],
        "flows": [first, {"name": "admin", "approverUuid": ADMIN, "approverTitle": "SystemAdmin"}],
        "isDefault": False,
        "ticketTypeUuids": [],
    }
    task = {"zstack.tickets.zstack_ticket_flow_collection": {**body, **identity("admin")}}
    run = ansible.play(task, task)
    assert [task.changed for task in run] == [True, False], run.output
