"""Flow collections and flows."""

from __future__ import annotations

from typing import Any

import pytest

VM_TYPE = "3b933e9aaf2d49b9a3dcf0c92867790f"
UPDATE_TYPE = "ef064ef45fb446d381db7b7d5f71695c"
PATH = "/tickets/flow-collections"


def _body(sim: Any, *flows: Any, **changes: Any) -> dict[str, Any]:
    params = {"name": "new", "projectUuid": sim.uuids["demo_project"], "flows": list(flows), **changes}
    return {"params": {key: value for key, value in params.items() if value is not None}}


def _step(sim: Any, who: str, name: str | None = "step") -> dict[str, Any]:
    uuid = sim.uuids["admin"] if who == "admin" else sim.uuids[f"virtual_id_{who}"]
    return {"name": name, "approverUuid": uuid}


def test_creating(as_: Any, sim: Any, new_uuid: str) -> None:
    flows = [_step(sim, "approver2", "one"), _step(sim, "admin", "two")]
    body = _body(sim, *flows, isDefault="TRUE", ticketTypeUuids=[UPDATE_TYPE], resourceUuid=new_uuid)
    row = as_.approver.job("POST", PATH, json=body).json()["inventory"]
    assert (row["uuid"], row["state"], row["status"], row["isDefault"]) == (new_uuid, "Enabled", "Valid", True)
    assert row["ticketTypeUuids"] == [UPDATE_TYPE]
    first, second = row["flows"]
    assert "parentFlowUuid" not in first
    assert second["parentFlowUuid"] == first["uuid"]
    assert [flow["name"] for flow in row["flows"]] == ["one", "two"]
    assert as_.admin.query(PATH, "name=demo")[0]["isDefault"] is False


def test_refused_creations(as_: Any, sim: Any, new_uuid: str) -> None:
    step = _step(sim, "admin")
    cases = [
        (_body(sim, step, ticketTypeUuids=[VM_TYPE]), "一个票证类型只能有一个匹配流集合"),
        (_body(sim), "创建流程时需要至少一个步骤"),
        (_body(sim, flows=None), "创建流程时需要至少一个步骤"),
        (_body(sim, {**step, "approverTitle": "King"}), "错误的审批人职位King, 有效输入为[SystemAdmin, "),
        (_body(sim, {**step, "name": None}), "名称不能为空"),
        (_body(sim, {"name": "x"}), "Approveruuid不能为空"),
        (_body(sim, {"name": "x", "approverUuid": new_uuid}), f"找不到对应的IAM2VirtualIDVO[uuid:{new_uuid}]"),
        (
            _body(sim, _step(sim, "outsider")),
            f"virtual id[uuid:{sim.uuids['virtual_id_outsider']}]不属于项目[uuid:{sim.uuids['demo_project']}]",
        ),
        (_body(sim, _step(sim, "approver2")), "需要管理员或IAM2操作作为最后一个流的批准人"),
    ]
    for body, details in cases:
        error = as_.admin.error("POST", PATH, json=body)
        assert error["code"] == "SYS.1007"
        assert error["details"].startswith(details)
    assert as_.admin.error("POST", PATH, json=_body(sim, step, projectUuid=new_uuid))["code"] == "SYS.1003"
    assert as_.admin.error("POST", PATH, json=_body(sim, step, ticketTypeUuids=[new_uuid]))["code"] == "SYS.1003"
    sim.set(last_approver_rule=False)
    assert as_.admin.job("POST", PATH, json=_body(sim, _step(sim, "approver2"))).status_code == 200


def test_type_check_of_is_default_comes_at_once(as_: Any, sim: Any) -> None:
    answer = as_.admin("POST", PATH, json=_body(sim, _step(sim, "admin"), isDefault="yes"))
    assert answer.status_code == 400
    assert answer.text == "boolean属性字段[isDefault]无效，[yes]不是一个有效的boolean字符串[true, false]"


