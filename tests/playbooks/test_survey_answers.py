"""Variables as surveys of AWX answer: everything may be text, lists have one member a line, and what is left empty is there."""

from __future__ import annotations

import json
from typing import Any

from tests.simulator import Simulator
from tests.simulator.identities import fixed_uuid

from .harness import Ansible, Run, assert_clean
from .people import Person, stored, ticket_in

MACHINE = {
    "name": "web-1",
    "description": "",
    "image": fixed_uuid("image"),
    "offering": "",
    "cpus": "2",
    "memory": "4G",
    "networks": f"{fixed_uuid('network')}\r\n{fixed_uuid('network 2')}\r\n",
    "data_disk_offerings": "",
    "count": "2",
}
REQUEST = {
    "ticket_request_name": "web",
    "ticket_request_description": "",
    "ticket_request_vms": [MACHINE],
    "ticket_request_flow_collection_uuid": "",
    "ticket_request_reopen": "false",
    "ticket_request_wait": "true",
    "ticket_request_wait_timeout": "30",
    "ticket_request_wait_interval": "0.1",
    "ticket_request_verify_execution": "true",
}


def play(ansible: Ansible, playbook: str, *arguments: str, who: str, **variables: Any) -> Run:
    run = ansible.run(
        ["ansible-playbook", f"zstack.tickets.{playbook}", "-e", json.dumps(variables), *arguments],
        ansible.environment(who),
    )
    assert run.returncode == 0, run.output
    assert_clean(run)
    return run


def is_changed(run: Run) -> bool:
    return any(task.changed for task in run)


def test_request(ansible: Ansible, simulator: Simulator, approver: Person) -> None:
    assert is_changed(play(ansible, "request", "--check", who="requester", **REQUEST))
    assert is_changed(play(ansible, "request", who="requester", **{**REQUEST, "ticket_request_wait": "false"}))
    ticket: dict[str, Any] = stored(simulator) or {}
    (wish,) = ticket["request"]
    body = {"cpuNum": 2, "memorySize": 4 * 1024**3, "l3NetworkUuids": [fixed_uuid("network"), fixed_uuid("network 2")]}
    assert body.items() <= wish["apiBody"].items()
    assert not {"instanceOfferingUuid", "dataDiskOfferingUuids", "description"} & wish["apiBody"].keys()
    assert wish["executeTimes"] == 2
    approver.send("approve", ticket["uuid"])
    again = play(ansible, "request", who="requester", **REQUEST)
    assert not is_changed(again)
    assert not is_changed(play(ansible, "request", "--check", who="requester", **REQUEST))


def test_approve(ansible: Ansible, simulator: Simulator) -> None:
    ticket_in(simulator, "Pending")
    rules = {"ticket_approval_rules": [{"decision": "approve"}]}
    for dry_run, status in (("true", "Pending"), ("false", "FinalApproved"), ("false", "FinalApproved")):
        answers = {
            "ticket_approval_dry_run": dry_run,
            "ticket_approval_limit": "5",
            "ticket_approval_server_timezone": "",
        }
        play(ansible, "approve", who="approver", **rules, **answers)
        assert (stored(simulator) or {})["status"] == status


def test_report(ansible: Ansible, simulator: Simulator) -> None:
    ticket_in(simulator, "Pending", "wanted")
    ticket_in(simulator, "Rejected", "refused")
    page = ansible.folder / "page.html"
    answers = {"report_file": str(page), "report_query": "name=wanted\nstatus=Pending\n", "report_limit": "10"}
    run = play(ansible, "report", who="admin", **answers, report_date="2026-11-23")
    text = page.read_text(encoding="utf-8")
    assert (is_changed(run), "wanted" in text, "refused" in text) == (True, True, False)
    assert not is_changed(play(ansible, "report", who="admin", **answers, report_date="2026-11-23"))


def test_empty_variables_are_not_set(ansible: Ansible) -> None:
    """AWX sets the variables of all inputs of a credential, filled in or not."""
    options = (
        "ca_path",
        "client_cert",
        "client_key",
        "job_timeout",
        "poll_interval",
        "retries",
        "server_timezone",
        "timeout",
    )
    empty = {
        f"ZSTACK_{option.upper()}": ""
        for option in (*options, "account_name", "session_token", "profile", "in_process")
    }
    task = {"zstack.tickets.zstack_ticket_info": {"limit": 1}}
    for in_process in (True, False):
        environment = {**empty, "ZSTACK_VALIDATE_CERTS": "", **({} if in_process else {"ZSTACK_IN_PROCESS": "false"})}
        assert not ansible.play(task, environment=environment)[0].failed
    nowhere = ansible.play(task, environment={**empty, "ZSTACK_HOST": ""})[0]
    assert nowhere["msg"] == "missing required arguments: host"
