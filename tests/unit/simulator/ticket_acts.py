"""What the tests of tickets have in common."""

from __future__ import annotations

from typing import Any

VM_API = "org.zstack.header.vm.APICreateVmInstanceMsg"
UPDATE_API = "org.zstack.header.vm.APIUpdateVmInstanceMsg"
VM_TYPE = "3b933e9aaf2d49b9a3dcf0c92867790f"


def request_of(api: str = VM_API, body: Any = None, **members: Any) -> dict[str, Any]:
    return {"requestName": "r", "apiName": api, "executeTimes": 1, "apiBody": {} if body is None else body, **members}


def bring_to(as_: Any, sim: Any, status: str) -> str:
    """A ticket of the chain of three approvers, in the given status."""
    ticket: str = as_.requester.create(flowCollectionUuid=sim.uuids["chain_collection"])["uuid"]
    events = {
        "Pending": [],
        "IntermediateApproved": ["approver"],
        "FinalApproved": ["approver", "approver2", "admin"],
    }
    for name in events.get(status, []):
        assert getattr(as_, name).event(ticket, "approve").status_code == 200
    if status == "Cancelled":
        as_.requester.event(ticket, "cancel")
    if status == "Rejected":
        as_.approver.event(ticket, "reject")
    assert as_.admin.status(ticket) == status
    return ticket
