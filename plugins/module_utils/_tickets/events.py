# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What has happened to tickets since one last looked, each thing once.

The history tells of every move of a ticket, and its C(sequence) counts over all tickets. It tells neither of creation nor of deletion:
those show by which tickets are there. Nothing here looks at a clock: how long a ticket waits is added up from look to look.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .flow import AWAITING_STATUSES, Step
from .history import HistoryEntry
from .model import CANCELLED, FINAL_APPROVED, INTERMEDIATE_APPROVED, PENDING, REJECTED, Ticket

CREATED = "created"
STEP_APPROVED = "step_approved"
APPROVED = "approved"
REJECTION = "rejected"
RECALLED = "recalled"
REOPENED = "reopened"
CHANGED = "changed"
EXECUTED = "executed"
DELETED = "deleted"
AWAITING_ME = "awaiting_me"
WAITING = "waiting"
EVENTS = (
    CREATED,
    STEP_APPROVED,
    APPROVED,
    REJECTION,
    RECALLED,
    REOPENED,
    CHANGED,
    EXECUTED,
    DELETED,
    AWAITING_ME,
    WAITING,
)

_BY_STATUS = {
    INTERMEDIATE_APPROVED: STEP_APPROVED,
    FINAL_APPROVED: APPROVED,
    REJECTED: REJECTION,
    CANCELLED: RECALLED,
    PENDING: REOPENED,
}

OVERLAP = 100
"""How far behind the highest sequence number entries are looked for again.

The database hands out numbers before it shows what carries them, so a lower one can turn up after a higher one. Some databases also
hand out the highest numbers again after a restart, when the entries that had them are deleted. Hence entries are told apart by uuid.
"""


def types_of(entry: HistoryEntry) -> tuple[str, ...]:
    """The events that an entry stands for; none for what the server notes down beside them, such as an update of the requests."""
    has_results = bool(entry.operation_context.get("requestResults"))
    moved = entry.from_status != entry.to_status
    if entry.from_status == FINAL_APPROVED and (has_results or entry.to_status == REJECTED):
        # A failed execution may end as Rejected, which is nobody's refusal.
        return (EXECUTED,)
    if entry.from_status is None or not (moved or entry.to_status == INTERMEDIATE_APPROVED):
        return ()
    event = _BY_STATUS.get(entry.to_status, CHANGED)
    return (event, EXECUTED) if has_results else (event,)


@dataclass(frozen=True)
class Change:
    """Something that has happened to a ticket, and the types of the events that tell of it.

    C(entry) is the entry of the history that shows it, C(step) the one that awaits the caller, C(waited) for how many seconds a
    ticket has awaited the same approver; None where there is no such thing.
    """

    types: tuple[str, ...]
    ticket_uuid: str
    entry: HistoryEntry | None = None
    step: Step | None = None
    waited: float | None = None


@dataclass(frozen=True)
class Look:
    """What one look at the server shows: entries of the history, then all tickets, and of those the steps that await the caller.

    C(mine) is None when nobody has asked, as while there are more entries to read: the tickets are then further than the history.
    C(elapsed) is how many seconds the look before it is ago, 0 if there was none.
    """

    entries: t.Sequence[HistoryEntry]
    tickets: t.Mapping[str, Ticket]
    mine: t.Mapping[str, Step] | None
    elapsed: float = 0.0


@dataclass
class Known:
    """What is remembered of a ticket.

    C(awaiting) is the step that the caller has been told to approve, while it is due, C(waited) for how many seconds the ticket has
    awaited its approver.
    """

    name: str | None
    status: str
    awaiting: str | None = None
    waited: float = 0.0


@dataclass
class Cursor:
    """How far somebody has been told.

    C(start) is the sequence number behind which everything is told, C(seen) has the uuids and numbers of the last entries that were,
    C(tickets) the tickets that were there, by uuid.
    """

    start: int = 0
    seen: dict[str, int] = field(default_factory=dict)
    tickets: dict[str, Known] = field(default_factory=dict)

    @property
    def after(self) -> int:
        """Entries with a higher number than this have to be read."""
        return max(self.start, max(self.seen.values(), default=0) - OVERLAP)

    def changes(self, look: Look, remind_after: float | None = None) -> list[Change]:
        """What has to be told after this look, in the order in which it has happened as far as one can know.

        :param remind_after: tell each time that a ticket has awaited the same approver for so many seconds more.
        """
        entries = self.unseen(look.entries)
        new = look.tickets.keys() - self.tickets.keys()
        return [
            *(
                Change((CREATED,), uuid)
                for uuid in sorted(new, key=lambda uuid: (look.tickets[uuid].create_date or "", uuid))
            ),
            *(Change(types_of(entry), entry.ticket_uuid or "", entry) for entry in entries),
            *(Change((DELETED,), uuid) for uuid in self.tickets if uuid not in look.tickets),
            *(Change((AWAITING_ME,), uuid, step=step) for uuid, step in self.news(look.mine or {}).items()),
            *self._waiting(look, {entry.ticket_uuid for entry in entries}, remind_after),
        ]

    def _waiting(self, look: Look, moved: t.Container[str | None], remind_after: float | None) -> t.Iterator[Change]:
        for uuid, known in self.tickets.items():
            if remind_after and uuid in look.tickets and uuid not in moved:
                waited = known.waited + look.elapsed
                if (
                    look.tickets[uuid].status in AWAITING_STATUSES
                    and waited // remind_after > known.waited // remind_after
                ):
                    yield Change((WAITING,), uuid, waited=waited)

    def unseen(self, entries: t.Iterable[HistoryEntry]) -> list[HistoryEntry]:
        """Those of the entries that have not been told, in their order."""
        return sorted(
            (entry for entry in entries if entry.uuid not in self.seen), key=lambda entry: entry.sequence or 0
        )

    def news(self, mine: t.Mapping[str, Step]) -> dict[str, Step]:
        """Those of the steps that await the caller of which the caller has not been told."""
        return {
            uuid: step
            for uuid, step in mine.items()
            if uuid not in self.tickets or self.tickets[uuid].awaiting != step.uuid
        }

    def note(self, change: Change, look: Look) -> None:
        """Remember that this change has been told."""
        uuid = change.ticket_uuid
        if change.entry is not None:
            self.seen[change.entry.uuid or ""] = change.entry.sequence or 0
            if uuid in self.tickets:
                # Whose turn it is, is new with every move, even if the same step is due again.
                self.tickets[uuid].awaiting, self.tickets[uuid].waited = None, 0.0
        elif CREATED in change.types:
            self.tickets[uuid] = Known(look.tickets[uuid].name, look.tickets[uuid].status)
        elif DELETED in change.types:
            del self.tickets[uuid]
        elif change.step is not None:
            self.tickets[uuid].awaiting = change.step.uuid

    def finish(self, look: Look) -> None:
        """Remember the tickets as they are, and forget what is no longer needed, after all changes of the look have been noted."""
        for uuid, ticket in look.tickets.items():
            known = self.tickets[uuid]
            known.name, known.status = ticket.name, ticket.status
            known.waited = known.waited + look.elapsed if ticket.status in AWAITING_STATUSES else 0.0
            if look.mine is not None and uuid not in look.mine:
                known.awaiting = None
        after = self.after
        self.seen = {uuid: sequence for uuid, sequence in self.seen.items() if sequence > after}
