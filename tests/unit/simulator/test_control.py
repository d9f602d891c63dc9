"""The control surface, the handle, the command line, the settings."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.simulator import documentation, start
from tests.simulator.switches import Switches, table

ROOT = Path(__file__).parents[3]


@pytest.fixture
def control(sim: Any) -> Callable[..., Any]:
    def call(method: str, path: str, body: Any = None, status: int = 200) -> Any:
        answer = requests.request(method, sim.control + path, json=body, timeout=10)
        assert answer.status_code == status, answer.text
        return answer.json()

    return call


def test_about(sim: Any, control: Any) -> None:
    about = control("GET", "/")
    assert about["endpoint"] == sim.endpoint
    assert about["identities"]["requester"]["project_name"] == "demo-project"
    assert about["uuids"] == sim.uuids


def test_books(as_: Any, sim: Any, control: Any) -> None:
    ticket = as_.requester.create(flowCollectionUuid=sim.uuids["chain_collection"])["uuid"]
    as_.approver.event(ticket, "approve")
    books = control("GET", "/books")
    assert books["awaiting"] == {ticket: "approver2"}
    assert books["tickets"][0]["status"] == "IntermediateApproved"
    assert len(books["histories"]) == 1
    assert sorted(session["user"] for session in books["sessions"]) == ["approver", "requester"]
    assert [job["api"] for job in books["jobs"]] == ["createTicket", "changeTicketStatus"]


def test_log_tells_what_was_asked_for(as_: Any, control: Any) -> None:
    _session = as_.requester
    control("DELETE", "/log")
    as_.requester("POST", "/tickets", json=as_.requester.ticket_body(), headers={"X-Extra": "1"})
    as_.requester("GET", "/tickets?limit=5")
    write, read = control("GET", "/log")["exchanges"]
    assert (write["method"], write["path"], write["kind"], write["action"], write["identity"], write["status"]) == (
        *("POST", "/v1/tickets", "write", "createTicket", "requester"),
        202,
    )
    assert len(write["job_uuid"]) == 32
    assert (read["query"], read["kind"], read["number"]) == ("limit=5", "read", 2)
    assert read["connection"] == write["connection"]
    assert "headers" not in write
    assert "body" not in write
    (write,) = control("GET", "/log?kind=write&headers&body")["exchanges"]
    assert write["headers"]["X-Extra"] == "1"
    assert json.loads(write["body"])["params"]["name"] == "ticket"
    assert write["answer"] is None
    assert control("GET", "/log?since=1")["exchanges"][0]["number"] == 2


def test_answers_are_logged_by_switch(as_: Any, sim: Any) -> None:
    sim.set(log_answers=True)
    as_.nobody("PUT", "/management-nodes/actions", json={"getVersion": {}})
    assert b"version" in (sim.log.entries[-1].answer or b"")


def test_counters(as_: Any, sim: Any, control: Any) -> None:
    as_.requester.create()
    counters = control("GET", "/counters")
    assert counters == {
        "requests": 4,
        "connections": 1,
        "logins": 2,
        "by_kind": {"login": 2, "write": 1, "poll": 1},
        "writes": {"createTicket": 1},
    }
    assert sim.counters == counters
    as_.admin("GET", "/tickets")
    assert sim.counters["connections"] == 2


def test_faults_over_http(as_: Any, control: Any) -> None:
    rule = {"fault": "status", "status": 429, "headers": {"Retry-After": "1"}, "kind": "read"}
    assert control("POST", "/faults", [rule], 201)["faults"][0]["status"] == 429
    assert as_.requester("GET", "/tickets").headers["Retry-After"] == "1"
    assert control("GET", "/faults")["faults"][0]["applied"] == 1
    control("DELETE", "/faults")
    assert as_.requester("GET", "/tickets").status_code == 200
    assert "no fault named" in control("POST", "/faults", {"fault": "x"}, 400)["error"]


def test_switches_over_http(sim: Any, control: Any) -> None:
    assert control("GET", "/switches")["locale"]["choices"] == ["zh_CN", "en_US"]
    assert control("PATCH", "/switches", {"locale": "en_US", "session_limit": 3})["session_limit"] == 3
    assert sim.switches.locale == "en_US"
    for wrong in (
        {"foo": 1},
        {"move_changes": "Pending/reopen"},
        {"server_timezone": "Nowhere/Land"},
        {"execution_failure_pattern": "("},
        {"locale": "fr"},
        {"session_limit": "many"},
        {"unique_session": "maybe"},
    ):
        assert control("PATCH", "/switches", {"job_duration": 5, **wrong}, 400)["error"]
    assert sim.switches.job_duration == 0


def test_reset(as_: Any, sim: Any, control: Any) -> None:
    as_.requester.create()
    sim.set(locale="en_US")
    control("POST", "/clock", {"advance": 100})
    control("POST", "/reset")
    assert (len(sim.cloud.tickets), len(sim.sessions.open), len(sim.log), sim.switches.locale) == (0, 0, 0, "en_US")
    assert abs(sim.clock.now() - time.time()) < 10
    control("POST", "/reset", {"switches": True})
    assert sim.switches.locale == "zh_CN"


def test_clock_and_sessions(as_: Any, control: Any) -> None:
    _session = as_.requester
    assert control("POST", "/clock", {"advance": 60})["offset"] == 60
    assert control("POST", "/sessions/expire") == {"expired": 1}
    assert as_.requester("GET", "/tickets").status_code == 503


def test_people_and_projects(as_: Any, control: Any) -> None:
    control("POST", "/virtual-ids/approver/remove-from-project")
    assert as_.admin.query("/tickets/flow-collections", "name=demo")[0]["status"] == "Invalid"
    control("POST", "/virtual-ids/approver2/delete")
    assert as_.admin.query("/iam2/virtual-ids", "name=approver2") == []
    control("POST", "/projects/demo-project/delete")
    assert as_.admin.query("/iam2/projects", "name=demo-project") == []
    for path in ("/virtual-ids/nobody/delete", "/projects/nobody/delete"):
        assert "named nobody" in control("POST", path, status=404)["error"]


def test_seeding(as_: Any, sim: Any, control: Any) -> None:
    assert control("POST", "/tickets/seed", {"count": 20})["seeded"] == 20
    assert sim.seed_tickets(5, "more") == 5
    assert len(as_.requester.query("/tickets")) == 25
    ticket = as_.requester.query("/tickets", "name=more-21")[0]["uuid"]
    assert as_.approver.event(ticket, "approve").status_code == 200
    assert "count" in control("POST", "/tickets/seed", {}, 400)["error"]


def test_restart_over_http(as_: Any, control: Any) -> None:
    _session = as_.requester
    control("POST", "/restart", {"down": 0, "lose_sessions": True}, 202)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            if as_.requester("GET", "/tickets").status_code == 503:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.02)
    pytest.fail("the node did not come back without its sessions")


def test_two_simulators_side_by_side() -> None:
    with start({"locale": "en_US"}) as one, start() as two:
        assert one.port != two.port
        one.seed_tickets(1)
        assert (len(one.cloud.tickets), len(two.cloud.tickets)) == (1, 0)
        assert two.environment("approver") == {
            "ZSTACK_HOST": "127.0.0.1",
            "ZSTACK_PORT": str(two.port),
            "ZSTACK_SCHEME": "http",
            "ZSTACK_VIRTUAL_ID_NAME": "approver",
            "ZSTACK_VIRTUAL_ID_PASSWORD": "password",
            "ZSTACK_PROJECT_NAME": "demo-project",
        }


def test_unusable_settings_are_told_by_the_handle() -> None:
    with pytest.raises(ValueError, match="no switch named foo"):
        start({"foo": 1})
    with pytest.raises(FileNotFoundError), start(certificate="/nonexistent", key="/nonexistent"):
        pass


def test_tls(tmp_path: Path) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    with start(certificate=str(certificate), key=str(key)) as sim:
        assert sim.endpoint.startswith("https://")
        url = f"{sim.endpoint}/zstack/v1/management-nodes/actions"
        body: dict[str, Any] = {"getVersion": {}}
        assert requests.put(url, json=body, verify=str(certificate), timeout=10).status_code == 200
        sim.faults.add("reset_after", times=1)
        with pytest.raises(requests.ConnectionError):
            requests.put(url, json=body, verify=str(certificate), timeout=10)


def _run(tmp_path: Path, *arguments: str) -> tuple[subprocess.Popen[str], Any]:
    ready = tmp_path / "ready.json"
    command = [sys.executable, "-m", "tests.simulator", "--port", "0", "--ready-file", str(ready), *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 20
    while not ready.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    return process, json.loads(ready.read_text(encoding="utf-8")) if ready.exists() else None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_command_line(tmp_path: Path, number: signal.Signals) -> None:
    faults = tmp_path / "faults.json"
    faults.write_text('[{"fault": "latency", "times": 0}]', encoding="utf-8")
    process, ready = _run(
        tmp_path, "--set", "locale=en_US", "--set", "unique_session=yes", "--faults", str(faults), "--seed-tickets", "3"
    )
    try:
        assert ready["pid"] == process.pid
        switches = requests.get(ready["control"] + "/switches", timeout=10).json()
        assert (switches["locale"]["value"], switches["unique_session"]["value"]) == ("en_US", True)
        assert len(requests.get(ready["control"] + "/faults", timeout=10).json()["faults"]) == 1
        assert len(requests.get(ready["control"] + "/books", timeout=10).json()["tickets"]) == 3
        assert requests.get(f"{ready['endpoint']}/zstack/v1/nothing", timeout=10).status_code == 404
        with socket.create_connection((ready["host"], ready["port"]), timeout=10) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\n\r\n")  # without a Host
            assert b" 400 " in connection.recv(100)
    finally:
        process.send_signal(number)
        output, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")
    assert f"export ZSTACK_PORT={ready['port']}" in output
    assert "# export ZSTACK_ACCOUNT_NAME=admin" in output
    assert f"ZSTACK_ACCESS_KEY_ID={ready['identities']['requester']['access_key_id']}" in output


def test_command_line_stops_by_itself_and_quietly(tmp_path: Path) -> None:
    process, ready = _run(tmp_path, "--quiet", "--ttl", "0.1")
    assert ready["port"]
    assert process.communicate(timeout=20) == ("", "")
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (["--set", "foo=1"], "simulator: no switch named foo"),
        (["--set", "locale"], "argument --set: 'locale' is not NAME=VALUE"),
        (["--set", "locale=fr"], "simulator: locale must be one of"),
        (["--port", "65536"], "argument --port: '65536' is not a port"),
        (["--faults", "nowhere.json"], "simulator: [Errno 2] No such file or directory: 'nowhere.json'"),
    ],
)
def test_command_line_refuses_unknown_settings(tmp_path: Path, wrong: list[str], words: str) -> None:
    process, ready = _run(tmp_path, *wrong)
    _output, errors = process.communicate(timeout=20)
    assert (ready, process.returncode) == (None, 2)
    assert words in errors
    assert "Traceback" not in errors


def test_command_line_tells_another_context_path(tmp_path: Path) -> None:
    process, ready = _run(tmp_path, "--set", "context_path=cloud", "--ttl", "0.1")
    output, _errors = process.communicate(timeout=20)
    assert output.startswith(f"# ZStack simulator: {ready['endpoint']}/cloud/v1\n")
    assert "\nexport ZSTACK_CONTEXT_PATH=cloud\n" in output


def test_command_line_tells_when_it_cannot_listen(tmp_path: Path) -> None:
    with start() as sim:
        process, ready = _run(tmp_path, "--port", str(sim.port))
        _output, errors = process.communicate(timeout=20)
    assert (ready, process.returncode) == (None, 1)
    assert "in use" in errors


def test_every_switch_is_explained() -> None:
    for item in table():
        assert item.metadata["meaning"]
        assert item.metadata["evidence"] in documentation.EVIDENCE
        assert not item.metadata["choices"] or item.default in item.metadata["choices"]


def test_switches_are_used() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "tests/simulator").glob("*.py")
        if path.name != "switches.py"
    )
    assert [item.name for item in table() if f".{item.name}" not in sources] == []


def test_readme_shows_the_tables() -> None:
    readme = documentation.README.read_text(encoding="utf-8")
    assert documentation.update(readme) == readme
    for made in (documentation.switches(), documentation.faults(), documentation.moves(), documentation.identities()):
        assert made in readme


def test_switches_read_texts() -> None:
    switches = Switches()
    switches.apply({"session_limit": "7", "job_duration": "1.5", "unique_session": "on", "log_answers": "No"})
    assert (switches.session_limit, switches.job_duration) == (7, 1.5)
    assert (switches.unique_session, switches.log_answers) == (True, False)


def test_the_package_works_under_the_collections_name(tmp_path: Path) -> None:
    place = tmp_path / "ansible_collections" / "zstack"
    place.mkdir(parents=True)
    (place / "tickets").symlink_to(ROOT, target_is_directory=True)
    code = (
        "from ansible_collections.zstack.tickets.tests.simulator import start\nwith start() as sim: print(sim.port > 0)"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout.strip(), done.returncode) == ("True", 0), done.stderr
