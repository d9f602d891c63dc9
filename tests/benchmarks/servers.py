"""The simulators that are measured against, each a process of its own, so that no work of theirs counts for the clients."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from tests.support.environments import ROOT
from tests.support.processes import end

REQUESTER = "requester"
PATIENCE = 30.0


@dataclass(frozen=True)
class Server:
    """A running simulator, and what clients have to know of it."""

    endpoint: str
    control: str
    identity: dict[str, str]
    context: dict[str, str]
    ca_path: Path | None = None

    def facts(self, count: int) -> dict[str, Any]:
        """The extra variables of a playbook for so many tickets."""
        return {"count": count, "endpoint": self.endpoint, "identity": self.identity, "context": self.context}

    def environment(self, by_key: bool) -> dict[str, str]:
        """The variables that tell the modules where to go, and as whom: by an access key, or by a login to the project."""
        options = (
            ("access_key_id", "access_key_secret")
            if by_key
            else ("virtual_id_name", "virtual_id_password", "project_name")
        )
        found = {f"ZSTACK_{option.upper()}": self.identity[option.removeprefix("virtual_id_")] for option in options}
        authorities = {} if self.ca_path is None else {"ZSTACK_CA_PATH": str(self.ca_path)}
        return {"ZSTACK_HOST": self.endpoint, **found, **authorities}

    def reset(self, latency: float = 0.0) -> None:
        """No tickets and no sessions; from now on each answer comes ``latency`` seconds late."""
        self.post("/reset", {})
        if latency:
            self.post("/faults", {"fault": "latency", "seconds": latency})

    def post(self, path: str, body: object) -> None:
        request = Request(self.control + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urlopen(request) as answer:
            answer.read()


@contextmanager
def running(folder: Path, name: str, tls: bool = False) -> Iterator[Server]:
    """Run a simulator whose files are called ``name`` in this folder."""
    ready = folder / f"{name}.json"
    certificate = _self_signed(folder) if tls else None
    secure = ["--tls", str(certificate), str(certificate)] if certificate else []
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.simulator", "--port", "0", "--quiet", "--ready-file", str(ready), *secure],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + PATIENCE
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the simulator does not start")
            time.sleep(0.05)
        known = json.loads(ready.read_text(encoding="utf-8"))
        person = known["identities"][REQUESTER]
        yield Server(
            endpoint=known["endpoint"],
            control=known["control"],
            identity={"name": REQUESTER, **person},
            context={"projectUuid": known["uuids"]["demo_project"], "virtualIDUuid": person["uuid"]},
            ca_path=certificate,
        )
    finally:
        end(process)


def _self_signed(folder: Path) -> Path:
    """A file with a certificate for 127.0.0.1 and its key."""
    path = folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-out", str(path), "-keyout", str(folder / "key.pem")]
    subprocess.run(command, check=True, capture_output=True)
    path.write_text(path.read_text() + (folder / "key.pem").read_text())
    return path
