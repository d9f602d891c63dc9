# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tasks may name instead of giving its uuid: projects, virtual IDs and ticket types.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._api import query
from .._api.client import Client
from .._errors import InputError
from .._tickets.identity import is_uuid, normalise_name


@dataclass(frozen=True)
class Kind:
    """A kind of resource: where it is queried, and what messages call it."""

    path: str
    noun: str


PROJECT = Kind("/iam2/projects", "project")
VIRTUAL_ID = Kind("/iam2/virtual-ids", "virtual ID")
TICKET_TYPE = Kind("/ticket-types", "ticket type")


def uuids(client: Client, kind: Kind, option: str, references: t.Iterable[str]) -> dict[str, str]:
    """The uuid of each of these, which are uuids or exact names. Asks once for all names, and not at all without one.

    :param option: the option that they come from, for messages.
    :raises InputError: a name is nobody's, or several have it.
    """
    known = {reference: reference.lower() for reference in references if is_uuid(reference)}
    names = sorted({reference for reference in references if not is_uuid(reference)})
    rows = [row for condition in query.any_of("name", names) for row in query.read(client, kind.path, [condition])]
    for name in names:
        # The server compares without regard to case.
        found = sorted({str(row.get("uuid")) for row in rows if row.get("name") == normalise_name(name)})
        if not found:
            raise InputError(
                f"{option}: there is no {kind.noun} named {name!r} that this identity can see. Check the name, or give the uuid."
            )
        if len(found) > 1:
            raise InputError(
                f"{option}: several {kind.noun}s have the name {name!r}: {', '.join(found)}. Give the uuid."
            )
        known[name] = found[0]
    return known
