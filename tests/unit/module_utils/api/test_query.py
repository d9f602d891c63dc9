# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditions that find what they name, whatever the name; and pages that leave nothing out."""

from __future__ import annotations

import itertools
import typing as t
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.module_utils._api import query
from ansible_collections.zstack.tickets.plugins.module_utils._api.client import Client
from ansible_collections.zstack.tickets.plugins.module_utils._errors import ApiError, MalformedAnswer
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.doubles import (
    ONE_SESSION,
    Call,
    answer,
    stubbed_client,
)
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.simulated import Simulator

Connect = t.Callable[..., Client]
Row = t.Dict[str, t.Any]

TRIMMED = "".join(map(chr, range(0x21)))
"""What the server takes off both ends of a name."""

SPECIAL = "=!<>?~%_,'\"\\`^|{}[]()&+#;:/@*$.-\u3000\u00a0\u2028éÉßıİ\u0301ŉ票\uac00\ufdfa\x00\t\n"
# Characters that the database can keep; names as the server keeps them.
characters = st.sampled_from(SPECIAL + "abAB ") | st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"])
names = st.text(characters, min_size=1, max_size=8).map(lambda name: name.strip(TRIMMED)).filter(bool)


def twins(name: str) -> t.Iterator[str]:
    """Names that a careless search takes for this one."""
    yield from (name.swapcase(), name + "x", name[:-1], "x" + name, name + " x", name.replace("_", "x"))
    yield from (name.replace("é", "e"), name.replace("e", "é"), name.partition("=")[2], name.partition(",")[0])
    for char in "%'\\=!<>~?,":
        yield name.replace(char, "_")
        yield name.replace(char, "x")


def kept(several: t.Iterable[str]) -> list[str]:
    """The different names that the server makes of these, and can keep."""
    trimmed = (name.strip(TRIMMED) for name in several)
    return list(dict.fromkeys(name for name in trimmed if name and len(name.encode("utf-16-le")) <= 510))


def exactly(rows: t.Iterable[t.Mapping[str, t.Any]], name: str) -> list[t.Any]:
    return [row["name"] for row in rows if row["name"] == name]


shared = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@shared
@given(name=names)
@example(name="is null")
@example(name="not null")
@example(name="x=y")
@example(name="a!=b")
@example(name="a>=b<=c")
@example(name="==")
@example(name="~=")
@example(name="it's")
@example(name="' or ''='")
@example(name="100%")
@example(name="a_b")
@example(name="C:\\new\\x")
@example(name="a,b")
@example(name="e\u0301")
@example(name="é")
@example(name="İ")
@example(name="a + b & c # d ? e / f ; g")
@example(name="%41%zz")
@example(name="_")
@example(name="n" * 255)
@example(name="%" * 255)
@example(name="票" * 255)
def test_any_name_finds_its_ticket_among_its_twins(name: str, simulator: Simulator, connect: Connect) -> None:
    simulator.call("POST", "/reset", {})
    client = connect(simulator.key())
    made = kept([name, *itertools.islice(twins(name), 6)])
    for one in made:
        simulator.create(client, one)
    for one in made:
        assert exactly(query.read(client, "/tickets", [query.equals("name", one)]), one) == [one]
    found = [row for condition in query.any_of("name", made) for row in query.read(client, "/tickets", [condition])]
    assert all(one in exactly(found, one) for one in made)
    client.close()


@given(st.text(min_size=1))
@example("\U0001f600 \ud800")
def test_a_name_that_is_nowhere_finds_nothing_and_breaks_nothing(name: str) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        client, stub = stubbed_client(monkeypatch, ONE_SESSION, lambda call: answer(200, {"inventories": []}))
        assert query.read(client, "/tickets", [query.equals("name", name)]) == []
    (sent,) = (value for key, value in stub.calls[0].query if key == "q")
    # One operator only, the first one, and no quote: what stands behind it cannot be misread.
    field, operator, value = sent.partition("~=") if sent.startswith("name~=") else sent.partition("=")
    assert field == "name"
    assert operator
    assert not set(value) & set("=<>!?~'\"\\%")
    assert len(value) == len(name)


def test_a_plain_name_is_compared_by_the_index() -> None:
    assert query.equals("name", "web server_1 (票)") == "name=web server_1 (票)"
    assert query.equals("name", "a%b_c") == "name~=a_b_c"
    assert query.equals("name", " a") == "name~= a"


@given(st.lists(st.text(), max_size=8))
@example([])
@example(["a", "b,c", "d"])
def test_many_values_in_few_conditions(values: list[str]) -> None:
    conditions = query.any_of("name", values)
    lists = [condition.partition("?=")[2] for condition in conditions if condition.startswith("name?=")]
    listed = ",".join(lists).split(",") if lists else []
    others = [condition for condition in conditions if not condition.startswith("name?=")]
    assert len(lists) <= 1
    for value in values:
        assert value in listed or query.equals("name", value) in others
    assert len(listed) + len(others) == len(values)


@given(st.lists(st.text(max_size=20)), st.integers(1, 200))
def test_slices_leave_nothing_out_and_fit(values: list[str], most: int) -> None:
    slices = list(query.slices(values, most))
    assert [value for part in slices for value in part] == values
    for part in slices:
        assert part
        assert len(part) == 1 or len(quote(",".join(part), safe="", errors="replace")) <= most


