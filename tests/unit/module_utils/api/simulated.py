# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as a process of its own, driven by its control surface.

So the client is tested against it on any Python, although the simulator itself needs a recent one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import typing as t
from pathlib import Path

import requests

from ansible_collections.zstack.tickets.plugins.module_utils._api.client import Client
from ansible_collections.zstack.tickets.plugins.module_utils._api.secrets import Secrets

ROOT = Path(__file__).resolve().parents[4]
PATIENCE = 60
VM_API = "org.zstack.header.vm.APICreateVmInstanceMsg"


def simulator_python() -> str | None:
    """A Python that can run the simulator: this one, or that of the development environment."""
    question = "import sys, aiohttp; sys.exit(sys.version_info < (3, 11))"
    for python in (sys.executable, str(ROOT / ".venv" / "bin" / "python")):
        try:
            done = subprocess.run([python, "-c", question], capture_output=True, check=False)
        except OSError:
            continue
        if done.returncode == 0:
            return python
    return None


class Simulator:
    """A running simulator: what it is told, and what it saw."""

    def __init__(self, python: str, folder: Path) -> None:
        self._ready = folder / "ready.json"
        self._process = subprocess.Popen(
            [
                python,
                "-m",
                "tests.simulator",
                "--port",
                "0",
                "--quiet",
                "--ttl",
                "900",
                "--ready-file",
                str(self._ready),
            ],
            cwd=str(ROOT),
        )
        self._http = requests.Session()
        self._http.trust_env = False

    def start(self, pause: t.Callable[[float], object]) -> None:
        for _time in range(PATIENCE * 50):
            if self._ready.exists():
                break
            assert self._process.poll() is None, "the simulator did not start"
            pause(0.02)
        described = json.loads(self._ready.read_text())
        self.host, self.port = described["host"], described["port"]
        self.identities, self.uuids = described["identities"], described["uuids"]
        self._control = described["control"]

    def stop(self) -> None:
        self._http.close()
        self._process.terminate()
        self._process.wait(PATIENCE)

    def call(self, method: str, path: str, body: t.Any = None) -> t.Any:
        answer = self._http.request(method, self._control + path, json=body, timeout=PATIENCE)
        assert answer.ok, answer.text
        return answer.json()

    def reset(self) -> None:
        """Everything as at start, switches included."""
        self.call("POST", "/reset", {"switches": True})

    def set(self, **switches: t.Any) -> None:
        self.call("PATCH", "/switches", switches)

    def fault(self, fault: str, **rule: t.Any) -> None:
        self.call("POST", "/faults", {"fault": fault, **rule})

    def exchanges(self, kind: str | None = None) -> list[dict[str, t.Any]]:
        found = self.call("GET", f"/log?headers=1&body=1{'&kind=' + kind if kind else ''}")
        return t.cast("list[dict[str, t.Any]]", found["exchanges"])

    def books(self) -> dict[str, t.Any]:
        return t.cast("dict[str, t.Any]", self.call("GET", "/books"))

    def sessions(self) -> int:
        return len(self.books()["sessions"])

    # How clients find it
    @property
    def address(self) -> dict[str, t.Any]:
        return {"host": self.host, "port": self.port}

    def key(self, name: str = "requester") -> dict[str, t.Any]:
        """The options of a client with that identity's access key."""
        known = self.identities[name]
        return {
            **self.address,
            "access_key_id": known["access_key_id"],
            "access_key_secret": known["access_key_secret"],
            "server_timezone": "UTC",
        }

    def login(self, name: str = "requester") -> dict[str, t.Any]:
        """The options of a client that logs in as that identity."""
        known = self.identities[name]
        if "account_name" in known:
            return {**self.address, "account_name": known["account_name"], "account_password": known["password"]}
        return {
            **self.address,
            "virtual_id_name": known["virtual_id_name"],
            "virtual_id_password": known["password"],
            "project_name": known["project_name"],
        }

    def token(self, name: str = "requester") -> str:
        """A session that somebody else has made, and that stays open."""
        client = Client(self.login(name), Secrets(), environment={})
        token = client.keep_session()
        client.close()
        return token

    def session(self, name: str = "requester") -> dict[str, t.Any]:
        """The options of a client with a session that it has not made."""
        return {**self.address, "session_token": self.token(name)}

    # Tickets
    def ticket(self, name: str = "ticket", **more: t.Any) -> dict[str, t.Any]:
        """The parameters of a ticket that can be created."""
        return {
            "name": name,
            "requests": [{"requestName": "one", "apiName": VM_API, "executeTimes": 1, "apiBody": {"name": "vm"}}],
            "accountSystemType": "iam2",
            "accountSystemContext": {
                "projectUuid": self.uuids["demo_project"],
                "virtualIDUuid": self.uuids["virtual_id_requester"],
            },
            **more,
        }

    def create(self, client: Client, name: str = "ticket", job_uuid: str | None = None) -> t.Mapping[str, t.Any]:
        return client.write("POST", "/tickets", {"params": self.ticket(name)}, job_uuid=job_uuid)
