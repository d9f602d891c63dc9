"""zstack_ticket: a ticket in some state and a task about it, in four rounds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from tests.simulator import Simulator
from tests.simulator.identities import CHAIN_COLLECTION, TAG

from .harness import Ansible
from .people import Person, api_request, stored, ticket_in
from .rounds import Behaviour, assert_same_as_module, go_round
from .tasks import WEB, ticket, web

UUID = "0c1d2e3f40514263a4758697a8b9cadb"
OTHER = {"api_name": "org.zstack.header.vm.APICreateVmInstanceMsg", "api_body": {"name": "web-2", "cpuNum": 4}}


def in_status(status: str) -> Callable[[Simulator], object]:
    return lambda simulator: ticket_in(simulator, status)


def several(simulator: Simulator) -> None:
    """Two tickets of one name and context, and one of the same name in other letters."""
    for name in ("web", "web", "WEB"):
        Person(simulator, "requester").create(name)


def doubles(simulator: Simulator) -> None:
    simulator.set(integers_as_doubles=True)
    ticket_in(simulator, "Pending", requests=[api_request(cpuNum=2, dataDiskSizes=[1, 2])])


def two_requests(simulator: Simulator) -> None:
    ticket_in(simulator, "Pending", requests=[api_request("a"), api_request("b")])


CHANGE = ("cancel", "update", "reopen")

BEHAVIOURS = [
    Behaviour("create", ticket(), does=["create"]),
    Behaviour(
        "create with everything",
        ticket(
            uuid=UUID,
            description="For the shop – bis Jahresende 年底",
            requests=[WEB, OTHER],
            flow_collection_uuid=CHAIN_COLLECTION,
            user_tags=["shop"],
            tag_uuids=[TAG],
        ),
        does=["create"],
        ordinary=True,
    ),
    Behaviour(
        "create with the API's names",
        ticket(
            requests=[
                {
                    "requestName": "vm",
                    "apiName": WEB["api_name"],
                    "executeTimes": 2,
                    "apiBody": {"name": "x", "cpuNum": 1},
                }
            ],
            flowCollectionUuid=CHAIN_COLLECTION,
            userTags=["shop"],
            tagUuids=[TAG],
            resourceUuid=UUID,
        ),
        does=["create"],
    ),
    Behaviour(
        "create beside others' tickets of the name",
        ticket(),
        lambda s: Person(s, "requester2").create("web"),
        does=["create"],
    ),
    Behaviour(
        "create beside a twin in other letters",
        ticket(),
        lambda s: Person(s, "requester").create("WEB"),
        does=["create"],
    ),
    Behaviour("unchanged", ticket(), in_status("Pending")),
    Behaviour("unchanged, only named", {"zstack.tickets.zstack_ticket": {"name": "web"}}, in_status("Pending")),
    Behaviour(
        "unchanged, blanks around texts", ticket(name=" web ", requests=[web(name=" web-1 ")]), in_status("Pending")
    ),
    Behaviour("unchanged, 1 is 1.0", ticket(requests=[web(cpuNum=2, dataDiskSizes=[1.0, 2])]), doubles),
    Behaviour(
        "unchanged, parts of the body and null for what is not there",
        ticket(requests=[{"api_name": WEB["api_name"], "api_body": {"imageUuid": None}}]),
        in_status("Pending"),
    ),
    Behaviour("change of a body", ticket(requests=[web(cpuNum=4)]), in_status("Pending"), does=CHANGE, ordinary=True),
    Behaviour("change of a count", ticket(requests=[web(times=3)]), in_status("Pending"), does=CHANGE),
    Behaviour("change of the description only", ticket(description="new"), in_status("Pending"), does=CHANGE),
    Behaviour(
        "change of the description alone",
        {"zstack.tickets.zstack_ticket": {"name": "web", "description": "new"}},
        in_status("Pending"),
        does=CHANGE,
    ),
    Behaviour("change of the order", ticket(requests=[web(name="b"), web(name="a")]), two_requests, does=CHANGE),
    Behaviour("change of the number", ticket(requests=[web(name="a")]), two_requests, does=CHANGE),
    Behaviour(
        "never resubmitted",
        ticket(requests=[web(times=2)], resubmit="never"),
        in_status("Pending"),
        fails=["differs in requests[0].execute_times", "resubmit: never"],
        ordinary=True,
    ),
    Behaviour(
        "approvals are not lost unasked",
        ticket(requests=[web(times=2)]),
        in_status("IntermediateApproved"),
        leaves="IntermediateApproved",
        fails=["differs in requests[0].execute_times", "approved already", "resubmit: always"],
    ),
    Behaviour(
        "approvals lost on demand",
        ticket(requests=[web(times=2)], resubmit="always"),
        in_status("IntermediateApproved"),
        does=CHANGE,
        ordinary=True,
    ),
    Behaviour(
        "intermediately approved and unchanged",
        ticket(),
        in_status("IntermediateApproved"),
        leaves="IntermediateApproved",
    ),
    Behaviour(
        "recalled stays recalled",
        ticket(requests=[web(times=2)]),
        in_status("Cancelled"),
        does=["update"],
        leaves="Cancelled",
        ordinary=True,
    ),
    Behaviour("recalled and unchanged", ticket(), in_status("Cancelled"), leaves="Cancelled"),
    Behaviour(
        "rejected is sent again", ticket(requests=[web(times=2)]), in_status("Rejected"), does=["update", "reopen"]
    ),
    Behaviour("rejected and unchanged", ticket(), in_status("Rejected"), leaves="Rejected"),
    Behaviour(
        "rejected and never resubmitted",
        ticket(requests=[web(times=2)], resubmit="never"),
        in_status("Rejected"),
        leaves="Rejected",
        fails=["differs in requests[0].execute_times", "resubmit: never"],
    ),
    Behaviour(
        "finally approved and different",
        ticket(requests=[web(cpuNum=8)], description="new"),
        in_status("FinalApproved"),
        leaves="FinalApproved",
        fails=[
            "differs in description, requests[0].api_body.cpuNum",
            "finally approved ticket cannot be changed",
            "another name",
        ],
        ordinary=True,
    ),
    Behaviour("finally approved and unchanged", ticket(), in_status("FinalApproved"), leaves="FinalApproved"),
    Behaviour("absent", ticket(state="absent"), in_status("Pending"), does=["delete"], leaves=None, ordinary=True),
    Behaviour(
        "absent, whatever its status", ticket(state="absent"), in_status("FinalApproved"), does=["delete"], leaves=None
    ),
    Behaviour("absent already", ticket(state="absent"), leaves=None),
    Behaviour(
        "absent by uuid",
        {"zstack.tickets.zstack_ticket": {"uuid": UUID.upper(), "state": "absent"}},
        partial(ticket_in, status="Rejected", resourceUuid=UUID),
        does=["delete"],
        leaves=None,
    ),
    Behaviour(
        "change by uuid",
        ticket(uuid=UUID, requests=[web(times=2)]),
        partial(ticket_in, status="Pending", resourceUuid=UUID),
        does=CHANGE,
    ),
    Behaviour(
        "uuid of another ticket",
        ticket(uuid=UUID),
        partial(ticket_in, status="Pending", name="mail", resourceUuid=UUID),
        leaves=None,
        fails=["'mail'", "is not called 'web'", "cannot be renamed", "uuid or name"],
    ),
    Behaviour(
        "another flow collection",
        ticket(flow_collection_uuid=CHAIN_COLLECTION),
        in_status("Pending"),
        warnings=[f"not {CHAIN_COLLECTION}, and that cannot be changed"],
    ),
]


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: behaviour.name)
def test_behaviour(ansible: Ansible, simulator: Simulator, behaviour: Behaviour) -> None:
    behaviour.prepare(simulator)
    rounds = go_round(ansible, behaviour)
    left = stored(simulator)
    assert (left and left["status"]) == behaviour.leaves
    if behaviour.ordinary:
        assert_same_as_module(ansible, behaviour, rounds)
