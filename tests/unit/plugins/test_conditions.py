"""Comparisons of one value."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.module_utils._errors import InputError
from ansible_collections.zstack.tickets.plugins.plugin_utils.conditions import MISSING, read_condition

HOLDS: list[tuple[Any, Any]] = [
    ("web", "web"),
    ("web", " web "),
    ("3", 3),
    (3, "3"),
    ("8G", 8 * 1024**3),
    (True, True),
    (["a", "b"], "b"),
    ({"equals": ["a", "b"]}, ["a", "b"]),
    ({"one_of": ["a", "b"]}, ["b", "a", "b"]),
    ({"none_of": ["x"]}, ["a", "b"]),
    ({"at_least": 4}, 4),
    ({"at_most": "8G"}, 8 * 1024**3),
    ({"at_most": 4}, "4"),
    ({"at_most": 4}, [1, 2, 4]),
    ({"at_least": 2, "at_most": 4}, 3),
    ({"like": "web-*"}, "web-1"),
    ({"like": "web-*"}, "web-1\nand more"),
    ({"matches": "web-[0-9]+"}, "web-12"),
    ({"exists": True}, 0),
    ({"exists": True}, ""),
    ({"exists": False}, None),
    ({"exists": False}, MISSING),
]
HOLDS_NOT: list[tuple[Any, Any]] = [
    ("web", "Web"),
    (1, True),
    (True, 1),
    (True, "true"),
    (["a", "b"], "c"),
    ({"equals": ["a", "b"]}, ["b", "a"]),
    ({"one_of": ["a", "b"]}, ["a", "c"]),
    ({"none_of": ["x"]}, ["a", "x"]),
    ({"none_of": ["x"]}, MISSING),
    ({"none_of": [64]}, "64"),
    ({"at_least": 4}, 3),
    ({"at_most": 4}, 5),
    ({"at_most": 4}, "many"),
    ({"at_most": 4}, True),
    ({"at_most": 4}, {"cpus": 1}),
    ({"at_most": 4}, [1, 5]),
    ({"at_most": 4}, None),
    ({"at_most": 4}, MISSING),
    ({"at_least": 2, "at_most": 4}, 5),
    ({"like": "web-*"}, "WEB-1"),
    ({"like": "web-*"}, "my web-1"),
    ({"like": "*"}, 5),
    ({"matches": "web"}, "web-1"),
    ({"matches": "web-[0-9]+"}, "web-1\n"),
    ({"exists": True}, None),
    ({"exists": False}, 0),
]


@pytest.mark.parametrize(("wanted", "value"), HOLDS)
def test_holds(wanted: Any, value: Any) -> None:
    assert read_condition(wanted, "here").objection(value, "it") is None


@pytest.mark.parametrize(("wanted", "value"), HOLDS_NOT)
def test_holds_not(wanted: Any, value: Any) -> None:
    objection = read_condition(wanted, "here").objection(value, "it")
    assert objection is not None
    assert objection.startswith("it is ")


@pytest.mark.parametrize(
    ("wanted", "value", "objection"),
    [
        ({"at_most": "8G"}, 2**36, "it is 68719476736: not at most 8G"),
        ({"at_least": 2}, 1, "it is 1: not at least 2"),
        ({"one_of": ["a"]}, ["a", "b"], "it is 'b': not one of ['a']"),
        ({"none_of": ["a"]}, "a", "it is 'a': one of ['a']"),
        ("a", "b", "it is 'b': not 'a'"),
        ({"like": "a*"}, "b", "it is 'b': not like a*"),
        ({"matches": "a+"}, "b", "it is 'b': does not match a+"),
        ({"exists": False}, "b", "it is 'b': given"),
        ("a", MISSING, "it is not given"),
    ],
)
def test_objection_says_why(wanted: Any, value: Any, objection: str) -> None:
    assert read_condition(wanted, "here").objection(value, "it") == objection


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({}, "here is {}: it must be a plain value, a list, or comparisons out of equals, one_of"),
        ({"atmost": 4}, "here is {'atmost': 4}"),
        ({"at_most": 4, "under": 3}, "here is"),
        ([], "here.one_of is []: it must be a list of at least one value."),
        ({"one_of": "a"}, "here.one_of is 'a'"),
        ({"none_of": []}, "here.none_of is []"),
        ({"at_most": "many"}, "here.at_most is 'many': it must be a number"),
        ({"at_least": True}, "here.at_least is True"),
        ({"like": 5}, "here.like is 5: it must be a text."),
        ({"matches": "("}, "here.matches is '(': it is no regular expression"),
        ({"exists": "no"}, "here.exists is 'no': it must be true or false."),
        ({"exists": False, "at_most": 4}, "what does not exist cannot be compared"),
    ],
)
def test_no_condition(wanted: Any, words: str) -> None:
    with pytest.raises(InputError) as raised:
        read_condition(wanted, "here")
    assert raised.value.message.startswith(words) or words in raised.value.message


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.integers(), values)
def test_bounds_hold_only_of_numbers_within(limit: int, value: Any) -> None:
    """Whatever somebody puts into a request, it passes a bound only by being within it, or as a list of such."""
    passes = read_condition({"at_most": limit}, "here").objection(value, "it") is None
    elements = value if isinstance(value, list) else [value]
    if passes:
        assert all(isinstance(element, (int, float, str)) for element in elements)
        assert all(not isinstance(element, (int, float)) or element <= limit for element in elements)


@given(st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=3), values)
def test_nothing_is_both_one_of_and_none_of(listed: list[str], value: Any) -> None:
    one = read_condition({"one_of": listed}, "here").objection(value, "it")
    none = read_condition({"none_of": listed}, "here").objection(value, "it")
    assert one is not None or none is not None or value == []
