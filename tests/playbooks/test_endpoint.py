"""An endpoint that is not there, not the API, or not well; and a Python without what the modules need."""

from __future__ import annotations

import socket
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.simulator import Simulator

from .harness import Ansible
from .people import stored, ticket_in
from .tasks import info, ticket

HTML = "<html><head><title>502 Bad Gateway</title><style>p {}</style></head><body><h1>Bad Gateway</h1><p>nginx</p></body></html>"
PORTAL = "<!DOCTYPE html><html><body>Please accept the terms of use.</body></html>"

ANSWERS: list[tuple[dict[str, Any], list[str]]] = [
    ({"fault": "status", "status": 502, "body": HTML}, ["answered with 502 (502 Bad Gateway Bad Gateway nginx)", "comes from a proxy"]),
    ({"fault": "status", "status": 200, "body": PORTAL}, ["answered with something that is not JSON (Please accept the terms of use.)"]),
    ({"fault": "status", "status": 400, "body": "Client sent an HTTP request to an HTTPS server."}, ["400", "expects TLS, so set scheme: https"]),
    ({"fault": "status", "status": 503, "body": ""}, ["answered with 503", "a node that is starting"]),
    ({"fault": "status", "status": 404, "body": "no api mapping to /v1/tickets"}, ["GET /tickets was refused: HTTP 404: no api mapping to /v1/tickets."]),
    ({"fault": "foreign_json"}, ["GET /tickets", "not a JSON object"]),
    ({"fault": "foreign_json", "body": '{"inventories": {"uuid": 1}}'}, ["GET /tickets", "no list of objects under inventories"]),
    ({"fault": "foreign_json", "body": '{"inventories": [{"uuid": 1, "status": "Pending"}]}'}, ["a value of type int for ticket.uuid, where text belongs"]),
    ({"fault": "foreign_json", "body": '{"inventories": [{"uuid": "u"}]}'}, ["nothing for ticket.status, where text belongs"]),
    ({"fault": "redirect", "location": "http://127.0.0.1:1/zstack/v1/tickets"}, ["a redirect, which is not followed", "give the address"]),
    ({"fault": "truncate"}, ["broke before the answer was complete"]),
    ({"fault": "garbage"}, ["broke before the answer was complete"]),
    ({"fault": "reset_before"}, ["broke before the answer was complete"]),
    ({"fault": "latency", "seconds": 1.5}, ["did not answer within 1 seconds", "Raise timeout"]),
]  # fmt: skip


def answer_in_turn(simulator: Simulator, rules: Sequence[Mapping[str, Any]]) -> None:
    """The n-th read of tickets meets the n-th rule."""

    def add() -> None:
        for number, rule in enumerate(rules, 1):
            simulator.faults.add(**rule, action="queryTicket", nth=number)

    simulator.call(add)


def test_strange_answers(ansible: Ansible, simulator: Simulator) -> None:
    """One read and one answer for each task."""
    answer_in_turn(simulator, [rule for rule, _words in ANSWERS])
    run = ansible.play(*[info(retries=0, timeout=1)] * len(ANSWERS))
    told = [task["msg"] for task in run]
    assert all(task.failed and task["error"]["code"] is None for task in run)
    missing = [
        (message, word)
        for message, (_rule, words) in zip(told, ANSWERS, strict=True)
        for word in words
        if word not in message
    ]
    assert missing == []
    assert not any("\n" in message for message in told)
    statuses = [task["error"]["http_status"] for task in run]
    assert statuses[:5] == [502, 200, 400, 503, 404]
    assert statuses[9] == 307


def test_reads_are_tried_again(ansible: Ansible, simulator: Simulator) -> None:
    passing = [
        rule
        for rule, _words in ANSWERS
        if rule["fault"] in ("truncate", "garbage", "reset_before") or rule.get("status") in (502, 503)
    ]
    answer_in_turn(simulator, passing)
    run = ansible.play(info(retries=len(passing)), info(retries=0))
    assert [task.failed for task in run] == [False, False]
    assert run[0].requests == len(passing) + 1


def test_login_that_is_none(ansible: Ansible, simulator: Simulator) -> None:
    simulator.call(lambda: simulator.faults.add("foreign_json", action="loginIAM2VirtualID", body='{"inventory": {}}'))
    task = ansible.play(ticket())[0]
    assert task.failed
    assert "/iam2/virtual-ids/login was answered without a session" in task["msg"]


def test_nobody_there(ansible: Ansible, simulator: Simulator) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        run = ansible.play(
            info(port=port, retries=1),
            info(host="no-such-host.invalid", retries=0),
            info(context_path="elsewhere", retries=0),
        )
    refused, unknown, elsewhere = run
    assert all(task.failed for task in run)
    assert refused["msg"].startswith(f"The connection to 127.0.0.1 port {port} was refused. ")
    assert "Check host and port, and that the management node runs." in refused["msg"]
    assert unknown["msg"].startswith("The host no-such-host.invalid is not known. Check host")
    assert f"http://127.0.0.1:{simulator.port}/elsewhere answered with 404" in elsewhere["msg"]
    assert "another server" in elsewhere["msg"]


