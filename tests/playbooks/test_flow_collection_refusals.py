"""zstack_ticket_flow_collection: what the server refuses, and what it does otherwise than expected."""

from __future__ import annotations

import pytest

from tests.simulator import Simulator
from tests.simulator.identities import DEMO_COLLECTION
from tests.simulator.ticket_types import TICKET_TYPES, VM_TYPE

from .flow_collections import SHOP, STEPS, approver_uuid, chain, collections, prepare, prepare_with_tickets, steps
from .harness import Ansible
from .people import Person
from .tasks import identity, process

TEAM, COST, FINAL = STEPS
UPDATE_TYPE = TICKET_TYPES[1]
AUDIT = ("audit", "requester2")


def test_not_everybody_may_be_the_last(ansible: Ansible, simulator: Simulator) -> None:
    prepare(simulator)
    for task in ansible.play(process(name="new", steps=steps(COST)), process(steps=steps(TEAM, COST)), who="approver"):
        assert task.failed
        assert not task.changed
        assert task["error"]["code"] == "SYS.1007"
    assert collections(simulator, "new") == []
    assert chain(simulator) == list(STEPS)


def test_a_type_has_one_process(ansible: Ansible, simulator: Simulator) -> None:
    """The message names the process that has it, for a new process and for one that exists."""
    prepare(simulator)
    wanted = {"ticket_types": ["CREATE_VM_INSTANCE_TICKET_TYPE"]}
    run = ansible.play(process(**wanted), process(name="new", steps=steps(FINAL), **wanted), who="approver")
    for task in run:
        assert task.failed
        assert task["error"]["code"] == "SYS.1007"
        assert f"The flow collection 'demo' ({DEMO_COLLECTION}, Enabled) has {VM_TYPE} already" in task["msg"]
    moved = ansible.play(process(name="demo", ticket_types=[]), process(**wanted), who="approver")
    assert [task["operations"] for task in moved] == [["remove_ticket_types"], ["add_ticket_types"]]


def test_a_process_in_use_that_cannot_be_deleted(ansible: Ansible, simulator: Simulator) -> None:
    simulator.set(used_collection_can_be_deleted=False)
    prepare_with_tickets(simulator, 0, 1)
    task = ansible.play(process(state="absent"), who="approver", warnings=["2 tickets under way"])[0]
    assert task.failed
    assert not task.changed
    assert "2 tickets under way use it. Let them be decided or recalled first" in task["msg"]
    assert task["error"]["code"] == "SYS.1004"
    assert task["error"]["cause"]["code"] == "SYS.1006"
    assert task["flow_collection"]["uuid"] == SHOP


def test_who_may_not(ansible: Ansible, simulator: Simulator) -> None:
    prepare(simulator)
    for task in ansible.play(process(description="new"), process(state="absent"), who="requester"):
        assert task.failed
        assert task["error"]["code"] == "SYS.1006"
        assert task["operations"] == []


def test_several_of_the_name(ansible: Ansible, simulator: Simulator) -> None:
    """Without a project, admin has to say which one; with it, or by uuid, there is no doubt."""
    prepare(simulator)
    prepare(simulator, FINAL, project="other-project", resourceUuid=None)
    run = ansible.play(process(), process(project="demo-project"), process(uuid=SHOP), who="admin")
    assert [task.failed for task in run] == [True, False, False]
    assert {candidate["project_uuid"] for candidate in run[0]["candidates"]} == {
        simulator.uuids["demo_project"],
        simulator.uuids["other_project"],
    }
    assert run[1]["flow_collection"]["uuid"] == run[2]["flow_collection"]["uuid"] == SHOP


def test_approvers_of_one_name(ansible: Ansible, simulator: Simulator) -> None:
    rows = simulator.cloud.virtual_ids
    twin = rows[approver_uuid("approver2")]
    simulator.call(lambda: rows.change(twin, name="approver"))
    (task,) = ansible.play(process(name="new", project="demo-project", steps=steps(TEAM, FINAL)), who="admin")
    assert task.failed
    assert "several virtual IDs have the name 'approver'" in task["msg"]
    assert all(approver_uuid(name) in task["msg"] for name in ("approver", "approver2"))
    assert collections(simulator, "new") == []


