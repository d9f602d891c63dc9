"""The collection as Galaxy gives it to users: the tarball, installed where nothing of the checkout is."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.simulator import Simulator
from tests.support.environments import ROOT, Environment

from .harness import Ansible, assert_clean
from .people import stored
from .tasks import WEB

INSTALLED = Environment("installed")
PUBLIC = {"meta", "plugins", "roles", "playbooks", "MANIFEST.json", "FILES.json"}
"""All that may be needed to use the collection."""


def galaxy(*arguments: str | Path) -> None:
    command = [str(INSTALLED.programs / "ansible-galaxy"), "collection", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=INSTALLED.environ())
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    INSTALLED.make()
    folder = tmp_path_factory.mktemp("built")
    galaxy("build", ROOT, "--output-path", folder)
    (built,) = folder.iterdir()
    return built


@pytest.fixture
def ansible(simulator: Simulator, tmp_path: Path, tarball: Path) -> Ansible:
    """Ansible with the collection in its own folder, cut down to what is public."""
    galaxy("install", tarball, "--offline", "--collections-path", tmp_path / "ansible" / "collections")
    collection = tmp_path / "ansible" / "collections" / "ansible_collections" / "zstack" / "tickets"
    for path in collection.iterdir():
        if path.name not in PUBLIC:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return Ansible(simulator, tmp_path, INSTALLED.programs)


def test_tarball_holds_what_users_need(tarball: Path) -> None:
    with tarfile.open(tarball) as archive:
        top = {name.partition("/")[0] for name in archive.getnames()}
        names = set(archive.getnames())
    documents = {"README.md", "CHANGELOG.rst", "CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "LICENSE", "changelogs", "docs"}
    assert top - PUBLIC - documents - {"extensions"} == set()
    assert {"README.md", "CHANGELOG.rst", "LICENSE", "meta/runtime.yml", "meta/execution-environment.yml"} <= names
    assert not [name for name in names if "__pycache__" in name or name.startswith("extensions/molecule")]


@pytest.mark.parametrize("in_process", [True, False], ids=["in the worker", "as a module"])
def test_demonstration(ansible: Ansible, simulator: Simulator, in_process: bool) -> None:
    playbook = str(shutil.copy(ROOT / "demo" / "demo.yml", ansible.folder))
    facts = ansible.folder / "facts.json"
    facts.write_text(json.dumps({"endpoint": simulator.endpoint, "identities": simulator.identities}))
    run = ansible.run(["ansible-playbook", "-vvvv", "-e", f"@{facts}", playbook], ansible.environment(None, in_process))
    assert run.returncode == 0, run.output
    assert_clean(run)
    assert (stored(simulator, "this is a new ticket") or {})["status"] == "FinalApproved"
    # Nothing came from the checkout.
    assert str(ROOT / "plugins") not in run.output


def test_playbooks_and_their_roles(ansible: Ansible, simulator: Simulator) -> None:
    wanted = {"ticket_request_name": "web", "ticket_request_requests": [WEB], "ticket_request_wait": False}
    rules = {"ticket_approval_rules": [{"match": {"name": "web"}, "decision": "approve"}]}
    page = {"report_file": str(ansible.folder / "report.html")}
    for playbook, who, variables in (
        ("request", "requester", wanted),
        ("approve", "approver", rules),
        ("report", "requester", page),
    ):
        command = ["ansible-playbook", f"zstack.tickets.{playbook}", "-e", json.dumps(variables)]
        run = ansible.run(command, ansible.environment(who))
        assert run.returncode == 0, run.output
        assert_clean(run)
    assert (stored(simulator) or {})["status"] == "FinalApproved"
    assert "web" in (ansible.folder / "report.html").read_text(encoding="utf-8")


def test_documentation(ansible: Ansible) -> None:
    for kind, folder in (("module", "modules"), ("filter", "filter"), ("test", "test"), ("inventory", "inventory")):
        names = {f"zstack.tickets.{path.stem}" for path in (ROOT / "plugins" / folder).glob("[a-z]*.py")}
        program = str(ansible.programs / "ansible-doc")
        done = subprocess.run(
            [program, "-t", kind, "--json", *sorted(names)],
            env=ansible.environment(None),
            capture_output=True,
            text=True,
            check=True,
        )
        assert set(json.loads(done.stdout)) == names
