"""Approval processes as tests prepare them and find them again."""

from __future__ import annotations

from typing import Any

from tests.simulator import Simulator
from tests.simulator.identities import ADMIN, fixed_uuid, project_uuid

from .people import Person

CREATION = "/tickets/flow-collections"
SHOP = fixed_uuid("prepared/shop")
"""The uuid of the process that tests prepare."""

Step = tuple[str, str]
STEPS: tuple[Step, ...] = (("team", "approver"), ("cost", "approver2"), ("final", "admin"))


def approver_uuid(name: str) -> str:
    return ADMIN if name == "admin" else fixed_uuid(f"virtual-id/{name}")


def steps(*given: Step) -> list[dict[str, Any]]:
    """Steps as the option takes them, from names and approvers."""
    return [{"name": name, "approver": approver} for name, approver in given]


def prepare(
    simulator: Simulator, *given: Step, name: str = "shop", project: str = "demo-project", **more: Any
) -> dict[str, Any]:
    """Make a process; ``more`` are further parameters of its creation."""
    params = {
        "name": name,
        "projectUuid": project_uuid(project),
        "flows": [{"name": step, "approverUuid": approver_uuid(approver)} for step, approver in given or STEPS],
        "resourceUuid": SHOP,
        **more,
    }
    return Person(simulator, "admin").call("POST", CREATION, {"params": params})


def prepare_with_tickets(simulator: Simulator, *approvals: int, **more: Any) -> list[str]:
    """A process of three steps, and a ticket for each number, with as many approvals; the tickets' uuids."""
    prepare(simulator, **more)
    tickets = []
    for number, count in enumerate(approvals):
        ticket = Person(simulator, "requester").create(f"web {number}", flowCollectionUuid=SHOP)["uuid"]
        for _step, approver in STEPS[:count]:
            Person(simulator, approver).send("approve", ticket)
        tickets.append(ticket)
    return tickets


def chain(simulator: Simulator, uuid: str = SHOP) -> list[Step]:
    """Names and approvers of a process's steps, in order; every step of it is there, and linked to the one before."""
    found = simulator.cloud.chain(simulator.cloud.collections[uuid])
    assert len(found) == len(simulator.cloud.flows.find("collectionUuid", uuid))
    names = {approver_uuid(name): name for name in ("admin", "approver", "approver2", "requester2")}
    return [(str(flow["name"]), names[flow["approverUuid"]]) for flow in found]


def collections(simulator: Simulator, name: str = "shop") -> list[dict[str, Any]]:
    """All processes of this name."""
    return [dict(row) for row in simulator.cloud.collections if row["name"] == name]
