# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.module_utils._tickets.execution import Execution, execution
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.history import HistoryEntry
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.model import Request
from ansible_collections.zstack.tickets.tests.unit.module_utils.tickets.strategies import json_values, members_of

REPORT_MEMBERS = ("requestName", "successTimes", "failureTimes", "errors", "success")
ERROR = {"code": "SYS.1006", "description": "An operation failed", "details": "no host has room"}

MAKE = Request("make a vm", "org.example.APICreateMsg", 2, {})
GROW = Request("grow a vm", "org.example.APIUpdateMsg", 1, {})
UNNAMED = Request(None, "org.example.APICreateMsg", 1, {})


def report(name: str | None, success: float = 0, failure: float = 0, **more: t.Any) -> dict[str, t.Any]:
    return {"requestName": name, "successTimes": success, "failureTimes": failure, "errors": [], **more}


def history(*rows: tuple[str, str, t.Any]) -> list[HistoryEntry]:
    return [
        HistoryEntry.from_inventory(
            {"fromStatus": before, "toStatus": after, "sequence": number, "operationContext": context}
        )
        for number, (before, after, context) in enumerate(rows)
    ]


APPROVAL = ("Pending", "FinalApproved", None)


def executed(*reports: t.Any) -> list[HistoryEntry]:
    return history(APPROVAL, ("FinalApproved", "FinalApproved", {"requestResults": list(reports)}))


def result(name: str | None, success: int = 0, failure: int = 0, errors: t.Sequence[t.Any] = ()) -> dict[str, t.Any]:
    return {"request_name": name, "success_times": success, "failure_times": failure, "errors": list(errors)}


def test_all_calls_succeeded() -> None:
    found = execution(executed(report("make a vm", 2.0), report("grow a vm", 1)), [MAKE, GROW])
    assert found == Execution(True, False, (result("make a vm", 2), result("grow a vm", 1)))
    assert found.to_result() == {
        "finished": True,
        "failed": False,
        "results": [result("make a vm", 2), result("grow a vm", 1)],
    }


def test_a_call_failed() -> None:
    found = execution(executed(report("make a vm", 1, 1, errors=[ERROR]), report("grow a vm", 1)), [MAKE, GROW])
    assert (found.finished, found.failed) == (True, True)
    assert found.results[0] == result("make a vm", 1, 1, [ERROR])


@pytest.mark.parametrize(
    ("entries", "count"),
    [
        ([], 0),
        (history(("Pending", "Pending", {"requestResults": [report("make a vm", 2)]})), 0),
        (history(APPROVAL), 0),
        (executed(), 0),
        (executed(report("make a vm", 2)), 1),
        (executed(report("grow a vm", 1)), 1),
        (executed(report("make a vm", 1), report("grow a vm", 1)), 2),
    ],
)
def test_more_is_to_come(entries: list[HistoryEntry], count: int) -> None:
    found = execution(entries, [MAKE, GROW])
    assert (found.finished, found.failed, len(found.results)) == (False, False, count)


@pytest.mark.parametrize(
    ("found", "finished"),
    [
        ({"successTimes": 1}, False),
        ({"failureTimes": 0}, False),
        ({"successTimes": 2}, True),
        ({"successTimes": 3}, True),
        ({"failureTimes": 1}, True),
        ({"successTimes": 0, "failureTimes": 1}, True),
        ({"errors": [ERROR]}, True),
        ({}, True),
    ],
)
def test_when_a_result_is_complete(found: dict[str, t.Any], finished: bool) -> None:
    assert execution(executed({"requestName": "make a vm", **found}), [MAKE]).finished is finished


def test_nothing_is_finished_as_long_as_nothing_is_known() -> None:
    assert not execution(executed(), []).finished
    assert execution(executed(report("make a vm", 2)), []).finished


def test_a_failure_shows_before_the_end() -> None:
    found = execution(executed(report("make a vm", 0, 1)), [MAKE, GROW])
    assert (found.finished, found.failed) == (False, True)


def test_results_without_counts_finish_by_being_there() -> None:
    found = execution(
        executed({"requestName": "make a vm", "success": [{}, {}]}, {"requestName": "grow a vm"}), [MAKE, GROW]
    )
    assert found == Execution(True, False, (result("make a vm", 2), result("grow a vm")))
    failed = execution(
        executed({"requestName": "make a vm", "errors": [ERROR]}, {"requestName": "grow a vm"}), [MAKE, GROW]
    )
    assert failed == Execution(True, True, (result("make a vm", 0, 1, [ERROR]), result("grow a vm")))


