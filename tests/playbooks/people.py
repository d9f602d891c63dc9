"""Somebody else at work: plain REST calls by which tests prepare tickets, and act while a playbook runs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

from tests.simulator import Simulator
from tests.simulator.identities import fixed_uuid, password_hash

from .harness import ASIDE

CREATE_VM = "org.zstack.header.vm.APICreateVmInstanceMsg"


def api_request(name: str = "web-1", **body: Any) -> dict[str, Any]:
    """One request of a ticket, as the API takes it."""
    return {"requestName": "create vm", "apiName": CREATE_VM, "executeTimes": 1, "apiBody": {"name": name, **body}}


@dataclass(frozen=True)
class Person:
    """An identity of the simulator. Each call logs in and out, and the harness does not count it."""

    simulator: Simulator
    name: str

    def create(self, name: str, requests: Sequence[Mapping[str, Any]] = (), **more: Any) -> dict[str, Any]:
        """Create a ticket for this virtual ID and return it; ``more`` are further parameters of CreateTicket."""
        params = {
            # The same in every run, so that results can be compared.
            "resourceUuid": fixed_uuid(f"prepared/{len(self.simulator.cloud.tickets)}"),
            "name": name,
            "requests": list(requests) or [api_request()],
            "accountSystemType": "iam2",
            "accountSystemContext": self.context,
            **more,
        }
        return self.call("POST", "/tickets", {"params": params})

    @property
    def uuid(self) -> str:
        return str(self.simulator.identities[self.name]["uuid"])

    @property
    def context(self) -> dict[str, str]:
        """The account system context of this virtual ID's tickets."""
        return {"projectUuid": self.simulator.uuids["demo_project"], "virtualIDUuid": self.uuid}

    def send(self, event: str, uuid: str, comment: str | None = None) -> dict[str, Any]:
        """Approve, reject, cancel or reopen a ticket."""
        parameters = {"statusEvent": event, **({} if comment is None else {"comment": comment})}
        return self.call("PUT", f"/tickets/{uuid}/actions", {"changeTicketStatus": parameters})

    def update(self, uuid: str, requests: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        return self.call("PUT", f"/tickets/{uuid}/actions", {"updateTicketRequest": {"requests": list(requests)}})

    def delete(self, uuid: str) -> None:
        self.call("DELETE", f"/tickets/{uuid}")

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Any call, to its end; returns the inventory of the answer."""
        token = self.log_in()
        try:
            answer = self._exchange(method, path, body, token)
            if "location" in answer:
                answer = self._exchange("GET", "/api-jobs/" + answer["location"].rpartition("/")[2])
            found: dict[str, Any] = answer.get("inventory", {})
            return found
        finally:
            self.log_out(token)

    def log_in(self) -> str:
        """Open a session that the caller has to close, and return its token."""
        known = self.simulator.identities[self.name]
        password = password_hash(str(known["password"]))
        if "account_name" in known:
            return self._session(
                "/accounts/login", {"logInByAccount": {"accountName": self.name, "password": password}}
            )
        credentials = {"name": self.name, "password": password}
        first = self._session("/iam2/virtual-ids/login", {"loginIAM2VirtualID": credentials})
        project = {"projectName": known["project_name"]}
        return self._session("/iam2/projects/login", {"loginIAM2Project": project}, first)

    def log_out(self, token: str) -> None:
        self._exchange("DELETE", f"/accounts/sessions/{token}")

    def _session(self, path: str, body: Mapping[str, Any], token: str | None = None) -> str:
        return str(self._exchange("PUT", path, body, token)["inventory"]["uuid"])

    def _exchange(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, token: str | None = None
    ) -> dict[str, Any]:
        headers = {ASIDE: self.name, "Content-Type": "application/json; charset=utf-8"}
        if token is not None:
            headers["Authorization"] = f"OAuth {token}"
        connection = HTTPConnection(self.simulator.host, self.simulator.port, timeout=30)
        try:
            connection.request(method, f"/zstack/v1{path}", json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            if answer.status not in (200, 202):
                raise AssertionError(f"{self.name}: {method} {path} was answered {answer.status} {text}")
            found: dict[str, Any] = json.loads(text)
            return found
        finally:
            connection.close()


def ticket_in(simulator: Simulator, status: str, name: str = "web", **more: Any) -> dict[str, Any]:
    """A ticket of ``requester`` in this status; ``more`` are further parameters of CreateTicket."""
    requester, approver = Person(simulator, "requester"), Person(simulator, "approver")
    if status == "IntermediateApproved":
        more = {"flowCollectionUuid": simulator.uuids["chain_collection"], **more}
    ticket = requester.create(name, **more)
    if status in ("IntermediateApproved", "FinalApproved"):
        ticket = approver.send("approve", ticket["uuid"])
    elif status == "Rejected":
        ticket = approver.send("reject", ticket["uuid"])
    elif status == "Cancelled":
        ticket = requester.send("cancel", ticket["uuid"])
    assert ticket["status"] == status
    return ticket


def stored(simulator: Simulator, name: str = "web") -> dict[str, Any] | None:
    """The one live ticket of ``requester`` with this name, as the simulator keeps it."""
    context = Person(simulator, "requester").context
    rows = list(simulator.cloud.tickets)
    found = [dict(row) for row in rows if row["name"] == name and row["accountSystemContext"] == context]
    assert len(found) <= 1
    return found[0] if found else None
