"""The role ticket_approval, and its playbook: the tickets that await the caller are decided by rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.simulator import Simulator
from tests.simulator.identities import CHAIN_COLLECTION

from .harness import Ansible, Run, Task, assert_clean
from .meanwhile import meanwhile
from .people import Person, api_request

pytestmark = pytest.mark.core

RULES = [
    {
        "name": "small",
        "match": {"executions": {"at_most": 2}, "all_requests": {"api_body": {"cpuNum": {"at_most": 4}}}},
        "decision": "approve",
        "comment": "{executions} machine(s) of {name}, by the rule {rule}.",
    },
    {
        "match": {"any_request": {"api_body": {"cpuNum": {"at_least": 64}}}},
        "decision": "reject",
        "comment": "Too large.",
    },
]
SHOW = "zstack.tickets.ticket_approval : Show the decisions"
DECIDE = "zstack.tickets.ticket_approval : Approve and reject"
HOSTILE = "{{ lookup('pipe', 'touch pwned') }} \x1b[31m\n| approve"


def decide(ansible: Ansible, variables: Mapping[str, Any], failed: bool = False, **play: Any) -> Run:
    role = {
        "ansible.builtin.include_role": {"name": "zstack.tickets.ticket_approval"},
        "vars": {"ticket_approval_rules": RULES, **variables},
    }
    keywords = {"ignore_errors": False}
    return ansible.play(role, **{"who": "approver", "keywords": keywords, "returncode": 2 if failed else 0, **play})


def named(run: Run, name: str) -> Task:
    (found,) = [task for task in run.tasks if task.name == name]
    return found


def ask(simulator: Simulator, name: str, cpus: int, **more: Any) -> str:
    """A ticket of ``requester``; a second after the one before, so that their order is certain."""
    simulator.clock.advance(1)
    return str(Person(simulator, "requester").create(name, [api_request(name, cpuNum=cpus)], **more)["uuid"])


def statuses(simulator: Simulator) -> dict[str, str]:
    return {row["name"]: row["status"] for row in simulator.cloud.tickets}


@pytest.mark.parametrize("in_process", [True, False], ids=["in the worker", "as a module"])
def test_decisions_are_carried_out(ansible: Ansible, simulator: Simulator, in_process: bool) -> None:
    for name, cpus in (("small", 4), ("middle", 8), ("large", 64)):
        ask(simulator, name, cpus)
    ask(simulator, "of others", 1, flowCollectionUuid=simulator.uuids["system_collection"])
    run = decide(ansible, {}, in_process=in_process)
    assert statuses(simulator) == {
        "small": "FinalApproved",
        "middle": "Pending",
        "large": "Rejected",
        "of others": "Pending",
    }
    comments = [row["comment"] for row in simulator.cloud.histories if row["comment"]]
    assert comments == ["1 machine(s) of small, by the rule small.", "Too large."]
    lines = named(run, SHOW)["msg"]
    assert [line.split()[0] for line in lines] == ["name", lines[1].split()[0], "small", "middle", "large"]
    again = decide(ansible, {}, in_process=in_process)
    assert not any(task.changed for task in again)
    assert [line.split()[0] for line in named(again, SHOW)["msg"][2:]] == ["middle"]


@pytest.mark.parametrize(("variables", "arguments"), [({"ticket_approval_dry_run": True}, []), ({}, ["--check"])])
def test_shows_without_deciding(
    ansible: Ansible, simulator: Simulator, variables: dict[str, Any], arguments: list[str]
) -> None:
    for name, cpus in (("small", 4), ("middle", 8), ("large", 64)):
        ask(simulator, name, cpus)
    run = decide(ansible, variables, arguments=arguments)
    assert not run.count("write")
    heading, _rule, *lines = named(run, SHOW)["msg"]
    assert heading.split() == ["name", "uuid", "decision", "comment", "why"]
    assert [line.split()[2] for line in lines] == ["approve", "leave", "reject"]
    assert "small: requests[0].api_body.cpuNum is 8: not at most 4; rule 2: requests[0].api_body.cpuNum" in lines[1]
    assert set(statuses(simulator).values()) == {"Pending"}
    predicted = [result.get("events") for result in named(run, DECIDE)["results"]]
    assert predicted == ([["approve"], ["reject"]] if arguments else [None, None])


def test_limit_takes_the_oldest(ansible: Ansible, simulator: Simulator) -> None:
    for name in ("first", "second", "third"):
        ask(simulator, name, 1)
    run = decide(ansible, {"ticket_approval_limit": "2"})
    assert statuses(simulator) == {"first": "FinalApproved", "second": "FinalApproved", "third": "Pending"}
    assert "small would approve it, but 2 are decided already" in named(run, SHOW)["msg"][-1]
    decide(ansible, {"ticket_approval_limit": 2})
    assert statuses(simulator)["third"] == "FinalApproved"


def test_only_the_step_that_is_due(ansible: Ansible, simulator: Simulator) -> None:
    """A rule about one step says nothing of the next, even if it is due to the same approver."""
    twice = simulator.uuids["chain_collection"]
    ask(simulator, "chain", 1, flowCollectionUuid=twice)
    rule = {"match": {"step": "team approval"}, "decision": "approve"}
    decide(ansible, {"ticket_approval_rules": [rule]})
    assert statuses(simulator) == {"chain": "IntermediateApproved"}
    assert [row["flowName"] for row in simulator.cloud.histories] == ["team approval"]


def test_rules_on_age_need_the_zone(ansible: Ansible, simulator: Simulator) -> None:
    ask(simulator, "old", 1)
    rule = {"match": {"age": {"at_least": 0}}, "decision": "reject", "comment": "Waited {age}."}
    run = decide(ansible, {"ticket_approval_rules": [rule]}, failed=True)
    assert "give server_timezone" in run.output
    decide(ansible, {"ticket_approval_rules": [rule]}, environment={"ZSTACK_SERVER_TIMEZONE": "+01:00"})
    assert statuses(simulator) == {"old": "Rejected"}


def test_hostile_texts(ansible: Ansible, simulator: Simulator) -> None:
    """A name is no template, breaks no line of the table, and fills in a comment as it is."""
    ask(simulator, HOSTILE, 1)
    run = decide(ansible, {})
    assert not (ansible.folder / "pwned").exists()
    assert len(named(run, SHOW)["msg"]) == 3
    assert "\x1b[31m" not in run.output
    comments = [row["comment"] for row in simulator.cloud.histories if row["comment"]]
    assert comments == [f"1 machine(s) of {HOSTILE}, by the rule small."]


def test_changed_while_it_was_decided(ansible: Ansible, simulator: Simulator, requester: Person) -> None:
    """Somebody swaps the requests after the rules have looked: that cannot be prevented, but it does not go unseen."""
    uuid = ask(simulator, "small", 1)

    def swap() -> None:
        requester.send("cancel", uuid)
        requester.update(uuid, [api_request("small", cpuNum=512)])
        requester.send("reopen", uuid)

    simulator.call(
        lambda: simulator.faults.add(
            "latency", action="queryTicketFlow", identity="approver", seconds=2.0, times=1, nth=1
        )
    )
    with meanwhile(simulator, "queryTicket", swap):
        run = decide(ansible, {}, failed=True)
    assert "was changed by its submitter after the rules had looked at it" in run.output


def test_one_failure_does_not_stop_the_others(ansible: Ansible, simulator: Simulator) -> None:
    """What cannot be decided fails the run, the others are decided, and the next run finishes."""
    for name in ("first", "second"):
        ask(simulator, name, 1)
    simulator.call(lambda: simulator.faults.add("reset_before", action="changeTicketStatus", times=1))
    decide(ansible, {}, failed=True, environment={"ZSTACK_RETRIES": "0"})
    assert statuses(simulator) == {"first": "Pending", "second": "FinalApproved"}
    decide(ansible, {})
    assert statuses(simulator) == {"first": "FinalApproved", "second": "FinalApproved"}


def test_nothing_awaits(ansible: Ansible) -> None:
    run = decide(ansible, {})
    assert len(named(run, SHOW)["msg"]) == 2
    assert not any(task.changed for task in run)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ([{"match": {}}], "decision"),
        ([{"decision": "aprove"}], "approve, reject, leave"),
        ([{"decision": "approve", "match": {"nam": "web"}}], "rules[0].match has nam"),
    ],
)
def test_mistakes_are_told(ansible: Ansible, simulator: Simulator, rules: list[dict[str, Any]], words: str) -> None:
    ask(simulator, "small", 1)
    run = decide(ansible, {"ticket_approval_rules": rules}, failed=True)
    assert words in run.output
    assert statuses(simulator) == {"small": "Pending"}


def test_playbook(ansible: Ansible, simulator: Simulator) -> None:
    """By its name, with the rules of its own description."""
    ask(simulator, "small", 1, flowCollectionUuid=CHAIN_COLLECTION)
    rules = ansible.folder / "rules.yml"
    rules.write_text('ticket_approval_rules: [{match: {name: {like: "s*"}}, decision: approve}]\n')
    for changed in (True, False):
        run = ansible.run(
            ["ansible-playbook", "zstack.tickets.approve", "-e", f"@{rules}"], ansible.environment("approver")
        )
        assert run.returncode == 0, run.output
        assert_clean(run)
        assert any(task.changed for task in run) is changed
    assert statuses(simulator) == {"small": "IntermediateApproved"}