def test_the_newest_totals_count() -> None:
    entries = history(
        APPROVAL,
        ("FinalApproved", "FinalApproved", {"requestResults": [report("make a vm", 1)]}),
        ("FinalApproved", "FinalApproved", {"requestResults": [report("make a vm", 2)]}),
        ("FinalApproved", "FinalApproved", {"requestResults": [report("grow a vm", 1)]}),
    )
    assert execution(entries, [MAKE, GROW]) == Execution(True, False, (result("make a vm", 2), result("grow a vm", 1)))


def test_the_results_may_stand_in_the_row_of_the_approval_and_as_text() -> None:
    entries = history(("Pending", "FinalApproved", json.dumps({"requestResults": [report("grow a vm", 1.0)]})))
    assert execution(entries, [GROW]) == Execution(True, False, (result("grow a vm", 1),))


def test_reports_may_name_the_api() -> None:
    found = execution(executed(report(UNNAMED.api_name, 1), report(MAKE.api_name, 2)), [UNNAMED, MAKE])
    assert found == Execution(True, False, (result(UNNAMED.api_name, 1), result("make a vm", 2)))


def test_requests_of_one_name_are_told_by_their_order() -> None:
    twice = [MAKE, Request("make a vm", "org.example.APICreateMsg", 1, {})]
    assert execution(executed(report("make a vm", 2), report("make a vm", 1)), twice).finished
    assert not execution(executed(report("make a vm", 1), report("make a vm", 1)), twice).finished


def test_reports_with_strange_names_are_told_by_their_order() -> None:
    found = execution(executed(report("1", 2), report("grow a vm", 1), report(None, 1)), [MAKE, GROW])
    assert found == Execution(True, False, (result("make a vm", 2), result("grow a vm", 1), result(None, 1)))


def test_a_rejection_after_the_final_approval_is_a_failed_execution() -> None:
    found = execution(history(APPROVAL, ("FinalApproved", "Rejected", None)), [MAKE])
    assert found == Execution(True, True, ())


def test_a_refusal_is_no_execution() -> None:
    assert execution(history(("Pending", "Rejected", None)), [MAKE]) == Execution(False, False, ())


def test_an_earlier_round_does_not_count() -> None:
    entries = history(
        APPROVAL,
        ("FinalApproved", "Rejected", {"requestResults": [report("grow a vm", 0, 1)]}),
        ("Rejected", "Pending", None),
    )
    assert execution(entries, [GROW]) == Execution(False, False, ())


def test_errors_that_are_mere_text() -> None:
    found = execution(executed(report("grow a vm", 0, 1, errors=["no room"])), [GROW])
    assert found.results == (result("grow a vm", 0, 1, [{"details": "no room"}]),)


near_reports = st.lists(
    members_of(REPORT_MEMBERS, json_values | st.integers(0, 3) | st.sampled_from(["make a vm", "grow a vm"]))
)


@given(st.lists(near_reports | json_values, max_size=3))
def test_any_shape_of_results_is_survived(contexts: list[t.Any]) -> None:
    rows = [("FinalApproved", "FinalApproved", {"requestResults": context}) for context in contexts]
    found = execution(history(APPROVAL, *rows), [MAKE, GROW])
    json.dumps(found.to_result(), allow_nan=False)
    assert len(found.results) >= 2 or not found.finished
    assert found.failed == any(each["failure_times"] > 0 for each in found.results)


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 5)), min_size=1, max_size=4), st.booleans())
def test_an_execution_is_finished_when_every_request_has_run_as_often_as_asked(
    counts: list[tuple[int, int]], by_api: bool
) -> None:
    requests = [Request(f"r{number}", f"api{number}", times, {}) for number, (times, _more) in enumerate(counts)]
    names = [each.api_name if by_api else each.request_name for each in requests]
    reports = [report(name, counts[number][1]) for number, name in enumerate(names)]
    found = execution(executed(*reports), requests)
    assert found.finished == all(done >= times for times, done in counts)
    assert not found.failed
