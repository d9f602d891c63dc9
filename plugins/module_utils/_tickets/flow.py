# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The approval process of a ticket: a chain of steps, in the API a flow collection and its flows.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from . import shape
from .model import INTERMEDIATE_APPROVED, PENDING, Ticket

AWAITING_STATUSES = (PENDING, INTERMEDIATE_APPROVED)
"""The statuses in which a ticket awaits an approver."""


@dataclass(frozen=True)
class Step:
    """One step: an approver, and the step before it in C(parent_flow_uuid), None for the first.

    C(valid) is false when the approver has left the project or been deleted.
    """

    uuid: str
    name: str | None
    parent_flow_uuid: str | None
    approver_uuid: str | None
    collection_uuid: str | None
    description: str | None
    valid: bool

    @classmethod
    def from_inventory(cls, raw: object) -> Step:
        """From a C(TicketFlowInventory) of the API, or the form with approver of the IAM2 processes. Only C(uuid) has to be there.

        Raises C(MalformedAnswer) for another shape.
        """
        what = "flow"
        members = shape.mapping(raw, what)
        # The manual's samples have the context where the name of its type belongs.
        context = shape.embedded_mapping(members, "flowContext") or shape.embedded_mapping(members, "flowContextType")
        approver = shape.optional_text(members, "approverUuid", what)
        valid = shape.optional_boolean(members, "valid", what)
        return cls(
            uuid=shape.text(members, "uuid", what),
            name=shape.optional_text(members, "name", what),
            parent_flow_uuid=shape.optional_text(members, "parentFlowUuid", what),
            approver_uuid=approver or shape.optional_text(context, "approverUuid", "flow.flowContext"),
            collection_uuid=shape.optional_text(members, "collectionUuid", what),
            description=shape.optional_text(members, "description", what),
            valid=valid is not False,
        )


def chain(steps: t.Sequence[Step]) -> tuple[Step, ...]:
    """C(steps) in the order in which they approve, each once.

    Each first step comes with what follows it; steps behind a missing one come next, and steps in a circle last.
    """
    uuids = {step.uuid for step in steps}
    starts = sorted(steps, key=lambda step: (step.parent_flow_uuid is not None, step.parent_flow_uuid in uuids))
    ordered: dict[str, Step] = {}
    for start in starts:
        ahead = [start]
        while ahead:
            step = ahead.pop()
            if step.uuid not in ordered:
                ordered[step.uuid] = step
                ahead.extend(reversed(_next_steps(steps, step.uuid)))
    return tuple(ordered.values())


def is_last(steps: t.Sequence[Step], step: Step) -> bool:
    """Whether approving C(step) approves the ticket finally."""
    return not _next_steps(steps, step.uuid)


def due_step(steps: t.Sequence[Step], ticket: Ticket) -> Step | None:
    """The step whose approver is to act now, None when the ticket awaits nobody. Steps of other processes do not count.

    That is the step behind the one approved last, or the first: in this way ZStack's user interface
    selects what it shows an approver as waiting.
    """
    if ticket.status not in AWAITING_STATUSES:
        return None
    process = ticket.flow_collection_uuid
    own = [step for step in steps if process is None or step.collection_uuid in (None, process)]
    return next(iter(_next_steps(own, ticket.current_flow_uuid)), None)


def _next_steps(steps: t.Sequence[Step], uuid: str | None) -> list[Step]:
    return [step for step in steps if step.parent_flow_uuid == uuid]


def awaiting(step: Step | None) -> dict[str, str | None] | None:
    """The C(awaiting) of a result: whose turn it is, None when it is nobody's."""
    if step is None:
        return None
    return {"flow_uuid": step.uuid, "flow_name": step.name, "approver_uuid": step.approver_uuid}
