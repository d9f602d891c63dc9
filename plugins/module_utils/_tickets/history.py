# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The history of a ticket: who moved it, and whether in this round.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import datetime
import typing as t
from dataclasses import dataclass

from . import shape
from .dates import parse_date, show_date
from .model import CANCELLED, FINAL_APPROVED, INTERMEDIATE_APPROVED, PENDING, REJECTED
from .values import plain


@dataclass(frozen=True)
class HistoryEntry:
    """One row of a ticket's history: a change of status, or what the system noted down about it.

    C(sequence) counts over all tickets and is None on servers before 4.0.0, C(flow_name) is None before 4.5.0.
    C(operation_context) holds the results of the requests once they have run, see C(execution).
    """

    uuid: str | None
    sequence: int | None
    ticket_uuid: str | None
    from_status: str | None
    to_status: str
    comment: str | None
    operation_context_type: str | None
    operation_context: t.Mapping[str, t.Any]
    operator_type: str | None
    operator_uuid: str | None
    flow_name: str | None
    create_date: str | None
    last_op_date: str | None

    @classmethod
    def from_inventory(cls, raw: object) -> HistoryEntry:
        """From a C(TicketStatusHistoryInventory) of the API, or the archived form of one. Only C(toStatus) has to be there.

        Raises C(MalformedAnswer) for another shape.
        """
        what = "history"
        members = shape.mapping(raw, what)
        return cls(
            uuid=shape.optional_text(members, "uuid", what),
            sequence=shape.optional_integer(members, "sequence", what),
            ticket_uuid=shape.optional_text(members, "ticketUuid", what),
            from_status=shape.optional_text(members, "fromStatus", what),
            to_status=shape.text(members, "toStatus", what),
            comment=shape.optional_text(members, "comment", what),
            operation_context_type=shape.optional_text(members, "operationContextType", what),
            operation_context=shape.embedded_mapping(members, "operationContext"),
            operator_type=shape.optional_text(members, "operatorType", what),
            operator_uuid=shape.optional_text(members, "operatorUuid", what),
            flow_name=shape.optional_text(members, "flowName", what),
            create_date=show_date(shape.optional_text(members, "createDate", what)),
            last_op_date=show_date(shape.optional_text(members, "lastOpDate", what)),
        )

    def to_result(self) -> dict[str, t.Any]:
        """The form in which results show an entry. Every key is always there, with None for what the server did not send."""
        return dict(vars(self), operation_context=plain(self.operation_context))


_STAGE = {PENDING: 0, INTERMEDIATE_APPROVED: 1, CANCELLED: 1, REJECTED: 1, FINAL_APPROVED: 2}


def in_order(entries: t.Iterable[HistoryEntry]) -> list[HistoryEntry]:
    """C(entries) from the oldest to the newest.

    Servers before 4.0.0 number no entries. Theirs are ordered by date and, within one second, by how far the ticket had come:
    when the server was taught to number them, it too put those that start from FinalApproved last.
    """
    known = list(entries)
    if all(entry.sequence is not None for entry in known):
        return sorted(known, key=lambda entry: entry.sequence or 0)
    return sorted(known, key=_age)


def _age(entry: HistoryEntry) -> tuple[datetime.datetime, int, int]:
    date = parse_date(entry.create_date or "") or datetime.datetime.min
    return date, _STAGE.get(entry.from_status or PENDING, 1), _STAGE.get(entry.to_status, 1)


def current_round(entries: t.Iterable[HistoryEntry]) -> list[HistoryEntry]:
    """The entries since the ticket last became Pending, which it does when it is created and when it is reopened."""
    ordered = in_order(entries)
    starts = [index for index, entry in enumerate(ordered) if entry.to_status == PENDING]
    return ordered[starts[-1] :] if starts else ordered


def approved_by(entries: t.Iterable[HistoryEntry], operator_uuid: str) -> bool:
    """Whether this account or virtual ID has approved a step in the current round."""
    return any(
        entry.operator_uuid == operator_uuid
        and entry.to_status in (INTERMEDIATE_APPROVED, FINAL_APPROVED)
        and entry.from_status != FINAL_APPROVED
        for entry in current_round(entries)
    )


def last_change(entries: t.Iterable[HistoryEntry]) -> HistoryEntry | None:
    """The newest entry that changed the status, None if there is none."""
    changes = [entry for entry in in_order(entries) if entry.from_status != entry.to_status]
    return changes[-1] if changes else None


def last_event(entries: t.Iterable[HistoryEntry]) -> HistoryEntry | None:
    """The newest entry that an event left, None if there is none. An approval may leave the status as it was."""
    events = [
        entry
        for entry in in_order(entries)
        if entry.from_status != entry.to_status or entry.to_status == INTERMEDIATE_APPROVED
    ]
    return events[-1] if events else None


def rejected_by_system(entries: t.Iterable[HistoryEntry], approver_uuids: t.Container[str | None]) -> bool:
    """Whether the last change was a rejection that came from none of the approvers.

    The server rejects running tickets itself when an approver leaves the project or is deleted. It marks that only by
    a comment in its own language, so this looks at who acted instead.
    """
    change = last_change(entries)
    return change is not None and change.to_status == REJECTED and change.operator_uuid not in approver_uuids
