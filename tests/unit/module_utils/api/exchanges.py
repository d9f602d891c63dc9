# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Single exchanges with a server that answers as it is told."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.zstack.tickets.plugins.module_utils._api.settings import Endpoint, Tls
from ansible_collections.zstack.tickets.plugins.module_utils._api.transport import Answer, Transport
from ansible_collections.zstack.tickets.plugins.module_utils._errors import ExchangeError
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.doubles import TOKEN, in_turn, told
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.servers import Act, Server

HEAD = b"HTTP/1.1 200 Said\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
JSON = b'{"inventories": []}'
PAGE = "<!DOCTYPE html><html><style>p {}</style><h1>Bad &amp; busy</h1><script>evil()</script></html>"
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
