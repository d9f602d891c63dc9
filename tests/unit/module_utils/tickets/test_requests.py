# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import datetime
import json
import typing as t

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.module_utils._errors import InputError
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.model import Request
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.requests import (
    MAX_REQUESTS_BYTES,
    differences,
    from_options,
)
from ansible_collections.zstack.tickets.tests.unit.module_utils.tickets.strategies import (
    as_server_sends,
    json_objects,
    requests_options,
    words,
)

CREATE_VM = "org.zstack.header.vm.APICreateVmInstanceMsg"


def on_server(option: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    return from_options([option])[0].to_api()


@st.composite
def as_stored(draw: st.DrawFn, wanted: t.Sequence[Request]) -> list[dict[str, t.Any]]:
    stored = [request.to_api() for request in wanted]
    for raw in stored:
        raw.update(apiBody=draw(as_server_sends(raw["apiBody"])), executeTimes=float(raw["executeTimes"]))
    return stored


def test_options_are_read() -> None:
    (first, second) = from_options(
        [
            {"api_name": f" {CREATE_VM}\n", "request_name": None, "execute_times": None, "api_body": None},
            {
                "api_name": "a",
                "request_name": "b ",
                "execute_times": 2.0,
                "api_body": {"on": datetime.date(2024, 1, 2)},
            },
        ]
    )
    assert first.to_api() == {"apiName": CREATE_VM, "executeTimes": 1, "apiBody": {}}
    assert first.given == {"api_name"}
    assert second.to_api() == {"requestName": "b", "apiName": "a", "executeTimes": 2, "apiBody": {"on": "2024-01-02"}}
    assert second.given == {"api_name", "request_name", "execute_times", "api_body"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (None, "requests is None: it must be a list of at least one request"),
        ([], r"requests is \[\]: it must be a list of at least one request"),
        ({"api_name": "a"}, "requests is {.*: it must be a list"),
        (["a"], r"requests\[0\] is 'a': it must be a dictionary"),
        ([{"api_name": "a"}, {}], r"requests\[1\].api_name is None: it must name an API message"),
        ([{"api_name": " \t"}], r"requests\[0\].api_name is ' \\t': it must name an API message"),
        ([{"api_name": 5}], r"requests\[0\].api_name is 5: it must name an API message"),
        (
            [{"api_name": "a"}, {"api_name": "a"}, {"api_name": "a", "execute_times": 0}],
            r"requests\[2\].execute_times is 0: it must be at least 1",
        ),
        ([{"api_name": "a", "execute_times": -1.0}], "execute_times is -1: it must be at least 1"),
        ([{"api_name": "a", "execute_times": 2**31}], "execute_times is 2147483648: it must be at most 2147483647"),
        ([{"api_name": "a", "execute_times": True}], "execute_times is True: it must be a whole number"),
        ([{"api_name": "a", "execute_times": 1.5}], "execute_times is 1.5: it must be a whole number"),
        ([{"api_name": "a", "execute_times": float("inf")}], "execute_times is inf: it must be a whole number"),
        ([{"api_name": "a", "api_body": "b"}], r"requests\[0\].api_body is a str: it must be a dictionary"),
        ([{"api_name": "a", "api_body": {"x": float("nan")}}], r"requests\[0\].api_body holds a value that is nan"),
    ],
)
def test_options_that_cannot_be_right(options: t.Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        from_options(options)


def test_the_largest_number_of_times() -> None:
    assert from_options([{"api_name": "a", "execute_times": 2**31 - 1}])[0].execute_times == 2147483647


def test_the_size_limit_counts_bytes_of_json() -> None:
    def requests_of(text: str) -> t.Any:
        return [{"api_name": "a", "api_body": {"userData": text}}]

    frame = len(json.dumps([on_server(requests_of("")[0])], separators=(",", ":")))
    assert from_options(requests_of("x" * (MAX_REQUESTS_BYTES - frame)))
    with pytest.raises(InputError, match="requests takes 65536 bytes as JSON: the server keeps at most 65535"):
        from_options(requests_of("x" * (MAX_REQUESTS_BYTES - frame + 1)))
    with pytest.raises(InputError, match=f"requests takes {frame + 66000} bytes"):
        from_options(requests_of("虚" * 22000))


@given(requests_options)
def test_an_option_is_the_same_as_itself_created(options: list[dict[str, t.Any]]) -> None:
    wanted = from_options(options)
    stored = json.loads(json.dumps([request.to_api() for request in wanted]))
    assert differences(wanted, [Request.from_api(raw) for raw in stored]) == []


@given(requests_options.map(from_options).flatmap(lambda wanted: st.tuples(st.just(wanted), as_stored(wanted))))
def test_what_the_server_adds_and_rewrites_does_not_count(pair: t.Any) -> None:
    wanted, stored = pair
    assert differences(wanted, [Request.from_api(raw) for raw in stored]) == []


@given(requests_options.map(from_options).flatmap(as_stored))
def test_a_result_given_back_is_unchanged(stored: list[dict[str, t.Any]]) -> None:
    requests = [Request.from_api(raw) for raw in stored]
    results = json.loads(json.dumps([request.to_result() for request in requests]))
    assert differences(from_options(results), requests) == []


@given(requests_options, words, json_objects, st.data())
def test_a_changed_value_is_found_at_its_path(
    options: list[dict[str, t.Any]], key: str, body: dict[str, t.Any], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(options) - 1))
    options[index]["api_body"] = {**body, key: {"deep": [{"value": "new"}]}}
    stored = [request.to_api() for request in from_options(options)]
    stored[index]["apiBody"][key]["deep"][0]["value"] = data.draw(
        st.none() | st.booleans() | st.integers() | st.just("old")
    )
    actual = [Request.from_api(raw) for raw in stored]
    assert differences(from_options(options), actual) == [f"requests[{index}].api_body.{key}.deep[0].value"]


