"""zstack_ticket: tickets come, change and go."""

from __future__ import annotations

from typing import Any

from .. import model
from ..invariants import check
from ..runs import Task
from ..world import World, draw_rules
from .running import settle, until_done
from .tickets import NAMES, STATUSES, named, put, wish

MOST_FAULTS = 6
REJECTION_TELLS_AFTER = 7.0
"""Seconds after a rejection from which on an update of the ticket can be told from it."""


def create(world: World) -> None:
    """A ticket is to exist, and perhaps there are others that look like it."""
    options = wish(world, world.random.choice(NAMES))
    put(world, options, None)
    draw_rules(world, MOST_FAULTS)
    _reach(world, options)
    _check_times(world, options, "create", 1)


def change(world: World) -> None:
    """A ticket in any status is to be another one; broken off, the change is finished by the runs that follow."""
    draw = world.random
    old = wish(world, draw.choice(NAMES))
    put(world, old, draw.choice(STATUSES))
    later = draw.choice((0, 3, 20, 600))
    world.time.advance(later)
    new = wish(world, old["name"], resubmit=draw.choice(("never", "unapproved", "unapproved", "always")))
    before = world.state(old["name"])
    assert before is not None
    wanted = model.ensure(before, new)
    draw_rules(world, MOST_FAULTS)
    _reach(world, new)
    after = world.state(old["name"])
    assert after is not None
    if wanted.fails:
        check(
            (after.status, after.requests) == (before.status, before.requests), f"{old['name']} was changed to {after}"
        )
        return
    check(model.is_as_wished(after, new), f"{old['name']} is not as wished: {after}")
    untold = before.status == "Rejected" and later < REJECTION_TELLS_AFTER
    check(after.status == wanted.status or untold, f"{old['name']} is {after.status}, expected {wanted.status}")
    for operation in ("cancel", "reopen"):
        _check_times(world, new, operation, wanted.operations.count(operation) if not untold else None)


def delete(world: World) -> None:
    """A ticket in any status, or none, is to be gone."""
    options = wish(world, world.random.choice(NAMES))
    status = world.random.choice((None, *STATUSES))
    put(world, options, status)
    draw_rules(world, MOST_FAULTS)
    _reach(world, {**named(world, options["name"]), "state": "absent"})
    check(world.state(options["name"]) is None, "the ticket is still there")
    _check_times(world, options, "delete", 0 if status is None else 1)


def life(world: World) -> None:
    """A name is used again and again."""
    world.simulator.set(deleted_uuid_stays_taken=world.random.random() < 0.5)
    name = world.random.choice(NAMES)
    for _round in range(world.random.randint(2, 5)):
        options = wish(world, name)
        if world.random.random() < 0.4:
            options = {**named(world, name), "state": "absent"}
        draw_rules(world, 3)
        _reach(world, options)
        state = world.state(name)
        if options["state"] == "absent":
            check(state is None, f"{name} is still there")
        else:
            check(state is not None and model.is_as_wished(state, options), f"{name} is not as wished: {state}")
            check(state is not None and state.status == "Pending", f"{name} was left {state}")


def _reach(world: World, options: dict[str, Any]) -> None:
    task = Task("zstack_ticket", "requester", options)
    until_done(world, task)
    settle(world, task)


def _check_times(world: World, options: dict[str, Any], operation: str, times: int | None) -> None:
    """Each part of a change happens once, however many runs it took."""
    calls = [effect for effect in world.effects if (effect.operation, effect.name) == (operation, options["name"])]
    made = [effect for effect in calls if effect.owner == "requester" and effect.job in world.jobs]
    # A call that arrives after its time-out may undo what was done meanwhile, and be made good again.
    check(
        times is None or world.slowness is not None or len(made) == times,
        f"{operation} happened {len(made)} times, expected {times}",
    )
