"""zstack_ticket_flow_collection: an approval process in some state and a task about it, in four rounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest

from tests.simulator import Simulator
from tests.simulator.identities import ADMIN, fixed_uuid, project_uuid
from tests.simulator.ticket_types import TICKET_TYPES

from .flow_collections import SHOP, STEPS, Step, approver_uuid, chain, prepare, prepare_with_tickets, steps
from .harness import Ansible
from .people import Person
from .rounds import Behaviour, assert_same_as_module, go_round, steady
from .tasks import process

UPDATE_TYPE, DELETE_TYPE = TICKET_TYPES[1], TICKET_TYPES[2]
TEAM, COST, FINAL = STEPS
DEPUTY: Step = ("team", "requester2")
AUDIT: Step = ("audit", "requester2")
OTHER_PROJECT = project_uuid("other-project")


def changing(*given: Step, **more: Any) -> dict[str, Any]:
    return process(steps=steps(*given), **more)


def case(
    name: str,
    task: dict[str, Any],
    prepared: Callable[[Simulator], object] = prepare,
    does: Sequence[str] = (),
    leaves: Sequence[Step] | None = STEPS,
    who: str = "approver",
    **more: Any,
) -> Any:
    """A behaviour, and the steps of the process afterwards, None for no process."""
    return pytest.param(Behaviour(name, task, prepared, who, does, kind="flow_collection", **more), leaves, id=name)


def nothing(simulator: Simulator) -> None:
    pass


def with_types(*uuids: str) -> Callable[[Simulator], object]:
    return partial(prepare, ticketTypeUuids=list(uuids))


def with_tickets(*approvals: int) -> Callable[[Simulator], object]:
    return lambda simulator: prepare_with_tickets(simulator, *approvals)


def disabled(simulator: Simulator) -> None:
    prepare(simulator, ticketTypeUuids=[UPDATE_TYPE.uuid])
    Person(simulator, "admin").call(
        "PUT",
        f"/tickets/flow-collections/{SHOP}/actions",
        {"changeTicketFlowCollectionState": {"stateEvent": "disable"}},
    )


def twins(simulator: Simulator) -> None:
    """Processes that are not meant: of another project, and in other letters."""
    prepare(simulator, FINAL, project="other-project", resourceUuid=None)
    prepare(simulator, FINAL, name="SHOP", resourceUuid=None)


def several(simulator: Simulator) -> None:
    prepare(simulator)
    prepare(simulator, resourceUuid=None)


def approver_lost(simulator: Simulator) -> None:
    prepare(simulator)
    simulator.remove_from_project("approver2")


def approver_back(simulator: Simulator) -> None:
    approver_lost(simulator)
    members = simulator.cloud.projects[project_uuid("demo-project")].hidden["members"]
    simulator.call(lambda: members.add(approver_uuid("approver2")))


BEHAVIOURS = [
    case("create", changing(FINAL), nothing, ["create"], [FINAL]),
    case(
        "create with everything",
        changing(
            *STEPS,
            uuid=SHOP,
            project="demo-project",
            description=" Who agrees – 谁同意 ",
            ticket_types=[UPDATE_TYPE.name, DELETE_TYPE.uuid.upper(), UPDATE_TYPE.uuid],
            default=True,
            enabled=False,
        ),
        nothing,
        ["create", "disable"],
        who="admin",
        ordinary=True,
    ),
    case(
        "create with the API's names",
        {
            "zstack.tickets.zstack_ticket_flow_collection": {
                "resourceUuid": SHOP,
                "name": "shop",
                "projectUuid": "{{ uuids.demo_project }}",
                "flows": [
                    {"name": "final", "approverUuid": ADMIN, "approverTitle": "SystemAdmin", "description": "the end"}
                ],
                "ticketTypeUuids": [UPDATE_TYPE.uuid],
                "isDefault": False,
            }
        },
        nothing,
        ["create"],
        [FINAL],
        who="admin",
    ),
    case("create beside others of the name", changing(*STEPS), twins, ["create"]),
    case("create beside the system's own", changing(FINAL, name="default"), nothing, ["create"], [FINAL]),
    case("unchanged", changing(*STEPS, description="", default=False, enabled=True, ticket_types=[])),
    case("unchanged, only named", process()),
    case("unchanged, blanks and uuids", changing((" team ", " approver "), COST, FINAL, name=" shop ")),
    case(
        "unchanged, as results show it",
        process(
            uuid=SHOP.upper(),
            steps=[
                {
                    "uuid": fixed_uuid("x"),
                    "name": name,
                    "approver": approver_uuid(who),
                    "description": None,
                    "valid": True,
                }
                for name, who in STEPS
            ],
        ),
        who="admin",
    ),
    case(
        "unchanged, types in another order",
        process(ticket_types=[DELETE_TYPE.name, UPDATE_TYPE.name]),
        with_types(UPDATE_TYPE.uuid, DELETE_TYPE.uuid),
    ),
    case(
        "another approver",
        changing(DEPUTY, COST, FINAL),
        does=["update_step"],
        leaves=[DEPUTY, COST, FINAL],
        ordinary=True,
    ),
    case(
        "a description of a step",
        process(steps=[{**step, "description": "why"} if step["name"] == "cost" else step for step in steps(*STEPS)]),
        does=["update_step"],
    ),
    case(
        "one more at the end", changing(*STEPS, ("end", "admin")), does=["add_step"], leaves=[*STEPS, ("end", "admin")]
    ),
    case(
        "one less at the end",
        changing(COST, TEAM),
        lambda simulator: prepare(simulator, COST, TEAM, FINAL),
        ["delete_step"],
        [COST, TEAM],
    ),
    case("one more in between", changing(TEAM, AUDIT, COST, FINAL), does=["update"], leaves=[TEAM, AUDIT, COST, FINAL]),
    case("one less in between", changing(TEAM, FINAL), does=["update"], leaves=[TEAM, FINAL]),
    case("another order", changing(COST, TEAM, FINAL), does=["update"], leaves=[COST, TEAM, FINAL], ordinary=True),
    case("all steps anew", changing(AUDIT, ("end", "admin")), does=["update"], leaves=[AUDIT, ("end", "admin")]),
    case(
        "steps and text in one call",
        changing(DEPUTY, COST, FINAL, description="new", default=True),
        does=["update"],
        leaves=[DEPUTY, COST, FINAL],
    ),
    case(
        "one more in between, tickets on their way",
        changing(TEAM, AUDIT, COST, FINAL),
        with_tickets(0, 1),
        ["add_step"],
        [TEAM, AUDIT, COST, FINAL],
        warnings=["2 tickets under way use this flow collection and go on with its new steps."],
    ),
    case(
        "one less in between, a ticket before it",
        changing(TEAM, FINAL),
        with_tickets(1),
        ["delete_step"],
        [TEAM, FINAL],
        warnings=["1 ticket under way use"],
    ),
    case(
        "one less in between, a ticket there",
        changing(TEAM, FINAL),
        with_tickets(0, 2),
        ["update"],
        [TEAM, FINAL],
        warnings=[
            "2 tickets under way use this flow collection and go on with its new steps. For 1 of them nobody is due"
        ],
    ),
    case(
        "several steps, a ticket on its way",
        changing(DEPUTY, ("cost", "approver"), AUDIT, FINAL, description="new"),
        with_tickets(1),
        ["update", "update_step", "update_step", "add_step"],
        [DEPUTY, ("cost", "approver"), AUDIT, FINAL],
        warnings=["1 ticket under way"],
        ordinary=True,
    ),
    case(
        "another last step, a ticket before it",
        changing(TEAM, COST, ("end", "approver")),
        with_tickets(2),
        ["add_step", "delete_step"],
        [TEAM, COST, ("end", "approver")],
        warnings=["1 ticket under way"],
    ),
    case(
        "steps, with tickets that have not begun",
        changing(COST, FINAL),
        with_tickets(0, 0),
        ["update"],
        [COST, FINAL],
        warnings=["2 tickets under way use this flow collection and go on with its new steps."],
    ),
    case("text, with tickets on their way", process(description="new"), with_tickets(1), ["update"]),
    case("a new name", process(uuid=SHOP, name="store"), does=["update"], leaves=STEPS),
    case("default", process(default=True), does=["update"], ordinary=True),
    case("not default", process(default=False), partial(prepare, isDefault=True), ["update"]),
    case(
        "other types",
        process(ticket_types=[DELETE_TYPE.name]),
        with_types(UPDATE_TYPE.uuid),
        ["remove_ticket_types", "add_ticket_types"],
        ordinary=True,
    ),
    case("no types", process(ticket_types=[]), with_types(UPDATE_TYPE.uuid, DELETE_TYPE.uuid), ["remove_ticket_types"]),
    case("disable", process(enabled=False), does=["disable"]),
    case("enable", process(enabled=True), disabled, ["enable"]),
    case(
        "everything, closed before",
        changing(TEAM, FINAL, description="new", ticket_types=[DELETE_TYPE.uuid], enabled=True),
        disabled,
        ["remove_ticket_types", "update", "add_ticket_types", "enable"],
        [TEAM, FINAL],
    ),
    case(
        "everything, closed afterwards",
        changing(TEAM, FINAL, description="new", ticket_types=[DELETE_TYPE.uuid], enabled=False),
        with_types(UPDATE_TYPE.uuid),
        ["disable", "remove_ticket_types", "update", "add_ticket_types"],
        [TEAM, FINAL],
        ordinary=True,
    ),
    case(
        "a deputy for a lost approver",
        changing(TEAM, ("cost", "requester2"), FINAL),
        approver_lost,
        ["update_step"],
        [TEAM, ("cost", "requester2"), FINAL],
    ),
    case("a lost approver who is back", changing(*STEPS), approver_back, ["update_step"]),
    case("absent", process(state="absent"), does=["delete"], leaves=None, ordinary=True),
    case(
        "absent by uuid",
        {"zstack.tickets.zstack_ticket_flow_collection": {"uuid": SHOP, "state": "absent"}},
        does=["delete"],
        leaves=None,
    ),
    case("absent already", process(state="absent"), nothing, leaves=None),
    case("absent, but those not meant stay", process(state="absent"), twins, leaves=None),
    case(
        "absent, whatever else it says",
        changing(("x", "nobody"), state="absent", ticket_types=["none"]),
        does=["delete"],
        leaves=None,
    ),
    case(
        "absent, with tickets under way",
        process(state="absent"),
        with_tickets(0, 1),
        ["delete"],
        None,
        warnings=["2 tickets under way use this flow collection, and cannot be approved without it. Their submitters"],
    ),
    case("no steps", process(steps=[]), fails=["steps is []"], ordinary=True),
    case("no such approver", changing(("x", "Approver")), fails=["steps: there is no virtual ID named 'Approver'"]),
    case("no such type", process(ticket_types=["x"]), fails=["ticket_types: there is no ticket type named 'x'"]),
    case("no such project", process(project="x"), fails=["project: there is no project named 'x'"]),
    case(
        "too little to create it",
        process(),
        nothing,
        leaves=None,
        fails=["with name 'shop', and to create it steps must"],
    ),
    case(
        "much too little to create it",
        {"zstack.tickets.zstack_ticket_flow_collection": {"uuid": SHOP}},
        nothing,
        leaves=None,
        who="admin",
        fails=[f"with uuid {SHOP}, and to create it name and project and steps must"],
    ),
    case("several of the name", process(), several, fails=["2 flow collections have the name 'shop'", SHOP]),
    case(
        "of another project",
        process(uuid=SHOP, project="other-project"),
        who="admin",
        fails=["belongs to the project", "cannot be changed"],
    ),
]


@pytest.mark.parametrize(("behaviour", "leaves"), BEHAVIOURS)
def test_behaviour(ansible: Ansible, simulator: Simulator, behaviour: Behaviour, leaves: Sequence[Step] | None) -> None:
    behaviour.prepare(simulator)
    rounds = go_round(ansible, behaviour)
    found = rounds.done.result.get("flow_collection")
    if leaves is not None:
        uuid = found["uuid"] if found else SHOP
        assert chain(simulator, uuid) == list(leaves)
        assert simulator.cloud.collections[uuid]["status"] == "Valid"
    if not behaviour.fails:
        assert bool(found) == (leaves is not None)
        shown_steps = [(step["name"], step["approver"]) for step in found["steps"]] if found else []
        assert shown_steps == [(name, approver_uuid(who)) for name, who in leaves or ()]
    if behaviour.ordinary:
        assert_same_as_module(ansible, behaviour, rounds, shown)


def shown(result: Any) -> Any:
    """A result without the uuids that the server gives new steps."""
    result = steady(result)
    for step in (result.get("flow_collection") or {}).get("steps", ()):
        del step["uuid"]
    return result
