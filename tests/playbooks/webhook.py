"""A webhook, as chats have them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

TOKEN = "token-4711"
"""Whoever knows the address of a webhook may post to it, so this must not be shown."""


@dataclass
class Webhook:
    """Its address, what was posted to it, and how it answers."""

    url: str = ""
    status: str = "204 No Content"
    posted: list[Any] = field(default_factory=list)

    def answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        self.posted.append(json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))))
        start_response(self.status, [])
        return []


@contextmanager
def serve_webhook() -> Iterator[Webhook]:
    """Listen on this machine only."""
    webhook = Webhook()
    with make_server("127.0.0.1", 0, webhook.answer) as server:
        webhook.url = f"http://127.0.0.1:{server.server_port}/hooks/{TOKEN}"
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield webhook
        server.shutdown()
