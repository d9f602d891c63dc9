"""A stand-in for AWX: as much of its API as ``awx.awx`` uses to set up what the playbook sets up.

It keeps what it is given, refuses what AWX refuses in it, and writes down every request that would change something.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tests.support.environments import ROOT

TOKEN = "Geheim-awx-4711"
PREFIX = "/api/v2/"
TYPES = {
    "organizations": "organization",
    "credential_types": "credential_type",
    "credentials": "credential",
    "projects": "project",
    "inventories": "inventory",
    "execution_environments": "execution_environment",
    "job_templates": "job_template",
    "workflow_job_templates": "workflow_job_template",
    "workflow_job_template_nodes": "workflow_job_template_node",
}
"""Each collection of the API, with the type of its objects."""

ANSWERS: dict[str, type] = {
    "text": str,
    "textarea": str,
    "password": str,
    "integer": int,
    "float": float,
    "multiplechoice": str,
    "multiselect": list,
}
"""The kinds of questions in a survey, with the types that their defaults may have."""

Object = dict[str, Any]


class Refused(Exception):
    """What AWX answers 400 to; carries why."""


@dataclass
class Controller:
    """The objects of one AWX, and the writes that it was asked for."""

    url: str = ""
    objects: dict[str, list[Object]] = field(default_factory=lambda: {collection: [] for collection in TYPES})
    surveys: dict[str, Object] = field(default_factory=dict)
    related: dict[str, list[int]] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)

    def add(self, collection: str, given: Object) -> Object:
        """Make an object, as a POST does."""
        number = sum(map(len, self.objects.values())) + 1
        url = f"{PREFIX}{collection}/{number}/"
        fixed = {"id": number, "url": url, "type": TYPES[collection], "summary_fields": {}, "scm_revision": ""}
        made = {**fixed, "related": {"survey_spec": f"{url}survey_spec/"}, **normalised(collection, given)}
        self.objects[collection].append(made)
        return made

    def named(self, collection: str) -> dict[str, Object]:
        return {found["name"]: found for found in self.objects[collection]}

    def answer(self, method: str, path: str, query: dict[str, str], body: Object) -> tuple[int, Object]:
        """Answer one request with a status and an object; raises Refused, and KeyError for what is not there."""
        collection, *rest = path.removeprefix(PREFIX).strip("/").split("/")
        if method != "GET":
            self.writes.append(f"{method} {path}")
        if not rest:
            return (200, self._page(collection, query)) if method == "GET" else (201, self.add(collection, body))
        (found,) = (known for known in self.objects[collection] if str(known["id"]) == rest[0])
        if len(rest) == 1:
            found.update(normalised(collection, body))
            return 200, found
        if rest[1] == "survey_spec":
            if method == "GET":
                return 200, self.surveys.get(path, {})
            check_survey(body)
            self.surveys[path] = body
            return 200, {}
        linked = self.related.setdefault(path, [])
        if method == "GET":
            return 200, listed([{"id": number} for number in linked])
        if body.get("disassociate"):
            linked.remove(body["id"])
        else:
            linked.append(body["id"])
        return 204, {}

    def _page(self, collection: str, query: dict[str, str]) -> Object:
        known = self.objects["job_templates" if collection == "unified_job_templates" else collection]
        wanted = query.items()
        return listed([found for found in known if all(str(found.get(name)) == value for name, value in wanted)])


def listed(found: list[Object]) -> Object:
    return {"count": len(found), "next": None, "previous": None, "results": found}


def normalised(collection: str, given: Object) -> Object:
    """What AWX makes of an object that it is given."""
    if collection == "credential_types":
        check_injectors(given["inputs"], given["injectors"])
        fields = [{"type": "string", **each} for each in given["inputs"]["fields"]]
        return {**given, "inputs": {**given["inputs"], "fields": fields}}
    if "playbook" in given and not (ROOT / given["playbook"]).is_file():
        raise Refused(f"Playbook not found for project: {given['playbook']}")
    return given


def check_injectors(inputs: Object, injectors: Object) -> None:
    """Each template has to make do with the inputs that there are."""
    known: Object = {each["id"]: "EXAMPLE" for each in inputs["fields"]}
    known["tower"] = {"filename": {name.removeprefix("template."): "EXAMPLE_FILE" for name in injectors["file"]}}
    for template in [*injectors["file"].values(), *injectors["env"].values()]:
        ImmutableSandboxedEnvironment(undefined=StrictUndefined).from_string(template).render(known)
    if any(name.startswith("ANSIBLE_") for name in injectors["env"]):
        raise Refused("A credential may not set variables of Ansible.")


def check_survey(survey: Object) -> None:
    if not (isinstance(survey["name"], str) and isinstance(survey["description"], str) and survey["spec"]):
        raise Refused("A survey has a name, a description and questions.")
    for question in survey["spec"]:
        if not {"variable", "type", "question_name", "required"} <= question.keys():
            raise Refused(f"Something is missing from {question}")
        if not isinstance(question.get("default", ANSWERS[question["type"]]()), ANSWERS[question["type"]]):
            raise Refused(f"The default is of another type in {question}")
        if question.get("default", "") not in question.get("choices", [question.get("default", "")]):
            raise Refused(f"The default is not among the choices in {question}")


@contextmanager
def serving() -> Iterator[Controller]:
    """An AWX with nothing but its default organization, on a free port of 127.0.0.1."""
    controller = Controller()
    controller.add("organizations", {"name": "Default"})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            split = urlsplit(self.path)
            answer: Object
            try:
                if self.headers["Authorization"] != f"Bearer {TOKEN}":
                    status, answer = 401, {"detail": "Authentication credentials were not provided."}
                else:
                    status, answer = controller.answer(self.command, split.path, dict(parse_qsl(split.query)), body)
            except Refused as refused:
                status, answer = 400, {"__all__": [str(refused)]}
            text = json.dumps(answer).encode() if status != 204 else b""
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def do_POST(self) -> None:
            self.do_GET()

        def do_PATCH(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    controller.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield controller
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
