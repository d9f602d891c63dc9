# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One exchange over a real socket: what is sent and kept, and that it ends in time."""

from __future__ import annotations

import socket
import threading
import time
import tracemalloc
import typing as t

import pytest

from ansible_collections.zstack.tickets.plugins.module_utils._api import transport as transport_module
from ansible_collections.zstack.tickets.plugins.module_utils._errors import ExchangeError
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.doubles import PASSWORD, TOKEN, in_turn, told
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.exchanges import (
    AUTHORIZATION,
    CHUNKED,
    HEAD,
    JSON,
    PAGE,
    ask,
    failure_of,
    transport_to,
)
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.servers import (
    Act,
    Server,
    endless,
    http,
    raw,
    said,
    silence,
    trickle,
)


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
