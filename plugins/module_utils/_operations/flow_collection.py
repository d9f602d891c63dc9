# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operation of C(zstack_ticket_flow_collection): an approval process is as wanted, or does not exist.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t
import uuid as uuids
from dataclasses import replace

from .._api import query
from .._errors import ApiError, InputError, TicketError
from .._tickets import flow, flow_collection, step_changes
from .._tickets.flow_collection import ENABLED, VALID, FlowCollection
from .._tickets.model import Ticket
from . import flow_collection_calls as calls
from . import lookup
from .context import Context, Outcome
from .diff import flow_collection_diff
from .ensure import INTERNAL_ERROR
from .flow_collection_changes import Change, tell_bound_types
from .flow_collection_wish import FlowCollectionWish
from .plan import Operation, carry_out


def ensure_flow_collection(options: t.Mapping[str, t.Any], context: Context) -> Outcome:
    """The operation of C(zstack_ticket_flow_collection).

    :raises ZStackError: the wish cannot be, or the API refuses, or it cannot be reached.
    """
    wish = FlowCollectionWish.from_options(options)
    is_absent = options.get("state") == "absent"
    if is_absent:
        # What it would look like does not matter, so the names in it need not exist any more.
        wish = replace(wish, steps=None, ticket_types=None)
    ensured = EnsureFlowCollection(context, wish.resolved(context))
    before = ensured.look()
    plan = ensured.plan_absent if is_absent else ensured.plan_present
    done = carry_out(context, plan, ensured.look, before, kind="flow_collection")
    return Outcome(
        changed=bool(done.operations),
        result=dict(
            flow_collection=done.resource.to_result() if done.resource else None,
            operations=done.operations,
            diff=flow_collection_diff(before, done.resource),
        ),
    )


class EnsureFlowCollection:
    """The plans that bring one approval process to its wish, and the look that they start from."""

    def __init__(self, context: Context, wish: FlowCollectionWish) -> None:
        self._context = context
        self._wish = wish
        self._new_uuid: str | None = None
        self._uuid_is_fresh = False
        self._under_way: list[Ticket] | None = None
        self._warning = ""

    def look(self) -> FlowCollection | None:
        """The process as it is now, None if it does not exist.

        :raises TicketError: several have the name, or the one with the uuid is another project's.
        """
        wish, client = self._wish, self._context.client
        if wish.uuid is None:
            name = wish.name or ""
            found = lookup.flow_collections(client, [query.equals("name", name)])
            return flow_collection.choose(found, name, wish.project)
        collection = next(iter(lookup.flow_collections(client, [query.equals("uuid", wish.uuid)])), None)
        if collection and wish.project and collection.project_uuid not in (None, wish.project):
            raise TicketError(
                f"The {collection} belongs to the project {collection.project_uuid}, and that cannot be changed. Correct uuid or project."
            )
        return collection

    def plan_absent(self, collection: FlowCollection | None) -> list[Operation[FlowCollection]]:
        """Delete it, if it is there."""
        if collection is None:
            return []
        tickets = self._tickets_of(collection)
        self._warn_of_tickets(None)
        return [Operation("delete", lambda job_uuid: self._delete(collection, tickets, job_uuid), None)]

    def plan_present(self, collection: FlowCollection | None) -> list[Operation[FlowCollection]]:
        """Create it, or change what differs."""
        operations: list[Operation[FlowCollection]] = []
        if collection is None:
            parameters, collection = self._creation(), self._created()
            operations = [
                Operation(
                    "create",
                    lambda job_uuid: self._create(parameters, job_uuid),
                    collection,
                    read_back=self.look,
                )
            ]
        operations += Change(self._context.client, self._wish, self._tickets_of, self.look).plan(collection)
        self._warn_of_tickets(operations[-1].predicted if operations else collection)
        return operations

    def _warn_of_tickets(self, collection: FlowCollection | None) -> None:
        """Tell of the tickets that a change of the steps, or a deletion, befalls; C(collection) is what it leads to.

        Beforehand, so that it is told as well if the change breaks off halfway; and again only if it leads to something else.
        """
        if not self._under_way:
            return
        text = f"{_count(self._under_way)} under way use this flow collection"
        if collection is None:
            text += ", and cannot be approved without it. Their submitters can recall or delete them."
        else:
            text += " and go on with its new steps."
            stranded = sum(flow.due_step(collection.steps, ticket) is None for ticket in self._under_way)
            if stranded:
                text += (
                    f" For {stranded} of them nobody is due any more, as the step that they have passed is gone or is the last one."
                    " Their submitters can recall and reopen them."
                )
        if text != self._warning:
            self._context.warn(text)
        self._warning = text

    def _tickets_of(self, collection: FlowCollection) -> list[Ticket]:
        """The tickets under way, as they were when it was first asked."""
        if self._under_way is None:
            self._under_way = lookup.tickets_under_way(self._context.client, collection.uuid)
        return self._under_way

    def _creation(self) -> dict[str, t.Any]:
        """The parameters of CreateIAM2TickFlowCollection.

        :raises InputError: the task does not say enough to create the process.
        """
        wish = self._wish
        missing = [option for option in ("name", "project", "steps") if getattr(wish, option) is None]
        if missing:
            such = f"uuid {wish.uuid}" if wish.uuid else f"name {wish.name!r}"
            raise InputError(
                f"There is no flow collection with {such}, and to create it {' and '.join(missing)} must be given."
            )
        if self._new_uuid is None:
            self._new_uuid = wish.uuid or flow_collection.derive_uuid(wish.name or "", wish.project or "")
        parameters = {
            "name": wish.name,
            "description": wish.description,
            "projectUuid": wish.project,
            "flows": [step.to_api() for step in wish.steps or ()],
            "ticketTypeUuids": wish.ticket_types or None,
            "isDefault": wish.default,
            "resourceUuid": self._new_uuid,
        }
        return {name: value for name, value in parameters.items() if value is not None}

    def _created(self) -> FlowCollection:
        """What will be there after the creation."""
        wish = self._wish
        return FlowCollection(
            uuid=self._new_uuid or "",
            name=wish.name,
            description=wish.description,
            project_uuid=wish.project,
            state=ENABLED,
            status=VALID,
            is_default=bool(wish.default),
            ticket_type_uuids=wish.ticket_types or (),
            steps=step_changes.applied((), step_changes.ReplaceSteps(wish.steps or ())),
            create_date=None,
            last_op_date=None,
        )

    def _create(self, parameters: t.Mapping[str, t.Any], job_uuid: str | None) -> FlowCollection:
        client, wish = self._context.client, self._wish
        try:
            calls.create(client, parameters, job_uuid)
        except ApiError as error:
            if error.code != INTERNAL_ERROR or wish.uuid or self._uuid_is_fresh or self.look() is not None:
                tell_bound_types(client, error, wish.ticket_types or (), wish.project)
                raise
            # The derived uuid may be taken by a process that was deleted; if it is not that, the server says so again.
            self._new_uuid, self._uuid_is_fresh = uuids.uuid4().hex, True
            calls.create(client, self._creation())
        return self._created()

    def _delete(self, collection: FlowCollection, tickets: t.Sequence[Ticket], job_uuid: str | None) -> None:
        try:
            calls.delete(self._context.client, collection, job_uuid)
        except ApiError as error:
            if tickets:
                error.message += (
                    f" {_count(tickets)} under way use it. Let them be decided or recalled first,"
                    " or close it to new tickets with enabled: false."
                )
            raise


def _count(tickets: t.Sequence[Ticket]) -> str:
    return "1 ticket" if len(tickets) == 1 else f"{len(tickets)} tickets"
