"""What people do while things go wrong, and what must have come of it."""

from __future__ import annotations

from typing import Any

from . import model
from .invariants import Violation, check, check_run
from .model import Expected
from .runs import Run, Task
from .world import World, draw_rules

CREATE_VM = "org.zstack.header.vm.APICreateVmInstanceMsg"
RERUNS = 40


def expected(world: World, task: Task) -> Expected:
    """What an undisturbed run of this task comes to, as the books stand."""
    state = world.state(task.options["name"])
    if task.module == "zstack_ticket":
        return model.ensure(state, task.options)
    return model.drive(state, task.options, task.who)


def run_once(world: World, task: Task) -> Run:
    """Run a task, and compare it with what it should come to if nothing went wrong on the way."""
    before = expected(world, task)
    run = world.run(task)
    check_run(world, run)
    if world.disturbances(run):
        return run
    which = f"run {run.number} ({task}), which nothing disturbed,"
    check(run.succeeded is not before.fails, f"{which} came to {run.result}, expected {before}")
    for item in run.items:
        check(run.reported(item) == list(before.operations), f"{which} did {run.reported(item)}, expected {before}")
    state = world.state(task.options["name"])
    check((state and state.status) == before.status, f"{which} left {state}, expected {before}")
    return run


def until_done(world: World, task: Task) -> Run:
    """Run a task blindly again until it succeeds, or fails for good."""
    for _attempt in range(RERUNS):
        run = run_once(world, task)
        if run.succeeded or not world.disturbances(run):
            return run
    raise Violation(f"{task} did not succeed in {RERUNS} runs")


def settle(world: World, task: Task) -> None:
    """When all is calm, a run does what is left, and the one after it nothing."""
    world.calm()
    if run_once(world, task).succeeded:
        again = run_once(world, task)
        check(again.result is not None and not again.result["changed"], f"{task} changes something at each run")


def wish(world: World, name: str, **options: Any) -> dict[str, Any]:
    """The options of a ticket."""
    body = {"name": f"{name}-1", "cpuNum": world.random.randint(1, 64)}
    request = {
        "request_name": "vm",
        "api_name": CREATE_VM,
        "execute_times": world.random.randint(1, 9),
        "api_body": body,
    }
    # Only a login into a project tells whose ticket it is to be.
    if world.ways["requester"] != "login" or world.random.random() < 0.5:
        options["account_system_context"] = world.person("requester").context
    return {"name": name, "requests": [request], **options}


def create(world: World) -> None:
    """A ticket is to exist."""
    draw_rules(world, 5)
    task = Task("zstack_ticket", "requester", wish(world, "web"))
    until_done(world, task)
    settle(world, task)
    creations = [effect for effect in world.effects if effect.operation == "create"]
    check(len(creations) == 1, f"the ticket was created {len(creations)} times")


SCENARIOS = {"create": create}
