"""The tables of README.md, made from the code: ``python -m tests.simulator.documentation`` writes them anew."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from . import identities as people
from .faults import FAULTS
from .moves import EVENTS, MOVES, STATUSES
from .switches import table

EVIDENCE = ("READ", "DOCUMENTED", "INFERRED", "UNKNOWN", "SIMULATOR")


def _markdown(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def switches() -> str:
    """Every switch with its default, evidence and meaning."""
    rows = []
    for item in table():
        choices = item.metadata["choices"]
        meaning = item.metadata["meaning"] + (f" ({', '.join(choices)})" if choices else "")
        rows.append(
            (
                f"`{item.name}`",
                f"`{item.default}`" if item.default != "" else "empty",
                item.metadata["evidence"],
                meaning,
            )
        )
    return _markdown(("Switch", "Default", "Evidence", "Meaning"), rows)


def faults() -> str:
    return _markdown(("Fault", "What happens"), ((f"`{name}`", meaning) for name, meaning in FAULTS.items()))


def moves() -> str:
    """What every event does in every status; a dash is a refusal."""
    rows = [(f"`{status}`", *(_cell(status, event) for event in EVENTS)) for status in STATUSES]
    return _markdown(("Status", *(f"`{event}`" for event in EVENTS)), rows)


def _cell(status: str, event: str) -> str:
    move = MOVES[status, event]
    return "-" if move.to is None else f"{move.to}, by the {move.actor}"


def identities() -> str:
    rows = [("`admin`", "built-in account", "-", "yes")]
    for person in people.PEOPLE:
        rows.append(
            (
                f"`{person.name}`",
                "virtual ID" + "".join(f", {role}" for role in sorted(person.roles)),
                ", ".join(f"`{name}`" for name in person.projects) or "-",
                "yes" if person.access_key else "-",
            )
        )
    return _markdown(("Name", "What", "Project", "Access key"), rows)


README = Path(__file__).with_name("README.md")
_TABLES = {"identities": identities, "moves": moves, "switches": switches, "faults": faults}


def update(text: str) -> str:
    """Put the current tables between their marks, ``<!-- switches -->`` and ``<!-- end -->`` and so on."""

    def table_of(mark: re.Match[str]) -> str:
        return f"<!-- {mark[1]} -->\n{_TABLES[mark[1]]()}\n<!-- end -->"

    return re.sub(r"<!-- (\w+) -->\n.*?<!-- end -->", table_of, text, flags=re.DOTALL)


if __name__ == "__main__":
    README.write_text(update(README.read_text(encoding="utf-8")), encoding="utf-8")
