"""What each task came to, one line of JSON a task, for the tests that run playbooks."""

from __future__ import annotations

import json
import os
import typing as t
from pathlib import Path
from urllib.request import urlopen

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    """Writes to the file that ``RESULTS_FILE`` names, with the exchanges that the simulator counts for each task."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "results"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._file = Path(os.environ["RESULTS_FILE"])
        self._counters = os.environ["RESULTS_COUNTERS"]
        self._first = 0

    def v2_playbook_on_task_start(self, task: t.Any, is_conditional: bool) -> None:
        self._first = self._exchanges()

    def v2_runner_on_ok(self, result: t.Any) -> None:
        self._write(result)

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:
        self._write(result, failed=True)

    def v2_runner_on_skipped(self, result: t.Any) -> None:
        self._write(result)

    def v2_runner_on_unreachable(self, result: t.Any) -> None:
        self._write(result)

    def _write(self, result: t.Any, failed: bool = False) -> None:
        task = result._task
        # Before ansible-core 2.19 a result itself says that it is a failure, since then it does not.
        members = {name: value for name, value in result._result.items() if name != "failed"}
        line = {
            "name": task.get_name(),
            "check_mode": bool(task.check_mode),
            "first": self._first,
            "last": self._exchanges(),
            "failed": failed,
            "result": members,
        }
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, default=str) + "\n")

    def _exchanges(self) -> int:
        with urlopen(self._counters) as answer:
            return int(json.load(answer)["requests"])
