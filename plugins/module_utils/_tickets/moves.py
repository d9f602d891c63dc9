# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The moves of a ticket: which event leads from which status to which. This table is the one place that says so.

The ticket service is closed source. Each cell says how it is known: C(documented), or C(inferred) and from what.
Nothing here keeps an event from being sent: where the table may be wrong, the server's answer decides.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._errors import TicketError
from .model import CANCELLED, FINAL_APPROVED, INTERMEDIATE_APPROVED, PENDING, REJECTED, STATUSES

OPEN = "open"
APPROVE = "approve"
CANCEL = "cancel"
REJECT = "reject"
REOPEN = "reopen"
EVENTS = (OPEN, APPROVE, CANCEL, REJECT, REOPEN)
"""The values of the API parameter C(statusEvent)."""

NATURAL_RESULT = {APPROVE: FINAL_APPROVED, CANCEL: CANCELLED, REJECT: REJECTED, REOPEN: PENDING}
"""Where each event is meant to lead; what check mode predicts for a pair that the table knows nothing good about."""

APPROVER = "the approver of the due step"
OWNER = "the owner"


@dataclass(frozen=True)
class Move:
    """What an event does in a status.

    C(to) is the status that follows, None when the server denies the event; C(to_on_last_step) replaces it when
    no step of the approval process is left. C(actor) is who may send the event, None when nobody may.
    """

    to: str | None
    actor: str | None
    evidence: str
    to_on_last_step: str | None = None


_CREATION_ONLY = Move(None, None, "inferred: the event belongs to creation, and no client sends it for a stored ticket")
_NOTHING_TO_REOPEN = Move(None, None, "inferred: the ticket is under way, there is nothing to reopen")
_AWAITS_NOBODY = Move(None, None, "inferred: the ticket awaits no approver in this status")
_FINISHED = Move(None, None, "inferred: the requests are being executed, and no API takes that back")

MOVES: dict[tuple[str, str], Move] = {
    (PENDING, OPEN): _CREATION_ONLY,
    (PENDING, APPROVE): Move(
        INTERMEDIATE_APPROVED,
        APPROVER,
        "inferred: the user interface shows an intermediately approved ticket to the approver of the step behind the approved one, "
        "so that status means that steps remain",
        to_on_last_step=FINAL_APPROVED,
    ),
    (PENDING, CANCEL): Move(
        CANCELLED, OWNER, "documented: ZStack's own tests recall a fresh ticket and find it Cancelled"
    ),
    (PENDING, REJECT): Move(
        REJECTED,
        APPROVER,
        "documented that it is accepted, by ZStack's own tests; inferred: the status, the only one that fits",
    ),
    (PENDING, REOPEN): _NOTHING_TO_REOPEN,
    (INTERMEDIATE_APPROVED, OPEN): _CREATION_ONLY,
    (INTERMEDIATE_APPROVED, APPROVE): Move(
        INTERMEDIATE_APPROVED,
        APPROVER,
        "inferred: as for Pending, and the current step moves on",
        to_on_last_step=FINAL_APPROVED,
    ),
    (INTERMEDIATE_APPROVED, CANCEL): Move(
        CANCELLED, OWNER, "inferred: the user interface treats it as the same ongoing ticket as Pending"
    ),
    (INTERMEDIATE_APPROVED, REJECT): Move(
        REJECTED, APPROVER, "inferred: there is no event and no field for going back one step"
    ),
    (INTERMEDIATE_APPROVED, REOPEN): _NOTHING_TO_REOPEN,
    (CANCELLED, OPEN): _CREATION_ONLY,
    (CANCELLED, APPROVE): _AWAITS_NOBODY,
    (CANCELLED, CANCEL): Move(None, None, "inferred: a second cancel has nothing to recall"),
    (CANCELLED, REJECT): _AWAITS_NOBODY,
    (CANCELLED, REOPEN): Move(
        PENDING,
        OWNER,
        "inferred: requests may be updated only after recall, which makes sense only if the ticket can be submitted again",
    ),
    (REJECTED, OPEN): _CREATION_ONLY,
    (REJECTED, APPROVE): _AWAITS_NOBODY,
    (REJECTED, CANCEL): Move(
        None, None, "inferred: no evidence either way, taken as denied since the ticket is no longer under way"
    ),
    (REJECTED, REJECT): Move(None, None, "inferred: a second rejection has nothing to reject"),
    (REJECTED, REOPEN): Move(
        PENDING,
        OWNER,
        "inferred: ZStack's own tests update the requests of a rejected ticket, which makes sense only if it can be reopened",
    ),
    (FINAL_APPROVED, OPEN): _FINISHED,
    (FINAL_APPROVED, APPROVE): _FINISHED,
    (FINAL_APPROVED, CANCEL): _FINISHED,
    (FINAL_APPROVED, REJECT): _FINISHED,
    (FINAL_APPROVED, REOPEN): _FINISHED,
}

