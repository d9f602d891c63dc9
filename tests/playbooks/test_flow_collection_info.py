"""zstack_ticket_flow_collection_info and zstack_ticket_type_info: what they find, and what they tell of it."""

from __future__ import annotations

from typing import Any

from tests.simulator import Simulator
from tests.simulator.identities import CHAIN_COLLECTION, DEMO_COLLECTION, SYSTEM_COLLECTION, flow_uuid
from tests.simulator.ticket_types import TICKET_TYPES, VM_TYPE

from .flow_collections import SHOP, STEPS, approver_uuid, prepare
from .harness import Ansible
from .rounds import steady
from .tasks import Task

COLLECTIONS = "zstack.tickets.zstack_ticket_flow_collection_info"
TYPES = "zstack.tickets.zstack_ticket_type_info"


def test_which_processes(ansible: Ansible, simulator: Simulator) -> None:
    prepare(simulator)
    prepare(simulator, STEPS[2], name="Shop", project="other-project", resourceUuid=None)
    simulator.remove_from_project("approver2")
    ours = simulator.uuids["demo_project"]
    wanted: dict[str, tuple[dict[str, Any], list[str]]] = {
        "all": ({}, ["Shop", "chain", "default", "demo", "shop"]),
        "uuid": ({"uuid": SHOP.upper()}, ["shop"]),
        "no such uuid": ({"resourceUuid": VM_TYPE}, []),
        "name": ({"name": " shop "}, ["shop"]),
        "no such name": ({"name": "it's > 100%"}, []),
        "project": ({"project": "demo-project"}, ["chain", "demo", "shop"]),
        "project by uuid": ({"projectUuid": ours}, ["chain", "demo", "shop"]),
        "name and project": ({"name": "shop", "project": "other-project"}, []),
        "query": ({"query": ["name~=%shop", "status=Invalid"]}, ["shop"]),
        "limit": ({"sort": "-name", "limit": 1, "query": "status=Valid"}, ["Shop"]),
        "limit of a project": ({"sort": "name", "project": "demo-project", "limit": 2}, ["chain", "demo"]),
    }
    run = ansible.play(*({COLLECTIONS: options} for options, _names in wanted.values()), who="admin")
    found = {
        what: sorted(collection["name"] for collection in task["flow_collections"])
        for what, task in zip(wanted, run, strict=True)
    }
    assert found == {what: names for what, (_options, names) in wanted.items()}


def test_what_is_told_of_a_process(ansible: Ansible, simulator: Simulator) -> None:
    """Steps in order, wherever the server lists them, and no steps of others."""
    row = simulator.cloud.collections[CHAIN_COLLECTION]
    simulator.call(lambda: simulator.cloud.collections.change(row, flows=[]))
    tasks: list[Task] = [{COLLECTIONS: {"sort": "name"}}, {COLLECTIONS: {"sort": "name"}, "check_mode": True}]
    run = ansible.play(*tasks, who="approver")
    processes = {process["uuid"]: process for process in run[0]["flow_collections"]}
    assert processes[SYSTEM_COLLECTION]["project_uuid"] is None
    steps = zip(range(3), ("team", "cost", "final"), ("approver", "approver2", "admin"), strict=True)
    assert steady(processes[CHAIN_COLLECTION]) == {
        "uuid": CHAIN_COLLECTION,
        "name": "chain",
        "description": None,
        "project_uuid": simulator.uuids["demo_project"],
        "state": "Enabled",
        "status": "Valid",
        "default": False,
        "ticket_type_uuids": [],
        "steps": [
            {
                "uuid": flow_uuid("chain", position),
                "name": f"{name} approval",
                "approver": approver_uuid(who),
                "description": None,
                "valid": True,
            }
            for position, name, who in steps
        ],
    }
    assert processes[DEMO_COLLECTION]["ticket_type_uuids"] == [VM_TYPE]
    assert processes[DEMO_COLLECTION]["default"] is True
    assert [task.changed for task in run] == [False, False]
    ordinary = ansible.play(*tasks, who="approver", in_process=False)
    assert [steady(task.result) for task in ordinary] == [steady(task.result) for task in run]


def test_wrong_options(ansible: Ansible) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({COLLECTIONS: {"limit": 0}}, "limit is 0: it must be at least 1"),
        ({COLLECTIONS: {"uuid": "x"}}, "uuid is 'x': it must be 32 hexadecimal digits"),
        ({COLLECTIONS: {"project": "x"}}, "project: there is no project named 'x'"),
        ({TYPES: {"limit": -1}}, "limit is -1"),
        ({TYPES: {"name": " "}}, "name is ' ': it must not be blank"),
    ]
    for task, (_task, said) in zip(ansible.play(*(task for task, _said in wrong)), wrong, strict=True):
        assert task.failed
        assert said in task["msg"]


def test_ticket_types(ansible: Ansible, simulator: Simulator) -> None:
    tasks: list[Task] = [
        {TYPES: {"sort": "name"}},
        {TYPES: {"name": TICKET_TYPES[0].name}},
        {TYPES: {"name": TICKET_TYPES[0].name.lower()}},
        {TYPES: {"uuid": VM_TYPE.upper(), "query": ["adminOnly=false"]}},
        {TYPES: {"query": ["name~=%VM%"], "sort": "-name", "limit": 1}, "check_mode": True},
    ]
    run = ansible.play(*tasks)
    names = [[found["name"] for found in task["ticket_types"]] for task in run]
    assert names == [
        sorted(known.name for known in TICKET_TYPES),
        [TICKET_TYPES[0].name],
        [],
        [TICKET_TYPES[0].name],
        [TICKET_TYPES[1].name],
    ]
    [vm_type] = run[1]["ticket_types"]
    assert steady(vm_type) == {
        "uuid": VM_TYPE,
        "name": "CREATE_VM_INSTANCE_TICKET_TYPE",
        "description": None,
        "type": "CREATE_VM_INSTANCE_TICKET_TYPE",
        "requests": "",
        "admin_only": False,
    }
    assert not any(task.changed for task in run)
    ordinary = ansible.play(*tasks[:1], in_process=False)
    assert steady(ordinary[0].result) == steady(run[0].result)
