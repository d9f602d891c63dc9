# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A ticket type: which API calls tickets may ask for together. The server has a fixed set of them.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import asdict, dataclass

from . import shape
from .dates import show_date


@dataclass(frozen=True)
class TicketType:
    """A ticket type as the server keeps it. C(admin_only) ones are not for members of projects."""

    uuid: str
    name: str | None
    description: str | None
    type: str | None
    requests: str | None
    admin_only: bool
    create_date: str | None
    last_op_date: str | None

    @classmethod
    def from_inventory(cls, raw: object) -> TicketType:
        """From a C(TicketTypeInventory) of the API. Only C(uuid) has to be there.

        Raises C(MalformedAnswer) for another shape.
        """
        what = "ticket type"
        members = shape.mapping(raw, what)
        return cls(
            uuid=shape.text(members, "uuid", what),
            name=shape.optional_text(members, "name", what),
            description=shape.optional_text(members, "description", what),
            type=shape.optional_text(members, "type", what),
            requests=shape.optional_text(members, "requests", what),
            admin_only=bool(shape.optional_boolean(members, "adminOnly", what)),
            create_date=show_date(shape.optional_text(members, "createDate", what)),
            last_op_date=show_date(shape.optional_text(members, "lastOpDate", what)),
        )

    def to_result(self) -> dict[str, t.Any]:
        """One of the C(ticket_types) of a result. Every key is always there, with None for what the server did not send."""
        return asdict(self)
