# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes against a node that misbehaves: each runs once, by the node's own books, or the error says what is known."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.zstack.tickets.plugins.module_utils._api import transport as transport_module
from ansible_collections.zstack.tickets.plugins.module_utils._api.client import Client, new_job_uuid
from ansible_collections.zstack.tickets.plugins.module_utils._api.retry import Clock
from ansible_collections.zstack.tickets.plugins.module_utils._api.secrets import Secrets
from ansible_collections.zstack.tickets.plugins.module_utils._errors import (
    ApiError,
    ExchangeError,
    LostWrite,
    WaitTimeout,
    ZStackError,
)
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.doubles import FakeClock, in_turn, told
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.servers import Server, said
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.simulated import Simulator

Options = t.Dict[str, t.Any]
PAGE = "<html><h1>Bad gateway</h1></html>"


class Requester:
    """Creates tickets, and sends a write that did not arrive again, as operations do."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._token = simulator.token("requester")
        self._clients: list[Client] = []

    def client(self, clock: Clock | None = None, **options: t.Any) -> Client:
        options = {**self._simulator.address, "session_token": self._token, "poll_interval": 0.05, **options}
        self._clients.append(Client(options, Secrets(), clock or FakeClock(), environment={}))
        return self._clients[-1]

    def create(self, client: Client | None = None, **more: t.Any) -> int:
        """Create a ticket and tell how often it had to be sent."""
        client = client or self.client()
        job_uuid = new_job_uuid()
        for sent in range(1, 4):
            lost: LostWrite | None = None
            try:
                client.write("POST", "/tickets", {"params": self._simulator.ticket(**more)}, job_uuid=job_uuid)
            except LostWrite as error:
                lost = error
            if lost is None:
                return sent
            assert lost.job_uuid == job_uuid
            assert self._token not in told(lost)
        raise AssertionError("it was lost again and again")

    def failure(self, client: Client | None = None) -> t.Any:
        """The error in which creating a ticket ends."""
        with pytest.raises(ZStackError) as caught:
            self._simulator.create(client or self.client())
        assert self._token not in told(caught.value)
        return caught.value

    def close(self) -> None:
        for client in self._clients:
            client.close()


@pytest.fixture(autouse=True)
def _small_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport_module, "MAX_ANSWER_BYTES", 1_000_000)


@pytest.fixture
def requester(simulator: Simulator) -> t.Iterator[Requester]:
    one = Requester(simulator)
    yield one
    one.close()


def tickets(simulator: Simulator) -> int:
    return len(simulator.books()["tickets"])


BEFORE: list[tuple[str, Options]] = [
    ("reset_before", {}),
    ("garbage", {}),
    ("status", {"status": 502, "body": PAGE}),
    ("status", {"status": 503}),
    ("status", {"status": 503, "body": '{"message": "no upstream"}'}),
    ("status", {"status": 504}),
    ("status", {"status": 429, "headers": {"Retry-After": "3"}}),
    ("status", {"status": 404, "body": PAGE}),
    ("status", {"status": 500, "body": PAGE}),
    ("status", {"status": 200, "body": PAGE}),
    ("status", {"status": 202}),
    ("foreign_json", {}),
    ("foreign_json", {"body": "null"}),
    ("redirect", {"location": "http://127.0.0.1:9/"}),
    ("huge", {}),
]
AFTER: list[tuple[str, Options]] = [
    ("reset_after", {}),
    ("truncate", {}),
    ("truncate", {"bytes": 0}),
    ("garbage", {"commit": True}),
    *((fault, {**options, "commit": True}) for fault, options in BEFORE if fault in ("status", "foreign_json")),
]


@pytest.mark.parametrize(("fault", "options"), BEFORE)
def test_a_write_that_did_not_arrive_is_sent_again(
    fault: str, options: Options, requester: Requester, simulator: Simulator
) -> None:
    simulator.fault(fault, kind="write", times=1, **options)
    assert requester.create() == 2
    assert tickets(simulator) == 1
    first, second = simulator.exchanges("write")
    assert first["headers"]["X-Job-UUID"] == second["headers"]["X-Job-UUID"]


@pytest.mark.parametrize(("fault", "options"), AFTER)
def test_a_write_that_arrived_is_not_sent_again(
    fault: str, options: Options, requester: Requester, simulator: Simulator
) -> None:
    # Before 4.5 the node would run it again.
    simulator.set(duplicate_job_check=False)
    simulator.fault(fault, kind="write", times=1, **options)
    assert requester.create() == 1
    assert tickets(simulator) == 1
    assert len(simulator.exchanges("write")) == 1


@pytest.mark.parametrize(("fault", "options"), AFTER[:4])
def test_a_write_that_was_refused_and_whose_refusal_was_lost(
    fault: str, options: Options, requester: Requester, simulator: Simulator
) -> None:
    simulator.fault(fault, kind="write", times=1, **options)
    with pytest.raises(ApiError, match=r"SYS\.1007"):
        requester.create(accountSystemType="none")
    assert len(simulator.exchanges("write")) == 1
    assert tickets(simulator) == 0


@pytest.mark.parametrize(("fault", "options"), [*BEFORE, ("truncate", {})])
def test_looks_that_fail_are_tried_again(
    fault: str, options: Options, requester: Requester, simulator: Simulator
) -> None:
    passing = fault not in ("redirect", "huge", "foreign_json") and options.get("status") != 500
    simulator.fault(fault, kind="poll", times=2, **options)
    if passing:
        assert requester.create() == 1
    else:
        error = requester.failure()
        assert isinstance(error, ExchangeError)
        assert error.sent
    assert tickets(simulator) == 1
    assert len(simulator.exchanges("write")) == 1


def test_a_request_that_is_delivered_twice_runs_once(requester: Requester, simulator: Simulator) -> None:
    simulator.fault("duplicate", kind="write")
    assert requester.create() == 1
    assert tickets(simulator) == 1


def test_an_old_node_needs_a_resource_uuid_for_that(requester: Requester, simulator: Simulator) -> None:
    simulator.set(duplicate_job_check=False)
    simulator.fault("duplicate", kind="write")
    # The second run of the job fails, and its result replaces the first one's.
    with pytest.raises(ApiError, match=r"SYS\.1000"):
        requester.create(resourceUuid=new_job_uuid())
    assert tickets(simulator) == 1


@pytest.mark.parametrize("is_old", [False, True], ids=["4.5", "4.4"])
def test_a_request_that_is_slow_on_its_way_runs_once(is_old: bool, requester: Requester, simulator: Simulator) -> None:
    simulator.set(duplicate_job_check=not is_old)
    simulator.fault("latency", seconds=0.5, kind="write", times=1)
    client = requester.client(Clock(), timeout=0.4)
    # It arrives after the first look for it and before the second.
    assert requester.create(client) == 1
    assert tickets(simulator) == 1


def test_a_request_that_is_very_slow_on_its_way_runs_once(requester: Requester, simulator: Simulator) -> None:
    simulator.fault("latency", seconds=0.4, kind="write", times=1)
    client = requester.client(timeout=0.1)
    with pytest.raises(LostWrite) as caught:
        simulator.create(client)
    simulator.fault("latency", seconds=0.5, kind="write", nth=1)
    client = requester.client(timeout=10)
    simulator.create(client, job_uuid=caught.value.job_uuid)
    assert [write["status"] for write in simulator.exchanges("write")] == [202, 400]
    assert tickets(simulator) == 1


def test_a_job_whose_result_is_gone(requester: Requester, simulator: Simulator) -> None:
    simulator.fault("job_expired", kind="write")
    error = requester.failure()
    assert error.__class__ is ExchangeError
    assert error.sent
    assert "forgot it" in error.message
    assert tickets(simulator) == 1
    assert len(simulator.exchanges("write")) == 1


def test_a_job_that_is_lost(requester: Requester, simulator: Simulator) -> None:
    simulator.fault("job_lost", kind="write")
    error = requester.failure()
    assert error.__class__ is ExchangeError
    assert "forgot it" in error.message
    assert tickets(simulator) == 0


@pytest.mark.parametrize("commit", [True, False])
def test_a_job_that_is_stuck(commit: bool, requester: Requester, simulator: Simulator) -> None:
    simulator.fault("job_stuck", kind="write", commit=commit)
    clock = FakeClock()
    began = clock.now()
    error = requester.failure(requester.client(clock, job_timeout=20, poll_interval=2))
    assert error.__class__ is WaitTimeout
    assert 20 <= clock.now() - began <= 21
    assert error.extra["job_uuid"] == simulator.exchanges("write")[0]["job_uuid"]
    assert tickets(simulator) == int(commit)
    assert len(simulator.exchanges("write")) == 1


def test_a_job_that_takes_a_while(requester: Requester, simulator: Simulator) -> None:
    simulator.set(job_duration=0.3)
    assert requester.create(requester.client(Clock())) == 1
    assert len(simulator.exchanges("poll")) > 2


def test_a_node_that_restarts_while_it_is_asked_for_a_job(requester: Requester, simulator: Simulator) -> None:
    simulator.fault("restart", kind="poll", times=1, seconds=0.3)
    assert requester.create(requester.client(Clock())) == 1
    assert tickets(simulator) == 1


@pytest.mark.parametrize("commit", [True, False])
def test_a_node_that_restarts_at_a_write(commit: bool, requester: Requester, simulator: Simulator) -> None:
    simulator.fault("restart", kind="write", times=1, seconds=0.2, commit=commit)
    assert requester.create(requester.client(Clock())) == (1 if commit else 2)
    assert tickets(simulator) == 1


def test_a_node_that_restarts_under_a_job(requester: Requester, simulator: Simulator) -> None:
    simulator.set(job_duration=30)
    simulator.fault("restart", kind="poll", times=1, seconds=0.1)
    error = requester.failure(requester.client(Clock(), job_timeout=1))
    assert error.__class__ is WaitTimeout
    assert tickets(simulator) == 0


def test_a_node_that_is_down_at_the_write_is_waited_for(requester: Requester, simulator: Simulator) -> None:
    client = requester.client(Clock())
    client.get("/tickets")
    simulator.call("POST", "/restart", {"down": 0.3})
    assert requester.create(client) in (1, 2)
    assert tickets(simulator) == 1


def test_only_the_configured_endpoint_is_asked_for_a_job(requester: Requester, simulator: Simulator) -> None:
    with Server(in_turn(said({"inventory": {}}))) as elsewhere:
        simulator.set(advertised_host=f"127.0.0.1:{elsewhere.port}")
        assert requester.create() == 1
    assert elsewhere.connections == 0
    assert simulator.exchanges("poll")


@pytest.mark.parametrize("way", ["login", "session", "key"])
def test_looks_at_jobs_show_no_credentials(way: str, simulator: Simulator, connect: t.Callable[..., Client]) -> None:
    client = connect(getattr(simulator, way)("requester"))
    simulator.create(client)
    simulator.fault("reset_after", kind="write")
    simulator.create(client, "other")
    polls = simulator.exchanges("poll")
    assert len(polls) >= 2
    for poll in polls:
        assert not {"authorization", "date", "cookie"} & {name.lower() for name in poll["headers"]}
        assert poll["query"] == ""
