"""The definitions of environments that users copy: what ansible-builder makes of them would run.

There need not be a container engine here, so the steps of the image are done in a virtual environment.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.playbooks.harness import SECRET, Ansible, assert_clean, written_forms
from tests.playbooks.people import stored
from tests.simulator import Simulator
from tests.support.environments import ROOT, Environment, find_python

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


def test_execution_environment(ansible: Ansible, simulator: Simulator, tmp_path: Path, shared: Path) -> None:
    """With its Python packages and the tarball alone, the demonstration runs by ansible-runner."""
    context = context_of("execution-environment.yml", tmp_path)
    requirements = python_requirements(context, shared)
    assert "requests>=2.25" in requirements.read_text(encoding="utf-8")
    image = tmp_path / "image"
    run(UV, "venv", "--quiet", "--python", context.python, image)
    run(UV, "pip", "install", "--python", image / "bin" / "python", *context.core_and_runner, "-r", requirements)
    private = tmp_path / "private"
    for name, content in {
        "env/extravars": json.dumps({"endpoint": simulator.endpoint, "identities": simulator.identities}),
        # Else the runner keeps the whole environment in a file.
        "env/settings": json.dumps({"suppress_env_files": True}),
        "inventory/hosts": ansible.write_inventory().read_text(encoding="utf-8"),
    }.items():
        (private / name).parent.mkdir(parents=True, exist_ok=True)
        (private / name).write_text(content, encoding="utf-8")
    (private / "project").mkdir()
    shutil.copy(ROOT / "demo" / "demo.yml", private / "project")
    contained = Ansible(simulator, tmp_path, image / "bin")
    environment = contained.environment(None, more={"ANSIBLE_COLLECTIONS_PATH": str(shared / "collections")})
    told = contained.observe(
        [str(image / "bin" / "ansible-runner"), "run", str(private), "-p", "demo.yml"], environment
    )
    assert told.returncode == 0, told.output
    assert_clean(told)
    assert (stored(simulator, "this is a new ticket") or {})["status"] == "FinalApproved"
    kept = [path.read_text(encoding="utf-8") for path in (private / "artifacts").rglob("*") if path.is_file()]
    assert kept
    assert not any(form in text for form in written_forms(SECRET) for text in kept)


def test_decision_environment(tmp_path: Path, shared: Path) -> None:
    """Its Python packages can be had together, and it has a Java."""
    context = context_of("decision-environment.yml", tmp_path)
    requirements = python_requirements(context, shared)
    collected = requirements.read_text(encoding="utf-8")
    assert "requests>=2.25" in collected
    assert "ansible-rulebook" in collected
    assert "java-17" in context.read("bindep.txt")
    options: list[str | Path] = ["--dry-run", "--python", context.python, "--target", tmp_path / "image"]
    chosen = run(UV, "pip", "install", *options, *context.core_and_runner, "-r", requirements)
    for package in ("ansible-core", "ansible-runner", "ansible-rulebook", "drools-jpy", "requests"):
        assert re.search(rf"^ \+ {package}==", chosen, re.MULTILINE), chosen


@pytest.mark.parametrize("definition", ["execution-environment.yml", "decision-environment.yml"])
def test_definition_names_the_collection(definition: str, tmp_path: Path) -> None:
    context = context_of(definition, tmp_path)
    (collection,) = yaml.safe_load(context.read("requirements.yml"))["collections"]
    assert collection["name"] == "zstack.tickets"
    # Both are what the collection itself promises to run with.
    assert any(re.match(r"ansible-core~=2\.(1[6-9]|2\d)", package) for package in context.core_and_runner)
