"""Time that passes without waiting: a client's pauses move the simulator's clock, and others act at moments of it."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from datetime import datetime, tzinfo
from itertools import count

from ansible_collections.zstack.tickets.plugins.module_utils._api.retry import Clock
from tests.simulator import Simulator

LONGEST_REAL_PAUSE = 0.002
"""Seconds that a pause may take for real: enough for a listener to come back."""


class Time:
    """The time of a world: the simulator's."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._agenda: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = count()
        self.elapsed = 0.0

    def at(self, seconds: float, act: Callable[[], object]) -> None:
        """Have ``act`` called in so many seconds, by whoever pauses then."""
        heapq.heappush(self._agenda, (self.elapsed + seconds, next(self._numbers), act))

    @property
    def is_busy(self) -> bool:
        """Whether anything is still due."""
        return bool(self._agenda)

    def advance(self, seconds: float) -> None:
        """Move on; what falls due happens at its moment, in order."""
        end = self.elapsed + seconds
        while self._agenda and self._agenda[0][0] <= end:
            moment, _number, act = heapq.heappop(self._agenda)
            self._move(moment)
            act()
        self._move(end)

    def _move(self, moment: float) -> None:
        if moment > self.elapsed:
            self._simulator.clock.advance(moment - self.elapsed)
            self.elapsed = moment

    def reset(self) -> None:
        """Begin anew, with nothing due."""
        self._agenda.clear()
        self.elapsed = 0.0

    def now(self, zone: tzinfo | None = None) -> datetime:
        """The wall clock, as ``datetime.now`` gives it."""
        return datetime.fromtimestamp(self._simulator.clock.now(), zone)


class RunClock(Clock):
    """The clock of one run's client. Its pauses pass at once, but count; ``pausing`` is called in each."""

    def __init__(self, world: Time, pausing: Callable[[], object]) -> None:
        super().__init__()
        self._world = world
        self._pausing = pausing
        self._slept = 0.0
        self._start = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since the run began, as the client sees it."""
        return self.now() - self._start

    def now(self) -> float:
        return time.monotonic() + self._slept

    def sleep(self, seconds: float) -> None:
        self._slept += seconds
        time.sleep(min(seconds / 100, LONGEST_REAL_PAUSE))
        self._world.advance(seconds)
        self._pausing()