def test_only_managers_of_the_project_may(as_: Any, sim: Any) -> None:
    body = _body(sim, _step(sim, "admin"))
    for name in ("requester", "auditor"):
        error = getattr(as_, name).error("POST", PATH, json=body)
        assert error["code"] == "SYS.1006"
    action = {"updateIAM2TicketFlowCollection": {"name": "mine"}}
    error = as_.approver.error("PUT", f"{PATH}/{sim.uuids['system_collection']}/actions", json=action)
    assert error["details"].endswith("type:TicketFlowCollectionVO]的所有者")


def test_updating(as_: Any, sim: Any) -> None:
    demo = sim.uuids["demo_collection"]
    flows = [_step(sim, "approver2", "first"), _step(sim, "approver", "last")]
    action = {"updateIAM2TicketFlowCollection": {"name": "renamed", "flows": flows, "isDefault": False}}
    row = as_.admin.job("PUT", f"{PATH}/{demo}/actions", json=action).json()["inventory"]
    assert (row["name"], row["isDefault"], [flow["name"] for flow in row["flows"]]) == (
        "renamed",
        False,
        ["first", "last"],
    )
    ticket = as_.requester.create()["uuid"]
    assert as_.approver2.event(ticket, "approve").json()["inventory"]["status"] == "IntermediateApproved"


@pytest.mark.parametrize("event", ["nonsense", "ENABLE"])
def test_state_events_are_checked(as_: Any, sim: Any, event: str) -> None:
    path = f"{PATH}/{sim.uuids['demo_collection']}/actions"
    error = as_.admin.error("PUT", path, json={"changeTicketFlowCollectionState": {"stateEvent": event}})
    assert error["details"] == (
        "valid value for field[stateEvent] of message[org.zstack.header.message.ApiMessageParamValidator] "
        f"are [enable, disable], but {event} found"
    )


def test_ticket_types_of_a_collection(as_: Any, sim: Any) -> None:
    chain = f"{PATH}/{sim.uuids['chain_collection']}/ticket-types"
    error = as_.admin.error("POST", chain, json={"params": {"ticketTypeUuids": [VM_TYPE]}})
    assert error["details"] == "一个票证类型只能有一个匹配流集合"
    assert as_.admin.error("POST", chain, json={"params": {"ticketTypeUuids": []}})["code"] == "SYS.1007"
    assert as_.admin.error("DELETE", chain)["details"].startswith("field[ticketTypeUuids] of message")
    assert as_.admin.job("POST", chain, json={"params": {"ticketTypeUuids": [UPDATE_TYPE]}}).text == "{}"
    assert as_.admin.query(PATH, "name=chain")[0]["ticketTypeUuids"] == [UPDATE_TYPE]


def test_adding_changing_and_deleting_flows(as_: Any, sim: Any) -> None:
    demo = sim.uuids["demo_collection"]
    (root,) = as_.admin.query("/tickets/flow", f"collectionUuid={demo}")
    params = {"name": "", "collectionUuid": demo, "approverUuid": sim.uuids["admin"]}
    assert as_.admin.error("POST", "/tickets/flow", json={"params": params})["details"] == "创建步骤时需要填写名称"
    params["name"] = "end"
    end = as_.admin.job("POST", "/tickets/flow", json={"params": params}).json()["inventory"]
    assert end["parentFlowUuid"] == root["uuid"]
    between = {
        "name": "between",
        "collectionUuid": demo,
        "approverUuid": sim.uuids["virtual_id_approver2"],
        "parentFlowUuid": root["uuid"],
    }
    middle = as_.admin.job("POST", "/tickets/flow", json={"params": between}).json()["inventory"]
    names = [flow["name"] for flow in as_.admin.query(PATH, "name=demo")[0]["flows"]]
    assert names == ["team approval", "between", "end"]
    action = {"updateIAM2TicketFlow": {"approverUuid": sim.uuids["virtual_id_approver2"]}}
    error = as_.admin.error("PUT", f"/tickets/flow/{end['uuid']}/actions", json=action)
    assert error["details"] == "需要管理员或IAM2操作作为最后一个流的批准人"
    error = as_.admin.error("DELETE", f"/tickets/flow/{end['uuid']}")
    assert error["details"] == "需要管理员或IAM2操作作为最后一个流的批准人"
    assert as_.admin.job("DELETE", f"/tickets/flow/{middle['uuid']}").text == "{}"
    assert [flow["name"] for flow in as_.admin.query(PATH, "name=demo")[0]["flows"]] == ["team approval", "end"]
    error = as_.admin.error("POST", "/tickets/flow", json={"params": {**params, "parentFlowUuid": middle["uuid"]}})
    assert error["code"] == "SYS.1003"


