"""Faults on demand."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from tests.simulator.faults import FAULTS, Faults
from tests.simulator.log import Exchange

LOST = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


def _post(as_: Any, **options: Any) -> requests.Response:
    answer: requests.Response = as_.requester("POST", "/tickets", json=as_.requester.ticket_body(), **options)
    return answer


@pytest.mark.parametrize(("fault", "done"), [("reset_before", 0), ("reset_after", 1)])
def test_resets(as_: Any, sim: Any, fault: str, done: int, new_uuid: str) -> None:
    _session = as_.requester
    sim.faults.add(fault, method="POST", path="/v1/tickets", times=1)
    with pytest.raises(requests.ConnectionError):
        _post(as_, headers={"X-Job-UUID": new_uuid})
    assert len(sim.cloud.tickets) == done
    assert as_.nobody("GET", f"/api-jobs/{new_uuid}").status_code == (200 if done else 404)
    assert _post(as_).status_code == 202
    assert sim.log.select(status=None)[0].faults == [fault]


@pytest.mark.parametrize("bytes_", [None, 0, 5])
def test_truncated_answer(as_: Any, sim: Any, bytes_: int | None) -> None:
    _session = as_.requester
    sim.faults.add("truncate", action="createTicket", bytes=bytes_)
    with pytest.raises(LOST):
        _post(as_)
    assert len(sim.cloud.tickets) == 1


@pytest.mark.parametrize("commit", [False, True])
def test_garbage_and_foreign_answers(as_: Any, sim: Any, commit: bool) -> None:
    _session = as_.requester
    sim.faults.add("garbage", kind="write", times=1, commit=commit)
    with pytest.raises(requests.ConnectionError):
        _post(as_)
    assert len(sim.cloud.tickets) == int(commit)
    sim.faults.add("foreign_json", kind="write", times=1, commit=commit)
    answer = _post(as_)
    assert (answer.status_code, answer.json()) == (200, ["unexpected"])
    assert len(sim.cloud.tickets) == 2 * int(commit)


@pytest.mark.parametrize(
    ("status", "headers", "body", "commit"),
    [
        (429, {"Retry-After": "3"}, "", False),
        (502, {"Content-Type": "text/html"}, "<html>bad gateway</html>", False),
        (503, {}, "no error code here", False),
        (504, {}, "", True),
        (504, {}, "", False),
    ],
)
def test_other_statuses(as_: Any, sim: Any, status: int, headers: Any, body: str, commit: bool) -> None:
    _session = as_.requester
    sim.faults.add("status", status=status, headers=headers, body=body, commit=commit, kind="write")
    answer = _post(as_)
    assert (answer.status_code, answer.text) == (status, body)
    assert headers.items() <= answer.headers.items()
    assert len(sim.cloud.tickets) == int(commit)


def test_redirect(as_: Any, sim: Any) -> None:
    sim.faults.add("redirect", location="http://192.0.2.1/elsewhere", kind="read")
    answer = as_.requester("GET", "/tickets", allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (307, "http://192.0.2.1/elsewhere")


def test_huge_and_endless_answers(as_: Any, sim: Any) -> None:
    sim.faults.add("huge", bytes=3_000_000, kind="read", times=1)
    assert len(as_.requester("GET", "/tickets").content) == 3_000_000
    sim.faults.add("huge", kind="read", times=1)
    with as_.requester("GET", "/tickets", stream=True) as answer:
        received = 0
        for chunk in answer.iter_content(1 << 20):
            received += len(chunk)
            if received > 20_000_000:
                break
    assert received > 20_000_000
    assert as_.requester("GET", "/tickets").status_code == 200


def test_latency(as_: Any, sim: Any) -> None:
    _session = as_.requester
    sim.faults.add("latency", seconds=0.2, action="createTicket", commit=True, times=1)
    with pytest.raises(requests.ReadTimeout):
        as_.requester.http.post(
            f"{as_.requester.base}/tickets",
            json=as_.requester.ticket_body(),
            headers=as_.requester.headers,
            timeout=0.05,
        )
    assert len(sim.cloud.tickets) == 1
    started = time.monotonic()
    sim.faults.add("latency", seconds=0.2, kind="read", times=1)
    assert as_.requester("GET", "/tickets").status_code == 200
    assert time.monotonic() - started >= 0.2


def test_sessions_lost_before_and_within_the_call(as_: Any, sim: Any) -> None:
    _session = as_.requester
    sim.faults.add("session_lost", kind="write", times=1)
    accepted = _post(as_)
    assert accepted.status_code == 202
    assert as_.requester.poll(accepted).json()["error"]["code"] == "ID.1001"
    assert as_.requester("GET", "/tickets").status_code == 200
    sim.faults.add("session_expired", identity="requester", times=1)
    assert as_.requester("GET", "/tickets").json()["error"]["code"] == "ID.1001"
    assert as_.nobody("GET", f"/accounts/sessions/{as_.requester.token}/valid").json() == {"valid": False}


@pytest.mark.parametrize(
    ("fault", "options", "status", "done"),
    [
        ("job_expired", {}, 404, 1),
        ("job_lost", {}, 404, 0),
        ("job_stuck", {}, 202, 1),
        ("job_stuck", {"commit": True}, 202, 1),
        ("job_stuck", {"commit": False}, 202, 0),
    ],
)
def test_jobs(as_: Any, sim: Any, new_uuid: str, fault: str, options: Any, status: int, done: int) -> None:
    _session = as_.requester
    sim.faults.add(fault, action="createTicket", times=1, **options)
    accepted = _post(as_, headers={"X-Job-UUID": new_uuid})
    assert as_.nobody.poll(accepted).status_code == status
    assert len(sim.cloud.tickets) == done
    sim.clock.advance(50000)
    assert as_.nobody.poll(accepted).status_code == status
    _session = as_.requester.login("requester")
    assert _post(as_, headers={"X-Job-UUID": new_uuid}).status_code == (400 if status == 202 else 202)


def test_duplicated_delivery(as_: Any, sim: Any, new_uuid: str) -> None:
    _session = as_.requester
    sim.faults.add("duplicate", action="createTicket")
    assert _post(as_).status_code == 202
    assert len(sim.cloud.tickets) == 2
    answer = _post(as_, headers={"X-Job-UUID": new_uuid})
    assert (answer.status_code, answer.text) == (400, f"Duplicate job uuid[{new_uuid}]")
    assert len(sim.cloud.tickets) == 3


@pytest.mark.parametrize("lose", [False, True])
def test_restart(as_: Any, sim: Any, lose: bool) -> None:
    _session = as_.requester
    sim.faults.add("restart", action="createTicket", seconds=0.3, commit=True, lose_sessions=lose, times=1)
    with pytest.raises(requests.ConnectionError):
        _post(as_)
    with pytest.raises(requests.ConnectionError):
        as_.requester("GET", "/tickets")
    deadline = time.monotonic() + 10
    while True:
        try:
            answer = as_.requester("GET", "/tickets")
            break
        except requests.ConnectionError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert answer.status_code == (503 if lose else 200)
    assert len(sim.cloud.tickets) == 1


def _exchange(**changes: Any) -> Exchange:
    exchange = Exchange(1, 0.0, 1, "POST", "/v1/tickets", "", {}, b"")
    for name, value in changes.items():
        setattr(exchange, name, value)
    return exchange


@pytest.mark.parametrize(
    ("options", "picked"),
    [
        ({"nth": 3}, [3]),
        ({"every": 3}, [3, 6, 9]),
        ({"times": 2}, [1, 2]),
        ({"every": 2, "times": 2}, [2, 4]),
        ({"probability": 0.0}, []),
        ({"probability": 1.0}, list(range(1, 11))),
    ],
)
def test_selection_among_matches(options: Any, picked: list[int]) -> None:
    faults = Faults()
    faults.add("latency", **options)
    assert [number for number in range(1, 11) if faults.pick(_exchange())] == picked


def test_probability_depends_on_the_seed_alone() -> None:
    runs = []
    for seed in (1, 1, 2):
        faults = Faults()
        faults.add("latency", probability=0.5, seed=seed)
        runs.append([bool(faults.pick(_exchange())) for _time in range(50)])
    assert runs[0] == runs[1] != runs[2]


@pytest.mark.parametrize(
    ("options", "matches"),
    [
        ({"method": "POST"}, True),
        ({"method": "GET"}, False),
        ({"path": "/v1/tick*"}, True),
        ({"path": "/v1/tickets/*"}, False),
        ({"action": "createTicket", "kind": "write", "identity": "requester"}, True),
        ({"action": "queryTicket"}, False),
        ({"kind": "poll"}, False),
        ({"identity": "approver"}, False),
    ],
)
def test_selection_of_exchanges(options: Any, matches: bool) -> None:
    faults = Faults()
    faults.add("latency", **options)
    exchange = _exchange(action="createTicket", kind="write", identity="requester")
    assert bool(faults.pick(exchange)) is matches


def test_polls_can_be_picked(as_: Any, sim: Any) -> None:
    accepted = _post(as_)
    sim.faults.add("status", status=502, kind="poll", action="createTicket", times=1)
    assert as_.nobody.poll(accepted).status_code == 502
    assert as_.nobody.poll(accepted).status_code == 200


@pytest.mark.parametrize(
    "rule", [{"fault": "nonsense"}, {"fault": "latency", "foo": 1}, {"fault": "latency", "matched": 1}]
)
def test_wrong_rules(rule: Any) -> None:
    with pytest.raises(ValueError, match="no "):
        Faults().add(**rule)


def test_every_fault_is_tested_here() -> None:
    from pathlib import Path

    text = Path(__file__).read_text(encoding="utf-8")
    assert [fault for fault in FAULTS if f'"{fault}"' not in text] == []
