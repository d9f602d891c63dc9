# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which way to identify the options name."""

from __future__ import annotations

import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.module_utils._api.identity import (
    AccessKey,
    AccountLogin,
    ProjectLogin,
    SessionToken,
)
from ansible_collections.zstack.tickets.plugins.module_utils._api.secrets import MASK, Secrets
from ansible_collections.zstack.tickets.plugins.module_utils._api.ways import (
    SECRET_OPTIONS,
    WAYS,
    chosen,
    identity_from_options,
    variable,
)
from ansible_collections.zstack.tickets.plugins.module_utils._errors import InputError

EVERY = [option for needed in WAYS.values() for option in needed]


def values_of(way: str) -> dict[str, str]:
    return {option: f"value-of-{option}" for option in WAYS[way]}


def variables_of(way: str) -> dict[str, str]:
    return {variable(option): value for option, value in values_of(way).items()}


@pytest.mark.parametrize("way", WAYS)
def test_a_way_is_found_in_the_options_or_else_in_the_environment(way: str) -> None:
    empty = dict.fromkeys(EVERY, "")
    assert chosen({**empty, **values_of(way)}, {}) == values_of(way)
    assert chosen(dict.fromkeys(EVERY), variables_of(way)) == values_of(way)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("other", WAYS)
def test_options_beat_the_environment(way: str, other: str) -> None:
    elsewhere = {name: f"other-{value}" for name, value in variables_of(other).items()}
    assert chosen(values_of(way), elsewhere) == values_of(way)


def test_the_variables_have_the_options_names() -> None:
    assert variable("access_key_id") == "ZSTACK_ACCESS_KEY_ID"


@pytest.mark.parametrize("environment", [{}, {"ZSTACK_HOST": "mn", "ZSTACK_SESSION_TOKEN": ""}])
def test_no_way_is_refused(environment: dict[str, str]) -> None:
    with pytest.raises(InputError, match=r"^No way to identify is given\. Give one of: ") as caught:
        chosen({"host": "mn"}, environment)
    assert all(option in caught.value.message for option in EVERY)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("other", WAYS)
def test_several_ways_are_refused(way: str, other: str) -> None:
    if way == other:
        return
    for given_options, environment, name in (
        ({**values_of(way), **values_of(other)}, {}, str),
        ({}, {**variables_of(way), **variables_of(other)}, variable),
    ):
        with pytest.raises(InputError, match=r"^Several ways to identify are given \(.*\)\. Give only one: ") as caught:
            chosen(given_options, environment)
        assert all(name(option) in caught.value.message for option in (*WAYS[way], *WAYS[other]))
        assert "value-of" not in caught.value.message


@pytest.mark.parametrize("option", [option for needed in WAYS.values() if len(needed) > 1 for option in needed])
def test_half_a_way_is_refused_by_the_names_that_it_has_and_lacks(option: str) -> None:
    way = next(way for way, needed in WAYS.items() if option in needed)
    missing = [needed for needed in WAYS[way] if needed != option]
    with pytest.raises(InputError) as caught:
        chosen({option: "value-of-it"}, variables_of(way))
    assert caught.value.message.startswith(f"{option} is given without {' and '.join(missing)}. Give ")
    assert "variables are looked at only when the task gives no way" in caught.value.message
    with pytest.raises(InputError) as caught:
        chosen({}, {variable(option): "value-of-it"})
    missing = [variable(needed) for needed in missing]
    assert caught.value.message.startswith(f"{variable(option)} is given without {' and '.join(missing)}. Give ")
    assert "task" not in caught.value.message
    assert "value-of" not in caught.value.message


@given(
    st.dictionaries(st.sampled_from(EVERY), st.none() | st.text(max_size=3)),
    st.dictionaries(st.sampled_from([variable(option) for option in EVERY]), st.text(max_size=3)),
)
def test_exactly_one_whole_way_or_a_refusal(options: dict[str, t.Any], environment: dict[str, str]) -> None:
    try:
        found = chosen(options, environment)
    except InputError:
        return
    assert tuple(found) in WAYS.values()
    source = options if any(options.values()) else {name: environment.get(variable(name)) for name in EVERY}
    assert found == {option: source[option] for option in found}
    assert not any(source.get(option) for option in EVERY if option not in found)


@pytest.mark.parametrize(
    ("way", "kind"), list(zip(WAYS, (SessionToken, AccessKey, AccountLogin, ProjectLogin))), ids=list(WAYS)
)
def test_each_way_has_its_identity_which_sends_nothing_yet(way: str, kind: type) -> None:
    secrets = Secrets()

    def exchange(*args: t.Any, **kwargs: t.Any) -> t.Any:
        raise AssertionError("nothing is to be sent")

    assert identity_from_options(values_of(way), {}, exchange, secrets).__class__ is kind
    for option, value in values_of(way).items():
        assert (secrets.mask(value) == MASK) is (option in SECRET_OPTIONS)


@pytest.mark.parametrize("option", ["session_token", "access_key_id", "access_key_secret"])
@pytest.mark.parametrize("stray", ["\n", " ", "\t", "\r\nX-Other: 1", "\0", "ü", "\ud800"])
def test_what_no_header_can_carry_is_refused_and_not_shown(option: str, stray: str) -> None:
    way = next(way for way, needed in WAYS.items() if option in needed)
    options = {**values_of(way), option: f"hidden{stray}"}
    with pytest.raises(InputError) as caught:
        identity_from_options(options, {}, lambda *args, **kwargs: {}, Secrets())
    assert caught.value.message.startswith(f"{option}: ")
    assert "line break" in caught.value.message
    assert "hidden" not in caught.value.message


@pytest.mark.parametrize("zone", ["+25:00", "nowhere", "Europe"])
def test_a_zone_that_cannot_be_is_refused(zone: str) -> None:
    options = {**values_of("an access key"), "server_timezone": zone}
    with pytest.raises(InputError, match=r"^server_timezone: .*Give "):
        identity_from_options(options, {}, lambda *args, **kwargs: {}, Secrets())
