"""The filter zstack.tickets.table."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.filter.table import table


def test_columns_are_aligned() -> None:
    rows = [{"name": "web server", "awaiting": {"flow_name": "team"}}, {"name": "db", "awaiting": None}, {}]
    assert table(rows, ["name", "awaiting.flow_name"]) == [
        "name        flow_name",
        "----------  ---------",
        "web server  team",
        "db",
        "",
    ]


def test_no_rows() -> None:
    assert table([], ["name"]) == ["name", "----"]


def test_wide_characters_take_two_columns() -> None:
    assert table([{"name": "数据库", "n": 1}, {"name": "é", "n": 2}], ["name", "n"]) == [
        "name    n",
        "------  -",
        "数据库  1",
        "é       2",
    ]


def test_long_texts_are_cut() -> None:
    rows = [{"name": "abcdef"}, {"name": "数据库数据库"}, {"name": "abcde"}]
    assert table(rows, ["name", "name"], width=5)[1:] == [
        "-----  -----",
        "abcd…  abcdef",
        "数据…  数据库数据库",
        "abcde  abcde",
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [("a\nb", "a\\nb"), ("\x1b[31mred", "\\x1b[31mred"), ("a\u202eb", "a\\u202eb"), (True, "True"), ([1], "[1]")],
)
def test_nothing_is_obeyed(value: Any, shown: str) -> None:
    """Nobody forges lines or colours by the name of a ticket."""
    assert table([{"name": value}], ["name"])[2] == shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("web", ["name"]), "it must be a list of dictionaries"),
        (([], []), r"columns is \[\]"),
        (([], "name"), "columns is 'name'"),
        (([], ["name"], 0), "width is 0"),
    ],
)
def test_mistakes_are_told(arguments: tuple[Any, ...], words: str) -> None:
    with pytest.raises(AnsibleFilterError, match=words):
        table(*arguments)


@given(st.lists(st.fixed_dictionaries({"a": st.text(), "b": st.text()}), max_size=4), st.integers(1, 20))
def test_one_printable_line_a_row(rows: list[dict[str, str]], width: int) -> None:
    lines = table(rows, ["a", "b"], width)
    assert len(lines) == len(rows) + 2
    assert all(line.isprintable() for line in lines)
