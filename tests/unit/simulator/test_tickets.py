"""Tickets: creating, moving, updating, deleting, and every message about them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.moves import EVENTS, MOVES, STATUSES

VM_API = "org.zstack.header.vm.APICreateVmInstanceMsg"
UPDATE_API = "org.zstack.header.vm.APIUpdateVmInstanceMsg"
VM_TYPE = "3b933e9aaf2d49b9a3dcf0c92867790f"


def _request(api: str = VM_API, body: Any = None, **members: Any) -> dict[str, Any]:
    return {"requestName": "r", "apiName": api, "executeTimes": 1, "apiBody": {} if body is None else body, **members}


def _bring_to(as_: Any, sim: Any, status: str) -> str:
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


def test_created_ticket(as_: Any, sim: Any, new_uuid: str) -> None:
    ticket = as_.requester.create("  name  ", description=" text ", resourceUuid=new_uuid)
    dates = {ticket.pop("createDate"), ticket.pop("lastOpDate")}
    assert len(dates) == 1
    stored = ticket.pop("request")
    assert ticket == {
        "uuid": new_uuid,
        "name": "name",
        "description": "text",
        "status": "Pending",
        "accountSystemType": "iam2",
        "ticketTypeUuid": VM_TYPE,
        "accountSystemContext": {
            "projectUuid": sim.uuids["demo_project"],
            "virtualIDUuid": sim.uuids["virtual_id_requester"],
        },
        "flowCollectionUuid": sim.uuids["demo_collection"],
    }
    assert set(stored[0]) == {"requestName", "apiName", "executeTimes", "apiBody"}
    assert set(stored[0]["apiBody"]) == {"name", "timeout", "headers", "id", "createdTime"}


def test_the_body_may_be_stored_as_sent(as_: Any, sim: Any) -> None:
    sim.set(store_message_internals=False)
    body = {"name": "vm", "l3NetworkUuids": ["a"], "cpuNum": 2}
    assert as_.requester.create(requests=[_request(body=body)])["request"] == [_request(body=body)]


def test_given_internals_are_kept(as_: Any) -> None:
    stored = as_.requester.create(requests=[_request(body={"id": "mine", "timeout": -1.0})])["request"][0]
    assert (stored["apiBody"]["id"], stored["apiBody"]["timeout"]) == ("mine", -1.0)


def test_execute_times(as_: Any, sim: Any) -> None:
    sim.set(store_message_internals=False)
    requests = [_request(executeTimes=2.0), _request(executeTimes="3"), {"apiName": VM_API}]
    stored = as_.requester.create(requests=requests)["request"]
    assert [request["executeTimes"] for request in stored] == [2, 3, 0]
    assert "requestName" not in stored[2]


def test_integers_may_come_back_as_doubles(as_: Any, sim: Any) -> None:
    sim.set(integers_as_doubles=True)
    answer = as_.requester("POST", "/tickets", json=as_.requester.ticket_body(requests=[_request(body={"cpuNum": 2})]))
    text = as_.requester.poll(answer).text
    assert '"executeTimes":1.0' in text
    assert '"cpuNum":2.0' in text
    assert '"timeout":-1.0' in text
    assert "E12" in text.partition("createdTime")[2]


@pytest.mark.parametrize(
    ("style", "pattern"),
    [
        ("jdk8", r"[A-Z][a-z]{2} \d{1,2}, \d{4} \d{1,2}:\d\d:\d\d [AP]M"),
        ("jdk9", r"[A-Z][a-z]{2} \d{1,2}, \d{4}, \d{1,2}:\d\d:\d\d [AP]M"),
        ("jdk20", "[A-Z][a-z]{2} \\d{1,2}, \\d{4}, \\d{1,2}:\\d\\d:\\d\\d\u202f[AP]M"),
    ],
)
def test_timestamps(as_: Any, sim: Any, style: str, pattern: str) -> None:
    import re

    ticket = as_.requester.create()["uuid"]
    sim.set(timestamp_style=style)
    shown = as_.requester.query("/tickets", f"uuid={ticket}")[0]["createDate"]
    assert re.fullmatch(pattern, shown)


def test_timestamps_are_in_the_servers_zone(as_: Any, sim: Any) -> None:
    from datetime import datetime

    ticket = as_.requester.create()["uuid"]
    first = as_.requester.query("/tickets", f"uuid={ticket}")[0]["createDate"]
    sim.set(server_timezone="Asia/Shanghai")
    second = as_.requester.query("/tickets", f"uuid={ticket}")[0]["createDate"]
    form = "%b %d, %Y %I:%M:%S %p"
    assert (datetime.strptime(second, form) - datetime.strptime(first, form)).total_seconds() == 8 * 3600


CREATION_ERRORS = [
    ({"accountSystemType": "account"}, "SYS.1007", "未定义的accountSystemType[account]类型"),
    ({"requests": [_request("org.zstack.Nothing")]}, "SYS.1007", "未找到匹配的票证类型"),
    ({"requests": [_request(), _request(UPDATE_API)]}, "SYS.1007", "未找到匹配的票证类型"),
    (
        {"requests": [_request(), _request("org.zstack.Nothing")]},
        "SYS.1007",
        "无效的请求。找不到API[org.zstack.Nothing]",
    ),
    (
        {"requests": [_request(body={"l3NetworkUuids": "x"})]},
        "SYS.1007",
        f"无效的请求，无法通过apiBody创建API[class {VM_API}]，java.lang.IllegalStateException: Expected BEGIN_ARRAY "
        "but was STRING at line 1 column 20 path $.l3NetworkUuids",
    ),
    (
        {"requests": [_request(body="text")]},
        "SYS.1007",
        f"无效的请求，无法通过apiBody创建API[class {VM_API}]，java.lang.IllegalStateException: Expected BEGIN_OBJECT "
        "but was STRING at line 1 column 2 path $",
    ),
]


@pytest.mark.parametrize(("changes", "code", "details"), CREATION_ERRORS)
def test_refused_creations(as_: Any, changes: Any, code: str, details: str) -> None:
    error = as_.requester.error("POST", "/tickets", json=as_.requester.ticket_body(**changes))
    assert (error["code"], error["details"]) == (code, details)
    assert as_.requester.query("/tickets") == []


@pytest.mark.parametrize("code", ["SYS.1006", "SYS.1007"])
def test_code_of_ticket_rules_is_a_switch(as_: Any, sim: Any, code: str) -> None:
    sim.set(ticket_rule_code=code, locale="en_US")
    error = as_.requester.error("POST", "/tickets", json=as_.requester.ticket_body(accountSystemType="x"))
    assert (error["code"], error["details"]) == (code, "no accountSystemType[x] defined in system")
    ticket = as_.requester.create()["uuid"]
    assert as_.requester.event(ticket, "open").json()["error"]["code"] == code


def test_flow_collection_of_a_ticket(as_: Any, sim: Any) -> None:
    uuids, body = sim.uuids, as_.requester.ticket_body
    update = [_request(UPDATE_API)]
    # An unbound type goes to the project's default; that is bound to another type
    error = as_.requester.error("POST", "/tickets", json=body(requests=update))
    assert error["details"] == (
        f"票证流集合[uuid：{uuids['demo_collection']}]与票证类型[uuid：ef064ef45fb446d381db7b7d5f71695c]不匹配"
    )
    chosen = as_.requester.create(requests=update, flowCollectionUuid=uuids["chain_collection"])
    assert chosen["flowCollectionUuid"] == uuids["chain_collection"]
    system = as_.requester.create(requests=update, flowCollectionUuid=uuids["system_collection"])
    assert system["flowCollectionUuid"] == uuids["system_collection"]
    sim.set(unbound_collection_matches=False)
    error = as_.requester.error("POST", "/tickets", json=body(flowCollectionUuid=uuids["chain_collection"]))
    assert error["code"] == "SYS.1007"
    as_.admin.job("DELETE", f"/tickets/flow-collections/{uuids['demo_collection']}")
    assert as_.requester.create()["flowCollectionUuid"] == uuids["system_collection"]
    as_.admin.job("DELETE", f"/tickets/flow-collections/{uuids['system_collection']}")
    error = as_.requester.error("POST", "/tickets", json=body())
    assert error["details"].startswith("找不到匹配的票证流集合或找不到默认的票证流集合")


def test_disabled_invalid_and_foreign_collections(as_: Any, sim: Any, new_uuid: str) -> None:
    demo, body = sim.uuids["demo_collection"], as_.requester.ticket_body
    path = f"/tickets/flow-collections/{demo}/actions"
    as_.admin.job("PUT", path, json={"changeTicketFlowCollectionState": {"stateEvent": "disable"}})
    error = as_.requester.error("POST", "/tickets", json=body())
    assert error["details"] == f"工单流程[uuid:{demo}]处于禁用状态，无法被使用"
    as_.admin.job("PUT", path, json={"changeTicketFlowCollectionState": {"stateEvent": "enable"}})
    sim.remove_from_project("approver")
    error = as_.requester.error("POST", "/tickets", json=body())
    assert error["details"] == f"当前工单流程[uuid:{demo}]失效，请联系admin修复"
    params = {"name": "theirs", "projectUuid": sim.uuids["other_project"], "flows": [{"name": "a"}]}
    params["flows"][0]["approverTitle"] = "SystemAdmin"
    theirs = as_.admin.job("POST", "/tickets/flow-collections", json={"params": params}).json()["inventory"]["uuid"]
    error = as_.requester.error("POST", "/tickets", json=body(flowCollectionUuid=theirs))
    assert (error["code"], error["details"]) == (
        "SYS.1006",
        f"操作无效，因为流程[uuid:{theirs}]不属于项目[uuid:{sim.uuids['demo_project']}]",
    )
    error = as_.requester.error("POST", "/tickets", json=body(flowCollectionUuid=new_uuid))
    assert (error["code"], error["details"]) == (
        "SYS.1003",
        f"invalid field[flowCollectionUuid], resource[uuid:{new_uuid}, type:TicketFlowCollectionVO] not found",
    )


def test_context_is_the_callers_own(as_: Any, sim: Any) -> None:
    error = as_.requester2.error("POST", "/tickets", json=as_.requester2.ticket_body())
    assert error["code"] == "SYS.1006"
    error = as_.requester.error("POST", "/tickets", json=as_.requester.ticket_body(accountSystemContext={}))
    assert error["code"] == "SYS.1003"
    sim.set(context_must_match_session=False)
    assert as_.requester2.create()["status"] == "Pending"
    assert as_.admin.create()["status"] == "Pending"
    sim.set(admin_may_create=False)
    assert as_.admin.error("POST", "/tickets", json=as_.admin.ticket_body())["details"] == (
        "默认情况下拒绝操作[API：org.zstack.ticket.api.APICreateTicketMsg]，请与管理员联系以更正"
    )


def test_readers_and_those_without_project_may_not_write(as_: Any) -> None:
    for call in (as_.auditor, as_.nobody.login("requester", None)):
        assert call.error("POST", "/tickets", json=call.ticket_body())["code"] == "SYS.1006"


def test_resource_uuid(as_: Any, sim: Any, new_uuid: str) -> None:
    as_.requester.create(resourceUuid=new_uuid)
    for taken in (new_uuid, sim.uuids["demo_collection"]):
        error = as_.requester.error("POST", "/tickets", json=as_.requester.ticket_body(resourceUuid=taken))
        assert error["code"] == "SYS.1000"
        assert error["details"].startswith("org.hibernate.exception.ConstraintViolationException: could not execute")
        assert "cost" not in error
    sim.set(duplicate_uuid_text="commit")
    error = as_.requester.error("POST", "/tickets", json=as_.requester.ticket_body(resourceUuid=new_uuid))
    assert "constraint [PRIMARY]" in error["details"]
    for wrong in ("0" * 32, new_uuid.upper(), "x"):
        error = as_.requester.error("POST", "/tickets", json=as_.requester.ticket_body(resourceUuid=wrong))
        assert error["code"] == "SYS.1007"
        assert error["details"].startswith(f"resourceUuid[{wrong}] is not a valid uuid")
    as_.requester.job("DELETE", f"/tickets/{new_uuid}")
    assert as_.requester.create(resourceUuid=new_uuid)["uuid"] == new_uuid
    sim.set(deleted_uuid_stays_taken=True)
    as_.requester.job("DELETE", f"/tickets/{new_uuid}")
    error = as_.requester.error("POST", "/tickets", json=as_.requester.ticket_body(resourceUuid=new_uuid))
    assert error["code"] == "SYS.1000"


def test_tags(as_: Any, sim: Any, new_uuid: str) -> None:
    body = as_.requester.ticket_body(systemTags=["strange::tag"])
    error = as_.requester.error("POST", "/tickets", json=body)
    assert (error["code"], error["details"]) == ("SYS.1007", "没有找到匹配strange::tag的系统标签")
    body["systemTags"] = ["ephemeral::anything"]  # the top of the body wins
    assert as_.requester.job("POST", "/tickets", json=body).status_code == 200
    assert as_.requester.create(tagUuids=[sim.uuids["tag"]])
    error = as_.requester.error("POST", "/tickets", json=as_.requester.ticket_body(tagUuids=[new_uuid, "x"]))
    assert (error["code"], error["details"]) == (
        "SYS.1003",
        f"invalid field[tagUuids], resource[uuids:[{new_uuid}, x], type:TagPatternVO] not found",
    )


def test_validation_only(as_: Any) -> None:
    dry = ["ephemeral::validationOnly"]
    body = as_.requester.ticket_body()
    for place in ({**body, "systemTags": dry}, {"params": {**body["params"], "systemTags": dry}}):
        answer = as_.requester.job("POST", "/tickets", json=place)
        assert (answer.status_code, answer.text) == (200, "{}")
    wrong = as_.requester.ticket_body(accountSystemType="x", systemTags=dry)
    assert as_.requester.error("POST", "/tickets", json=wrong)["code"] == "SYS.1007"
    assert as_.requester.query("/tickets") == []
    ticket = as_.requester.create()["uuid"]
    answer = as_.requester.job("DELETE", f"/tickets/{ticket}?systemTags=ephemeral::validationOnly")
    assert answer.status_code == 200
    assert as_.requester.status(ticket) == "Pending"


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("status", STATUSES)
def test_moves(as_: Any, sim: Any, status: str, event: str) -> None:
    ticket = _bring_to(as_, sim, status)
    move = MOVES[status, event]
    due = {"Pending": "approver", "IntermediateApproved": "approver2"}.get(status, "approver")
    caller = getattr(as_, due if event in ("approve", "reject") else "requester")
    answer = caller.event(ticket, event)
    if move.to is None:
        assert answer.json()["error"]["code"] == "SYS.1006"
        assert answer.json()["error"]["details"] == f"操作无效。当前工单状态为{status}，无法进行操作[{status}]"
        assert as_.admin.status(ticket) == status
    else:
        expected = "IntermediateApproved" if event == "approve" else move.to
        assert answer.json()["inventory"]["status"] == as_.admin.status(ticket) == expected


def test_every_cell_has_evidence() -> None:
    assert set(MOVES) == {(status, event) for status in STATUSES for event in EVENTS}
    assert all(move.evidence.split(":")[0].split()[0].rstrip(",") in EVIDENCE for move in MOVES.values())


EVIDENCE = ("DOCUMENTED", "INFERRED", "UNKNOWN")


def test_a_chain_is_approved_step_by_step(as_: Any, sim: Any) -> None:
    ticket = _bring_to(as_, sim, "Pending")
    flows = as_.requester.query("/tickets/flow", f"collectionUuid={sim.uuids['chain_collection']}")
    by_name = {flow["name"]: flow["uuid"] for flow in flows}
    seen = []
    for name in ("approver", "approver2", "admin"):
        for other in {"approver", "approver2", "admin"} - {name}:
            refused = getattr(as_, other).event(ticket, "approve").json()["error"]
            due = sim.uuids["admin"] if name == "admin" else sim.uuids[f"virtual_id_{name}"]
            assert refused["details"] == f"操作无效，需要account/virtual ID[uuid:{due}]才能完成操作"
        seen.append(getattr(as_, name).event(ticket, "approve").json()["inventory"])
    assert [(row["status"], row["currentFlowUuid"]) for row in seen] == [
        ("IntermediateApproved", by_name["team approval"]),
        ("IntermediateApproved", by_name["cost approval"]),
        ("FinalApproved", by_name["final approval"]),
    ]
    history = as_.requester.query("/tickets/histories", f"ticketUuid={ticket}", sort="sequence")
    assert [row.get("flowName") for row in history] == ["team approval", "cost approval", "final approval", None]


def test_admin_may_act_for_others_by_switch(as_: Any, sim: Any) -> None:
    ticket = as_.requester.create()["uuid"]
    assert as_.admin.event(ticket, "approve").status_code == 503
    error = as_.admin.event(ticket, "cancel").json()["error"]
    assert error["details"] == f"virtual ID[uuid:{sim.uuids['admin']}]不是工单[uuid:{ticket}, name:ticket]的所有者"
    sim.set(admin_may_act_for_approver=True, admin_may_act_for_owner=True)
    assert as_.admin.event(ticket, "cancel").json()["inventory"]["status"] == "Cancelled"
    assert as_.admin.event(ticket, "reopen").json()["inventory"]["status"] == "Pending"
    assert as_.admin.event(ticket, "approve").json()["inventory"]["status"] == "FinalApproved"


def test_others_are_not_the_owner(as_: Any, sim: Any) -> None:
    ticket = as_.requester.create()["uuid"]
    for event in ("cancel",):
        error = as_.requester2.event(ticket, event).json()["error"]
        assert error["details"].startswith(f"virtual ID[uuid:{sim.uuids['virtual_id_requester2']}]不是工单")
    error = as_.outsider.event(ticket, "cancel").json()["error"]
    assert error["code"] == "SYS.1006"
    assert error["details"].endswith(f"不是资源[uuid:{ticket}, type:TicketVO]的所有者")


def test_reopening_starts_from_the_first_step(as_: Any, sim: Any) -> None:
    ticket = _bring_to(as_, sim, "IntermediateApproved")
    as_.requester.event(ticket, "cancel")
    reopened = as_.requester.event(ticket, "reopen").json()["inventory"]
    assert "currentFlowUuid" not in reopened
    assert as_.approver2.event(ticket, "approve").status_code == 503
    assert as_.approver.event(ticket, "approve").status_code == 200


def test_cells_can_be_changed(as_: Any, sim: Any) -> None:
    ticket = _bring_to(as_, sim, "Rejected")
    sim.set(move_changes="Rejected/reopen=denied, FinalApproved/cancel=Cancelled")
    assert as_.requester.event(ticket, "reopen").status_code == 503
    final = _bring_to(as_, sim, "FinalApproved")
    assert as_.requester2.event(final, "cancel").status_code == 503
    assert as_.requester.event(final, "cancel").json()["inventory"]["status"] == "Cancelled"
    sim.set(move_changes="")
    assert as_.requester.event(ticket, "reopen").status_code == 200


@pytest.mark.parametrize("event", [None, "APPROVE", "nonsense"])
def test_unknown_events_are_null_to_the_server(as_: Any, event: str | None) -> None:
    ticket = as_.requester.create()["uuid"]
    error = as_.approver.event(ticket, event).json()["error"]
    assert (error["code"], error["details"]) == (
        "SYS.1007",
        "field[statusEvent] of message[org.zstack.header.message.ApiMessageParamValidator] is mandatory, "
        "can not be null",
    )


def test_missing_ticket(as_: Any, new_uuid: str) -> None:
    error = as_.requester.event(new_uuid, "cancel").json()["error"]
    assert (error["code"], error["details"]) == (
        "SYS.1003",
        f"invalid field[uuid], resource[uuid:{new_uuid}, type:TicketVO] not found",
    )


@pytest.mark.parametrize("status", STATUSES)
def test_updating_requests(as_: Any, sim: Any, status: str) -> None:
    ticket = _bring_to(as_, sim, status)
    body = {"updateTicketRequest": {"requests": [_request(body={"name": "new"})], "description": "why"}}
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
    ticket = _bring_to(as_, sim, "Cancelled")
    body = {"updateTicketRequest": {"requests": [_request("org.zstack.Nothing")]}}
    error = as_.requester.error("PUT", f"/tickets/{ticket}/actions", json=body)
    assert error["details"] == "无效的请求。找不到API[org.zstack.Nothing]"


@pytest.mark.parametrize("status", STATUSES)
def test_deleting_archives(as_: Any, sim: Any, status: str) -> None:
    ticket = _bring_to(as_, sim, status)
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
    ticket = _bring_to(as_, sim, "Pending")
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
    ticket = _bring_to(as_, sim, status)
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


def test_database_limits(as_: Any, sim: Any) -> None:
    call = as_.requester
    smile = "\U0001f600"
    for changes in (
        {"name": smile},
        {"description": smile},
        {"requests": [_request(body={"name": smile})]},
        {"requests": [_request(body={"name": "x" * 66000})]},
    ):
        error = call.error("POST", "/tickets", json=call.ticket_body(**changes))
        assert error["code"] == "SYS.1000"
    assert "Data too long for column 'requests'" in error["details"]
    ticket = call.create("汉字")["uuid"]
    assert call.event(ticket, "cancel", "汉" * 21846).json()["error"]["code"] == "SYS.1000"
    assert call.status(ticket) == "Pending"
    sim.set(utf8_three_bytes=False, requests_column_limit=100000)
    assert call.create(smile)["name"] == smile
    assert call.create(requests=[_request(body={"name": "x" * 66000})])


@pytest.mark.parametrize(
    ("changes", "details"),
    [
        (
            {"name": "x" * 256},
            "field[name] of message[V] exceeds max length of string. expected was <= 255, actual was 256",
        ),
        (
            {"description": "x" * 2049},
            "field[description] of message[V] exceeds max length of string. expected was <= 2048, actual was 2049",
        ),
        ({"requests": []}, "field[requests] must be a nonempty list"),
        ({"requests": [None]}, "field[requests] cannot contain a NULL element"),
        ({"accountSystemType": None}, "field[accountSystemType] of message[V] is mandatory, can not be null"),
    ],
)
def test_validator(as_: Any, changes: Any, details: str) -> None:
    body = as_.requester.ticket_body(**changes)
    error = as_.requester.error("POST", "/tickets", json=body)
    validator = "org.zstack.header.message.ApiMessageParamValidator"
    assert (error["code"], error["details"]) == ("SYS.1007", details.replace("[V]", f"[{validator}]"))


def test_length_is_counted_after_trimming_in_utf16(as_: Any, sim: Any) -> None:
    assert as_.requester.create(" " * 10 + "x" * 255)["name"] == "x" * 255
    sim.set(utf8_three_bytes=False)
    error = as_.requester.error("POST", "/tickets", json=as_.requester.ticket_body("\U0001f600" * 128))
    assert error["details"].endswith("actual was 256")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"requests": "x"}, "Expected BEGIN_ARRAY but was STRING at line 1 column 30 path $.requests"),
        ({"requests": ["x"]}, "Expected BEGIN_OBJECT but was STRING at line 1 column 31 path $.requests[0]"),
        ({"name": {"a": 1}}, "Expected a string but was BEGIN_OBJECT at line 1 column 10 path $.name"),
    ],
)
def test_wrong_json_types(as_: Any, changes: Any, text: str) -> None:
    answer = as_.requester("POST", "/tickets", json=as_.requester.ticket_body(**changes))
    assert answer.status_code == 500
    assert answer.text == f"java.lang.IllegalStateException: {text}"


def test_numbers_and_booleans_become_strings(as_: Any) -> None:
    assert as_.requester.create(12)["name"] == "12"
    assert as_.requester.create(True)["name"] == "true"


def test_integer_overflow_of_execute_times(as_: Any) -> None:
    body = as_.requester.ticket_body(requests=[_request(executeTimes=3000000000)])
    answer = as_.requester("POST", "/tickets", json=body)
    assert (answer.status_code, answer.text) == (
        500,
        "3000000000 is Integer overflow, Integer.MAX_VALUE is 2147483647",
    )
