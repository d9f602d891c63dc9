"""A run that is told to end: it logs out first, and the next run goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess

import pytest

from tests.simulator import Simulator
from tests.support.processes import end

from .harness import PATIENCE, PROGRAMS, Ansible
from .meanwhile import until
from .people import Person, ticket_in
from .tasks import status

pytestmark = pytest.mark.core


@pytest.mark.parametrize("in_process", [True, False], ids=["in process", "ordinary"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_interrupted_wait(ansible: Ansible, simulator: Simulator, number: signal.Signals, in_process: bool) -> None:
    """As a controller or a terminal does it: the signal goes to the whole group of processes."""
    uuid = ticket_in(simulator, "Pending")["uuid"]
    task = status("approved", uuid=uuid, wait=True, wait_timeout=60, wait_interval=0.2)
    playbook = ansible.folder / "playbook.yml"
    playbook.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]))
    process = subprocess.Popen(
        [str(PROGRAMS / "ansible-playbook"), str(playbook)],
        cwd=ansible.folder,
        env=ansible.environment("requester", in_process, {"ANSIBLE_LOCALHOST_WARNING": "false"}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        waits = f"q=uuid%3D{uuid}"
        until(lambda: sum(waits in row.query for row in simulator.log.select()) > 3)
        assert simulator.sessions.open
        os.killpg(process.pid, number)
        output = process.communicate(timeout=PATIENCE)[0].decode()
        until(lambda: not simulator.sessions.open)
    finally:
        end(process)
    assert process.returncode != 0
    assert "Traceback" not in output
    Person(simulator, "approver").send("approve", uuid)
    again = ansible.play(task)[0]
    assert not again.failed
    assert again["status_after"] == "FinalApproved"
