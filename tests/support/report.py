"""How steps ended: told while they run, and summed up in a table and a count of tests."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

from tests.support.environments import CACHE, ROOT
from tests.support.steps import Step

LOGS = CACHE / "logs"
TAIL_LINES = 60

Result = Literal["ok", "FAILED", "SKIPPED"]


def log_of(step: Step) -> Path:
    """Where the output of a step goes."""
    return LOGS / f"{step.environment.name}-{step.name}.log"


def junit_of(step: Step) -> Path:
    """Where pytest counts the tests of a step."""
    return LOGS / f"{step.environment.name}-{step.name}.xml"


@dataclass(frozen=True)
class Outcome:
    """How a step ended, after how many seconds, and why if that needs a word."""

    step: Step
    result: Result
    seconds: float
    reason: str = ""

    def count_tests(self) -> tuple[int, int]:
        """Return how many tests passed and failed; a step that is no pytest run counts as one."""
        if self.result == "SKIPPED":
            return 0, 0
        if not self.step.is_pytest or not junit_of(self.step).exists():
            return (1, 0) if self.result == "ok" else (0, 1)
        passed = failed = 0
        for case in self._cases():
            if case.find("failure") is not None or case.find("error") is not None:
                failed += 1
            elif case.find("skipped") is None:
                passed += 1
        # pytest may also fail as a whole, for instance when it finds no test.
        return passed, max(failed, 1) if self.result == "FAILED" else failed

    def count_skips(self) -> Counter[str]:
        """Return how many tests were skipped, by the reason."""
        skips = (case.find("skipped") for case in self._cases())
        return Counter(skip.get("message", "") for skip in skips if skip is not None)

    def _cases(self) -> Iterator[ElementTree.Element]:
        path = junit_of(self.step)
        return ElementTree.parse(path).iter("testcase") if self.step.is_pytest and path.exists() else iter(())


class Display:
    """One line for each finished step; on a terminal, the last line names those that are running."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: list[str] = []
        self._is_terminal = sys.stdout.isatty()

    def start(self, step: Step) -> None:
        with self._lock:
            self._running.append(step.title)
            self._show_running()

    def finish(self, outcome: Outcome) -> None:
        step = outcome.step
        with self._lock:
            self._running.remove(step.title)
            if self._is_terminal:
                print("\r\033[K", end="")
            print(f"{outcome.result:<8} {step.title:<28} {outcome.seconds:6.1f} s  {outcome.reason}".rstrip())
            if outcome.result == "FAILED":
                self._show_tail(log_of(step))
            self._show_running()

    def _show_running(self) -> None:
        if self._is_terminal and self._running:
            print("\r\033[K... " + ", ".join(self._running), end="")
        sys.stdout.flush()

    def _show_tail(self, log: Path) -> None:
        if log.exists():
            lines = log.read_text(errors="replace").splitlines()
            print(*(f"    {line}" for line in lines[-TAIL_LINES:]), sep="\n")
            print(f"    ({len(lines)} lines in {log.relative_to(ROOT)})")


def summarise(outcomes: list[Outcome], seconds: float) -> int:
    """Print the table and the count of tests; return how many failed."""
    print(f"\n{'step':<16} {'environment':<12} {'result':<8} {'seconds':>8}  {'ansible-core':<13} {'Python':<8}")
    for outcome in outcomes:
        core, python = outcome.step.environment.read_versions()
        reason = outcome.reason.partition("\n")[0]
        line = f"{outcome.step.name:<16} {outcome.step.environment.name:<12} {outcome.result:<8} {outcome.seconds:8.1f}"
        print(f"{line}  {core:<13} {python:<8} {reason}".rstrip())
        for reason, number in outcome.count_skips().items():
            print(f"    SKIPPED {number} of its tests: {reason}")
    counts = [outcome.count_tests() for outcome in outcomes]
    passed = sum(passed for passed, _failed in counts)
    failed = sum(failed for _passed, failed in counts)
    print(f"\n{seconds:.0f} seconds in all\n{passed} passed, {failed} failed")
    return failed
