"""One seed's world: a simulator with drawn settings, people with drawn ways to identify, faults, and the runs in it."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

from ansible_collections.zstack.tickets.plugins.module_utils._api import identity
from tests.playbooks.harness import ASIDE, SECRET
from tests.playbooks.people import Person
from tests.simulator import Simulator, identities, start
from tests.simulator.identities import password_hash
from tests.simulator.log import Exchange
from tests.simulator.switches import Switches

from . import faults
from .audit import Audit, Effect
from .clocks import Time
from .model import State, read
from .playbooks import Playbooks
from .runs import RUN, Direct, Kill, Run, Task, reported
from .turns import Turns

PEOPLE = ("requester", "requester2", "approver", "approver2", "admin")
LISTENING_SECONDS = 10.0
SLOWNESS = 0.3
"""Seconds that an answer takes, for real, in worlds whose clients wait half as long."""


@dataclass
class Lab:
    """A running simulator that is watched, and used for one world after the other."""

    simulator: Simulator
    audit: Audit
    time: Time


@contextmanager
def lab() -> Iterator[Lab]:
    """A simulator whose passwords are worth looking for, and whose time is also that of access keys' signatures."""
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(identities, "PASSWORD", SECRET))
        audit = stack.enter_context(Audit())
        simulator = stack.enter_context(start())
        server_log = logging.getLogger("aiohttp.server")
        server_log.addFilter(_is_news)
        stack.callback(server_log.removeFilter, _is_news)
        moved = Time(simulator)
        stack.enter_context(mock.patch.object(identity, "datetime", moved))
        yield Lab(simulator, audit, moved)


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a failure of the simulator is one: a restart breaks off what is under way."""
    return not (record.exc_info and isinstance(record.exc_info[1], ConnectionResetError))


@dataclass
class World:
    """What a scenario acts in. All that it draws comes from ``random``."""

    lab: Lab
    seed: int
    random: Random
    folder: Path | None = None  # where playbooks run; without it, tasks run in this process
    connection: dict[str, Any] = field(default_factory=dict)
    ways: dict[str, str] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)  # number of the exchange before it, and text
    tokens: dict[str, str] = field(default_factory=dict)
    all_tokens: set[str] = field(default_factory=set)  # sessions that users have given to runs

    def __post_init__(self) -> None:
        self.slowness: float | None = None
        self.simulator = self.lab.simulator
        self.time = self.lab.time
        self.turns = Turns(self.random)
        self._runner: Direct | Playbooks = (
            Direct(self.time, self.turns.give)
            if self.folder is None
            else Playbooks(self.simulator, self.folder, self.random)
        )

    # How it begins
    def prepare(self, **switches: Any) -> None:
        """The books as at start, these switches, and nothing wrong yet."""
        self.listen()
        self.simulator.reset()
        self.lab.audit.clear()
        self.time.reset()
        self.simulator.call(self.simulator.switches.reset)
        self.simulator.set(log_answers=True, **switches)

    def furnish(self) -> None:
        """Draw how the server is, how people identify, and how patient clients are."""
        draw = self.random
        self.ways = {
            "requester": draw.choice(("login", "login", "access key", "session")),
            "approver": draw.choice(("login", "login", "access key", "session")),
            "admin": draw.choice(("login", "access key", "session")),
            "approver2": draw.choice(("login", "session")),
            "requester2": "login",
        }
        if draw.random() < 0.3:
            self.ways = dict.fromkeys(self.ways, "login")
        self.prepare(
            locale=draw.choice(("zh_CN", "en_US")),
            timestamp_style=draw.choice(("jdk8", "jdk9", "jdk20")),
            integers_as_doubles=draw.random() < 0.3,
            duplicate_job_check=draw.random() < 0.7,
            api_timeout_member=draw.random() < 0.7,
            unsorted_order=draw.choice(("insertion", "uuid")),
            job_duration=draw.choice((0.0, 0.0, 0.5, 3.0)),
            create_writes_history=draw.random() < 0.2,
            update_writes_history=draw.random() < 0.2,
            project_login_ends_operator_session=draw.random() < 0.7,
            # A session that a user has given is not renewed by anybody but the user.
            session_timeout=7200.0 if "session" in self.ways.values() else draw.choice((7200.0, 20.0)),
            bad_signature=draw.choice(("session", "400", "403")),
            delete_missing_succeeds=draw.random() < 0.3,
            duplicate_uuid_text=draw.choice(("flush", "commit")),
        )
        self.connection = {
            "host": self.simulator.host,
            "port": self.simulator.port,
            "retries": draw.choice((0, 1, 3, 3)),
            "job_timeout": draw.choice((10, 30)),
            "poll_interval": draw.choice((0.5, 2.0)),
        }
        self.slowness = SLOWNESS if draw.random() < 0.06 and self.folder is None else None
        if self.slowness is not None:
            # What arrives after its time-out cannot be told from something new by a node that does not know its job.
            self.connection["timeout"] = self.slowness / 2
            self.simulator.set(duplicate_job_check=True)
        if self.folder is not None:
            # Time is real.
            self.connection |= {"job_timeout": 4, "poll_interval": 0.2}
            self.simulator.set(job_duration=0.0)
        usual = Switches().as_dict()
        unusual = {name: value for name, value in self.simulator.switches.as_dict().items() if value != usual[name]}
        self.note(f"switches: {unusual}")
        self.note(f"identities: {self.ways}, connection: {self.connection}")

    def let_go_wrong(self, rules: Sequence[Mapping[str, Any]]) -> None:
        """Put faults into force."""
        self.simulator.call(lambda: self.simulator.faults.load(rules))
        for rule in rules:
            self.note(f"fault: {rule}")

    def note(self, text: str) -> None:
        """Add a line to the story."""
        self.notes.append((self.simulator.log.total, text))

    # Who acts
    def connection_of(self, who: str) -> dict[str, Any]:
        """The options by which somebody identifies."""
        known = self.simulator.identities[who]
        way = self.ways.get(who, "login")
        if way == "session":
            return {**self.connection, "session_token": self._token(who)}
        if way == "access key":
            key = {"access_key_id": known["access_key_id"], "access_key_secret": known["access_key_secret"]}
            return {**self.connection, **key}
        if who == "admin":
            return {**self.connection, "account_name": "admin", "account_password": known["password"]}
        login = {"virtual_id_name": who, "virtual_id_password": known["password"]}
        return {**self.connection, **login, "project_name": known["project_name"]}

    def _token(self, who: str) -> str:
        """A session that its user holds; a new one when the last has come to an end."""
        token = self.tokens.get(who)
        if token is None or self.simulator.call(lambda: self.simulator.sessions.find(token)) is None:
            with self.aside():
                token = self.tokens[who] = Person(self.simulator, who).log_in()
            self.all_tokens.add(token)
        return token

    def person(self, who: str) -> Person:
        return Person(self.simulator, who)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Nothing goes wrong meanwhile, and all is done at once: for what belongs to a scenario's story, not to its trouble."""
        self.listen()
        rules, duration = self.simulator.faults.rules, self.simulator.switches.job_duration
        self.simulator.faults.rules = []
        self.simulator.set(job_duration=0.0)
        try:
            yield
        finally:
            self.simulator.faults.rules = rules
            self.simulator.set(job_duration=duration)

    def act(self, who: str, event: str, uuid: str, comment: str | None = None) -> bool:
        """Somebody sends an event by other means; false if the server refuses it."""
        with self.aside():
            try:
                self.person(who).send(event, uuid, comment)
            except AssertionError:
                self.note(f"{who} may not {event}")
                return False
        self.note(f"{who}: {event}")
        return True

    def remove(self, who: str, uuid: str) -> None:
        """Somebody deletes a ticket by other means."""
        with self.aside():
            self.person(who).delete(uuid)
        self.note(f"{who}: delete")

    # What happens
    def run(self, task: Task, kill: Kill | None = None) -> Run:
        """Run a task once."""
        self.listen()
        run = Run(len(self.runs) + 1, task, len(self.effects), self.simulator.log.total)
        self.runs.append(run)
        self.note(f"run {run.number}: {task}" + (f", to be killed: {kill}" if kill else ""))
        connection = self.connection_of(task.who)
        run.first_exchange = self.simulator.log.total
        self._runner.run(run, connection, kill)
        run.last_exchange = self.simulator.log.total
        what = "killed" if run.result is None else str(run.result.get("msg", "")) if run.result.get("failed") else "ok"
        done = [reported(item) for item in run.items]
        self.note(f"run {run.number} ended after {run.elapsed:.1f} s, reports {done}: {what}")
        return run

    def at_once(self, actions: Sequence[Callable[[], object]]) -> None:
        """Let several act at once, one exchange of anybody's after the other."""
        self.turns.run(actions)

    def calm(self) -> None:
        """The end of all trouble: no faults any more, and what was under way has come to its end."""
        self.listen()
        self.simulator.call(self.simulator.faults.clear)
        time.sleep(self.slowness or 0)
        self.time.advance(120)
        self.simulator.set(job_duration=0.0)
        self.note("calm")

    def listen(self) -> None:
        """Wait until the node listens: it may be restarting."""
        deadline = time.monotonic() + LISTENING_SECONDS
        while True:
            try:
                socket.create_connection((self.simulator.host, self.simulator.port), 1).close()
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.002)
            else:
                return

    # What is to be seen
    def state(self, name: str, owner: str = "requester") -> State | None:
        """A ticket in the books."""
        return self.simulator.call(lambda: read(self.simulator.cloud, name, owner))

    @property
    def effects(self) -> list[Effect]:
        return self.lab.audit.effects

    @property
    def jobs(self) -> set[str | None]:
        """The jobs of all runs."""
        return {exchange.job_uuid for exchange in self.simulator.log.select() if self.run_of(exchange) is not None}

    def run_of(self, exchange: Exchange) -> Run | None:
        """Whose exchange it is. Those of a playbook do not say so, but then nothing else runs at the same time."""
        if RUN in exchange.headers:
            return self.runs[int(exchange.headers[RUN].partition(".")[0]) - 1]
        if ASIDE in exchange.headers or self.folder is None:
            return None
        return next((run for run in reversed(self.runs) if run.first_exchange < exchange.number), None)

    def exchanges(self, run: Run) -> list[Exchange]:
        """A run's exchanges so far."""
        return [exchange for exchange in self.simulator.log.select() if self.run_of(exchange) is run]

    def disturbances(self, run: Run) -> list[str]:
        """What befell a run: faults, exchanges that failed, what others did meanwhile; not a latency that nobody notices."""
        exchanges = self.exchanges(run)
        noticed = [fault for exchange in exchanges for fault in exchange.faults if fault != "latency"]
        own = {exchange.job_uuid for exchange in exchanges}
        others = [str(effect) for effect in self.effects[run.first_effect :] if effect.job not in own]
        return noticed + list(run.lost.values()) + others

    def is_answered(self, exchange: Exchange) -> bool:
        """Whether the API's answer has come to the run that asked."""
        run = self.run_of(exchange)
        is_lost = bool(faults.ANSWER_LOST & set(exchange.faults))
        return run is not None and not is_lost and exchange.headers.get(RUN) not in run.lost

    @property
    def secrets(self) -> set[str]:
        """All that nobody may see: passwords, their hashes, keys, sessions and signatures."""
        found = {SECRET, password_hash(SECRET), *self.all_tokens}
        found |= {str(person["access_key_secret"]) for person in self.simulator.identities.values()} - {"None"}
        for exchange in self.simulator.log.select():
            found.add(exchange.headers.get("Authorization", "").partition(" ")[2].rpartition(":")[2])
        return found - {""}


def draw_rules(world: World, most: int) -> None:
    """Put some faults into force, with a secret in what strangers answer, if it is one that every run has."""
    secrets = [password_hash(SECRET)] if set(world.ways.values()) == {"login"} else []
    world.let_go_wrong(faults.draw(world.random, world.random.randint(0, most), secrets, world.slowness))
