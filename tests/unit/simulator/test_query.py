"""The query language."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.simulator import query
from tests.simulator.errors import RestError
from tests.simulator.tables import collate


@pytest.mark.parametrize(
    ("condition", "read"),
    [
        ("name=x", ("name", "=", "x")),
        ("name = x ", ("name", "=", " x ")),
        ("name=", ("name", "=", "")),
        ("name=a=b", ("name", "=", "a=b")),
        ("name==abc", ("name", "=", "abc")),
        ("name=a!=b", ("name=a", "!=", "b")),
        ("description=x>=y", ("description=x", ">=", "y")),
        ("name~=%a%", ("name", "like", "%a%")),
        ("name!~=a", ("name", "not like", "a")),
        ("uuid?=a,b", ("uuid", "in", "a,b")),
        ("uuid!?=a", ("uuid", "not in", "a")),
        ("executeTimes>5", ("executeTimes", ">", "5")),
        ("name is null", ("name", "is null", "")),
        ("name not null", ("name", "is not null", "")),
        ("name is not null", ("name is", "is not null", "")),
        ("name=is null", ("name", "=", "is null")),
    ],
)
def test_conditions_split_at_the_first_listed_operator(condition: str, read: tuple[str, str, str]) -> None:
    assert query.read([("q", condition)]).conditions == [read]


@given(st.text(alphabet="ab!=<>?~ ", max_size=12))
def test_every_condition_is_read_or_refused(condition: str) -> None:
    if not any(operator in condition for operator in query.OPERATORS):
        with pytest.raises(RestError, match="doesn't contain any query operator"):
            query.read([("q", condition)])
        return
    with suppress(RestError):  # not a pair
        ((name, operator, value),) = query.read([("q", condition)]).conditions
        assert operator in query.OPERATORS.values()
        assert name in condition
        assert condition.endswith(value)


@given(st.text(max_size=20))
def test_collation_ignores_case(text: str) -> None:
    assert collate(collate(text)) == collate(text)
    assert text.isascii() is False or collate(text.upper()) == collate(text)


@pytest.fixture
def tickets(as_: Any) -> list[str]:
    names = ["alpha", "Beta", "beta 2", "über", "100%", "a_b", "back\\slash"]
    return [as_.requester.create(name, description=None if name == "alpha" else f"d {name}")["uuid"] for name in names]


@pytest.mark.parametrize(
    ("conditions", "names"),
    [
        (["name=ALPHA"], ["alpha"]),
        (["name=alpha  "], ["alpha"]),
        (["name= alpha"], []),
        (["name=uber"], ["über"]),
        (["name!=alpha"], ["Beta", "beta 2", "über", "100%", "a_b", "back\\slash"]),
        (["name~=BETA%"], ["Beta", "beta 2"]),
        (["name~=beta"], ["Beta"]),
        (["name~=_eta"], ["Beta"]),
        (["name~=%\\%"], ["100%"]),
        (["name!~=%a%"], ["über", "100%"]),
        (["name?=alpha,BETA,none"], ["alpha", "Beta"]),
        (["name!?=alpha,beta,beta 2,uber,100%,a_b"], ["back\\slash"]),
        (["name?="], []),
        (["name>b", "name<c"], ["Beta", "beta 2", "back\\slash"]),
        (["description is null"], ["alpha"]),
        (["description not null", "name~=beta%"], ["Beta", "beta 2"]),
        (["description!=d Beta", "name~=%a%"], ["beta 2", "a_b", "back\\slash"]),
        (["status=Pending", "name=alpha"], ["alpha"]),
        (["status=Nonsense"], []),
        (["createDate>2020-01-01 00:00:00", "name=alpha"], ["alpha"]),
        (["createDate>2999-01-01 00:00:00"], []),
        (["createDate>Nov 16, 2018 7:46:25 PM"], []),
        (["name=back\\slash"], ["back\\slash"]),
        (["accountSystemContext~=%virtualIDUuid%", "name=alpha"], ["alpha"]),
        (["name=alpha", "name=alpha"], ["alpha"]),
    ],
)
def test_comparisons(as_: Any, tickets: list[str], conditions: list[str], names: list[str]) -> None:
    assert [row["name"] for row in as_.requester.query("/tickets", *conditions)] == names


def test_uuids_compare_without_case(as_: Any, tickets: list[str]) -> None:
    assert len(as_.requester.query("/tickets", f"uuid={tickets[0].upper()}")) == 1
    assert len(as_.requester.query("/tickets", f"uuid?={tickets[1]},{tickets[2]},{tickets[1]}")) == 2


def test_collation_is_a_switch(as_: Any, sim: Any, tickets: list[str]) -> None:
    sim.set(insensitive_collation=False)
    assert as_.requester.query("/tickets", "name=ALPHA") == []
    assert len(as_.requester.query("/tickets", "name=alpha")) == 1


def test_paging_and_counting(as_: Any, tickets: list[str]) -> None:
    names = [row["name"] for row in as_.requester.query("/tickets", sort="name", limit=3, start=2)]
    assert names == ["alpha", "back\\slash", "Beta"]
    page = as_.requester("GET", "/tickets?limit=2&replyWithCount=true").json()
    assert (len(page["inventories"]), page["total"]) == (2, 7)
    count = as_.requester("GET", "/tickets?count=true&limit=1&start=5&q=name~=beta%25").json()
    assert count == {"total": 2, "schema": {}}
    assert as_.requester.query("/tickets", limit=0) == []
    assert as_.requester("GET", "/tickets?limit=1&limit=3").json()["inventories"][1:] == []


def test_default_limit_is_a_thousand(as_: Any, sim: Any) -> None:
    sim.seed_tickets(1500)
    assert len(as_.requester.query("/tickets")) == 1000
    assert len(as_.requester.query("/tickets", limit=1200)) == 1200
    assert len(as_.requester.query("/tickets", start=1000)) == 500
    assert as_.requester.query("/tickets", "name=seeded-1234")[0]["name"] == "seeded-1234"


@pytest.mark.parametrize(("sort", "reverse"), [("name", False), ("%2Bname", False), ("+name", False), ("-name", True)])
def test_sorting(as_: Any, tickets: list[str], sort: str, reverse: bool) -> None:
    rows = as_.requester("GET", f"/tickets?sort={sort}").json()["inventories"]
    names = [row["name"].lower() for row in rows]
    assert names == sorted(names, reverse=reverse)


def test_nulls_sort_first(as_: Any, tickets: list[str]) -> None:
    assert as_.requester.query("/tickets", sort="description")[0]["name"] == "alpha"


def test_order_without_sort_is_a_switch(as_: Any, sim: Any, tickets: list[str]) -> None:
    assert [row["uuid"] for row in as_.requester.query("/tickets")] == tickets
    sim.set(unsorted_order="uuid")
    assert [row["uuid"] for row in as_.requester.query("/tickets")] == sorted(tickets)


def test_fields(as_: Any, tickets: list[str]) -> None:
    rows = as_.requester("GET", "/tickets?fields=uuid,%20name,&fields=status&q=name=alpha").json()["inventories"]
    assert rows == [{"uuid": tickets[0], "name": "alpha"}]


def test_schema_is_always_there(as_: Any, tickets: list[str]) -> None:
    answer = as_.requester("GET", "/tickets?q=name=alpha").json()
    assert answer["schema"] == {
        "inventories[0]": "org.zstack.ticket.entity.TicketInventory",
        "inventories[0].status": "org.zstack.ticket.entity.TicketStatus",
        "inventories[0].request[0]": "org.zstack.ticket.entity.TicketRequest",
    }
    assert as_.requester("GET", "/tickets?q=name=none").json() == {"inventories": [], "schema": {}}


def test_unknown_parameters_are_ignored(as_: Any, tickets: list[str]) -> None:
    rows = as_.requester("GET", "/tickets?condition=name=x&name=x&groupBy=name&Q=name=x&LIMIT=1").json()["inventories"]
    assert len(rows) == 7


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        (
            "q=name",
            "Invalid query parameter. The 'name' in the parameter[q] doesn't contain any query operator. Valid query "
            "operators are [[!=, >=, <=, !?=, !~=, ~=, ?=, =, >, <, is null, not null]]",
        ),
        ("q==abc", "Invalid query parameter. The '=abc' in parameter[q] is not a key-value pair split by ="),
        ("q=?=abc", "Invalid query parameter. The '?=abc' in parameter[q] is not a key-value pair split by in"),
        ("limit=many", "Invalid query parameter. 'limit' must be an integer"),
        ("start=1.5", "Invalid query parameter. 'start' must be an integer"),
    ],
)
def test_refused_by_the_front(as_: Any, parameters: str, text: str) -> None:
    answer = as_.requester("GET", f"/tickets?{parameters}")
    assert (answer.status_code, answer.text) == (400, text)


_RUNTIME = "org.zstack.header.exception.CloudRuntimeException: "
_TICKET = "org.zstack.ticket.entity.TicketInventory"


@pytest.mark.parametrize(
    ("parameters", "code", "details"),
    [
        ("q=foo=1", "SYS.1000", f"{_RUNTIME}inventory class[class {_TICKET}] not having field[foo]"),
        ("q=foo.name=1", "SYS.1000", f"{_RUNTIME}invalid nested query condition[foo.name] on class"),
        ("fields=", "SYS.1000", "org.antlr.v4.runtime.misc.ParseCancellationException: error mismatched input ''"),
        ("fields=foo", "SYS.1000", f"{_RUNTIME}inventory[${{selfInventoryClass}}] has no field[foo]"),
        (
            "sort=foo",
            "SYS.1000",
            "org.zstack.zql.ast.visitors.ZQLError: ORDER BY子句无效，库存[TicketInventory]没有字段[foo]",
        ),
        ("q=a b=1", "SYS.1000", "org.antlr.v4.runtime.misc.ParseCancellationException: error "),
        ("q=uuid is not null", "SYS.1000", "org.antlr.v4.runtime.misc.ParseCancellationException: error "),
        ("q=limit=1", "SYS.1000", "org.antlr.v4.runtime.misc.ParseCancellationException: error "),
        ("sort=name,uuid", "SYS.1000", "org.antlr.v4.runtime.misc.ParseCancellationException: error "),
        ("q=name=a!=b", "SYS.1000", "org.antlr.v4.runtime.misc.ParseCancellationException: error "),
        ("q=sequence=x", "SYS.1000", "java.lang.NumberFormatException"),
        ("limit=-1", "SYS.1000", "java.lang.IllegalArgumentException"),
        ("filterName=x", "SYS.1007", "FilterName的格式必须为[filterType：条件]"),
    ],
)
def test_refused_by_the_query_facade(as_: Any, parameters: str, code: str, details: str) -> None:
    path = "/tickets/histories" if "sequence" in parameters else "/tickets"
    answer = as_.requester("GET", f"{path}?{parameters}")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (503, code)
    assert error["details"].startswith(details)
    assert ("cost" in error) == (code == "SYS.1007")


def test_a_quote_breaks_the_query(as_: Any) -> None:
    error = as_.requester("GET", "/tickets", params={"q": "name=it's"}).json()["error"]
    assert error["code"] == "SYS.1000"
    assert error["details"].startswith(
        "org.antlr.v4.runtime.misc.ParseCancellationException: error token recognition error at: '' limit 1000' "
    )


def test_who_sees_what(as_: Any) -> None:
    own = as_.requester.create()["uuid"]
    for name in ("requester", "requester2", "approver", "auditor", "admin"):
        assert [row["uuid"] for row in getattr(as_, name).query("/tickets")] == [own]
    assert as_.outsider.query("/tickets") == []
    assert as_.nobody.login("requester", None).query("/tickets") == []
    assert [row["name"] for row in as_.outsider.query("/tickets/flow-collections")] == ["default"]
    assert {row["name"] for row in as_.requester.query("/tickets/flow-collections")} == {"default", "demo", "chain"}
    assert [row["name"] for row in as_.requester.query("/iam2/projects")] == ["demo-project"]
    assert len(as_.admin.query("/iam2/projects")) == 2
    assert as_.admin.query("/accounts", "name=admin")[0]["type"] == "SystemAdmin"
    assert as_.requester.query("/accounts", "name=admin") == []
    assert as_.requester.query("/iam2/virtual-ids", "name=approver")[0]["state"] == "Enabled"


def test_tags_can_be_asked_for(as_: Any) -> None:
    body = as_.requester.ticket_body()
    body["userTags"] = ["blue"]
    uuid = as_.requester.job("POST", "/tickets", json=body).json()["inventory"]["uuid"]
    as_.requester.create("untagged")
    assert [row["uuid"] for row in as_.requester.query("/tickets", "__userTag__=blue")] == [uuid]
    assert as_.requester.query("/tickets", "__userTag__=red") == []
