# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running a module inside Ansible's worker, where a loop pays for imports, connection and login once.

With a local connection there is no need to pack the module and start a Python for each item: the worker runs the same
operation over the same options. Everything else, such as another connection, become or async, runs the ordinary module.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import _thread
import contextlib
import functools
import gc
import os
import signal
import sys
import time
import typing as t
from multiprocessing.util import Finalize
from pathlib import Path

from ansible import constants
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.zstack.tickets.plugins.module_utils._api.settings import Endpoint, Tls
from ansible_collections.zstack.tickets.plugins.module_utils._api.transport import REQUESTS_IMPORT_ERROR, tls_context
from ansible_collections.zstack.tickets.plugins.module_utils._arguments import CONNECTION
from ansible_collections.zstack.tickets.plugins.module_utils._errors import InputError
from ansible_collections.zstack.tickets.plugins.module_utils._runner import Clients, Command, run
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.values import plain
from ansible_collections.zstack.tickets.plugins.plugin_utils.dictionaries import check_dictionaries
from ansible_collections.zstack.tickets.plugins.plugin_utils.profiles import with_profile

SWITCH = "zstack_in_process"
"""The variable that turns this off; in upper case the environment variable."""

OUR_PYTHON = "{{ ansible_playbook_python }}"
"""How inventories usually name it."""

ORPHAN_SECONDS = 1.0
"""How soon a worker notices that Ansible is gone."""

display = Display()


def _load_certificates() -> None:
    """Load them with the import, which the parent does for all its workers, if the environment says that there is TLS.

    What cannot be right is left to the task, which tells its user.
    """
    with contextlib.suppress(InputError, OSError, ValueError):
        given = with_profile({}, os.environ, lambda text: None)
        options = ArgumentSpecValidator(CONNECTION).validate(given).validated_parameters
        if Endpoint.from_options(options).scheme == "https":
            tls_context(Tls.from_options(options))


if not REQUESTS_IMPORT_ERROR:
    _load_certificates()


