"""The examples in READMEs run as they stand, but for the address and the project."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
import yaml

from tests.simulator import Simulator
from tests.support.environments import ROOT

from .examples import VARIABLES
from .guides import HOST
from .harness import Ansible, Run, assert_clean
from .people import Person, api_request

pytestmark = pytest.mark.core


def read_examples(ansible: Ansible, readme: str) -> list[Any]:
    """The YAML blocks of a README, for the simulator."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    text = text.replace(HOST, ansible.simulator.host).replace("project_name: shop", "project_name: demo-project")
    return [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]


def play(ansible: Ansible, example: dict[str, Any], **variables: Any) -> Run:
    """Run an example that is a play. Its own identity counts, not that of the environment."""
    keywords = {key: value for key, value in example.items() if key not in ("hosts", "tasks")}
    return ansible.play(
        *example.get("tasks", ()),
        variables={**VARIABLES, **variables},
        keywords={"ignore_errors": False, **keywords},
    )


def test_collection(ansible: Ansible) -> None:
    _requirements, [ask_and_wait], [approve] = read_examples(ansible, "README.md")
    ask, wait = ask_and_wait["tasks"]
    (asked,) = play(ansible, {**ask_and_wait, "tasks": [ask]})
    assert asked["operations"] == ["create"]
    (approved,) = ansible.play(approve, who="approver", keywords={"ignore_errors": False})
    assert approved["status_after"] == "FinalApproved"
    again, waited = play(ansible, {**ask_and_wait, "tasks": [ask, wait]})
    assert not again.changed
    assert waited["execution"]["results"][0]["success_times"] == 1


def test_ad_hoc_commands(ansible: Ansible, requester: Person) -> None:
    requester.create("web shop, first server")
    commands = re.findall(r"^    (ansible .+)$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert commands
    for command in commands:
        run = ansible.run(shlex.split(command), ansible.environment("requester"))
        assert_clean(run)
        assert "localhost | SUCCESS" in run.output
        assert "web shop, first server" in run.output


def test_ticket_approval(ansible: Ansible, requester: Person) -> None:
    requester.create("web shop", [api_request(cpuNum=2, memorySize=2**33, imageUuid=VARIABLES["image_uuid"])])
    (example,) = read_examples(ansible, "roles/ticket_approval/README.md")[0]
    run = play(ansible, example)
    assert "1 small, by the rule small machines." in run.output
    assert run.count("write") == 0


def test_ticket_request(ansible: Ansible, simulator: Simulator, approver: Person) -> None:
    (example,) = read_examples(ansible, "roles/ticket_request/README.md")[0]
    submit, show = example["tasks"]
    play(ansible, {**example, "tasks": [submit]}, ticket_request_wait=False)
    (ticket,) = list(simulator.cloud.tickets)
    approver.send("approve", ticket["uuid"])
    run = play(ansible, {**example, "tasks": [submit, show]})
    assert "web: 2 done" in run.output
    assert run.count("write") == 0
