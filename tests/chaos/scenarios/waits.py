"""Tasks with ``wait``, for one ticket or many: what the others do decides what it comes to, and when."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ansible_collections.zstack.tickets.plugins.module_utils._errors import TicketError, WaitTimeout

from ..invariants import Violation, check, check_run
from ..model import AWAITING
from ..runs import Run, Task
from ..world import World, draw_rules
from .moves import drive
from .running import MOST_RUNS, draw_kill
from .tickets import APPROVERS, NAMES, draw_process, put, uuid_of, wish

MOST_FAULTS = 6


def wait(world: World) -> None:
    """Somebody waits for the approval of a ticket, approving it where that is theirs, while the others act in their time."""
    draw = world.random
    options = wish(world, draw.choice(NAMES))
    fails = draw.random() < 0.2
    if fails:
        options["requests"][0]["api_body"]["name"] = "fail-1"
    world.simulator.set(execution_delay=draw.choice((0.0, 5.0, 100.0)), execution_failure_rejects=draw.random() < 0.3)
    put(world, options, "Pending", process=draw_process(world))
    who = draw.choice(("requester", "requester2", *APPROVERS))
    patience: dict[str, Any] = {
        "wait": True,
        "wait_timeout": draw.choice((60, 600)),
        "wait_interval": draw.choice((1, 5, 30)),
    }
    patience |= {"on_timeout": draw.choice(("fail", "warn")), "verify_execution": draw.random() < 0.7}
    task = drive(world, who, options["name"], status="approved", steps="all", **patience)
    _plan(world, options["name"], uuid_of(world, options["name"]), who)
    draw_rules(world, MOST_FAULTS)
    run = _until_over(world, task)
    _check_end(world, run, fails)


def wait_for_many(world: World) -> None:
    """Somebody waits for several tickets at once, of which some are decided already."""
    draw = world.random
    world.simulator.set(execution_delay=draw.choice((0.0, 5.0, 100.0)))
    who = draw.choice(("requester", *APPROVERS))
    process = draw_process(world)
    items = []
    for number in range(draw.randint(1, 4)):
        options = wish(world, f"web-{number}")
        status = draw.choice(("Pending", "Pending", "Pending", "FinalApproved", "Rejected"))
        put(world, options, status, process=process if status == "Pending" else None)
        uuid = uuid_of(world, options["name"])
        steps = draw.choice(("all", "all", "none"))
        items.append({"uuid": uuid, "name": options["name"], "status": "approved", "steps": steps})
        _plan(world, options["name"], uuid, who)
    patience: dict[str, Any] = {
        "wait": True,
        "wait_timeout": draw.choice((60, 600)),
        "wait_interval": draw.choice((1, 5, 30)),
    }
    patience |= {"on_timeout": draw.choice(("fail", "warn")), "continue_on_error": draw.random() < 0.7}
    task = Task("zstack_ticket_batch", who, {"tickets": items, "workers": draw.choice((1, 1, 4)), **patience})
    draw_rules(world, MOST_FAULTS)
    for _attempt in range(draw.randint(0, 2)):
        check_run(world, world.run(task, draw_kill(world)))
    world.calm()
    run = world.run(task)
    check_run(world, run)
    for item in run.items:
        _check_item(world, item, patience["on_timeout"] == "warn")
    _check_approvals(world)


def _check_item(world: World, item: Mapping[str, Any], may_time_out: bool) -> None:
    """What an undisturbed wait says of a ticket is how the ticket stands."""
    if item.get("skipped"):
        return
    state = world.state(item["name"])
    status = None if state is None else state.status
    if status == "FinalApproved":
        fine = not item.get("failed") or "no result of its requests came" in item["msg"]
    elif status in AWAITING:
        fine = item["timed_out"] if may_time_out else "run the task again to go on waiting" in item.get("msg", "")
    else:
        fine = bool(item.get("failed"))
    check(fine, f"the ticket is {status}, and the wait came to {item}")


def _plan(world: World, name: str, uuid: str, waiting: str) -> None:
    """What the others are going to do: approve, each after the other, unless somebody ends it."""
    draw = world.random
    moment = 0.0
    for _step in range(8):
        moment += draw.choice((0.0, 2.0, 20.0, 100.0))
        for who in APPROVERS:
            if who != waiting:
                world.time.at(moment, partial(world.act, who, "approve", uuid))
    if draw.random() < 0.4:
        who, event = draw.choice((("approver", "reject"), ("requester", "cancel"), ("admin", "reject")))
        world.time.at(draw.choice((0.0, 1.0, 30.0)), partial(world.act, who, event, uuid))
    elif draw.random() < 0.2:
        world.time.at(draw.choice((0.0, 1.0, 30.0)), partial(world.remove, "requester", uuid))


def _until_over(world: World, task: Task) -> Run:
    """Run it again until it has seen the end, as a task that says so itself invites one to."""
    for attempt in range(MOST_RUNS):
        run = world.run(task, draw_kill(world) if attempt < 3 else None)
        check_run(world, run)
        told = run.result or {}
        if run.was_killed or ((isinstance(run.failure, WaitTimeout) or told.get("timed_out")) and world.time.is_busy):
            continue
        state = world.state(task.options["name"])
        is_over = state is None or state.status not in AWAITING
        is_over = is_over or not world.time.is_busy
        if run.succeeded or (is_over and not world.disturbances(run)) or isinstance(run.failure, TicketError):
            return run
    raise Violation(f"{task} did not come to an end in {MOST_RUNS} runs")


def _check_end(world: World, run: Run, execution_fails: bool) -> None:
    """Success means approved, and executed if that was asked for; all else is told as what it is."""
    state = world.state(run.task.options["name"])
    status = None if state is None else state.status
    verifies = run.task.options["verify_execution"]
    if status == "FinalApproved" and not (execution_fails and verifies):
        check(run.succeeded, f"the ticket is approved, and the wait came to {run.result}")
    elif status is not None or execution_fails:
        # What fails in its execution may have been approved when the wait ended.
        is_quiet = not verifies or run.task.options["on_timeout"] == "warn"
        check(not run.succeeded or is_quiet, f"the ticket is {status}, and the wait came to {run.result}")
    if not run.succeeded:
        check(run.failure is not None, f"{run.task} failed without an error")
    _check_approvals(world)


def _check_approvals(world: World) -> None:
    approvals = [(effect.name, effect.step) for effect in world.effects if effect.operation == "approve"]
    check(len(approvals) == len(set(approvals)), f"a step was approved twice: {approvals}")
