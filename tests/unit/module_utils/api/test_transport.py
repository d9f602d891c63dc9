# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One exchange over a real socket: whatever the other side does, an answer or an error of ours, and in time."""

from __future__ import annotations

import gzip
import socket
import sys
import threading
import time
import tracemalloc
import typing as t
import zlib

import pytest

from ansible_collections.zstack.tickets.plugins.module_utils._api import transport as transport_module
from ansible_collections.zstack.tickets.plugins.module_utils._api.settings import Endpoint, Tls
from ansible_collections.zstack.tickets.plugins.module_utils._api.transport import Answer, Transport
from ansible_collections.zstack.tickets.plugins.module_utils._errors import ExchangeError
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.doubles import PASSWORD, TOKEN, in_turn, told
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.servers import (
    Act,
    Server,
    endless,
    http,
    raw,
    reset,
    said,
    silence,
    trickle,
)

HEAD = b"HTTP/1.1 200 Said\r\n"
AUTHORIZATION = {"Authorization": f"OAuth {TOKEN}"}


def transport_to(options: t.Mapping[str, t.Any], timeout: float = 5.0) -> Transport:
    return Transport(Endpoint.from_options(options), Tls.from_options(options), timeout)


def ask(*acts: Act, timeout: float = 5.0, **more: t.Any) -> tuple[Answer, Server]:
    """One exchange with a server that answers so."""
    with Server(in_turn(*acts)) as server:
        transport = transport_to(server.options, timeout)
        try:
            return transport.exchange("GET", "/v1/tickets", headers=AUTHORIZATION, **more), server
        finally:
            transport.close()


def failure_of(*acts: Act, timeout: float = 5.0) -> ExchangeError:
    with pytest.raises(ExchangeError) as caught:
        ask(*acts, timeout=timeout)
    assert TOKEN not in told(caught.value)
    return caught.value


def test_what_is_sent() -> None:
    with Server(in_turn(said({}))) as server:
        transport = transport_to({**server.options, "context_path": "my cloud"})
        query = [("q", "name=a b&c"), ("q", "uuid?=1,2"), ("sort", "+uuid"), ("odd", "\ud800")]
        transport.exchange("PUT", "/v1/票/\ud800", query, {"a": "ü\ud800"}, AUTHORIZATION)
        transport.exchange("GET", "/v1/tickets")
        transport.close()
    first, second = server.requests
    assert first.method == "PUT"
    assert first.target == ("/my%20cloud/v1/%E7%A5%A8/%3F?q=name%3Da%20b%26c&q=uuid%3F%3D1%2C2&sort=%2Buuid&odd=%3F")
    assert first.body == b'{"a": "\\u00fc\\ud800"}'
    assert first.headers["Content-Type"] == "application/json; charset=utf-8"
    assert first.headers["Authorization"] == AUTHORIZATION["Authorization"]
    assert second.target == "/my%20cloud/v1/tickets"
    assert second.body == b""
    assert "Content-Type" not in second.headers
    assert "Authorization" not in second.headers
    assert server.connections == 1


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


PAGE = "<!DOCTYPE html><html><style>p {}</style><h1>Bad &amp; busy</h1><script>evil()</script></html>"


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


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
def test_redirects_are_not_followed(status: int) -> None:
    with Server(in_turn(said({}))) as elsewhere:
        failure = failure_of(http(status, "", f"Location: http://127.0.0.1:{elsewhere.port}/zstack/v1/tickets"))
    assert elsewhere.connections == 0
    assert (failure.sent, failure.passing, failure.http_status) == (True, False, status)
    assert "redirect" in failure.message


def test_cookies_are_not_kept() -> None:
    with Server(in_turn(said({}, 200, "Set-Cookie: JSESSIONID=1; Path=/", "Set-Cookie: other=2"))) as server:
        transport = transport_to(server.options)
        for _time in range(3):
            transport.exchange("GET", "/v1/tickets")
        transport.close()
    assert [request.headers.get("Cookie") for request in server.requests] == [None] * 3


def test_netrc_replaces_nothing(tmp_path: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\ndefault login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(tmp_path))
    _answer, server = ask(said({}))
    assert server.requests[0].headers["Authorization"] == f"OAuth {TOKEN}"


def test_a_refused_connection() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        transport = transport_to({"host": "127.0.0.1", "port": free.getsockname()[1]})
        with pytest.raises(ExchangeError, match=r"127\.0\.0\.1 port \d+ was refused\. Check host and port") as caught:
            transport.exchange("GET", "/v1/tickets", headers=AUTHORIZATION)
    assert (caught.value.sent, caught.value.passing) == (False, True)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "no_such_host.invalid", "bücher.invalid"])
def test_an_unknown_host(host: str) -> None:
    with pytest.raises(ExchangeError, match=rf"The host {host} is not known\. Check host") as caught:
        transport_to({"host": host}).exchange("GET", "/v1/tickets")
    assert not caught.value.sent


