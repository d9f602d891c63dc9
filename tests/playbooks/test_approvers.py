"""zstack_ticket_status: several approvers in turn, and one approver of several steps."""

from __future__ import annotations

import pytest

from tests.simulator import Simulator
from tests.simulator.identities import ADMIN, CHAIN_COLLECTION, fixed_uuid

from .harness import Ansible
from .people import Person, ticket_in
from .tasks import identity, status

APPROVER, APPROVER2 = fixed_uuid("virtual-id/approver"), fixed_uuid("virtual-id/approver2")


def test_three_approvers(ansible: Ansible, simulator: Simulator) -> None:
    """Each approves the step that is theirs and learns whose turn it is; coming too early or twice does no harm."""
    ticket_in(simulator, "Pending", flowCollectionUuid=CHAIN_COLLECTION)
    turns = ("approver2", "approver", "approver", "approver2", "approver", "admin", "approver2")
    run = ansible.play(*(status("approved", comment=f"by {name}", **identity(name)) for name in turns), who=None)
    early, first, repeated, second, late, last, after = run
    assert early.failed
    assert not early.changed
    assert early["error"]["code"] == "SYS.1006"
    assert early["awaiting"]["approver_uuid"] == APPROVER
    assert f"its approver is {APPROVER}" in early["msg"]
    assert early["ticket"]["status"] == early["status_after"] == "Pending"
    awaited = {"flow_name": "cost approval", "approver_uuid": APPROVER2}
    for task, events in ((first, ["approve"]), (repeated, [])):
        assert (task["events"], task["status_after"]) == (events, "IntermediateApproved")
        assert awaited.items() <= task["awaiting"].items()
    for task, events in ((second, ["approve"]), (late, [])):
        assert (task["events"], task["status_after"]) == (events, "IntermediateApproved")
        assert {"flow_name": "final approval", "approver_uuid": ADMIN}.items() <= task["awaiting"].items()
    for task, events in ((last, ["approve"]), (after, [])):
        assert (task["events"], task["status_after"], task["awaiting"]) == (events, "FinalApproved", None)
    approvals = [row for row in simulator.cloud.histories if row.get("comment")]
    assert [row["comment"] for row in approvals] == ["by approver", "by approver2", "by admin"]


def test_not_my_turn_in_check_mode(ansible: Ansible, simulator: Simulator) -> None:
    ticket_in(simulator, "Pending", flowCollectionUuid=CHAIN_COLLECTION)
    task = ansible.play({**status("approved"), "check_mode": True}, who="approver2")[0]
    assert task.failed
    assert "cannot be approved by this identity: the step 'team approval' is due" in task["msg"]
    assert f"its approver is {APPROVER}" in task["msg"]
    assert task["awaiting"]["approver_uuid"] == APPROVER


@pytest.mark.parametrize(
    ("steps", "events"), [("all", [["approve", "approve"], [], []]), ("next", [["approve"], ["approve"], []])]
)
def test_consecutive_steps_of_one_approver(
    ansible: Ansible, simulator: Simulator, steps: str, events: list[list[str]]
) -> None:
    """All of the caller's steps in one go, or one at each run; never those of somebody else."""
    flows = [{"name": name, "approverUuid": uuid} for name, uuid in (("a", APPROVER), ("b", APPROVER), ("c", ADMIN))]
    made = {"name": "twice", "projectUuid": simulator.uuids["demo_project"], "flows": flows}
    collection = Person(simulator, "admin").call("POST", "/tickets/flow-collections", {"params": made})
    ticket_in(simulator, "Pending", flowCollectionUuid=collection["uuid"])
    task = status("approved", steps=steps)
    first = {**task, "check_mode": True}
    run = ansible.play(first, task, task, task, who="approver")
    assert run[0]["events"] == events[0]
    assert [run[position]["events"] for position in (1, 2, 3)] == events
    assert run[3]["awaiting"]["flow_name"] == "c"
