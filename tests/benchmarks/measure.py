"""What a command costs, and what of it is due to the tickets."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.processes import end


@dataclass(frozen=True)
class Cost:
    """Of a command with all its processes: seconds on the clock, seconds of CPU, and the largest process in MiB."""

    wall: float
    cpu: float
    peak: float


class CommandFailed(Exception):
    """A command that is measured did not do its work; carries what it printed."""


def cost_of(command: Sequence[str], environ: Mapping[str, str], output: Path, folder: Path) -> Cost:
    """Run the command in ``folder``; what it prints goes to the file ``output``. Raises CommandFailed."""
    with output.open("wb") as file:
        begin = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            # The usage includes that of all descendants which have been waited for.
            _pid, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            end(process)
            raise
        wall = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise CommandFailed(f"{' '.join(command)} ended with {process.returncode}:\n{output.read_text()[-4000:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
