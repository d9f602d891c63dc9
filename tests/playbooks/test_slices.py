"""Several runs share the tickets: together they decide about each of them once."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.simulator import Simulator
from tests.simulator.log import WRITE

from .harness import Ansible, Run
from .people import Person
from .tasks import Task

HOSTILE = "{{ lookup('ansible.builtin.pipe', 'touch pwned') }}"
DECIDE: Task = {"zstack.tickets.zstack_ticket_status": {"uuid": "{{ ticket.uuid }}", "status": "approved"}}
SHOW: Task = {"ansible.builtin.debug": {"msg": "{{ ticket.name }}"}}


@pytest.fixture
def source(ansible: Ansible, requester: Person) -> Path:
    """A configuration that finds eleven tickets in sixteen parts."""
    for name in [HOSTILE, *map("web {}".format, range(10))]:
        requester.create(name)
    path = ansible.folder / "all.zstack_tickets.yml"
    parts = [{"key": "ticket.uuid[-1]", "prefix": "tickets_part"}]
    path.write_text(json.dumps({"plugin": "zstack.tickets.zstack_tickets", "keyed_groups": parts}), encoding="utf-8")
    return path


def environment(simulator: Simulator) -> dict[str, str]:
    """The approver's access key: a run must not find the sessions of those beside it."""
    person = simulator.identities["approver"]
    return {f"ZSTACK_{key.upper()}": str(person[key]) for key in ("access_key_id", "access_key_secret")}


def play_at_once(simulator: Simulator, folder: Path, arguments: Sequence[Sequence[str]]) -> list[Run]:
    """Run the playbook of decisions several times at once, each time with other arguments."""

    def play(number: int) -> Run:
        own = folder / str(number)
        own.mkdir(exist_ok=True)
        keywords = {"hosts": "tickets", "ignore_errors": False}
        return Ansible(simulator, own).play(
            SHOW, DECIDE, who=None, arguments=arguments[number], environment=environment(simulator), keywords=keywords
        )

    with ThreadPoolExecutor() as pool:
        return list(pool.map(play, range(len(arguments))))


def assert_decided_once(simulator: Simulator, runs: Sequence[Run]) -> None:
    names = sorted(task["msg"] for run in runs for task in run if "msg" in task.result)
    assert names == sorted(ticket["name"] for ticket in simulator.cloud.tickets)
    assert [len([task for task in run if task.changed]) for run in runs] == [len(run.tasks) // 2 for run in runs]
    assert all(run.tasks for run in runs)
    assert {ticket["status"] for ticket in simulator.cloud.tickets} == {"FinalApproved"}
    sent = [exchange for exchange in simulator.log.select(kind=WRITE) if exchange.identity == "approver"]
    assert len(sent) == len(names)


@pytest.mark.core
def test_slices_of_a_job(ansible: Ansible, simulator: Simulator, source: Path) -> None:
    """A controller reads the inventory once and hands each slice every third host, as a script."""
    told = ansible.run(
        ["ansible-inventory", "-i", str(source), "--list"],
        ansible.environment(None, more=environment(simulator)),
    )
    listing = json.loads(told.output)
    scripts = [script_of(slice_of(listing, number, 3), ansible.folder / f"slice-{number}") for number in (1, 2, 3)]
    runs = play_at_once(simulator, ansible.folder, [["-i", str(script)] for script in scripts])
    assert_decided_once(simulator, runs)
    assert [len(run.tasks) // 2 for run in runs] == [4, 4, 3]
    assert not list(ansible.folder.rglob("pwned"))


def test_parts_of_the_inventory(ansible: Ansible, simulator: Simulator, source: Path) -> None:
    """Without a controller, runs that read the inventory themselves share it by the digits of the uuids."""
    parts = ["~tickets_part_[0-7]", "~tickets_part_[8-9a-f]"]
    runs = play_at_once(simulator, ansible.folder, [["-i", str(source), "--limit", part] for part in parts])
    assert_decided_once(simulator, runs)
    again = play_at_once(simulator, ansible.folder, [["-i", str(source)]])
    assert not any(task.changed for task in again[0])


def slice_of(listing: dict[str, Any], number: int, count: int) -> dict[str, Any]:
    """AWX's slice of an inventory, with ``job_slice_number`` and ``job_slice_count``."""
    hosts = sorted(set(listing["_meta"]["hostvars"]) - {"localhost"})[number - 1 :: count]
    sliced = {}
    for name, group in listing.items():
        sliced[name] = {**group, "hosts": [host for host in group.get("hosts", ()) if host in hosts]}
    meta = listing["_meta"]
    return {**sliced, "_meta": {**meta, "hostvars": {host: meta["hostvars"][host] for host in hosts}}}


def script_of(inventory: dict[str, Any], path: Path) -> Path:
    path.write_text(f"#!{sys.executable}\nprint({json.dumps(inventory)!r})\n", encoding="utf-8")
    path.chmod(0o700)
    return path
