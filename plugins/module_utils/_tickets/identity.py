# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which ticket is meant: uuids, names and what may stand in them.

Names are not unique on the server, so a ticket is told by its uuid, or by its exact name together with its account system context.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import re
import typing as t
import uuid

from .._errors import InputError, TicketError
from .model import Ticket
from .values import canonical, differing, plain, shown, trimmed

MAX_NAME = 255
MAX_DESCRIPTION = 2048
MAX_COMMENT = 65535
"""The lengths that the API takes, in UTF-16 code units after trimming, which is how the server counts."""

_UUID = re.compile("[0-9a-fA-F]{32}")

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "zstack.tickets")


def normalise_name(name: str) -> str:
    """C(name) as the server keeps it: its ends trimmed."""
    return trimmed(name)


def plain_context(account_system_context: t.Mapping[str, t.Any] | None) -> dict[str, t.Any]:
    """The option C(account_system_context) in plain form, empty when not given. Raises C(InputError) for what JSON cannot carry."""
    try:
        return dict(plain(account_system_context or {}))
    except ValueError as error:
        raise InputError(
            f"account_system_context holds a value that is {error}: give only values that JSON has."
        ) from error


def derive_uuid(name: str, account_system_context: t.Mapping[str, t.Any] | None) -> str:
    """The uuid that a new ticket of this name gets, so that creating it twice cannot make two tickets.

    A UUIDv5 without dashes. It depends only on what C(matches) looks at, and passes the server's check of a C(resourceUuid)
    (lower case, version 1 to 5).
    """
    return uuid_of([normalise_name(name), plain_context(account_system_context)])


def uuid_of(essence: t.Any) -> str:
    """A uuid that depends on nothing but C(essence), a value in plain form. Passes the server's check of a C(resourceUuid)."""
    return uuid.uuid5(_NAMESPACE, canonical(essence)).hex


def is_uuid(text: str) -> bool:
    """Whether C(text) can be the uuid of a resource: 32 hexadecimal digits."""
    return _UUID.fullmatch(text) is not None


def check_uuid(text: str, option: str = "uuid") -> str:
    """C(text), in lower case as the server writes uuids. Raises C(InputError) if it is no uuid."""
    if is_uuid(text):
        return text.lower()
    raise InputError(f"{option} is {shown(text)}: it must be 32 hexadecimal digits, without dashes.")


def check_name(name: str, option: str = "name") -> None:
    """Raises C(InputError) if no ticket, and nothing else of the API, can have this name."""
    if not normalise_name(name):
        raise InputError(f"{option} is {shown(name)}: it must not be blank.")
    _check_length(option, name, MAX_NAME)


def check_description(description: str, option: str = "description") -> None:
    """Raises C(InputError) if the description is longer than the API takes."""
    _check_length(option, description, MAX_DESCRIPTION)


def check_comment(comment: str) -> None:
    """Raises C(InputError) if the comment is longer than the API takes."""
    _check_length("comment", comment, MAX_COMMENT)


def _check_length(option: str, text: str, limit: int) -> None:
    # Java counts UTF-16 units: a character beyond the 65,536 first ones is two.
    length = sum(2 if character > "\uffff" else 1 for character in trimmed(text))
    if length > limit:
        raise InputError(f"{option} is {shown(text)} and has {length} characters: the server takes at most {limit}.")


def has_name(ticket: Ticket, name: str) -> bool:
    """Whether the ticket has this name to the letter, outer blanks aside: the server's own search takes upper and lower case for the same."""
    return ticket.name is not None and normalise_name(ticket.name) == normalise_name(name)


def has_context(ticket: Ticket, account_system_context: t.Mapping[str, t.Any] | None) -> bool:
    """Whether the given keys of the context are as given; None asks for no context."""
    return not any(
        differing(plain_context(account_system_context), ticket.account_system_context, "account_system_context")
    )


def matches(ticket: Ticket, name: str, account_system_context: t.Mapping[str, t.Any] | None) -> bool:
    """Whether this is the ticket that is meant, by name and context."""
    return has_name(ticket, name) and has_context(ticket, account_system_context)


def choose(
    tickets: t.Iterable[Ticket], name: str, account_system_context: t.Mapping[str, t.Any] | None
) -> Ticket | None:
    """The one ticket that is meant, or None if there is none.

    Raises C(TicketError) if there are several, listing them in its message and as C(candidates).
    """
    found = {ticket.uuid: ticket for ticket in tickets if matches(ticket, name, account_system_context)}
    if len(found) > 1:
        raise _ambiguous(name, list(found.values()))
    return next(iter(found.values()), None)


def _ambiguous(name: str, tickets: t.Sequence[Ticket]) -> TicketError:
    listed = ", ".join(f"{ticket.uuid} ({ticket.status}, created {ticket.create_date})" for ticket in tickets)
    candidates = [
        {"uuid": ticket.uuid, "name": ticket.name, "status": ticket.status, "create_date": ticket.create_date}
        for ticket in tickets
    ]
    return TicketError(
        f"{len(tickets)} tickets have the name {normalise_name(name)!r}: {listed}. Give the uuid of the one that is meant.",
        candidates=candidates,
    )
