# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is calling: logging in, once and not again, and out, whatever happened in between."""

from __future__ import annotations

import hashlib
import typing as t
from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.zstack.tickets.plugins.module_utils._api.client import Client
from ansible_collections.zstack.tickets.plugins.module_utils._api.identity import LOGOUT_SECONDS, Caller
from ansible_collections.zstack.tickets.plugins.module_utils._errors import (
    ApiError,
    ExchangeError,
    InputError,
    MalformedAnswer,
)
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.doubles import (
    ACCOUNT,
    LOGGED_IN,
    ONE_SESSION,
    PASSWORD,
    TOKEN,
    Call,
    FakeClock,
    answer,
    in_turn,
    refused,
    stubbed_client,
    told,
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


# Logging in and out
def test_an_account(simulator: Simulator, connect: Connect) -> None:
    client = connect(simulator.login("admin"))
    assert simulator.exchanges() == []
    client.get("/tickets")
    client.get("/tickets")
    (login,) = simulator.exchanges("login")
    assert login["action"] == "logInByAccount"
    hashed = hashlib.sha512(simulator.identities["admin"]["password"].encode()).hexdigest()
    assert f'"password": "{hashed}"' in login["body"]
    assert "Authorization" not in login["headers"]
    assert client.close() is None
    assert count(simulator, "logout") == 1
    assert simulator.sessions() == 0


def test_a_virtual_id_and_its_project(simulator: Simulator, connect: Connect) -> None:
    client = connect(simulator.login("requester"))
    client.get("/tickets")
    first, second = simulator.exchanges("login")
    assert (first["action"], second["action"]) == ("loginIAM2VirtualID", "loginIAM2Project")
    (read,) = simulator.exchanges("read")
    assert read["headers"]["Authorization"] != second["headers"]["Authorization"]
    assert read["identity"] == "requester"
    client.close()
    assert count(simulator, "logout") == 2
    assert simulator.sessions() == 0


def test_both_sessions_are_logged_out_where_the_first_stays_open(simulator: Simulator, connect: Connect) -> None:
    simulator.set(project_login_ends_operator_session=False)
    client = connect(simulator.login("requester"))
    client.get("/tickets")
    assert simulator.sessions() == 2
    client.close()
    assert simulator.sessions() == 0


def test_the_first_session_is_logged_out_if_the_project_lets_nobody_in(simulator: Simulator, connect: Connect) -> None:
    client = connect({**simulator.login("requester"), "project_name": "other-project"})
    with pytest.raises(ApiError, match=r"^The login was refused: SYS\.1006"):
        client.get("/tickets")
    client.close()
    assert simulator.sessions() == 0


def test_a_given_session_is_never_logged_out(simulator: Simulator, connect: Connect) -> None:
    token = simulator.token("requester")
    client = connect({**simulator.address, "session_token": token})
    client.get("/tickets")
    logouts = count(simulator, "logout")
    assert client.close() is None
    assert count(simulator, "logout") == logouts
    connect({**simulator.address, "session_token": token}).get("/tickets")


def test_what_was_never_used_is_not_logged_out(simulator: Simulator, connect: Connect) -> None:
    assert connect(simulator.login("admin")).close() is None
    assert simulator.exchanges() == []


def test_a_failure_in_between_changes_nothing_about_the_logout(simulator: Simulator, connect: Connect) -> None:
    with pytest.raises(ApiError), connect(simulator.login("requester")) as client:
        client.write("DELETE", "/tickets/no-such-path/at-all")
    assert simulator.sessions() == 0


def test_a_client_can_be_used_after_it_was_closed(simulator: Simulator, connect: Connect) -> None:
    client = connect(simulator.login("admin"))
    client.get("/tickets")
    client.close()
    client.get("/tickets")
    client.close()
    assert count(simulator, "login") == 2
    assert simulator.sessions() == 0


@pytest.mark.parametrize("fault", ["reset_before", "status", "garbage", "truncate"])
def test_a_logout_that_fails_is_a_warning(fault: str, simulator: Simulator, connect: Connect) -> None:
    clock = FakeClock()
    client = connect(simulator.login("requester"), clock=clock)
    client.get("/tickets")
    simulator.fault(fault, kind="logout")
    began = clock.now()
    assert client.close() == "2 session(s) made by this task could not be logged out and will expire by themselves."
    assert clock.now() - began <= 2 * LOGOUT_SECONDS
    assert client.close() is None


def test_a_logout_that_fails_once_is_tried_again(simulator: Simulator, connect: Connect) -> None:
    client = connect(simulator.login("admin"), clock=FakeClock())
    client.get("/tickets")
    simulator.fault("reset_before", kind="logout", times=1)
    assert client.close() is None
    assert simulator.sessions() == 0


def test_an_interruption_logs_out_over_new_connections(simulator: Simulator, connect: Connect) -> None:
    client = connect(simulator.login("admin"))
    client.get("/tickets")
    client.close(interrupted=True)
    login, _read, logout = simulator.exchanges()
    assert login["connection"] != logout["connection"]
    assert simulator.sessions() == 0


def test_a_session_can_be_kept(simulator: Simulator, connect: Connect) -> None:
    client = connect(simulator.login("requester"))
    token = client.keep_session()
    client.close()
    assert [session["uuid"] for session in simulator.books()["sessions"]] == [token]
    connect({**simulator.address, "session_token": token}).get("/tickets")


def test_a_client_whose_session_is_kept_by_others_makes_itself_another(simulator: Simulator, connect: Connect) -> None:
    client = connect(simulator.login("admin"))
    token = client.keep_session()
    client.get("/tickets")
    client.close()
    assert [session["uuid"] for session in simulator.books()["sessions"]] == [token]


@pytest.mark.parametrize("way", ["session", "key"])
def test_only_a_login_makes_a_session_to_keep(way: str, simulator: Simulator, connect: Connect) -> None:
    with pytest.raises(InputError, match="give account_name or virtual_id_name"):
        connect(getattr(simulator, way)("requester")).keep_session()


# Logins that fail
def test_a_wrong_password(simulator: Simulator, connect: Connect) -> None:
    client = connect({**simulator.login("admin"), "account_password": PASSWORD})
    with pytest.raises(ApiError, match=r"^The login was refused: ID\.1000: wrong account name or password") as caught:
        client.get("/tickets")
    assert (caught.value.code, caught.value.http_status) == ("ID.1000", 503)
    assert PASSWORD not in told(caught.value)
    assert count(simulator, "login") == 1
    assert client.close() is None
    assert count(simulator, "logout") == 0


def test_too_many_sessions(simulator: Simulator, connect: Connect) -> None:
    simulator.set(session_limit=1)
    simulator.token("admin")
    with pytest.raises(ApiError, match=r"ID\.1006.* log some out, use an access key, or raise identity/session"):
        connect(simulator.login("admin")).get("/tickets")


@pytest.mark.parametrize("fault", ["reset_after", "reset_before", "truncate", "garbage", "status"])
def test_a_lost_login_answer(fault: str, simulator: Simulator, connect: Connect) -> None:
    simulator.fault(fault, kind="login", times=1)
    client = connect(simulator.login("requester"), clock=FakeClock())
    client.get("/tickets")
    client.close()
    # Nobody knows the token of a session whose making was not answered: it stays until it expires.
    assert simulator.sessions() == (1 if fault in ("reset_after", "truncate") else 0)


@pytest.mark.parametrize(
    "reply",
    [
        answer(200, {}),
        answer(200, {"inventory": None}),
        answer(200, {"inventory": []}),
        answer(200, {"inventory": {}}),
        answer(200, {"inventory": {"uuid": None}}),
        answer(200, {"inventory": {"uuid": ""}}),
        answer(200, {"inventory": {"uuid": 1}}),
        answer(200, {"inventory": {"uuid": "a\nb"}}),
        answer(200, {"inventory": {"uuid": "\ud800"}}),
        answer(200, []),
        answer(202, {"location": "http://127.0.0.1/"}),
    ],
)
@pytest.mark.parametrize("options", [ACCOUNT, PROJECT])
def test_an_answer_without_a_session(reply: t.Any, options: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client, stub = stubbed_client(monkeypatch, options, lambda call: reply)
    with pytest.raises(MalformedAnswer):
        client.get("/tickets")
    assert len(stub.calls) == 1
    assert client.close() is None


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


def test_a_failed_login_says_that_the_write_was_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = ExchangeError("lost", sent=True)
    client, stub = stubbed_client(monkeypatch, {**ACCOUNT, "retries": 0}, in_turn(lost))
    with pytest.raises(ExchangeError) as caught:
        client.write("DELETE", "/tickets/1")
    assert not caught.value.sent
    assert stub.sent() == ["/accounts/login"]
