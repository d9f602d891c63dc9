"""What people do while things go wrong, and what must have come of it."""

from __future__ import annotations

from collections.abc import Callable

from ..world import World
from . import batches, changes, moves, races, waits

SCENARIOS: dict[str, Callable[[World], None]] = {
    "create": changes.create,
    "change": changes.change,
    "delete": changes.delete,
    "life": changes.life,
    "move": moves.move,
    "approve": moves.approve,
    "wait": waits.wait,
    "wait for many": waits.wait_for_many,
    "batch": batches.batch,
    "race for one wish": races.one_wish,
    "race of opposites": races.opposites,
    "race of approvers": races.approvers,
    "race against approval": races.against_approval,
    "race against a recall": races.against_recall,
}

BY_PLAYBOOKS = ("create", "change", "delete", "move", "batch")
"""Those in which one acts at a time, and nothing waits for an hour to pass."""
