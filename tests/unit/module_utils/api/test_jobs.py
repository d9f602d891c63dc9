# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accepted jobs: looked at until they end, in time, at our own endpoint and without credentials."""

from __future__ import annotations

import json
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.module_utils._api.client import MOST_DETAILS, new_job_uuid, refusal
from ansible_collections.zstack.tickets.plugins.module_utils._api.retry import LONGEST_RETRY_AFTER
from ansible_collections.zstack.tickets.plugins.module_utils._errors import (
    ERROR_FIELDS,
    ApiError,
    ExchangeError,
    LostWrite,
    MalformedAnswer,
    WaitTimeout,
)
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.doubles import (
    ONE_SESSION,
    TOKEN,
    Call,
    FakeClock,
    answer,
    in_turn,
    refused,
    stubbed_client,
    told,
)

JOB = "6f1ed002ab5595859014ebf0951522d9"
ACCEPTED = answer(202, {"location": f"http://172.20.0.10:8080/zstack/v1/api-jobs/{JOB}", "apiTimeout": 1})
RUNNING = answer(202, {})
DONE = answer(200, {"inventory": {"uuid": "1"}})
UNKNOWN = answer(404, text="the job has been expired")
DUPLICATE = answer(400, text=f"Duplicate job uuid[{JOB}]")


def down(**members: t.Any) -> ExchangeError:
    return ExchangeError("It is down.", **{"sent": True, **members})


def node(write: t.Any, *looks: t.Any) -> t.Callable[[Call], t.Any]:
    """A node that answers a write so, and then looks at its job."""
    writes, polls = in_turn(write), in_turn(*(looks or (DONE,)))
    return lambda call: polls(call) if call.path.startswith("/v1/api-jobs/") else writes(call)


class Run:
    """One write through a stub, and what came of it."""

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        reply: t.Callable[[Call], t.Any],
        seconds: float = 0.0,
        job_uuid: str | None = JOB,
        **options: t.Any,
    ) -> None:
        self.clock = FakeClock()
        client, self.stub = stubbed_client(monkeypatch, {**ONE_SESSION, **options}, reply, self.clock, seconds)
        self.result: t.Any = None
        self.error: t.Any = None
        began = self.clock.now()
        try:
            self.result = client.write("POST", "/tickets", {"params": {}}, job_uuid=job_uuid, what="Creating it")
        except (ApiError, ExchangeError, WaitTimeout) as error:
            self.error = error
        self.took = self.clock.now() - began
        self.writes = [call for call in self.stub.calls if call.method == "POST"]
        self.looks = [call for call in self.stub.calls if call.method == "GET"]
        if self.error:
            assert TOKEN not in told(self.error)
            assert self.error.message.startswith("Creating it")
            assert set(self.error.error()) == set(ERROR_FIELDS)


def test_a_job_is_looked_at_until_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(monkeypatch, node(ACCEPTED, *[RUNNING] * 20, DONE))
    assert run.result == {"inventory": {"uuid": "1"}}
    (write,) = run.writes
    assert write.headers["X-Job-UUID"] == JOB
    assert write.headers["X-API-Timeout"] == "300"
    assert write.headers["Authorization"] == f"OAuth {TOKEN}"
    assert [look.path for look in run.looks] == [f"/v1/api-jobs/{JOB}"] * 21
    assert all(not look.headers for look in run.looks)
    assert run.clock.pauses[0] == 0
    assert run.clock.pauses[-1] == 2


def test_each_write_has_a_job_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [Run(monkeypatch, node(ACCEPTED), job_uuid=None) for _time in range(2)]
    uuids = [run.writes[0].headers["X-Job-UUID"] for run in runs]
    assert uuids[0] != uuids[1]
    assert all(len(uuid) == 32 for uuid in uuids)
    assert len({new_job_uuid() for _time in range(100)}) == 100


def test_a_job_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    error = {
        "code": "SYS.1007",
        "description": "d",
        "details": "票 is no name",
        "cause": {"code": "SYS.1"},
        "cost": "1ms",
    }
    run = Run(monkeypatch, node(ACCEPTED, RUNNING, answer(503, {"error": error})))
    assert isinstance(run.error, ApiError)
    assert run.error.message == "Creating it was refused: SYS.1007: 票 is no name."
    assert run.error.code == "SYS.1007"
    assert run.error.error() == {
        "code": "SYS.1007",
        "description": "d",
        "details": "票 is no name",
        "elaboration": None,
        "cause": {"code": "SYS.1"},
        "http_status": 503,
        "job_uuid": JOB,
    }


