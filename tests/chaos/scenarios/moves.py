"""zstack_ticket_status without waiting: everybody moves tickets, whether it is theirs to move or not."""

from __future__ import annotations

from typing import Any

from ..invariants import check
from ..runs import Task
from ..world import World, draw_rules
from .running import draw_kill, expected, run_once, settle, until_done
from .tickets import APPROVERS, NAMES, STATUSES, draw_process, put, uuid_of, wish

MOST_FAULTS = 6


def move(world: World) -> None:
    """Somebody wants a ticket in some status to be in another one."""
    draw = world.random
    owner = draw.choice(("requester", "approver"))
    options = wish(world, draw.choice(NAMES), owner)
    put(world, options, draw.choice(STATUSES), owner)
    who = draw.choice((owner, "approver", *APPROVERS, "requester2"))
    task = drive(world, who, options["name"], owner, reopen=draw.random() < 0.5)
    wanted = expected(world, task)[options["name"]]
    draw_rules(world, MOST_FAULTS)
    until_done(world, task)
    settle(world, task)
    state = world.state(options["name"], owner)
    check(state is not None and state.status == wanted.status, f"{options['name']} is {state}, expected {wanted}")


def approve(world: World) -> None:
    """Several approvers approve a ticket, each when it is their turn and sometimes when not."""
    draw = world.random
    options = wish(world, draw.choice(NAMES))
    put(world, options, "Pending", process=draw_process(world))
    draw_rules(world, MOST_FAULTS)
    for _try in range(draw.randint(1, 5)):
        task = drive(world, draw.choice(APPROVERS), options["name"], status="approved")
        # To approve just one step is not idempotent, so nobody runs that blindly again.
        if task.options["steps"] == "all":
            until_done(world, task)
        else:
            run_once(world, task, draw_kill(world))
    world.calm()
    for who in APPROVERS * 4:
        until_done(world, drive(world, who, options["name"], status="approved", steps="all"))
    state = world.state(options["name"])
    check(state is not None and state.status == "FinalApproved", f"{options['name']} was left {state}")
    approved = [effect.step for effect in world.effects if effect.operation == "approve"]
    check(
        state is not None and approved == [uuid for uuid, _who in state.steps], f"these steps were approved: {approved}"
    )


def drive(world: World, who: str, name: str, owner: str = "requester", **options: Any) -> Task:
    """A task for a status, with what is not given drawn."""
    draw = world.random
    which: dict[str, Any] = {"uuid": uuid_of(world, name, owner)} if draw.random() < 0.5 else {}
    which |= {"name": name, "account_system_context": world.person(owner).context}
    drawn = {
        "status": draw.choice(("approved", "approved", "rejected", "cancelled", "pending")),
        "steps": draw.choice(("all", "all", "next")),
        "comment": draw.choice((None, "as agreed")),
    }
    return Task("zstack_ticket_status", who, {**which, **drawn, **options}, owner)
