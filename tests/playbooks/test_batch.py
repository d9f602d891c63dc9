"""zstack_ticket_batch: many tickets in one task."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator import Simulator
from tests.simulator.log import POLL, WRITE

from .harness import Ansible, Task
from .people import Person, api_request, stored, ticket_in
from .rounds import steady
from .tasks import WEB, web

pytestmark = pytest.mark.core


def batch(*tickets: dict[str, Any], **options: Any) -> dict[str, Any]:
    return {"name": "batch", "zstack.tickets.zstack_ticket_batch": {"tickets": list(tickets), **options}, "diff": True}


def wanted(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "requests": [WEB], **more}


def operations(task: Task) -> list[list[str]]:
    return [item.get("operations", []) + item.get("events", []) for item in task["results"]]


MIXED = (
    wanted("new"),
    wanted("web"),
    {"name": "changed", "requests": [web(times=3)]},
    {"name": "gone", "state": "absent"},
    {"name": "never there", "state": "absent"},
    wanted("recalled", status="cancelled", comment="Not needed."),
    wanted('it\'s 100% != >=ready,_ ~="ünïcode"'),
    wanted("new"),
)
DOES = [["create"], [], ["cancel", "update", "reopen"], ["delete"], [], ["create", "cancel"], ["create"], []]


@pytest.fixture
def prepared(simulator: Simulator) -> None:
    for name in ("web", "changed", "gone"):
        Person(simulator, "requester").create(name)


@pytest.mark.usefixtures("prepared")
@pytest.mark.parametrize("in_process", [True, False])
def test_do_and_do_again_and_check_mode(ansible: Ansible, in_process: bool) -> None:
    once = batch(*MIXED)
    check = {**once, "check_mode": True}
    checked, done, again, checked_again = ansible.play(check, once, once, check, in_process=in_process)
    assert operations(checked) == operations(done) == DOES
    assert [item["changed"] for item in done["results"]] == [bool(made) for made in DOES]
    assert [item["name"] for item in done["results"]] == [item["name"] for item in MIXED]
    assert done["summary"] == "5 changed, 3 unchanged, 0 failed, 0 not finished"
    assert checked.changed
    assert done.changed
    assert steady(done["diff"]) == steady(checked["diff"])
    assert len(done["diff"]) == 5
    for task in (again, checked_again):
        assert not task.failed, task.result
        assert not task.changed
        assert operations(task) == [[]] * len(MIXED)
        assert not task.writes
    recalled = done["results"][5]["ticket"]
    assert recalled["status"] == "Cancelled"


def test_one_look_for_all(ansible: Ansible) -> None:
    many = [wanted(f"ticket {number}") for number in range(300)]
    created, again = ansible.play(batch(*many), batch(*many))
    assert created["summary"] == "300 changed, 0 unchanged, 0 failed, 0 not finished"
    assert len({item["ticket"]["uuid"] for item in created["results"]}) == 300
    assert len(again.exchanges) <= 5
    assert not again.changed


def test_approvals(ansible: Ansible) -> None:
    tickets = [Person(ansible.simulator, "requester").create(f"ticket {number}") for number in range(3)]
    task = batch(*({"uuid": ticket["uuid"], "status": "approved", "comment": "Gut."} for ticket in tickets))
    done, again = ansible.play(task, task, who="approver")
    assert operations(done) == [["approve"]] * 3
    assert operations(again) == [[]] * 3
    assert {item["ticket"]["status"] for item in done["results"]} == {"FinalApproved"}


REFUSED = {"name": "refused", "requests": [{"api_name": "org.zstack.no.such.APIMsg"}]}


def test_a_failure_stops_what_has_not_begun(ansible: Ansible) -> None:
    task = ansible.play(batch(REFUSED, *(wanted(f"ticket {number}") for number in range(20)), workers=1))[0]
    assert task.failed
    assert "1 of 21 tickets failed" in task["msg"]
    assert "tickets[0]" in task["msg"]
    first, *others = task["results"]
    assert first["failed"]
    assert first["error"]["code"].startswith("SYS.")
    assert task["error"] == first["error"]
    assert all(item["skipped"] for item in others)
    assert not list(ansible.simulator.cloud.tickets)


def test_a_failure_does_not_stop_the_others_on_demand(ansible: Ansible) -> None:
    mixed = [wanted("before"), REFUSED, wanted("after")]
    task = ansible.play(batch(*mixed, continue_on_error=True))[0]
    assert task.failed
    assert task.changed
    assert task["summary"] == "2 changed, 0 unchanged, 1 failed, 0 not finished"
    assert stored(ansible.simulator, "after") is not None


def test_several_tickets_of_a_name_fail_one_entry_only(ansible: Ansible) -> None:
    for _twice in range(2):
        Person(ansible.simulator, "requester").create("twin")
    task = ansible.play(batch(wanted("twin"), wanted("web"), continue_on_error=True))[0]
    assert len(task["results"][0]["candidates"]) == 2
    assert task["results"][1]["operations"] == ["create"]


def test_a_broken_batch_is_finished_by_the_next_run(ansible: Ansible) -> None:
    many = [wanted(f"ticket {number}") for number in range(20)]
    ansible.simulator.faults.add("reset_after", action="createTicket", every=3)
    ansible.simulator.faults.add("reset_before", action="createTicket", every=4)
    ansible.play(batch(*many))
    ansible.simulator.faults.clear()
    last = ansible.play(batch(*many))[0]
    assert not last.failed, last.result
    assert len(list(ansible.simulator.cloud.tickets)) == 20


@pytest.mark.parametrize(
    ("tickets", "options", "words"),
    [
        ([wanted("a"), wanted("b" * 256)], {}, ["tickets[1]: name", "255"]),
        ([wanted("a"), {"name": "a", "requests": [web(times=2)]}], {}, ["tickets[1] and tickets[0]", "different"]),
        ([wanted("a", uuid="xyz")], {}, ["tickets[0]: uuid", "32 hex"]),
        ([wanted("a", state="absent", status="approved")], {}, ["tickets[0]: status", "absent"]),
        ([{"state": "present"}], {}, ["uuid, name"]),
        ([wanted("a", comment="c" * 65536, status="approved")], {}, ["tickets[0]: comment", "65535"]),
        ([wanted("a")], {"workers": 0}, ["workers is 0"]),
    ],
)
def test_refusals_come_before_anything_is_sent(
    ansible: Ansible, tickets: list[dict[str, Any]], options: dict[str, Any], words: list[str]
) -> None:
    run = ansible.play(batch(*tickets, **options))
    assert run[0].failed
    for word in words:
        assert word in run[0]["msg"]
    assert not run.exchanges


def test_nothing_to_do(ansible: Ansible) -> None:
    task = ansible.play(batch())[0]
    assert not task.failed
    assert task["results"] == []


def test_a_ticket_that_others_hold_up_is_not_waited_for(ansible: Ansible) -> None:
    ticket = ticket_in(ansible.simulator, "Pending", flowCollectionUuid=ansible.simulator.uuids["chain_collection"])
    task = ansible.play(batch({"uuid": ticket["uuid"], "status": "approved"}), who="approver")[0]
    assert task["results"][0]["ticket"]["status"] == "IntermediateApproved"
    assert api_request()["apiName"] == ticket["request"][0]["apiName"]
    assert task.changed
    assert {exchange.kind for exchange in task.exchanges} >= {WRITE, POLL}
