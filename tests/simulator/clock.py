"""Simulated time: the machine's clock plus an offset, and the agenda of things due later.

Everything that waits (jobs, executions, cleaning) goes through the agenda, so moving the clock forward makes it happen
without waiting.
"""

from __future__ import annotations

import heapq
import time
from asyncio import AbstractEventLoop, TimerHandle
from collections.abc import Callable
from datetime import datetime, tzinfo
from itertools import count


class Clock:
    """Seconds since the epoch, movable; ``at`` puts a call on the agenda."""

    def __init__(self) -> None:
        self.offset = 0.0
        self.loop: AbstractEventLoop | None = None
        self._agenda: list[tuple[float, int, Callable[[], None], bool]] = []
        self._numbers = count()
        self._timer: TimerHandle | None = None

    def now(self) -> float:
        return time.time() + self.offset

    def local(self, zone: tzinfo) -> datetime:
        return datetime.fromtimestamp(self.now(), zone)

    def advance(self, seconds: float) -> None:
        self.offset += seconds
        self.run_due()

    def after(self, seconds: float, call: Callable[[], None], survives_restart: bool = False) -> None:
        """Have ``call`` run ``seconds`` from now; a restarted node forgets it unless ``survives_restart``."""
        if seconds <= 0:
            call()
            return
        heapq.heappush(self._agenda, (self.now() + seconds, next(self._numbers), call, survives_restart))
        self._arm()

    def run_due(self) -> None:
        while self._agenda and self._agenda[0][0] <= self.now():
            heapq.heappop(self._agenda)[2]()
        self._arm()

    def forget(self, also_surviving: bool = False) -> None:
        """Drop the agenda: what a node that dies leaves undone."""
        self._agenda = [] if also_surviving else [entry for entry in self._agenda if entry[3]]
        heapq.heapify(self._agenda)
        self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._agenda and self.loop is not None:
            self._timer = self.loop.call_later(max(0.0, self._agenda[0][0] - self.now()), self.run_due)
