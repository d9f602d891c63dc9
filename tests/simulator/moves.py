"""What an event does to a ticket in a status: the one table, each cell with its evidence.

A live answer about a cell changes one line here. Moves without an event (creation, a lost approver, deletion) are in
``tickets.py`` and ``flow_collections.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

PENDING = "Pending"
INTERMEDIATE = "IntermediateApproved"
FINAL = "FinalApproved"
CANCELLED = "Cancelled"
REJECTED = "Rejected"
STATUSES = (PENDING, INTERMEDIATE, FINAL, CANCELLED, REJECTED)
EVENTS = ("open", "approve", "cancel", "reject", "reopen")

# Who must perform an event
APPROVER, OWNER = "approver of the due step", "owner"

# Where ``approve`` leads depends on the steps that remain
NEXT = "IntermediateApproved, or FinalApproved on the last step"


@dataclass(frozen=True)
class Move:
    """One cell. ``to`` is None where the event is refused."""

    to: str | None
    actor: str | None
    evidence: str


_DENIED = Move(None, None, "INFERRED: nothing suggests that it is allowed")

MOVES: dict[tuple[str, str], Move] = {
    (PENDING, "open"): Move(None, None, "INFERRED: an event of creation only; no user interface sends it"),
    (PENDING, "approve"): Move(NEXT, APPROVER, "INFERRED, strong: how the user interface counts what awaits me"),
    (PENDING, "cancel"): Move(CANCELLED, OWNER, "DOCUMENTED: asserted by the server's integration tests"),
    (PENDING, "reject"): Move(REJECTED, APPROVER, "DOCUMENTED accepted by those tests; the resulting name INFERRED"),
    (PENDING, "reopen"): Move(None, None, "INFERRED: nothing to reopen"),
    (INTERMEDIATE, "open"): Move(None, None, "INFERRED: creation only"),
    (INTERMEDIATE, "approve"): Move(NEXT, APPROVER, "INFERRED, strong: the next step becomes due"),
    (INTERMEDIATE, "cancel"): Move(CANCELLED, OWNER, "INFERRED: shown to users like Pending, as ongoing"),
    (INTERMEDIATE, "reject"): Move(REJECTED, APPROVER, "INFERRED: one Rejected status, no step back"),
    (INTERMEDIATE, "reopen"): _DENIED,
    (CANCELLED, "open"): Move(None, None, "INFERRED: creation only"),
    (CANCELLED, "approve"): Move(None, None, "INFERRED: awaits nobody"),
    (CANCELLED, "cancel"): Move(None, None, "INFERRED: events are not idempotent"),
    (CANCELLED, "reject"): Move(None, None, "INFERRED: awaits nobody"),
    (CANCELLED, "reopen"): Move(PENDING, OWNER, "INFERRED, strong: update is for cancelled tickets, to be sent again"),
    (REJECTED, "open"): Move(None, None, "INFERRED: creation only"),
    (REJECTED, "approve"): Move(None, None, "INFERRED: awaits nobody"),
    (REJECTED, "cancel"): Move(None, None, "UNKNOWN: no evidence, assumed refused"),
    (REJECTED, "reject"): Move(None, None, "INFERRED: events are not idempotent"),
    (REJECTED, "reopen"): Move(
        PENDING, OWNER, "INFERRED: the server's tests update rejected tickets, to what end else"
    ),
    (FINAL, "open"): Move(None, None, "INFERRED: terminal"),
    (FINAL, "approve"): Move(None, None, "INFERRED: terminal"),
    (FINAL, "cancel"): Move(None, None, "INFERRED: terminal"),
    (FINAL, "reject"): Move(None, None, "INFERRED for users; rows written by the system from FinalApproved exist"),
    (FINAL, "reopen"): Move(None, None, "INFERRED: terminal"),
}


@lru_cache
def changed(changes: str) -> dict[tuple[str, str], Move]:
    """The table with some cells different: ``Rejected/reopen=denied,FinalApproved/cancel=Cancelled``.

    Raises ``ValueError`` for what is no status, event or cell.
    """
    moves = dict(MOVES)
    for change in filter(None, changes.split(",")):
        cell, _equals, to = change.strip().partition("=")
        status, _slash, event = cell.partition("/")
        if (status, event) not in moves or to not in (*STATUSES, "denied"):
            raise ValueError(f"no move {change}")
        actor = APPROVER if event in ("approve", "reject") else OWNER
        target = None if to == "denied" else to
        moves[status, event] = replace(moves[status, event], to=target, actor=actor if target else None)
    return moves
