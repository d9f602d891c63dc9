# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers of every kind, made of anything at all: a result or an error of ours, without a secret, and nothing else."""

from __future__ import annotations

import json
import logging
import typing as t

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.module_utils._api import client as client_module
from ansible_collections.zstack.tickets.plugins.module_utils._api import query
from ansible_collections.zstack.tickets.plugins.module_utils._api.client import Client
from ansible_collections.zstack.tickets.plugins.module_utils._api.identity import Caller
from ansible_collections.zstack.tickets.plugins.module_utils._api.secrets import Secrets
from ansible_collections.zstack.tickets.plugins.module_utils._api.settings import Endpoint, Tls
from ansible_collections.zstack.tickets.plugins.module_utils._api.transport import Answer, Transport
from ansible_collections.zstack.tickets.plugins.module_utils._api.version import server_version
from ansible_collections.zstack.tickets.plugins.module_utils._errors import ExchangeError, ZStackError
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.doubles import (
    ACCOUNT,
    LOGGED_IN,
    ONE_SESSION,
    PASSWORD,
    TOKEN,
    Call,
    FakeClock,
    in_turn,
    stubbed_client,
)
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.servers import Act, Received, Server, raw

PROJECT = {**ONE_SESSION, "session_token": None, "virtual_id_name": "somebody", "virtual_id_password": PASSWORD}
WAYS: dict[str, dict[str, t.Any]] = {
    "session": ONE_SESSION,
    "account": ACCOUNT,
    "project": {**PROJECT, "project_name": "a project"},
    "key": {"host": "127.0.0.1", "access_key_id": "id", "access_key_secret": TOKEN, "server_timezone": "UTC"},
}
LEAKS = [PASSWORD, TOKEN, f"OAuth {TOKEN}", json.dumps(PASSWORD), f"session[uuid:{TOKEN}] is gone"]
MEMBERS = (
    *("error", "inventory", "inventories", "code", "details", "description", "cause", "causes", "elaboration", "uuid"),
    *("accountUuid", "userUuid", "name", "total", "location", "apiTimeout", "version", "valid", "success"),
)
CODES = ["ID.1001", "ID.1006", "SYS.1000", "SYS.1003", "", "Duplicate job uuid[x]"]

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from([*LEAKS, *CODES, "a project", "\ud800", "1" * 5000])
)
values: st.SearchStrategy[t.Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(MEMBERS) | st.text(max_size=3), inner),
    max_leaves=12,
)
shaped = (
    st.fixed_dictionaries({"error": st.dictionaries(st.sampled_from(MEMBERS), values)})
    | st.fixed_dictionaries({"inventory": st.dictionaries(st.sampled_from(MEMBERS), values)})
    | st.fixed_dictionaries({"inventories": st.lists(st.dictionaries(st.sampled_from(MEMBERS), values), max_size=3)})
    | values
)
statuses = st.sampled_from([200, 202, 400, 403, 404, 500, 503]) | st.integers(100, 599)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """What the transport may hand on, as it hands it on."""
    status = draw(statuses)
    if draw(st.booleans()):
        value = draw(shaped)
        return Answer(status, json.dumps(value), value)
    text = draw(
        st.text(max_size=20) | st.sampled_from([*LEAKS, *CODES, "requestTimeTooSkewed", "the job has been expired"])
    )
    return Answer(status, text, None)


failures = st.builds(
    ExchangeError,
    st.sampled_from(["down", *LEAKS]),
    sent=st.booleans(),
    passing=st.booleans(),
    http_status=st.none() | statuses,
    retry_after=st.none() | st.floats(0, 1e300),
)
replies = st.lists(answers() | failures, min_size=1, max_size=5)

CALLS: dict[str, t.Callable[[Client], t.Any]] = {
    "get": lambda client: client.get("/tickets"),
    "read": lambda client: query.read(client, "/tickets"),
    "write": lambda client: client.write("PUT", "/tickets/1/actions", {"changeTicketStatus": {}}, what="Changing it"),
    "caller": lambda client: client.caller(),
    "caller in check mode": lambda client: client.caller(read_only=True),
    "project": lambda client: client.project_member(),
    "keep": lambda client: client.keep_session(),
    "version": server_version,
}


