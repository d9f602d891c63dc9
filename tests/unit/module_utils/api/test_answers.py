# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes back over a real socket: an answer as the API sends them, or an error of ours."""

from __future__ import annotations

import gzip
import sys
import typing as t
import zlib

import pytest

from ansible_collections.zstack.tickets.plugins.module_utils._api import transport as transport_module
from ansible_collections.zstack.tickets.plugins.module_utils._api.transport import Answer
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.exchanges import (
    CHUNKED,
    HEAD,
    JSON,
    PAGE,
    ask,
    failure_of,
)
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.servers import (
    Act,
    http,
    raw,
    reset,
    said,
)


def test_an_answer_of_the_api() -> None:
    answer, _server = ask(said({"inventories": [], "name": "票"}))
    assert answer == Answer(200, answer.text, {"inventories": [], "name": "票"})
    assert answer.members == answer.json
    assert ask(said([1]))[0].members == {}


@pytest.mark.parametrize("status", [200, 202, 400, 403, 404, 405, 500])
def test_statuses_that_the_api_uses(status: int) -> None:
    assert ask(http(status, "{}"))[0].status == status


def test_plain_text_of_the_api_is_text() -> None:
    assert ask(http(400, "Duplicate job uuid[1]"))[0] == Answer(400, "Duplicate job uuid[1]", None)


def test_a_refusal_is_told_from_a_proxys_503() -> None:
    assert ask(said({"error": {"code": "SYS.1000"}}, 503))[0].members["error"] == {"code": "SYS.1000"}
    for body in ("", "{}", '{"error": "busy"}', "[]", "upstream connect error"):
        failure = failure_of(http(503, body))
        assert (failure.sent, failure.passing, failure.http_status) == (True, True, 503)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_busy_gateways_are_passing_failures(status: int) -> None:
    failure = failure_of(http(status, PAGE, "Retry-After: 7"))
    assert (failure.sent, failure.passing, failure.http_status, failure.retry_after) == (True, True, status, 7.0)
    assert str(status) in failure.message
    assert "Bad" in failure.message
    assert "evil" not in failure.message
    assert "<" not in failure.message


@pytest.mark.parametrize(
    ("status", "passing"), [(200, True), (202, True), (404, True), (400, False), (403, False), (500, False)]
)
def test_a_page_is_never_the_apis_answer(status: int, passing: bool) -> None:
    for page in (PAGE, f"\r\n {PAGE}"):
        failure = failure_of(http(status, page))
        assert (failure.sent, failure.passing, failure.http_status) == (True, passing, status)
        assert "Bad" in failure.message


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("0", 0.0), (" 12 ", 12.0), ("9" * 400, float("inf")), ("-1", None), ("1.5", None), ("\u00b2", None), ("", None),
     ("Mon, 23 Nov 2026 09:05:00 GMT", None)],
)  # fmt: skip
def test_when_to_come_back(value: str, seconds: float | None) -> None:
    head = f"HTTP/1.1 429 Busy\r\nRetry-After: {value}\r\nContent-Length: 0\r\n\r\n".encode("latin-1")
    assert failure_of(raw(head)).retry_after == seconds


