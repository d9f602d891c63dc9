"""Modules on a managed node: an old Python of its own, with requests and nothing of the collection but what Ansible sends."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from ansible.release import __version__ as core

from tests.simulator import Simulator
from tests.support.environments import Environment, Missing

from .flow_collections import steps
from .harness import Ansible
from .tasks import WEB, identity, info, process, status, ticket

pytestmark = pytest.mark.core

MANAGED = "3.8" if core.startswith(("2.16", "2.17", "2.18", "2.19")) else "3.9"
"""The oldest Python that both this ansible-core and the collection admit."""


@pytest.fixture
def node() -> Environment:
    node = Environment(f"managed-{MANAGED}")
    try:
        node.make()
    except Missing as missing:
        pytest.skip(f"{node.name} {missing}")
    return node


def on(interpreter: Path) -> dict[str, str]:
    return {"ansible_python_interpreter": str(interpreter)}


def test_every_module(ansible: Ansible, simulator: Simulator, node: Environment) -> None:
    interpreter = node.programs / "python"
    admin = identity("admin")
    batch = {"zstack.tickets.zstack_ticket_batch": {"tickets": [{"name": "web"}, {"name": "db", "requests": [WEB]}]}}
    shop = process(project="demo-project", steps=steps(("final", "admin")), **admin)
    changes = [
        ticket(),
        batch,
        status("approved", wait=True, wait_interval=0.1, **identity("approver")),
        shop,
        ticket(name="db", state="absent"),
    ]
    looks = [
        info(name="web", history=True),
        {"zstack.tickets.zstack_ticket_type_info": {}},
        {"zstack.tickets.zstack_ticket_flow_collection_info": {"name": "shop", **admin}},
    ]
    session = {"zstack.tickets.zstack_session": {}, "register": "session", "no_log": True}
    log_out = {"zstack.tickets.zstack_session": {"state": "absent", "session_token": "{{ session.session_token }}"}}
    doubled = [twin for change in changes for twin in (change, change)]
    run = ansible.play(session, *doubled, *looks, log_out, arguments=["-vvv"], variables=on(interpreter))
    assert [task.result["msg"] for task in run if task.failed] == []
    assert [task.changed for task in run] == [True, *[True, False] * len(changes), *[False] * len(looks), True]
    assert run.output.count(f"{interpreter} ") >= len(run.tasks)
    assert "Using module file" in run.output


def test_node_without_requests(ansible: Ansible, simulator: Simulator, node: Environment, tmp_path: Path) -> None:
    """The library and where it is missing are named, and nothing is sent."""
    bare = tmp_path / "bare"
    subprocess.run([node.find_base_python(), "-m", "venv", "--without-pip", bare], check=True)
    run = ansible.play(info(), ticket(), variables=on(bare / "bin" / "python"))
    for task in run:
        assert task.failed
        assert "Failed to import the required Python library (requests)" in task["msg"]
        assert str(bare / "bin" / "python") in task["msg"]
    assert run.exchanges == []
