"""A running simulator and clients of it, over real sockets."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.simulator import Simulator, start
from tests.simulator.identities import password_hash

VM_API = "org.zstack.header.vm.APICreateVmInstanceMsg"


class Client:
    """Speaks plain REST to the simulator as one identity; knows none of its rules."""

    def __init__(self, sim: Simulator) -> None:
        self.sim = sim
        self.http = requests.Session()
        self.http.trust_env = False
        self.base = f"{sim.endpoint}/zstack/v1"
        self.headers: dict[str, str] = {}

    def __call__(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {**self.headers, **options.pop("headers", {})}
        headers = {name: value for name, value in headers.items() if value is not None}
        return self.http.request(method, self.base + path, headers=headers, timeout=10, **options)

    def login(self, name: str, project: str | None = "demo-project") -> Client:
        if name == "admin":
            body = {"logInByAccount": {"accountName": "admin", "password": password_hash("password")}}
            answer = self("PUT", "/accounts/login", json=body)
        else:
            body = {"loginIAM2VirtualID": {"name": name, "password": password_hash("password")}}
            answer = self("PUT", "/iam2/virtual-ids/login", json=body)
        self.token = answer.json()["inventory"]["uuid"]
        if name != "admin" and project is not None:
            body = {"loginIAM2Project": {"projectName": project}}
            answer = self("PUT", "/iam2/projects/login", json=body)
            self.token = answer.json()["inventory"]["uuid"]
        return self

    @property
    def token(self) -> str:
        return self.headers["Authorization"].removeprefix("OAuth ")

    @token.setter
    def token(self, token: str) -> None:
        self.headers["Authorization"] = f"OAuth {token}"

    def poll(self, accepted: requests.Response) -> requests.Response:
        assert accepted.status_code == 202, accepted.text
        return self("GET", "/api-jobs/" + accepted.json()["location"].rpartition("/")[2])

    def job(self, method: str, path: str, **options: Any) -> requests.Response:
        """An asynchronous call and the answer of its job."""
        return self.poll(self(method, path, **options))

    def error(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """The ErrorCode in which an asynchronous call ends."""
        answer = self.job(method, path, **options)
        assert answer.status_code == 503, answer.text
        error: dict[str, Any] = answer.json()["error"]
        return error

    def query(self, path: str, *conditions: str, **parameters: Any) -> list[dict[str, Any]]:
        answer = self("GET", path, params={"q": conditions, **parameters})
        assert answer.status_code == 200, answer.text
        inventories: list[dict[str, Any]] = answer.json()["inventories"]
        return inventories

    def ticket_body(self, name: str = "ticket", **changes: Any) -> dict[str, Any]:
        uuids = self.sim.uuids
        params = {
            "name": name,
            "requests": [{"requestName": "r", "apiName": VM_API, "executeTimes": 1, "apiBody": {"name": "vm"}}],
            "accountSystemType": "iam2",
            "accountSystemContext": {
                "projectUuid": uuids["demo_project"],
                "virtualIDUuid": uuids["virtual_id_requester"],
            },
            **changes,
        }
        return {"params": {key: value for key, value in params.items() if value is not None}}

    def create(self, name: str = "ticket", **changes: Any) -> dict[str, Any]:
        answer = self.job("POST", "/tickets", json=self.ticket_body(name, **changes))
        assert answer.status_code == 200, answer.text
        inventory: dict[str, Any] = answer.json()["inventory"]
        return inventory

    def event(self, ticket: str, event: str | None, comment: str | None = None) -> requests.Response:
        body = {"changeTicketStatus": {"statusEvent": event, "comment": comment}}
        return self.job("PUT", f"/tickets/{ticket}/actions", json=body)

    def status(self, ticket: str) -> str:
        return str(self.query("/tickets", f"uuid={ticket}")[0]["status"])


class Clients:
    """Logged-in clients by name, each made once a test."""

    def __init__(self, sim: Simulator) -> None:
        self._sim = sim
        self._clients: dict[str, Client] = {}

    def __getattr__(self, name: str) -> Client:
        if name != "nobody" and name not in self._sim.identities:
            raise AttributeError(name)
        if name not in self._clients:
            self._clients[name] = Client(self._sim)
            if name != "nobody":
                project = "other-project" if name == "outsider" else "demo-project"
                self._clients[name].login(name, project)
        return self._clients[name]

    def close(self) -> None:
        for client in self._clients.values():
            client.http.close()


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with start() as sim:
        yield sim


@pytest.fixture
def sim(running: Simulator) -> Simulator:
    """A simulator as it is at start, switches included."""
    running.call(running.switches.reset)
    running.reset()
    return running


@pytest.fixture
def as_(sim: Simulator) -> Iterator[Clients]:
    """``as_.requester``, ``as_.admin`` ...: clients with a session; ``as_.nobody`` has none."""
    clients = Clients(sim)
    yield clients
    clients.close()


@pytest.fixture
def new_uuid() -> str:
    return uuid.uuid4().hex
