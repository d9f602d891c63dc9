"""The role ticket_request, and its playbook: ask, wait, tell what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.simulator import Simulator
from tests.simulator.identities import fixed_uuid

from .harness import Ansible, Run, assert_clean
from .meanwhile import meanwhile
from .people import CREATE_VM, Person, stored

pytestmark = pytest.mark.core

IMAGE, OFFERING, NETWORK = (fixed_uuid(name) for name in ("image", "offering", "network"))
APPROVER = fixed_uuid("virtual-id/approver")
WEB = {"name": "web-1", "image": IMAGE, "offering": OFFERING, "networks": NETWORK}
ONE = {"ticket_request_name": "web", "ticket_request_vms": [WEB]}
TWO = {
    "ticket_request_tickets": [
        {"name": "web", "vms": [{"name": "web-1", "count": 2}]},
        {"name": "db", "description": "for the web", "vms": [{"name": "db-1", "cpus": 4, "memory": "8G"}]},
    ],
    "ticket_request_vm_defaults": {"image": IMAGE, "offering": OFFERING, "networks": [NETWORK]},
}
IMPATIENT = {"ticket_request_wait_interval": 0.1, "ticket_request_wait_timeout": 30}
WAIT = "Wait until all tickets are approved and their requests have been run"


def ask(
    ansible: Ansible, variables: Mapping[str, Any], *tasks: dict[str, Any], failed: bool = False, **play: Any
) -> Run:
    """Include the role, show its fact, and go on with more tasks."""
    role = {"ansible.builtin.include_role": {"name": "zstack.tickets.ticket_request"}, "vars": dict(variables)}
    show = {"ansible.builtin.debug": {"var": "ticket_request_results"}, "name": "results"}
    block = {"block": [role], "always": [show, *tasks]}
    return ansible.play(block, keywords={"ignore_errors": False}, returncode=2 if failed else 0, **play)


def results(run: Run) -> list[dict[str, Any]]:
    (shown,) = [task for task in run if task.name == "results"]
    found: list[dict[str, Any]] = shown["ticket_request_results"]
    return found


def is_changed(run: Run) -> bool:
    return any(task.changed for task in run)


def test_approved_and_executed(ansible: Ansible, simulator: Simulator, approver: Person) -> None:
    def approve() -> None:
        for row in list(simulator.cloud.tickets):
            approver.send("approve", row["uuid"])

    with meanwhile(simulator, "queryTicket", approve, times=8):
        run = ask(ansible, {**TWO, **IMPATIENT})
    web, db = results(run)
    assert (web["ticket"]["status"], db["ticket"]["status"]) == ("FinalApproved", "FinalApproved")
    assert web["execution"]["results"][0]["success_times"] == 2
    body = {"name": "web-1", "imageUuid": IMAGE, "instanceOfferingUuid": OFFERING, "l3NetworkUuids": [NETWORK]}
    (request,) = (stored(simulator) or {})["request"]
    assert (request["executeTimes"], request["requestName"]) == (2, "create web-1")
    assert body.items() <= request["apiBody"].items()
    database = stored(simulator, "db") or {}
    assert database["description"] == "for the web"
    assert {"cpuNum": 4, "memorySize": 8 * 1024**3}.items() <= database["request"][0]["apiBody"].items()
    again = ask(ansible, {**TWO, **IMPATIENT})
    assert not is_changed(again)
    assert [result["ticket"] for result in results(again)] == [web["ticket"], db["ticket"]]


def test_check_mode_writes_nothing(ansible: Ansible, simulator: Simulator) -> None:
    run = ask(ansible, ONE, arguments=["--check", "--diff"])
    assert is_changed(run)
    assert results(run)[0]["operations"] == ["create"]
    assert not [task for task in run if task.name == WAIT]
    assert stored(simulator) is None


@pytest.mark.parametrize("in_process", [True, False], ids=["in the worker", "as a module"])
def test_rejected(ansible: Ansible, simulator: Simulator, approver: Person, in_process: bool) -> None:
    """It says who refused it with which comment: when it happens, and when it is run again."""
    words = f"it became Rejected by {APPROVER}, with the comment 'One is enough.'"

    def reject() -> None:
        approver.send("reject", (stored(simulator) or {})["uuid"], "One is enough.")

    with meanwhile(simulator, "queryTicket", reject, times=4):
        run = ask(ansible, {**ONE, **IMPATIENT}, failed=True, in_process=in_process)
    again = ask(ansible, {**ONE, **IMPATIENT}, failed=True, in_process=in_process)
    for failed in (run, again):
        (said,) = [task for task in failed if task.name.endswith("Say which tickets failed and why")]
        assert words in said["msg"]
        (result,) = results(failed)
        assert result["ticket"]["status"] == "Rejected"
        assert result["history"][-1]["operator_uuid"] == APPROVER
    assert not is_changed(again)


def test_each_that_was_refused_is_told(ansible: Ansible, simulator: Simulator, approver: Person) -> None:
    """What was decided on the one does not end the wait for the other."""
    comments = {"web": "One is enough.", "db": "Use the old one."}

    def reject() -> None:
        for name, comment in comments.items():
            approver.send("reject", (stored(simulator, name) or {})["uuid"], comment)

    with meanwhile(simulator, "queryTicket", reject, times=6):
        run = ask(ansible, {**TWO, **IMPATIENT}, failed=True)
    (said,) = [task for task in run if task.name.endswith("Say which tickets failed and why")]
    for name, comment in comments.items():
        assert f"The ticket {name!r}" in said["msg"]
        assert f"it became Rejected by {APPROVER}, with the comment {comment!r}" in said["msg"]
    assert [result["history"][-1]["comment"] for result in results(run)] == list(comments.values())


def test_sent_once_more(ansible: Ansible, simulator: Simulator, approver: Person) -> None:
    quick = {**ONE, "ticket_request_wait": False}
    ask(ansible, quick)
    approver.send("reject", (stored(simulator) or {})["uuid"])
    assert results(ask(ansible, quick))[0]["ticket"]["status"] == "Rejected"
    run = ask(ansible, {**quick, "ticket_request_reopen": True})
    assert is_changed(run)
    (result,) = results(run)
    assert (result["status_before"], result["status_after"]) == ("Rejected", "Pending")
    assert result["awaiting"]["approver_uuid"] == APPROVER
    assert (stored(simulator) or {})["status"] == "Pending"
    assert not is_changed(ask(ansible, {**quick, "ticket_request_reopen": True}))


def test_time_is_up_for_all_together(ansible: Ansible, simulator: Simulator) -> None:
    run = ask(
        ansible,
        {**TWO, "ticket_request_wait_timeout": 1, "ticket_request_wait_interval": 0.2},
        failed=True,
    )
    (said,) = [task for task in run if task.name.endswith("Say which tickets failed and why")]
    assert "'web'" in said["msg"]
    assert "'db'" in said["msg"]
    assert "awaits the step 'team approval'" in said["msg"]
    assert [result["elapsed"] < 2.5 for result in results(run)] == [True, True]
    assert [row["status"] for row in simulator.cloud.tickets] == ["Pending", "Pending"]


def test_who_asks_does_not_decide(ansible: Ansible, simulator: Simulator) -> None:
    run = ask(
        ansible,
        {**ONE, "ticket_request_wait_timeout": 1, "ticket_request_wait_interval": 0.2},
        who="approver",
        failed=True,
    )
    assert results(run)[0]["status_after"] == "Pending"
    assert [row["status"] for row in simulator.cloud.tickets] == ["Pending"]


def test_raw_requests(ansible: Ansible, simulator: Simulator) -> None:
    raw = {"requestName": "second", "apiName": CREATE_VM, "apiBody": {"name": "web-2"}}
    variables = {**ONE, "ticket_request_requests": [raw], "ticket_request_wait": False}
    ask(ansible, variables)
    assert [row["requestName"] for row in (stored(simulator) or {})["request"]] == ["create web-1", "second"]
    assert not is_changed(ask(ansible, variables))


def test_lost_answer_and_run_again(ansible: Ansible, simulator: Simulator) -> None:
    """A run that can create nothing says so of each ticket, and the next one makes what is missing."""
    variables = {**TWO, "ticket_request_wait": False}
    simulator.call(lambda: simulator.faults.add("reset_before", action="createTicket", times=9))
    broken = {"ZSTACK_RETRIES": "0"}
    run = ask(ansible, variables, failed=True, environment=broken)
    assert [result["failed"] for result in results(run)] == [True, True]
    simulator.call(simulator.faults.clear)
    run = ask(ansible, variables)
    assert is_changed(run)
    assert [row["name"] for row in simulator.cloud.tickets] == ["web", "db"]
    assert not is_changed(ask(ansible, variables))


def test_answer_lost_after_the_creation(ansible: Ansible, simulator: Simulator) -> None:
    simulator.call(lambda: simulator.faults.add("reset_after", action="createTicket", times=1))
    ask(ansible, {**TWO, "ticket_request_wait": False})
    assert sorted(row["name"] for row in simulator.cloud.tickets) == ["db", "web"]


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"ticket_request_name": "web", "ticket_request_vms": "web"}, "ticket_request_vms"),
        ({"ticket_request_tickets": [{"vms": [WEB]}]}, "name"),
        ({**ONE, "ticket_request_resubmit": "perhaps"}, "never, unapproved, always"),
        ({**ONE, "ticket_request_vms": [{"name": "web"}]}, "The virtual machine 'web' has no image."),
        ({"ticket_request_vms": [WEB]}, "Give either ticket_request_name with"),
        ({**TWO, "ticket_request_vms": [WEB]}, "Give either ticket_request_name with"),
        ({"ticket_request_tickets": [{"name": "web", "vm": [WEB]}]}, "vm"),
        ({"ticket_request_name": "web"}, "it must be a list of at least one request"),
        ({**ONE, "ticket_request_wait_timeout": 0}, "ticket_request_wait_timeout is 0"),
        ({**ONE, "ticket_request_wait_interval": -1}, "ticket_request_wait_interval is -1"),
    ],
)
def test_mistakes_are_told(ansible: Ansible, simulator: Simulator, variables: dict[str, Any], words: str) -> None:
    role = {"ansible.builtin.include_role": {"name": "zstack.tickets.ticket_request"}, "vars": variables}
    run = ansible.play(role, keywords={"ignore_errors": False}, returncode=2)
    assert words in run.output
    assert not run.exchanges


def test_hostile_texts_are_not_templates(ansible: Ansible, simulator: Simulator, approver: Person) -> None:
    """What an approver writes is shown as it is, never run as a template."""
    approver_says = "{{ lookup('pipe', 'touch pwned') }}"
    ask(ansible, {**ONE, "ticket_request_wait": False})
    approver.send("reject", (stored(simulator) or {})["uuid"], approver_says)
    use = {"ansible.builtin.debug": {"msg": "{{ ticket_request_results[0].history[-1].comment }}"}, "name": "use"}
    run = ask(ansible, {**ONE, **IMPATIENT}, use, failed=True)
    (used,) = [task for task in run if task.name == "use"]
    assert used["msg"] == approver_says
    assert not (ansible.folder / "pwned").exists()


def test_playbook(ansible: Ansible, simulator: Simulator) -> None:
    """By its name, with variables from outside, as a job template runs it."""
    variables = ansible.folder / "wanted.yml"
    variables.write_text(
        f"ticket_request_name: web\nticket_request_wait: false\n"
        f"ticket_request_vms:\n  - {{name: web-1, image: {IMAGE}, offering: {OFFERING}}}\n"
    )
    for changed in (True, False):
        run = ansible.run(
            ["ansible-playbook", "zstack.tickets.request", "-e", f"@{variables}"], ansible.environment("requester")
        )
        assert run.returncode == 0, run.output
        assert_clean(run)
        assert is_changed(run) is changed
    assert stored(simulator) is not None
