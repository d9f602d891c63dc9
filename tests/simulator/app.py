"""HTTP in and out: what arrives becomes an exchange, what the dispatcher replies becomes an answer, faults in between."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import socket
import struct
from typing import TYPE_CHECKING
from urllib.parse import unquote

from aiohttp import web

from .dispatch import Dispatcher, Reply
from .faults import JobFate, Rule
from .log import Exchange

if TYPE_CHECKING:
    from .node import Node
    from .server import Server

_HEADER_LIMIT = 65536  # of the request line and the headers together
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE"))
_REFUSED = re.compile(r'[<>|{}^"\\`]|%(?![0-9A-Fa-f]{2})')
_HTML = "<!doctype html><html><head><title>HTTP Status {0}</title></head><body><h1>HTTP Status {0}</h1></body></html>"
_CHUNK = b'{"inventories":[' + b'{"name":"filler"},' * 4096


class Application:
    """Handles requests on the API's own listener."""

    def __init__(self, node: Node, server: Server) -> None:
        self._node = node
        self._server = server
        self._dispatcher = Dispatcher(node)

    def build(self) -> web.Application:
        application = web.Application(client_max_size=256 * 1024 * 1024)
        application.router.add_route("*", "/{path:.*}", self._handle)
        application.on_response_prepare.append(_strip_headers)
        return application

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        node = self._node
        node.clock.run_due()
        target, _mark, query = request.raw_path.partition("?")
        exchange = Exchange(
            0,
            node.clock.now(),
            self._server.connection_number(request.protocol),
            request.method,
            target,
            query,
            request.headers,
            await request.read() if request.body_exists else b"",
        )
        node.log.start(exchange)
        refusal = self._refuse(request, exchange)
        if refusal is not None:
            return self._answer(request, exchange, refusal, {"Content-Type": "text/html;charset=utf-8"})
        if not node.faults.rules:
            return self._answer(request, exchange, self._dispatcher.handle(exchange))
        self._dispatcher.identify(exchange)
        rules = node.faults.pick(exchange)
        if not rules:
            return self._answer(request, exchange, self._dispatcher.handle(exchange))
        return await self._misbehave(request, exchange, rules)

    def _refuse(self, request: web.Request, exchange: Exchange) -> Reply | None:
        """What the servlet container answers itself, with a page of HTML; sets the exchange's path otherwise."""
        size = len(request.raw_path) + sum(len(name) + len(value) + 4 for name, value in request.raw_headers)
        if size > _HEADER_LIMIT or _REFUSED.search(request.raw_path):
            return Reply(400, _HTML.format(400))
        context = self._node.switches.context_path
        prefix = f"/{context}/v1" if context else "/v1"
        path = unquote(exchange.path)
        if path != prefix and not path.startswith(prefix + "/"):
            return Reply(404, _HTML.format(404))
        exchange.path = path[len(prefix) - 3 :]
        if exchange.method not in _METHODS:
            return Reply(405, _HTML.format(405))
        return None

    def _answer(
        self, request: web.Request, exchange: Exchange, reply: Reply, headers: dict[str, str] | None = None
    ) -> web.Response:
        body = reply.text.encode("utf-8", "replace")
        exchange.status = reply.status
        if self._node.switches.log_answers:
            exchange.answer = body
        self._node.log.finish(exchange)
        response = web.Response(body=body, status=reply.status, headers=headers)
        if self._node.switches.session_cookie and "JSESSIONID=" not in request.headers.get("Cookie", ""):
            context = self._node.switches.context_path
            response.headers["Set-Cookie"] = f"JSESSIONID={secrets.token_hex(16).upper()}; Path=/{context}; HttpOnly"
        return response

    async def _misbehave(self, request: web.Request, exchange: Exchange, rules: list[Rule]) -> web.StreamResponse:
        """Handle an exchange under the rules picked for it: first what comes before the handling, then after."""
        before = [rule for rule in rules if rule.fault in _SETUP or not (rule.commit or rule.fault in _AFTER)]
        for rule in before:
            response = await self._fault(request, exchange, rule, None)
            if response is not None:
                return response
        reply = self._dispatcher.handle(exchange)
        for rule in rules:
            if rule not in before:
                response = await self._fault(request, exchange, rule, reply)
                if response is not None:
                    return response
        return self._answer(request, exchange, reply)

    async def _fault(
        self, request: web.Request, exchange: Exchange, rule: Rule, reply: Reply | None
    ) -> web.StreamResponse | None:
        """Let one fault happen; an answer ends the exchange, None goes on."""
        if rule.fault == "latency":
            await asyncio.sleep(rule.seconds)
        elif rule.fault in ("reset_before", "reset_after"):
            return self._abort(request, exchange)
        elif rule.fault == "truncate":
            return self._truncate(request, exchange, rule, reply or Reply(200))
        elif rule.fault == "garbage":
            self._write(request, rule.random.randbytes(rule.bytes or 256))
            return self._close(request, exchange)
        elif rule.fault in ("status", "foreign_json", "redirect"):
            return self._other_answer(request, exchange, rule)
        elif rule.fault == "huge":
            return await self._stream(request, exchange, rule)
        elif rule.fault == "restart":
            self._server.restart_soon(rule.seconds, rule.lose_sessions)
            return self._abort(request, exchange)
        elif rule.fault == "duplicate":
            self._dispatcher.handle(exchange)
        elif rule.fault == "session_expired":
            self._node.sessions.end(request.headers.get("Authorization", "").removeprefix("OAuth").strip())
        elif rule.fault == "session_lost":
            exchange.plan.lose_session = True
        else:
            stuck = JobFate.HANGING if rule.commit is False else JobFate.STUCK
            fates = {"job_expired": JobFate.EXPIRED, "job_lost": JobFate.LOST, "job_stuck": stuck}
            exchange.plan.job = fates[rule.fault]
        return None

    def _other_answer(self, request: web.Request, exchange: Exchange, rule: Rule) -> web.Response:
        status = {"foreign_json": 200, "redirect": 307}.get(rule.fault, rule.status)
        body = rule.body or ('["unexpected"]' if rule.fault == "foreign_json" else "")
        headers = {**rule.headers, "Location": rule.location} if rule.location else rule.headers
        return self._answer(request, exchange, Reply(status, body), headers)

    def _write(self, request: web.Request, data: bytes) -> None:
        if request.transport is not None:
            request.transport.write(data)

    def _truncate(self, request: web.Request, exchange: Exchange, rule: Rule, reply: Reply) -> web.Response:
        body = reply.text.encode("utf-8", "replace")
        kept = len(body) // 2 if rule.bytes is None else rule.bytes
        head = f"HTTP/1.1 {reply.status} Simulated\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        self._write(request, head + body[:kept])
        return self._close(request, exchange)

    async def _stream(self, request: web.Request, exchange: Exchange, rule: Rule) -> web.StreamResponse:
        exchange.status = 200
        self._node.log.finish(exchange)
        response = web.StreamResponse(status=200)
        await response.prepare(request)
        left = rule.bytes
        while left is None or left > 0:
            chunk = _CHUNK if left is None else _CHUNK[:left]
            await response.write(chunk)
            left = None if left is None else left - len(chunk)
        return response

    def _abort(self, request: web.Request, exchange: Exchange) -> web.Response:
        """Reset the connection: lingering off makes the kernel send RST."""
        transport = request.transport
        if transport is not None:
            handle = transport.get_extra_info("socket")
            if handle is not None:
                with socket.socket(fileno=os.dup(handle.fileno())) as duplicate:
                    duplicate.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
        self._node.log.finish(exchange)
        return web.Response()

    def _close(self, request: web.Request, exchange: Exchange) -> web.Response:
        if request.transport is not None:
            request.transport.close()
        self._node.log.finish(exchange)
        return web.Response()


# Faults that by their nature prepare the handling, and those that follow it; `commit` decides about the others
_SETUP = frozenset(("session_expired", "session_lost", "job_expired", "job_stuck", "job_lost", "duplicate"))
_AFTER = frozenset(("reset_after", "truncate"))


async def _strip_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Drop what aiohttp adds: the server sets no content type, only the container's error pages have one."""
    if response.headers.get("Content-Type") == "application/octet-stream":
        del response.headers["Content-Type"]
    response.headers.popall("Server", None)
