# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a rule says of a ticket, written as data: conditions on the ticket and on the requests in it.

Tickets have the form of results: the C(ticket) of M(zstack.tickets.zstack_ticket), or one of the C(tickets) of
M(zstack.tickets.zstack_ticket_info).

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.zstack.tickets.plugins.module_utils._api.access_key import zones_to_try
from ansible_collections.zstack.tickets.plugins.module_utils._errors import InputError
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.dates import parse_date
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.values import shown

from .conditions import MISSING, Condition, read_condition
from .quantities import read_duration, read_number, show_duration

Data = t.Mapping[str, t.Any]

ADDED_BY_SERVER = frozenset({"id", "createdTime", "headers", "timeout", "session"})
"""Members of every API message. The server adds them to an C(apiBody) that it stores; nobody asked for them."""


def requests_of(ticket: Data) -> list[Data]:
    return list(ticket.get("requests") or ())


def times_of(request: Data) -> int:
    """How often the request is run. Never below zero, or one request could make up for another in a sum."""
    times = request.get("execute_times")
    return 1 if times is None else max(0, times)


def executions_of(ticket: Data) -> int:
    """How many API calls the ticket asks for."""
    return sum(map(times_of, requests_of(ticket)))


def server_clock(server_timezone: str | None) -> datetime | None:
    """What the server's clock shows now, None while its zone is not known (not given, or C(auto)).

    :raises InputError: there is no such zone.
    """
    if not server_timezone or server_timezone == "auto":
        return None
    return datetime.now(zones_to_try(str(server_timezone))[0]).replace(tzinfo=None)


def age_of(ticket: Data, now: datetime | None) -> t.Any:
    """Seconds since the ticket was created. C(now) is what the server's clock shows, as the dates of tickets do."""
    created = parse_date(str(ticket.get("create_date")))
    if now is None:
        raise InputError(
            "A rule is about the age of tickets. The server's dates carry no zone, so give server_timezone,"
            " for example UTC or +08:00."
        )
    return MISSING if created is None else (now - created).total_seconds()


def _context(key: str) -> t.Callable[[Data], t.Any]:
    return lambda ticket: (ticket.get("account_system_context") or {}).get(key, MISSING)


def _member(key: str) -> t.Callable[[Data], t.Any]:
    return lambda ticket: ticket.get(key, MISSING)


FIELDS: dict[str, t.Callable[[Data], t.Any]] = {
    "name": _member("name"),
    "uuid": _member("uuid"),
    "description": _member("description"),
    "status": _member("status"),
    "ticket_type": _member("ticket_type_uuid"),
    "flow_collection": _member("flow_collection_uuid"),
    "project": _context("projectUuid"),
    "submitter": _context("virtualIDUuid"),
    "step": lambda ticket: (ticket.get("awaiting") or {}).get("flow_name", MISSING),
    "requests": lambda ticket: len(requests_of(ticket)),
    "executions": executions_of,
}
"""What can be compared of a ticket, beside its age, the totals and the single requests."""

REQUEST_FIELDS: dict[str, t.Callable[[Data], t.Any]] = {
    "api_name": _member("api_name"),
    "request_name": _member("request_name"),
    "execute_times": times_of,
    "body_keys": lambda request: sorted(set(request.get("api_body") or {}) - ADDED_BY_SERVER),
}
"""What can be compared of a request, beside the members of its api_body."""


@dataclass(frozen=True)
class RequestMatch:
    """Conditions on one request."""

    fields: t.Mapping[str, Condition]
    body: t.Mapping[str, Condition]

    @classmethod
    def read(cls, wanted: t.Any, path: str) -> RequestMatch:
        members = _mapping(wanted, path, [*REQUEST_FIELDS, "api_body"])
        body = _mapping(members["api_body"], f"{path}.api_body") if "api_body" in members else {}
        return cls(
            fields={name: read_condition(members[name], f"{path}.{name}") for name in members if name != "api_body"},
            body={key: read_condition(wanted, f"{path}.api_body.{key}") for key, wanted in body.items()},
        )

    def objection(self, request: Data, path: str) -> str | None:
        for name, condition in self.fields.items():
            if found := condition.objection(REQUEST_FIELDS[name](request), f"{path}.{name}"):
                return found
        for key, condition in self.body.items():
            if found := condition.objection(_at(request.get("api_body"), key), f"{path}.api_body.{key}"):
                return found
        return None


