# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What came of an approved ticket: the results of its requests, which the server keeps in the history.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import math
import typing as t
from dataclasses import dataclass

from .history import HistoryEntry, current_round
from .model import FINAL_APPROVED, REJECTED, Request
from .values import plain


@dataclass(frozen=True)
class Execution:
    """How far the requests have been executed.

    C(finished) says that nothing more is to come: for every request there is a result, and it shows a failure,
    or counts as many calls as the request asks for, or counts none at all.
    C(failed) says that a call failed, or that the server rejected the ticket after its final approval. It can be true
    before C(finished): whether the server goes on behind a failure is not known, so do not wait for it.
    C(results) has the form that results show: C(request_name), C(success_times), C(failure_times), and C(errors), a list of ErrorCodes.
    """

    finished: bool
    failed: bool
    results: tuple[t.Mapping[str, t.Any], ...]

    def to_result(self) -> dict[str, t.Any]:
        """The C(execution) of a result."""
        return {"finished": self.finished, "failed": self.failed, "results": plain(self.results)}


def execution(entries: t.Iterable[HistoryEntry], requests: t.Sequence[Request]) -> Execution:
    """What the entries since the final approval of the current round say about the requests.

    Of several results for one request the newest counts: they are taken as totals that grow.
    """
    since_approval = _since_final_approval(entries)
    reported = _newest_reports(since_approval)
    pairs = _paired(requests, reported)
    results = [_result(report, request) for request, report in pairs] + [_result(report, None) for report in reported]
    rejected = any(entry.to_status == REJECTED for entry in since_approval)
    all_there = len(pairs) == len(requests) and bool(results)
    return Execution(
        finished=rejected or (all_there and all(_complete(request, report) for request, report in pairs)),
        failed=rejected or any(result["failure_times"] > 0 for result in results),
        results=tuple(results),
    )


def _since_final_approval(entries: t.Iterable[HistoryEntry]) -> list[HistoryEntry]:
    # The row of the approval itself is part of it: nothing rules out that the server adds the results there.
    ordered = current_round(entries)
    for index, entry in enumerate(ordered):
        if FINAL_APPROVED in (entry.from_status, entry.to_status):
            return ordered[index:]
    return []


def _newest_reports(entries: t.Iterable[HistoryEntry]) -> list[t.Mapping[str, t.Any]]:
    # Requests may share a name, or have none; then their place among those of that name in the row tells them apart.
    newest: dict[tuple[str | None, int], t.Mapping[str, t.Any]] = {}
    for entry in entries:
        seen: list[str | None] = []
        for report in _objects(entry.operation_context.get("requestResults")):
            name = _name(report)
            newest[name, seen.count(name)] = report
            seen.append(name)
    return list(newest.values())


def _paired(
    requests: t.Sequence[Request], reports: list[t.Mapping[str, t.Any]]
) -> list[tuple[Request, t.Mapping[str, t.Any]]]:
    """Each request that has a report with its report, taken out of C(reports).

    A report names its request by the request's name or by its API, depending on the server; what neither tells, the order tells.
    """
    found: dict[int, t.Mapping[str, t.Any]] = {}
    for fits in (_has_its_name, _has_its_api, _has_its_place):
        for index, request in enumerate(requests):
            fitting = [report for report in reports if fits(request, report)]
            if index not in found and fitting:
                found[index] = fitting[0]
                reports.remove(fitting[0])
    return [(requests[index], found[index]) for index in sorted(found)]


def _has_its_name(request: Request, report: t.Mapping[str, t.Any]) -> bool:
    return _name(report) == request.request_name


def _has_its_api(request: Request, report: t.Mapping[str, t.Any]) -> bool:
    return _name(report) == request.api_name


def _has_its_place(request: Request, report: t.Mapping[str, t.Any]) -> bool:
    return True


def _complete(request: Request, report: t.Mapping[str, t.Any]) -> bool:
    succeeded, failed = _times(report, "successTimes", "success"), _times(report, "failureTimes", "errors")
    counted = "successTimes" in report or "failureTimes" in report
    return failed > 0 or succeeded + failed >= request.execute_times or not counted


def _result(report: t.Mapping[str, t.Any], request: Request | None) -> dict[str, t.Any]:
    return {
        "request_name": (request and request.request_name) or _name(report),
        "success_times": _times(report, "successTimes", "success"),
        "failure_times": _times(report, "failureTimes", "errors"),
        "errors": [_error_code(error) for error in _elements(report.get("errors"))],
    }


def _name(report: t.Mapping[str, t.Any]) -> str | None:
    name = report.get("requestName")
    return name if isinstance(name, str) else None


def _times(report: t.Mapping[str, t.Any], count: str, examples: str) -> int:
    """The number at C(count), which the server may write as C(1.0); where it is missing, the number of the examples listed."""
    times = report.get(count)
    if isinstance(times, (int, float)) and math.isfinite(times):
        return int(times)
    return len(_elements(report.get(examples)))


def _error_code(error: t.Any) -> dict[str, t.Any]:
    return error if isinstance(error, dict) else {"details": str(error)}


def _objects(value: t.Any) -> list[dict[str, t.Any]]:
    return [element for element in _elements(value) if isinstance(element, dict)]


def _elements(value: t.Any) -> list[t.Any]:
    return value if isinstance(value, list) else []
