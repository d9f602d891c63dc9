"""Ways to run the modules: in the worker or as ordinary modules, ad hoc, with defaults, in the background, verbosely."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simulator import Simulator
from tests.simulator.log import LOGIN, LOGOUT

from .harness import Ansible, assert_clean
from .people import Person, stored, ticket_in
from .tasks import WEB, Task, identity, info, status, ticket, web

pytestmark = pytest.mark.core

GROUP = "group/zstack.tickets.zstack"


def of_one(name: str) -> Task:
    """A ticket by admin's account, which logs in by one request and needs no other to know itself."""
    return ticket(
        name=name,
        account_system_context={
            "projectUuid": "{{ uuids.demo_project }}",
            "virtualIDUuid": "{{ uuids.virtual_id_requester }}",
        },
    )


@pytest.mark.parametrize("repeated", [False, True], ids=["creation", "unchanged"])
def test_loop_in_the_worker(ansible: Ansible, simulator: Simulator, requester: Person, repeated: bool) -> None:
    """Ten items share a connection and a login: three requests for each that is made, one for each that is as it should be."""
    if repeated:
        for number in range(10):
            requester.create(f"web {number}")
    task = {**of_one("web {{ item }}"), "loop": list(range(10))}
    run = ansible.play(task, who="admin")
    assert [result["changed"] for result in run[0]["results"]] == [not repeated] * 10
    # Ansible ends a worker as soon as it has the result; the logout may need a connection of its own then
    assert len({exchange.connection for exchange in run.exchanges if exchange.kind != LOGOUT}) == 1
    assert (run.count(LOGIN), run.count(LOGOUT)) == (1, 1)
    assert len(run.exchanges) == 2 + 10 * (1 if repeated else 3)


def test_loop_as_a_module(ansible: Ansible, simulator: Simulator) -> None:
    """Each item is a process of its own then, with the same requests and the same results."""
    task = {**of_one("web {{ item }}"), "loop": [1, 2]}
    run = ansible.play(task, task, who="admin", in_process=False)
    assert [[result["operations"] for result in each["results"]] for each in run] == [[["create"]] * 2, [[]] * 2]
    assert (run.count(LOGIN), run.count(LOGOUT)) == (4, 4)
    assert len({exchange.connection for exchange in run.exchanges}) == 4
    assert len(run.exchanges) == 4 * 2 + 2 * 3 + 2 * 1


def test_every_module_leaves_no_secret(ansible: Ansible, simulator: Simulator) -> None:
    """At the highest verbosity, whatever the way to identify, on success and failure, in the worker and not."""
    ticket_in(simulator, "Pending")
    token = Person(simulator, "requester").log_in()
    ansible.kept_sessions.add(token)
    ansible.more_secrets.add(token)
    key = {member: f"{{{{ identities.requester.{member} }}}}" for member in ("access_key_id", "access_key_secret")}
    tasks = [
        task
        for way in (identity("requester"), key, {"session_token": "{{ token }}"})
        for task in (info(**way), status("approved", **way), ticket(requests=[web(cpuNum=2)], resubmit="never", **way))
    ]
    for in_process in (True, False):
        chosen = tasks if in_process else tasks[::2]
        run = ansible.play(
            *chosen, who=None, in_process=in_process, arguments=["-vvvv", "--diff"], variables={"token": token}
        )
        assert (
            [task.failed for task in run] == [False, True, True] * 3 if in_process else [False, True, True, False, True]
        )
        # Which way it went shows
        assert ("AnsiballZ" in run.output) != in_process


def test_secret_that_the_server_repeats(ansible: Ansible, simulator: Simulator) -> None:
    """An answer that quotes what was sent does not bring the secret to light."""
    quoting = {"status": 500, "body": "wrong: " + ansible.environment("requester")["ZSTACK_VIRTUAL_ID_PASSWORD"]}
    simulator.call(lambda: simulator.faults.add("status", action="queryTicket", **quoting))
    for in_process in (True, False):
        task = ansible.play(info(), in_process=in_process, arguments=["-vvvv"])[0]
        assert task.failed
        assert "GET /tickets was refused: HTTP 500: wrong: ****" in task["msg"]


def test_defaults_of_the_group(ansible: Ansible, simulator: Simulator) -> None:
    """One place for the connection; a task's own options come first, and so does what they name of the identity."""
    connection = {"host": simulator.host, "port": simulator.port, **identity("requester")}
    keywords = {"module_defaults": {GROUP: connection}, "environment": {}}
    run = ansible.play(
        ticket(),
        info(),
        status("cancelled"),
        info(host="127.0.0.1", retries=0),
        who=None,
        keywords=keywords,
        environment={"ZSTACK_HOST": "nowhere.invalid", "ZSTACK_ACCOUNT_NAME": "admin"},
    )
    assert not any(task.failed for task in run), [task.result for task in run]
    assert {exchange.identity for exchange in run.exchanges if exchange.action == "queryTicket"} == {"requester"}