def test_a_slice_fits_into_what_the_server_takes_for_a_request(simulator: Simulator, connect: Connect) -> None:
    uuids = [f"{number:032x}" for number in range(4000)]
    client = connect(simulator.login())
    conditions = query.any_of("uuid", uuids)
    assert 2 < len(conditions) < 5
    for condition in conditions:
        assert len(urlencode({"q": condition})) < 60_000
        assert query.read(client, "/tickets", [condition]) == []


# Pages
class Node:
    """A server with rows that come and go while it is read."""

    def __init__(self, rows: t.Iterable[Row], change: t.Callable[[list[Row], int], None] | None = None) -> None:
        self.rows = list(rows)
        self.reads = 0
        self._change = change

    def __call__(self, call: Call) -> t.Any:
        options = dict(call.query)
        rows = [row for row in self.rows if self._meets(row, call)]
        by = options.get("sort", "")
        if by:
            rows.sort(key=lambda row: row[by.lstrip("+-")], reverse=by.startswith("-"))
        start = int(options.get("start", 0))
        page = rows[start : start + int(options["limit"])]
        self.reads += 1
        if self._change is not None:
            self._change(self.rows, self.reads)
        return answer(200, {"inventories": page})

    def _meets(self, row: Row, call: Call) -> bool:
        conditions = [value for key, value in call.query if key == "q"]
        return all(
            row["uuid"] > condition.partition(">")[2] for condition in conditions if condition.startswith("uuid>")
        )


def row(number: int) -> Row:
    return {"uuid": f"{number:06}", "name": f"{999999 - number:06}"}


def read(node: t.Callable[[Call], t.Any], page: int = 10, **options: t.Any) -> list[str]:
    """The uuids of the rows that are read, with pages of this size."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(query, "PAGE", page)
        client, _stub = stubbed_client(monkeypatch, ONE_SESSION, node)
        return [str(found["uuid"]) for found in query.read(client, "/tickets", **options)]


@given(
    number=st.integers(0, 45),
    limit=st.none() | st.integers(0, 60),
    sort=st.none() | st.sampled_from(["+uuid", "-uuid", "+name"]),
)
def test_all_rows_or_the_first_ones(number: int, limit: int | None, sort: str | None) -> None:
    uuids = sorted(row(index)["uuid"] for index in range(number))
    expected = uuids[::-1] if sort in ("-uuid", "+name") else uuids
    node = Node(row(index) for index in range(number))
    assert read(node, sort=sort, limit=limit) == expected[:limit]
    assert node.reads <= number // 10 + 1


@given(
    number=st.integers(0, 60),
    comings=st.lists(st.integers(0, 999), max_size=20),
    goings=st.lists(st.integers(0, 59), max_size=20),
)
def test_rows_that_come_and_go_hide_no_others(number: int, comings: list[int], goings: list[int]) -> None:
    stays = [row(10 * index) for index in range(number) if index not in goings]
    node = Node(
        [row(10 * index) for index in range(number)],
        change=lambda rows, reads: rows.__setitem__(
            slice(None),
            [one for one in rows if one in stays] + [row(10 * place + reads % 9 + 1) for place in comings],
        ),
    )
    found = read(node)
    assert len(found) == len(set(found))
    assert {one["uuid"] for one in stays} <= set(found)


@given(number=st.integers(0, 40), comings=st.lists(st.integers(0, 40), max_size=5))
def test_rows_in_an_order_of_the_callers_come_once(number: int, comings: list[int]) -> None:
    def change(rows: list[Row], reads: int) -> None:
        rows.extend(row(10 * place + reads) for place in comings)

    found = read(Node((row(10 * index) for index in range(number)), change), sort="+name")
    assert len(found) == len(set(found))


@pytest.mark.parametrize("sort", [None, "-name"])
@pytest.mark.parametrize("uuid", ["1", None, 1, ["1"], {"a": 1}, "\ud800"])
def test_a_server_that_answers_with_the_same_page_for_ever(sort: str | None, uuid: t.Any) -> None:
    page = answer(200, {"inventories": [{"uuid": uuid}] * 10})
    with pytest.raises(MalformedAnswer, match="the same again"):
        read(lambda call: page, sort=sort)


@pytest.mark.parametrize(
    "body", [{}, {"inventories": None}, {"inventories": {}}, {"inventories": ["a"]}, {"inventories": [{}, None]}, []]
)
def test_an_answer_without_rows(body: t.Any) -> None:
    with pytest.raises(MalformedAnswer, match=r"^GET /tickets"):
        read(lambda call: answer(200, body))


def test_more_rows_than_a_page_of_the_server(simulator: Simulator, connect: Connect) -> None:
    simulator.call("POST", "/tickets/seed", {"count": 2500})
    client = connect(simulator.login())
    uuids = [found["uuid"] for found in query.read(client, "/tickets")]
    assert len(set(uuids)) == len(uuids) == 2500
    assert uuids == sorted(uuids)
    assert len(simulator.exchanges("read")) == 3
    by_name = [found["name"] for found in query.read(client, "/tickets", sort="-name", limit=1500)]
    assert by_name == sorted(by_name, reverse=True)
    assert len(by_name) == 1500
    assert len(query.read(client, "/tickets", ["name=seeded-7"])) == 1


@pytest.mark.parametrize("condition", ["nameless", "=a", "nosuch=a", "name=it's"])
def test_a_condition_of_the_users_own_that_the_server_refuses(
    condition: str, simulator: Simulator, connect: Connect
) -> None:
    client = connect(simulator.login())
    with pytest.raises(ApiError, match=r"^GET /tickets was refused: "):
        query.read(client, "/tickets", [condition])