@dataclass(frozen=True)
class TicketMatch:
    """Conditions on a ticket, all of which have to hold."""

    fields: t.Mapping[str, Condition]
    age: Condition | None
    totals: t.Mapping[str, Condition]
    all_requests: RequestMatch | None
    any_request: RequestMatch | None

    @classmethod
    def read(cls, wanted: t.Any, path: str) -> TicketMatch:
        """Read what a rule has under C(match).

        :raises InputError: there is something in it that is not known or cannot be right; C(path) tells where it stands.
        """
        members = _mapping(wanted, path, [*FIELDS, "age", "totals", "all_requests", "any_request"])
        totals = _mapping(members["totals"], f"{path}.totals") if "totals" in members else {}
        requests = {
            name: RequestMatch.read(members[name], f"{path}.{name}")
            for name in ("all_requests", "any_request")
            if name in members
        }
        return cls(
            fields={name: read_condition(members[name], f"{path}.{name}") for name in members if name in FIELDS},
            age=read_condition(members["age"], f"{path}.age", read_duration) if "age" in members else None,
            totals={key: read_condition(wanted, f"{path}.totals.{key}") for key, wanted in totals.items()},
            all_requests=requests.get("all_requests"),
            any_request=requests.get("any_request"),
        )

    def objection(self, ticket: Data, now: datetime | None) -> str | None:
        """Why the ticket does not match; None if it does. The first reason that is found will do.

        :raises InputError: the age is compared, and C(now) is not known.
        """
        return next(self._objections(ticket, now), None)

    def _objections(self, ticket: Data, now: datetime | None) -> t.Iterator[str]:
        for name, condition in self.fields.items():
            yield from _given(condition.objection(FIELDS[name](ticket), name))
        if self.age:
            yield from _given(self.age.objection(age_of(ticket, now), "age", show_duration))
        for key, condition in self.totals.items():
            yield from _given(condition.objection(_total(ticket, key), f"the total of {key}"))
        requests = requests_of(ticket)
        if (self.all_requests or self.any_request) and not requests:
            yield "there are no requests"
            return
        if self.all_requests:
            for number, request in enumerate(requests):
                yield from _given(self.all_requests.objection(request, f"requests[{number}]"))
        if self.any_request:
            objections = [
                self.any_request.objection(request, f"requests[{number}]") for number, request in enumerate(requests)
            ]
            if None not in objections:
                yield from _given(objections[0])


def _given(objection: str | None) -> t.Iterator[str]:
    if objection is not None:
        yield objection


def _total(ticket: Data, key: str) -> t.Any:
    """The sum over all calls of the number at C(key); missing if one of them has none, or one that would make up for others."""
    total: int | float = 0
    for request in requests_of(ticket):
        number = read_number(_at(request.get("api_body"), key))
        if number is None or number < 0:
            return MISSING
        total += number * times_of(request)
    return total


def _at(body: t.Any, path: str) -> t.Any:
    """The member that a key, or a path of keys with dots, names."""
    for key in path.split("."):
        if not isinstance(body, t.Mapping) or key not in body:
            return MISSING
        body = body[key]
    return body


def _mapping(value: t.Any, path: str, known: t.Collection[str] | None = None) -> Data:
    if not isinstance(value, t.Mapping):
        raise InputError(f"{path} is {shown(value)}: it must be a dictionary.")
    if not value:
        raise InputError(f"{path} is empty, so everything would match. Say what has to hold, or leave it out.")
    unknown = [key for key in value if known is not None and key not in known]
    if known and unknown:
        raise InputError(f"{path} has {', '.join(map(str, unknown))}: known are {', '.join(known)}.")
    return value
