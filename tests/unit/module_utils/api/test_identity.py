# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is calling: sessions that end, many threads at once, and whom the API takes us for."""

from __future__ import annotations

import typing as t
from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.zstack.tickets.plugins.module_utils._api.client import Client
from ansible_collections.zstack.tickets.plugins.module_utils._api.identity import Caller
from ansible_collections.zstack.tickets.plugins.module_utils._errors import (
    ApiError,
)
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.doubles import (
    ACCOUNT,
    LOGGED_IN,
    ONE_SESSION,
    PASSWORD,
    TOKEN,
    Call,
    answer,
    refused,
    stubbed_client,
)
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.simulated import Simulator

Connect = t.Callable[..., Client]
THREADS = 12
PROJECT = {
    "host": "127.0.0.1",
    "virtual_id_name": "somebody",
    "virtual_id_password": PASSWORD,
    "project_name": "a project",
}
EMPTY = answer(200, {"inventories": []})


def count(simulator: Simulator, kind: str) -> int:
    return len(simulator.exchanges(kind))


# Sessions that end
def test_a_session_that_ends_is_renewed(simulator: Simulator, connect: Connect) -> None:
    client = connect(simulator.login("requester"))
    client.get("/tickets")
    for _time in range(2):
        simulator.call("POST", "/sessions/expire")
        client.get("/tickets")
    assert count(simulator, "login") == 6
    client.close()
    assert simulator.sessions() == 0


@pytest.mark.parametrize("way", ["session", "key"])
def test_what_we_did_not_make_is_not_renewed(way: str, simulator: Simulator, connect: Connect) -> None:
    client = connect(getattr(simulator, way)("requester"))
    logins = count(simulator, "login")
    simulator.call("POST", "/sessions/expire")
    simulator.call("POST", "/access-keys/requester/state", {"state": "Disabled"})
    with pytest.raises(ApiError, match=r"ID\.1001"):
        client.get("/tickets")
    with pytest.raises(ApiError, match=r"ID\.1001"):
        simulator.create(client)
    assert count(simulator, "login") == logins
    assert simulator.books()["tickets"] == []


def test_a_session_that_ends_on_every_read_is_renewed_once(simulator: Simulator, connect: Connect) -> None:
    client = connect(simulator.login("admin"))
    simulator.fault("session_expired", kind="read")
    with pytest.raises(ApiError, match=r"ID\.1001"):
        client.get("/tickets")
    assert count(simulator, "login") == 2
    assert count(simulator, "read") == 2


def test_a_session_that_ends_before_the_job_runs(simulator: Simulator, connect: Connect) -> None:
    client = connect(simulator.login("requester"))
    simulator.fault("session_lost", kind="write", times=1)
    assert simulator.create(client)["inventory"]["name"] == "ticket"
    first, second = simulator.exchanges("write")
    assert first["job_uuid"] != second["job_uuid"]
    assert first["headers"]["Authorization"] != second["headers"]["Authorization"]
    assert len(simulator.books()["tickets"]) == 1


def test_a_session_that_ends_before_every_job_is_renewed_once(simulator: Simulator, connect: Connect) -> None:
    client = connect(simulator.login("requester"))
    simulator.fault("session_lost", kind="write")
    with pytest.raises(ApiError, match=r"ID\.1001") as caught:
        simulator.create(client)
    assert count(simulator, "write") == 2
    assert caught.value.job_uuid == simulator.exchanges("write")[1]["job_uuid"]
    assert simulator.books()["tickets"] == []


# Many threads
def at_once(work: t.Callable[[int], t.Any], threads: int = THREADS) -> list[t.Any]:
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(threads)))


def test_many_threads_log_in_once(simulator: Simulator, connect: Connect) -> None:
    client = connect(simulator.login("requester"))
    at_once(lambda _number: client.get("/tickets"))
    assert count(simulator, "login") == 2
    assert count(simulator, "read") == THREADS


def test_many_threads_renew_once(simulator: Simulator, connect: Connect) -> None:
    client = connect(simulator.login("admin"))
    client.get("/tickets")
    simulator.call("POST", "/sessions/expire")
    simulator.fault("latency", seconds=0.05, kind="read")
    at_once(lambda _number: client.get("/tickets"))
    assert count(simulator, "login") == 2
    client.close()
    assert simulator.sessions() == 0


