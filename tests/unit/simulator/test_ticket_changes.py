"""Changing and deleting tickets, and losing those who belong to them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.moves import STATUSES

from .ticket_acts import bring_to, request_of


def test_missing_ticket(as_: Any, new_uuid: str) -> None:
    error = as_.requester.event(new_uuid, "cancel").json()["error"]
    assert (error["code"], error["details"]) == (
        "SYS.1003",
        f"invalid field[uuid], resource[uuid:{new_uuid}, type:TicketVO] not found",
    )


@pytest.mark.parametrize("status", STATUSES)
def test_updating_requests(as_: Any, sim: Any, status: str) -> None:
    ticket = bring_to(as_, sim, status)
    body = {"updateTicketRequest": {"requests": [request_of(body={"name": "new"})], "description": "why"}}
    answer = as_.requester.job("PUT", f"/tickets/{ticket}/actions", json=body)
    if status in ("Cancelled", "Rejected"):
        updated = answer.json()["inventory"]
        assert (updated["status"], updated["description"]) == (status, "why")
        assert updated["request"][0]["apiBody"]["name"] == "new"
        assert as_.requester2.job("PUT", f"/tickets/{ticket}/actions", json=body).status_code == 503
    else:
        assert answer.json()["error"]["details"] == (
            f"工单[uuid:{ticket}, name:ticket]当前状态为{status}，不支持更新操作"
        )
    sim.set(update_rejected=False)
    allowed = as_.requester.job("PUT", f"/tickets/{ticket}/actions", json=body).status_code == 200
    assert allowed == (status == "Cancelled")


def test_update_checks_the_requests(as_: Any, sim: Any) -> None:
    ticket = bring_to(as_, sim, "Cancelled")
    body = {"updateTicketRequest": {"requests": [request_of("org.zstack.Nothing")]}}
    error = as_.requester.error("PUT", f"/tickets/{ticket}/actions", json=body)
    assert error["details"] == "无效的请求。找不到API[org.zstack.Nothing]"


@pytest.mark.parametrize("status", STATUSES)
def test_deleting_archives(as_: Any, sim: Any, status: str) -> None:
    ticket = bring_to(as_, sim, status)
    before = as_.requester.query("/tickets/histories", f"ticketUuid={ticket}")
    assert as_.requester2.job("DELETE", f"/tickets/{ticket}").status_code == 503
    answer = as_.requester.job("DELETE", f"/tickets/{ticket}?deleteMode=Permissive")
    assert (answer.status_code, answer.text) == (200, "{}")
    assert as_.requester.query("/tickets") == as_.requester.query("/tickets/histories") == []
    (archived,) = as_.requester.query("/tickets/archives", f"ticketUuid={ticket}")
    assert archived["uuid"] != ticket
    assert (archived["status"], archived["accountUuid"]) == (status, sim.uuids["demo_project_account"])
    kept = as_.requester.query("/tickets/histories/archives", f"ticketUuid={ticket}")
    assert sorted(row["historyUuid"] for row in kept) == sorted(row["uuid"] for row in before)


def test_deletion_mode_is_looked_at_last(as_: Any, sim: Any) -> None:
    ticket = bring_to(as_, sim, "Pending")
    path = f"/tickets/{ticket}?deleteMode=permissive"
    assert as_.requester.job("DELETE", f"{path}&systemTags=ephemeral::validationOnly").status_code == 200
    error = as_.requester.error("DELETE", path)
    assert error["code"] == "SYS.1000"
    assert error["details"].endswith(
        "No enum constant org.zstack.header.message.APIDeleteMessage.DeletionMode.permissive"
    )
    assert as_.requester.job("DELETE", f"/tickets/{ticket}?deleteMode=Enforcing").status_code == 200


def test_archiving_is_a_switch(as_: Any, sim: Any) -> None:
    sim.set(archive_at_deletion=False, member_may_delete_others=True)
    ticket = as_.requester.create()["uuid"]
    assert as_.requester2.job("DELETE", f"/tickets/{ticket}").status_code == 200
    assert as_.admin.query("/tickets/archives") == []


def test_deleting_what_is_not_there(as_: Any, sim: Any, new_uuid: str) -> None:
    answer = as_.requester.job("DELETE", f"/tickets/{new_uuid}")
    assert (answer.status_code, answer.text) == (200, "{}")
    error = as_.requester.error("DELETE", "/tickets/nonsense")
    assert (error["code"], error["details"]) == ("SYS.1003", "invalid value[nonsense] of field [uuid]")
    sim.set(delete_missing_succeeds=False)
    error = as_.requester.error("DELETE", f"/tickets/{new_uuid}")
    assert error["details"] == f"invalid field[uuid], resource[uuid:{new_uuid}, type:TicketVO] not found"


def test_lost_submitter_and_project(as_: Any, sim: Any) -> None:
    sim.set(project_delete_removes_tickets=False)
    ticket = as_.requester.create()["uuid"]
    sim.delete_virtual_id("requester")
    error = as_.approver.event(ticket, "approve").json()["error"]
    requester, project = sim.uuids["virtual_id_requester"], sim.uuids["demo_project"]
    assert error["details"] == (
        f"操作无效。因为工单的提交者[uuid:{requester}]已经被删除，工单[uuid:{ticket}, name:ticket]仅支持删除操作"
    )
    sim.reset()
    admin = as_.admin.login("admin")
    other = as_.requester.login("requester").create()["uuid"]
    sim.delete_project("demo-project")
    error = admin.event(other, "reject").json()["error"]
    assert error["details"] == (
        f"操作无效。因为工单所属的项目[uuid:{project}]已经被删除，工单[uuid:{other}, name:ticket]仅支持删除操作"
    )
    assert admin.job("DELETE", f"/tickets/{other}").status_code == 200


def test_deleting_a_project_deletes_its_tickets(as_: Any, sim: Any) -> None:
    as_.requester.create()
    assert as_.admin.query("/tickets")
    sim.delete_project("demo-project")
    assert as_.admin.query("/tickets") == []
    assert as_.requester("GET", "/tickets").json()["error"]["code"] == "ID.1001"


@pytest.mark.parametrize("loss", ["remove_from_project", "delete_virtual_id"])
@pytest.mark.parametrize("status", STATUSES)
def test_losing_an_approver_rejects_running_tickets(as_: Any, sim: Any, loss: str, status: str) -> None:
    ticket = bring_to(as_, sim, status)
    getattr(sim, loss)("approver2")
    running = status in ("Pending", "IntermediateApproved")
    assert as_.admin.status(ticket) == ("Rejected" if running else status)
    chain = as_.admin.query("/tickets/flow-collections", "name=chain")[0]
    assert chain["status"] == "Invalid"
    assert [flow["valid"] for flow in chain["flows"]] == [True, False, True]
    if running:
        last = as_.admin.query("/tickets/histories", f"ticketUuid={ticket}", sort="-sequence")[0]
        assert (last["fromStatus"], last["toStatus"]) == (status, "Rejected")
        assert last["comment"] == "审批人已经离开项目或者被删除，流程失效，因此驳回当前工单"
