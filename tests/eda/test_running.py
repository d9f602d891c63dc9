"""How the event source runs: trouble, restarts, refusals, wrong arguments, the end."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.zstack.tickets.plugins.module_utils._api.client import Client
from tests.playbooks.harness import SECRET, written_forms
from tests.playbooks.meanwhile import until
from tests.playbooks.people import Person
from tests.simulator import Simulator, acts

from .listener import SOURCE, Listener

Listen = Callable[..., Listener]
MOVES = ["recalled", "reopened"]


def move(person: Person, uuid: str, times: int = 1) -> None:
    """Recall and reopen a ticket, so that the history grows by two entries each time."""
    for _time in range(times):
        person.send("cancel", uuid)
        person.send("reopen", uuid)


def sequences(listener: Listener) -> list[int]:
    return [event["sequence"] for event in listener.wait_until(lambda events: True)]


# Trouble


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "reset_before"},
        {"fault": "truncate"},
        {"fault": "garbage"},
        {"fault": "status", "status": 502, "body": "<html>"},
        {"fault": "status", "status": 503, "body": '{"error": {"code": "SYS.1000", "details": "no database"}}'},
        {"fault": "foreign_json", "body": '{"inventories": [{"uuid": 7}]}'},
        {"fault": "session_expired", "times": 1},
    ],
    ids=["reset", "truncated", "no HTTP", "502", "database", "another shape", "session"],
)
@pytest.mark.parametrize("action", ["queryTicketHistory", "queryTicket"])
def test_a_look_that_fails_is_made_again(
    listen: Listen, requester: Person, simulator: Simulator, action: str, fault: dict[str, Any]
) -> None:
    listener = listen(events=MOVES)
    uuid = requester.create("one")["uuid"]
    rule = simulator.call(lambda: simulator.faults.add(**{"times": 2, **fault}, action=action, identity="approver"))
    until(lambda: rule.applied == rule.times)
    move(requester, uuid)
    listener.wait(("recalled", "one"), ("reopened", "one"))


def test_a_node_that_restarts(
    listen: Listen, requester: Person, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    listener = listen(events=MOVES)
    uuid = requester.create("one")["uuid"]
    simulator.restart(down=0.3, lose_sessions=True)
    move(requester, uuid)
    listener.wait(("recalled", "one"), ("reopened", "one"))
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert any("was refused" in text and "Next attempt in" in text for text in warnings)
    assert warnings[-1] == "The server answers again."


def test_a_server_that_is_not_there_yet_is_waited_for(start: Listen, requester: Person, simulator: Simulator) -> None:
    rule = simulator.call(lambda: simulator.faults.add("reset_before", kind="login", identity=None, times=3))
    listener = start(events=["awaiting_me"])
    until(lambda: rule.applied == 3)
    requester.create("one")
    listener.wait(("awaiting_me", "one"))


def test_the_zone_of_the_server_does_not_matter(listen: Listen, requester: Person, simulator: Simulator) -> None:
    """What the server's clock shows may jump in both directions."""
    listener = listen(events=["created", "deleted", *MOVES])
    expected = []
    for zone in ("Asia/Shanghai", "America/Los_Angeles", "UTC"):
        simulator.set(server_timezone=zone)
        move(requester, requester.create(zone)["uuid"])
        expected += [("created", zone), ("recalled", zone), ("reopened", zone)]
        listener.wait(*expected)


def test_the_rulebook_is_not_held_up(start: Listen, requester: Person, simulator: Simulator) -> None:
    """While the server takes its time, the event loop runs: else it could not be asked to stop and to answer."""
    rule = simulator.call(lambda: simulator.faults.add("latency", action="queryTicket", seconds=1, times=1))
    listener = start()
    until(lambda: rule.applied == 1)
    assert listener.turns(3) == 3
    assert listener.told == []


# Restarts


