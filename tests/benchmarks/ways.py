"""The ways to ensure tickets that are compared."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.environments import ROOT

from . import playbooks
from .servers import Server

EMPTY = "empty"
"""A server without tickets, made so before each run."""
FULL = "full"
"""One that has the tickets already, and no others."""
CROWDED = "crowded"
"""One that has them among 10,000 others."""
SECURE = "secure"
"""An empty one that speaks TLS."""

OTHERS = 10_000
FEW, SOME, MANY = 10, 100, 1000
SEPARATE = 50
LATENCY = 0.02
FORKS = 10
ORDINARY = {"ZSTACK_IN_PROCESS": "false"}

Command = Callable[[Server, Path, int], list[str]]
"""``command(server, folder, count)``: what ensures so many tickets there; files go into the folder."""


@dataclass(frozen=True, eq=False)
class Way:
    """A command that ensures tickets, how many of them it gets, and on which server.

    ``by_key`` lets our modules sign requests by an access key instead of logging in. ``rounds`` limits how often it is
    measured, for what takes long.
    """

    title: str
    command: Command
    tickets: int
    server: str = EMPTY
    latency: float = 0.0
    by_key: bool = False
    environ: Mapping[str, str] = field(default_factory=dict)
    rounds: int = 100


def _playbook(folder: Path, play: playbooks.Play) -> str:
    path = folder / "playbook.yml"
    path.write_text(json.dumps([play]), encoding="utf-8")
    return str(path)


def _facts(folder: Path, server: Server, count: int, **more: object) -> Path:
    path = folder / "facts.json"
    path.write_text(json.dumps({**server.facts(count), **more}), encoding="utf-8")
    return path


def _ansible(folder: Path, playbook: str, facts: Path, hosts: int = 1) -> list[str]:
    inventory = folder / "inventory.json"
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    names: dict[str, object] = {f"host-{number}": None for number in range(hosts)}
    inventory.write_text(json.dumps({"all": {"hosts": names, "vars": local}}), encoding="utf-8")
    return ["ansible-playbook", "-i", str(inventory), "-f", str(FORKS), "-e", f"@{facts}", playbook]


def empty() -> Command:
    return lambda server, folder, count: _ansible(
        folder, _playbook(folder, playbooks.empty()), _facts(folder, server, count)
    )


def loop(module: str) -> Command:
    return lambda server, folder, count: _ansible(
        folder, _playbook(folder, playbooks.loop(module)), _facts(folder, server, count)
    )


def uri() -> Command:
    playbook = str(Path(__file__).with_name("uri.yml"))
    return lambda server, folder, count: _ansible(folder, playbook, _facts(folder, server, count))


def separate(module: str) -> Command:
    return lambda server, folder, count: _ansible(
        folder, _playbook(folder, playbooks.separate_tasks(module, count)), _facts(folder, server, count)
    )


def hosts(module: str) -> Command:
    return lambda server, folder, count: _ansible(
        folder, _playbook(folder, playbooks.ticket_of_host(module)), _facts(folder, server, count), max(count, 1)
    )


def batch(workers: int = 8) -> Command:
    def command(server: Server, folder: Path, count: int) -> list[str]:
        tickets = [playbooks.ticket(number) for number in range(count)]
        facts = _facts(folder, server, count, tickets=tickets)
        return _ansible(folder, _playbook(folder, playbooks.batch(workers)), facts)

    return command


def bare(*options: str) -> Command:
    return lambda server, folder, count: [
        sys.executable,
        "-m",
        "tests.benchmarks.bare",
        str(_facts(folder, server, count)),
        *options,
    ]


NOTHING_PLUGIN = {"ANSIBLE_ACTION_PLUGINS": str(ROOT / "tests" / "benchmarks" / "action_plugins")}

LOOP_CREATE = Way("loop, in process", loop(playbooks.OURS), SOME)
LOOP_AGAIN = Way("loop, in process, unchanged", loop(playbooks.OURS), SOME, FULL)
LOOP_NOTHING = Way("loop of an action plugin that does nothing", loop(playbooks.NOTHING), SOME, environ=NOTHING_PLUGIN)
LOOP_CROWDED = Way("loop, in process, unchanged, among 10,000 others", loop(playbooks.OURS), SOME, CROWDED)
ORDINARY_CREATE = Way("loop, ordinary module", loop(playbooks.OURS), FEW, environ=ORDINARY)
ORDINARY_AGAIN = Way("loop, ordinary module, unchanged", loop(playbooks.OURS), FEW, FULL, environ=ORDINARY)
URI_CREATE = Way("uri tasks", uri(), FEW)
URI_AGAIN = Way("uri tasks, unchanged", uri(), FEW, FULL)
BATCH_CREATE = Way("batch", batch(), MANY)
BATCH_AGAIN = Way("batch, unchanged", batch(), MANY, FULL)
BARE_CREATE = Way("bare requests, 8 threads", bare(), MANY)
BARE_AGAIN = Way("bare requests, 8 threads, a look-up for each", bare("--one-by-one"), MANY, FULL)
BARE_LISTED = Way("bare requests, one look-up for all", bare(), MANY, FULL)
RAW_CREATE = Way("bare http.client, 1 connection", bare("--raw"), MANY)
SLOW_LOOP = Way("loop, in process, 20 ms away", loop(playbooks.OURS), SEPARATE, latency=LATENCY)
SLOW_BATCH = Way("batch, 16 workers, 20 ms away", batch(16), MANY, latency=LATENCY)
TASKS = Way("separate tasks, in process, access key", separate(playbooks.OURS), SEPARATE, by_key=True)
TASKS_TLS = Way("separate tasks, in process, access key, TLS", separate(playbooks.OURS), SEPARATE, SECURE, by_key=True)
TASKS_LOGIN = Way("separate tasks, in process, each with a login", separate(playbooks.OURS), SEPARATE)
TASKS_NOTHING = Way(
    "separate tasks of an action plugin that does nothing",
    separate(playbooks.NOTHING),
    SEPARATE,
    environ=NOTHING_PLUGIN,
)
HOSTS = Way("many hosts, 10 forks, in process, access key", hosts(playbooks.OURS), SEPARATE, by_key=True)
HOSTS_ORDINARY = Way(
    "many hosts, 10 forks, ordinary module, access key",
    hosts(playbooks.OURS),
    2 * FORKS,
    by_key=True,
    environ=ORDINARY,
)
BATCH_OF = {
    10: Way("batch of 10", batch(), 10),
    100: Way("batch of 100", batch(), 100),
    1000: BATCH_CREATE,
    10_000: Way("batch of 10,000", batch(), 10_000, rounds=2),
}