def test_ad_hoc(ansible: Ansible, simulator: Simulator) -> None:
    ticket_in(simulator, "Pending")
    environment = ansible.environment("requester")
    module = ["ansible", "localhost", "-m"]
    told = ansible.run(
        [*module, "zstack.tickets.zstack_ticket_info", "-a", "name=web history=true status=Pending,Rejected"],
        environment,
    )
    assert_clean(told)
    assert told.returncode == 0
    assert "localhost | SUCCESS => {" in told.output
    answer = json.loads(told.output.partition("=> ")[2])
    assert [found["status"] for found in answer["tickets"]] == ["Pending"]
    asked = json.dumps({"name": "new", "requests": [WEB]})
    made = ansible.run([*module, "zstack.tickets.zstack_ticket", "-a", asked, "--check", "--diff"], environment)
    assert_clean(made)
    assert "localhost | CHANGED => {" in made.output
    assert stored(simulator, "new") is None
    wrong = ansible.run([*module, "zstack.tickets.zstack_ticket_status", "-a", "name=new status=approved"], environment)
    assert wrong.returncode == 2
    assert_clean(wrong)
    assert "There is no ticket with name 'new'" in wrong.output


def test_check_and_diff_for_people(ansible: Ansible, simulator: Simulator) -> None:
    """What a person sees of a change: the lines that differ, and no others of the server's."""
    ticket_in(simulator, "Pending", description="old")
    run = ansible.play(
        ticket(description="new", requests=[web(times=2)]),
        ticket(name="mail"),
        ticket(state="absent"),
        arguments=["--check", "--diff"],
    )
    assert all(task.check_mode for task in run)
    first, second, third = (part.partition("changed: ")[0] for part in run.output.split("TASK [")[1:])
    differing = [line.strip() for line in first.splitlines() if line.startswith(("-", "+"))]
    changed = [line.replace(" ", "") for line in differing]
    assert '-"description":"old",' in changed
    assert '+"description":"new",' in changed
    assert '-"execute_times":1,' in changed
    assert '+"execute_times":2,' in changed
    assert len(changed) == 6, changed
    assert "createdTime" not in first
    assert not any(
        line.startswith("-") and not line.startswith("---") and len(line) > 3 for line in second.splitlines()
    )
    assert not any(line.startswith("+") and not line.startswith("+++") and len(line) > 3 for line in third.splitlines())


def test_in_the_background(ansible: Ansible, simulator: Simulator) -> None:
    """A task with async runs as an ordinary module, and is waited for or looked up."""
    background: list[dict[str, Any]] = [
        {**ticket(), "async": 60, "poll": 1},
        {**ticket(name="mail"), "async": 60, "poll": 0, "register": "started"},
        {
            "ansible.builtin.async_status": {"jid": "{{ started.ansible_job_id }}"},
            "register": "looked",
            "until": "looked.finished | bool",
            "retries": 60,
            "delay": 1,
        },
    ]
    run = ansible.play(*background)
    assert run[0]["operations"] == run[2]["operations"] == ["create"]
    assert not any(task.failed for task in run)


def test_switch_and_fallbacks(ansible: Ansible, simulator: Simulator) -> None:
    """The variable beats the environment; delegation to another host of this machine stays in the worker."""
    variable = {**info(), "vars": {"zstack_in_process": False}}
    delegated = {**info(), "delegate_to": "localhost", "run_once": True}
    run = ansible.play(info(), variable, delegated, arguments=["-vvv"])
    assert not any(task.failed for task in run)
    assert run.output.count("Using module file") == 1
    run = ansible.play({**info(), "vars": {"zstack_in_process": True}}, info(), arguments=["-vvv"], in_process=False)
    assert run.output.count("Using module file") == 1


def test_time_limit_of_a_task(ansible: Ansible, simulator: Simulator) -> None:
    """Ansible's own ``timeout`` ends a wait, and its session."""
    ticket_in(simulator, "Pending")
    run = ansible.play({**status("approved", wait=True, wait_timeout=60, wait_interval=0.2), "timeout": 2}, info())
    assert run[0].failed
    assert "after 2 second" in run[0]["msg"] or "time frame (2)" in run[0]["msg"]
    assert not run[1].failed
