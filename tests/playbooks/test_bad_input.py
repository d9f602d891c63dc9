"""Options that cannot be right: one clear sentence that names option, value and remedy, before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator import Simulator
from tests.simulator.identities import fixed_uuid

from .harness import Ansible, Run
from .people import CREATE_VM, stored
from .tasks import WEB, Task, batch, info, status, ticket, web

pytestmark = pytest.mark.core

HALF_OF_A_WAY: dict[str, tuple[dict[str, str], list[str]]] = {
    "id of a key without its secret": ({"access_key_id": "key"}, ["access_key_id is given without access_key_secret", "Give it as well"]),
    "secret of a key without its id": ({"access_key_secret": "Geheim-1"}, ["access_key_secret is given without access_key_id"]),
    "account without a password": ({"account_name": "admin"}, ["account_name is given without account_password"]),
    "virtual ID alone": ({"virtual_id_name": "v"}, ["virtual_id_name is given without virtual_id_password and project_name", "Give them as well"]),
    "project alone": ({"project_name": "p"}, ["project_name is given without virtual_id_name and virtual_id_password"]),
    "two ways": (
        {"session_token": "Geheim-2", "account_name": "admin", "account_password": "Geheim-3"},
        ["Several ways to identify are given", "account_name, account_password, session_token", "Give only one"],
    ),
    "two halves": ({"access_key_id": "key", "project_name": "p"}, ["Several ways to identify are given", "Give only one"]),
}  # fmt: skip

GOOD = {"name": "web", "requests": [WEB]}

WRONG: dict[str, tuple[Task, list[str]]] = {
    # Which ticket
    "neither uuid nor name": ({"zstack.tickets.zstack_ticket": {"requests": [WEB]}}, ["one of the following is required: uuid, name"]),
    "nothing to tell a ticket by": ({"zstack.tickets.zstack_ticket_status": {"status": "approved"}}, ["one of the following is required: uuid, name"]),
    "uuid too short": (ticket(uuid="abc"), ["uuid is 'abc'", "must be 32 hexadecimal digits"]),
    "uuid with dashes": (status("approved", uuid="7d0b3c5e-1f2a-4b6c-8d9e-0f1a2b3c4d5e"), ["uuid is '7d0b3c5e-", "32 hexadecimal digits, without dashes"]),
    "uuid with other letters": (info(uuid="x" * 32), ["uuid is 'xxxx", "must be 32 hexadecimal digits"]),
    "uuid of a collection": (ticket(flow_collection_uuid="default"), ["flow_collection_uuid is 'default'", "must be 32 hexadecimal digits"]),
    "blank name": (ticket(name="  "), ["name is ", "must not be blank"]),
    "long name": (ticket(name="n" * 256), ["name is 'nnn", "has 256 characters", "at most 255"]),
    "long name to look for": (info(name="名" * 256), ["name is '名", "has 256 characters", "at most 255"]),
    "long description": (ticket(description="d" * 2049), ["description is 'ddd", "has 2049 characters", "at most 2048"]),
    "long comment": (status("approved", comment="c" * 65536), ["comment is 'ccc", "has 65536 characters", "at most 65535"]),
    "context that is no mapping": (ticket(account_system_context=["project"]), ["account_system_context", "dict"]),
    # Requests
    "no requests": (ticket(requests=[]), ["requests is []", "must be a list of at least one request"]),
    "request that is no mapping": (ticket(requests=["create vm"]), ["requests[0] is 'create vm': it must be a dictionary."]),
    "requests that are a mapping": (ticket(requests=WEB), ["requests", "convert to list"]),
    "request without an API": (ticket(requests=[{"request_name": "vm"}]), ["requests[0]: missing required arguments: api_name"]),
    "blank API": (ticket(requests=[WEB, {"api_name": " "}]), ["requests[1].api_name is ' '", "must name an API message, such as org.zstack"]),
    "no execution": (ticket(requests=[{**WEB, "execute_times": 0}]), ["requests[0].execute_times is 0", "must be at least 1"]),
    "too many executions": (ticket(requests=[{**WEB, "execute_times": 2**31}]), ["requests[0].execute_times is 2147483648", "at most 2147483647"]),
    "requests that are text": (ticket(requests="create vm"), ["requests is 'create vm': it must be a list of dictionaries."]),
    "request that is nothing": (ticket(requests=[WEB, None]), ["requests[1] is None: it must be a dictionary."]),
    "executions in words": (ticket(requests=[{**WEB, "execute_times": "twice"}]), ["execute_times", "int"]),
    "body that is no mapping": (ticket(requests=[{**WEB, "api_body": [1]}]), ["api_body", "dict"]),
    "unknown suboption": (
        ticket(requests=[{**WEB, "times": 2}]), ["requests[0]: Unsupported parameters: times", "execute_times"],
    ),
    "unknown option": (ticket(flavour="small"), ["Unsupported parameters for (zstack.tickets.zstack_ticket) module: flavour", "flow_collection_uuid"]),
    "very large body": (ticket(requests=[web(name="u" * 70000)]), ["requests takes 70", "at most 65535", "divide the requests"]),
    # Batches: the item is told, and nothing is sent for any
    "long name in a batch": (batch(GOOD, {**GOOD, "name": "n" * 256}), ["tickets[1]: name is 'nnn", "has 256 characters"]),
    "empty name in a batch": (batch(GOOD, {**GOOD, "name": ""}), ["tickets[1]: name is '': it must not be blank"]),
    "nothing in a batch": (batch(GOOD, {}), ["tickets[1]: one of the following is required: uuid, name"]),
    "unknown suboption in a batch": (batch(GOOD, {**GOOD, "flavour": "small"}), ["tickets[1]: Unsupported parameters: flavour", "resubmit"]),
    "request without an API in a batch": (
        batch(GOOD, {"name": "b", "requests": [WEB, {"requestName": "vm"}]}), ["tickets[1].requests[1]: missing required arguments: api_name"],
    ),
    "unknown status in a batch": (batch(GOOD, {**GOOD, "status": "open"}), ["tickets[1]: value of status must be one of: approved, ", "got: open"]),
    "one ticket, two wishes": (batch(GOOD, {**GOOD, "description": "x"}), ["tickets[1] and tickets[0] mean the same ticket ('web')", "Leave one of them out"]),
    "gone and approved in a batch": (
        batch(GOOD, {"name": "b", "state": "absent", "status": "approved"}),
        ["tickets[1]: status is 'approved' and state is absent", "Give one of the two"],
    ),
    "no workers": (batch(GOOD, workers=0), ["workers is 0: it must be at least 1"]),
    # Choices and numbers
    "unknown status": (status("accepted"), ["value of status must be one of: approved, rejected, cancelled, pending, got: accepted"]),
    "unknown status to look for": (info(status=["Pending", "open"]), ["value of status must be one or more of: Pending, ", "open"]),
    "no status": ({"zstack.tickets.zstack_ticket_status": {"name": "web"}}, ["missing required arguments: status"]),
    "unknown state": (ticket(state="gone"), ["value of state must be one of: present, absent, got: gone"]),
    "no time to wait": (status("approved", wait_timeout=0), ["wait_timeout: 0 is out of range", "seconds above 0"]),
    "negative pause": (status("approved", wait_interval=-1), ["wait_interval: -1 is out of range", "seconds above 0"]),
    "no limit": (info(limit=0), ["limit is 0", "at least 1, or left out"]),
    "archive that awaits somebody": (info(archived=True, awaiting_me=True), ["awaiting_me and archived are both given", "Give one of the two"]),
    # Connection
    "host with spaces": (info(host="my host"), ["host: 'my host' is not a host name, an address or a URL such as http"]),
    "host with credentials": (info(host="http://admin:Geheim-4@10.0.0.1"), ["host: it must not carry credentials", "Use the options for a login"]),
    "host with a query": (info(host="http://10.0.0.1/zstack?x=1"), ["host: the URL 'http://10.0.0.1/zstack?x=1'", "without a query"]),
    "unknown scheme of a URL": (info(host="ftp://10.0.0.1"), ["'ftp' is not known", "http or https"]),
    "unknown scheme": (info(scheme="gopher"), ["value of scheme must be one of: http, https, got: gopher"]),
    "port of another kind": (info(port="http-alt"), ["port", "int"]),
    "port out of range": (info(port=65536), ["port: 65536 is out of range", "from 1 to 65535"]),
    "port that contradicts": (info(host="http://10.0.0.1:9000", port=9001), ["'http://10.0.0.1:9000' contradicts port=9001", "Give one of the two"]),
    "time-out of zero": (info(timeout=0), ["timeout: 0 is out of range", "seconds above 0"]),
    "negative retries": (info(retries=-1), ["retries: -1 is out of range", "0 or more"]),
    "no time for a job": (info(job_timeout=0), ["job_timeout: 0 is out of range"]),
    "no pause between polls": (info(poll_interval=0), ["poll_interval: 0 is out of range"]),
    "missing CA file": (info(ca_path="/nowhere/ca.pem"), ["ca_path: /nowhere/ca.pem does not exist", "PEM file on the machine that runs the task"]),
    "missing certificate": (info(client_cert="/nowhere/me.pem"), ["client_cert: /nowhere/me.pem does not exist"]),
    "unknown time zone": (
        info(access_key_id="key", access_key_secret="Geheim-5", server_timezone="Mars/Olympus"),
        ["server_timezone: 'Mars/Olympus'", "an offset such as +08:00"],
    ),
}  # fmt: skip

LITERAL_SECRETS = {f"Geheim-{number}" for number in range(1, 6)}


def assert_told(run: Run, expected: dict[str, tuple[Any, list[str]]]) -> None:
    """Each task failed, with a message in one line that has these words."""
    untold = {}
    for task, (what, (_given, words)) in zip(run, expected.items(), strict=True):
        message = task["msg"]
        told = task.failed and not task.changed and "\n" not in message
        if not told or any(word not in message for word in words):
            untold[what] = message
    assert untold == {}


@pytest.mark.parametrize("in_process", [True, False], ids=["in the worker", "as a module"])
def test_nothing_is_sent(ansible: Ansible, simulator: Simulator, in_process: bool) -> None:
    ansible.more_secrets |= LITERAL_SECRETS
    expected: dict[str, tuple[Any, list[str]]] = {**WRONG}
    expected |= {what: (info(**options), words) for what, (options, words) in HALF_OF_A_WAY.items()}
    # As ordinary modules they take ten times as long, and differ in who reads the options only.
    chosen = expected if in_process else {what: expected[what] for what in list(expected)[::6]}
    run = ansible.play(*(task for task, _words in chosen.values()), in_process=in_process)
    assert_told(run, chosen)
    assert run.exchanges == []


NOTHING_SENT_ENVIRONMENT: dict[str, tuple[dict[str, str], list[str]]] = {
    "no way to identify": ({}, ["No way to identify is given", "access_key_id with access_key_secret", "such as ZSTACK_ACCESS_KEY_ID"]),
    "half a way": ({"ZSTACK_ACCOUNT_NAME": "admin"}, ["ZSTACK_ACCOUNT_NAME is given without ZSTACK_ACCOUNT_PASSWORD"]),
    "two ways": (
        {"ZSTACK_SESSION_TOKEN": "Geheim-1", "ZSTACK_ACCESS_KEY_ID": "key"},
        ["Several ways to identify are given (ZSTACK_ACCESS_KEY_ID, ZSTACK_SESSION_TOKEN)", "Give only one"],
    ),
    "no host": ({"ZSTACK_HOST": ""}, ["host"]),
    "port in words": ({"ZSTACK_PORT": "http"}, ["port", "int"]),
    "unknown scheme": ({"ZSTACK_SCHEME": "gopher"}, ["scheme", "http, https"]),
}  # fmt: skip


def test_nothing_is_sent_for_a_bad_environment(ansible: Ansible) -> None:
    ansible.more_secrets |= LITERAL_SECRETS
    expected = NOTHING_SENT_ENVIRONMENT
    tasks = [{**info(), "environment": variables} for variables, _words in expected.values()]
    run = ansible.play(*tasks, who=None)
    assert_told(run, expected)
    assert run.exchanges == []


@pytest.mark.parametrize("in_process", [True, False], ids=["in the worker", "as a module"])
def test_an_option_and_its_alias(ansible: Ansible, in_process: bool) -> None:
    warning = "Both option session_token and its alias session_uuid are set."
    task = info(session_token="Geheim-1", session_uuid="Geheim-1")
    ansible.more_secrets.add("Geheim-1")
    ansible.play(task, who=None, in_process=in_process, warnings=[warning])


def test_not_enough_to_create(ansible: Ansible, simulator: Simulator) -> None:
    """Only when there is no such ticket is it known that something is missing. Nothing is written then."""
    uuid = fixed_uuid("none")
    expected: dict[str, tuple[Any, list[str]]] = {
        "requests": (
            {"zstack.tickets.zstack_ticket": {"name": "web"}},
            ["There is no ticket with name 'web'", "to create it requests must be given"],
        ),
        "name": (
            {"zstack.tickets.zstack_ticket": {"uuid": uuid, "requests": [WEB], "account_system_context": {}}},
            [f"There is no ticket with uuid {uuid}", "to create it name must be given"],
        ),
        "both": (
            {"zstack.tickets.zstack_ticket": {"uuid": uuid, "account_system_context": {"projectUuid": "p"}}},
            ["to create it name and requests must be given"],
        ),
    }
    run = ansible.play(*(task for task, _words in expected.values()))
    assert_told(run, expected)
    assert all(not task.writes for task in run)


def test_what_only_the_server_knows(ansible: Ansible, simulator: Simulator) -> None:
    """Text that the server's database cannot keep, and bodies just within its limit."""
    large = {"api_name": CREATE_VM, "api_body": {"userData": "ü" * 30000, "name": "web-1"}}
    run = ansible.play(
        ticket(name="rocket \U0001f680"),
        ticket(requests=[large]),
        ticket(requests=[large]),
        ticket(account_system_type="ldap", name="x"),
    )
    assert run[0]["error"]["code"] == "SYS.1000"
    assert run[0]["msg"].startswith("Creating the ticket 'rocket \U0001f680' was refused: SYS.1000: ")
    assert [task.changed for task in run] == [False, True, False, False]
    assert run[3]["error"]["code"] == "SYS.1007"
    kept = stored(simulator)
    assert kept is not None
    assert kept["request"][0]["apiBody"]["userData"] == "ü" * 30000
