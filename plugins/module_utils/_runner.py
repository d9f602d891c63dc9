# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From an operation to Ansible's answer: the one place that turns outcomes and errors into results.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import signal
import threading
import typing as t
from contextlib import contextmanager
from dataclasses import dataclass, field

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ._api.client import Client
from ._api.secrets import Secrets
from ._api.transport import REQUESTS_IMPORT_ERROR
from ._arguments import CONNECTION
from ._errors import ZStackError
from ._operations.context import Context, Outcome


@dataclass(frozen=True)
class Command:
    """A module: its options and the operation that it runs.

    C(rules) are further arguments of C(AnsibleModule), such as C(required_one_of). C(connection) picks the connection options
    out of all options, where that is not simply all of them.
    """

    operation: t.Callable[[t.Mapping[str, t.Any], Context], Outcome]
    argument_spec: dict[str, dict[str, t.Any]]
    rules: dict[str, t.Any] = field(default_factory=dict)
    connection: t.Callable[[t.Mapping[str, t.Any]], t.Mapping[str, t.Any]] = lambda options: options


class Interrupted(BaseException):
    """Somebody asked the process to end. Not an C(Exception), so that nothing on the way takes it for a failure of its own."""


class Clients:
    """The clients of a process, one for each endpoint and identity, and the secrets of all of them.

    A client is kept for the next task item with the same connection options, so that a loop logs in once.
    """

    def __init__(self) -> None:
        self.secrets = Secrets()
        self._clients: dict[str, Client] = {}

    def client(self, options: t.Mapping[str, t.Any]) -> Client:
        """The client for these connection options; nothing is sent yet.

        :raises InputError: an option cannot be right.
        """
        key = repr([options.get(option) for option in CONNECTION])
        if key not in self._clients:
            self._clients[key] = Client(options, self.secrets)
        return self._clients[key]

    def close(self, interrupted: bool = False) -> list[str]:
        """Log out everywhere. Never fails; returns warnings about sessions that may be left. See C(Client.close)."""
        with uninterrupted():
            warnings = [client.close(interrupted) for client in self._clients.values()]
            self._clients.clear()
        return [warning for warning in warnings if warning]


def run_module(command: Command) -> None:
    """The C(main()) of an ordinary module."""
    module = AnsibleModule(argument_spec=command.argument_spec, supports_check_mode=True, **command.rules)
    if REQUESTS_IMPORT_ERROR:
        module.fail_json(msg=missing_required_lib("requests"), exception=REQUESTS_IMPORT_ERROR)
    clients = Clients()
    with interruptible():
        try:
            result = run(command, module.params, module.check_mode, clients, warn=module.warn)
        except Interrupted:
            result = ZStackError("The task was interrupted. Run it again to go on from where it stands.").result()
        for warning in clients.close():
            module.warn(warning)
    module.no_log_values.update(clients.secrets.forms)
    module.no_log_values.difference_update(clients.secrets.revealed)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)


def run(
    command: Command,
    options: t.Mapping[str, t.Any],
    check_mode: bool,
    clients: Clients,
    warn: t.Callable[[str], None],
    progress: t.Callable[[str], None] = lambda text: None,
) -> dict[str, t.Any]:
    """Run an operation and return the whole result, C(failed) included, free of secrets."""
    mask = clients.secrets.mask
    try:
        context = Context(
            client=clients.client(command.connection(options)),
            check_mode=check_mode,
            warn=lambda text: warn(mask(text)),
            progress=lambda text: progress(mask(text)),
        )
        outcome = command.operation(options, context)
        result = dict(outcome.result, changed=outcome.changed)
    except ZStackError as error:
        result = error.result()
    except Exception as error:  # pylint: disable=broad-except  # a fault of ours must not print a traceback with options in it
        text = (
            f"This is a fault of the collection, not of your task: {type(error).__name__}: {error}. Please report it."
        )
        result = ZStackError(text).result()
    masked: dict[str, t.Any] = clients.secrets.mask_all(result)
    return masked


@contextmanager
def interruptible() -> t.Iterator[None]:
    """Let SIGTERM, by which a controller cancels a job, unwind the stack, so that sessions are logged out."""

    def interrupt(number: int, frame: object) -> None:
        raise Interrupted

    with _handling(interrupt):
        yield


@contextmanager
def uninterrupted() -> t.Iterator[None]:
    """Whoever wants to end the process has to wait for its last duties, which take a few seconds at most."""
    with _handling(signal.SIG_IGN):
        yield


@contextmanager
def _handling(handler: t.Any) -> t.Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        # Signals arrive in the main thread only, and only there may handlers be set.
        yield
        return
    numbers = (signal.SIGTERM, signal.SIGINT)
    previous = [signal.signal(number, handler) for number in numbers]
    try:
        yield
    finally:
        for number, old in zip(numbers, previous):
            signal.signal(number, old)
