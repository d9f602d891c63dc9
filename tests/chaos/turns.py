"""Several runs at once, of which one moves at a time: who is next is drawn, so that an interleaving can be replayed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from random import Random

PATIENCE = 60.0


class Stuck(Exception):
    """A run did not give the others their turn."""


class Turns:
    """The baton. Threads that know nothing of it, such as a batch's workers, run freely."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._changed = threading.Condition()
        self._running: set[int] = set()
        self._turn: int | None = None
        self._own = threading.local()

    def run(self, actions: Sequence[Callable[[], object]]) -> None:
        """Run all of them to their end. Raises the first failure."""
        failures: list[BaseException] = []
        self._running = set(range(len(actions)))
        self._turn = None
        threads = [
            threading.Thread(target=self._runner, args=(number, action, failures), daemon=True)
            for number, action in enumerate(actions)
        ]
        for thread in threads:
            thread.start()
        with self._changed:
            self._pass_on()
        for thread in threads:
            thread.join(PATIENCE)
        if failures:
            raise failures[0]
        if any(thread.is_alive() for thread in threads):
            raise Stuck(f"the runs did not end within {PATIENCE:g} seconds")

    def give(self) -> None:
        """Let anybody be next, oneself included. Call it where an interruption can matter."""
        number: int | None = getattr(self._own, "number", None)
        if number is not None:
            with self._changed:
                self._pass_on()
                self._await(number)

    def _runner(self, number: int, action: Callable[[], object], failures: list[BaseException]) -> None:
        self._own.number = number
        try:
            with self._changed:
                self._await(number)
            action()
        except BaseException as failure:
            failures.append(failure)
        finally:
            with self._changed:
                self._running.discard(number)
                self._pass_on()

    def _pass_on(self) -> None:
        self._turn = self._random.choice(sorted(self._running)) if self._running else None
        self._changed.notify_all()

    def _await(self, number: int) -> None:
        if not self._changed.wait_for(lambda: self._turn == number, PATIENCE):
            raise Stuck(f"run {number} of the race waited {PATIENCE:g} seconds for its turn")
