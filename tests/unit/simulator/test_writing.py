"""JSON as gson writes it, texts as the server renders them, and what no request may provoke."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.simulator.errors import ApiError
from tests.simulator.java_json import dump, escape_html, java_double
from tests.simulator.texts import TEXTS, java_text, text

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


@given(JSON)
def test_written_json_reads_back(value: Any) -> None:
    assert json.loads(dump(value)) == _without_nulls(value)
    assert json.loads(escape_html(dump(value))) == _without_nulls(value)


@given(JSON)
def test_integers_as_doubles_are_equal_numbers(value: Any) -> None:
    assert json.loads(dump(value, doubles=True)) == _without_nulls(value)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1.0, "1.0"),
        (-1.0, "-1.0"),
        (0.0, "0.0"),
        (1545993580705.0, "1.545993580705E12"),
        (1e7, "1.0E7"),
        (9999999.0, "9999999.0"),
        (0.001, "0.001"),
        (0.0001, "1.0E-4"),
        (1e21, "1.0E21"),
        (1.5e-7, "1.5E-7"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
        (math.nan, "NaN"),
    ],
)
def test_doubles(value: float, written: str) -> None:
    assert java_double(value) == written


def test_html_characters() -> None:
    assert escape_html(dump({"a": "<>&='\u2028\u2029"})) == (
        '{"a":"\\u003c\\u003e\\u0026\\u003d\\u0027\\u2028\\u2029"}'
    )


def test_java_text() -> None:
    assert java_text(["a", None, True, {"k": 1}]) == "[a, null, true, {k=1}]"


def test_integer_arguments_are_grouped() -> None:
    assert (
        text("not_an_integer", "f", 12345).render("en_US") == "[f] field is excepted an int or long, but was [12,345]."
    )


def test_arguments_are_not_templates() -> None:
    assert (
        text("event_refused", "{1}", "x")
        .render("en_US")
        .startswith("operation denied. the ticket is in status of {1},")
    )


@pytest.mark.parametrize("key", list(TEXTS))
def test_both_languages_use_known_arguments(key: str) -> None:
    arguments = tuple(f"<{number}>" for number in range(5))
    for locale in ("zh_CN", "en_US"):
        assert "{" not in text(key, *arguments).render(locale).replace("{0}", "")


def test_long_details_are_cut() -> None:
    details = ApiError("SYS.1006", "x" * 5000).error_code("en_US")["details"]
    assert len(details) == 4096
    assert details.endswith("...")


def test_causes_are_nested() -> None:
    error = ApiError("SYS.1004", "outer", cause=ApiError("SYS.1006", "inner"), opaque={"k": 1}).error_code("zh_CN")
    assert error["cause"]["details"] == "inner"
    assert (error["cost"], error["opaque"]) == (None, {"k": 1})


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "name",
                "description",
                "requests",
                "accountSystemType",
                "accountSystemContext",
                "resourceUuid",
                "tagUuids",
                "flowCollectionUuid",
                "systemTags",
                "userTags",
                "statusEvent",
                "comment",
            ]
        ),
        JSON | st.lists(st.dictionaries(st.sampled_from(["apiName", "apiBody", "executeTimes", "requestName"]), JSON)),
        max_size=6,
    ),
    JSON,
)
def test_no_body_breaks_the_simulator(as_: Any, params: Any, tags: Any) -> None:
    """Whatever is sent, the answer is the server's: accepted, or one of its refusals."""
    call = as_.requester
    body = {"params": {**call.ticket_body()["params"], **params}, "changeTicketStatus": params, "systemTags": tags}
    for method, path in (("POST", "/tickets"), ("PUT", "/tickets/x/actions")):
        answer = call(method, path, data=json.dumps(body))
        assert answer.status_code in (202, 400, 500)
        assert "trouble" not in answer.text
        if answer.status_code == 202:
            assert call.poll(answer).status_code in (200, 503)
