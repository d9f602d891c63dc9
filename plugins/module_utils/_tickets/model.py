# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a ticket is: a list of API calls that run once every step of an approval process has approved them.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from . import shape
from .dates import show_date
from .values import plain

PENDING = "Pending"
INTERMEDIATE_APPROVED = "IntermediateApproved"
FINAL_APPROVED = "FinalApproved"
CANCELLED = "Cancelled"
REJECTED = "Rejected"
STATUSES = (PENDING, INTERMEDIATE_APPROVED, FINAL_APPROVED, CANCELLED, REJECTED)
"""The statuses that the API defines. A ticket may carry another one, from a newer server, and keeps it."""


@dataclass(frozen=True)
class Request:
    """One API call that the ticket asks for.

    C(api_name) is the full name of an API message class, C(api_body) the members of that message in plain JSON form,
    C(execute_times) how often it is called, C(request_name) what people read.
    """

    request_name: str | None
    api_name: str
    execute_times: int
    api_body: t.Mapping[str, t.Any]

    @classmethod
    def from_api(cls, raw: object, what: str = "request") -> Request:
        """From the API's form; C(what) names the request in errors. Raises C(MalformedAnswer) for another shape."""
        members = shape.mapping(raw, what)
        times = shape.optional_integer(members, "executeTimes", what)
        return Request(
            request_name=shape.optional_text(members, "requestName", what),
            api_name=shape.optional_text(members, "apiName", what) or "",
            execute_times=1 if times is None else times,
            api_body=shape.plain_mapping(members, "apiBody", what),
        )

    def to_api(self) -> dict[str, t.Any]:
        """The form that the API takes."""
        body = {"apiName": self.api_name, "executeTimes": self.execute_times, "apiBody": plain(self.api_body)}
        return body if self.request_name is None else dict(body, requestName=self.request_name)

    def to_result(self) -> dict[str, t.Any]:
        """The form that the C(requests) option takes, so that a result can be given back as input."""
        result = {"api_name": self.api_name, "execute_times": self.execute_times, "api_body": plain(self.api_body)}
        return result if self.request_name is None else dict(result, request_name=self.request_name)


@dataclass(frozen=True)
class Ticket:
    """A ticket as the server keeps it.

    C(current_flow_uuid) is the step that was approved last, None while nobody has approved.
    Dates are the server's local time in ISO 8601 without a zone, or the server's own text where that cannot be read.
    """

    uuid: str
    name: str | None
    description: str | None
    status: str
    requests: tuple[Request, ...]
    account_system_type: str | None
    account_system_context: t.Mapping[str, t.Any]
    ticket_type_uuid: str | None
    flow_collection_uuid: str | None
    current_flow_uuid: str | None
    create_date: str | None
    last_op_date: str | None

    def __str__(self) -> str:
        """The ticket as messages name it."""
        return f"ticket {self.name!r} ({self.uuid}, {self.status})"

    @classmethod
    def from_inventory(cls, raw: object) -> Ticket:
        """From a C(TicketInventory) of the API, or the archived form of one. Only C(uuid) and C(status) have to be there.

        Raises C(MalformedAnswer) for another shape.
        """
        what = "ticket"
        members = shape.mapping(raw, what)
        # An answer calls the list "request", every parameter "requests".
        requests = shape.sequence(members.get("request", members.get("requests")), "ticket.request")
        return cls(
            uuid=shape.text(members, "uuid", what),
            name=shape.optional_text(members, "name", what),
            description=shape.optional_text(members, "description", what),
            status=shape.text(members, "status", what),
            requests=tuple(
                Request.from_api(request, f"ticket.request[{index}]") for index, request in enumerate(requests)
            ),
            account_system_type=shape.optional_text(members, "accountSystemType", what),
            account_system_context=shape.plain_mapping(members, "accountSystemContext", what),
            ticket_type_uuid=shape.optional_text(members, "ticketTypeUuid", what),
            flow_collection_uuid=shape.optional_text(members, "flowCollectionUuid", what),
            current_flow_uuid=shape.optional_text(members, "currentFlowUuid", what),
            create_date=show_date(shape.optional_text(members, "createDate", what)),
            last_op_date=show_date(shape.optional_text(members, "lastOpDate", what)),
        )

    def to_result(self) -> dict[str, t.Any]:
        """The C(ticket) of a result. Every key is always there, with None for what the server did not send."""
        return {
            "uuid": self.uuid,
            "name": self.name,
            "description": self.description,
            "status": self.status,
            "requests": [request.to_result() for request in self.requests],
            "account_system_type": self.account_system_type,
            "account_system_context": plain(self.account_system_context),
            "ticket_type_uuid": self.ticket_type_uuid,
            "flow_collection_uuid": self.flow_collection_uuid,
            "current_flow_uuid": self.current_flow_uuid,
            "create_date": self.create_date,
            "last_op_date": self.last_op_date,
        }
