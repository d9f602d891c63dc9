"""The demonstration tells what the README says that it tells."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.simulator import Simulator

from .harness import Ansible, assert_clean

pytestmark = pytest.mark.core

ROOT = Path(__file__).parents[2]


def without_chance(story: str) -> list[str]:
    """The lines of a story without what differs from run to run: uuids, dates, durations."""
    told = re.sub(r"\b[0-9a-f]{32}\b|\b[\d-]{10}T[\d:]{8}\b|\b\d+\.\d(?= s\b)", "...", story)
    return [line.rstrip() for line in told.splitlines()]


def test_story_is_the_one_of_the_readme(ansible: Ansible, simulator: Simulator) -> None:
    facts = {"endpoint": simulator.endpoint, "identities": simulator.identities}
    command = ["ansible-playbook", "-e", json.dumps(facts), str(ROOT / "demo" / "demo.yml")]
    run = ansible.run(command, ansible.environment(None))
    assert run.returncode == 0, run.output
    assert_clean(run)
    shown = re.search(r"```text\n(submitted.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert shown
    assert without_chance("\n".join(run.tasks[-1]["msg"])) == without_chance(shown[1])