def test_many_threads_renew_once_for_their_jobs(simulator: Simulator, connect: Connect) -> None:
    client = connect(simulator.login("requester"))
    client.get("/tickets")
    simulator.call("POST", "/sessions/expire")
    simulator.fault("latency", seconds=0.05, kind="write")
    at_once(lambda number: simulator.create(client, f"ticket {number}"))
    assert count(simulator, "login") == 4
    names = sorted(ticket["name"] for ticket in simulator.books()["tickets"])
    assert names == sorted(f"ticket {number}" for number in range(THREADS))


# Whom the API takes us for
@pytest.mark.parametrize("way", ["login", "session", "key"])
@pytest.mark.parametrize("name", ["admin", "requester"])
def test_the_caller(way: str, name: str, simulator: Simulator, connect: Connect) -> None:
    client = connect(getattr(simulator, way)(name))
    expected = Caller(simulator.identities[name]["uuid"])
    assert client.caller() == expected
    assert client.caller(read_only=True) == (None if way == "session" else expected)
    requests = len(simulator.exchanges())
    assert client.caller() == expected
    assert len(simulator.exchanges()) == requests


def test_the_caller_is_asked_for_without_writing(simulator: Simulator, connect: Connect) -> None:
    for way in ("login", "session", "key"):
        connect(getattr(simulator, way)("requester")).caller(read_only=True)
    assert simulator.exchanges("write") == []


def test_the_secret_of_a_key_is_not_asked_for(simulator: Simulator, connect: Connect) -> None:
    simulator.set(log_answers=True)
    connect(simulator.key("requester")).caller()
    secret = simulator.identities["requester"]["access_key_secret"]
    assert all(secret not in str(exchange["answer"]) for exchange in simulator.exchanges())


@pytest.mark.parametrize(
    ("options", "reply"),
    [
        (ONE_SESSION, refused("ID.1001")),
        (ONE_SESSION, answer(404, text="no api mapping")),
        (ONE_SESSION, answer(200, {})),
        (ONE_SESSION, answer(200, {"inventory": {"userUuid": 1}})),
        ({**ONE_SESSION, "session_token": "a/b?c"}, answer(200, {"inventory": "b"})),
        (ACCOUNT, answer(200, {"inventory": {"uuid": TOKEN}})),
        (PROJECT, answer(200, {"inventory": {"uuid": TOKEN, "userUuid": ["x"]}})),
    ],
)
def test_a_caller_that_is_not_told(options: t.Any, reply: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client, _stub = stubbed_client(monkeypatch, options, lambda call: reply)
    assert client.caller() is None


@pytest.mark.parametrize(
    "reply",
    [
        EMPTY,
        refused("SYS.1006"),
        answer(404, text="no api mapping"),
        answer(200, {}),
        answer(200, {"inventories": [{"userUuid": "1"}, {"userUuid": "2"}]}),
        answer(200, {"inventories": ["1"]}),
        answer(200, {"inventories": [{}]}),
    ],
)
def test_a_key_of_which_the_api_does_not_tell_whose_it_is(reply: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"host": "127.0.0.1", "access_key_id": "id", "access_key_secret": "secret", "server_timezone": "UTC"}
    client, _stub = stubbed_client(monkeypatch, options, lambda call: reply)
    assert client.caller() is None


def test_the_project_of_a_login(simulator: Simulator, connect: Connect) -> None:
    client = connect(simulator.login("requester"))
    expected = Caller(simulator.identities["requester"]["uuid"], simulator.uuids["demo_project"])
    assert client.project_member() == expected
    assert client.project_member() == expected
    assert count(simulator, "read") == 1
    assert client.caller() in (expected, Caller(expected.operator_uuid))


@pytest.mark.parametrize("way", ["session", "key"])
def test_no_other_way_has_a_project(way: str, simulator: Simulator, connect: Connect) -> None:
    assert connect(getattr(simulator, way)("requester")).project_member() is None
    assert connect(simulator.login("admin")).project_member() is None


@pytest.mark.parametrize(
    "projects",
    [None, [], ["a project"], [{"name": "a project"}], [{"name": "A Project", "uuid": "1"}], [{"name": 1, "uuid": 2}]],
)
def test_a_project_that_is_not_shown(projects: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def reply(call: Call) -> t.Any:
        return answer(200, {"inventories": projects}) if call.method == "GET" else LOGGED_IN

    client, _stub = stubbed_client(monkeypatch, PROJECT, reply)
    assert client.project_member() is None
