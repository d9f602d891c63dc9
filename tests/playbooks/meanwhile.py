"""Others at work while a playbook runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.simulator import Simulator

from .harness import ASIDE, PATIENCE


@contextmanager
def meanwhile(simulator: Simulator, action: str, act: Callable[[], object], times: int = 1) -> Iterator[None]:
    """Call ``act`` once the playbook has begun its ``times``-th call of an API, such as ``queryTicket``."""
    failures: list[BaseException] = []
    over = threading.Event()

    def watch() -> None:
        deadline = time.monotonic() + PATIENCE
        while calls(simulator, action) < times:
            if over.wait(0.01) or time.monotonic() > deadline:
                failures.append(AssertionError(f"{action} was not called {times} times"))
                return
        try:
            act()
        except BaseException as failure:
            failures.append(failure)

    first = calls(simulator, action)
    times += first
    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    if failures:
        raise failures[0]


def calls(simulator: Simulator, action: str) -> int:
    """How often a playbook has called an API."""
    return sum(ASIDE not in exchange.headers for exchange in simulator.log.select(action=action))


def until(condition: Callable[[], bool]) -> None:
    """Return when it is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def delay(simulator: Simulator, action: str, seconds: float = 1.0) -> None:
    """Let the playbook's next call of an API wait before it is handled, so that others can be faster."""
    simulator.call(
        lambda: simulator.faults.add(
            "latency", action=action, identity="requester", kind="write", seconds=seconds, times=1
        )
    )