def test_a_restart_goes_on_where_it_was(listen: Listen, start: Listen, requester: Person, tmp_path: Path) -> None:
    cursor_file = tmp_path / "cursor.json"
    listener = listen(cursor_file=str(cursor_file))
    first = requester.create("first")["uuid"]
    listener.wait(("created", "first"), ("awaiting_me", "first"))
    listener.stop()
    assert cursor_file.stat().st_mode & 0o77 == 0

    move(requester, first)
    second = requester.create("second")["uuid"]
    listener = start(cursor_file=str(cursor_file), since="beginning")
    told = [
        ("created", "second"),
        ("recalled", "first"),
        ("reopened", "first"),
    ]
    listener.wait_until(lambda events: len(events) == 5)
    assert listener.told[:3] == told
    assert sorted(listener.told[3:]) == [("awaiting_me", "first"), ("awaiting_me", "second")]
    listener.stop()

    requester.delete(second)
    listener = start(cursor_file=str(cursor_file))
    listener.wait(("deleted", "second"))
    listener.stop()
    assert SECRET not in cursor_file.read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["cursor.json"]


@pytest.mark.parametrize("room", [0, 1, 4])
def test_what_was_handed_over_before_the_end_is_not_told_again(
    start: Listen, requester: Person, tmp_path: Path, room: int
) -> None:
    """The rulebook may end while its queue is full."""
    move(requester, requester.create("one")["uuid"], 3)
    arguments = {"cursor_file": str(tmp_path / "cursor"), "since": 0, "events": MOVES}
    first = start(room=room, **arguments)
    first.wait_until(lambda events: len(events) == room)
    until(lambda: first.waits)
    first.stop()
    second = start(**arguments)
    second.wait_until(lambda events: len(events) == 6 - room)
    assert sequences(first) + sequences(second) == [1, 2, 3, 4, 5, 6]


def test_only_what_the_rules_have_taken_counts(start: Listen, requester: Person, tmp_path: Path) -> None:
    """With feedback, as ansible-rulebook gives it, an event in the queue is not yet told."""
    move(requester, requester.create("one")["uuid"])
    arguments = {"cursor_file": str(tmp_path / "cursor"), "since": 0, "events": MOVES, "feedback": True}
    first = start(answers=1, **arguments)
    first.wait(("recalled", "one"), ("reopened", "one"))
    first.stop()
    second = start(answers=9, **arguments)
    second.wait(("reopened", "one"))


def test_without_a_cursor_file_it_begins_anew(listen: Listen, requester: Person) -> None:
    uuid = requester.create("one")["uuid"]
    listen(events=MOVES).stop()
    move(requester, uuid)
    listener = listen(events=MOVES)
    requester.send("cancel", uuid)
    listener.wait(("recalled", "one"))
    assert sequences(listener) == [3]


# Refusals


def test_a_wrong_password_ends_it(start: Listen) -> None:
    error = start(virtual_id_password="wrong secret").wait_for_end()
    assert type(error).__name__ == "ApiError"
    assert "was refused: ID.1000" in str(error)
    assert "wrong secret" not in str(error)


def test_a_key_that_is_revoked_ends_it(start: Listen, requester: Person, simulator: Simulator) -> None:
    key = simulator.identities["approver"]
    names = ("access_key_id", "access_key_secret")
    logins = dict.fromkeys(("virtual_id_name", "virtual_id_password", "project_name"))
    listener = start(**logins, **{name: key[name] for name in names}, server_timezone="UTC")
    uuid = requester.create("one")["uuid"]
    listener.wait_until(lambda events: ("awaiting_me", "one") in listener.told)
    simulator.call(lambda: acts.set_access_key_state(simulator._node, "approver", "Disabled"))
    assert "ID.1001" in str(listener.wait_for_end())
    assert uuid


