"""What the test zstack.tickets.matching says of tickets, and the other tests of tickets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.module_utils._errors import InputError
from ansible_collections.zstack.tickets.plugins.plugin_utils.matching import FIELDS, REQUEST_FIELDS, TicketMatch
from ansible_collections.zstack.tickets.plugins.test.awaiting import awaiting
from ansible_collections.zstack.tickets.plugins.test.matching import DOCUMENTATION, matching
from tests.unit.plugins.tickets import APPROVER, CREATE_VM, PROJECT, SUBMITTER, request, ticket

NOW = datetime(2026, 11, 23, 8, 0, 0)


def objection(match: dict[str, Any], of: dict[str, Any]) -> str | None:
    return TicketMatch.read(match, "match").objection(of, NOW)


SMALL = request(cpuNum=2, memorySize=2**32, id="x", createdTime=1, headers={}, timeout=-1)
LARGE = request(times=3, cpuNum=16, memorySize=2**36, placement={"host": "h1"})

MATCHES: list[dict[str, Any]] = [
    {"name": "web"},
    {"name": {"like": "w*"}, "status": ["Pending", "IntermediateApproved"]},
    {"project": PROJECT, "submitter": [SUBMITTER]},
    {"ticket_type": "e" * 32, "flow_collection": "f" * 32, "uuid": "d" * 32},
    {"description": {"exists": False}},
    {"step": "team approval"},
    {"requests": 2, "executions": 4},
    {"age": {"at_least": "3d"}},
    {"age": {"at_least": "71h", "at_most": 259200}},
    {"totals": {"cpuNum": 50, "memorySize": {"at_most": "196G"}}},
    {"all_requests": {"api_name": CREATE_VM, "request_name": "create vm"}},
    {"all_requests": {"api_body": {"cpuNum": {"at_most": 16}}}},
    {"any_request": {"api_body": {"cpuNum": {"at_least": 16}}, "execute_times": 3}},
    {"any_request": {"body_keys": ["cpuNum", "memorySize"]}},
    {"any_request": {"api_body": {"placement.host": "h1"}}},
    {"all_requests": {"api_body": {"hostUuid": {"exists": False}}}},
]
MATCHES_NOT: list[tuple[dict[str, Any], str]] = [
    ({"name": "Web"}, "name is 'web': not 'Web'"),
    ({"description": {"exists": True}}, "description is not given"),
    ({"executions": {"at_most": 3}}, "executions is 4: not at most 3"),
    ({"age": {"at_most": "1d"}}, "age is 3 d: not at most 1d"),
    ({"totals": {"cpuNum": {"at_most": 49}}}, "the total of cpuNum is 50: not at most 49"),
    ({"totals": {"disk": {"at_most": 49}}}, "the total of disk is not given"),
    (
        {"all_requests": {"api_body": {"cpuNum": {"at_most": 4}}}},
        "requests[1].api_body.cpuNum is 16: not at most 4",
    ),
    (
        {"all_requests": {"body_keys": ["cpuNum", "memorySize"]}},
        "requests[1].body_keys is 'placement': not one of ['cpuNum', 'memorySize']",
    ),
    ({"any_request": {"api_name": "APIDestroyVmInstanceMsg"}}, "requests[0].api_name is"),
    # Both conditions have to hold of the same request.
    ({"any_request": {"execute_times": 3, "api_body": {"cpuNum": 2}}}, "requests[0].execute_times is 1: not 3"),
]


@pytest.mark.parametrize("match", MATCHES, ids=str)
def test_matches(match: dict[str, Any]) -> None:
    assert objection(match, ticket(SMALL, LARGE)) is None


@pytest.mark.parametrize(("match", "why"), MATCHES_NOT, ids=str)
def test_matches_not(match: dict[str, Any], why: str) -> None:
    assert (objection(match, ticket(SMALL, LARGE)) or "").startswith(why)


@pytest.mark.parametrize("member", ["all_requests", "any_request"])
def test_a_ticket_without_requests_matches_no_rule_about_them(member: str) -> None:
    assert objection({member: {"api_name": CREATE_VM}}, ticket()) == "there are no requests"


def test_one_request_cannot_make_up_for_another() -> None:
    """Nobody gets under a limit of sums by a request that counts below zero."""
    assert objection({"executions": {"at_most": 4}}, ticket(request(10), request(-8))) is not None
    many = ticket(request(10, cpuNum=8), request(1, cpuNum=-79))
    assert objection({"totals": {"cpuNum": {"at_most": 4}}}, many) == "the total of cpuNum is not given"
    assert objection({"totals": {"cpuNum": 80}}, ticket(request(10, cpuNum=8), request(-8, cpuNum=8))) is None


def test_a_dot_is_always_a_path() -> None:
    """A member whose name has a dot in it cannot stand for the one that the API would obey."""
    body: dict[str, Any] = {"limits.cpu": 1, "limits": {"cpu": 64}}
    disguised = ticket(request(**body))
    assert objection({"all_requests": {"api_body": {"limits.cpu": {"at_most": 4}}}}, disguised) is not None


def test_times_that_are_not_given_count_once() -> None:
    assert objection({"executions": 1}, ticket(request(None))) is None
    assert objection({"executions": 0}, ticket(request(0))) is None


@given(
    st.lists(st.tuples(st.integers(-5, 20), st.integers(-64, 64) | st.text(max_size=3) | st.none()), max_size=4),
    st.integers(0, 100),
)
def test_sums_are_never_below_what_is_executed(asked: list[tuple[int, Any]], limit: int) -> None:
    of = ticket(*[request(times, cpuNum=cpus) for times, cpus in asked])
    executed = sum(max(times, 0) for times, _cpus in asked)
    if objection({"executions": {"at_most": limit}}, of) is None:
        assert executed <= limit
    if objection({"totals": {"cpuNum": {"at_most": limit}}}, of) is None:
        assert sum(max(times, 0) * max(int(cpus), 0) for times, cpus in asked) <= limit


@pytest.mark.parametrize(
    ("match", "words"),
    [
        ([], "match is []: it must be a dictionary."),
        ({}, "match is empty, so everything would match."),
        ({"all_requests": {}}, "match.all_requests is empty"),
        ({"any_request": {"api_body": {}}}, "match.any_request.api_body is empty"),
        ({"totals": {}}, "match.totals is empty"),
        ({"nme": "web"}, "match has nme: known are name, uuid,"),
        ({"totals": 5}, "match.totals is 5"),
        ({"all_requests": {"cpuNum": 4}}, "match.all_requests has cpuNum: known are api_name,"),
        ({"any_request": {"api_body": {"cpuNum": {"under": 4}}}}, "match.any_request.api_body.cpuNum is"),
        ({"age": "soon", "name": {"like": 4}}, "match.name.like is 4"),
        ({"age": {"at_least": "8G"}}, "match.age.at_least is '8G'"),
    ],
)
def test_mistakes_are_told(match: Any, words: str) -> None:
    with pytest.raises(InputError) as raised:
        TicketMatch.read(match, "match")
    assert raised.value.message.startswith(words)


def test_the_plugin() -> None:
    assert matching(ticket(SMALL), {"name": "web"}) is True
    assert matching(ticket(SMALL), {"name": "db"}) is False
    assert matching(ticket(SMALL), {"age": {"at_least": "1h"}}, server_timezone="+08:00") is True
    with pytest.raises(AnsibleFilterError, match=r"zstack\.tickets\.matching: .*server_timezone"):
        matching(ticket(SMALL), {"age": {"at_least": "1h"}}, server_timezone="auto")
    with pytest.raises(AnsibleFilterError, match="The ticket is 'web': it must be a dictionary"):
        matching("web", {})


def test_server_timezone_counts() -> None:
    """East of Greenwich the clock shows more, so tickets are older by it."""
    now = datetime.now().astimezone().strftime("%Y-%m-%dT%H:%M:%S")
    fresh = ticket(SMALL, create_date=now)
    assert matching(fresh, {"age": {"at_least": "2h"}}, "+14:00") != matching(
        fresh, {"age": {"at_least": "2h"}}, "-12:00"
    )


def test_a_date_that_cannot_be_read_has_no_age() -> None:
    assert objection({"age": {"at_least": 0}}, ticket(SMALL, create_date="gestern")) == "age is not given"


def test_every_key_is_documented() -> None:
    options = yaml.safe_load(DOCUMENTATION)["options"]["match"]["suboptions"]
    assert set(options) == {*FIELDS, "age", "totals", "all_requests", "any_request"}
    assert set(options["all_requests"]["suboptions"]) == {*REQUEST_FIELDS, "api_body"}


@pytest.mark.parametrize("status", ["Pending", "IntermediateApproved"])
def test_awaiting(status: str) -> None:
    of = ticket(SMALL, status=status)
    assert awaiting(of) is True
    assert awaiting(of, APPROVER) is True
    assert awaiting(of, SUBMITTER) is False
    assert awaiting({"status": status}) is True
    assert awaiting({"status": status, "awaiting": None}, APPROVER) is False


@pytest.mark.parametrize("status", ["FinalApproved", "Cancelled", "Rejected", "Other", None])
def test_awaiting_nobody(status: str | None) -> None:
    assert awaiting(ticket(SMALL, status=status)) is False
    assert awaiting(ticket(SMALL, status=status), APPROVER) is False
