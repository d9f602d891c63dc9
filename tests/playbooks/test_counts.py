"""What tasks cost the server, counted there: connections, logins, requests."""

from __future__ import annotations

from collections import Counter

from tests.simulator import Simulator
from tests.simulator.log import LOGIN, LOGOUT, POLL, READ, WRITE

from .harness import Ansible, Run
from .people import Person
from .tasks import ticket, web

TICKETS = 100


def loop(**options: object) -> dict[str, object]:
    """One task that ensures many tickets."""
    body = web(name="vm-{{ item }}")
    return {**ticket(name="ticket {{ item }}", requests=[body], **options), "loop": list(range(TICKETS))}


def kinds(run: Run, position: int) -> Counter[str]:
    return Counter(exchange.kind for exchange in run[position].exchanges)


def connections(run: Run) -> int:
    # A worker that Ansible ends before it has logged out does so over another one.
    return len({exchange.connection for exchange in run.exchanges if exchange.kind != LOGOUT})


def test_a_loop_logs_in_once_over_one_connection(ansible: Ansible) -> None:
    run = ansible.play(loop())
    assert connections(run) == 1
    # The virtual ID, then the project. The uuid of the project is looked up once too.
    assert (run.count(LOGIN), run.count(LOGOUT)) == (2, 2)
    projects = [exchange for exchange in run.exchanges if exchange.path == "/v1/iam2/virtual-ids/projects"]
    assert len(projects) == 1
    assert kinds(run, 0) == {READ: TICKETS + 1, WRITE: TICKETS, POLL: TICKETS}


def test_a_loop_with_an_access_key_needs_no_login(ansible: Ansible, simulator: Simulator) -> None:
    known = simulator.identities["requester"]
    key = {
        "ZSTACK_ACCESS_KEY_ID": str(known["access_key_id"]),
        "ZSTACK_ACCESS_KEY_SECRET": str(known["access_key_secret"]),
    }
    task = loop(account_system_context=Person(simulator, "requester").context)
    run = ansible.play(task, task, who=None, environment=key)
    assert connections(run) == 2  # a worker, and with it a connection, for each task
    assert (run.count(LOGIN), run.count(LOGOUT)) == (0, 0)
    assert kinds(run, 0) == {READ: TICKETS, WRITE: TICKETS, POLL: TICKETS}
    assert not run[1].changed
    assert kinds(run, 1) == {READ: TICKETS}


def test_each_item_of_an_ordinary_module_logs_in(ansible: Ansible) -> None:
    run = ansible.play({**loop(), "loop": [1, 2]}, in_process=False)
    assert connections(run) == 2
    assert (run.count(LOGIN), run.count(LOGOUT)) == (4, 4)


def test_a_batch_finds_a_thousand_tickets_by_a_few_requests(ansible: Ansible) -> None:
    tickets = [{"name": f"ticket {number}", "requests": [web(name=f"vm-{number}")]} for number in range(1000)]
    task = {"zstack.tickets.zstack_ticket_batch": {"tickets": tickets, "workers": 4}}
    run = ansible.play(task, task)
    assert run[0]["summary"] == "1000 changed, 0 unchanged, 0 failed, 0 not finished"
    assert kinds(run, 0)[WRITE] == kinds(run, 0)[POLL] == 1000
    # A connection for each worker, and one for what comes before them.
    assert len({exchange.connection for exchange in run[0].exchanges}) <= 5
    assert run[1]["summary"] == "0 changed, 1000 unchanged, 0 failed, 0 not finished"
    assert set(kinds(run, 1)) == {READ}
    assert len(run[1].exchanges) <= 5
    assert (run.count(LOGIN), run.count(LOGOUT)) == (4, 4)
