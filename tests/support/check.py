"""Run checks from the table in ``tests.support.steps`` and sum them up.

    python3 -m tests.support.check lint types      these groups

One step alone shows its output as it comes. Several run two at a time, each with its output in ``.cache/logs``; of a
step that fails the end is shown. The last line counts tests as pytest does.
"""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import IO

from tests.support.environments import CACHE, ROOT, Failed, Missing
from tests.support.processes import end, raise_when_terminated
from tests.support.record import read_content, remember
from tests.support.report import LOGS, Display, Outcome, Result, junit_of, log_of, summarise
from tests.support.steps import CHAINS, Step

SIDE_BY_SIDE = 2
STEP_SECONDS = 1200
"""A step that takes longer hangs."""


class Runner:
    """Runs steps, and ends what it started when it is itself ended."""

    def __init__(self, display: Display | None) -> None:
        self._display = display
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._is_ending = False

    def run_chain(self, chain: list[Step]) -> list[Outcome]:
        return [self._run(step) for step in chain if not self._is_ending]

    def end_all(self) -> None:
        self._is_ending = True
        for process in list(self._processes):
            end(process)

    def _run(self, step: Step) -> Outcome:
        if self._display:
            self._display.start(step)
        started = time.monotonic()
        result, reason = self._attempt(step)
        outcome = Outcome(step, result, time.monotonic() - started, reason)
        if self._display:
            self._display.finish(outcome)
        return outcome

    def _attempt(self, step: Step) -> tuple[Result, str]:
        """Return the result, and the reason for it if it needs one."""
        log_of(step).unlink(missing_ok=True)
        junit_of(step).unlink(missing_ok=True)
        try:
            step.environment.make()
        except Missing as missing:
            return "SKIPPED", str(missing)
        except Failed as failure:
            return "FAILED", str(failure)
        if not self._display:
            return self._wait(step, None)
        with log_of(step).open("wb") as log:
            return self._wait(step, log)

    def _wait(self, step: Step, log: IO[bytes] | None) -> tuple[Result, str]:
        process = subprocess.Popen(
            complete_command(step),
            cwd=ROOT / step.folder,
            env=step.environment.environ(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        self._processes.add(process)
        try:
            status = process.wait(STEP_SECONDS)
        except subprocess.TimeoutExpired:
            end(process)
            return "FAILED", f"ended after {STEP_SECONDS} s"
        finally:
            self._processes.discard(process)
        return ("FAILED", f"exit status {status}") if status else ("ok", "")


def complete_command(step: Step) -> tuple[str, ...]:
    if not step.is_pytest:
        return step.command
    # Several pytest runs at once must not share a cache.
    cache = CACHE / "pytest" / step.environment.name
    return (*step.command, "-o", f"cache_dir={cache}", f"--junit-xml={junit_of(step)}")


def main(groups: list[str]) -> int:
    known = {step.group for chain in CHAINS for step in chain}
    if not groups or not known.issuperset(groups):
        print(f"name some of these groups: {', '.join(sorted(known))}", file=sys.stderr)
        return 2
    chains = [[step for step in chain if step.group in groups] for chain in CHAINS]
    LOGS.mkdir(parents=True, exist_ok=True)
    runner = Runner(Display() if sum(map(len, chains)) > 1 else None)
    raise_when_terminated()
    content = read_content()
    started = time.monotonic()
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        try:
            outcomes = [outcome for finished in pool.map(runner.run_chain, chains) for outcome in finished]
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            runner.end_all()
            return 130
    remember(outcomes, content)
    return 1 if summarise(outcomes, time.monotonic() - started) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
