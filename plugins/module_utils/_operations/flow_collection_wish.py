# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task wants of an approval process.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from .._errors import InputError
from .._tickets import identity, wanted_steps
from .._tickets.flow_collection import FlowCollection
from .._tickets.values import trimmed
from .._tickets.wanted_steps import WantedStep
from . import references
from .context import Context


@dataclass(frozen=True)
class FlowCollectionWish:
    """None stands for not given. C(project), C(ticket_types) and the approvers are uuids once they are C(resolved)."""

    uuid: str | None
    name: str | None
    project: str | None
    description: str | None
    steps: tuple[WantedStep, ...] | None
    ticket_types: tuple[str, ...] | None
    default: bool | None
    enabled: bool | None

    @classmethod
    def from_options(cls, options: t.Mapping[str, t.Any]) -> FlowCollectionWish:
        """Check and read the options of C(zstack_ticket_flow_collection); nothing is sent.

        :raises InputError: an option cannot be right.
        """
        uuid, name, description = options.get("uuid"), options.get("name"), options.get("description")
        if not uuid and not name:
            raise InputError(
                "Neither uuid nor name is given. Give one of them, so that the flow collection can be told."
            )
        if name is not None:
            identity.check_name(name)
        if description is not None:
            identity.check_description(description)
        steps, types = options.get("steps"), options.get("ticket_types")
        return cls(
            uuid=identity.check_uuid(uuid) if uuid else None,
            name=None if name is None else identity.normalise_name(name),
            project=options.get("project"),
            description=None if description is None else trimmed(description),
            steps=None if steps is None else wanted_steps.from_options(steps),
            ticket_types=None if types is None else tuple(types),
            default=options.get("default"),
            enabled=options.get("enabled"),
        )

    def resolved(self, context: Context) -> FlowCollectionWish:
        """The same with uuids for names, and with the project that a login into one implies.

        :raises ZStackError: a name is nobody's or several have it, or the API refuses to tell.
        """
        client = context.client
        if self.project is not None:
            project: str | None = references.uuids(client, references.PROJECT, "project", [self.project])[self.project]
        else:
            caller = client.project_member()
            project = caller.project_uuid if caller else None
        steps, types = self.steps, self.ticket_types
        if steps is not None:
            approvers = [step.approver for step in steps]
            known = references.uuids(client, references.VIRTUAL_ID, "steps", approvers)
            steps = tuple(replace(step, approver=known[step.approver]) for step in steps)
        if types is not None:
            known = references.uuids(client, references.TICKET_TYPE, "ticket_types", types)
            types = tuple(sorted({known[reference] for reference in types}))
        return replace(self, project=project, steps=steps, ticket_types=types)

    def differing_fields(self, collection: FlowCollection) -> dict[str, t.Any]:
        """What UpdateIAM2TicketFlowCollection has to be told of name, description and default, in the API's names."""
        wanted = {"name": self.name, "description": self.description, "isDefault": self.default}
        actual = {
            "name": trimmed(collection.name or ""),
            "description": trimmed(collection.description or ""),
            "isDefault": collection.is_default,
        }
        return {field: value for field, value in wanted.items() if value is not None and value != actual[field]}
