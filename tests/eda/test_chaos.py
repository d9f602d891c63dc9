"""Whatever fails or restarts while tickets move: what the event source has told is what the server's books say."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.zstack.tickets.plugins.module_utils._tickets.events import types_of
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.history import HistoryEntry
from tests.playbooks.meanwhile import until
from tests.playbooks.people import Person, api_request
from tests.simulator import Simulator

from .listener import Event, Listener

FAULTS: tuple[dict[str, Any], ...] = (
    {"fault": "reset_before"},
    {"fault": "reset_after"},
    {"fault": "truncate"},
    {"fault": "garbage"},
    {"fault": "status", "status": 502, "body": "Bad Gateway"},
    {"fault": "foreign_json", "body": '{"inventories": 7}'},
    {"fault": "latency", "seconds": 0.05},
)


@pytest.mark.parametrize("seed", range(6))
def test_each_change_is_told_once(
    start: Callable[..., Listener],
    requester: Person,
    approver: Person,
    simulator: Simulator,
    tmp_path: Path,
    seed: int,
) -> None:
    draw = random.Random(seed)
    arguments = {"who": "admin", "cursor_file": str(tmp_path / "cursor"), "since": "beginning"}
    listener = start(**arguments)
    until((tmp_path / "cursor").exists)
    for fault in draw.sample(FAULTS, 3):
        rule = {**fault, "identity": "admin", "kind": "read", "probability": 0.06, "seed": seed}
        simulator.call(partial(simulator.faults.add, **rule))
    heard: list[Event] = []
    created = 0
    for _turn in range(60):
        rows = list(simulator.cloud.tickets)
        under_way = [row["uuid"] for row in rows if row["status"] == "Pending"]
        recalled = [row["uuid"] for row in rows if row["status"] in ("Cancelled", "Rejected")]
        match draw.choice(["create", "approve", "reject", "cancel", "reopen", "restart", "node"]):
            case "create":
                created += 1
                requester.create(f"ticket {created}", [api_request(draw.choice(["fine", "fail-1"]))])
            case "approve" | "reject" as event if under_way:
                approver.send(event, draw.choice(under_way))
            case "cancel" if under_way:
                requester.send("cancel", draw.choice(under_way))
            case "reopen" if recalled:
                requester.send("reopen", draw.choice(recalled))
            case "restart":
                listener.stop()
                heard += listener.events
                listener = start(**arguments)
            case "node":
                simulator.restart(down=0.05, lose_sessions=True)
    simulator.call(simulator.faults.clear)
    expected = [
        (event, row["sequence"])
        for row in simulator.cloud.histories
        for event in types_of(HistoryEntry.from_inventory({**row, "createDate": None, "lastOpDate": None}))
    ]
    listener.wait_until(lambda events: len(moves(heard + events)) >= len(expected))
    listener.wait_until(lambda events: len(names(heard + events)) >= created)
    listener.stop()
    heard += listener.events
    assert moves(heard) == expected
    assert sorted(names(heard)) == sorted(f"ticket {number + 1}" for number in range(created))


def moves(heard: list[Event]) -> list[tuple[str, int]]:
    return [(event["type"], event["sequence"]) for event in heard if event["sequence"] is not None]


def names(heard: list[Event]) -> list[str]:
    return [event["ticket"]["name"] for event in heard if event["type"] == "created"]
