"""zstack_ticket_batch: many tickets at once, each on its own way to its wish."""

from __future__ import annotations

from typing import Any

from ..runs import Task
from ..world import World, draw_rules
from .running import settle, until_done
from .tickets import STATUSES, named, put, wish


def batch(world: World) -> None:
    """Tickets in various states are to be there, to be gone, or to be moved."""
    draw = world.random
    owner = draw.choice(("requester", "approver"))
    items = [_item(world, f"web-{number}", owner) for number in range(draw.randint(1, 5))]
    if draw.random() < 0.2:
        items.append(dict(items[0]))
    options = {"tickets": items, "workers": draw.choice((1, 1, 2, 4)), "continue_on_error": draw.random() < 0.6}
    draw_rules(world, 8)
    task = Task("zstack_ticket_batch", owner, options, owner)
    until_done(world, task)
    settle(world, task)


def _item(world: World, name: str, owner: str) -> dict[str, Any]:
    draw = world.random
    old = wish(world, name, owner)
    put(world, old, draw.choice((None, None, "Pending", *STATUSES)), owner)
    kind = draw.random()
    if kind < 0.15:
        return {**named(world, name, owner), "state": "absent"}
    options = old if kind < 0.4 else wish(world, name, owner, resubmit=draw.choice(("never", "unapproved", "always")))
    if draw.random() < 0.5:
        options["status"] = draw.choice(("approved", "cancelled", "pending", "rejected"))
    return options
