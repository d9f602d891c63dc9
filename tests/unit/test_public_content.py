"""Roles, playbooks, filters and tests: what is said of them agrees with what they are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.zstack.tickets.plugins.filter.decide import decide
from tests.unit.plugins.tickets import request, ticket

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir())
PLAYBOOKS = sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml"))
FILTERS, TESTS = (sorted(path.stem for path in (ROOT / "plugins" / kind).glob("*.py")) for kind in ("filter", "test"))
VARIABLE = re.compile(r"^#   (\w+):(?: (.*?))?(?: +# .*)?$", re.MULTILINE)


def read_yaml(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def options_of(role: str) -> dict[str, dict[str, Any]]:
    options: dict[str, dict[str, Any]] = read_yaml(f"roles/{role}/meta/argument_specs.yml")["argument_specs"]["main"][
        "options"
    ]
    return options


@pytest.mark.parametrize("name", [*ROLES, *PLAYBOOKS, *FILTERS])
def test_readme_lists_it(name: str) -> None:
    assert f"`zstack.tickets.{name}`" in README


@pytest.mark.parametrize("name", TESTS)
def test_readme_lists_test(name: str) -> None:
    assert f"`is zstack.tickets.{name}`" in README


@pytest.mark.parametrize("role", ROLES)
def test_defaults_are_the_documented_ones(role: str) -> None:
    options, defaults = options_of(role), read_yaml(f"roles/{role}/defaults/main.yml")
    assert set(defaults) <= set(options)
    documented = {name: option["default"] for name, option in options.items() if "default" in option}
    # What a default is derived from is told in words.
    plain = {name: default for name, default in defaults.items() if "{{" not in str(default)}
    assert plain == documented


@pytest.mark.parametrize("role", ROLES)
def test_role_readme_lists_every_variable(role: str) -> None:
    text = (ROOT / "roles" / role / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(rf"^\| `({role}_\w+)` \|", text, re.MULTILINE)) == sorted(options_of(role))


@pytest.mark.parametrize("role", ROLES)
def test_variables_carry_the_name_of_the_role(role: str) -> None:
    assert all(name.startswith(f"{role}_") for name in options_of(role))


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_playbook_needs_no_inventory(playbook: str) -> None:
    """A job template has just to name it."""
    (play,) = read_yaml(f"playbooks/{playbook}.yml")
    assert (play["hosts"], play["connection"], play["gather_facts"]) == ("localhost", "local", False)


def test_changelog_names_every_playbook() -> None:
    """It finds modules, plugins and roles by itself, but not these: the fragment or, once released, the changelog names them."""
    described = [read_yaml(str(path.relative_to(ROOT))) for path in (ROOT / "changelogs" / "fragments").glob("*.y*ml")]
    named = {entry["name"] for fragment in described for entry in fragment.get("add object.playbook", [])}
    if (ROOT / "changelogs" / "changelog.yaml").exists():
        for changes in read_yaml("changelogs/changelog.yaml")["releases"].values():
            named |= {entry["name"] for entry in changes.get("objects", {}).get("playbook", [])}
    assert named >= set(PLAYBOOKS)


@pytest.mark.parametrize("playbook", ["report", "awx_setup"])
def test_playbook_describes_its_variables(playbook: str) -> None:
    described = VARIABLE.findall((ROOT / "playbooks" / f"{playbook}.yml").read_text(encoding="utf-8"))
    (play,) = read_yaml(f"playbooks/{playbook}.yml")
    assert [name for name, _default in described] == list(play["vars"])
    for name, default in described:
        assert "{{" in str(play["vars"][name]) or yaml.safe_load(default) == play["vars"][name]


def test_rules_of_the_readme_decide() -> None:
    """The example does what its table shows."""
    text = (ROOT / "roles" / "ticket_approval" / "README.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert example
    rules = yaml.safe_load(example[1])[0]["roles"][0]["ticket_approval_rules"]
    image = rules[1]["match"]["all_requests"]["api_body"]["imageUuid"][0]
    small, large = 8 * 1024**3, 64 * 1024**3
    fresh = {"create_date": "2999-01-01T00:00:00"}
    tickets = [
        ticket(request(2, name="web", cpuNum=2, memorySize=small, imageUuid=image), name="web shop", **fresh),
        ticket(request(1, name="db", cpuNum=16, memorySize=large, imageUuid=image), name="reports", **fresh),
        ticket(request(cpuNum=2, memorySize=small, imageUuid=image, hostUuid="h"), name="hidden wish", **fresh),
        ticket(request(cpuNum=64), name="prod shop", **fresh),
        ticket(request(cpuNum=64), name="giant", **fresh),
        ticket(request(cpuNum=16), name="old", create_date="2020-01-01T00:00:00"),
    ]
    found = decide(tickets, rules, server_timezone="UTC")
    assert [(item["name"], item["decision"]) for item in found] == [
        ("web shop", "approve"),
        ("reports", "leave"),
        ("hidden wish", "leave"),
        ("prod shop", "leave"),
        ("giant", "reject"),
        ("old", "reject"),
    ]
    assert found[0]["comment"] in text
