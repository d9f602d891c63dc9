"""Runs tasks by ``ansible-playbook`` against a simulator, and asserts of every run what holds for all of them.

No run may show a traceback, a warning that the test does not expect, or a secret; leave a session open; or write
anything in check mode.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from tests.simulator import Simulator
from tests.simulator.log import LOGIN, LOGOUT, POLL, WRITE, Exchange
from tests.support.processes import end

PROGRAMS = Path(sys.executable).parent
CALLBACKS = Path(__file__).parent / "callback_plugins"
PATIENCE = 120.0

SECRET = 'Geheim! "4711" <ü&+%=/\\\'>'
"""Everybody's password: worth looking for, and written differently in URLs, JSON and shells."""

ASIDE = "X-Aside"
"""Header of what a test does itself, beside the playbook that it looks at."""

_ALARM = re.compile(
    # Before ansible-core 2.19, warnings are broken into lines, whatever the width of the terminal.
    r"^.*(?:\[WARNING\]|\[DEPRECATION|[A-Z]\w+Warning:).*(?:\n(?!\[|[a-z]+: |TASK|PLAY|$).+)*",
    re.MULTILINE,
)
_CRASH = re.compile(r"Traceback \(most recent|Unexpected Exception|MODULE FAILURE|fault of the collection")


@dataclass(frozen=True)
class Task:
    """What one task came to, and the exchanges that the simulator saw meanwhile, logins and logouts left out."""

    name: str
    check_mode: bool
    failed: bool
    result: dict[str, Any]
    exchanges: list[Exchange]

    def __getitem__(self, member: str) -> Any:
        return self.result[member]

    @property
    def changed(self) -> bool:
        return bool(self.result.get("changed"))

    @property
    def requests(self) -> int:
        """How many requests it took, looks at jobs left out."""
        return sum(exchange.kind != POLL for exchange in self.exchanges)

    @property
    def writes(self) -> list[str]:
        """The API actions that changed something, or tried to; what the server only validates is none."""
        return [
            str(exchange.action)
            for exchange in self.exchanges
            if exchange.kind == WRITE and b"ephemeral::validationOnly" not in exchange.body
        ]


@dataclass(frozen=True)
class Run:
    """One run of a playbook: its tasks in order, everything it printed, everything it sent."""

    returncode: int
    output: str
    tasks: list[Task]
    exchanges: list[Exchange]

    def __getitem__(self, position: int) -> Task:
        return self.tasks[position]

    def __iter__(self) -> Any:
        return iter(self.tasks)

    def count(self, kind: str) -> int:
        return sum(exchange.kind == kind for exchange in self.exchanges)


