"""What an interrupted command leaves running: nothing."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.support import processes


def test_ending_reaches_what_a_step_started() -> None:
    program = ["sh", "-c", "sleep 600 & echo started; wait"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout
        assert process.stdout.readline() == b"started\n"
        processes.end(process)
        # The end of the file: nobody who could write to it is left.
        assert process.stdout.read() == b""


def test_ending_does_not_wait_for_those_who_will_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "ENDING_SECONDS", 0.1)
    program = ["sh", "-c", "trap '' TERM; echo started; sleep 600; sleep 600"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout
        assert process.stdout.readline() == b"started\n"
        processes.end(process)
        process.stdout.read()
    assert process.returncode == -signal.SIGKILL


def test_termination_runs_finally_blocks() -> None:
    program = (
        "import os, signal\n"
        "from tests.support.processes import raise_when_terminated\n"
        "raise_when_terminated()\n"
        "try: os.kill(os.getpid(), signal.SIGTERM)\n"
        "except KeyboardInterrupt: print('cleaned up')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "cleaned up\n"
