"""Creating tickets: what becomes of what is sent, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from .ticket_acts import UPDATE_API, VM_API, VM_TYPE, request_of


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
    assert as_.requester.create(requests=[request_of(body=body)])["request"] == [request_of(body=body)]


def test_given_internals_are_kept(as_: Any) -> None:
    stored = as_.requester.create(requests=[request_of(body={"id": "mine", "timeout": -1.0})])["request"][0]
    assert (stored["apiBody"]["id"], stored["apiBody"]["timeout"]) == ("mine", -1.0)


def test_execute_times(as_: Any, sim: Any) -> None:
    sim.set(store_message_internals=False)
    requests = [request_of(executeTimes=2.0), request_of(executeTimes="3"), {"apiName": VM_API}]
    stored = as_.requester.create(requests=requests)["request"]
    assert [request["executeTimes"] for request in stored] == [2, 3, 0]
    assert "requestName" not in stored[2]


def test_integers_may_come_back_as_doubles(as_: Any, sim: Any) -> None:
    sim.set(integers_as_doubles=True)
    answer = as_.requester(
        "POST", "/tickets", json=as_.requester.ticket_body(requests=[request_of(body={"cpuNum": 2})])
    )
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
    ({"requests": [request_of("org.zstack.Nothing")]}, "SYS.1007", "未找到匹配的票证类型"),
    ({"requests": [request_of(), request_of(UPDATE_API)]}, "SYS.1007", "未找到匹配的票证类型"),
    (
        {"requests": [request_of(), request_of("org.zstack.Nothing")]},
        "SYS.1007",
        "无效的请求。找不到API[org.zstack.Nothing]",
    ),
    (
        {"requests": [request_of(body={"l3NetworkUuids": "x"})]},
        "SYS.1007",
        f"无效的请求，无法通过apiBody创建API[class {VM_API}]，java.lang.IllegalStateException: Expected BEGIN_ARRAY "
        "but was STRING at line 1 column 20 path $.l3NetworkUuids",
    ),
    (
        {"requests": [request_of(body="text")]},
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
    update = [request_of(UPDATE_API)]
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