def test_names_mean_themselves(ansible: Ansible, simulator: Simulator) -> None:
    """Also those that the server's search misreads or finds elsewhere."""
    names = ["it's", "a!=b", "100%", "Web", "wéb", "申請 >= 50"]
    for twin in ("IT'S", "1000", "web"):
        prepare(simulator, name=twin, resourceUuid=None)
    each = {**process(name="{{ item }}", steps=steps(FINAL)), "loop": names}
    gone = {**process(name="{{ item }}", state="absent"), "loop": names}
    run = ansible.play(each, each, gone, who="approver")
    made = [[result["operations"] for result in task["results"]] for task in run]
    assert made == [[["create"]] * 6, [[]] * 6, [["delete"]] * 6]


def test_another_default(ansible: Ansible, simulator: Simulator) -> None:
    prepare(simulator)
    ansible.play(process(default=True), who="approver")
    defaults = [row["name"] for row in simulator.cloud.collections if row["isDefault"] and row.get("projectUuid")]
    assert defaults == ["shop"]


def test_tickets_go_on_behind_the_step_that_they_have_passed(ansible: Ansible, simulator: Simulator) -> None:
    [ticket] = prepare_with_tickets(simulator, 1)
    changed = process(steps=steps(TEAM, AUDIT, FINAL))
    warning = ["1 ticket under way use this flow collection and go on with its new steps."]
    run = ansible.play(changed, who="approver", warnings=warning)
    assert run[0]["operations"] == ["add_step", "delete_step"]
    assert Person(simulator, "requester2").send("approve", ticket)["status"] == "IntermediateApproved"
    assert Person(simulator, "admin").send("approve", ticket)["status"] == "FinalApproved"


@pytest.mark.parametrize(
    ("wanted", "made"),
    [
        ([TEAM, AUDIT, COST, FINAL], ["add_step", "update"]),
        ([TEAM, FINAL], ["delete_step", "update"]),
    ],
    ids=["adding", "deleting"],
)
def test_a_server_that_tears_the_chain(
    ansible: Ansible, simulator: Simulator, wanted: list[tuple[str, str]], made: list[str]
) -> None:
    """Should it not link the other steps anew, all of them are replaced."""
    simulator.set(flows_are_relinked=False)
    prepare_with_tickets(simulator, 1)
    run = ansible.play(
        process(steps=steps(*wanted)),
        process(steps=steps(*wanted)),
        who="approver",
        warnings=["1 ticket under way", "For 1 of"],
    )
    assert [task["operations"] for task in run] == [made, []]
    assert chain(simulator) == wanted


def test_a_server_that_lists_no_steps_and_no_project(ansible: Ansible, simulator: Simulator) -> None:
    """Its own process is known again by its uuid, and the steps are asked for."""
    made = ansible.play(process(steps=steps(*STEPS)), who="approver")[0]["flow_collection"]
    row = simulator.cloud.collections[made["uuid"]]
    simulator.call(lambda: simulator.cloud.collections.change(row, projectUuid=None, flows=[]))
    again = ansible.play(process(steps=steps(*STEPS)), who="approver")[0]
    assert not again.changed, again.result
    assert again["flow_collection"]["steps"] == made["steps"]


def test_a_new_process_by_its_uuid(ansible: Ansible, simulator: Simulator) -> None:
    """The project of a login counts for it as well."""
    task = process(uuid=SHOP, steps=steps(FINAL))
    assert [each["operations"] for each in ansible.play(task, task, who="approver")] == [["create"], []]
    assert chain(simulator) == [FINAL]


def test_a_derived_uuid_that_is_taken(ansible: Ansible, simulator: Simulator) -> None:
    """Should the server keep the uuids of what was deleted, a new process of the same name gets another one."""
    task = process(steps=steps(FINAL))
    derived = ansible.play({**task, "check_mode": True}, who="approver")[0]["flow_collection"]["uuid"]
    simulator.call(lambda: simulator.cloud.used_uuids.add(derived))
    run = ansible.play(task, task, who="approver")
    assert [each["operations"] for each in run] == [["create"], []]
    assert run[0]["flow_collection"]["uuid"] != derived


def test_two_ways_to_name_the_project(ansible: Ansible, simulator: Simulator) -> None:
    """The project of a login, and the same one named by admin, mean the same process."""
    by_admin = process(steps=steps(FINAL), project="demo-project", **identity("admin"))
    by_uuid = process(steps=steps(FINAL), project=simulator.uuids["demo_project"].upper(), **identity("admin"))
    run = ansible.play(process(steps=steps(FINAL)), by_admin, by_uuid, who="approver")
    assert [task["operations"] for task in run] == [["create"], [], []]
    assert len(collections(simulator)) == 1
