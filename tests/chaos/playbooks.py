"""How a task is run by a real ``ansible-playbook``, in real time."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

from tests.playbooks.harness import PATIENCE, PROGRAMS, Ansible
from tests.simulator import Simulator
from tests.support.processes import end

from .runs import Kill, Run

_WARNING = re.compile(r"^\[WARNING\]: (.*)$", re.MULTILINE)


class Playbooks:
    """Runs each task by a playbook of its own. Drawn are whether that is in Ansible's worker, and how much it shows."""

    def __init__(self, simulator: Simulator, folder: Path, random: Random) -> None:
        self._simulator = simulator
        self._folder = folder
        self._random = random
        self._ansible = Ansible(simulator, folder)

    def run(self, run: Run, connection: Mapping[str, Any], kill: Kill | None) -> None:
        """Run the task of ``run`` to its end, and fill in what became of it."""
        results = self._folder / "results.jsonl"
        results.unlink(missing_ok=True)
        draw = self._random
        command = [
            str(PROGRAMS / "ansible-playbook"),
            "-i",
            str(self._inventory()),
            str(self._playbook(run, connection)),
        ]
        command += draw.choice(([], ["-v"], ["-vvv"]))
        environment = self._ansible.environment(None, in_process=draw.random() < 0.7)
        began = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=self._folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        watch = threading.Thread(target=self._kill, args=(process, kill, self._simulator.log.total))
        watch.start()
        try:
            output = process.communicate(timeout=PATIENCE)[0].decode("utf-8", "replace")
        finally:
            end(process)
            watch.join()
        run.elapsed = time.monotonic() - began
        run.shown.append(output)
        run.warnings += _WARNING.findall(output)
        run.was_killed = run.is_gone = process.returncode < 0 or "User interrupted execution" in output
        if not run.was_killed:
            line = json.loads(results.read_text(encoding="utf-8").splitlines()[-1])
            run.result = {"changed": False, **line["result"], "failed": line["failed"]}

    def _kill(self, process: subprocess.Popen[bytes], kill: Kill | None, first: int) -> None:
        """End the process at its exchange, as well as can be told from outside."""
        if kill is None:
            return
        while process.poll() is None and self._simulator.log.total < first + kill.at:
            time.sleep(0.002)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM if kill.gently else signal.SIGKILL)

    def _playbook(self, run: Run, connection: Mapping[str, Any]) -> Path:
        path = self._folder / "playbook.yml"
        task = {
            f"zstack.tickets.{run.task.module}": {**run.task.options, **connection},
            "check_mode": run.task.check_mode,
            "ignore_errors": True,
        }
        play = {"hosts": "all", "gather_facts": False, "tasks": [task]}
        path.write_text(json.dumps([play]), encoding="utf-8")
        return path

    def _inventory(self) -> Path:
        path = self._folder / "inventory.yml"
        host = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        path.write_text(json.dumps({"all": {"hosts": {"localhost": host}}}), encoding="utf-8")
        return path
