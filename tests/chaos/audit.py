"""What the simulator really did: every change of a ticket, noted where the calls are run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.simulator import mediator
from tests.simulator.messages import Message, Result
from tests.simulator.node import Node

_ACTIONS = {"createTicket": "create", "updateTicketRequest": "update", "deleteTicket": "delete"}


@dataclass(frozen=True)
class Effect:
    """One change. ``operation`` is named as results name it; ``step`` is the step approved, ``job`` whose call it was."""

    operation: str
    ticket_uuid: str
    name: str
    owner: str
    job: str
    caller: str
    before: str | None
    after: str | None
    step: str | None
    comment: str | None
    time: float

    def __str__(self) -> str:
        return f"{self.operation} of {self.name!r} by {self.caller}: {self.before} -> {self.after}"


class Audit:
    """The changes since the last ``clear``, and what must never be: two tickets for one wish, in ``twins``."""

    def __init__(self) -> None:
        self.effects: list[Effect] = []
        self.twins: list[str] = []
        self._call = mediator.call

    def __enter__(self) -> Audit:
        mediator.call = self._watched
        return self

    def __exit__(self, *_error: object) -> None:
        mediator.call = self._call

    def clear(self) -> None:
        self.effects.clear()
        self.twins.clear()

    def _watched(self, node: Node, message: Message) -> Result:
        action = message.api.action
        if action not in _ACTIONS and action != "changeTicketStatus":
            return self._call(node, message)
        uuid = str(message.get("uuid") or message.get("resourceUuid"))
        before = _copy(node, uuid)
        result = self._call(node, message)
        after = _copy(node, uuid)
        is_done = before is not None if action == "deleteTicket" else after is not None
        if is_done and not any(tag.startswith("ephemeral::") for tag in message.system_tags or ()):
            self._note(node, message, before, after)
        return result

    def _note(self, node: Node, message: Message, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
        ticket = after or before or {}
        approved = message.get("statusEvent") == "approve"
        effect = Effect(
            operation=_ACTIONS.get(message.api.action) or str(message.get("statusEvent")),
            ticket_uuid=ticket["uuid"],
            name=ticket["name"],
            owner=node.cloud.name_of(ticket["accountSystemContext"]["virtualIDUuid"]),
            job=message.id,
            caller=message.caller.name,
            before=None if before is None else before["status"],
            after=None if after is None else after["status"],
            step=ticket["currentFlowUuid"] if approved else None,
            comment=message.get("comment"),
            time=node.clock.now(),
        )
        self.effects.append(effect)
        if effect.operation == "create":
            alike = [
                row
                for row in node.cloud.tickets
                if (row["name"], row["accountSystemContext"]) == (ticket["name"], ticket["accountSystemContext"])
            ]
            if len(alike) > 1:
                self.twins.append(f"{len(alike)} tickets {effect.name!r} of {effect.owner} are alive at once")


def _copy(node: Node, uuid: str) -> dict[str, Any] | None:
    row = node.cloud.tickets.get(uuid)
    return None if row is None else dict(row)
