"""Tickets as scenarios want them: wishes drawn, and tickets that are there already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.playbooks.people import CREATE_VM

from ..model import in_api_names
from ..world import World

NAMES = ("web", "a=b, c!=d", "it's", "年底 Größe")
APPROVERS = ("approver", "approver2", "admin")
STATUSES = ("Pending", "IntermediateApproved", "FinalApproved", "Cancelled", "Rejected")


def wish(world: World, name: str, owner: str = "requester", who: str | None = None, **options: Any) -> dict[str, Any]:
    """The options of a ticket that is to exist, in a task of ``who``, if that is not the owner."""
    draw = world.random
    requests = [_request(world, f"{name}-{number}") for number in range(draw.choice((1, 1, 2)))]
    if draw.random() < 0.4:
        options["description"] = f"for {draw.randint(1, 1000)} users"
    return {**named(world, name, owner, who), "state": "present", "requests": requests, **options}


def named(world: World, name: str, owner: str = "requester", who: str | None = None) -> dict[str, Any]:
    """The options that tell a ticket, in a task of ``who``, if that is not the owner."""
    # Only a login into a project tells whose ticket is meant.
    if who not in (None, owner) or world.ways[owner] != "login" or world.random.random() < 0.5:
        return {"name": name, "account_system_context": world.person(owner).context}
    return {"name": name}


def _request(world: World, name: str) -> dict[str, Any]:
    draw = world.random
    body = {"name": name, "cpuNum": draw.randint(1, 64), "dataDiskSizes": [draw.randint(1, 9) << 30, 1]}
    return {"request_name": "vm", "api_name": CREATE_VM, "execute_times": draw.randint(1, 9), "api_body": body}


def put(
    world: World, options: Mapping[str, Any], status: str | None, owner: str = "requester", process: str | None = None
) -> None:
    """Have a ticket with a task's name and requests in this status, or none; and perhaps others that look like it.

    ``process`` is the uuid of its flow collection, if it is not to be the project's default.
    """
    with world.aside():
        person, name = world.person(owner), options["name"]
        for other, similar in (("requester2", name), (owner, name.upper() + "!")):
            if world.random.random() < 0.2:
                _create(world, other, {"name": similar, "requests": options["requests"]})
        if status is None:
            return
        if status == "IntermediateApproved":
            process = world.simulator.uuids["chain_collection"]
        uuid = _create(world, owner, options, process)
        if status in ("IntermediateApproved", "FinalApproved"):
            world.person("approver").send("approve", uuid)
        elif status == "Rejected":
            world.person("approver").send("reject", uuid, world.random.choice((None, "too much")))
        elif status == "Cancelled":
            person.send("cancel", uuid, world.random.choice((None, "not needed any more")))
    world.note(f"{owner} has {name!r}, {status}")


def draw_process(world: World) -> str:
    """The uuid of an approval process of one to four steps, in which people may have several in a row."""
    draw = world.random
    chain = [draw.choice(APPROVERS) for _number in range(draw.randint(0, 3))] + [draw.choice(("approver", "admin"))]
    flows = [{"name": f"step {who}", "approverUuid": world.person(who).uuid} for who in chain]
    project = world.simulator.uuids["demo_project"]
    with world.aside():
        params = {"name": "drawn", "projectUuid": project, "flows": flows}
        made = world.person("approver").call("POST", "/tickets/flow-collections", {"params": params})
    world.note(f"process of {', '.join(chain)}")
    return str(made["uuid"])


def _create(world: World, owner: str, options: Mapping[str, Any], process: str | None = None) -> str:
    more: dict[str, Any] = {"resourceUuid": world.simulator.cloud.new_uuid()}
    if process is not None:
        more["flowCollectionUuid"] = process
    if options.get("description") is not None:
        more["description"] = options["description"]
    requests = [in_api_names(request) for request in options["requests"]]
    return str(world.person(owner).create(options["name"], requests, **more)["uuid"])


def uuid_of(world: World, name: str, owner: str = "requester") -> str:
    """The uuid of a ticket in the books."""
    state = world.state(name, owner)
    assert state is not None
    return state.uuid
