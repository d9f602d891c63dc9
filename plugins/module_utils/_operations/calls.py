# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API calls that change a ticket. Each is sent once, under a job uuid of its own, and returns the ticket after it.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t

from .._api.client import Client
from .._tickets.model import Request, Ticket

VALIDATION_ONLY = "ephemeral::validationOnly"
"""The system tag by which the server checks a call and does nothing."""


def create(
    client: Client, parameters: t.Mapping[str, t.Any], tags: t.Mapping[str, t.Any], job_uuid: str | None = None
) -> Ticket:
    """CreateTicket. C(parameters) in the API's names; C(tags) are C(systemTags) and C(userTags).

    :raises ZStackError: as C(Client.write).
    """
    answer = client.write(
        "POST",
        "/tickets",
        {"params": dict(parameters), **tags},
        job_uuid=job_uuid,
        what=f"Creating the ticket {parameters.get('name')!r}",
    )
    return Ticket.from_inventory(answer.get("inventory"))


def validate_creation(client: Client, parameters: t.Mapping[str, t.Any], tags: t.Mapping[str, t.Any]) -> None:
    """Let the server check a CreateTicket without running it.

    :raises ApiError: it would refuse it.
    """
    system_tags = [*tags.get("systemTags", ()), VALIDATION_ONLY]
    client.write(
        "POST",
        "/tickets",
        {"params": dict(parameters), **tags, "systemTags": system_tags},
        what=f"Validating the ticket {parameters.get('name')!r}",
    )


def update_requests(
    client: Client, ticket: Ticket, requests: t.Sequence[Request], description: str | None, job_uuid: str | None = None
) -> Ticket:
    """UpdateTicketRequest. The server takes it for a recalled ticket; C(description) since 4.8, before that it ignores it."""
    parameters: dict[str, t.Any] = {"requests": [request.to_api() for request in requests]}
    if description is not None:
        parameters["description"] = description
    return _act(client, ticket, "updateTicketRequest", parameters, job_uuid, f"Updating the requests of {ticket}")


def change_status(
    client: Client, ticket: Ticket, event: str, comment: str | None, job_uuid: str | None = None
) -> Ticket:
    """ChangeTicketStatus by one of the events open, approve, cancel, reject, reopen."""
    parameters = {"statusEvent": event}
    if comment is not None:
        parameters["comment"] = comment
    return _act(client, ticket, "changeTicketStatus", parameters, job_uuid, f"The event {event} on {ticket}")


def delete(client: Client, ticket: Ticket, job_uuid: str | None = None) -> None:
    """DeleteTicket."""
    client.write("DELETE", f"/tickets/{ticket.uuid}", job_uuid=job_uuid, what=f"Deleting {ticket}")


def _act(
    client: Client, ticket: Ticket, action: str, parameters: t.Mapping[str, t.Any], job_uuid: str | None, what: str
) -> Ticket:
    answer = client.write(
        "PUT", f"/tickets/{ticket.uuid}/actions", {action: dict(parameters)}, job_uuid=job_uuid, what=what
    )
    return Ticket.from_inventory(answer.get("inventory"))
