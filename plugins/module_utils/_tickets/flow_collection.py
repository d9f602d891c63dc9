# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An approval process as the server keeps it, in the API a flow collection, and which one is meant.

Names are not unique on the server, so a process is told by its uuid, or by its exact name together with its project.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._errors import TicketError
from . import identity, shape
from .dates import show_date
from .flow import Step, chain

ENABLED = "Enabled"
DISABLED = "Disabled"
VALID = "Valid"
INVALID = "Invalid"


@dataclass(frozen=True)
class FlowCollection:
    """An approval process.

    C(steps) stand in the order in which they approve. C(state) says whether new tickets may use it, C(status) is C(Invalid)
    when an approver was lost. C(project_uuid) is None for the system's own process, and where the server does not tell.
    """

    uuid: str
    name: str | None
    description: str | None
    project_uuid: str | None
    state: str | None
    status: str | None
    is_default: bool
    ticket_type_uuids: tuple[str, ...]
    steps: tuple[Step, ...]
    create_date: str | None
    last_op_date: str | None

    def __str__(self) -> str:
        """The process as messages name it."""
        marks = [mark for mark in (self.state, self.status) if mark not in (None, VALID)]
        return f"flow collection {self.name!r} ({', '.join([self.uuid, *map(str, marks)])})"

    @classmethod
    def from_inventory(cls, raw: object) -> FlowCollection:
        """From a C(TicketFlowCollectionInventory) of the API. Only C(uuid) has to be there.

        Raises C(MalformedAnswer) for another shape.
        """
        what = "flow collection"
        members = shape.mapping(raw, what)
        types = shape.sequence(members.get("ticketTypeUuids"), f"{what}.ticketTypeUuids")
        return cls(
            uuid=shape.text(members, "uuid", what),
            name=shape.optional_text(members, "name", what),
            description=shape.optional_text(members, "description", what),
            project_uuid=shape.optional_text(members, "projectUuid", what),
            state=shape.optional_text(members, "state", what),
            status=shape.optional_text(members, "status", what),
            is_default=bool(shape.optional_boolean(members, "isDefault", what)),
            ticket_type_uuids=tuple(map(str, types)),
            steps=chain([Step.from_inventory(flow) for flow in shape.sequence(members.get("flows"), f"{what}.flows")]),
            create_date=show_date(shape.optional_text(members, "createDate", what)),
            last_op_date=show_date(shape.optional_text(members, "lastOpDate", what)),
        )

    def to_result(self) -> dict[str, t.Any]:
        """The C(flow_collection) of a result. Every key is always there, with None for what is not known."""
        return {
            "uuid": self.uuid,
            "name": self.name,
            "description": self.description,
            "project_uuid": self.project_uuid,
            "state": self.state,
            "status": self.status,
            "default": self.is_default,
            "ticket_type_uuids": list(self.ticket_type_uuids),
            "steps": [
                {
                    "uuid": step.uuid or None,
                    "name": step.name,
                    "approver": step.approver_uuid,
                    "description": step.description,
                    "valid": step.valid,
                }
                for step in self.steps
            ],
            "create_date": self.create_date,
            "last_op_date": self.last_op_date,
        }


def derive_uuid(name: str, project_uuid: str) -> str:
    """The uuid that a new process of this name gets, so that creating it twice cannot make two."""
    return identity.uuid_of(["flow collection", identity.normalise_name(name), project_uuid])


def matches(collection: FlowCollection, name: str, project_uuid: str | None) -> bool:
    """Whether this is the process that is meant; without C(project_uuid), of whatever project.

    One of which the server does not tell the project is known again by the uuid that it was created with.
    """
    if collection.name is None or identity.normalise_name(collection.name) != identity.normalise_name(name):
        return False
    return (
        project_uuid is None
        or collection.project_uuid == project_uuid
        or (collection.project_uuid is None and collection.uuid == derive_uuid(name, project_uuid))
    )


def choose(collections: t.Iterable[FlowCollection], name: str, project_uuid: str | None) -> FlowCollection | None:
    """The one process that is meant, or None if there is none.

    Raises C(TicketError) if there are several, listing them in its message and as C(candidates).
    """
    found = [collection for collection in collections if matches(collection, name, project_uuid)]
    if len(found) > 1:
        raise _ambiguous(name, found)
    return found[0] if found else None


def _ambiguous(name: str, collections: t.Sequence[FlowCollection]) -> TicketError:
    fields = ("uuid", "name", "project_uuid", "state", "create_date")
    listed = ", ".join(
        f"{collection.uuid} (project {collection.project_uuid}, {collection.state})" for collection in collections
    )
    return TicketError(
        f"{len(collections)} flow collections have the name {identity.normalise_name(name)!r}: {listed}. "
        "Give the uuid of the one that is meant, or its project.",
        candidates=[{field: getattr(collection, field) for field in fields} for collection in collections],
    )
