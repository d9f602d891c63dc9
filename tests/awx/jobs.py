"""Jobs as AWX runs them: a credential's injectors rendered, the answers of a survey written down, ``ansible-runner`` started."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tests.playbooks.harness import PATIENCE, PROGRAMS, Ansible
from tests.support.environments import ROOT
from tests.support.processes import end

FILES = ROOT / "playbooks" / "files" / "awx"
SHOWN_BY_RUNNER = "command"
"""An artifact that holds the whole environment; AWX keeps it to itself."""


def read(name: str) -> dict[str, Any]:
    """What the playbook awx_setup gives to AWX."""
    found: dict[str, Any] = yaml.safe_load((FILES / f"{name}.yml").read_text(encoding="utf-8"))
    return found


def inject(inputs: Mapping[str, str | bool], folder: Path) -> dict[str, str]:
    """The variables that AWX makes of the inputs of a credential. What is not filled in, its templates do not know."""
    kind = read("credential_type")
    boxes = {each["id"]: False for each in kind["inputs"]["fields"] if each["type"] == "boolean"}
    known: dict[str, Any] = {**boxes, **{name: value for name, value in inputs.items() if value != ""}}
    templates = ImmutableSandboxedEnvironment()
    files = {}
    for name, template in kind["injectors"]["file"].items():
        path = folder / f"{name}.tmp"
        path.write_text(templates.from_string(template).render(known))
        files[name.removeprefix("template.")] = str(path)
    known["tower"] = SimpleNamespace(filename=SimpleNamespace(**files))
    injectors = kind["injectors"]["env"].items()
    return {variable: templates.from_string(template).render(known) for variable, template in injectors}


class Unsafe(str):
    """Text that Ansible must not take for a template: AWX marks so what it was told at the launch."""


class Dumper(yaml.SafeDumper):
    pass


Dumper.add_representer(Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text)))


@dataclass
class Job:
    """One job of a job template. Each run is a launch of its own in the same folder."""

    ansible: Ansible
    template: str
    inputs: Mapping[str, str | bool]
    answers: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)
    """More variables: what somebody has added to the template's, or what the nodes before have left in a workflow."""

    def start(self, ident: str, cmdline: str = "") -> subprocess.Popen[bytes]:
        """Launch it; ``cmdline`` are more arguments of ``ansible-playbook``."""
        for name in ("env", "inventory", "project"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            (self.folder / "project" / "playbooks").symlink_to(ROOT / "playbooks")
        environment = self.ansible.environment(None)
        injected = {name: value for name, value in environment.items() if not name.startswith("ZSTACK_")}
        injected |= inject(self.inputs, self.folder / "env")
        (self.folder / "env" / "envvars").write_text(json.dumps(injected))
        (self.folder / "env" / "extravars").write_text(yaml.dump(self.variables(), Dumper=Dumper))
        (self.folder / "env" / "cmdline").write_text(cmdline)
        (self.folder / "inventory" / "hosts").write_text("")
        playbook = f"playbooks/{read(self.template)['playbook']}"
        command = [str(PROGRAMS / "ansible-runner"), "run", str(self.folder), "-p", playbook, "--ident", ident]
        return subprocess.Popen(
            command,
            cwd=self.ansible.folder,
            env={**os.environ, "PATH": environment["PATH"], "HOME": environment["HOME"]},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def run(self, ident: str, cmdline: str = "") -> Done:
        """Launch it and wait for its end."""
        process = self.start(ident, cmdline)
        try:
            output = process.communicate(timeout=PATIENCE)[0].decode("utf-8", "replace")
        finally:
            end(process)
        return self.done(ident, output)

    def done(self, ident: str, output: str) -> Done:
        """What a launch came to. No secret may be in anything that is kept of it, and no session open."""
        folder = self.folder / "artifacts" / ident
        assert (folder / "status").exists(), output
        kept = [path for path in folder.rglob("*") if path.is_file() and path.name != SHOWN_BY_RUNNER]
        texts = {"output": output, **{path.name: path.read_text(encoding="utf-8") for path in kept}}
        secrets = self.ansible.secrets()
        found = [(name, secret) for name, text in texts.items() for secret in secrets if secret in text]
        assert not found, found
        assert not self.ansible.simulator.sessions.open, output
        return Done(
            (folder / "status").read_text(),
            output,
            [json.loads(texts[path.name]) for path in kept if path.suffix == ".json"],
        )

    def variables(self) -> dict[str, Any]:
        """The variables of the template, the survey's defaults and the answers to it."""
        template = read(self.template)
        questions = template["survey_spec"]["spec"]
        assert set(self.answers) <= {question["variable"] for question in questions}
        defaults = {question["variable"]: question["default"] for question in questions if "default" in question}
        told = {**defaults, **self.answers, **self.more}
        return {**template["extra_vars"], **{name: unsafe(value) for name, value in told.items()}}

    @property
    def folder(self) -> Path:
        return self.ansible.folder / f"job-{self.template}"


@dataclass(frozen=True)
class Done:
    """How a launch ended."""

    status: str
    output: str
    events: list[dict[str, Any]]

    @property
    def stats(self) -> dict[str, Any]:
        """What ``ansible-runner`` tells of the play as a whole."""
        (data,) = [event["event_data"] for event in self.events if event["event"] == "playbook_on_stats"]
        found: dict[str, Any] = data
        return found

    @property
    def is_changed(self) -> bool:
        return bool(self.stats["changed"])

    @property
    def artifacts(self) -> dict[str, Any]:
        """What the job leaves to the nodes of a workflow that come next."""
        return dict(self.stats.get("artifact_data", {}))


def unsafe(value: Any) -> Any:
    if isinstance(value, str):
        return Unsafe(value)
    if isinstance(value, dict):
        return {name: unsafe(member) for name, member in value.items()}
    return [unsafe(member) for member in value] if isinstance(value, list) else value
