# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers on 127.0.0.1 that answer with any bytes at all, and break off as they are told."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
import typing as t
from contextlib import contextmanager, suppress

PATIENCE = 10.0


class Received(t.NamedTuple):
    """A request as it came in."""

    method: str
    target: str
    headers: t.Mapping[str, str]
    body: bytes
    connection: int


Act = t.Callable[[socket.socket], bool]
"""Writes an answer to a connection and tells whether to keep it open."""


def http(status: int, body: bytes | str = b"", *headers: str, length: int | None = None) -> Act:
    """A well-formed answer, unless C(length) is not that of the body: then the connection is closed after it."""
    content = body.encode() if isinstance(body, str) else body
    head = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(content) if length is None else length}", *headers]
    return raw("\r\n".join([*head, "", ""]).encode() + content, keep=length is None)


def said(value: t.Any, status: int = 200, *headers: str) -> Act:
    """A JSON answer."""
    return http(status, json.dumps(value), *headers)


def raw(data: bytes, keep: bool = False) -> Act:
    """These bytes."""

    def act(connection: socket.socket) -> bool:
        connection.sendall(data)
        return keep

    return act


def reset(before: bytes = b"") -> Act:
    """A reset of the connection, after some bytes."""

    def act(connection: socket.socket) -> bool:
        connection.sendall(before)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    return act


def trickle(before: bytes, drop: bytes, pause: float = 0.02) -> Act:
    """Some bytes, and then another few now and then until the client has enough."""

    def act(connection: socket.socket) -> bool:
        connection.sendall(before)
        stop = threading.Event()
        while not stop.wait(pause):
            connection.sendall(drop)
        return False

    return act


def endless(before: bytes, chunk: bytes) -> Act:
    """Some bytes, and then the same again and again until the client has enough."""

    def act(connection: socket.socket) -> bool:
        connection.sendall(before)
        while True:
            connection.sendall(chunk)

    return act


def silence(connection: socket.socket) -> bool:
    """No answer, until the client hangs up."""
    connection.settimeout(PATIENCE)
    connection.recv(1)
    return False


@contextmanager
def listening(act: Act) -> t.Iterator[dict[str, t.Any]]:
    """Answers one connection as soon as anything comes, whatever it is. Gives the options by which a client finds it with TLS."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        listener.settimeout(PATIENCE)

        def once() -> None:
            with listener.accept()[0] as connection:
                connection.recv(4096)
                act(connection)

        thread = threading.Thread(target=once)
        thread.start()
        yield {"host": "127.0.0.1", "port": listener.getsockname()[1], "scheme": "https"}
        thread.join()


class Server:
    """Answers each request with what C(reply) makes of it."""

    def __init__(
        self, reply: t.Callable[[Received], Act], context: ssl.SSLContext | None = None, family: int = socket.AF_INET
    ) -> None:
        self.requests: list[Received] = []
        self.connections = 0
        self._reply = reply
        self._context = context
        self._listener = socket.socket(family)
        self._listener.bind(("127.0.0.1" if family == socket.AF_INET else "::1", 0))
        self._listener.listen(64)
        self.port = int(self._listener.getsockname()[1])
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    @property
    def options(self) -> dict[str, t.Any]:
        """The connection options by which a client finds it."""
        return {"host": "127.0.0.1", "port": self.port, "scheme": "https" if self._context else "http"}

    def __enter__(self) -> Server:
        self._threads[0].start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join(PATIENCE)
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join(PATIENCE)
        for connection in self._open:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection = self._listener.accept()[0]
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection, self.connections), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            # A handshake may fail, a client may hang up at any time: neither is the test's business here.
            with suppress(OSError, ssl.SSLError):
                if self._context is not None:
                    connection = self._context.wrap_socket(connection, server_side=True)
                    self._open.append(connection)
                stream = connection.makefile("rb")
                with stream:
                    while self._exchange(connection, stream, number):
                        pass
        finally:
            connection.close()

    def _exchange(self, connection: socket.socket, stream: t.BinaryIO, number: int) -> bool:
        first = stream.readline().decode("latin-1").split()
        if len(first) != 3:
            return False
        headers = {}
        for line in iter(stream.readline, b"\r\n"):
            name, _colon, value = line.decode("latin-1").partition(":")
            headers[name.strip()] = value.strip()
        body = stream.read(int(headers.get("Content-Length", 0)))
        received = Received(first[0], first[1], headers, body, number)
        self.requests.append(received)
        return self._reply(received)(connection)
