# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of approval processes, for the tickets that run under them.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import threading
import typing as t

from .._api.client import Client
from .._tickets import flow
from .._tickets.model import Ticket
from . import lookup


class Processes:
    """Reads the steps of each process once. Any number of tickets and threads may share it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._steps: dict[str, list[flow.Step]] = {}
        self._lock = threading.Lock()

    def read(self, tickets: t.Iterable[Ticket]) -> None:
        """Read the processes of all these tickets at once, where they are not known yet."""
        wanted = {ticket.flow_collection_uuid for ticket in tickets} - {None}
        with self._lock:
            unknown = wanted - set(self._steps)
            steps = lookup.steps_of(self._client, unknown)
            for uuid in unknown:
                self._steps[uuid or ""] = [step for step in steps if step.collection_uuid in (None, uuid)]

    def steps_of(self, ticket: Ticket) -> list[flow.Step]:
        """The steps of the ticket's process, in no particular order."""
        self.read([ticket])
        return self._steps.get(ticket.flow_collection_uuid or "", [])

    def due_step(self, ticket: Ticket) -> flow.Step | None:
        """The step whose approver is to act now, None when the ticket awaits nobody."""
        return flow.due_step(self.steps_of(ticket), ticket) if ticket.status in flow.AWAITING_STATUSES else None
