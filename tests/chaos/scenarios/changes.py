"""zstack_ticket: tickets come, change and go."""

from __future__ import annotations

from typing import Any

from tests.simulator.identities import fixed_uuid

from .. import model
from ..invariants import check
from ..runs import Task
from ..world import World, draw_rules
from .running import settle, until_done
from .tickets import NAMES, STATUSES, draw_process, named, put, wish

MOST_FAULTS = 6
REJECTION_TELLS_AFTER = 7.0
"""Seconds after a rejection from which on an update of the ticket can be told from it."""


def create(world: World) -> None:
    """A ticket is to exist, and perhaps there are others that look like it. Admin may create it too."""
    draw = world.random
    who = draw.choice(("requester", "requester", "admin"))
    options = wish(world, draw.choice(NAMES), who=who)
    put(world, options, None)
    if draw.random() < 0.3:
        options["uuid"] = fixed_uuid(f"given/{options['name']}")
    if draw.random() < 0.3:
        options["flow_collection_uuid"] = draw_process(world)
    draw_rules(world, MOST_FAULTS)
    _reach(world, options, who)
    _check_times(world, options, "create", 1)


def change(world: World) -> None:
    """A ticket in any status is to be another one; broken off, the change is finished by the runs that follow."""
    draw = world.random
    old = wish(world, draw.choice(NAMES))
    put(world, old, draw.choice(STATUSES))
    later = draw.choice((0, 3, 20, 600))
    world.time.advance(later)
    who = draw.choice(("requester",) * 6 + ("admin",))
    resubmit = draw.choice(("never", "unapproved", "unapproved", "always"))
    new = wish(world, old["name"], who=who, resubmit=resubmit)
    before = world.state(old["name"])
    assert before is not None
    if draw.random() < 0.2:
        new["uuid"] = before.uuid
    wanted = model.ensure(before, new, who)
    draw_rules(world, MOST_FAULTS)
    _reach(world, new, who)
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
    who = world.random.choice(("requester", "requester", "admin"))
    draw_rules(world, MOST_FAULTS)
    _reach(world, {**named(world, options["name"], who=who), "state": "absent"}, who)
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
        _reach(world, options, "requester")
        state = world.state(name)
        if options["state"] == "absent":
            check(state is None, f"{name} is still there")
        else:
            check(state is not None and model.is_as_wished(state, options), f"{name} is not as wished: {state}")
            check(state is not None and state.status == "Pending", f"{name} was left {state}")


def _reach(world: World, options: dict[str, Any], who: str) -> None:
    task = Task("zstack_ticket", who, options)
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
