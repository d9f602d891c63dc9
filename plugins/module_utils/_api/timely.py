# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that are complete in time or not at all.

A socket's time-out counts from the last byte on, so a server that sends a byte now and then would be read for ever.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
import typing as t


class TimelyResponse(http.client.HTTPResponse):
    """An answer of which head and body together may take the time-out that the socket has when reading begins.

    What comes too late raises the same C(socket.timeout) as what does not come at all.
    """

    def __init__(self, sock: socket.socket, *args: t.Any, **kwargs: t.Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_TimelyReader(sock, self.fp.detach()))


class _TimelyReader(io.RawIOBase):
    """The stream of a socket, of which all reads together may take the socket's time-out."""

    def __init__(self, sock: socket.socket, stream: io.RawIOBase) -> None:
        self._socket = sock
        self._stream = stream
        self._timeout = sock.gettimeout()
        self._end = time.monotonic() + (self._timeout or 0.0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: t.Any) -> int | None:
        if self._timeout is None:
            return self._stream.readinto(buffer)
        left = self._end - time.monotonic()
        if left <= 0:
            raise socket.timeout("timed out")
        self._socket.settimeout(left)
        try:
            return self._stream.readinto(buffer)
        finally:
            # A connection that is kept must not hand what was left of this time on to the next request.
            self._socket.settimeout(self._timeout)

    def close(self) -> None:
        super().close()
        self._stream.close()


def timely(pool_class: t.Any) -> t.Any:
    """A class of connection pools, of which urllib3 has one for each scheme, whose answers are read in time."""
    connection_class = pool_class.ConnectionCls
    timely_connection = type(connection_class.__name__, (connection_class,), {"response_class": TimelyResponse})
    return type(pool_class.__name__, (pool_class,), {"ConnectionCls": timely_connection})
