"""Filters and tests with tickets that nobody's module has returned: an error of ours that says what is wrong, or a result."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.filter.decide import decide
from ansible_collections.zstack.tickets.plugins.filter.table import table
from ansible_collections.zstack.tickets.plugins.filter.timeline import timeline
from ansible_collections.zstack.tickets.plugins.filter.vm_request import KEYS, vm_request
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.history import HistoryEntry
from ansible_collections.zstack.tickets.plugins.plugin_utils.matching import FIELDS, REQUEST_FIELDS
from ansible_collections.zstack.tickets.plugins.test.awaiting import awaiting
from ansible_collections.zstack.tickets.plugins.test.matching import matching
from tests.unit.plugins.tickets import request, ticket

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(["Pending", "FinalApproved", "2026-11-20T08:00:00", "8G", "+08:00"])
)
MEMBERS = [
    *("name", "status", "requests", "history", "awaiting", "account_system_context", "create_date", "description"),
    *("api_name", "api_body", "execute_times", "request_name", "flow_name", "approver_uuid", "virtualIDUuid"),
    *(field for field in HistoryEntry.__dataclass_fields__ if field != "uuid"),
    *("requestResults", "requestName", "successTimes", "failureTimes", "errors", "success"),
]
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=4)
        | st.dictionaries(scalars, inner, max_size=2)
    ),
    max_leaves=12,
)
entries = st.fixed_dictionaries({"to_status": scalars}, optional=dict.fromkeys(set(MEMBERS) - {"to_status"}, values))
tickets = (
    st.fixed_dictionaries(
        {"history": st.lists(entries | values, max_size=3) | values, "requests": st.lists(values, max_size=2) | values},
        optional=dict.fromkeys(set(MEMBERS) - {"history", "requests"}, values),
    )
    | values
)
CONDITIONS = [*FIELDS, *REQUEST_FIELDS, "age", "totals", "all_requests", "any_request", "api_body", "exists", "at_most"]
matches: st.SearchStrategy[Any] = st.recursive(
    scalars | st.lists(scalars, max_size=2),
    lambda inner: st.dictionaries(st.sampled_from(CONDITIONS), inner, max_size=3),
    max_leaves=6,
)
rules = st.lists(
    st.fixed_dictionaries(
        {"decision": st.sampled_from(["approve", "reject", "leave"]) | scalars},
        optional={"match": matches, "name": values, "comment": st.sampled_from(["{age}", "{name}", "{}"]) | values},
    )
    | values,
    max_size=2,
)


def complains_or_answers(plugin: Callable[..., Any], *arguments: Any, **options: Any) -> None:
    with contextlib.suppress(AnsibleFilterError):
        plugin(*arguments, **options)


@given(tickets)
def test_timeline(made: Any) -> None:
    complains_or_answers(timeline, made)


@given(st.lists(tickets, max_size=2) | values, rules | values, values, st.sampled_from([None, "UTC"]) | scalars)
def test_decide(made: Any, by: Any, limit: Any, zone: Any) -> None:
    complains_or_answers(decide, made, by, limit=limit, server_timezone=zone)


@given(tickets, matches, scalars)
def test_matching(made: Any, match: Any, zone: Any) -> None:
    complains_or_answers(matching, made, match, zone)


@given(tickets, scalars)
def test_awaiting(made: Any, approver: Any) -> None:
    complains_or_answers(awaiting, made, approver)


@given(
    values | st.lists(st.dictionaries(st.sampled_from(MEMBERS), values)),
    values | st.lists(st.sampled_from(MEMBERS), min_size=1),
    scalars,
)
def test_table(rows: Any, columns: Any, width: Any) -> None:
    complains_or_answers(table, rows, columns, width)


@given(values | st.dictionaries(st.sampled_from(KEYS), values), values | st.dictionaries(st.sampled_from(KEYS), values))
def test_vm_request(machine: Any, defaults: Any) -> None:
    complains_or_answers(vm_request, machine, defaults)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"history": ["x"]}, "history[0] is 'x': it must be a dictionary"),
        ({"history": [{"comment": "no"}]}, "history[0] has no to_status"),
        (
            {"history": [{"to_status": "Pending", "sequence": "1"}]},
            "history[0]: sequence is '1': it must be a whole number",
        ),
        ({"history": [], "requests": {}}, "The ticket: requests is {}: it must be a list"),
        ({"history": [], "requests": [5]}, "The ticket: requests[0] is 5: it must be a dictionary"),
        ({"history": [], "awaiting": "me"}, "The ticket: awaiting is 'me': it must be a dictionary"),
    ],
)
def test_what_is_wrong_is_told(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        timeline({**ticket(request()), **wrong})
    assert words in str(caught.value)


def test_which_ticket_is_wrong_is_told() -> None:
    with pytest.raises(AnsibleFilterError, match=r"tickets\[1\]: requests\[0\]: execute_times is 'many'"):
        decide([ticket(), ticket({**request(), "execute_times": "many"})], [])


def test_parts_of_a_history_will_do() -> None:
    """What a playbook notes down itself need not have every member."""
    events = timeline({"status": "Rejected", "history": [{"to_status": "Rejected", "comment": "No."}]})
    assert [(event["event"], event["comment"]) for event in events] == [("submitted", None), ("rejected", "No.")]
