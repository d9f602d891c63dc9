# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proxies: those of the environment are used, as by any other tool, and their passwords are not shown."""

from __future__ import annotations

import base64
import gc
import socket
import threading
import typing as t
import warnings
from contextlib import suppress

import pytest

from ansible_collections.zstack.tickets.plugins.module_utils._api.settings import Endpoint, Tls
from ansible_collections.zstack.tickets.plugins.module_utils._api.transport import Transport
from ansible_collections.zstack.tickets.plugins.module_utils._errors import ExchangeError, InputError
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.doubles import TOKEN, in_turn, told
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.servers import (
    Received,
    Server,
    http,
    listening,
    raw,
    said,
)

HOST = "zstack.invalid"
AUTHORIZATION = f"OAuth {TOKEN}"


def ask(options: t.Mapping[str, t.Any]) -> t.Any:
    transport = Transport(Endpoint.from_options(options), Tls.from_options(options), 5.0)
    try:
        return transport.exchange("GET", "/v1/tickets", [("q", "a=b")], headers={"Authorization": AUTHORIZATION}).json
    finally:
        transport.close()


@pytest.fixture
def proxy() -> t.Iterator[Server]:
    with Server(in_turn(said({"by": "proxy"}))) as server:
        yield server


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy"])
@pytest.mark.parametrize("form", ["http://127.0.0.1:{}", "127.0.0.1:{}", "http://127.0.0.1:{}/"])
def test_the_proxy_of_the_environment(variable: str, form: str, proxy: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, form.format(proxy.port))
    assert ask({"host": HOST}) == {"by": "proxy"}
    (request,) = proxy.requests
    assert request.target == f"http://{HOST}:8080/zstack/v1/tickets?q=a%3Db"
    assert request.headers["Host"] == f"{HOST}:8080"
    assert request.headers["Authorization"] == AUTHORIZATION


@pytest.mark.parametrize("exempt", [HOST, "invalid", f"other,{HOST}:8080", "*"])
def test_hosts_that_need_no_proxy(exempt: str, proxy: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("no_proxy", exempt)
    with pytest.raises(ExchangeError, match="not known"):
        ask({"host": HOST})
    assert proxy.requests == []


def test_networks_that_need_no_proxy(proxy: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("no_proxy", "127.0.0.0/8")
    with Server(in_turn(said({"by": "node"}))) as node:
        assert ask(node.options) == {"by": "node"}
    assert proxy.requests == []


def test_a_proxy_for_the_other_scheme_is_not_used(proxy: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
    with Server(in_turn(said({"by": "node"}))) as node:
        assert ask(node.options) == {"by": "node"}
    assert proxy.requests == []


def test_a_proxy_that_wants_a_password(proxy: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://user:p%40ss@127.0.0.1:{proxy.port}")
    ask({"host": HOST})
    (request,) = proxy.requests
    assert request.headers["proxy-authorization"] == "Basic " + base64.b64encode(b"user:p@ss").decode()
    assert request.headers["Authorization"] == AUTHORIZATION


@pytest.mark.parametrize(
    "value", ["socks5://user:hidden@127.0.0.1:1080", "http://user:hidden@", "http://user:hidden@[::1", "hidden:port"]
)
def test_a_proxy_that_cannot_be_used(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", value)
    with pytest.raises(InputError, match=r"proxy that the environment names.*Give it as .*no_proxy") as caught:
        ask({"host": HOST})
    assert "hidden" not in told(caught.value)


def test_a_proxy_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("http_proxy", f"http://user:hidden@127.0.0.1:{free.getsockname()[1]}")
        with pytest.raises(ExchangeError, match=rf"The proxy on the way to {HOST} port 8080 ") as caught:
            ask({"host": HOST})
    assert (caught.value.sent, caught.value.passing) == (False, True)
    assert "hidden" not in told(caught.value)


def test_a_proxy_that_sends_a_page_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    page = "<html><h1>Log in to the network</h1></html>"
    with Server(in_turn(http(200, page))) as portal:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{portal.port}")
        with pytest.raises(ExchangeError, match="Log in to the network"):
            ask({"host": HOST})


@pytest.mark.parametrize("status", [403, 407, 502])
def test_a_proxy_that_lets_nothing_through(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(in_turn(http(status, "no", length=2))) as proxy:
        monkeypatch.setenv("https_proxy", f"http://user:hidden@127.0.0.1:{proxy.port}")
        with pytest.raises(ExchangeError, match=rf"The proxy on the way to {HOST} port 443 ") as caught:
            ask({"host": f"https://{HOST}"})
    assert proxy.requests[0].method == "CONNECT"
    assert "Authorization" not in proxy.requests[0].headers
    assert not caught.value.sent
    assert "hidden" not in told(caught.value)
    # Before 3.11 Python leaves the connection of a refused tunnel to its garbage collector, which complains of it.
    del caught
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def relay(request: Received) -> t.Callable[[socket.socket], bool]:
    """A tunnel to where CONNECT asks for."""

    def act(connection: socket.socket) -> bool:
        host, _colon, port = request.target.rpartition(":")
        with socket.create_connection((host, int(port))) as onward:
            connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            back = threading.Thread(target=copy, args=(onward, connection))
            back.start()
            copy(connection, onward)
            back.join()
        return False

    return act


def copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        for chunk in iter(lambda: source.recv(65536), b""):
            target.sendall(chunk)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def test_a_tunnel_shows_the_proxy_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(relay) as proxy, listening(raw(b"not TLS")) as node:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("no_proxy", "")
        with pytest.raises(ExchangeError):
            ask(node)
    assert [request.method for request in proxy.requests] == ["CONNECT"]
    assert AUTHORIZATION not in str(proxy.requests)
