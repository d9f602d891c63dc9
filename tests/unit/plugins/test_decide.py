"""What the filter zstack.tickets.decide says of tickets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.filter.decide import DOCUMENTATION, decide
from ansible_collections.zstack.tickets.plugins.plugin_utils import policy
from ansible_collections.zstack.tickets.plugins.plugin_utils.matching import FIELDS
from tests.unit.plugins.tickets import request, ticket

SMALL = {
    "name": "small",
    "match": {"all_requests": {"api_body": {"cpuNum": {"at_most": 4}}}},
    "decision": "approve",
    "comment": "{executions} of {name} by {rule}.",
}
MANY = {"name": "many", "match": {"executions": {"at_least": 100}}, "decision": "reject", "comment": "Too many."}


def verdicts(found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(item["decision"], item["rule"], item["comment"], item["why"]) for item in found]


def test_first_match_decides() -> None:
    tickets = [ticket(request(2, cpuNum=4)), ticket(request(100, cpuNum=8)), ticket(request(cpuNum=8))]
    assert verdicts(decide(tickets, [SMALL, MANY])) == [
        ("approve", "small", "2 of web by small.", "small matches"),
        ("reject", "many", "Too many.", "many matches"),
        (
            "leave",
            None,
            None,
            "small: requests[0].api_body.cpuNum is 8: not at most 4; many: executions is 1: not at least 100",
        ),
    ]
    assert decide([ticket(request(100, cpuNum=1))], [MANY, SMALL])[0]["decision"] == "reject"


def test_a_rule_may_leave() -> None:
    holiday = {"match": {"name": {"like": "w*"}}, "decision": "leave", "comment": "never sent"}
    assert verdicts(decide([ticket(request(cpuNum=1))], [holiday, SMALL])) == [
        ("leave", "rule 1", None, "rule 1 matches")
    ]


def test_no_rules_and_no_tickets() -> None:
    assert verdicts(decide([ticket()], [])) == [("leave", None, None, "there are no rules")]
    assert decide([], [SMALL]) == []


def test_a_rule_without_match_is_for_all() -> None:
    (found,) = decide([ticket()], [{"decision": "reject"}])
    assert (found["decision"], found["comment"], found["ticket"]) == ("reject", None, ticket())


def test_limit() -> None:
    """So many are decided, in the order of the tickets; what is left anyway does not count."""
    tickets = [ticket(request(cpuNum=cpus)) for cpus in (1, 8, 2, 3)]
    found = decide(tickets, [SMALL], limit=2)
    assert [item["decision"] for item in found] == ["approve", "leave", "approve", "leave"]
    assert verdicts(found)[3] == ("leave", "small", None, "small would approve it, but 2 are decided already")
    assert {item["decision"] for item in decide(tickets, [SMALL], limit=0)} == {"leave"}


def test_placeholders() -> None:
    """They are filled in once: what a submitter writes is not looked at for more of them."""
    rule = {"decision": "approve", "comment": "{name} {uuid} {step} {requests} {age} {description}| {} {{name}} {"}
    of = ticket(request(), name="{rule} {{ lookup('env', 'HOME') }}")
    (found,) = policy.decide([of], [rule], now=datetime.fromisoformat("2026-11-23T09:00:00"))
    name = of["name"]
    assert found["comment"] == f"{name} {of['uuid']} team approval 1 3 d | {{}} {{{name}}} {{"


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ("approve", "rules is 'approve': it must be a list."),
        (["approve"], "rules[0] is 'approve': it must be a dictionary."),
        ([{"match": {}}], "rules[0].decision is None: it must be one of approve, reject, leave."),
        ([SMALL, {"decision": "approved"}], "rules[1].decision is 'approved'"),
        ([{"decision": "leave", "when": {}}], "rules[0] has when: known are name, match, decision, comment."),
        ([{"decision": "leave", "match": {"nam": 1}}], "rules[0].match has nam"),
        ([{"decision": "leave", "match": "all"}], "rules[0].match is 'all'"),
        ([{"decision": "approve", "match": {}}], "rules[0].match is empty, so everything would match."),
        ([{"decision": "approve", "match": None}], "rules[0].match is None: it must be a dictionary."),
        ([{"decision": "reject", "comment": "{nme}"}], "rules[0].comment has the placeholder {nme}: known are name,"),
        ([{"decision": "reject", "comment": "x" * 65536}], "comment is"),
        ([{"decision": "approve", "match": {"age": {"at_least": "1d"}}}], "A rule is about the age of tickets."),
    ],
)
def test_mistakes_are_told(rules: Any, words: str) -> None:
    with pytest.raises(AnsibleFilterError) as raised:
        decide([ticket()], rules)
    assert f"zstack.tickets.decide: {words}" in str(raised.value)


@pytest.mark.parametrize("limit", [-1, "five", 1.5])
def test_limit_must_be_a_number(limit: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="limit is"):
        decide([ticket()], [SMALL], limit=limit)


def test_input_must_be_tickets() -> None:
    with pytest.raises(AnsibleFilterError, match="it must be a list of tickets"):
        decide({"tickets": []}, [SMALL])


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 200)), max_size=8),
    st.permutations([SMALL, MANY, {"name": "rest", "decision": "leave"}]),
    st.integers(0, 8),
)
def test_limited_decisions_are_the_first_of_all(
    asked: list[tuple[int, int]], rules: list[dict[str, Any]], limit: int
) -> None:
    tickets = [ticket(request(times, cpuNum=cpus)) for cpus, times in asked]
    without, limited = policy.decide(tickets, rules), policy.decide(tickets, rules, limit)
    decided = [number for number, item in enumerate(without) if item["decision"] != "leave"]
    assert [number for number, item in enumerate(limited) if item["decision"] != "leave"] == decided[:limit]
    for item, of in zip(without, tickets, strict=True):
        alone = [policy.decide([of], [rule])[0] for rule in rules]
        first = next((one for one in alone if one["rule"] is not None), None)
        assert (item["decision"], item["rule"]) == ((first["decision"], first["rule"]) if first else ("leave", None))


def test_every_placeholder_is_documented() -> None:
    text = yaml.safe_load(DOCUMENTATION)["options"]["rules"]["suboptions"]["comment"]["description"][1]
    assert all(f"C({word})" in text for word in (*FIELDS, "rule", "age"))
