"""A run that is told to end: it logs out first, and the next run goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from tests.simulator import Simulator
from tests.support.processes import end

from .harness import PATIENCE, PROGRAMS, Ansible
from .meanwhile import until
from .people import Person, ticket_in
from .tasks import WEB, Task, batch, info, status

pytestmark = pytest.mark.core


def playing(ansible: Ansible, task: Task, in_process: bool) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """A playbook that runs in a group of processes of its own."""
    playbook = ansible.folder / "playbook.yml"
    playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]))
    return running(ansible, ["ansible-playbook", str(playbook)], in_process)


@contextmanager
def running(ansible: Ansible, command: list[str], in_process: bool = True) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [str(PROGRAMS / command[0]), *command[1:]],
        cwd=ansible.folder,
        env=ansible.environment("requester", in_process, {"ANSIBLE_LOCALHOST_WARNING": "false"}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        end(process)


def assert_ends(process: subprocess.Popen[bytes], simulator: Simulator, number: signal.Signals) -> None:
    """As a controller or a terminal does it, the signal goes to the whole group. No session may be left."""
    os.killpg(process.pid, number)
    output = process.communicate(timeout=PATIENCE)[0].decode()
    until(lambda: not simulator.sessions.open)
    assert process.returncode != 0
    assert "Traceback" not in output


by_any_signal = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)


@pytest.mark.parametrize("many", [False, True], ids=["one ticket", "a batch"])
@pytest.mark.parametrize("in_process", [True, False], ids=["in process", "ordinary"])
@by_any_signal
def test_interrupted_wait(
    ansible: Ansible, simulator: Simulator, number: signal.Signals, in_process: bool, many: bool
) -> None:
    uuid = ticket_in(simulator, "Pending")["uuid"]
    wait = {"wait": True, "wait_timeout": 60, "wait_interval": 0.2}
    tickets = [{"uuid": uuid, "status": "approved"}]
    task = batch(*tickets, **wait) if many else status("approved", uuid=uuid, **wait)
    with playing(ansible, task, in_process) as process:
        until(lambda: sum(uuid in row.query for row in simulator.log.select(action="queryTicket")) > 3)
        assert simulator.sessions.open
        assert_ends(process, simulator, number)
    Person(simulator, "approver").send("approve", uuid)
    again = ansible.play(task)[0]
    assert not again.failed
    assert (again["results"][0] if many else again)["status_after"] == "FinalApproved"


@by_any_signal
def test_interrupted_jobs(ansible: Ansible, simulator: Simulator, number: signal.Signals) -> None:
    """Of a batch, each in a thread that would wait for its job for minutes."""
    simulator.call(lambda: simulator.faults.add("job_stuck", action="createTicket", commit=False))
    task = batch(*({"name": f"ticket {count}", "requests": [WEB]} for count in range(9)), workers=3)
    with playing(ansible, task, in_process=False) as process:
        until(lambda: len(simulator.log.select(kind="poll")) > 9)
        assert_ends(process, simulator, number)
    assert len(simulator.log.select(kind="write", action="createTicket")) == 3


def test_killed(ansible: Ansible, simulator: Simulator) -> None:
    """Only Ansible is: the worker that is left would wait for an hour."""
    uuid = ticket_in(simulator, "Pending")["uuid"]
    task = status("approved", uuid=uuid, wait=True, wait_timeout=3600, wait_interval=0.2)
    with playing(ansible, task, in_process=True) as process:
        until(lambda: len(simulator.log.select(action="queryTicket")) > 3)
        assert simulator.sessions.open
        process.kill()
        process.communicate(timeout=PATIENCE)
        until(lambda: not simulator.sessions.open)


@by_any_signal
@pytest.mark.parametrize("action", ["loginIAM2VirtualID", "loginIAM2Project"])
def test_interrupted_login(ansible: Ansible, simulator: Simulator, number: signal.Signals, action: str) -> None:
    """The session is made, and its answer is still on its way."""
    simulator.call(lambda: simulator.faults.add("latency", action=action, seconds=1.0, commit=True))
    with playing(ansible, info(), in_process=True) as process:
        until(lambda: bool(simulator.sessions.open))
        assert_ends(process, simulator, number)


@by_any_signal
def test_interrupted_inventory(ansible: Ansible, simulator: Simulator, number: signal.Signals) -> None:
    """The tickets are still on their way."""
    simulator.call(lambda: simulator.faults.add("latency", action="queryTicket", seconds=1.0))
    source = ansible.folder / "all.zstack_tickets.yml"
    source.write_text("plugin: zstack.tickets.zstack_tickets\n", encoding="utf-8")
    with running(ansible, ["ansible-inventory", "-i", str(source), "--list"]) as process:
        until(lambda: bool(simulator.log.select(action="queryTicket")))
        assert simulator.sessions.open
        assert_ends(process, simulator, number)
