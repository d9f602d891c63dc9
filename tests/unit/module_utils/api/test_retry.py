# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When to try again, and how long to pause before it."""

from __future__ import annotations

import itertools
import time
import typing as t
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.module_utils._api.retry import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    LONGEST_RETRY_AFTER,
    Abandoned,
    Clock,
    Deadline,
    backoff,
    growing_pauses,
)
from ansible_collections.zstack.tickets.plugins.module_utils._errors import ApiError, ExchangeError
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.doubles import (
    ONE_SESSION,
    FakeClock,
    answer,
    in_turn,
    stubbed_client,
)

EMPTY = answer(200, {"inventories": []})


def test_the_clock_is_the_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    clock = Clock()
    assert clock.now() <= clock.now()
    clock.sleep(3)
    assert slept == [3]


def test_an_end_reaches_the_threads_that_sleep_and_the_main_one_goes_on() -> None:
    clock = Clock()
    with ThreadPoolExecutor() as pool:
        sleeps = pool.submit(clock.sleep, 3600)
        assert pool.submit(clock.sleep, 0).result() is None
        clock.end()
        with pytest.raises(Abandoned):
            sleeps.result()
        with pytest.raises(Abandoned):
            pool.submit(clock.sleep, 0).result()
    clock.sleep(0.001)


@given(st.integers(0, 10**6))
@example(5000)
def test_pauses_double_up_to_a_cap_and_scatter(attempt: int) -> None:
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempt, 30))
    assert longest / 2 <= backoff(attempt) <= longest


def test_pauses_do_scatter() -> None:
    assert len({backoff(3) for _time in range(20)}) > 1


@given(st.integers(0, 100), st.floats(0, 1e300))
def test_the_servers_wish_is_honoured_up_to_a_cap(attempt: int, wish: float) -> None:
    failure = ExchangeError("busy", sent=True, retry_after=wish)
    pause = backoff(attempt, failure)
    assert pause == min(wish, LONGEST_RETRY_AFTER) or min(wish, LONGEST_RETRY_AFTER) < pause <= LONGEST_PAUSE
    assert pause >= FIRST_PAUSE / 2
    assert backoff(attempt, ExchangeError("busy", sent=True)) <= LONGEST_PAUSE


@given(st.floats(0.001, 100))
def test_looks_begin_at_once_and_become_rarer(longest: float) -> None:
    pauses = list(itertools.islice(growing_pauses(longest), 60))
    assert pauses[0] == 0
    assert pauses == sorted(pauses)
    assert pauses[-1] == longest
    assert max(pauses) == longest


@given(st.floats(0, 1e6), st.lists(st.floats(0, 1e6), max_size=20))
def test_a_deadline_is_not_slept_past(seconds: float, pauses: list[float]) -> None:
    clock = FakeClock()
    start = clock.now()
    deadline = Deadline(clock, seconds)
    for pause in pauses:
        deadline.sleep(pause)
        assert clock.now() <= start + seconds + 1e-6
        assert deadline.left >= 0
        assert deadline.elapsed + deadline.left == pytest.approx(seconds)


def failing(**members: t.Any) -> ExchangeError:
    return ExchangeError("down", **{"sent": True, **members})


@pytest.mark.parametrize("sent", [True, False])
def test_a_read_is_tried_again_as_often_as_allowed(sent: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock()
    client, stub = stubbed_client(monkeypatch, {**ONE_SESSION, "retries": 2}, lambda call: failing(sent=sent), clock)
    with pytest.raises(ExchangeError, match="down"):
        client.get("/tickets")
    assert len(stub.calls) == 3
    assert len(clock.pauses) == 2


def test_a_read_that_succeeds_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock()
    client, _stub = stubbed_client(monkeypatch, ONE_SESSION, in_turn(failing(), failing(retry_after=7.0), EMPTY), clock)
    assert client.get("/tickets") == {"inventories": []}
    assert clock.pauses[1] == 7.0


@pytest.mark.parametrize(
    "reply", [failing(passing=False), answer(404, text="no api mapping to /v1/tickets"), answer(500, text="")]
)
def test_what_will_not_pass_is_not_tried_again(reply: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client, stub = stubbed_client(monkeypatch, ONE_SESSION, lambda call: reply)
    with pytest.raises((ExchangeError, ApiError)):
        client.get("/tickets")
    assert len(stub.calls) == 1


def test_no_retries_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    client, stub = stubbed_client(monkeypatch, {**ONE_SESSION, "retries": 0}, lambda call: failing())
    with pytest.raises(ExchangeError):
        client.get("/tickets")
    assert len(stub.calls) == 1


@given(
    seconds=st.floats(0.1, 300),
    retries=st.integers(0, 50),
    retry_after=st.none() | st.floats(0, 100),
    takes=st.floats(0, 1),
)
def test_a_read_ends_by_its_deadline(seconds: float, retries: int, retry_after: float | None, takes: float) -> None:
    clock = FakeClock()
    with pytest.MonkeyPatch.context() as monkeypatch:
        client, stub = stubbed_client(
            monkeypatch,
            {**ONE_SESSION, "retries": retries},
            lambda call: failing(retry_after=retry_after),
            clock,
            takes,
        )
        start = clock.now()
        with pytest.raises(ExchangeError), client.until(Deadline(clock, seconds)):
            client.get("/tickets")
    assert clock.now() - start <= seconds + takes + 1e-6
    # The last try gets a second, so that a deadline that passed meanwhile is no failure of its own.
    assert all(call.at_most is not None and call.at_most <= max(seconds, 1.0) for call in stub.calls)


def test_a_login_that_fails_is_not_tried_again_for_each_try_of_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"host": "127.0.0.1", "account_name": "admin", "account_password": "password", "retries": 3}
    client, stub = stubbed_client(monkeypatch, options, lambda call: failing(sent=False))
    with pytest.raises(ExchangeError):
        client.get("/tickets")
    assert stub.sent() == ["/accounts/login"] * 4
    with pytest.raises(ExchangeError):
        client.write("DELETE", "/tickets/1")
    assert stub.sent() == ["/accounts/login"] * 8