def test_a_new_approver_makes_a_collection_valid_again(as_: Any, sim: Any) -> None:
    sim.remove_from_project("approver2")
    chain = as_.admin.query(PATH, "name=chain")[0]
    assert chain["status"] == "Invalid"
    action = {"updateIAM2TicketFlow": {"approverUuid": sim.uuids["virtual_id_requester2"], "name": "deputy"}}
    flow = as_.admin.job("PUT", f"/tickets/flow/{chain['flows'][1]['uuid']}/actions", json=action).json()["inventory"]
    assert (flow["name"], flow["valid"]) == ("deputy", True)
    assert as_.admin.query(PATH, "name=chain")[0]["status"] == "Valid"


def test_a_ticket_whose_collection_is_gone(as_: Any, sim: Any) -> None:
    ticket = as_.requester.create()["uuid"]
    assert as_.admin.job("DELETE", f"{PATH}/{sim.uuids['demo_collection']}").text == "{}"
    assert (
        as_.admin.query("/tickets/flow", "name=team approval", f"collectionUuid={sim.uuids['demo_collection']}") == []
    )
    assert as_.approver.event(ticket, "approve").json()["error"]["code"] == "SYS.1006"
    assert as_.requester.event(ticket, "cancel").status_code == 200


def test_ticket_types(as_: Any) -> None:
    types = as_.requester.query("/ticket-types")
    vm_type = next(row for row in types if row["uuid"] == VM_TYPE)
    assert (vm_type["name"], vm_type["type"]) == ("CREATE_VM_INSTANCE_TICKET_TYPE",) * 2
    assert (vm_type["requests"], vm_type["adminOnly"]) == ("", False)
    assert len(types) > 1


def test_deleting_a_collection_in_use(as_: Any, sim: Any) -> None:
    sim.set(used_collection_can_be_deleted=False)
    path = f"{PATH}/{sim.uuids['demo_collection']}"
    ticket = as_.requester.create()["uuid"]
    error = as_.admin.error("DELETE", path)
    assert error["code"] == "SYS.1004"
    assert ticket in error["cause"]["details"]
    as_.requester.event(ticket, "cancel")
    assert as_.admin.job("DELETE", path).text == "{}"


def test_flows_that_are_not_linked_anew(as_: Any, sim: Any) -> None:
    """All flows are shown then, also those that the chain does not reach any more."""
    sim.set(flows_are_relinked=False)
    collection = sim.uuids["chain_collection"]
    first, second, third = as_.admin.query(PATH, f"uuid={collection}")[0]["flows"]
    params = {"collectionUuid": collection, "parentFlowUuid": first["uuid"], **_step(sim, "admin", "new")}
    new = as_.admin.job("POST", "/tickets/flow", json={"params": params}).json()["inventory"]
    parents = {
        flow["uuid"]: flow.get("parentFlowUuid") for flow in as_.admin.query(PATH, f"uuid={collection}")[0]["flows"]
    }
    assert parents[new["uuid"]] == parents[second["uuid"]] == first["uuid"]
    assert as_.admin.job("DELETE", f"/tickets/flow/{second['uuid']}").text == "{}"
    flows = as_.admin.query(PATH, f"uuid={collection}")[0]["flows"]
    assert [flow["uuid"] for flow in flows] == [first["uuid"], new["uuid"], third["uuid"]]
    assert flows[2]["parentFlowUuid"] == second["uuid"]
