"""What the API costs without Ansible: ``python -m tests.benchmarks.bare FACTS`` ensures the tickets ``0`` to ``count - 1``.

It does the calls that ``zstack_ticket_batch`` does, in 8 threads, and nothing else: no check of options, no comparison, no
result. FACTS is the file of extra variables that playbooks get. With ``--raw`` it is as quick as a single client can be, to
show what the server itself takes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from .playbooks import ticket

Exchange = Callable[..., dict[str, Any]]
"""``exchange(method, path, body=None, headers={})``: one call and its JSON."""


def requests_exchange(api: str) -> Exchange:
    """Calls by ``requests``, with a session for each thread."""
    of_thread = threading.local()

    def exchange(method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
        if not hasattr(of_thread, "session"):
            of_thread.session = requests.Session()
        answer = of_thread.session.request(method, api + path, json=body, headers=headers)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    return exchange


def raw_exchange(api: str) -> Exchange:
    """Calls by ``http.client``, over one connection."""
    parts = urlsplit(api)
    connection = HTTPConnection(parts.hostname or "", parts.port)

    def exchange(method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
        connection.request(method, parts.path + path, None if body is None else json.dumps(body), headers or {})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status not in (200, 202):
            raise ValueError(f"{method} {path} was answered {answer.status} {text.decode()}")
        found: dict[str, Any] = json.loads(text)
        return found

    return exchange


def log_in(exchange: Exchange, identity: dict[str, str]) -> dict[str, str]:
    """Log in to the project; return the headers of further calls."""
    password = hashlib.sha512(identity["password"].encode()).hexdigest()
    headers: dict[str, str] = {}
    for path, body in (
        ("/iam2/virtual-ids/login", {"loginIAM2VirtualID": {"name": identity["name"], "password": password}}),
        ("/iam2/projects/login", {"loginIAM2Project": {"projectName": identity["project_name"]}}),
    ):
        session = exchange("PUT", path, body, {**headers, "Content-Type": "application/json; charset=utf-8"})
        headers = {"Authorization": f"OAuth {session['inventory']['uuid']}"}
    return headers


def ensure(exchange: Exchange, facts: dict[str, Any], threads: int, names_at_once: int) -> None:
    """Look tickets up by lists of names, then create those that are missing."""
    headers = log_in(exchange, facts["identity"])
    names = {f"ticket {number}": number for number in range(facts["count"])}
    ordered = list(names)
    known: set[str] = set()

    def look(first: int) -> None:
        listed = ",".join(ordered[first : first + names_at_once])
        found = exchange("GET", f"/tickets?q={quote(f'name?={listed}')}&limit=1000", None, headers)
        known.update(row["name"] for row in found["inventories"])

    def create(number: int) -> None:
        parameters = {**ticket(number), "accountSystemType": "iam2", "accountSystemContext": facts["context"]}
        parameters["requests"] = [
            {
                "requestName": request["request_name"],
                "apiName": request["api_name"],
                "executeTimes": 1,
                "apiBody": request["api_body"],
            }
            for request in parameters["requests"]
        ]
        accepted = exchange("POST", "/tickets", {"params": parameters}, {**headers, "Content-Type": "application/json"})
        job = accepted["location"].rpartition("/")[2]
        while "inventory" not in exchange("GET", f"/api-jobs/{job}"):
            pass

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(look, range(0, len(names), names_at_once)))
        list(pool.map(create, [number for name, number in names.items() if name not in known]))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bare")
    parser.add_argument("facts", type=Path)
    parser.add_argument("--one-by-one", action="store_true", help="look each ticket up by itself")
    parser.add_argument("--raw", action="store_true", help="http.client over one connection")
    arguments = parser.parse_args()
    facts = json.loads(arguments.facts.read_text(encoding="utf-8"))
    api = facts["endpoint"] + "/zstack/v1"
    names_at_once = 1 if arguments.one_by_one else 1000
    if arguments.raw:
        ensure(raw_exchange(api), facts, 1, names_at_once)
    else:
        ensure(requests_exchange(api), facts, 8, names_at_once)


if __name__ == "__main__":
    main()
