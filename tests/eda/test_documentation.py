"""What is said of the event source agrees with what it does."""

from __future__ import annotations

import os
import re
import runpy
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.zstack.tickets.plugins.module_utils._tickets.events import EVENTS
from tests.playbooks.harness import PROGRAMS
from tests.support.environments import ROOT

from .listener import SOURCE

MODULE = runpy.run_path(str(SOURCE))
DOCUMENTED: dict[str, dict[str, Any]] = yaml.safe_load(MODULE["DOCUMENTATION"])["options"]
GUIDE = (ROOT / "docs/docsite/rst/events.rst").read_text(encoding="utf-8")
RULEBOOKS = sorted((ROOT / "extensions/eda/rulebooks").glob("*.yml"))


@pytest.mark.parametrize("name", sorted({*DOCUMENTED, *MODULE["ARGUMENTS"]}))
def test_an_argument_is_documented_as_it_is(name: str) -> None:
    spec, documented = MODULE["ARGUMENTS"][name], DOCUMENTED[name]
    for member in ("type", "default", "choices", "required", "elements"):
        assert documented.get(member) == spec.get(member), member


def test_the_guide_lists_every_event() -> None:
    table = GUIDE[GUIDE.index("what has happened") : GUIDE.index("An event carries")]
    assert tuple(re.findall(r"^   \* - ``(\w+)``$", table, re.MULTILINE)) == EVENTS


def shown_rulebooks() -> dict[str, str]:
    """All that we show people, by where it stands."""
    (shown,) = re.findall(r"^   - name: Show.*?\n(?=\S)", GUIDE, re.MULTILINE | re.DOTALL)
    (condition,) = re.findall(r"by its condition, for example ``(.*?)``", GUIDE)
    rule = {"name": "one", "condition": condition, "action": {"none": None}}
    ruleset = {"name": "all", "hosts": "all", "sources": [{"zstack.tickets.ticket_events": None}], "rules": [rule]}
    return {
        "the example of the documentation": MODULE["EXAMPLES"],
        "the rulebook of the guide": textwrap.dedent(shown),
        "the condition of the guide": yaml.safe_dump([ruleset]),
        **{path.stem: path.read_text(encoding="utf-8") for path in RULEBOOKS},
    }


@pytest.mark.parametrize("where", shown_rulebooks())
def test_ansible_rulebook_understands_it(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # It asks ansible-galaxy where collections are.
    monkeypatch.setenv("PATH", str(PROGRAMS), prepend=os.pathsep)
    validators = pytest.importorskip(
        "ansible_rulebook.validators", reason="ansible-rulebook is not installed: make eda"
    )
    parser = pytest.importorskip("ansible_rulebook.rules_parser")
    rulebook = yaml.safe_load(shown_rulebooks()[where])
    validators.Validate.rulebook(rulebook)
    (ruleset,) = parser.parse_rule_sets(rulebook, {})
    (source,) = ruleset.sources
    assert source.source_name == "zstack.tickets.ticket_events"
    assert set(source.source_args or ()) <= set(DOCUMENTED)


@pytest.mark.parametrize("rulebook", RULEBOOKS, ids=lambda path: path.stem)
def test_a_rulebook_agrees_with_what_is_said_of_it(rulebook: Path) -> None:
    text = rulebook.read_text(encoding="utf-8")
    assert f"`zstack.tickets.{rulebook.stem}`" in (ROOT / "README.md").read_text(encoding="utf-8")
    described = re.findall(r"^#   (\w+):", text, re.MULTILINE)
    assert set(described) == set(re.findall(r"\{\{ (ticket_\w+)", text))
    for name, default in re.findall(r"\{\{ (\w+) \| default\((.*?)\)", text):
        assert re.search(rf"^#   {name}: {re.escape(default)} ", text.replace('""', "''"), re.MULTILINE), name


@pytest.mark.parametrize("rulebook", RULEBOOKS, ids=lambda path: path.stem)
def test_a_rulebook_runs_a_playbook_that_there_is(rulebook: Path) -> None:
    (ruleset,) = yaml.safe_load(rulebook.read_text(encoding="utf-8"))
    for rule in ruleset["rules"]:
        name = rule["action"]["run_playbook"]["name"].removeprefix("zstack.tickets.")
        assert (ROOT / "playbooks" / f"{name}.yml").exists()