def check(failure: dict[str, t.Any], secrets: Secrets) -> None:
    """Look at a failing result as it is printed."""
    text = json.dumps(secrets.mask_all(failure), ensure_ascii=False)
    text.encode()
    assert TOKEN not in text
    assert PASSWORD not in text
    assert json.dumps(PASSWORD)[1:-1] not in text
    assert failure["failed"] is True
    assert failure["msg"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("call", CALLS)
@settings(max_examples=15)
@given(replies=replies, logged_in=st.booleans())
def test_any_answer_is_a_result_or_an_error_of_ours(way: str, call: str, replies: list[t.Any], logged_in: bool) -> None:
    secrets, clock = Secrets(), FakeClock()
    secrets.add(TOKEN)
    turn = in_turn(*replies)

    def reply(sent: Call) -> t.Any:
        return LOGGED_IN if logged_in and sent.path.endswith("/login") else turn(sent)

    with pytest.MonkeyPatch.context() as monkeypatch:
        client, stub = stubbed_client(monkeypatch, WAYS[way], reply, clock, 0.01, secrets)
        failure = None
        try:
            result = CALLS[call](client)
        except ZStackError as error:
            failure = error.result()
        else:
            assert result is None or isinstance(result, (dict, list, str, tuple, Caller))
        warning = client.close()
    assert warning is None or "could not be logged out" in warning
    if failure is not None:
        check(failure, secrets)
    assert clock.now() < 2000
    assert stub.closed


def nested(levels: int) -> t.Any:
    value: t.Any = {"details": "innermost"}
    for _level in range(levels):
        value = {"code": "SYS.1006", "cause": value}
    return value


@pytest.mark.parametrize("levels", [10, 150, 400, 900])
@pytest.mark.parametrize("status", [400, 503])
def test_an_error_that_is_nested_deep_can_be_shown(levels: int, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = Secrets()
    value = {"error": nested(levels)}
    client, _stub = stubbed_client(
        monkeypatch, ONE_SESSION, lambda call: Answer(status, "deep", value), secrets=secrets
    )
    with pytest.raises(ZStackError) as caught:
        client.get("/tickets")
    assert "SYS.1006" in caught.value.message
    check(caught.value.result(), secrets)


# Bytes over a real socket
numbers = st.integers(-5, 10**6).map(str)
heads = st.sampled_from(
    ["HTTP/1.1 200 OK", "HTTP/1.1 503 Busy", "HTTP/1.0 202", "HTTP/1.1 204 None", "HTTP/1.1 304 Same"]
)
heads |= st.builds("HTTP/1.{} {} {}".format, st.integers(0, 9), st.integers(0, 1200), st.text(max_size=5))
headers = st.builds(
    "{}: {}".format,
    st.sampled_from(
        ["Content-Length", "Transfer-Encoding", "Content-Encoding", "Retry-After", "Location", "Set-Cookie"]
    )
    | st.text(max_size=5),
    st.sampled_from(["chunked", "gzip", "deflate", "br, gzip", "identity", "text/html", "\u00b2", "http://[", "/"])
    | numbers
    | st.text(max_size=5),
)
bodies = (
    st.binary(max_size=60)
    | values.map(json.dumps).map(str.encode)
    | st.text(max_size=10).map(lambda text: text.encode("utf-8", "replace"))
)
bodies |= st.builds(lambda body: b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body), st.binary(min_size=1, max_size=20))
wire = st.binary(max_size=80) | st.builds(
    lambda head, fields, body, with_length: (
        "\r\n".join([head, *fields, *([f"Content-Length: {len(body)}"] if with_length else []), "", ""]).encode(
            "latin-1", "replace"
        )
        + body
    ),
    heads,
    st.lists(headers, max_size=3),
    bodies,
    st.booleans(),
)


class Says:
    """Answers with what the test wants it to say now."""

    def __init__(self) -> None:
        self.data = b""

    def __call__(self, request: Received) -> Act:
        return raw(self.data)


@pytest.fixture(scope="module")
def says() -> t.Iterator[tuple[Says, Transport]]:
    reply = Says()
    with Server(reply) as server:
        transport = Transport(Endpoint.from_options(server.options), Tls.from_options({}), 5.0)
        yield reply, transport
        transport.close()


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(data=wire)
@example(data=b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}")
@example(data=b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\n{}")
@example(data=b"HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n{}")
@example(data=b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}")
@example(data=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n")
@example(data=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n{}\r\n0\r\n\r\n")
@example(data=b"HTTP/1.1 429 \r\nRetry-After: \xb2\r\n\r\n")
@example(data=b"HTTP/1.1 200 OK\r\nContent-Encoding: br, zstd, gzip, gzip, gzip, gzip, gzip, gzip\r\n\r\n{}")
@example(data=b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n")
@example(data=b"\r\n\r\n\r\n")
@example(data=b"HTTP/1.1 200 OK\r\n folded: x\r\n\tmore\r\n\r\n{}")
@example(data=b"HTTP/1.1 200 OK\r\nSet-Cookie: \xff=\x00; expires=never\r\nContent-Length: 2\r\n\r\n{}")
def test_any_bytes_are_an_answer_or_an_error_of_ours(says: tuple[Says, Transport], data: bytes) -> None:
    reply, transport = says
    reply.data = data
    headers = {"Authorization": f"OAuth {TOKEN}"}
    sent, message = True, ""
    try:
        answer = transport.exchange("GET", "/v1/tickets", headers=headers)
    except ExchangeError as error:
        # The error itself would keep what urllib3 has left open of a connection, and be found by a later test.
        sent, message = error.sent, error.message
    else:
        assert 100 <= answer.status <= 999
        assert isinstance(answer.text, str)
        assert isinstance(answer.members, dict)
    assert sent
    assert TOKEN not in message or TOKEN.encode() in data


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(bodies=st.lists(st.tuples(statuses.filter(lambda status: status >= 200), shaped), min_size=1, max_size=4))
def test_any_json_over_a_socket(says: tuple[Says, Transport], bodies: list[tuple[int, t.Any]]) -> None:
    reply, transport = says
    with pytest.MonkeyPatch.context() as monkeypatch:
        secrets = Secrets()
        secrets.add(TOKEN)

        class Wired:
            """What the server says next is what the test has drawn next."""

            def exchange(self, *args: t.Any, **kwargs: t.Any) -> Answer:
                clock.sleep(0.1)
                status, value = bodies.pop(0) if len(bodies) > 1 else bodies[0]
                body = json.dumps(value).encode()
                reply.data = b"HTTP/1.1 %d Said\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)
                return transport.exchange(*args, **kwargs)

            def close(self) -> None:
                """Others go on with this transport."""

        clock = FakeClock()
        monkeypatch.setattr(client_module, "Transport", lambda *args: Wired())
        client = Client({**ACCOUNT, "job_timeout": 20}, secrets, clock, environment={})
        failure = None
        try:
            client.write("POST", "/tickets", {"params": {}})
        except ZStackError as error:
            failure = error.result()
        client.close()
    if failure is not None:
        check(failure, secrets)


class Kept(logging.Handler):
    """The log file of a controller."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def test_what_urllib3_logs_is_in_no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    root, kept = logging.getLogger(), Kept()
    monkeypatch.setattr(root, "handlers", [*root.handlers, kept])
    monkeypatch.setattr(root, "level", logging.DEBUG)
    with Server(in_turn(raw(b"HTTP/1.1 200 OK\r\n\xff no header\r\nContent-Length: 2\r\n\r\n{}"))) as server:
        transport = Transport(Endpoint.from_options(server.options), Tls.from_options({}), 5.0)
        transport.exchange("DELETE", f"/v1/accounts/sessions/{TOKEN}")
        transport.close()
    assert len(server.requests) == 1
    assert TOKEN in server.requests[0].target
    assert kept.lines == []