@dataclass
class Ansible:
    """``ansible-playbook`` and ``ansible`` against one simulator."""

    simulator: Simulator
    folder: Path
    programs: Path = PROGRAMS
    kept_sessions: set[str] = field(default_factory=set)
    """Sessions that the test itself has opened."""
    more_secrets: set[str] = field(default_factory=set)

    def play(
        self,
        *tasks: Mapping[str, Any],
        who: str | None = "requester",
        in_process: bool = True,
        arguments: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        variables: Mapping[str, Any] | None = None,
        warnings: Sequence[str] = (),
        keywords: Mapping[str, Any] | None = None,
        returncode: int = 0,
    ) -> Run:
        """Run a playbook of these tasks, as ``who`` by the environment, and go on after tasks that fail.

        ``variables`` join those that every playbook has: ``identities`` and ``uuids`` of the simulator. ``keywords`` are
        the play's. ``warnings`` are parts of all the warnings that may, and must, be shown.
        """
        play = {"hosts": "all", "gather_facts": False, "ignore_errors": True, **(keywords or {}), "tasks": list(tasks)}
        playbook = self.folder / "playbook.yml"
        playbook.write_text(json.dumps([play], indent=1), encoding="utf-8")
        command = ["ansible-playbook", "-e", f"@{self.write_variables(variables or {})}", *arguments, str(playbook)]
        run = self.run(command, self.environment(who, in_process, environment))
        assert run.returncode == returncode, run.output
        assert_clean(run, warnings)
        return run

    def run(self, command: Sequence[str], environment: Mapping[str, str]) -> Run:
        """Run a command of Ansible and look at what it leaves on the simulator."""
        program = [str(self.programs / command[0]), "-i", str(self.write_inventory()), *command[1:]]
        return self.observe(program, environment)

    def observe(self, program: Sequence[str], environment: Mapping[str, str]) -> Run:
        """Run any program likewise."""
        results = self.folder / "results.jsonl"
        results.unlink(missing_ok=True)
        first = self.simulator.log.total
        process = subprocess.Popen(
            program,
            cwd=self.folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            printed = process.communicate(timeout=PATIENCE)[0]
        finally:
            end(process)
        output = printed.decode("utf-8", "replace")
        lines = results.read_text(encoding="utf-8").splitlines() if results.exists() else []
        exchanges = [exchange for exchange in self._own_exchanges() if exchange.number > first]
        run = Run(process.returncode, output, [_task(json.loads(line), exchanges) for line in lines], exchanges)
        self._assert_no_secret(run)
        left = set(self.simulator.sessions.open) - self.kept_sessions
        assert not left, f"sessions left open: {left}\n{output}"
        return run

    def environment(
        self, who: str | None, in_process: bool = True, more: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """The environment of a run; without ``who``, it names the endpoint only."""
        known = self.simulator.environment(who or "admin")
        # What `make coverage` tells the processes that it looks into. Ansible has to leave workers the time to save it.
        coverage = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
        if coverage:
            coverage["ANSIBLE_WORKER_SHUTDOWN_POLL_COUNT"] = "100"
        if who is None:
            known = {name: value for name, value in known.items() if name in ("ZSTACK_HOST", "ZSTACK_PORT")}
        return {
            "PATH": f"{self.programs}{os.pathsep}{os.defpath}",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "COLUMNS": "100000",
            "ANSIBLE_HOME": str(self.folder / "ansible"),
            "ANSIBLE_LOCAL_TEMP": str(self.folder / "ansible" / "tmp"),
            "ANSIBLE_REMOTE_TMP": str(self.folder / "ansible" / "tmp"),
            "ANSIBLE_ASYNC_DIR": str(self.folder / "ansible" / "async"),
            "ANSIBLE_NOCOLOR": "true",
            "ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS),
            "ANSIBLE_CALLBACKS_ENABLED": "results",
            "ANSIBLE_LOAD_CALLBACK_PLUGINS": "true",
            "RESULTS_FILE": str(self.folder / "results.jsonl"),
            "RESULTS_COUNTERS": f"{self.simulator.control}/counters",
            **known,
            **coverage,
            **({} if in_process else {"ZSTACK_IN_PROCESS": "false"}),
            **(more or {}),
        }

    def write_variables(self, more: Mapping[str, Any]) -> Path:
        """A file of extra variables: ``identities`` and ``uuids`` of the simulator, and more."""
        path = self.folder / "variables.json"
        known = {"identities": self.simulator.identities, "uuids": self.simulator.uuids, **more}
        path.write_text(json.dumps(known), encoding="utf-8")
        return path

    def write_inventory(self) -> Path:
        """A file that names localhost, with the Python of the tests."""
        path = self.folder / "inventory.yml"
        host = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        path.write_text(json.dumps({"all": {"hosts": {"localhost": host}}}), encoding="utf-8")
        return path

    def _own_exchanges(self) -> list[Exchange]:
        return [exchange for exchange in self.simulator.log.select() if ASIDE not in exchange.headers]

    def _assert_no_secret(self, run: Run) -> None:
        shown = [text for text in self.secrets() if text in run.output]
        assert not shown, f"secrets are shown: {shown}\n{run.output}"

    def secrets(self) -> set[str]:
        """Everything so far that nobody may read, in every form in which it might be written."""
        secrets = {SECRET, hashlib.sha512(SECRET.encode()).hexdigest(), *self.more_secrets}
        secrets |= {str(person["access_key_secret"]) for person in self.simulator.identities.values()} - {"None"}
        for exchange in self._own_exchanges():
            # "OAuth <token>" or "ZStack <key id>:<signature>"
            secrets.add(exchange.headers.get("Authorization", "").partition(" ")[2].rpartition(":")[2])
            if exchange.kind == LOGIN and exchange.status == 200:
                secrets.add(json.loads(exchange.answer or b"{}").get("inventory", {}).get("uuid", ""))
        return {text for secret in secrets - {""} for text in written_forms(secret)}


def assert_clean(run: Run, warnings: Iterable[str] = ()) -> None:
    """No traceback, these warnings and no others, and nothing written in check mode."""
    assert not _CRASH.search(run.output), run.output
    shown = [" ".join(alarm.split()) for alarm in _ALARM.findall(run.output)]
    expected = list(warnings)
    unexpected = [line for line in shown if not any(part in line for part in expected)]
    missing = [part for part in expected if not any(part in line for line in shown)]
    assert not unexpected, f"not expected: {unexpected}"
    assert not missing, f"{missing} not in {shown}"
    for task in run.tasks:
        assert not (task.check_mode and task.writes), f"{task.name} has written in check mode: {task.writes}"


def written_forms(secret: str) -> set[str]:
    """A secret as it is, and as URLs, JSON, Java's JSON and Python write it."""
    escaped = json.dumps(secret, ensure_ascii=False)[1:-1]
    html_safe = re.sub("[<>&=']", lambda match: f"\\u{ord(match.group()):04x}", escaped)
    forms = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), escaped, json.dumps(secret)[1:-1]}
    return {*forms, html_safe, repr(secret)[1:-1]}


def _task(line: dict[str, Any], exchanges: Iterable[Exchange]) -> Task:
    own = [
        exchange
        for exchange in exchanges
        if line["first"] < exchange.number <= line["last"] and exchange.kind not in (LOGIN, LOGOUT)
    ]
    return Task(line["name"], line["check_mode"], line["failed"], line["result"], own)
