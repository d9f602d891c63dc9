# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When to try again, and how long to pause before it.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import random
import threading
import time
import typing as t

from .._errors import ExchangeError

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
LONGEST_RETRY_AFTER = 30.0


class Abandoned(BaseException):
    """Nobody waits any more for what a thread is doing. Not an C(Exception), so that nothing takes it for a failure and goes on."""


class Clock:
    """Time as the client sees it. Tests give one of their own, so that nothing waits for real."""

    def __init__(self) -> None:
        self._is_over = threading.Event()

    def now(self) -> float:
        """Seconds on a clock that only moves forward."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Pause for this many seconds.

        :raises Abandoned: C(end) was called, in every thread but the main one, which signals interrupt.
        """
        if threading.current_thread() is not threading.main_thread():
            if self._is_over.wait(seconds):
                raise Abandoned
        elif seconds > 0:
            # A sleep of 0 seconds would still hand the CPU to whoever wants it.
            time.sleep(seconds)

    def end(self) -> None:
        """Let the other threads go on no further than to their next pause."""
        self._is_over.set()


class Deadline:
    """A moment after which to give up."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self.seconds = seconds
        self._clock = clock
        self._start = clock.now()

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._clock.now() - self._start

    @property
    def left(self) -> float:
        """Seconds until the moment, never below 0."""
        return max(0.0, self.seconds - self.elapsed)

    def sleep(self, seconds: float) -> None:
        """Pause, but not past the moment."""
        self._clock.sleep(min(seconds, self.left))


def backoff(attempt: int, failure: ExchangeError | None = None) -> float:
    """The pause in seconds after the failed attempt number C(attempt), counted from 0.

    Doubles each time up to a cap, with jitter so that many runs do not come back in step. A longer C(Retry-After) is honoured,
    capped; a shorter one, such as 0, is no leave to ask without a pause.
    """
    longest: float = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempt, 30))
    asked_for = min((failure and failure.retry_after) or 0.0, LONGEST_RETRY_AFTER)
    return max(asked_for, longest * random.uniform(0.5, 1.0))


def growing_pauses(longest: float) -> t.Iterator[float]:
    """Pauses in seconds between looks at something that usually happens soon: at once, then longer and longer up to C(longest)."""
    yield 0.0
    pause = 0.05
    while True:
        yield min(pause, longest)
        pause = min(pause * 1.6, longest)
