# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in for the world around the client: a clock that does not wait, a transport without a network, and a secret."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.zstack.tickets.plugins.module_utils._api import client as client_module
from ansible_collections.zstack.tickets.plugins.module_utils._api.client import Client
from ansible_collections.zstack.tickets.plugins.module_utils._api.retry import Clock
from ansible_collections.zstack.tickets.plugins.module_utils._api.secrets import Secrets
from ansible_collections.zstack.tickets.plugins.module_utils._api.transport import Answer
from ansible_collections.zstack.tickets.plugins.module_utils._errors import ZStackError

PASSWORD = 'Geheim! "4711" <ü&+%=/\\\'>'
"""Worth looking for, and written differently in URLs and in JSON."""

TOKEN = "0123456789abcdef0123456789abcdef"

ACCOUNT = {"host": "127.0.0.1", "account_name": "admin", "account_password": PASSWORD}
ONE_SESSION = {"host": "127.0.0.1", "session_token": TOKEN}


class FakeClock(Clock):
    """Time that only passes in pauses, and at once."""

    def __init__(self) -> None:
        super().__init__()
        self.time = 1000.0
        self.pauses: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.pauses.append(seconds)
        self.time += seconds


class Call(t.NamedTuple):
    """What a stub was asked to send."""

    method: str
    path: str
    query: t.Sequence[tuple[str, str]]
    body: t.Any
    headers: t.Mapping[str, str]
    at_most: float | None


class StubTransport:
    """Answers by the given function, and takes C(seconds) of the clock for it."""

    def __init__(self, reply: t.Callable[[Call], t.Any], clock: Clock | None = None, seconds: float = 0.0) -> None:
        self.calls: list[Call] = []
        self.closed = False
        self._reply = reply
        self._clock = clock
        self._seconds = seconds

    def exchange(
        self,
        method: str,
        path: str,
        query: t.Sequence[tuple[str, str]] = (),
        body: t.Any = None,
        headers: t.Mapping[str, str] | None = None,
        at_most: float | None = None,
    ) -> Answer:
        call = Call(method, path, query, body, dict(headers or {}), at_most)
        self.calls.append(call)
        if self._clock is not None and self._seconds:
            self._clock.sleep(self._seconds)
        reply = self._reply(call)
        if isinstance(reply, Exception):
            raise reply
        assert isinstance(reply, Answer)
        return reply

    def close(self) -> None:
        self.closed = True

    def sent(self, method: str | None = None) -> list[str]:
        """The paths that were asked for, below C(/v1)."""
        return [call.path[len("/v1") :] for call in self.calls if method in (None, call.method)]


def in_turn(*replies: t.Any) -> t.Callable[[t.Any], t.Any]:
    """One after the other; the last one for ever."""
    left = list(replies)
    return lambda _call: left.pop(0) if len(left) > 1 else left[0]


def answer(status: int, body: t.Any = None, text: str | None = None) -> Answer:
    """An answer as the transport reads it, from its JSON or from its text."""
    if text is not None:
        return Answer(status, text, None)
    return Answer(status, json.dumps(body), body)


def refused(code: str, status: int = 503, **members: t.Any) -> Answer:
    """The API's refusal by an ErrorCode."""
    return answer(status, {"error": {"code": code, "details": "no", **members}})


LOGGED_IN = answer(200, {"inventory": {"uuid": TOKEN, "accountUuid": "a" * 32, "userUuid": "b" * 32}})


def stubbed_client(
    monkeypatch: t.Any,
    options: t.Mapping[str, t.Any],
    reply: t.Callable[[Call], t.Any],
    clock: Clock | None = None,
    seconds: float = 0.0,
    secrets: Secrets | None = None,
) -> tuple[Client, StubTransport]:
    """A client, and the stub that it sends through."""
    clock = clock or FakeClock()
    stub = StubTransport(reply, clock, seconds)
    monkeypatch.setattr(client_module, "Transport", lambda *args, **kwargs: stub)
    return Client(options, secrets or Secrets(), clock, environment={}), stub


def told(error: ZStackError) -> str:
    """Everything that an error says, as it would be printed."""
    return "\n".join(
        [str(error), error.message, repr(error.extra), repr(error.error()), json.dumps(error.error(), default=str)]
    )
