"""Ending processes: those that one started, whole, and oneself when asked to."""

from __future__ import annotations

import os
import signal
import subprocess
from types import FrameType

ENDING_SECONDS = 10
"""What a process may take to clean up when it is ended."""


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that leads a session of its own, with everything that it started."""
    for request in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, request)
            process.wait(ENDING_SECONDS)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def raise_when_terminated() -> None:
    """Let SIGTERM do what an interruption from the keyboard does, so that ``finally`` blocks run."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
