"""The filter zstack.tickets.timeline."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.zstack.tickets.plugins.filter.timeline import timeline
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.history import HistoryEntry
from tests.unit.plugins.tickets import APPROVER, SUBMITTER, request, ticket


def told(*rows: tuple[Any, ...], **more: Any) -> list[tuple[Any, ...]]:
    """Event, who and comment of each event of a ticket with these rows: before, after, who, comment, results."""
    return [(event["event"], event["who"], event["comment"]) for event in timeline(with_history(*rows, **more))]


def with_history(*rows: tuple[Any, ...], **more: Any) -> dict[str, Any]:
    history = []
    for number, row in enumerate(rows):
        before, after, who, comment, results = (*row, None, None, None)[:5]
        entry = HistoryEntry.from_inventory(
            {
                "sequence": number,
                "fromStatus": before,
                "toStatus": after,
                "operatorUuid": who,
                "comment": comment,
                "flowName": "team approval",
                "createDate": f"2026-11-2{number} 09:00:00",
                "operationContext": {"requestResults": results} if results else None,
            }
        )
        history.append(entry.to_result())
    return ticket(request(2), history=history, **more)


def done(success: int = 2, failure: int = 0) -> list[dict[str, Any]]:
    errors = [{"code": "SYS.1006", "details": "no room"}] * failure
    return [{"requestName": "create vm", "successTimes": success, "failureTimes": failure, "errors": errors}]


SUBMITTED = ("submitted", SUBMITTER, None)
FINAL = {"status": "FinalApproved", "awaiting": None}


def test_fresh() -> None:
    first, last = timeline(with_history(description="Please."))
    assert first == {
        "event": "submitted",
        "date": "2026-11-20T08:00:00",
        "who": SUBMITTER,
        "step": None,
        "comment": "Please.",
        "results": [],
    }
    assert last == {
        "event": "awaiting",
        "date": None,
        "who": APPROVER,
        "step": "team approval",
        "comment": None,
        "results": [],
    }


def test_approved_step_by_step_and_executed() -> None:
    rows = [
        ("Pending", "IntermediateApproved", "x", "ok"),
        ("IntermediateApproved", "IntermediateApproved", "y"),
        ("IntermediateApproved", "FinalApproved", "z"),
        ("FinalApproved", "FinalApproved", "admin", None, done()),
    ]
    assert told(*rows, **FINAL) == [
        SUBMITTED,
        ("approved", "x", "ok"),
        ("approved", "y", None),
        ("approved", "z", None),
        ("executed", None, None),
    ]
    executed = timeline(with_history(*rows, **FINAL))[-1]
    assert executed["date"] == "2026-11-23T09:00:00"
    assert executed["results"] == [{"request_name": "create vm", "success_times": 2, "failure_times": 0, "errors": []}]


def test_rejected_reopened_recalled() -> None:
    rows = [
        ("Pending", "Rejected", "x", "no"),
        ("Rejected", "Pending", "s", "please"),
        ("Pending", "Cancelled", "s", "never mind"),
    ]
    assert told(*rows, status="Cancelled", awaiting=None) == [
        SUBMITTED,
        ("rejected", "x", "no"),
        ("reopened", "s", "please"),
        ("recalled", "s", "never mind"),
    ]


def test_not_executed_yet() -> None:
    assert told(("Pending", "FinalApproved", "x"), **FINAL) == [
        SUBMITTED,
        ("approved", "x", None),
        ("running", None, None),
    ]


@pytest.mark.parametrize("to_status", ["FinalApproved", "Rejected"])
def test_failed_execution(to_status: str) -> None:
    """Whether or not the server calls the ticket rejected then, nobody has refused it."""
    rows = [("Pending", "FinalApproved", "x"), ("FinalApproved", to_status, "admin", None, done(1, 1))]
    found = timeline(with_history(*rows, status=to_status, awaiting=None))
    assert [event["event"] for event in found] == ["submitted", "approved", "failed"]
    assert found[-1]["results"][0]["errors"][0]["details"] == "no room"


def test_results_in_the_row_of_the_approval() -> None:
    assert told(("Pending", "FinalApproved", "x", "ok", done()), **FINAL) == [
        SUBMITTED,
        ("approved", "x", "ok"),
        ("executed", None, None),
    ]


def test_of_several_reports_the_last_is_told() -> None:
    rows = [
        ("Pending", "FinalApproved", "x"),
        ("FinalApproved", "FinalApproved", "admin", None, done(1)),
        ("FinalApproved", "FinalApproved", "admin", None, done(2)),
    ]
    found = timeline(with_history(*rows, **FINAL))
    assert [(event["event"], event["date"]) for event in found[2:]] == [("executed", "2026-11-22T09:00:00")]
    assert found[-1]["results"][0]["success_times"] == 2


def test_servers_that_note_more_down() -> None:
    """Some note the creation down, which is told already, and updates."""
    rows = [("Pending", "Pending", "s"), ("Cancelled", "Cancelled", "s"), ("Pending", "Strange", "s")]
    assert told(*rows, status="Strange", awaiting=None) == [SUBMITTED, ("noted", "s", None), ("noted", "s", None)]


def test_history_is_needed() -> None:
    with pytest.raises(AnsibleFilterError, match="has no history"):
        timeline(ticket(request()))


def test_input_must_be_a_ticket() -> None:
    with pytest.raises(AnsibleFilterError, match="The ticket is 'web'"):
        timeline("web")