@pytest.mark.parametrize(
    "act",
    [
        raw(b""),
        raw(b"\0\xff\x80 garbage"),
        raw(b"garbage\r\n\r\n"),
        raw(b"HTTP/1.1 2x0 Said\r\n\r\n"),
        raw(b"HTTP/9.9 200 Said\r\n\r\n"),
        raw(HEAD),
        reset(),
        reset(HEAD),
        reset(HEAD + b"Content-Length: 19\r\n\r\n" + JSON[:5]),
        http(200, JSON[:-1], length=len(JSON)),
        http(202, b"", length=2),
        raw(CHUNKED + b"13\r\n" + JSON[:5]),
        raw(CHUNKED + b"13\r\n" + JSON + b"\r\n"),
        raw(CHUNKED + b"zz\r\n" + JSON + b"\r\n0\r\n\r\n"),
        raw(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 19\r\n\r\n" + JSON),
        http(200, gzip.compress(JSON)[:-12], "Content-Encoding: gzip", length=len(gzip.compress(JSON))),
        raw(HEAD + b"X: " + b"x" * 70000 + b"\r\n\r\n"),
        raw(HEAD + b"X: 1\r\n" * 200 + b"\r\n"),
        raw(b"H" * 70000),
    ],
)
def test_answers_that_break_off_or_are_no_http(act: Act) -> None:
    failure = failure_of(act)
    assert (failure.sent, failure.passing) == (True, True)
    assert "127.0.0.1" in failure.message


@pytest.mark.parametrize(
    "act",
    [
        raw(HEAD + b"Connection: close\r\n\r\n" + JSON),
        raw(b"HTTP/1.0 200 Said\r\n\r\n" + JSON),
        raw(CHUNKED + b"5;x=y\r\n" + JSON[:5] + b"\r\ne\r\n" + JSON[5:] + b"\r\n0\r\nX-Trailer: 1\r\n\r\n"),
        http(200, gzip.compress(JSON), "Content-Encoding: gzip"),
        http(200, zlib.compress(JSON), "Content-Encoding: deflate"),
        http(200, JSON, *(f"X-{number}: {'x' * 600}" for number in range(80))),
        http(200, JSON, "Content-Type: text/html; charset=utf-16"),
        raw(b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + b"Content-Length: 19\r\n\r\n" + JSON),
    ],
    ids=["until the end", "HTTP/1.0", "chunks", "gzip", "deflate", "many headers", "false type", "continue"],
)  # fmt: skip
def test_the_ways_to_send_an_answer(act: Act) -> None:
    assert ask(act)[0].json == {"inventories": []}


nested_deep = pytest.mark.skipif(
    sys.version_info < (3, 9), reason="Python 3.8 may abort when it collects garbage at the very depth of its stack"
)


@pytest.mark.parametrize("status", [200, 202])
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"ok", id="text"),
        pytest.param(b'{"a": NaN}', id="NaN"),
        pytest.param(b'{"a": Infinity}', id="Infinity"),
        pytest.param(b'{"a": 1', id="cut"),
        pytest.param(b'\xef\xbb\xbf{"a": 1}', id="mark"),
        pytest.param(b"\xff\xfe{}", id="UTF-16"),
        pytest.param(b'{"a": 1}{"b": 2}', id="two"),
        pytest.param(b"[" * 1_000_000, id="lists", marks=nested_deep),
        pytest.param(b'{"a":' * 500_000, id="objects", marks=nested_deep),
        pytest.param(PAGE.encode(), id="page"),
    ],
)
def test_a_success_that_is_not_json(status: int, body: bytes) -> None:
    failure = failure_of(http(status, body))
    assert "not JSON" in failure.message
    assert len(failure.message) < 400
    assert (failure.sent, failure.passing, failure.http_status) == (True, True, status)


@pytest.mark.parametrize(
    ("body", "parsed"),
    [
        (b"null", None),
        (b'"text"', "text"),
        (b'{"a": "\\ud800"}', {"a": "\ud800"}),
        (b'{"a": "\xff\xe7\xa5"}', {"a": "\ufffd\ufffd"}),
        (b'{"a": 1e400}', {"a": float("inf")}),
        (b'{"a": {"b": 1, "b": 2}}', {"a": {"b": 2}}),
    ],
)
def test_odd_json_is_json(body: bytes, parsed: t.Any) -> None:
    assert ask(http(200, body))[0].json == parsed


@pytest.mark.parametrize("chunked", [True, False])
def test_a_small_answer_that_unpacks_to_an_endless_one(chunked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport_module, "MAX_ANSWER_BYTES", 1_000_000)
    bomb = gzip.compress(b" " * 10_000_000)
    if chunked:
        act = raw(
            HEAD
            + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(bomb)
            + bomb
            + b"\r\n0\r\n\r\n"
        )
    else:
        act = http(200, bomb, "Content-Encoding: gzip")
    assert "larger than" in failure_of(act).message
