"""Moving tickets: who may do what in which status."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.moves import EVENTS, MOVES, STATUSES

from .ticket_acts import bring_to


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("status", STATUSES)
def test_moves(as_: Any, sim: Any, status: str, event: str) -> None:
    ticket = bring_to(as_, sim, status)
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
    ticket = bring_to(as_, sim, "Pending")
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
    ticket = bring_to(as_, sim, "IntermediateApproved")
    as_.requester.event(ticket, "cancel")
    reopened = as_.requester.event(ticket, "reopen").json()["inventory"]
    assert "currentFlowUuid" not in reopened
    assert as_.approver2.event(ticket, "approve").status_code == 503
    assert as_.approver.event(ticket, "approve").status_code == 200


def test_cells_can_be_changed(as_: Any, sim: Any) -> None:
    ticket = bring_to(as_, sim, "Rejected")
    sim.set(move_changes="Rejected/reopen=denied, FinalApproved/cancel=Cancelled")
    assert as_.requester.event(ticket, "reopen").status_code == 503
    final = bring_to(as_, sim, "FinalApproved")
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
