# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API calls that change an approval process. Each is sent once, under a job uuid of its own.

Their answers are not used: those about steps and ticket types do not tell what has become of the process.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t

from .._api.client import Client
from .._tickets.flow import Step
from .._tickets.flow_collection import FlowCollection
from .._tickets.wanted_steps import WantedStep
from .lookup import FLOW_COLLECTIONS, STEPS

Members = t.Mapping[str, t.Any]


def create(client: Client, parameters: Members, job_uuid: str | None = None) -> None:
    """CreateIAM2TickFlowCollection. C(parameters) in the API's names.

    :raises ZStackError: as C(Client.write).
    """
    what = f"Creating the flow collection {parameters.get('name')!r}"
    client.write("POST", FLOW_COLLECTIONS, {"params": dict(parameters)}, job_uuid=job_uuid, what=what)


def update(client: Client, collection: FlowCollection, parameters: Members, job_uuid: str | None = None) -> None:
    """UpdateIAM2TicketFlowCollection. C(flows) among the parameters takes the place of all steps."""
    body = {"updateIAM2TicketFlowCollection": dict(parameters)}
    client.write("PUT", _actions(collection), body, job_uuid=job_uuid, what=f"Updating the {collection}")


def change_state(client: Client, collection: FlowCollection, event: str, job_uuid: str | None = None) -> None:
    """ChangeTicketFlowCollectionState by the event enable or disable."""
    body = {"changeTicketFlowCollectionState": {"stateEvent": event}}
    client.write("PUT", _actions(collection), body, job_uuid=job_uuid, what=f"The event {event} on the {collection}")


def delete(client: Client, collection: FlowCollection, job_uuid: str | None = None) -> None:
    """DeleteTicketFlowCollection."""
    path = f"{FLOW_COLLECTIONS}/{collection.uuid}"
    client.write("DELETE", path, job_uuid=job_uuid, what=f"Deleting the {collection}")


def add_types(client: Client, collection: FlowCollection, types: t.Sequence[str], job_uuid: str | None = None) -> None:
    """AddTicketTypesToTicketFlowCollection."""
    body = {"params": {"ticketTypeUuids": list(types)}}
    what = f"Adding ticket types to the {collection}"
    client.write("POST", _types(collection), body, job_uuid=job_uuid, what=what)


def remove_types(
    client: Client, collection: FlowCollection, types: t.Sequence[str], job_uuid: str | None = None
) -> None:
    """RemoveTicketTypesFromTicketFlowCollection."""
    query = [("ticketTypeUuids", uuid) for uuid in types]
    what = f"Removing ticket types from the {collection}"
    client.write("DELETE", _types(collection), query=query, job_uuid=job_uuid, what=what)


def add_step(
    client: Client, collection: FlowCollection, behind: Step, step: WantedStep, job_uuid: str | None = None
) -> None:
    """AddIAM2TicketFlow."""
    parameters = {**step.to_api(), "collectionUuid": collection.uuid, "parentFlowUuid": behind.uuid}
    what = f"Adding the step {step.name!r} to the {collection}"
    client.write("POST", STEPS, {"params": parameters}, job_uuid=job_uuid, what=what)


def update_step(
    client: Client, collection: FlowCollection, old: Step, step: WantedStep, job_uuid: str | None = None
) -> None:
    """UpdateIAM2TicketFlow."""
    body = {"updateIAM2TicketFlow": step.to_api()}
    what = f"Updating the step {old.name!r} of the {collection}"
    client.write("PUT", f"{STEPS}/{old.uuid}/actions", body, job_uuid=job_uuid, what=what)


def delete_step(client: Client, collection: FlowCollection, step: Step, job_uuid: str | None = None) -> None:
    """DeleteIAM2TicketFlow."""
    what = f"Deleting the step {step.name!r} of the {collection}"
    client.write("DELETE", f"{STEPS}/{step.uuid}", job_uuid=job_uuid, what=what)


def _actions(collection: FlowCollection) -> str:
    return f"{FLOW_COLLECTIONS}/{collection.uuid}/actions"


def _types(collection: FlowCollection) -> str:
    return f"{FLOW_COLLECTIONS}/{collection.uuid}/ticket-types"
