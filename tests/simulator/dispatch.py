"""The REST front: from an HTTP request to an API call, and from its outcome to an answer."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from . import access_keys, mediator, query
from .apis import APIS
from .errors import ApiError, RestError
from .java_json import dump, escape_html
from .json_reader import read_object
from .log import LOGIN, LOGOUT, POLL, READ, WRITE, Exchange
from .messages import ANYBODY, Api, Caller, Message
from .params import bind, verify_types
from .query_string import parameters_of
from .routes import Routes

if TYPE_CHECKING:
    from .node import Node

_JOBS = "/v1/api-jobs/"
_PARAMETER_LIMIT = 1000


@dataclass
class Reply:
    """An answer before faults and HTTP."""

    status: int
    text: str = ""


class Dispatcher:
    """Answers exchanges; one for each running node."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._routes = Routes(APIS, node.switches.ticket_optional_path)
        node.switches.on_change(self._switched)

    def _switched(self) -> None:
        self._routes = Routes(APIS, self._node.switches.ticket_optional_path)

    def handle(self, exchange: Exchange) -> Reply:
        """Answer one exchange. Everything the server catches is caught here."""
        job_uuid = _polled_job(exchange.path)
        if job_uuid is not None:
            return self._poll(exchange, job_uuid)
        try:
            return self._call(exchange)
        except RestError as error:
            locale = self._node.switches.locale
            return Reply(error.status, error.text if isinstance(error.text, str) else error.text.render(locale))

    def identify(self, exchange: Exchange) -> None:
        """Fill in what fault rules look at, without handling the exchange."""
        job_uuid = _polled_job(exchange.path)
        if job_uuid is not None:
            job = self._node.jobs.find(job_uuid)
            exchange.kind, exchange.action = POLL, job.api if job is not None else None
            return
        with suppress(RestError):
            found = self._routes.find(exchange.path)
            if found is not None:
                body = read_object(self._decode(exchange))
                self._name(exchange, self._choose(exchange, found[0], body))
                self._authorize(exchange)

    def _poll(self, exchange: Exchange, job_uuid: str) -> Reply:
        exchange.kind, exchange.job_uuid = POLL, job_uuid
        if exchange.method != "GET":
            return Reply(405, "only GET method is allowed for querying job status")
        job = self._node.jobs.find(job_uuid)
        if job is None:
            return Reply(404, "the job has been expired")
        exchange.action = job.api
        if job.outcome is None:
            return Reply(202, "{}")
        if isinstance(job.outcome, ApiError):
            return Reply(503, escape_html(self._error(job.outcome)))
        return Reply(200, job.outcome.body("X-JSON-Schema" in exchange.headers))

    def _error(self, error: ApiError) -> str:
        return dump({"error": error.error_code(self._node.switches.locale)})

    def _call(self, exchange: Exchange) -> Reply:
        found = self._routes.find(exchange.path)
        if found is None:
            raise RestError(404, f"no api mapping to {exchange.path}")
        apis, variables = found
        body = read_object(self._decode(exchange))
        api = self._choose(exchange, apis, body)
        self._name(exchange, api)
        message = self._message(exchange, api, body or {}, variables)
        if api.sync:
            return self._call_now(exchange, message)
        return self._accept(exchange, message)

    def _decode(self, exchange: Exchange) -> str:
        """The body as text: without a charset the servlet container reads ISO-8859-1."""
        if not exchange.body:
            return ""
        named = "charset" in exchange.headers.get("Content-Type", "").lower()
        if named or exchange.body.isascii() or not self._node.switches.body_charset_latin1:
            return exchange.body.decode("utf-8", "replace")
        return exchange.body.decode("latin-1")

    def _choose(self, exchange: Exchange, apis: tuple[Api, ...], body: dict[str, Any] | None) -> Api:
        """The API meant: the only one of the path, else by the action key for PUT, else by method."""
        if len(apis) == 1:
            return apis[0]
        method, uri = exchange.method, self._uri(exchange)
        if method == "PUT":
            if body is None:
                raise RestError(500, "")
            for api in apis:
                if api.action in body and api.method == "PUT":
                    return api
            raise RestError(400, f"the body doesn't contain action mapping to the URL[{exchange.path}]")
        for api in apis:
            if api.method == method:
                return api
        kinds = {"POST": "creational", "GET": "query", "DELETE": "delete"}
        if method in kinds:
            raise RestError(500, f"No {kinds[method]} API found for the path[{uri}]")
        raise RestError(405, f"The method[{method}] is not allowed for the path[{uri}]")

    def _uri(self, exchange: Exchange) -> str:
        context = self._node.switches.context_path
        return f"/{context}{exchange.path}" if context else exchange.path

    def _message(self, exchange: Exchange, api: Api, body: dict[str, Any], variables: dict[str, str]) -> Message:
        node, headers = self._node, exchange.headers
        message = Message(api, uuid.uuid4().hex, {}, exchange.time, timeout_ms=node.switches.api_timeout * 1000)
        if api.allowed != ANYBODY:
            message.token, message.key_caller = self._authorize(exchange)
        pairs = parse_qsl(exchange.query, keep_blank_values=True, max_num_fields=None)[:_PARAMETER_LIMIT]
        if api.query is not None:
            # A path with a uuid asks for that record, whatever the query string says
            given_uuid = variables.get("uuid")
            message.query = query.read(pairs) if given_uuid is None else query.of_uuid(given_uuid)
            message.lose_session = exchange.plan.lose_session
            return message
        if exchange.method in ("GET", "DELETE"):
            given: Any = parameters_of(api, pairs)
        else:
            given = body.get(api.action if api.is_action else api.parameter)
            if given is None:
                given = {}
            elif not isinstance(given, dict):
                raise _uncastable(given, "Map")
        verify_types(api, given)
        message.values = bind(api, given)
        self._read_headers(exchange, message)
        self._read_tags(exchange, message, body)
        message.values.update(variables)
        message.webhook = headers.get("X-Web-Hook")
        message.lose_session = exchange.plan.lose_session
        return message

    def _authorize(self, exchange: Exchange) -> tuple[str | None, Caller | None]:
        """The session token or the access key's caller of the Authorization header."""
        authorization = exchange.headers.get("Authorization")
        if authorization is None:
            raise RestError(400, "missing header 'Authorization'")
        authorization = authorization.strip()
        if authorization.startswith("OAuth"):
            token = authorization.removeprefix("OAuth").strip()
            session = self._node.sessions.open.get(token)
            exchange.identity = self._node.cloud.name_of(session.user) if session is not None else None
            return token, None
        if authorization.startswith("ZStack"):
            date = exchange.headers.get("Date")
            caller = access_keys.authenticate(self._node, authorization, date, exchange.method, exchange.path)
            exchange.identity = caller.name if caller is not None else None
            return None, caller
        raise RestError(400, "Authorization type must be 'OAuth'")

    def _read_headers(self, exchange: Exchange, message: Message) -> None:
        job_uuid = exchange.headers.get("X-Job-UUID")
        if job_uuid is not None:
            if len(job_uuid) != 32:
                raise RestError(400, "Invalid header[X-Job-UUID], it must be a UUID with '-' stripped")
            if (
                exchange.method in ("POST", "PUT", "DELETE")
                and self._node.switches.duplicate_job_check
                and self._node.jobs.is_known(job_uuid)
            ):
                raise RestError(400, f"Duplicate job uuid[{job_uuid}]")
            message.id = job_uuid
        exchange.job_uuid = message.id
        timeout = exchange.headers.get("X-API-Timeout")
        if timeout is not None:
            try:
                message.timeout_ms = int(timeout) * 1000
            except ValueError:
                raise RestError(500, f'For input string: "{timeout}"') from None

    def _read_tags(self, exchange: Exchange, message: Message, body: dict[str, Any]) -> None:
        """Tags stand among the parameters, or at the top of the body, which wins."""
        message.system_tags = message.get("systemTags")
        message.user_tags = message.get("userTags")
        if exchange.method in ("GET", "DELETE"):
            return
        for key, name in (("systemTags", "system_tags"), ("userTags", "user_tags")):
            value = body.get(key)
            if value is None:
                continue
            if not isinstance(value, list):
                raise _uncastable(value, "List")
            setattr(message, name, [str(item) for item in value])

    def _call_now(self, exchange: Exchange, message: Message) -> Reply:
        try:
            result = mediator.call(self._node, message)
        except ApiError as error:
            # The one body without HTML escaping
            return Reply(503, self._error(error))
        with_schema = message.api.query is not None or "X-JSON-Schema" in exchange.headers
        return Reply(200, result.body(with_schema))

    def _accept(self, exchange: Exchange, message: Message) -> Reply:
        switches = self._node.switches
        self._node.jobs.accept(message, exchange.plan.job)
        host = switches.advertised_host or exchange.headers.get("Host", self._node.listening_at)
        context = f"/{switches.context_path}" if switches.context_path else ""
        answer = {"location": f"http://{host}{context}{_JOBS}{message.id}"}
        if switches.api_timeout_member:
            return Reply(202, escape_html(dump({**answer, "apiTimeout": message.timeout_ms})))
        return Reply(202, escape_html(dump(answer)))

    def _name(self, exchange: Exchange, api: Api) -> None:
        exchange.action, exchange.kind = api.action, _kind(api)


_JAVA = {
    list: "java.util.ArrayList",
    dict: "com.google.gson.internal.LinkedTreeMap",
    str: "java.lang.String",
    bool: "java.lang.Boolean",
    float: "java.lang.Double",
}


def _uncastable(value: Any, wanted: str) -> RestError:
    """What Java 8 says of JSON that is of another type than ``wanted``, a class of java.util."""
    return RestError(500, f"{_JAVA.get(type(value), 'java.lang.Long')} cannot be cast to java.util.{wanted}")


def _polled_job(path: str) -> str | None:
    """The job that a path asks for, if it is the path of a poll."""
    uuid = path[len(_JOBS) :]
    return uuid if path.startswith(_JOBS) and uuid and "/" not in uuid else None


def _kind(api: Api) -> str:
    if api.action.lower().startswith("login"):
        return LOGIN
    if api.action == "logOut":
        return LOGOUT
    return READ if api.sync else WRITE
