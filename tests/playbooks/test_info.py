"""zstack_ticket_info: which tickets it finds, and what it tells of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.simulator import Simulator
from tests.simulator.identities import ADMIN, CHAIN_COLLECTION, DEMO_COLLECTION, fixed_uuid, flow_uuid
from tests.simulator.tables import Row

from .harness import Ansible, Task
from .people import Person, ticket_in
from .rounds import steady
from .tasks import identity, info

pytestmark = pytest.mark.core

APPROVER, APPROVER2 = fixed_uuid("virtual-id/approver"), fixed_uuid("virtual-id/approver2")
STATUSES = ("Pending", "IntermediateApproved", "FinalApproved", "Cancelled", "Rejected")


def names(task: Task) -> list[str]:
    assert not task.failed, task.result
    assert not task.changed
    return [ticket["name"] for ticket in task["tickets"]]


@pytest.fixture
def one_of_each(simulator: Simulator) -> dict[str, str]:
    """A ticket in each status, named like it; the uuids."""
    return {status: ticket_in(simulator, status, status)["uuid"] for status in STATUSES}


def test_selection(ansible: Ansible, simulator: Simulator, one_of_each: dict[str, str]) -> None:
    Person(simulator, "requester2").create("Pending")
    Person(simulator, "requester2").create("PENDING")
    of_requester2 = {"virtualIDUuid": fixed_uuid("virtual-id/requester2")}
    wanted: dict[str, tuple[dict[str, Any], list[str]]] = {
        "all": ({}, sorted([*STATUSES, "Pending", "PENDING"])),
        "uuid": ({"uuid": one_of_each["Rejected"].upper()}, ["Rejected"]),
        "no such uuid": ({"uuid": fixed_uuid("none")}, []),
        "name": ({"name": " Pending "}, ["Pending", "Pending"]),
        "no such name": ({"name": "pending"}, []),
        "an awkward name": ({"name": "it's > 100%"}, []),
        "status": ({"status": ["Rejected", "Cancelled"]}, ["Cancelled", "Rejected"]),
        "one status": ({"status": "FinalApproved"}, ["FinalApproved"]),
        "context": ({"account_system_context": of_requester2}, ["PENDING", "Pending"]),
        "name and context": ({"name": "Pending", "accountSystemContext": of_requester2}, ["Pending"]),
        "query": ({"query": ["name~=%approved", "status!=FinalApproved"]}, ["IntermediateApproved"]),
        "query and status": ({"query": "name~=pend%", "status": "Rejected"}, []),
        "limit of a name": ({"name": "Pending", "limit": 1}, ["Pending"]),
    }
    run = ansible.play(*(info(**options) for options, _names in wanted.values()))
    found = {what: sorted(names(task)) for what, task in zip(wanted, run, strict=True)}
    assert found == {what: expected for what, (_options, expected) in wanted.items()}


def test_members(ansible: Ansible, simulator: Simulator, one_of_each: dict[str, str], requester: Person) -> None:
    """All that a ticket of zstack_ticket has, and whose turn it is; the same in the worker and as a module."""
    run = ansible.play(info(sort="name"), {**info(sort="name", history=True), "check_mode": True})
    tickets = {ticket["name"]: ticket for ticket in run[0]["tickets"]}
    awaiting = {name: ticket["awaiting"] for name, ticket in tickets.items()}
    flows = (flow_uuid("demo", 0), "team approval", APPROVER), (flow_uuid("chain", 1), "cost approval", APPROVER2)
    due = [dict(zip(("flow_uuid", "flow_name", "approver_uuid"), flow, strict=True)) for flow in flows]
    assert awaiting == {**dict.fromkeys(STATUSES), "Pending": due[0], "IntermediateApproved": due[1]}
    made = tickets["IntermediateApproved"]
    assert made["account_system_context"] == requester.context
    assert made["current_flow_uuid"] == flow_uuid("chain", 0)
    assert made["flow_collection_uuid"] == CHAIN_COLLECTION
    assert made["requests"][0]["request_name"] == "create vm"
    assert datetime.fromisoformat(made["create_date"]) <= datetime.fromisoformat(made["last_op_date"])
    assert tickets["Pending"]["current_flow_uuid"] is None
    ordinary = ansible.play(
        info(sort="name"), {**info(sort="name", history=True), "check_mode": True}, in_process=False
    )
    assert [steady(task.result) for task in ordinary] == [steady(task.result) for task in run]


def test_history(ansible: Ansible, simulator: Simulator) -> None:
    """By sequence, whatever order the server gives, with comments and results; only on demand."""
    requester, approver = Person(simulator, "requester"), Person(simulator, "approver")
    uuid = ticket_in(simulator, "Pending")["uuid"]
    simulator.set(unsorted_order="uuid")
    for person, event, comment in (
        (approver, "reject", "Nein, zu groß."),
        (requester, "reopen", None),
        (requester, "cancel", None),
        (requester, "reopen", "同意?"),
        (approver, "approve", "Ja."),
    ):
        person.send(event, uuid, comment)
    run = ansible.play(info(name="web", history=True), info(name="web"))
    assert "history" not in run[1]["tickets"][0]
    history = run[0]["tickets"][0]["history"]
    assert [entry["sequence"] for entry in history] == sorted(entry["sequence"] for entry in history)
    assert [entry["to_status"] for entry in history] == [
        "Rejected",
        "Pending",
        "Cancelled",
        "Pending",
        "FinalApproved",
        "FinalApproved",
    ]
    assert [entry["comment"] for entry in history] == ["Nein, zu groß.", None, None, "同意?", "Ja.", None]
    assert [entry["operator_uuid"] for entry in history] == [APPROVER, *[requester.uuid] * 3, APPROVER, ADMIN]
    assert history[4]["flow_name"] == "team approval"
    assert history[5]["operation_context"]["requestResults"][0]["successTimes"] == 1
    assert {entry["ticket_uuid"] for entry in history} == {uuid}


def test_awaiting_me(ansible: Ansible, simulator: Simulator, one_of_each: dict[str, str]) -> None:
    """For each way to identify: a login, an access key, a session."""
    Person(simulator, "requester").create("for admin", flowCollectionUuid=simulator.uuids["system_collection"])
    token = Person(simulator, "approver2").log_in()
    ansible.kept_sessions.add(token)
    key = {option: f"{{{{ identities.approver.{option} }}}}" for option in ("access_key_id", "access_key_secret")}
    callers = (
        identity("approver"),
        key,
        identity("approver2"),
        {"session_token": "{{ token }}"},
        identity("admin"),
        identity("auditor"),
    )
    tasks = [info(awaiting_me=True, **options) for options in callers]
    narrowed = info(awaiting_me=True, name="for admin", status=["Pending"], limit=5, history=True, **identity("admin"))
    run = ansible.play(*tasks, narrowed, who=None, variables={"token": token})
    expected = [
        ["Pending"],
        ["Pending"],
        ["IntermediateApproved"],
        ["IntermediateApproved"],
        ["for admin"],
        [],
        ["for admin"],
    ]
    assert [names(task) for task in run] == expected
    assert all(ticket["awaiting"]["approver_uuid"] == ADMIN for ticket in run[4]["tickets"])
    assert token in simulator.sessions.open
    # What is decided already is not asked for.
    asked = [exchange.query for exchange in run.exchanges if exchange.path == "/v1/tickets"]
    assert asked
    assert all("status%3F%3DPending%2CIntermediateApproved" in query for query in asked)


def test_awaiting_whom_in_check_mode(ansible: Ansible, simulator: Simulator) -> None:
    """Only a renewal tells whose a session is, and that is a write."""
    token = Person(simulator, "approver").log_in()
    ansible.kept_sessions.add(token)
    task = info(awaiting_me=True, session_token="{{ token }}")
    run = ansible.play({**task, "check_mode": True}, task, who=None, variables={"token": token})
    assert [task.failed for task in run] == [True, False]
    assert "does not tell whose session" in run[0]["msg"]
    assert "Log in with an account or a virtual ID" in run[0]["msg"]


def test_order_and_limit(ansible: Ansible, simulator: Simulator) -> None:
    for number in (3, 1, 2):
        ticket_in(simulator, "Pending", f"t{number}")
    run = ansible.play(
        info(sort="name"),
        info(sort="+name"),
        info(sort="-name"),
        info(sort="-name", limit=2),
        info(sort="name", limit=1, status="Rejected"),
    )
    assert [names(task) for task in run] == [
        ["t1", "t2", "t3"],
        ["t1", "t2", "t3"],
        ["t3", "t2", "t1"],
        ["t3", "t2"],
        [],
    ]


def test_past_a_page(ansible: Ansible, simulator: Simulator) -> None:
    """More tickets than the server gives at once, each exactly once, with one look for all that await somebody."""
    simulator.seed_tickets(2345)
    run = ansible.play(info(), info(sort="-name"), info(limit=1500), info(query="name~=seeded-1%", sort="name"))
    everything = {f"seeded-{number}" for number in range(1, 2346)}
    assert len(names(run[0])) == 2345
    assert set(names(run[0])) == everything
    assert names(run[1]) == sorted(everything, reverse=True)
    assert len(set(names(run[2]))) == 1500
    assert names(run[3]) == sorted(name for name in everything if name.startswith("seeded-1"))
    assert [task.requests for task in run] == [4, 4, 3, 3]
    assert all(ticket["awaiting"]["approver_uuid"] == APPROVER for ticket in run[0]["tickets"])


def test_archive(ansible: Ansible, simulator: Simulator) -> None:
    requester = Person(simulator, "requester")
    deleted, alive = ticket_in(simulator, "Rejected"), ticket_in(simulator, "Pending", "alive")
    requester.delete(deleted["uuid"])
    uuid = deleted["uuid"]
    # A copy for another account that could see the ticket
    (kept,) = simulator.cloud.archive_histories
    copy = Row(kept.inventory, {**kept, "uuid": fixed_uuid("copy"), "accountUuid": ADMIN}, kept.owner)
    simulator.call(lambda: simulator.cloud.archive_histories.add(copy))
    run = ansible.play(
        info(archived=True, history=True),
        info(archived=True, uuid=uuid),
        info(archived=True, name="web"),
        info(uuid=uuid),
        info(),
        info(archived=True, uuid=alive["uuid"]),
    )
    archived = run[0]["tickets"]
    assert [(ticket["name"], ticket["uuid"], ticket["status"], ticket["awaiting"]) for ticket in archived] == [
        ("web", uuid, "Rejected", None)
    ]
    assert archived[0]["archive_uuid"] not in (None, uuid)
    assert archived[0]["account_uuid"] == simulator.uuids["demo_project_account"]
    assert [entry["to_status"] for entry in archived[0]["history"]] == ["Rejected"]
    assert [names(task) for task in run] == [["web"], ["web"], ["web"], [], ["alive"], []]


def test_refused_conditions(ansible: Ansible, simulator: Simulator) -> None:
    """Raw conditions go to the server as they are, and its refusal comes back."""
    run = ansible.play(info(query="name"), info(query="color=red"), info(sort="color"), info(query=["name=it's"]))
    for task in run:
        assert task.failed
        assert task["msg"].startswith("GET /tickets was refused: ")
    assert "doesn't contain any query operator" in run[0]["msg"]
    assert run[0]["error"]["http_status"] == 400
    assert "not having field[color]" in run[1]["msg"]
    assert [task["error"]["code"] for task in run] == [None, "SYS.1000", "SYS.1000", "SYS.1000"]


def test_sees_what_the_identity_sees(ansible: Ansible, one_of_each: dict[str, str]) -> None:
    run = ansible.play(
        *(info(status="Pending", **identity(name)) for name in ("auditor", "outsider", "admin")), who=None
    )
    assert [names(task) for task in run] == [["Pending"], [], ["Pending"]]


def test_collection_by_the_server(ansible: Ansible, simulator: Simulator) -> None:
    """What older servers do not send is null, and counts that come back as 1.0 are whole numbers."""
    ticket_in(simulator, "FinalApproved")
    simulator.set(integers_as_doubles=True, timestamp_style="jdk20")
    found = ansible.play(info(history=True))[0]["tickets"][0]
    assert found["requests"][0]["execute_times"] == 1
    assert isinstance(found["requests"][0]["execute_times"], int)
    assert found["flow_collection_uuid"] == DEMO_COLLECTION
    assert datetime.fromisoformat(found["history"][0]["create_date"]).year >= 2024
