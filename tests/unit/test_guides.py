"""Tables in the guides that repeat what stands in the code."""

from __future__ import annotations

import re
from pathlib import Path

from ansible_collections.zstack.tickets.plugins.module_utils._errors import TicketError
from ansible_collections.zstack.tickets.plugins.module_utils._tickets import moves
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.model import STATUSES
from tests.simulator.identities import PEOPLE

GUIDES = Path(__file__).resolve().parents[2] / "docs" / "docsite" / "rst"

DEEDS = {moves.APPROVE: "approves", moves.REJECT: "rejects", moves.CANCEL: "recalls", moves.REOPEN: "reopens"}
"""How the guide calls events."""


def read_table(guide: str, corner: str) -> list[dict[str, str]]:
    """The rows of a simple table whose first head is ``corner``, by head. Lines that continue a cell are left out."""
    text = (GUIDES / guide).read_text(encoding="utf-8")
    table = re.search(rf"^(=[= ]+)\n({re.escape(corner)} .*)\n\1\n(.*?)\n\1$", text, re.MULTILINE | re.DOTALL)
    assert table, f"{guide} has no table with {corner}"
    spans = [column.span() for column in re.finditer("=+", table[1])]
    head, *rows = ([line[start:end].strip() for start, end in spans] for line in [table[2], *table[3].splitlines()])
    return [dict(zip(head, row, strict=True)) for row in rows if row[0]]


def what_a_task_does(status: str, wish: moves.Wish) -> str:
    try:
        event = moves.next_event(status, wish, reopen=False)
    except TicketError:
        return "fails"
    if event is None:
        return r"\-"
    return "refused" if moves.predict(status, event, last_step=False) is None else DEEDS[event]


def test_what_a_task_does() -> None:
    rows = read_table("life.rst", "``status:``")
    assert [row["``status:``"] for row in rows] == [f"``{name}``" for name in moves.WISHES]
    for row, wish in zip(rows, moves.WISHES.values(), strict=True):
        told = {status: re.split(r"[\s,]", row[status])[0] for status in STATUSES}
        assert told == {status: what_a_task_does(status, wish) for status in STATUSES}


def test_simulator_tells_who_is_there() -> None:
    rows = read_table("simulator.rst", "Name")
    told = {row["Name"].strip("`"): row["Project"].strip("`") for row in rows}
    assert told == {"admin": "", **{person.name: ", ".join(person.projects) for person in PEOPLE}}
