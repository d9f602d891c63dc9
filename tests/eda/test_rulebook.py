"""The event source and the rulebooks as ansible-rulebook itself runs them, from start to SIGTERM."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.playbooks.harness import PROGRAMS, SECRET, written_forms
from tests.playbooks.meanwhile import calls, until
from tests.playbooks.people import Person, api_request
from tests.playbooks.webhook import TOKEN, serve_webhook
from tests.simulator import Simulator
from tests.support.processes import end


def why_not() -> str | None:
    if not (PROGRAMS / "ansible-rulebook").exists():
        return "ansible-rulebook is not installed: make eda"
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home, "bin"))) if home else shutil.which("java")
    if java is None:
        return "THERE IS NO JAVA: ansible-rulebook needs Java 17"
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "(\d+)', told.stderr)
    if version is None or int(version[1]) < 17:
        return f"THIS JAVA IS TOO OLD: ansible-rulebook needs Java 17: {told.stderr.strip()}"
    return None


REASON = why_not()
pytestmark = pytest.mark.skipif(REASON is not None, reason=REASON or "")

SHOW = [
    {
        "name": "Show",
        "hosts": "localhost",
        "sources": [{"zstack.tickets.ticket_events": {"interval": 0.1, "retries": 0, "cursor_file": "cursor.json"}}],
        "rules": [
            {
                "name": "Anything",
                "condition": "event.ticket_event is defined",
                "action": {"debug": {"msg": "TOLD {{ event.ticket_event.type }} {{ event.ticket_event.ticket.name }}"}},
            }
        ],
    }
]


class Rulebook:
    """A run of ansible-rulebook. ``output`` is what it has printed so far."""

    def __init__(self, simulator: Simulator, folder: Path, name: str, *arguments: str, **environment: str) -> None:
        host = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        inventory = folder / "inventory.yml"
        inventory.write_text(json.dumps({"all": {"hosts": {"localhost": host}}}), encoding="utf-8")
        self._log = folder / "output"
        command = [str(PROGRAMS / "ansible-rulebook"), "--rulebook", name, "-i", str(inventory), *arguments]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env={
                    "PATH": os.pathsep.join([str(PROGRAMS), os.environ["PATH"]]),
                    **({"JAVA_HOME": os.environ["JAVA_HOME"]} if "JAVA_HOME" in os.environ else {}),
                    "HOME": str(folder),
                    "LANG": "C.UTF-8",
                    "ANSIBLE_HOME": str(folder / "ansible"),
                    **simulator.environment("approver"),
                    **environment,
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    @property
    def told(self) -> list[str]:
        return re.findall(r"TOLD (.+)", self.output)

    def until(self, condition: Callable[[], bool]) -> None:
        until(lambda: condition() or self.process.poll() is not None)
        assert condition(), self.output

    def stop(self) -> None:
        """Ask it to end, as a service manager does."""
        self.process.terminate()
        assert self.process.wait(30) == 0, self.output


Run = Callable[..., Rulebook]


@pytest.fixture
def run(simulator: Simulator, tmp_path: Path) -> Iterator[Run]:
    """Runs rulebooks. None may leave a session, or show a secret or a traceback."""
    with ExitStack() as stack:
        runs = []

        def start(name: str, *arguments: str, **environment: str) -> Rulebook:
            runs.append(Rulebook(simulator, tmp_path, name, *arguments, **environment))
            stack.callback(end, runs[-1].process)
            return runs[-1]

        yield start
    printed = "".join(run.output for run in runs)
    assert not simulator.sessions.open, printed
    assert [form for form in written_forms(SECRET) if form in printed] == []
    assert "Traceback" not in printed


def write_variables(folder: Path, **variables: Any) -> tuple[str, str]:
    path = folder / "variables.yml"
    path.write_text(json.dumps(variables), encoding="utf-8")
    return "--vars", str(path)


def test_events_reach_the_rules_over_restarts_of_both(
    run: Run, requester: Person, approver: Person, simulator: Simulator, tmp_path: Path
) -> None:
    (tmp_path / "show.yml").write_text(json.dumps(SHOW), encoding="utf-8")
    first = run("show.yml")
    first.until((tmp_path / "cursor.json").exists)
    uuid = requester.create("one")["uuid"]
    first.until(lambda: first.told == ["created one", "awaiting_me one"])
    simulator.restart(down=0.5, lose_sessions=True)
    approver.send("approve", uuid)
    first.until(lambda: first.told[2:] == ["approved one", "executed one"])
    assert "Next attempt in" in first.output
    first.stop()

    requester.create("two")
    second = run("show.yml")
    second.until(lambda: len(second.told) >= 2)
    second.stop()
    assert second.told == ["created two", "awaiting_me two"]


def test_auto_approve(run: Run, requester: Person, simulator: Simulator, tmp_path: Path) -> None:
    match = {"all_requests": {"api_body": {"cpuNum": {"at_most": 4}}}}
    rule = {"name": "small", "match": match, "decision": "approve", "comment": "By the rule {rule}."}
    for name, cpus in (("small", 2), ("large", 64), ("smaller", 1)):
        requester.create(name, [api_request(name, cpuNum=cpus)])
    variables = write_variables(
        tmp_path,
        ticket_approval_rules=[rule],
        # So the first run leaves one over.
        ticket_approval_limit=1,
        ticket_approval_again_after=1,
        ticket_events_interval=0.2,
    )
    rulebook = run("zstack.tickets.auto_approve", *variables)
    decided = {"small": "FinalApproved", "large": "Pending", "smaller": "FinalApproved"}
    rulebook.until(lambda: {row["name"]: row["status"] for row in simulator.cloud.tickets} == decided)
    rulebook.until(lambda: rulebook.output.count("PLAY RECAP") >= 2)
    rulebook.stop()
    assert next(iter(simulator.cloud.histories))["comment"] == "By the rule small."


def test_escalate(run: Run, requester: Person, tmp_path: Path) -> None:
    uuid = requester.create("forgotten")["uuid"]
    cursor_file = tmp_path / "cursor.json"
    variables = write_variables(
        tmp_path, ticket_remind_after=0.5, ticket_events_interval=0.2, ticket_events_cursor_file=str(cursor_file)
    )
    with serve_webhook() as webhook:
        rulebook = run("zstack.tickets.escalate", *variables, TICKET_REMIND_URL=webhook.url)
        rulebook.until(lambda: bool(webhook.posted))
        rulebook.stop()
    assert webhook.posted[0]["text"].startswith(f"The ticket forgotten ({uuid}) waits for 0.0 h at the step team")
    assert TOKEN not in rulebook.output
    assert cursor_file.exists()


def test_a_refused_identity_ends_the_rulebook(run: Run, simulator: Simulator, tmp_path: Path) -> None:
    (tmp_path / "show.yml").write_text(json.dumps(SHOW), encoding="utf-8")
    rulebook = run("show.yml", "--shutdown-delay", "0", ZSTACK_VIRTUAL_ID_PASSWORD="not-the-secret-4711")
    assert rulebook.process.wait(60) == 1
    assert "ApiError: Source plugin failed with error message: 'The login was refused: ID.1000" in rulebook.output
    assert "not-the-secret-4711" not in rulebook.output
    assert calls(simulator, "queryTicket") == 0
