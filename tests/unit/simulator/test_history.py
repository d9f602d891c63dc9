"""Status history and the execution of requests."""

from __future__ import annotations

from typing import Any

import pytest

VM_API = "org.zstack.header.vm.APICreateVmInstanceMsg"


def _request(name: str, times: int = 1) -> dict[str, Any]:
    return {"requestName": f"make {name}", "apiName": VM_API, "executeTimes": times, "apiBody": {"name": name}}


def _history(call: Any, ticket: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = call.query("/tickets/histories", f"ticketUuid={ticket}", sort="sequence")
    return rows


def test_rows_tell_who_did_what(as_: Any, sim: Any) -> None:
    ticket = as_.requester.create()["uuid"]
    as_.requester.event(ticket, "cancel", " not yet ")
    as_.requester.event(ticket, "reopen")
    as_.approver.event(ticket, "reject", "no")
    rows = _history(as_.requester, ticket)
    moves = [(row["fromStatus"], row["toStatus"], row.get("comment"), row.get("flowName")) for row in rows]
    assert moves == [
        ("Pending", "Cancelled", "not yet", None),
        ("Cancelled", "Pending", None, None),
        ("Pending", "Rejected", "no", "team approval"),
    ]
    assert [row["sequence"] for row in rows] == sorted({row["sequence"] for row in rows})
    assert rows[0]["operatorUuid"] == sim.uuids["virtual_id_requester"]
    assert (rows[2]["operatorUuid"], rows[2]["operatorType"]) == (sim.uuids["virtual_id_approver"], "iam2")


def test_sequence_counts_over_all_tickets(as_: Any) -> None:
    for _time in range(2):
        as_.requester.event(as_.requester.create()["uuid"], "cancel")
    assert [row["sequence"] for row in as_.admin.query("/tickets/histories", sort="sequence")] == [1, 2]


def test_results_follow_the_final_approval(as_: Any, sim: Any) -> None:
    sim.set(execution_delay=20)
    ticket = as_.requester.create(requests=[_request("a", 2), _request("fail-b", 3)])["uuid"]
    assert as_.approver.event(ticket, "approve").json()["inventory"]["status"] == "FinalApproved"
    assert len(_history(as_.requester, ticket)) == 1
    sim.clock.advance(21)
    row = _history(as_.requester, ticket)[1]
    assert (row["fromStatus"], row["toStatus"]) == ("FinalApproved", "FinalApproved")
    first, second = row["operationContext"]["requestResults"]
    assert (first["requestName"], first["successTimes"], first["failureTimes"], first["errors"]) == ("make a", 2, 0, [])
    assert len(first["success"]) == 2
    assert (second["requestName"], second["successTimes"], second["failureTimes"]) == ("make fail-b", 0, 3)
    assert {error["code"] for error in second["errors"]} == {"SYS.1006"}
    assert second["errors"][0]["details"].startswith("无法从事件中获取值：")
    assert as_.requester.status(ticket) == "FinalApproved"


def test_part_of_the_executions_may_fail(as_: Any, sim: Any) -> None:
    sim.set(execution_failure_pattern="^half", execution_failures=1, result_names_api=True)
    ticket = as_.requester.create(requests=[_request("half", 3)])["uuid"]
    as_.approver.event(ticket, "approve")
    (result,) = _history(as_.requester, ticket)[1]["operationContext"]["requestResults"]
    assert (result["requestName"], result["successTimes"], result["failureTimes"]) == (VM_API, 2, 1)


def test_failed_execution_may_reject(as_: Any, sim: Any) -> None:
    sim.set(execution_failure_rejects=True)
    ticket = as_.requester.create(requests=[_request("fail-x")])["uuid"]
    as_.approver.event(ticket, "approve")
    assert as_.requester.status(ticket) == "Rejected"
    assert _history(as_.requester, ticket)[1]["toStatus"] == "Rejected"


def test_executor_without_the_api(as_: Any, sim: Any) -> None:
    sim.set(execution_unknown_api=VM_API)
    ticket = as_.requester.create(requests=[_request("x")])["uuid"]
    as_.approver.event(ticket, "approve")
    (result,) = _history(as_.requester, ticket)[1]["operationContext"]["requestResults"]
    assert result["errors"][0]["details"] == f"找不到API类[名称：{VM_API}]"


def test_a_restart_forgets_executions(as_: Any, sim: Any) -> None:
    sim.set(execution_delay=20)
    ticket = as_.requester.create()["uuid"]
    as_.approver.event(ticket, "approve")
    sim.restart()
    sim.clock.advance(100)
    assert len(sim.cloud.histories) == 1


@pytest.mark.parametrize(("switch", "rows"), [("create_writes_history", 1), ("update_writes_history", 2)])
def test_more_rows_by_switch(as_: Any, sim: Any, switch: str, rows: int) -> None:
    sim.set(**{switch: True})
    ticket = as_.requester.create()["uuid"]
    if switch == "update_writes_history":
        as_.requester.event(ticket, "cancel")
        body = {"updateTicketRequest": {"requests": [_request("new")]}}
        as_.requester.job("PUT", f"/tickets/{ticket}/actions", json=body)
    assert len(_history(as_.requester, ticket)) == rows
