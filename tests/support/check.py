"""Run checks from the table in ``tests.support.steps`` and sum them up.

    python3 -m tests.support.check                 all of them
    python3 -m tests.support.check lint types      these groups

One step alone shows its output as it comes. Several run two at a time, each with its output in ``.cache/logs``; of a
step that fails the end is shown. The last line counts tests as pytest does; a step that is no pytest run counts as one.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TextIO
from xml.etree import ElementTree

from tests.support.environments import CACHE, ROOT, Environment, Failed, Missing
from tests.support.steps import CHAINS, Step

LOGS = CACHE / "logs"
TAIL_LINES = 60
STEP_SECONDS = 1200
"""A step that takes longer hangs."""


@dataclass(frozen=True)
class Outcome:
    """How a step ended: ``ok``, ``FAILED`` or ``SKIPPED`` with the reason."""

    step: Step
    result: str
    seconds: float = 0.0
    passed: int = 0
    failed: int = 0
    reason: str = ""


class Display:
    """One line per finished step; on a terminal, the last line names the steps that are running."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: list[str] = []
        self._is_terminal = sys.stdout.isatty()

    def start(self, title: str) -> None:
        with self._lock:
            self._running.append(title)
            self._show_running()

    def finish(self, outcome: Outcome) -> None:
        with self._lock:
            self._running.remove(outcome.step.title)
            self._clear()
            print(f"{outcome.result:<8} {outcome.step.title:<28} {outcome.seconds:6.1f} s  {outcome.reason}".rstrip())
            if outcome.result == "FAILED":
                self._show_tail(outcome.step)
            self._show_running()

    def _clear(self) -> None:
        if self._is_terminal:
            print("\r\033[K", end="")

    def _show_running(self) -> None:
        if self._is_terminal:
            print("\r\033[K... " + ", ".join(self._running), end="")
        sys.stdout.flush()

    def _show_tail(self, step: Step) -> None:
        log = log_of(step)
        if log.exists():
            lines = log.read_text(errors="replace").splitlines()
            print(*(f"    {line}" for line in lines[-TAIL_LINES:]), sep="\n")
            print(f"    ({len(lines)} lines in {log.relative_to(ROOT)})")


class Runner:
    """Runs steps, and ends what it started when it is itself ended."""

    def __init__(self, display: Display | None) -> None:
        self._display = display
        self._processes: set[subprocess.Popen[bytes]] = set()

    def run_chain(self, chain: list[Step]) -> list[Outcome]:
        return [self.run(step) for step in chain]

    def run(self, step: Step) -> Outcome:
        if self._display:
            self._display.start(step.title)
        started = time.monotonic()
        result, reason = self._attempt(step)
        passed, failed = count(step, result)
        outcome = Outcome(step, result, time.monotonic() - started, passed, failed, reason)
        if self._display:
            self._display.finish(outcome)
        return outcome

    def _attempt(self, step: Step) -> tuple[str, str]:
        """Return the result and the reason for it, if it needs one."""
        log_of(step).unlink(missing_ok=True)
        report_of(step).unlink(missing_ok=True)
        try:
            step.environment.make()
        except Missing as missing:
            return "SKIPPED", str(missing)
        except Failed as failure:
            return "FAILED", str(failure)
        command = step.command
        if step.is_pytest:
            # Several pytest runs at once must not share a cache.
            command = (*command, "-p", "no:cacheprovider", f"--junit-xml={report_of(step)}")
        if not self._display:
            return self._wait(step, command, None)
        with log_of(step).open("w") as log:
            return self._wait(step, command, log)

    def _wait(self, step: Step, command: tuple[str, ...], log: TextIO | None) -> tuple[str, str]:
        environ = environ_for(step.environment)
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT if log else None,
            start_new_session=True,
        )
        self._processes.add(process)
        try:
            status = process.wait(STEP_SECONDS)
        except subprocess.TimeoutExpired:
            self._end(process)
            return "FAILED", f"ended after {STEP_SECONDS} s"
        finally:
            self._processes.discard(process)
        return ("FAILED", f"exit status {status}") if status else ("ok", "")

    def end_all(self) -> None:
        for process in list(self._processes):
            self._end(process)

    @staticmethod
    def _end(process: subprocess.Popen[bytes]) -> None:
        """End a step with everything that it started."""
        try:
            os.killpg(process.pid, signal.SIGTERM)
        except ProcessLookupError:
            return


def log_of(step: Step) -> Path:
    return LOGS / f"{step.environment.name}-{step.name}.log"


def report_of(step: Step) -> Path:
    return LOGS / f"{step.environment.name}-{step.name}.xml"


def environ_for(environment: Environment) -> Mapping[str, str]:
    """The caller's variables without those that would change what is tested."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "ZSTACK_"))}
    environ["PATH"] = os.pathsep.join([str(environment.programs), environ["PATH"]])
    # A copy of the collection that is installed in the home folder would be found before the checkout.
    environ["ANSIBLE_HOME"] = str(CACHE / "ansible")
    return environ


def count(step: Step, result: str) -> tuple[int, int]:
    """Return how many tests passed and failed."""
    if result == "SKIPPED":
        return 0, 0
    if not step.is_pytest or not report_of(step).exists():
        return (1, 0) if result == "ok" else (0, 1)
    suites = ElementTree.parse(report_of(step)).getroot().iter("testsuite")
    total = failed = skipped = 0
    for suite in suites:
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    if result == "FAILED":
        failed = max(failed, 1)
    return max(total - failed - skipped, 0), failed


def read_versions(environment: Environment) -> tuple[str, str]:
    """Return the versions of ansible-core and Python in an environment."""
    program = (
        "import importlib.metadata as m, platform\n"
        "print(next((d.version for d in m.distributions() if d.name == 'ansible-core'), '-'), platform.python_version())"
    )
    command = [str(environment.programs / "python"), "-c", program]
    core, python = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return core, python


def summarise(outcomes: list[Outcome]) -> None:
    print(f"\n{'step':<18} {'environment':<12} {'result':<8} {'seconds':>8}  {'ansible-core':<13} {'Python':<8}")
    made = {outcome.step.environment for outcome in outcomes if outcome.result != "SKIPPED"}
    versions = {environment: read_versions(environment) for environment in made if environment.folder.exists()}
    for outcome in outcomes:
        core, python = versions.get(outcome.step.environment, ("-", "-"))
        print(
            f"{outcome.step.name:<18} {outcome.step.environment.name:<12} {outcome.result:<8} {outcome.seconds:8.1f}  {core:<13} {python:<8}",
            f" {outcome.reason.splitlines()[0] if outcome.reason else ''}",
        )


def interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main(groups: list[str]) -> int:
    known = {step.group for chain in CHAINS for step in chain}
    if unknown := set(groups) - known:
        print(f"no such group: {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}", file=sys.stderr)
        return 2
    chains = [[step for step in chain if not groups or step.group in groups] for chain in CHAINS]
    chains = [chain for chain in chains if chain]
    LOGS.mkdir(parents=True, exist_ok=True)
    is_alone = sum(map(len, chains)) == 1
    runner = Runner(None if is_alone else Display())
    signal.signal(signal.SIGTERM, interrupt)
    started = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        try:
            outcomes = [outcome for done in pool.map(runner.run_chain, chains) for outcome in done]
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            runner.end_all()
            return 130
    summarise(outcomes)
    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(outcome.failed for outcome in outcomes)
    print(f"\nin {time.monotonic() - started:.0f} s\n{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
