"""Tasks and their runs, and how a task is run in this process: as a module's, over the real client, in quick time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.zstack.tickets.plugins.module_utils._api.client import Client
from ansible_collections.zstack.tickets.plugins.module_utils._api.transport import Answer, Query, Transport
from ansible_collections.zstack.tickets.plugins.module_utils._errors import ExchangeError
from ansible_collections.zstack.tickets.plugins.module_utils._operations.context import Context, Outcome
from ansible_collections.zstack.tickets.plugins.module_utils._runner import Clients, Command, Interrupted, run
from ansible_collections.zstack.tickets.plugins.modules import zstack_ticket, zstack_ticket_batch, zstack_ticket_status

from .clocks import RunClock, Time

RUN = "X-Run"
"""Header by which the log tells whose exchange it is: the run's number, and the exchange's in it."""

COMMANDS: dict[str, Command] = {
    module.__name__.rpartition(".")[2]: module.COMMAND
    for module in (zstack_ticket, zstack_ticket_batch, zstack_ticket_status)
}


@dataclass(frozen=True)
class Task:
    """What somebody wants: a module with its options, connection options left out. ``owner`` is the tickets'."""

    module: str
    who: str
    options: Mapping[str, Any]
    owner: str = "requester"
    check_mode: bool = False

    def __str__(self) -> str:
        shown = {name: value for name, value in self.options.items() if name not in ("requests", "tickets")}
        mode = " in check mode" if self.check_mode else ""
        return f"{self.module} {shown} as {self.who}{mode}"


@dataclass(frozen=True)
class Kill:
    """The end of a run at its exchange number ``at``: asked to end before it is sent, or gone before it or after its answer.

    Whoever is asked to end between a login's answer and taking note of it cannot log out, so that is not tried.
    """

    at: int
    after: bool
    gently: bool


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Run:
    """One run of a task, and what became of it; ``result`` is None when it was killed at once."""

    number: int
    task: Task
    first_effect: int  # how many changes there were before it
    first_exchange: int  # and how many exchanges
    last_exchange: int | None = None
    lost: dict[str, str] = field(default_factory=dict)  # exchanges that failed, as the client sees it, and how
    result: dict[str, Any] | None = None
    failure: BaseException | None = None
    warnings: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    elapsed: float = 0.0
    was_killed: bool = False
    is_gone: bool = False  # killed without a chance to log out

    @property
    def succeeded(self) -> bool:
        return self.result is not None and not self.result.get("failed")

    @property
    def items(self) -> list[Mapping[str, Any]]:
        """The results for single tickets."""
        if self.result is None:
            return []
        return self.result.get("results", []) if self.task.module == "zstack_ticket_batch" else [self.result]


def reported(item: Mapping[str, Any]) -> list[str]:
    """What a result for a ticket says was done to it."""
    return [*item.get("operations", []), *item.get("events", [])]


class Direct:
    """Runs tasks in this process. ``giving_way`` is called before each exchange and in each pause."""

    def __init__(self, time: Time, giving_way: Callable[[], object]) -> None:
        self._time = time
        self._giving_way = giving_way

    def run(self, run: Run, connection: Mapping[str, Any], kill: Kill | None) -> None:
        """Run the task of ``run`` to its end, and fill in what became of it."""
        command = replace(COMMANDS[run.task.module], operation=self._noting_failures(run))
        validator = ArgumentSpecValidator(command.argument_spec, **command.rules)
        validation = validator.validate({**run.task.options, **connection})
        if validation.error_messages:
            raise ValueError(f"{run.task}: {validation.error_messages}")
        clients = _Clients(run, RunClock(self._time, self._giving_way), self._giving_way, kill)
        self._run(command, run, validation.validated_parameters, clients)
        run.elapsed = clients.clock.elapsed

    def _run(self, command: Command, run_: Run, options: Mapping[str, Any], clients: _Clients) -> None:
        try:
            run_.result = run(command, options, run_.task.check_mode, clients, run_.warnings.append, run_.shown.append)
        except Interrupted:
            run_.was_killed = True
        except Killed:
            run_.was_killed = run_.is_gone = True
            clients.drop()
        clients.kill = None
        run_.warnings += clients.close()

    def _noting_failures(self, run_: Run) -> Callable[[Mapping[str, Any], Context], Outcome]:
        operation = COMMANDS[run_.task.module].operation

        def noted(options: Mapping[str, Any], context: Context) -> Outcome:
            try:
                return operation(options, context)
            except BaseException as failure:
                run_.failure = failure
                raise

        return noted


class _Clients(Clients):
    """The one client of a run."""

    def __init__(self, run_: Run, clock: RunClock, giving_way: Callable[[], object], kill: Kill | None) -> None:
        super().__init__()
        self.clock = clock
        self.kill = kill
        self.run = run_
        self._giving_way = giving_way
        self._exchanges = 0
        self._counting = threading.Lock()

    def client(self, options: Mapping[str, Any]) -> Client:
        if not self._clients:
            self._clients["only"] = _Client(self, options)
        return self._clients["only"]

    def drop(self) -> None:
        """Close the connections, as the system does for a process that is gone, without a word to the server."""
        for client in self._clients.values():
            client._transport.close()
        self._clients.clear()

    def before_exchange(self) -> str:
        """The number of the exchange that begins."""
        self._giving_way()
        with self._counting:
            self._exchanges += 1
            number = self._exchanges
        self._die(after=False)
        return f"{self.run.number}.{number}"

    def after_exchange(self) -> None:
        self._die(after=True)

    def _die(self, after: bool) -> None:
        kill = self.kill
        if kill is not None and kill.after is after and self._exchanges == kill.at:
            raise Interrupted if kill.gently else Killed


class _Client(Client):
    def __init__(self, clients: _Clients, options: Mapping[str, Any]) -> None:
        self._of = clients
        super().__init__(options, clients.secrets, clients.clock, {})

    def _new_transport(self) -> Transport:
        return _Watched(super()._new_transport(), self._of)


class _Watched(Transport):
    """Says in each request whose it is, and is where runs give way to others and are killed."""

    def __init__(self, transport: Transport, clients: _Clients) -> None:
        self._transport = transport
        self._of = clients

    def close(self) -> None:
        self._transport.close()

    def exchange(
        self,
        method: str,
        path: str,
        query: Query = (),
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        at_most: float | None = None,
    ) -> Answer:
        number = self._of.before_exchange()
        try:
            answer = self._transport.exchange(method, path, query, body, {**(headers or {}), RUN: number}, at_most)
        except ExchangeError as trouble:
            self._of.run.lost[number] = trouble.message
            raise
        self._of.after_exchange()
        return answer
