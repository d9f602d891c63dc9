# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to be done to an approval process that exists, so that it becomes as wanted.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import replace

from .._api.client import Client
from .._errors import ApiError, ZStackError
from .._tickets import step_changes
from .._tickets.flow_collection import DISABLED, ENABLED, VALID, FlowCollection
from .._tickets.model import Ticket
from .._tickets.step_changes import AddStep, DeleteStep, ReplaceSteps, UpdateStep
from . import flow_collection_calls as calls
from . import lookup
from .flow_collection_wish import FlowCollectionWish
from .plan import Operation

Send = t.Callable[[t.Optional[str]], None]


class Change:
    """Plans operations one behind the other: each begins with what the one before it leaves."""

    def __init__(
        self,
        client: Client,
        wish: FlowCollectionWish,
        tickets_of: t.Callable[[FlowCollection], t.Sequence[Ticket]],
        look: t.Callable[[], FlowCollection | None],
    ) -> None:
        self._client = client
        self._wish = wish
        self._tickets_of = tickets_of
        self._look = look
        self._operations: list[Operation[FlowCollection]] = []

    def plan(self, collection: FlowCollection) -> list[Operation[FlowCollection]]:
        """All operations: what closes the process to tickets comes first, what opens it to them last."""
        for part in (self._disable, self._remove_types, self._update, self._add_types, self._enable):
            collection = part(collection)
        return self._operations

    def _then(self, name: str, send: Send, predicted: FlowCollection, step: str | None = None) -> FlowCollection:
        """Plan an operation after which the process is looked up anew, as answers do not tell all."""

        def send_and_predict(job_uuid: str | None) -> FlowCollection:
            send(job_uuid)
            return predicted

        self._operations.append(Operation(name, send_and_predict, predicted, step, self._look))
        return predicted

    def _disable(self, collection: FlowCollection) -> FlowCollection:
        if self._wish.enabled is not False or collection.state == DISABLED:
            return collection
        return self._change_state(collection, "disable", DISABLED)

    def _enable(self, collection: FlowCollection) -> FlowCollection:
        if self._wish.enabled is not True or collection.state == ENABLED:
            return collection
        return self._change_state(collection, "enable", ENABLED)

    def _change_state(self, collection: FlowCollection, event: str, state: str) -> FlowCollection:
        return self._then(
            event,
            lambda job_uuid: calls.change_state(self._client, collection, event, job_uuid),
            replace(collection, state=state),
        )

    def _remove_types(self, collection: FlowCollection) -> FlowCollection:
        wanted, bound = self._wish.ticket_types, collection.ticket_type_uuids
        types = [uuid for uuid in bound if wanted is not None and uuid not in wanted]
        if not types:
            return collection
        return self._then(
            "remove_ticket_types",
            lambda job_uuid: calls.remove_types(self._client, collection, types, job_uuid),
            replace(collection, ticket_type_uuids=tuple(uuid for uuid in bound if uuid not in types)),
        )

    def _add_types(self, collection: FlowCollection) -> FlowCollection:
        bound = collection.ticket_type_uuids
        types = [uuid for uuid in self._wish.ticket_types or () if uuid not in bound]
        if not types:
            return collection

        def send(job_uuid: str | None) -> None:
            try:
                calls.add_types(self._client, collection, types, job_uuid)
            except ApiError as error:
                tell_bound_types(self._client, error, types, collection.project_uuid)
                raise

        return self._then("add_ticket_types", send, replace(collection, ticket_type_uuids=(*bound, *types)))

    def _update(self, collection: FlowCollection) -> FlowCollection:
        """Name, description and default, and the steps."""
        parameters = self._wish.differing_fields(collection)
        changes = self._step_changes(collection, bool(parameters))
        predicted = replace(
            collection,
            name=parameters.get("name", collection.name),
            description=parameters.get("description", collection.description),
            is_default=parameters.get("isDefault", collection.is_default),
        )
        if changes and isinstance(changes[0], ReplaceSteps):
            parameters["flows"] = [step.to_api() for step in changes[0].steps]
            predicted = _with_steps(predicted, changes.pop(0))
        if parameters:
            self._then(
                "update",
                lambda job_uuid: calls.update(self._client, collection, parameters, job_uuid),
                predicted,
            )
        for change in changes:
            predicted = self._change_steps(predicted, change)
        return predicted

    def _step_changes(self, collection: FlowCollection, is_updated_anyway: bool) -> list[step_changes.Change]:
        wanted, chain = self._wish.steps, collection.steps
        if wanted is None or step_changes.next_change(chain, wanted, frozenset(), is_updated_anyway) is None:
            return []
        passed = frozenset(ticket.current_flow_uuid for ticket in self._tickets_of(collection))
        return step_changes.changes(chain, wanted, passed, is_updated_anyway)

    def _change_steps(self, collection: FlowCollection, change: step_changes.Change) -> FlowCollection:
        client, predicted = self._client, _with_steps(collection, change)
        if isinstance(change, AddStep):
            parent, added = collection.steps[change.behind], change.step
            return self._then(
                "add_step",
                lambda job_uuid: calls.add_step(client, collection, parent, added, job_uuid),
                predicted,
                step=f"{parent.uuid} {len(collection.steps)}",
            )
        if isinstance(change, UpdateStep):
            old, wanted = collection.steps[change.at], change.step
            return self._then(
                "update_step",
                lambda job_uuid: calls.update_step(client, collection, old, wanted, job_uuid),
                predicted,
                step=old.uuid,
            )
        if isinstance(change, DeleteStep):
            deleted = collection.steps[change.at]
            return self._then(
                "delete_step",
                lambda job_uuid: calls.delete_step(client, collection, deleted, job_uuid),
                predicted,
                step=deleted.uuid,
            )
        flows = [step.to_api() for step in change.steps]
        return self._then(
            "update", lambda job_uuid: calls.update(client, collection, {"flows": flows}, job_uuid), predicted
        )


def _with_steps(collection: FlowCollection, change: step_changes.Change) -> FlowCollection:
    return replace(collection, steps=step_changes.applied(collection.steps, change), status=VALID)


def tell_bound_types(client: Client, error: ApiError, types: t.Sequence[str], project_uuid: str | None) -> None:
    """Add to a refusal which other process of the project has one of these ticket types, as each type has one only."""
    try:
        others = lookup.flow_collections(client, [])
    except ZStackError:
        return  # The refusal counts, not that nothing can be said about it.
    for other in others:
        bound = sorted(set(types) & set(other.ticket_type_uuids))
        if bound and other.project_uuid == project_uuid:
            error.message += f" The {other} has {', '.join(bound)} already, and in a project each ticket type has one flow collection only."
