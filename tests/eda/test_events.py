"""What the event source tells of, and in which order."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ansible_collections.zstack.tickets.plugins.module_utils._api import query
from ansible_collections.zstack.tickets.plugins.module_utils._tickets import events
from tests.playbooks.meanwhile import until
from tests.playbooks.people import Person, api_request
from tests.simulator import Simulator
from tests.simulator.identities import CHAIN_COLLECTION

from .listener import Listener

Listen = Callable[..., Listener]


def test_a_ticket_that_is_approved(listen: Listen, requester: Person, approver: Person) -> None:
    listener = listen()
    uuid = requester.create("one", description="for the shop")["uuid"]
    listener.wait(("created", "one"), ("awaiting_me", "one"))
    approver.send("approve", uuid, "fine")
    told = listener.wait(("created", "one"), ("awaiting_me", "one"), ("approved", "one"), ("executed", "one"))
    created, awaiting, approved, executed = told

    assert created["ticket"]["uuid"] == awaiting["ticket"]["uuid"] == uuid
    assert created["ticket"]["description"] == "for the shop"
    assert created["ticket"]["requests"][0]["api_body"]["name"] == "web-1"
    assert created["ticket"]["awaiting"]["approver_uuid"] == approver.uuid
    assert awaiting["ticket"]["awaiting"]["flow_name"] == "team approval"
    assert approved == {
        "type": "approved",
        "ticket": approved["ticket"],
        "sequence": 1,
        "date": approved["date"],
        "from_status": "Pending",
        "to_status": "FinalApproved",
        "operator_type": "iam2",
        "operator_uuid": approver.uuid,
        "comment": "fine",
        "flow_name": "team approval",
        "execution": None,
        "waited": None,
    }
    assert approved["ticket"]["status"] == "FinalApproved"
    assert approved["ticket"]["awaiting"] is None
    assert executed["sequence"] == 2
    assert executed["execution"] == {
        "finished": True,
        "failed": False,
        "results": [{"request_name": "create vm", "success_times": 1, "failure_times": 0, "errors": []}],
    }
    assert all(event.keys() == approved.keys() for event in told)


def test_steps_of_several_approvers(listen: Listen, requester: Person, approver: Person, simulator: Simulator) -> None:
    listener = listen("approver2")
    uuid = requester.create("chained", flowCollectionUuid=CHAIN_COLLECTION)["uuid"]
    listener.wait(("created", "chained"))
    approver.send("approve", uuid)
    told = listener.wait(("created", "chained"), ("step_approved", "chained"), ("awaiting_me", "chained"))
    assert told[1]["to_status"] == "IntermediateApproved"
    assert told[2]["ticket"]["awaiting"]["approver_uuid"] == Person(simulator, "approver2").uuid


def test_refused_recalled_reopened_deleted(listen: Listen, requester: Person, approver: Person) -> None:
    listener = listen(events=["rejected", "recalled", "reopened", "deleted"])
    uuid = requester.create("one")["uuid"]
    requester.send("cancel", uuid, "a mistake")
    requester.send("reopen", uuid)
    approver.send("reject", uuid, "too large")
    expected = [("recalled", "one"), ("reopened", "one"), ("rejected", "one")]
    told = listener.wait(*expected)
    assert [event["comment"] for event in told] == ["a mistake", None, "too large"]
    requester.delete(uuid)
    gone = listener.wait(*expected, ("deleted", "one"))[-1]
    assert (gone["ticket"]["uuid"], gone["ticket"]["status"]) == (uuid, "Rejected")


@pytest.mark.parametrize("rejects", [False, True], ids=["stays approved", "is rejected"])
def test_a_failed_execution(
    listen: Listen, requester: Person, approver: Person, simulator: Simulator, rejects: bool
) -> None:
    """It is no refusal, whatever status the server leaves the ticket in."""
    simulator.set(execution_failure_rejects=rejects, execution_delay=60)
    listener = listen(events=["approved", "executed", "rejected"])
    approver.send("approve", requester.create("one", [api_request("fail-1")])["uuid"])
    listener.wait(("approved", "one"))
    simulator.clock.advance(61)
    outcome = listener.wait(("approved", "one"), ("executed", "one"))[1]["execution"]
    assert outcome["finished"]
    assert outcome["failed"]
    assert outcome["results"][0]["errors"][0]["code"] == "SYS.1006"


def test_what_the_server_notes_down_beside_the_moves_is_no_event(
    listen: Listen, requester: Person, simulator: Simulator
) -> None:
    simulator.set(create_writes_history=True, update_writes_history=True)
    listener = listen()
    uuid = requester.create("one")["uuid"]
    requester.send("cancel", uuid)
    requester.update(uuid, [api_request("other")])
    requester.send("reopen", uuid)
    told = listener.wait_until(lambda events: events and events[-1]["type"] == "awaiting_me" and len(events) > 3)
    moves = [event["type"] for event in told if event["type"] != "awaiting_me"]
    assert moves == ["created", "recalled", "reopened"]


def test_what_awaits_me_already_is_told_at_once(start: Listen, requester: Person) -> None:
    requester.create("early")
    start().wait(("awaiting_me", "early"))


def test_from_the_beginning(start: Listen, requester: Person, approver: Person) -> None:
    approver.send("approve", requester.create("done")["uuid"])
    requester.create("open")
    expected = {("created", "done"), ("created", "open"), ("approved", "done"), ("executed", "done")}
    listener = start(since="beginning", events=["created", "approved", "executed"])
    listener.wait_until(lambda events: len(events) == len(expected))
    assert set(listener.told) == expected


def test_from_a_number_on(start: Listen, requester: Person, approver: Person) -> None:
    uuid = requester.create("one")["uuid"]
    requester.send("cancel", uuid)
    requester.send("reopen", uuid)
    requester.send("cancel", uuid)
    told = start(since=2).wait(("recalled", "one"))
    assert told[0]["sequence"] == 3


@pytest.mark.parametrize("since", ["beginning", "0"])
def test_a_long_history_is_read_page_by_page(
    start: Listen, requester: Person, approver: Person, monkeypatch: pytest.MonkeyPatch, since: str
) -> None:
    monkeypatch.setattr(query, "PAGE", 3)
    monkeypatch.setattr(events, "OVERLAP", 2)
    uuids = [requester.create(f"ticket {number}")["uuid"] for number in range(4)]
    for uuid in uuids:
        requester.send("cancel", uuid)
        requester.send("reopen", uuid)
    approver.send("reject", uuids[0])
    told = start(since=since).wait_until(lambda events: [event["type"] for event in events].count("awaiting_me") == 3)
    sequences = [event["sequence"] for event in told if event["sequence"]]
    assert sequences == list(range(1, 10))
    assert [event["type"] for event in told].count("created") == (4 if since == "beginning" else 0)


def test_a_ticket_that_waits(listen: Listen, requester: Person) -> None:
    listener = listen(events=["waiting"], remind_after=0.01)
    requester.create("one")
    first, again = listener.wait_until(lambda events: len(events) >= 2)[:2]
    assert first["type"] == again["type"] == "waiting"
    assert again["waited"] > first["waited"] >= 0.01
    assert first["ticket"]["awaiting"]["flow_name"] == "team approval"


def test_a_look_without_news_reads_little(listen: Listen, simulator: Simulator) -> None:
    """Of thousands of tickets, a few fields each."""
    simulator.seed_tickets(1500)
    listener = listen("admin", interval=1000)
    until(lambda: len(simulator.log.select(action="queryTicketFlow")) == 1)
    looks = simulator.log.select(kind="read")
    # The history and two pages of tickets, once to begin with and once to look; then whose turn it is.
    assert len(looks) == 7
    assert all("fields=uuid" in exchange.query for exchange in looks if exchange.action == "queryTicket")
    assert listener.told == []


def test_a_move_between_the_reads_of_a_look_is_told_once(
    listen: Listen, requester: Person, approver: Person, simulator: Simulator
) -> None:
    """The ticket that is read after the history is further than it: whose turn it is, is then not yet known."""
    listener = listen("approver2")
    uuid = requester.create("chained", flowCollectionUuid=CHAIN_COLLECTION)["uuid"]
    listener.wait(("created", "chained"))
    # From now on the history is read before, and the tickets after what happens in between.
    rule = simulator.call(lambda: simulator.faults.add("latency", action="queryTicket", seconds=0.3, times=1))
    until(lambda: rule.applied == 1)
    approver.send("approve", uuid)
    told = listener.wait(("created", "chained"), ("step_approved", "chained"), ("awaiting_me", "chained"))
    assert [event["sequence"] for event in told] == [None, 1, None]
