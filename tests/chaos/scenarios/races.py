"""Several at once: every exchange of one may come between any two of another."""

from __future__ import annotations

from functools import partial
from typing import Any

from .. import model
from ..invariants import check, check_run
from ..runs import Run, Task
from ..world import World, draw_rules
from .moves import drive
from .running import draw_kill, settle, until_done
from .tickets import APPROVERS, NAMES, STATUSES, draw_process, named, put, uuid_of, wish

MOST_FAULTS = 4
MOST_RUNS = 25


def one_wish(world: World) -> None:
    """The same task, or nearly, runs several times at once."""
    draw = world.random
    options = wish(world, draw.choice(NAMES))
    put(world, options, draw.choice((None, None, None, *STATUSES)))
    world.time.advance(600)
    if draw.random() < 0.5:
        options = {**options, **wish(world, options["name"], resubmit=draw.choice(("unapproved", "always")))}
    if draw.random() < 0.15:
        options = {**named(world, options["name"]), "state": "absent"}
    tasks = [Task("zstack_ticket", "requester", options)] * draw.randint(2, 3)
    if draw.random() < 0.3:
        tasks[0] = Task("zstack_ticket_batch", "requester", {"tickets": [options], "workers": 1})
    _draw_trouble(world)
    world.at_once([partial(_insist, world, task) for task in tasks])
    for task in tasks:
        settle(world, task)
    state = world.state(options["name"])
    if options["state"] == "absent":
        check(state is None, f"{options['name']} is still there")
    elif state is not None and state.status in ("Pending", "Cancelled"):
        check(model.is_as_wished(state, options), f"{options['name']} is not as wished: {state}")


def opposites(world: World) -> None:
    """One wants a ticket to be there, another one to be gone, both again and again."""
    draw = world.random
    options = wish(world, draw.choice(NAMES))
    put(world, options, draw.choice((None, *STATUSES)))
    present = Task("zstack_ticket", "requester", options)
    absent = Task("zstack_ticket", "requester", {**named(world, options["name"]), "state": "absent"})
    _draw_trouble(world)
    world.at_once([partial(_insist, world, task) for task in (present, absent, present, absent)])
    world.calm()
    settle(world, absent)
    settle(world, present)
    state = world.state(options["name"])
    check(state is not None and model.is_as_wished(state, options), f"{options['name']} was left {state}")


def approvers(world: World) -> None:
    """All approvers run at once, some of them twice, each waiting for the others."""
    draw = world.random
    options = wish(world, draw.choice(NAMES))
    put(world, options, "Pending", process=draw_process(world))
    people = [*APPROVERS, draw.choice(APPROVERS)]
    waiting: dict[str, Any] = {
        "status": "approved",
        "steps": "all",
        "wait": True,
        "wait_interval": 5,
        "wait_timeout": 3600,
    }
    _draw_trouble(world)
    world.at_once([partial(_insist, world, drive(world, who, options["name"], **waiting)) for who in people])
    world.calm()
    for who in APPROVERS * 4:
        until_done(world, drive(world, who, options["name"], status="approved", steps="all"))
    state = world.state(options["name"])
    check(state is not None and state.status == "FinalApproved", f"{options['name']} was left {state}")
    approved = [effect.step for effect in world.effects if effect.operation == "approve"]
    check(len(approved) == len(set(approved)), f"a step was approved twice: {approved}")


def against_approval(world: World) -> None:
    """A ticket is changed while its approvers are at it."""
    draw = world.random
    old = wish(world, draw.choice(NAMES))
    put(world, old, "Pending", process=draw_process(world))
    new = wish(world, old["name"], resubmit=draw.choice(("never", "unapproved", "always")))
    change = Task("zstack_ticket", "requester", new)
    rivals = [
        drive(world, draw.choice(APPROVERS), old["name"], status=draw.choice(("approved", "approved", "rejected")))
        for _number in range(draw.randint(1, 2))
    ]
    _draw_trouble(world)
    world.at_once([partial(_insist, world, task) for task in (change, *rivals)])
    world.calm()
    world.time.advance(600)
    run = until_done(world, change)
    state = world.state(old["name"])
    assert state is not None
    if run.succeeded:
        check(model.is_as_wished(state, new), f"{old['name']} is not as wished: {state}")
    check(state.status != "Cancelled", f"{old['name']} was left {state}")


def against_recall(world: World) -> None:
    """A user recalls a ticket while a run changes it, and it stays recalled."""
    draw = world.random
    old = wish(world, draw.choice(NAMES))
    put(world, old, "Pending")
    new = wish(world, old["name"], resubmit=draw.choice(("unapproved", "always")))
    change = Task("zstack_ticket", "requester", new)
    recalled: list[bool] = []

    def recall() -> None:
        for _turn in range(draw.randint(0, 12)):
            world.turns.give()
        recalled.append(world.act("requester", "cancel", uuid_of(world, old["name"]), draw.choice((None, "no more"))))

    _draw_trouble(world)
    world.at_once([partial(_insist, world, change), recall])
    settle(world, change)
    state = world.state(old["name"])
    check(state is not None and model.is_as_wished(state, new), f"{old['name']} is not as wished: {state}")
    wanted = "Cancelled" if recalled == [True] else "Pending"
    check(state is not None and state.status == wanted, f"{old['name']} was left {state}, expected {wanted}")


def _draw_trouble(world: World) -> None:
    """Faults, and often one that leaves a run unsure whether it was itself who did what others do as well."""
    draw = world.random
    draw_rules(world, MOST_FAULTS)
    if draw.random() < 0.5:
        fate = draw.choice(({"fault": "job_stuck", "commit": False}, {"fault": "job_stuck"}, {"fault": "job_expired"}))
        world.let_go_wrong([{**fate, "kind": "write", "nth": draw.randint(1, 4)}])


def _insist(world: World, task: Task) -> Run | None:
    """Run a task again until it succeeds, or has failed so often that the others must have made it impossible."""
    run: Run | None = None
    for attempt in range(MOST_RUNS):
        run = world.run(task, draw_kill(world) if attempt < 2 else None)
        check_run(world, run)
        if run.succeeded:
            break
    return run
