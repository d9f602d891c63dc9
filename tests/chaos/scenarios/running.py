"""Running tasks: once, blindly again until they succeed, and when all is calm."""

from __future__ import annotations

from dataclasses import replace

from .. import model
from ..invariants import Violation, check, check_run
from ..model import Expected
from ..runs import Kill, Run, Task, reported
from ..world import World

MOST_RUNS = 60


def expected(world: World, task: Task) -> dict[str, Expected]:
    """What an undisturbed run of this task comes to for each ticket by name, as the books stand."""
    items = task.options.get("tickets", [task.options])
    return {item["name"]: model.expect(world.state(item["name"], task.owner), item, task.who) for item in items}


def run_once(world: World, task: Task, kill: Kill | None = None) -> Run:
    """Run a task, and compare it with what it should come to if nothing went wrong on the way."""
    wanted = expected(world, task)
    run = world.run(task, kill)
    check_run(world, run)
    if run.was_killed or world.disturbances(run):
        return run
    which = f"run {run.number} ({task}), which nothing disturbed,"
    fails = any(one.fails for one in wanted.values())
    check(run.succeeded is not fails, f"{which} came to {run.result}, expected {wanted}")
    # What is listed twice is done once, and the first result tells of it.
    done = {str(item.get("name") or task.options.get("name")): item for item in reversed(run.items)}
    for name, one in wanted.items():
        item = done[name]
        if item.get("skipped"):
            continue
        check(reported(item) == list(one.operations), f"{which} did {reported(item)} to {name}, expected {one}")
        state = world.state(name, task.owner)
        status = None if state is None else state.status
        if not task.check_mode:
            check(status == one.status, f"{which} left {name} {status}, expected {one}")
        if run.succeeded:
            told = item["ticket"] and item["ticket"]["status"]
            check(told == one.status, f"{which} says that {name} is {told}, expected {one}")
    return run


def until_done(world: World, task: Task) -> Run:
    """Run a task blindly again until it succeeds, or fails for good. Some runs are killed, some only look ahead."""
    for attempt in range(MOST_RUNS):
        look_ahead(world, task)
        run = run_once(world, task, draw_kill(world) if attempt < 3 else None)
        if run.succeeded or not (run.was_killed or world.disturbances(run)):
            return run
    raise Violation(f"{task} did not come to an end in {MOST_RUNS} runs")


def look_ahead(world: World, task: Task) -> None:
    """Now and then, see what check mode says, where it can know what the server will do."""
    refused = any(one.fails for one in expected(world, task).values())
    # Whose session it is can be told only by a call that makes it last longer.
    is_stranger = task.module != "zstack_ticket" and world.ways[task.who] == "session"
    if world.random.random() < 0.1 and not refused and not is_stranger:
        asks = {"validate_on_server": world.random.random() < 0.5} if task.module == "zstack_ticket" else {}
        run_once(world, replace(task, options={**task.options, **asks}, check_mode=True))


def draw_kill(world: World) -> Kill | None:
    """Perhaps the end of a run."""
    draw = world.random
    if draw.random() < 0.8:
        return None
    gently = draw.random() < 0.4
    return Kill(draw.randint(1, 16), after=not gently and draw.random() < 0.5, gently=gently)


def settle(world: World, task: Task) -> None:
    """When all is calm, a run does what is left, and the one after it nothing."""
    world.calm()
    if run_once(world, task).succeeded:
        again = run_once(world, task)
        check(again.result is not None and not again.result["changed"], f"{task} changes something at each run")