class InProcessAction(ActionBase):
    """Base of the action plugins: each names its module's command."""

    command: t.ClassVar[Command]
    _supports_async = True
    _validator: t.ClassVar[ArgumentSpecValidator]

    def __init_subclass__(cls, **kwargs: t.Any) -> None:
        # With the import, which the parent does for all its workers.
        super().__init_subclass__(**kwargs)
        cls._validator = ArgumentSpecValidator(cls.command.argument_spec, **cls.command.rules)

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Run the task here if it may, else as an ordinary module; the result is the same."""
        _end_with_ansible(os.getpid())
        task_vars = task_vars or {}
        result: dict[str, t.Any] = super().run(tmp, task_vars)
        try:
            args = with_profile(self._task.args, os.environ, display.warning)
            if self._may_run_here(task_vars):
                return dict(result, **self._run_here(args, task_vars))
            check_dictionaries(args, self.command.argument_spec)
        except InputError as error:
            return dict(result, **error.result())
        return dict(
            result, **self._execute_module(module_args=args, task_vars=task_vars, wrap_async=self._task.async_val)
        )

    def _may_run_here(self, task_vars: t.Mapping[str, t.Any]) -> bool:
        return (
            not REQUESTS_IMPORT_ERROR
            and self._connection.transport == "local"
            and not self._task.async_val
            and not self._task.become
            and not any(self._task.environment or ())
            and self._is_wanted(task_vars)
            and self._is_our_python(task_vars)
        )

    def _is_wanted(self, task_vars: t.Mapping[str, t.Any]) -> bool:
        if SWITCH in task_vars:
            return bool(boolean(self._templar.template(task_vars[SWITCH]), strict=False))
        return bool(boolean(os.environ.get(SWITCH.upper()) or True, strict=False))

    def _is_our_python(self, task_vars: t.Mapping[str, t.Any]) -> bool:
        """Whether the task's Python is this one, or left to Ansible."""
        if self._task.delegate_to:
            task_vars = task_vars.get("ansible_delegated_vars", {}).get(self._task.delegate_to, task_vars)
        chosen = task_vars.get("ansible_python_interpreter", "auto")
        if chosen in (OUR_PYTHON, sys.executable):
            # As on the implicit localhost. To resolve a template and paths costs more than all else here.
            return True
        path, ours = Path(self._templar.template(chosen)), Path(sys.executable)
        # Environments share an interpreter, so the folder has to be the same too.
        return not path.is_absolute() or (
            path.resolve() == ours.resolve() and path.parent.resolve() == ours.parent.resolve()
        )

    def _run_here(self, args: t.Mapping[str, t.Any], task_vars: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        clients = _clients()
        validation = self._validator.validate(plain(args))
        for secret in validation._no_log_values:
            clients.secrets.add(secret)
        warnings = [
            f"Both option {both['option']} and its alias {both['alias']} are set." for both in validation._warnings
        ]
        # What an operation returns is masked already.
        masked = functools.partial(remove_values, no_log_strings=clients.secrets.forms)
        if validation.error_messages:
            result: dict[str, t.Any] = masked(self._refusal(args, validation.errors[0]))
        else:
            result = run(
                self.command,
                validation.validated_parameters,
                self._task.check_mode,
                clients,
                warnings.append,
                display.display,
            )
        if _shows_invocation(task_vars):
            result["invocation"] = masked({"module_args": validation.validated_parameters})
        if warnings:
            result["warnings"] = warnings
        return result

    def _refusal(self, args: t.Mapping[str, t.Any], error: Exception) -> dict[str, t.Any]:
        """The result for options that do not fit the argument spec."""
        try:
            check_dictionaries(args, self.command.argument_spec)
        except InputError as place:
            return place.result()
        text = str(error)
        if isinstance(error, UnsupportedError):
            # As C(AnsibleModule) says it.
            text = f"Unsupported parameters for ({self._task.resolved_action or self._task.action}) module: {text}"
        return dict(failed=True, msg=text)


def _shows_invocation(task_vars: t.Mapping[str, t.Any]) -> bool:
    try:
        return bool(constants.config.get_config_value("INJECT_INVOCATION", variables=task_vars))
    except Exception:  # before ansible-core 2.20 there is no such setting, and modules always show it
        return True


_of_process: dict[int, Clients] = {}


def _clients() -> Clients:
    """The clients of this worker, made when first needed and closed when it ends, however it ends.

    Connections must not cross a fork, so they belong to a process id.
    """
    pid = os.getpid()
    if pid not in _of_process:
        _of_process.clear()
        # What the worker inherits lives as long as it does. To search it for garbage would copy all of its pages.
        gc.freeze()
        clients = _of_process[pid] = Clients()
        Finalize(clients, clients.close, exitpriority=10)
        _close_when_terminated(clients)
    return _of_process[pid]


def _close_when_terminated(clients: Clients) -> None:
    """Log out before the worker dies of SIGTERM or SIGINT, and then let it die as Ansible wants."""
    for number in (signal.SIGTERM, signal.SIGINT):
        previous = signal.getsignal(number)

        def close_and_die(number: int, frame: t.Any, previous: t.Any = previous) -> None:
            clients.close(interrupted=True)
            signal.signal(number, previous if previous is not None else signal.SIG_DFL)
            os.kill(os.getpid(), number)

        signal.signal(number, close_and_die)


@functools.cache
def _end_with_ansible(pid: int) -> None:
    """Once for each worker: let it end, as by SIGTERM, soon after Ansible was killed.

    Controllers cancel jobs by SIGKILL. A worker that leads a session of its own (ansible-core 2.19 and newer) survives that, and so does the
    ordinary module that it runs: they would go on waiting for approvers, for nobody. There, SIGTERM ends both.
    """
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(ORPHAN_SECONDS)
        os.kill(pid, signal.SIGTERM)

    # threading.Thread waits until the thread runs, which takes longer than all else here.
    _thread.start_new_thread(watch, ())
