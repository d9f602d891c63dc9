# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import datetime
import enum
import json
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.module_utils._tickets.values import (
    MAX_DEPTH,
    canonical,
    differing,
    plain,
    shown,
    trimmed,
)
from ansible_collections.zstack.tickets.tests.unit.module_utils.tickets.strategies import as_server_sends, json_values


class Marked(str):
    """As Ansible marks strings."""

    def __str__(self) -> str:
        return "not this"


class Level(enum.IntEnum):
    HIGH = 3


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.0, 1),
        (-1.0, -1),
        (1.5, 1.5),
        (1.56e12, 1560000000000),
        (1e300, 1e300),
        (2.0**53 - 1, 2**53 - 1),
        (2.0**53, 2.0**53),
        (-(2.0**53), -(2.0**53)),
        (True, True),
        ((1, 2), [1, 2]),
        ({3}, [3]),
        (datetime.date(2024, 2, 29), "2024-02-29"),
        (datetime.datetime(2024, 2, 29, 7, 46, 25), "2024-02-29T07:46:25"),
        (b"caf\xc3\xa9", "café"),
        (Marked("marked"), "marked"),
        (Level.HIGH, 3),
        ({1: "a", False: "b"}, {"1": "a", "false": "b"}),
        ({None: "a", 2.0: "b", datetime.date(2024, 1, 2): "c"}, {"null": "a", "2": "b", "2024-01-02": "c"}),
    ],
)
def test_options_become_plain_json(value: t.Any, expected: t.Any) -> None:
    result = plain(value)
    assert result == expected
    assert result.__class__ is expected.__class__


def test_the_base_of_a_marked_string_is_kept() -> None:
    assert plain([Marked("x")])[0].__class__ is str


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": [float("-inf")]}])
def test_numbers_that_json_lacks_are_refused(value: t.Any) -> None:
    with pytest.raises(ValueError, match="no JSON number"):
        plain(value)


def nested(levels: int) -> t.Any:
    value: t.Any = 1
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    return value


def test_endless_values_are_refused() -> None:
    assert plain(nested(MAX_DEPTH)) == nested(MAX_DEPTH)
    with pytest.raises(ValueError, match=f"nested more than {MAX_DEPTH} levels deep"):
        plain(nested(MAX_DEPTH + 1))
    endless: dict[str, t.Any] = {}
    endless["again"] = [endless]
    with pytest.raises(ValueError, match=str(MAX_DEPTH)):
        plain(endless)


@given(json_values)
def test_plain_form_is_json_is_stable_and_is_a_copy(value: t.Any) -> None:
    once = plain(value)
    assert plain(once) == once
    assert json.loads(json.dumps(once)) == once
    assert not isinstance(once, (dict, list)) or once is not value


@given(json_values.flatmap(lambda value: st.tuples(st.just(value), as_server_sends(value))))
def test_what_the_server_makes_of_a_value_is_the_same(pair: tuple[t.Any, t.Any]) -> None:
    wanted, actual = plain(pair[0]), plain(pair[1])
    assert list(differing(wanted, actual, "x")) == []


@given(json_values)
def test_what_counts_as_the_same_has_the_same_canonical_text(value: t.Any) -> None:
    def shuffled(part: t.Any) -> t.Any:
        if isinstance(part, dict):
            return {**{key: shuffled(part[key]) for key in reversed(list(part))}, "\0absent": None}
        if isinstance(part, list):
            return [shuffled(element) for element in part]
        return f" {part}\n" if isinstance(part, str) else part

    assert canonical(plain(value)) == canonical(plain(shuffled(value)))
    assert canonical(plain(value)).isascii()


@pytest.mark.parametrize(
    ("wanted", "actual", "paths"),
    [
        (1, 1.0, []),
        (1, 2, ["x"]),
        (0.1, 0.1, []),
        (2**53 + 1, float(2**53), []),
        (float(2**53), 2**53 + 1, []),
        (2**53 + 1, 2**53, ["x"]),
        (1.5, 1, ["x"]),
        (10**400, 1e300, ["x"]),
        (True, 1, ["x"]),
        (1, True, ["x"]),
        (False, 0, ["x"]),
        (True, True, []),
        ("1", 1, ["x"]),
        (1, "1", ["x"]),
        (1, None, ["x"]),
        ("a ", "\ta", []),
        ("a", "A", ["x"]),
        ("a\u3000", "a", ["x"]),
        ("", None, ["x"]),
        (None, None, []),
        (None, 0, ["x"]),
        ({"a": None}, {}, []),
        ({"a": None}, {"a": 1}, ["x.a"]),
        ({"a": 1}, {"a": 1, "b": 2}, []),
        ({"a": {"b": 1}}, {"a": {"b": 2, "c": 3}}, ["x.a.b"]),
        ({"a": 1, "b": 2}, {}, ["x.a", "x.b"]),
        ({}, [], ["x"]),
        ([], {}, ["x"]),
        ([1, 2], [1.0, 3], ["x[1]"]),
        ([1], [1, 2], ["x"]),
        ([1, 2], [2, 1], ["x[0]", "x[1]"]),
        ([{"a": 1}], [{"a": 1, "id": "added"}], []),
        ([None], [None], []),
    ],
)
def test_comparison(wanted: t.Any, actual: t.Any, paths: list[str]) -> None:
    assert list(differing(wanted, actual, "x")) == paths


def test_only_what_java_trims_is_trimmed() -> None:
    assert trimmed("\0\t \x1fa b\n\r ") == "a b"
    assert trimmed("\u00a0a\u3000") == "\u00a0a\u3000"


def test_values_in_messages_are_cut_short() -> None:
    assert shown("a") == "'a'"
    assert len(shown("a" * 1000)) == 60
