"""ansible-navigator runs playbooks with the settings that users copy, here without a container."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.playbooks.harness import Ansible, assert_clean
from tests.playbooks.people import stored
from tests.playbooks.tasks import ticket
from tests.simulator import Simulator
from tests.support.environments import ROOT


def test_playbook(ansible: Ansible, simulator: Simulator, tmp_path: Path) -> None:
    shutil.copy(ROOT / "docs" / "environments" / "ansible-navigator.yml", tmp_path)
    playbook = tmp_path / "ask.yml"
    playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": [ticket()]}]), encoding="utf-8")
    command = ["ansible-navigator", "run", str(playbook), "-i", str(ansible.write_inventory()), "--ee", "false"]
    for changed in (1, 0):
        run = ansible.observe(
            [str(ansible.programs / command[0]), *command[1:], "--lf", str(tmp_path / "log")],
            ansible.environment("requester"),
        )
        assert run.returncode == 0, run.output
        assert_clean(run)
        assert f"changed={changed}" in run.output
    assert stored(simulator) is not None
    assert not list(tmp_path.glob("*artifact*"))
