"""The examples in the modules' documentation run as they stand, one after the other, and again without a change."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.simulator import Simulator

from .examples import VARIABLES
from .harness import Ansible
from .people import ticket_in

pytestmark = pytest.mark.core

COLLECTION = "ansible_collections.zstack.tickets.plugins.modules"
MODULES = sorted(path.stem for path in (Path(__file__).parents[2] / "plugins" / "modules").glob("zstack_*.py"))

ACTORS = {"zstack_ticket_flow_collection": "admin"}
"""Whose examples they are, where not a submitter's."""

ALWAYS_CHANGES = {"Log in"}
"""Each login makes a session of its own."""

WARNINGS = {
    "zstack_ticket_status": ["is not approved after 3 seconds"],
    "zstack_ticket_batch": ["is not approved after 3 seconds", "Likewise 19 more."],
}


def twice(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each task followed by itself, also inside of blocks. What rescues is for failures and comes once."""
    doubled: list[dict[str, Any]] = []
    for task in tasks:
        if "block" in task:
            doubled.append({**task, "block": twice(task["block"])})
        else:
            doubled += [task] if task["name"] in ALWAYS_CHANGES else [task, {**task, "name": f"{task['name']} again"}]
    return doubled


@pytest.mark.parametrize("module", MODULES)
def test_examples(ansible: Ansible, simulator: Simulator, module: str) -> None:
    if module.endswith("_info"):
        for status in ("Pending", "IntermediateApproved"):
            ticket_in(simulator, status, "web server")
        ticket_in(simulator, "FinalApproved", "web proxy")
    examples = yaml.safe_load(import_module(f"{COLLECTION}.{module}").EXAMPLES)
    run = ansible.play(
        *twice(examples),
        who=ACTORS.get(module, "requester"),
        variables=VARIABLES,
        keywords={"ignore_errors": False},
        warnings=WARNINGS.get(module, ()),
    )
    # Each that can was run: a failure that nothing rescues would have ended the playbook
    names = [task.name for task in run]
    assert all(any(name.startswith(task["name"]) for name in names) for task in examples if "block" not in task)
    again = [task for task in run if task.name.endswith(" again")]
    assert again
    assert [task.name for task in again if task.changed and not task.check_mode] == []
    changes = [task for task in run if task.changed]
    assert bool(changes) == (not module.endswith("_info"))
