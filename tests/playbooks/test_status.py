"""zstack_ticket_status: a ticket in some status and a task about it, in four rounds; comments and refusals."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.simulator import Simulator
from tests.simulator.identities import CHAIN_COLLECTION, DEMO_COLLECTION, SYSTEM_COLLECTION, fixed_uuid

from .harness import Ansible
from .people import Person, api_request, stored, ticket_in
from .rounds import Behaviour, assert_same_as_module, go_round
from .tasks import identity, status

APPROVER, APPROVER2 = fixed_uuid("virtual-id/approver"), fixed_uuid("virtual-id/approver2")
REQUESTER = fixed_uuid("virtual-id/requester")


def in_status(status: str, collection: str = DEMO_COLLECTION) -> Callable[[Simulator], object]:
    if status == "IntermediateApproved":
        return lambda simulator: ticket_in(simulator, status)
    return lambda simulator: ticket_in(simulator, status, flowCollectionUuid=collection)


def of_approver(status: str) -> Callable[[Simulator], object]:
    """A ticket whose submitter is also its approver."""

    def prepare(simulator: Simulator) -> None:
        approver = Person(simulator, "approver")
        uuid = approver.create("web")["uuid"]
        approver.send("reject" if status == "Rejected" else "cancel", uuid)

    return prepare


def both_names(simulator: Simulator) -> None:
    for name in ("requester", "requester2"):
        Person(simulator, name).create("web")


BEHAVIOURS = [
    Behaviour(
        "approved in one step",
        status("approved", comment="Gut so."),
        in_status("Pending"),
        "approver",
        does=["approve"],
        leaves="FinalApproved",
    ),
    Behaviour(
        "approved by an account",
        status("approved"),
        in_status("Pending", SYSTEM_COLLECTION),
        "admin",
        does=["approve"],
        leaves="FinalApproved",
    ),
    Behaviour(
        "first of three steps",
        status("approved"),
        in_status("Pending", CHAIN_COLLECTION),
        "approver",
        does=["approve"],
        leaves="IntermediateApproved",
        ordinary=True,
    ),
    Behaviour(
        "second of three steps",
        status("approved"),
        in_status("IntermediateApproved"),
        "approver2",
        does=["approve"],
        leaves="IntermediateApproved",
    ),
    Behaviour("approved already", status("approved"), in_status("FinalApproved"), leaves="FinalApproved"),
    Behaviour(
        "approved an earlier step",
        status("approved"),
        in_status("IntermediateApproved"),
        "approver",
        leaves="IntermediateApproved",
    ),
    Behaviour(
        "recalled and to be approved",
        status("approved"),
        in_status("Cancelled"),
        "approver",
        leaves="Cancelled",
        fails=[
            f"it became Cancelled by {REQUESTER}",
            "A Cancelled ticket cannot be approved",
            "reopen: true",
            "from Cancelled it can be reopened by the owner",
        ],
        ordinary=True,
    ),
    Behaviour(
        "rejected and to be approved",
        status("approved"),
        in_status("Rejected"),
        "approver",
        leaves="Rejected",
        fails=[
            f"it became Rejected by {APPROVER}",
            "A Rejected ticket cannot be approved",
            "reopen: true",
            "from Rejected it can be reopened by the owner",
        ],
    ),
    Behaviour(
        "reopened and left to others",
        status("approved", reopen=True, steps="none"),
        in_status("Rejected"),
        does=["reopen"],
    ),
    Behaviour(
        "recalled, reopened and approved",
        status("approved", reopen=True),
        of_approver("Cancelled"),
        "approver",
        does=["reopen", "approve"],
        leaves=None,
    ),
    Behaviour(
        "rejected, reopened and approved",
        status("approved", reopen=True),
        of_approver("Rejected"),
        "approver",
        does=["reopen", "approve"],
        leaves=None,
    ),
    Behaviour(
        "rejected",
        status("rejected", comment="Nein."),
        in_status("Pending"),
        "approver",
        does=["reject"],
        leaves="Rejected",
        ordinary=True,
    ),
    Behaviour(
        "rejected halfway",
        status("rejected"),
        in_status("IntermediateApproved"),
        "approver2",
        does=["reject"],
        leaves="Rejected",
    ),
    Behaviour("rejected already", status("rejected"), in_status("Rejected"), leaves="Rejected"),
    Behaviour("recalled", status("cancelled"), in_status("Pending"), does=["cancel"], leaves="Cancelled"),
    Behaviour(
        "recalled halfway", status("cancelled"), in_status("IntermediateApproved"), does=["cancel"], leaves="Cancelled"
    ),
    Behaviour("recalled already", status("cancelled"), in_status("Cancelled"), "approver", leaves="Cancelled"),
    Behaviour("reopened after a recall", status("pending"), in_status("Cancelled"), does=["reopen"]),
    Behaviour("reopened after a rejection", status("pending"), in_status("Rejected"), does=["reopen"]),
    Behaviour("pending already", status("pending"), in_status("Pending"), "auditor"),
    Behaviour(
        "pending is satisfied halfway",
        status("pending"),
        in_status("IntermediateApproved"),
        leaves="IntermediateApproved",
    ),
    Behaviour(
        "told apart by the context",
        status("approved", account_system_context={"virtualIDUuid": fixed_uuid("virtual-id/requester")}),
        both_names,
        "approver",
        does=["approve"],
        leaves="FinalApproved",
    ),
    Behaviour(
        "several of the name",
        status("rejected"),
        both_names,
        "approver",
        fails=["2 tickets have the name 'web'", "Give the uuid of the one that is meant."],
    ),
    Behaviour(
        "no such name",
        status("approved"),
        leaves=None,
        fails=["There is no ticket with name 'web'", "this identity can see", "was deleted"],
    ),
    Behaviour(
        "no such uuid",
        status("approved", uuid=fixed_uuid("none")),
        leaves=None,
        fails=[f"There is no ticket with uuid {fixed_uuid('none')}"],
    ),
]


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: behaviour.name)
def test_behaviour(ansible: Ansible, simulator: Simulator, behaviour: Behaviour) -> None:
    behaviour.prepare(simulator)
    rounds = go_round(ansible, behaviour)
    left = stored(simulator)
    assert (left and left["status"]) == behaviour.leaves
    if not behaviour.fails:
        assert rounds.done["status_after"] == rounds.done["ticket"]["status"]
        assert rounds.again["status_before"] == rounds.done["status_after"]
    if behaviour.ordinary:
        assert_same_as_module(ansible, behaviour, rounds)


def test_comment_is_stored(ansible: Ansible, simulator: Simulator) -> None:
    """To the letter, with each event, and up to the longest that the API takes."""
    comments = {
        "cancelled": 'Zurück "für" jetzt: 5 < 6 & \\n \t 100 % 同意',
        "pending": "x" * 65535,
        "rejected": "# no: {a}",
    }
    ticket_in(simulator, "Pending")
    tasks = [
        status(to, comment=text, **identity("approver" if to == "rejected" else "requester"))
        for to, text in comments.items()
    ]
    ansible.play(*tasks, who=None)
    assert [row["comment"] for row in simulator.cloud.histories] == list(comments.values())


REFUSED = [
    ("Pending", "cancelled", "approver", ["virtual ID", APPROVER], "the owner"),
    ("Pending", "rejected", "requester", [APPROVER], "the approver of the due step"),
    ("FinalApproved", "rejected", "approver", ["FinalApproved"], "no move is known"),
    ("FinalApproved", "cancelled", "requester", ["FinalApproved"], "no move is known"),
    ("FinalApproved", "pending", "requester", ["FinalApproved"], "no move is known"),
    ("Cancelled", "rejected", "approver", ["Cancelled"], "reopened by the owner"),
    ("Rejected", "cancelled", "requester", ["Rejected"], "reopened by the owner"),
]


def test_refusals_are_relayed(ansible: Ansible, simulator: Simulator) -> None:
    """What the table of moves denies or doubts is sent, and the server's answer comes with the moves that are known."""
    uuids = [ticket_in(simulator, before, str(number))["uuid"] for number, (before, *_others) in enumerate(REFUSED)]
    tasks = [
        status(to, uuid=uuid, **identity(who))
        for uuid, (_before, to, who, *_others) in zip(uuids, REFUSED, strict=True)
    ]
    run = ansible.play(*tasks, who=None)
    for task, uuid, (before, _to, _who, said, moves) in zip(run, uuids, REFUSED, strict=True):
        assert task.failed
        assert not task.changed
        assert task.writes == ["changeTicketStatus"]
        assert task["error"]["code"] == "SYS.1006"
        assert task["error"]["details"] in task["msg"]
        assert all(part in task["error"]["details"] for part in said)
        assert moves in task["msg"].partition("Known moves: ")[2]
        assert (task["ticket"]["uuid"], task["status_before"], task["status_after"]) == (uuid, before, before)


def test_accepted_event_that_moves_nothing(ansible: Ansible, simulator: Simulator) -> None:
    ticket_in(simulator, "Pending")

    def pretend() -> None:
        simulator.faults.add("status", method="PUT", path="/v1/tickets/*", status=202, body="{}")
        simulator.faults.add(
            "status", path="/v1/api-jobs/*", status=200, body='{"inventory": {"uuid": "u", "status": "Cancelled"}}'
        )

    simulator.call(pretend)
    task = ansible.play(status("cancelled"))[0]
    assert task.failed
    assert "The server accepted cancel for the ticket 'web'" in task["msg"]
    assert "its status did not move" in task["msg"]


def test_submitter_is_not_the_approver(ansible: Ansible, simulator: Simulator) -> None:
    """A name is looked for among all tickets that the caller sees, with all characters that a name can have."""
    Person(simulator, "requester").create("Größe: 100% 'neu' 申請", [api_request()])
    run = ansible.play(
        {"zstack.tickets.zstack_ticket_status": {"name": "Größe: 100% 'neu' 申請", "status": "approved"}},
        who="approver",
    )
    assert run[0]["events"] == ["approve"]