@pytest.mark.parametrize(
    ("wanted", "stored", "paths"),
    [
        ({"api_name": "a"}, {"apiName": "a", "requestName": "n", "executeTimes": 3.0, "apiBody": {"x": 1}}, []),
        ({"api_name": "a"}, {"apiName": "b"}, ["requests[0].api_name"]),
        ({"api_name": "a", "request_name": "n"}, {"apiName": "a"}, ["requests[0].request_name"]),
        ({"api_name": "a", "request_name": "n"}, {"apiName": "a", "requestName": " n "}, []),
        ({"api_name": "a", "execute_times": 1}, {"apiName": "a", "executeTimes": 2.0}, ["requests[0].execute_times"]),
        ({"api_name": "a", "api_body": {"x": None}}, {"apiName": "a"}, []),
        (
            {"api_name": "a", "api_body": {"x": True}},
            {"apiName": "a", "apiBody": {"x": 1.0}},
            ["requests[0].api_body.x"],
        ),
        (
            {"api_name": "a", "api_body": {"cpuNum": 2}},
            {"apiName": "a", "apiBody": {"cpuNum": 4.0}},
            ["requests[0].api_body.cpuNum"],
        ),
        ({"api_name": "a", "api_body": {1: ("x", "y")}}, {"apiName": "a", "apiBody": {"1": ["x", "y"]}}, []),
    ],
)
def test_only_what_is_given_counts(wanted: dict[str, t.Any], stored: dict[str, t.Any], paths: list[str]) -> None:
    assert differences(from_options([wanted]), [Request.from_api(stored)]) == paths


def test_the_number_of_requests_counts() -> None:
    wanted = from_options([{"api_name": "a"}])
    assert differences(wanted, wanted * 2) == ["requests"]
    assert differences(wanted, ()) == ["requests"]


@given(words, words)
def test_the_order_of_requests_counts(first: str, second: str) -> None:
    assume(first != second)
    wanted = from_options([{"api_name": first}, {"api_name": second}])
    assert differences(wanted, wanted[::-1]) == ["requests[0].api_name", "requests[1].api_name"]
