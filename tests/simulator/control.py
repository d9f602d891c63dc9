"""The control surface: JSON endpoints beside the imitated API, for tests and demonstrations."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from . import acts, identities
from .errors import ApiError
from .faults import FAULTS
from .log import Exchange
from .switches import table

if TYPE_CHECKING:
    from .node import Node
    from .server import Server

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Control:
    """Handlers of the control listener; they run in the node's own thread."""

    def __init__(self, node: Node, server: Server) -> None:
        self._node = node
        self._server = server

    def build(self) -> web.Application:
        application = web.Application(middlewares=[_errors_as_json])
        application.router.add_routes(
            [
                web.get("/", self._about),
                web.get("/books", self._books),
                web.get("/log", self._log),
                web.delete("/log", self._clear_log),
                web.get("/counters", self._counters),
                web.get("/faults", self._faults),
                web.post("/faults", self._add_faults),
                web.delete("/faults", self._clear_faults),
                web.get("/switches", self._switches),
                web.patch("/switches", self._set_switches),
                web.post("/reset", self._reset),
                web.post("/clock", self._clock),
                web.post("/restart", self._restart),
                web.post("/sessions/expire", self._expire_sessions),
                web.post("/virtual-ids/{name}/remove-from-project", self._remove_from_project),
                web.post("/virtual-ids/{name}/delete", self._delete_virtual_id),
                web.post("/projects/{name}/delete", self._delete_project),
                web.post("/projects/{name}/state", self._project_state),
                web.post("/access-keys/{name}/state", self._access_key_state),
                web.post("/tickets/seed", self._seed),
            ]
        )
        return application

    async def _about(self, request: web.Request) -> web.Response:
        return web.json_response(
            {"endpoint": self._server.endpoint, "identities": identities.summary(), "uuids": identities.uuids()}
        )

    async def _books(self, request: web.Request) -> web.Response:
        return web.json_response(acts.books(self._node))

    async def _log(self, request: web.Request) -> web.Response:
        wanted = {
            name: request.query[name] for name in ("method", "action", "kind", "identity") if name in request.query
        }
        headers, body = "headers" in request.query, "body" in request.query
        since = int(request.query.get("since", 0))
        entries: list[Exchange] = [entry for entry in self._node.log.select(**wanted) if entry.number > since]
        return web.json_response({"exchanges": [entry.as_dict(headers, body) for entry in entries]})

    async def _clear_log(self, request: web.Request) -> web.Response:
        self._node.log.clear()
        return web.json_response({})

    async def _counters(self, request: web.Request) -> web.Response:
        return web.json_response(self._node.log.counters())

    async def _faults(self, request: web.Request) -> web.Response:
        return web.json_response({"faults": self._node.faults.as_list(), "known": FAULTS})

    async def _add_faults(self, request: web.Request) -> web.Response:
        rules = await request.json()
        self._node.faults.load(rules if isinstance(rules, list) else [rules])
        return web.json_response({"faults": self._node.faults.as_list()}, status=201)

    async def _clear_faults(self, request: web.Request) -> web.Response:
        self._node.faults.clear()
        return web.json_response({})

    async def _switches(self, request: web.Request) -> web.Response:
        values = self._node.switches.as_dict()
        return web.json_response(
            {
                item.name: {
                    "value": values[item.name],
                    "default": item.default,
                    **{name: shown for name, shown in item.metadata.items() if name != "check"},
                }
                for item in table()
            }
        )

    async def _set_switches(self, request: web.Request) -> web.Response:
        self._node.switches.apply(await request.json())
        return web.json_response(self._node.switches.as_dict())

    async def _reset(self, request: web.Request) -> web.Response:
        self._node.reset()
        if (await _body(request)).get("switches"):
            self._node.switches.reset()
        return web.json_response({})

    async def _clock(self, request: web.Request) -> web.Response:
        self._node.clock.advance(float((await _body(request))["advance"]))
        return web.json_response({"now": self._node.clock.now(), "offset": self._node.clock.offset})

    async def _restart(self, request: web.Request) -> web.Response:
        options = await _body(request)
        self._server.restart_soon(float(options.get("down", 0)), bool(options.get("lose_sessions", False)))
        return web.json_response({}, status=202)

    async def _expire_sessions(self, request: web.Request) -> web.Response:
        return web.json_response({"expired": self._node.sessions.expire_all()})

    async def _remove_from_project(self, request: web.Request) -> web.Response:
        project = (await _body(request)).get("project", identities.PROJECT)
        acts.remove_from_project(self._node, request.match_info["name"], project)
        return web.json_response({})

    async def _delete_virtual_id(self, request: web.Request) -> web.Response:
        acts.delete_virtual_id(self._node, request.match_info["name"])
        return web.json_response({})

    async def _delete_project(self, request: web.Request) -> web.Response:
        acts.delete_project(self._node, request.match_info["name"])
        return web.json_response({})

    async def _project_state(self, request: web.Request) -> web.Response:
        acts.set_project_state(self._node, request.match_info["name"], (await _body(request))["state"])
        return web.json_response({})

    async def _access_key_state(self, request: web.Request) -> web.Response:
        acts.set_access_key_state(self._node, request.match_info["name"], (await _body(request))["state"])
        return web.json_response({})

    async def _seed(self, request: web.Request) -> web.Response:
        options = await _body(request)
        made = acts.seed_tickets(self._node, int(options["count"]), options.get("prefix", "seeded"))
        return web.json_response({"seeded": made})


async def _body(request: web.Request) -> dict[str, Any]:
    text = await request.text()
    value = json.loads(text) if text else {}
    if not isinstance(value, dict):
        raise ValueError("the body must be a JSON object")
    return value


@web.middleware
async def _errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except (ValueError, KeyError, TypeError) as error:
        return web.json_response({"error": str(error)}, status=400)
    except LookupError as error:
        return web.json_response({"error": str(error)}, status=404)
    except ApiError as error:
        return web.json_response({"error": error.error_code("en_US")}, status=409)