_DONE = {APPROVE: "approved", CANCEL: "cancelled", REJECT: "rejected", REOPEN: "reopened", OPEN: "opened"}


@dataclass(frozen=True)
class Wish:
    """A value of the option C(status): the statuses that satisfy it, and the event that leads there naturally."""

    name: str
    satisfied_by: frozenset[str]
    event: str


WISHES: dict[str, Wish] = {
    wish.name: wish
    for wish in (
        Wish("approved", frozenset({FINAL_APPROVED}), APPROVE),
        Wish("rejected", frozenset({REJECTED}), REJECT),
        Wish("cancelled", frozenset({CANCELLED}), CANCEL),
        Wish("pending", frozenset({PENDING, INTERMEDIATE_APPROVED}), REOPEN),
    )
}


def next_event(status: str, wish: Wish, reopen: bool) -> str | None:
    """The event to send to a ticket in C(status), or None if it is as wished.

    A ticket that was recalled or rejected is approved only with C(reopen): that discards somebody's decision.
    Without it this raises C(TicketError). For every other pair it is the natural event, and the server decides.
    """
    if status in wish.satisfied_by:
        return None
    if wish.event == APPROVE and predict(status, REOPEN, last_step=False) is not None:
        if not reopen:
            raise TicketError(
                f"A {status} ticket cannot be approved as it is: give reopen: true to reopen it first. "
                f"Known moves: {'; '.join(known_moves(status))}."
            )
        return REOPEN
    return wish.event


def known_moves(status: str) -> list[str]:
    """What can be done with a ticket in C(status), in words for a message. Never empty."""
    moves = [
        f"from {status} it can be {_DONE[event]} by {MOVES[status, event].actor}"
        for event in EVENTS
        if predict(status, event, last_step=False) is not None
    ]
    return moves or [f"from {status} no move is known"]


def predict(ticket_status: str, event: str, last_step: bool) -> str | None:
    """The status after C(event), or None when the table denies it or knows nothing about it.

    C(last_step) tells whether the step that is due is the last one of the approval process.
    """
    move = MOVES.get((ticket_status, event))
    if move is None:
        return None
    return (last_step and move.to_on_last_step) or move.to


def reachable(status: str, wish: Wish) -> bool:
    """Whether a ticket in C(status) can still come to satisfy C(wish) while one waits for others to act on it.

    Reopening does not count: it begins a new round, which nobody waits for. An unknown status may lead anywhere.
    """
    if status not in STATUSES:
        return True
    seen: set[str] = set()
    ahead = {status}
    while ahead:
        seen |= ahead
        ahead = {after for before in ahead for after in _after(before)} - seen
    return bool(seen & wish.satisfied_by)


def _after(status: str) -> t.Iterator[str]:
    for event in EVENTS:
        if event != REOPEN:
            for last_step in (False, True):
                after = predict(status, event, last_step)
                if after is not None:
                    yield after


def as_rows() -> list[dict[str, str | None]]:
    """The table for documentation: one row for each status, event and outcome, C(to) None when denied.

    C(when) is empty, or says which of two outcomes a row is about.
    """
    rows: list[dict[str, str | None]] = []
    for (status, event), move in MOVES.items():
        outcomes = (
            [("", move.to)]
            if move.to_on_last_step is None
            else [("steps remain", move.to), ("last step", move.to_on_last_step)]
        )
        for when, to in outcomes:
            rows.append(
                {
                    "status": status,
                    "event": event,
                    "when": when,
                    "to": to,
                    "actor": move.actor,
                    "evidence": move.evidence,
                }
            )
    return rows