@pytest.mark.parametrize("in_process", [True, False], ids=["in process", "ordinary"])
def test_url_and_environment(ansible: Ansible, simulator: Simulator, in_process: bool) -> None:
    """A URL says all of the address, whatever the environment says; a task that contradicts it is told so."""
    url = f"http://127.0.0.1:{simulator.port}/zstack"
    elsewhere = {"ZSTACK_PORT": "1", "ZSTACK_SCHEME": "https", "ZSTACK_CONTEXT_PATH": "elsewhere"}
    run = ansible.play(
        info(host=url),
        info(host=url, port=8080),
        info(host=url, scheme="https"),
        info(host=url, context_path="/other/"),
        environment=elsewhere,
        in_process=in_process,
    )
    assert [task.failed for task in run] == [False, True, True, True], run.output
    for task, given in zip(run.tasks[1:], ("port=8080", "scheme=https", "context_path=other"), strict=True):
        assert f"host: the URL '{url}' contradicts {given}. Give one of the two." in task["msg"]
    all_of_environment = ansible.play(info(), environment={**elsewhere, "ZSTACK_HOST": url}, in_process=in_process)
    assert not all_of_environment[0].failed


def test_proxy(ansible: Ansible, simulator: Simulator) -> None:
    """The variables that name proxies are obeyed, as by other tools."""
    variables = {"http_proxy": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1"}
    run = ansible.play(
        {**info(retries=0), "environment": variables},
        {**info(retries=0), "environment": {**variables, "no_proxy": "127.0.0.1"}},
    )
    assert run[0].failed
    assert "The proxy on the way to 127.0.0.1" in run[0]["msg"]
    assert "no_proxy" in run[0]["msg"]
    assert not run[1].failed


def test_what_became_of_a_write_cannot_be_asked(ansible: Ansible, simulator: Simulator) -> None:
    """The node goes away with the answer and does not come back: the message says what to do, and the next run finishes."""
    uuid = ticket_in(simulator, "Pending")["uuid"]

    def break_down() -> None:
        simulator.faults.add("reset_after", action="deleteTicket", kind="write")
        simulator.faults.add("reset_before", path="/v1/api-jobs/*")

    simulator.call(break_down)
    task = ansible.play(ticket(state="absent", job_timeout=2, retries=0))[0]
    # The ticket is gone, and that is what was wanted
    assert not task.failed, task.result
    assert stored(simulator) is None
    simulator.call(lambda: simulator.faults.add("job_stuck", action="createTicket", commit=False))
    stuck = ansible.play(ticket(name="mail", job_timeout=1, retries=0))[0]
    assert stuck.failed
    assert "Creating the ticket 'mail': the job " in stuck["msg"]
    assert uuid not in stuck["msg"]


def test_job_that_does_not_end(ansible: Ansible, simulator: Simulator) -> None:
    simulator.call(lambda: simulator.faults.add("job_stuck", action="createTicket", commit=False))
    task = ansible.play(ticket(job_timeout=1))[0]
    assert task.failed
    assert "was accepted but has not ended within 1 seconds (job_timeout)" in task["msg"]
    assert "run the task again" in task["msg"]
    sent = next(exchange for exchange in run_writes(task) if exchange.action == "createTicket")
    assert sent.headers["X-API-Timeout"] == "1"
    assert sent.headers["X-Job-UUID"] in task["msg"]


def run_writes(task: Any) -> list[Any]:
    return [exchange for exchange in task.exchanges if exchange.kind == "write"]


def test_python_without_the_library(ansible: Ansible, tmp_path: Path) -> None:
    """Where the task runs, or on the controller: one sentence that names library, host and Python."""
    venv.create(tmp_path / "bare", symlinks=True)
    elsewhere = {**info(), "vars": {"ansible_python_interpreter": str(tmp_path / "bare" / "bin" / "python")}}
    words = ["Failed to import the required Python library (requests)"]
    run = ansible.play(elsewhere, {**ticket(), "vars": elsewhere["vars"]})
    assert_missing(run.tasks, words)
    (tmp_path / "broken" / "requests").mkdir(parents=True)
    (tmp_path / "broken" / "requests" / "__init__.py").write_text("raise ImportError('not here')\n")
    run = ansible.play(info(), ticket(), environment={"PYTHONPATH": str(tmp_path / "broken")})
    assert_missing(run.tasks, words)


def assert_missing(tasks: list[Any], words: list[str]) -> None:
    for task in tasks:
        assert task.failed
        assert all(word in task["msg"] for word in words), task["msg"]
        assert task.exchanges == []
