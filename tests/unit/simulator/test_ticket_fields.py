"""The limits of a ticket's fields, and values of other types."""

from __future__ import annotations

from typing import Any

import pytest

from .ticket_acts import request_of


def test_database_limits(as_: Any, sim: Any) -> None:
    call = as_.requester
    smile = "\U0001f600"
    for changes in (
        {"name": smile},
        {"description": smile},
        {"requests": [request_of(body={"name": smile})]},
        {"requests": [request_of(body={"name": "x" * 66000})]},
    ):
        error = call.error("POST", "/tickets", json=call.ticket_body(**changes))
        assert error["code"] == "SYS.1000"
    assert "Data too long for column 'requests'" in error["details"]
    ticket = call.create("汉字")["uuid"]
    assert call.event(ticket, "cancel", "汉" * 21846).json()["error"]["code"] == "SYS.1000"
    assert call.status(ticket) == "Pending"
    sim.set(utf8_three_bytes=False, requests_column_limit=100000)
    assert call.create(smile)["name"] == smile
    assert call.create(requests=[request_of(body={"name": "x" * 66000})])


@pytest.mark.parametrize(
    ("changes", "details"),
    [
        (
            {"name": "x" * 256},
            "field[name] of message[V] exceeds max length of string. expected was <= 255, actual was 256",
        ),
        (
            {"description": "x" * 2049},
            "field[description] of message[V] exceeds max length of string. expected was <= 2048, actual was 2049",
        ),
        ({"requests": []}, "field[requests] must be a nonempty list"),
        ({"requests": [None]}, "field[requests] cannot contain a NULL element"),
        ({"accountSystemType": None}, "field[accountSystemType] of message[V] is mandatory, can not be null"),
    ],
)
def test_validator(as_: Any, changes: Any, details: str) -> None:
    body = as_.requester.ticket_body(**changes)
    error = as_.requester.error("POST", "/tickets", json=body)
    validator = "org.zstack.header.message.ApiMessageParamValidator"
    assert (error["code"], error["details"]) == ("SYS.1007", details.replace("[V]", f"[{validator}]"))


def test_length_is_counted_after_trimming_in_utf16(as_: Any, sim: Any) -> None:
    assert as_.requester.create(" " * 10 + "x" * 255)["name"] == "x" * 255
    sim.set(utf8_three_bytes=False)
    error = as_.requester.error("POST", "/tickets", json=as_.requester.ticket_body("\U0001f600" * 128))
    assert error["details"].endswith("actual was 256")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"requests": "x"}, "Expected BEGIN_ARRAY but was STRING at line 1 column 30 path $.requests"),
        ({"requests": ["x"]}, "Expected BEGIN_OBJECT but was STRING at line 1 column 31 path $.requests[0]"),
        ({"name": {"a": 1}}, "Expected a string but was BEGIN_OBJECT at line 1 column 10 path $.name"),
    ],
)
def test_wrong_json_types(as_: Any, changes: Any, text: str) -> None:
    answer = as_.requester("POST", "/tickets", json=as_.requester.ticket_body(**changes))
    assert answer.status_code == 500
    assert answer.text == f"java.lang.IllegalStateException: {text}"


def test_numbers_and_booleans_become_strings(as_: Any) -> None:
    assert as_.requester.create(12)["name"] == "12"
    assert as_.requester.create(True)["name"] == "true"


def test_integer_overflow_of_execute_times(as_: Any) -> None:
    body = as_.requester.ticket_body(requests=[request_of(executeTimes=3000000000)])
    answer = as_.requester("POST", "/tickets", json=body)
    assert (answer.status_code, answer.text) == (
        500,
        "3000000000 is Integer overflow, Integer.MAX_VALUE is 2147483647",
    )