def test_a_refusal_before_there_is_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "the body doesn't contain action mapping to the URL[/v1/tickets]"
    run = Run(monkeypatch, node(answer(400, text=text)))
    assert isinstance(run.error, ApiError)
    assert run.error.message == f"Creating it was refused: HTTP 400: {text}."
    assert (run.error.code, run.error.http_status) == (None, 400)
    assert run.error.error()["details"] == text
    assert run.looks == []


def test_a_long_text_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(monkeypatch, node(answer(500, text="x" * 10**6)))
    assert len(run.error.message) < MOST_DETAILS + 100


def test_a_job_uuid_that_is_known_is_an_acceptance(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(monkeypatch, node(DUPLICATE, RUNNING, DONE))
    assert run.result == {"inventory": {"uuid": "1"}}
    assert len(run.writes) == 1


def test_a_job_that_never_ends_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(monkeypatch, node(ACCEPTED, RUNNING), seconds=0.1, job_timeout=7)
    assert isinstance(run.error, WaitTimeout)
    assert "accepted but has not ended within 7 seconds (job_timeout)" in run.error.message
    assert run.error.extra == {"job_uuid": JOB}
    assert 7 <= run.took <= 7.2
    assert len(run.writes) == 1
    assert all(look.at_most is not None and look.at_most <= 7 for look in run.looks)


def test_a_node_that_goes_away_while_the_job_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    away = [down(sent=False, retry_after=0.5), down(), down(http_status=502), down(sent=False)]
    run = Run(monkeypatch, node(ACCEPTED, RUNNING, *away, RUNNING, DONE))
    assert run.result == {"inventory": {"uuid": "1"}}


@pytest.mark.parametrize("failure", [down(sent=False), down(), down(passing=False), down(retry_after=1000.0)])
def test_a_node_that_stays_away(failure: ExchangeError, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(monkeypatch, node(ACCEPTED, RUNNING, failure), seconds=0.1, job_timeout=40)
    assert run.error.__class__ is ExchangeError
    assert run.error.sent
    assert f"the job {JOB} was accepted, but its end could not be seen: It is down." in run.error.message
    assert run.took <= 40 + 1.2
    assert len(run.writes) == 1


def test_an_accepted_job_that_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(monkeypatch, node(ACCEPTED, UNKNOWN))
    assert run.error.__class__ is ExchangeError
    assert run.error.sent
    assert f"accepted the job {JOB} and then forgot it" in run.error.message


@pytest.mark.parametrize("reply", [answer(200, []), answer(200, "done"), answer(200, None)])
def test_a_job_that_ends_in_another_shape(reply: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(monkeypatch, node(ACCEPTED, reply))
    assert isinstance(run.error, MalformedAnswer)
    assert run.error.sent


# Writes whose answer was lost
LOST = [down(), down(http_status=502), down(retry_after=9.0), down(passing=False), answer(200, []), answer(202, None)]


@pytest.mark.parametrize("lost", LOST)
@pytest.mark.parametrize(
    "looks", [[DONE], [RUNNING, RUNNING, DONE], [UNKNOWN, DONE], [UNKNOWN, RUNNING, DONE], [down(), DONE]]
)
def test_a_lost_answer_is_asked_for(lost: t.Any, looks: list[t.Any], monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(monkeypatch, node(lost, *looks))
    assert run.result == {"inventory": {"uuid": "1"}}
    assert len(run.writes) == 1
    assert all(not look.headers for look in run.looks)


@pytest.mark.parametrize("lost", LOST)
def test_a_write_that_did_not_arrive(lost: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(monkeypatch, node(lost, UNKNOWN))
    assert isinstance(run.error, LostWrite)
    assert run.error.job_uuid == JOB
    assert run.error.error()["job_uuid"] == JOB
    assert run.error.retry_after == getattr(lost, "retry_after", None)
    assert len(run.writes) == 1
    assert len(run.looks) == 2


def test_a_lost_answer_to_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(monkeypatch, node(down(), refused("SYS.1006")))
    assert isinstance(run.error, ApiError)
    assert run.error.job_uuid == JOB


def test_a_lost_answer_that_cannot_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(monkeypatch, node(down(), down(sent=False)), seconds=0.1, job_timeout=20)
    assert run.error.__class__ is ExchangeError
    assert run.error.sent
    assert "What became of it could not be asked either: It is down." in run.error.message
    assert run.took <= 20 + 1.2
    assert len(run.writes) == 1


def test_what_was_not_sent_is_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    away = down(sent=False)
    writes = in_turn(away, away, ACCEPTED)
    run = Run(monkeypatch, lambda call: writes(call) if call.method == "POST" else DONE)
    assert run.result
    assert [write.headers["X-Job-UUID"] for write in run.writes] == [JOB] * 3
    run = Run(monkeypatch, node(away), retries=1)
    assert not run.error.sent
    assert len(run.writes) == 2
    assert run.looks == []


def test_what_will_never_be_sent_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(monkeypatch, node(down(sent=False, passing=False)))
    assert len(run.writes) == 1
    assert run.looks == []


looks = st.lists(
    st.sampled_from([RUNNING, UNKNOWN, DONE, refused("SYS.1006"), refused("ID.1001"), answer(500, text="")])
    | st.builds(
        down, sent=st.booleans(), passing=st.booleans(), retry_after=st.none() | st.floats(0, 2 * LONGEST_RETRY_AFTER)
    ),
    min_size=1,
    max_size=6,
)


@given(
    write=st.sampled_from([ACCEPTED, DUPLICATE, DONE, answer(200, []), refused("ID.1001"), answer(429, text="")])
    | st.builds(down, sent=st.booleans(), retry_after=st.none() | st.floats(0, 100)),
    looks=looks,
    job_timeout=st.integers(1, 60),
    takes=st.floats(0, 0.5),
)
def test_whatever_the_node_says_a_write_ends_in_time(
    write: t.Any, looks: list[t.Any], job_timeout: int, takes: float
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        run = Run(monkeypatch, node(write, *looks), takes, job_timeout=job_timeout)
    assert (run.result is None) is (run.error is not None)
    # Each exchange takes the same time, and the last one may begin when the time is up.
    assert run.took <= job_timeout + 2 * takes + 1e-6
    if not (isinstance(write, ExchangeError) and not write.sent):
        assert len(run.writes) == 1
    if isinstance(run.error, ExchangeError) and not run.error.sent:
        assert run.looks == []


# Refusals in words
@pytest.mark.parametrize(
    ("error_code", "text"),
    [
        ({"code": "A.1", "details": "why"}, "A.1: why."),
        ({"code": "A.1", "description": "what", "details": "why."}, "A.1: why."),
        ({"code": "A.1", "description": "what"}, "A.1: what."),
        ({"code": "A.1", "details": "为什么。"}, "A.1: 为什么。"),
        ({"code": "A.1", "details": "outer", "cause": {"code": "A.2", "details": "inner"}}, "A.1: inner."),
        ({"code": "A.1", "details": "outer", "cause": {"code": "A.2"}}, "A.1: outer."),
        ({"code": "A.1", "details": "outer", "cause": "text"}, "A.1: outer."),
        ({"code": "A.1", "cause": {"cause": {"details": "deep"}, "description": "mid"}}, "A.1: deep."),
        ({"code": 5, "details": ["odd"]}, "HTTP 503: ['odd']."),
        ({"details": "plain"}, "HTTP 503: plain."),
        ({"details": " "}, "HTTP 503: no text."),
        ({}, "HTTP 503: no text."),
        ({"code": "A.1"}, "A.1: ."),
    ],
)
def test_a_refusal_in_one_line(error_code: dict[str, t.Any], text: str) -> None:
    assert refusal(error_code, 503) == text


def test_an_endless_cause_is_followed_for_a_while() -> None:
    error: dict[str, t.Any] = {"code": "A.0", "details": "innermost"}
    for number in range(50):
        error = {"code": f"A.{number}", "details": f"level {number}", "cause": error}
    assert refusal(error, 503).startswith("A.49: level 4")
    assert json.dumps(error)
