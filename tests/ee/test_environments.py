"""The definitions of environments that users copy: what ansible-builder makes of them would run.

There need not be a container engine here, so the steps of the image are done in a virtual environment.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.playbooks.harness import SECRET, Ansible, assert_clean, written_forms
from tests.playbooks.meanwhile import until
from tests.playbooks.people import stored, ticket_in
from tests.simulator import Simulator
from tests.support.environments import ROOT, Environment, find_python
from tests.support.processes import end

DEFINITIONS = ROOT / "docs" / "environments"
EE = Environment("ee")
UV = Environment("uv").programs / "uv"


@dataclass(frozen=True)
class Context:
    """What ansible-builder hands to a container engine."""

    folder: Path

    @property
    def containerfile(self) -> str:
        return (self.folder / "Containerfile").read_text(encoding="utf-8")

    @property
    def core_and_runner(self) -> list[str]:
        found = re.search(r'^ARG ANSIBLE_INSTALL_REFS="(.+)"$', self.containerfile, re.MULTILINE)
        assert found
        return shlex.split(found[1])

    @property
    def python(self) -> Path:
        """An interpreter of the version that the image has, or else that of the tests."""
        found = re.search(r'^ARG PYPKG="python(.+)"$', self.containerfile, re.MULTILINE)
        assert found
        return find_python(found[1]) or Path(sys.executable)

    def read(self, name: str) -> str:
        return (self.folder / "_build" / name).read_text(encoding="utf-8")


def run(*command: str | Path) -> str:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, env=EE.environ())
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def context_of(definition: str, folder: Path) -> Context:
    builder = EE.programs / "ansible-builder"
    context = folder / "context"
    run(builder, "create", "-f", DEFINITIONS / definition, "-c", context, "--output-filename", "Containerfile")
    return Context(context)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The image's /usr/share/ansible, with the tarball's collection instead of Galaxy's."""
    folder = tmp_path_factory.mktemp("galaxy")
    galaxy = EE.programs / "ansible-galaxy"
    run(galaxy, "collection", "build", ROOT, "--output-path", folder)
    (tarball,) = folder.glob("*.tar.gz")
    # By force, as the checkout is installed already.
    run(galaxy, "collection", "install", "--force", "--offline", "-p", folder / "collections", tarball)
    return folder


def python_requirements(context: Context, shared: Path) -> Path:
    """The image's own list of what its collections and its definition need."""
    path = context.folder / "collected.txt"
    script = context.folder / "_build" / "scripts" / "introspect.py"
    own = context.folder / "_build" / "requirements.txt"
    options: list[str | Path] = ["--user-pip", own] if own.exists() else []
    run(sys.executable, script, "introspect", shared / "collections", "--write-pip", path, *options)
    return path


def install(context: Context, requirements: Path, folder: Path) -> Path:
    """Do what the image's build does, and return the folder of its programs."""
    run(UV, "venv", "--quiet", "--python", context.python, folder)
    run(UV, "pip", "install", "--python", folder / "bin" / "python", *context.core_and_runner, "-r", requirements)
    return folder / "bin"


def test_execution_environment(ansible: Ansible, simulator: Simulator, tmp_path: Path, shared: Path) -> None:
    """With its Python packages and the tarball alone, the demonstration runs by ansible-runner."""
    context = context_of("execution-environment.yml", tmp_path)
    requirements = python_requirements(context, shared)
    assert "requests>=2.25" in requirements.read_text(encoding="utf-8")
    private = tmp_path / "private"
    for name, content in {
        "env/extravars": json.dumps({"endpoint": simulator.endpoint, "identities": simulator.identities}),
        # Else the runner keeps the whole environment in a file.
        "env/settings": json.dumps({"suppress_env_files": True}),
        "inventory/hosts": ansible.write_inventory().read_text(encoding="utf-8"),
        "project/demo.yml": (ROOT / "demo" / "demo.yml").read_text(encoding="utf-8"),
    }.items():
        (private / name).parent.mkdir(parents=True, exist_ok=True)
        (private / name).write_text(content, encoding="utf-8")
    contained = Ansible(simulator, tmp_path, install(context, requirements, tmp_path / "image"))
    told = contained.observe(
        [str(contained.programs / "ansible-runner"), "run", str(private), "-p", "demo.yml"],
        contained.environment(None, more={"ANSIBLE_COLLECTIONS_PATH": str(shared / "collections")}),
    )
    assert told.returncode == 0, told.output
    assert_clean(told)
    assert (stored(simulator, "this is a new ticket") or {})["status"] == "FinalApproved"
    kept = [path.read_text(encoding="utf-8") for path in (private / "artifacts").rglob("*") if path.is_file()]
    assert kept
    assert not any(form in text for form in written_forms(SECRET) for text in kept)


def test_decision_environment(ansible: Ansible, simulator: Simulator, tmp_path: Path, shared: Path) -> None:
    """With its Python packages, a Java and the tarball alone, a rulebook decides a ticket."""
    context = context_of("decision-environment.yml", tmp_path)
    requirements = python_requirements(context, shared)
    assert "requests>=2.25" in requirements.read_text(encoding="utf-8")
    assert "java-17" in context.read("bindep.txt")
    if shutil.which("java") is None:
        pytest.skip("THERE IS NO JAVA: ansible-rulebook needs Java 17")
    ticket_in(simulator, "Pending")
    rules = tmp_path / "rules.yml"
    decision = {"match": {"name": "web"}, "decision": "approve"}
    rules.write_text(json.dumps({"ticket_approval_rules": [decision], "ticket_events_interval": 0.2}), encoding="utf-8")
    contained = Ansible(simulator, tmp_path, install(context, requirements, tmp_path / "image"))
    environment = contained.environment("approver", more={"ANSIBLE_COLLECTIONS_PATH": str(shared / "collections")})
    program, inventory = str(contained.programs / "ansible-rulebook"), str(contained.write_inventory())
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, "--rulebook", "zstack.tickets.auto_approve", "--vars", str(rules), "-i", inventory],
            cwd=tmp_path,
            env={**environment, "PATH": os.pathsep.join([str(contained.programs), os.environ["PATH"]])},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        until(lambda: status_in(simulator) == "FinalApproved" or process.poll() is not None)
    finally:
        end(process)
    assert status_in(simulator) == "FinalApproved", log.read_text(encoding="utf-8")
    until(lambda: not simulator.sessions.open)


def status_in(simulator: Simulator) -> Any:
    return (stored(simulator) or {}).get("status")


@pytest.mark.parametrize("definition", ["execution-environment.yml", "decision-environment.yml"])
def test_definition_names_the_collection(definition: str, tmp_path: Path) -> None:
    context = context_of(definition, tmp_path)
    (collection,) = yaml.safe_load(context.read("requirements.yml"))["collections"]
    assert collection["name"] == "zstack.tickets"
    # Both are what the collection itself promises to run with.
    assert any(re.match(r"ansible-core~=2\.(1[6-9]|2\d)", package) for package in context.core_and_runner)
