"""The sockets of a running simulator: the API's listener, the control surface's, and webhooks going out."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Coroutine
from dataclasses import dataclass
from itertools import count

import aiohttp
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from .app import Application
from .control import Control
from .errors import ApiError
from .java_json import dump, escape_html
from .messages import Result
from .node import Node

_LINE_LIMIT = 1 << 20  # of the HTTP parser; the server's own, lower limit is checked and answered by the application

_LOGGER = logging.getLogger(__name__)
# What is no HTTP is answered as such; that it came is no fault of the simulator to be told with a traceback.
_LOGGER.addFilter(lambda record: not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError)))


@dataclass(frozen=True)
class Settings:
    """Where to listen; port 0 takes a free one. ``certificate`` and ``key`` are paths, for TLS."""

    host: str = "127.0.0.1"
    port: int = 0
    control_port: int = 0
    certificate: str | None = None
    key: str | None = None


class Server:
    """Both listeners; all methods belong to the event loop's thread."""

    def __init__(self, node: Node, settings: Settings) -> None:
        self.node = node
        self.settings = settings
        self.port = settings.port
        self.control_port = settings.control_port
        self._tls: ssl.SSLContext | None = None
        if settings.certificate is not None:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(settings.certificate, settings.key)
        self._runner = web.AppRunner(
            Application(node, self).build(),
            access_log=None,
            logger=_LOGGER,
            max_line_size=_LINE_LIMIT,
            max_field_size=_LINE_LIMIT,
        )
        self._control = web.AppRunner(Control(node, self).build(), access_log=None)
        self._listener: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self._numbers = count(1)
        self._connections: dict[int, int] = {}  # id of a connection's protocol -> number, the latest of that id

    @property
    def scheme(self) -> str:
        return "https" if self._tls else "http"

    @property
    def endpoint(self) -> str:
        return f"{self.scheme}://{self.settings.host}:{self.port}"

    @property
    def control_endpoint(self) -> str:
        return f"http://127.0.0.1:{self.control_port}"

    async def start(self) -> None:
        self.node.clock.loop = asyncio.get_running_loop()
        self.node.webhook = self._send_webhook
        await self._runner.setup()
        await self._listen()
        await self._control.setup()
        site = web.TCPSite(self._control, "127.0.0.1", self.control_port)
        await site.start()
        self.control_port = self._control.addresses[0][1]

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._stop_listening()
        self.node.clock.loop = None
        self.node.clock.forget(also_surviving=True)
        await self._runner.cleanup()
        await self._control.cleanup()
        if self._session is not None:
            await self._session.close()

    async def restart(self, down: float, lose_sessions: bool = False) -> None:
        """Reset every connection, listen to nobody for ``down`` seconds, come back with an empty memory."""
        self._stop_listening()
        self.node.restart(lose_sessions)
        await asyncio.sleep(down)
        await self._listen()

    def connection_number(self, protocol: object) -> int:
        """The number of a connection, in the order in which they were opened."""
        return self._connections[id(protocol)]

    def restart_soon(self, down: float, lose_sessions: bool) -> None:
        self._spawn(self.restart(down, lose_sessions))

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(
            self._connected, self.settings.host, self.port, ssl=self._tls, backlog=1024, reuse_address=True
        )
        self.port = self._listener.sockets[0].getsockname()[1]
        self.node.listening_at = f"{self.settings.host}:{self.port}"

    def _connected(self) -> asyncio.Protocol:
        assert self._runner.server is not None
        protocol = self._runner.server()
        self._connections[id(protocol)] = next(self._numbers)
        return protocol

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        server = self._runner.server
        for connection in server.connections if server is not None else ():
            if connection.transport is not None:
                connection.transport.abort()

    def _spawn(self, coroutine: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _send_webhook(self, url: str, job_uuid: str, outcome: Result | ApiError) -> None:
        self._spawn(self._deliver(url, job_uuid, outcome))

    async def _deliver(self, url: str, job_uuid: str, outcome: Result | ApiError) -> None:
        """POST the job's answer until the receiver says 2xx, or the tries are used up."""
        headers = {"X-Job-UUID": job_uuid, "Content-Type": "application/json; charset=utf-8"}
        if isinstance(outcome, ApiError):
            headers["X-Job-Success"] = "false"
            body = escape_html(dump({"error": outcome.error_code(self.node.switches.locale)}))
        else:
            headers["X-Job-Success"] = "true"
            body = outcome.body(with_schema=False)
        if self._session is None:
            self._session = aiohttp.ClientSession()
        for _time in range(self.node.switches.webhook_retries):
            try:
                async with self._session.post(url, data=body.encode(), headers=headers, ssl=False) as answer:
                    if 200 <= answer.status < 300:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(self.node.switches.webhook_interval)