def test_who_the_caller_is_may_not_be_known(
    listen: Listen, start: Listen, requester: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Client, "caller", lambda self, read_only=False: None)
    listener = listen()
    requester.create("one")
    listener.wait(("created", "one"))
    assert "There will be no events awaiting_me" in caplog.text
    assert "does not tell whose session" in str(start(events=["awaiting_me"]).wait_for_end())


def test_no_secret_is_told_or_logged(
    listen: Listen, requester: Person, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    listener = listen(events=["created"])
    requester.create(f"reset {SECRET} please")
    listener.wait(("created", "reset ******** please"))
    simulator.restart(down=0.2, lose_sessions=True)
    requester.create("another")
    told = listener.wait_until(lambda events: len(events) == 2)
    tokens = {exchange.headers.get("Authorization", "")[6:] for exchange in simulator.log.select()} - {""}
    for secret in {SECRET, *tokens}:
        for form in written_forms(secret):
            assert form not in caplog.text
            assert form not in json.dumps(told, ensure_ascii=False)


# Arguments


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"interval": 0}, ["interval: 0 is out of range"]),
        ({"interval": "soon"}, ["interval", "float"]),
        ({"remind_after": -1}, ["remind_after: -1 is out of range"]),
        ({"since": "yesterday"}, ["since: 'yesterday'", "now, beginning, or the sequence number"]),
        ({"since": "-3"}, ["since: '-3'"]),
        ({"events": ["aprove"]}, ["events", "aprove", "approved"]),
        ({"pause": 3}, ["pause", "interval"]),
        ({"host": "http://user:pass@x"}, ["host", "credentials"]),
        ({"port": "many"}, ["port", "many"]),
        ({"host": None}, ["host"]),
        ({"timeout": 0}, ["timeout: 0 is out of range"]),
        ({"account_name": "admin"}, ["Several ways to identify", "account_name"]),
        ({"virtual_id_name": None, "virtual_id_password": None, "project_name": None}, ["No way to identify"]),
        ({"profile": "nowhere"}, ["profile", "nowhere"]),
        ({"cursor_file": "/nowhere/at/all.json"}, ["cursor_file: /nowhere/at/all.json cannot be written"]),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else "",
)
def test_wrong_arguments_end_it(start: Listen, arguments: dict[str, Any], named: list[str]) -> None:
    error = start(**arguments).wait_for_end()
    assert type(error).__name__ == "InputError"
    assert [text for text in named if text not in str(error)] == []


@pytest.mark.parametrize("content", ["", "[]", '{"version": 2}', '{"version": 1, "start": 0, "seen": {}}', "\udcff"])
def test_a_file_that_is_no_cursor_ends_it(start: Listen, tmp_path: Path, content: str) -> None:
    path = tmp_path / "cursor"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    error = start(cursor_file=str(path)).wait_for_end()
    assert f"cursor_file: {path} was not written by" in str(error)
    assert path.read_bytes() == content.encode("utf-8", "surrogateescape")


def test_arguments_are_those_of_the_environment_too(
    start: Listen, requester: Person, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in simulator.environment("approver").items():
        monkeypatch.setenv(name, value)
    requester.create("one")
    names = ("host", "port", "scheme", "virtual_id_name", "virtual_id_password", "project_name")
    start(**dict.fromkeys(names)).wait(("awaiting_me", "one"))


# The end


def test_it_logs_out_although_it_is_ended_while_it_logs_in(start: Listen, simulator: Simulator) -> None:
    rule = simulator.call(lambda: simulator.faults.add("latency", kind="login", seconds=0.5, times=1))
    listener = start()
    until(lambda: rule.applied == 1)
    listener.stop()
    until(lambda: bool(simulator.log.select(kind="logout")))
    assert not simulator.sessions.open


def test_it_is_found_by_a_python_that_knows_no_collections() -> None:
    program = (
        "import runpy, sys; sys.path = [folder for folder in sys.path if not folder.endswith('collections')];"
        f"print(runpy.run_path({str(SOURCE)!r})['main'].__name__)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout == "main\n", done.stderr
