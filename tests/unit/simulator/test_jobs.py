"""Accepted calls: 202, polling, job uuids, timeouts, webhooks, expiry."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest


def test_accepted_answer(as_: Any, sim: Any) -> None:
    answer = as_.requester("POST", "/tickets", json=as_.requester.ticket_body())
    body = answer.json()
    assert answer.status_code == 202
    assert set(body) == {"location", "apiTimeout"}
    assert body["apiTimeout"] == 1800000
    host, path, job = body["location"].removeprefix("http://").partition("/zstack/v1/api-jobs/")
    assert host == f"127.0.0.1:{sim.port}"
    assert path
    assert len(job) == 32


def test_advertised_host_and_timeout_member_are_switches(as_: Any, sim: Any) -> None:
    sim.set(advertised_host="172.20.0.10:8080", api_timeout_member=False)
    body = as_.requester("POST", "/tickets", json={}).json()
    assert set(body) == {"location"}
    assert body["location"].startswith("http://172.20.0.10:8080/zstack/v1/api-jobs/")


def test_api_timeout_header_is_seconds(as_: Any) -> None:
    answer = as_.requester("POST", "/tickets", json={}, headers={"X-API-Timeout": "77"})
    assert answer.json()["apiTimeout"] == 77000


def test_polling_needs_no_session_and_says_nothing_while_running(as_: Any, sim: Any) -> None:
    sim.set(job_duration=30)
    accepted = as_.requester("POST", "/tickets", json=as_.requester.ticket_body())
    running = as_.nobody.poll(accepted)
    assert (running.status_code, running.text) == (202, "{}")
    assert as_.requester.query("/tickets") == []
    sim.clock.advance(31)
    done = as_.nobody.poll(accepted)
    assert (done.status_code, done.json()["inventory"]["status"]) == (200, "Pending")


def test_job_uuid_becomes_the_job_and_is_taken_once(as_: Any, sim: Any, new_uuid: str) -> None:
    headers, body = {"X-Job-UUID": new_uuid}, as_.requester.ticket_body()
    assert as_.requester("POST", "/tickets", json=body, headers=headers).json()["location"].endswith(new_uuid)
    again = as_.requester("POST", "/tickets", json=body, headers=headers)
    assert (again.status_code, again.text) == (400, f"Duplicate job uuid[{new_uuid}]")
    assert len(sim.cloud.tickets) == 1
    sim.set(duplicate_job_check=False)
    assert as_.requester("POST", "/tickets", json=body, headers=headers).status_code == 202
    assert len(sim.cloud.tickets) == 2


@pytest.mark.parametrize("job_uuid", ["short", "x" * 33])
def test_job_uuid_is_checked_for_its_length_only(as_: Any, job_uuid: str) -> None:
    answer = as_.requester("POST", "/tickets", json={}, headers={"X-Job-UUID": job_uuid})
    assert (answer.status_code, answer.text) == (
        400,
        "Invalid header[X-Job-UUID], it must be a UUID with '-' stripped",
    )
    strange = as_.requester("POST", "/tickets", json={}, headers={"X-Job-UUID": "not hexadecimal and 32 long....."})
    assert strange.status_code == 202
    assert as_.requester("GET", "/tickets", headers={"X-Job-UUID": job_uuid}).status_code == 200


def test_schema_on_demand(as_: Any) -> None:
    accepted = as_.requester("POST", "/tickets", json=as_.requester.ticket_body())
    assert "schema" not in as_.requester.poll(accepted).json()
    job = accepted.json()["location"].rpartition("/")[2]
    schema = as_.requester("GET", f"/api-jobs/{job}", headers={"X-JSON-Schema": "anything"}).json()["schema"]
    assert schema == {
        "inventory": "org.zstack.ticket.entity.TicketInventory",
        "inventory.status": "org.zstack.ticket.entity.TicketStatus",
        "inventory.request[0]": "org.zstack.ticket.entity.TicketRequest",
    }


def test_done_jobs_expire_three_hours_after_creation(as_: Any, sim: Any) -> None:
    sim.set(job_cache_size=0)
    done = as_.requester("POST", "/tickets", json=as_.requester.ticket_body())
    sim.clock.advance(10000)
    assert as_.nobody.poll(done).status_code == 200
    sim.clock.advance(5000)
    expired = as_.nobody.poll(done)
    assert (expired.status_code, expired.text) == (404, "the job has been expired")


def test_cached_results_outlive_their_rows(as_: Any, sim: Any) -> None:
    done = as_.requester("POST", "/tickets", json=as_.requester.ticket_body())
    sim.clock.advance(20000)
    assert not sim.call(lambda: sim._node.jobs.rows)
    assert as_.nobody.poll(done).status_code == 200
    sim.restart()
    assert as_.nobody.poll(done).status_code == 404


def test_a_restarted_node_leaves_running_jobs_at_202_for_ever(as_: Any, sim: Any) -> None:
    sim.set(job_duration=60)
    accepted = as_.requester("POST", "/tickets", json=as_.requester.ticket_body())
    sim.restart()
    sim.clock.advance(100000)
    assert as_.nobody.poll(accepted).status_code == 202
    assert len(sim.cloud.tickets) == 0


class _Receiver(BaseHTTPRequestHandler):
    received: list[tuple[dict[str, str], Any]]
    refusals: int

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind = type(self)
        if kind.refusals:
            kind.refusals -= 1
            self.send_response(500)
        else:
            kind.received.append((dict(self.headers), json.loads(body)))
            self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def receiver() -> Iterator[tuple[str, type[_Receiver]]]:
    kind = type("Receiver", (_Receiver,), {"received": [], "refusals": 0})
    server = HTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/hook", kind
    server.shutdown()
    thread.join()
    server.server_close()


def _wait_for(kind: type[_Receiver], number: int) -> None:
    for _time in range(500):
        if len(kind.received) >= number:
            return
        threading.Event().wait(0.01)


def test_webhook(as_: Any, sim: Any, receiver: Any, new_uuid: str) -> None:
    url, kind = receiver
    sim.set(webhook_interval=0.01)
    kind.refusals = 2
    headers = {"X-Web-Hook": url, "X-Job-UUID": new_uuid}
    assert as_.requester("POST", "/tickets", json=as_.requester.ticket_body(), headers=headers).status_code == 202
    _wait_for(kind, 1)
    told, body = kind.received[0]
    assert (told["X-Job-UUID"], told["X-Job-Success"]) == (new_uuid, "true")
    assert body["inventory"]["status"] == "Pending"
    as_.requester("POST", "/tickets", json={}, headers={"X-Web-Hook": url})
    _wait_for(kind, 2)
    told, body = kind.received[1]
    assert told["X-Job-Success"] == "false"
    assert body["error"]["code"] == "SYS.1007"