def test_a_host_that_lets_nobody_in() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _time in range(4)]
        for queued in waiting:
            queued.setblocking(False)
            queued.connect_ex(full.getsockname())
        transport = transport_to({"host": "127.0.0.1", "port": full.getsockname()[1]}, timeout=0.2)
        with pytest.raises(
            ExchangeError, match=r"No connection to 127.* within 0\.2 seconds.* raise timeout"
        ) as caught:
            transport.exchange("GET", "/v1/tickets")
        for queued in waiting:
            queued.close()
    assert (caught.value.sent, caught.value.passing) == (False, True)


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 on this machine")
def test_ipv6() -> None:
    try:
        server = Server(in_turn(said({"a": 1})), family=socket.AF_INET6)
    except OSError:
        pytest.skip("no IPv6 on this machine")
    with server:
        transport = transport_to({"host": "::1", "port": server.port})
        assert transport.exchange("GET", "/v1/tickets").json == {"a": 1}
        transport.close()
    assert server.requests[0].headers["Host"] == f"[::1]:{server.port}"


JSON = b'{"inventories": []}'
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "act",
    [
        silence,
        trickle(b"", b"H"),
        trickle(b"HTTP/1.1 ", b"2"),
        trickle(HEAD, b"X-Drop: 1\r\n"),
        trickle(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        trickle(HEAD + b"Content-Length: 1000000\r\n\r\n", b" "),
        trickle(HEAD + b"\r\n", b" "),
        trickle(CHUNKED, b"1\r\n \r\n"),
        trickle(CHUNKED, b"0"),
        trickle(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 1000000\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\x03", b"\0"),
        trickle(CHUNKED + b"0\r\n", b"X-Trailer: 1\r\n"),
    ],
    ids=["silence", "garbage", "status", "headers", "continue", "body", "no length", "chunks", "chunk size", "gzip", "trailer"],
)  # fmt: skip
def test_an_answer_is_there_in_time_or_not_at_all(act: Act) -> None:
    failure = failure_of(act, timeout=0.3)
    assert (failure.sent, failure.passing) == (True, True)
    assert "did not answer within 0.3 seconds" in failure.message


def test_what_is_left_of_one_time_out_is_not_the_next_ones() -> None:
    slow = threading.Event()

    def late(connection: socket.socket) -> bool:
        slow.wait(0.2)
        return said({})(connection)

    with Server(in_turn(late)) as server:
        transport = transport_to(server.options, timeout=0.35)
        for _time in range(3):
            transport.exchange("GET", "/v1/tickets")
        transport.close()
    assert server.connections == 1


def test_less_time_can_be_left_than_the_time_out() -> None:
    with Server(in_turn(silence)) as server:
        transport = transport_to(server.options, timeout=60)
        with pytest.raises(ExchangeError, match=r"did not answer within 0\.2 seconds"):
            transport.exchange("GET", "/v1/tickets", at_most=0.2)
        with pytest.raises(ExchangeError, match=r"did not answer within 0\.01 seconds"):
            transport.exchange("GET", "/v1/tickets", at_most=0.0)
        transport.close()


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


def test_an_endless_answer_is_left_at_the_limit() -> None:
    limit = transport_module.MAX_ANSWER_BYTES
    tracemalloc.start()
    try:
        with Server(in_turn(endless(HEAD + b"Content-Length: 1073741824\r\n\r\n", b" " * 65536))) as server:
            transport = transport_to(server.options, timeout=60.0)
            with pytest.raises(ExchangeError, match="larger than 64 MiB") as caught:
                transport.exchange("GET", "/v1/tickets")
            transport.close()
        assert tracemalloc.get_traced_memory()[1] < 2 * limit
    finally:
        tracemalloc.stop()
    assert (caught.value.sent, caught.value.passing) == (True, False)


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


def test_connections_of_broken_exchanges_are_not_used_again() -> None:
    acts = in_turn(http(200, JSON[:-1], length=len(JSON)), said({}), raw(b"garbage\r\n\r\n"), said({}), said({}))
    with Server(acts) as server:
        transport = transport_to(server.options)
        for expected in (False, True, False, True, True):
            if expected:
                transport.exchange("GET", "/v1/tickets")
            else:
                with pytest.raises(ExchangeError):
                    transport.exchange("GET", "/v1/tickets")
        transport.close()
    assert server.connections == 3


def test_a_connection_that_the_server_closed_meanwhile_is_opened_anew() -> None:
    with Server(in_turn(http(200, JSON, "Connection: keep-alive", length=len(JSON)))) as server:
        transport = transport_to(server.options)
        for _time in range(3):
            transport.exchange("GET", "/v1/tickets")
            time.sleep(0.05)
        transport.close()
    assert server.connections == 3


def test_a_password_in_the_body_is_in_no_error() -> None:
    with Server(in_turn(http(502, PAGE))) as server:
        transport = transport_to(server.options)
        with pytest.raises(ExchangeError) as caught:
            transport.exchange("PUT", "/v1/accounts/login", body={"password": PASSWORD}, headers={"X": "y"})
        transport.close()
    assert PASSWORD not in told(caught.value)
