"""What Ansible reads about the collection agrees with what is in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))


def read_yaml(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def test_action_group_has_every_module() -> None:
    """A module outside the group ignores the connection that module_defaults give to the group."""
    assert sorted(read_yaml("meta/runtime.yml")["action_groups"]["zstack"]) == MODULES


@pytest.mark.parametrize("module", MODULES)
def test_readme_lists_module(module: str) -> None:
    assert f"`zstack.tickets.{module}`" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_oldest_requests_is_tested() -> None:
    promised = (ROOT / "meta" / "ee-requirements.txt").read_text().strip().removeprefix("requests>=")
    assert f"requests=={promised}.*" in (ROOT / "requirements" / "managed-3.8.txt").read_text().splitlines()


def test_oldest_core_is_tested() -> None:
    promised = read_yaml("meta/runtime.yml")["requires_ansible"].removeprefix(">=")
    assert f"ansible-core~={promised}" in (ROOT / "requirements" / "core-2.16.txt").read_text().splitlines()


def test_readme_names_the_tested_versions() -> None:
    """Each ansible-core with the Python that its environment prefers."""
    environments = {path.stem: path.read_text() for path in (ROOT / "requirements").glob("*.txt")}
    tested = {}
    for name, text in environments.items():
        cores = re.findall(r"^ansible-core~=(\d+\.\d+)", text, re.MULTILINE)
        pythons = re.search(r"^# python: (\S+)", text, re.MULTILINE)
        if pythons and cores and (name.startswith("core-") or name == "installed"):
            tested[cores[0]] = pythons[1]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"^\| (\d\.\d+) \| (\d\.\d+) \|", readme, re.MULTILINE)) == tested


def test_readme_has_the_sections_of_automation_hub() -> None:
    """In its order: a missing one is a reason to reject an upload."""
    assert re.findall(r"^## (.+)$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE) == [
        "Description",
        "Requirements",
        "Installation",
        "Use Cases",
        "Testing",
        "Contributing",
        "Support",
        "Release Notes and Roadmap",
        "Related Information",
        "License Information",
    ]


def test_tests_that_hold_promises_exist() -> None:
    named = set(re.findall(r"`(tests/[\w/.]+)`", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert "tests/chaos" in named
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
