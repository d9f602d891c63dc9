# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logging in and out, whatever happened in between, and logins that fail."""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
import typing as t

import pytest

from ansible_collections.zstack.tickets.plugins.module_utils._api import identity
from ansible_collections.zstack.tickets.plugins.module_utils._api.client import Client
from ansible_collections.zstack.tickets.plugins.module_utils._api.identity import LOGOUT_SECONDS
from ansible_collections.zstack.tickets.plugins.module_utils._errors import (
    ApiError,
    ExchangeError,
    InputError,
    MalformedAnswer,
)
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.doubles import (
    ACCOUNT,
    LOGGED_IN,
    PASSWORD,
    TOKEN,
    Call,
    FakeClock,
    StubTransport,
    answer,
    in_turn,
    stubbed_client,
    told,
)
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.simulated import Simulator

Connect = t.Callable[..., Client]
THREADS = 12
PATIENCE = 10.0
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


def interrupted_login(monkeypatch: pytest.MonkeyPatch, arrives: threading.Event) -> tuple[Client, StubTransport]:
    """A client that is interrupted while the answer to its login is on its way until C(arrives)."""

    def reply(call: Call) -> t.Any:
        if call.method == "PUT":
            assert arrives.wait(PATIENCE)
        return LOGGED_IN

    client, stub = stubbed_client(monkeypatch, ACCOUNT, reply)

    def read() -> None:
        # Its session may be logged out before it comes to use it.
        with contextlib.suppress(IndexError):
            client.get("/tickets")

    threading.Thread(target=read, daemon=True).start()
    deadline = time.monotonic() + PATIENCE
    while not stub.calls and time.monotonic() < deadline:
        time.sleep(0.01)
    assert stub.sent() == ["/accounts/login"]
    return client, stub


def test_an_interruption_waits_for_the_login_that_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    arrives = threading.Event()
    client, stub = interrupted_login(monkeypatch, arrives)
    threading.Timer(0.2, arrives.set).start()
    assert client.close(interrupted=True) is None
    assert f"/accounts/sessions/{TOKEN}" in stub.sent("DELETE")


def test_an_interruption_waits_for_a_login_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "INTERRUPTED_LOGIN_SECONDS", 0.1)
    arrives = threading.Event()
    client, stub = interrupted_login(monkeypatch, arrives)
    assert client.close(interrupted=True) == (
        "1 session(s) made by this task could not be logged out and will expire by themselves."
    )
    assert stub.sent("DELETE") == []
    arrives.set()


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


def test_a_failed_login_says_that_the_write_was_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = ExchangeError("lost", sent=True)
    client, stub = stubbed_client(monkeypatch, {**ACCOUNT, "retries": 0}, in_turn(lost))
    with pytest.raises(ExchangeError) as caught:
        client.write("DELETE", "/tickets/1")
    assert not caught.value.sent
    assert stub.sent() == ["/accounts/login"]
