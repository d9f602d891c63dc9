"""TLS: a proxy in front of the node, with a certificate of one's own CA."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulator import Simulator, identities, start

from .harness import SECRET, Ansible
from .tasks import info, ticket


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def make_ca(folder: Path, name: str) -> None:
    subject = (
        "-subj",
        f"/CN={name}",
        "-addext",
        "basicConstraints=critical,CA:TRUE",
        "-addext",
        "keyUsage=keyCertSign",
    )
    openssl(
        folder,
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-keyout",
        f"{name}.key",
        "-out",
        f"{name}.pem",
        *subject,
    )


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``ca.pem``, ``other.pem``, and ``node.pem`` with ``node.key`` for 127.0.0.1, signed by the first."""
    folder = tmp_path_factory.mktemp("certificates")
    make_ca(folder, "ca")
    make_ca(folder, "other")
    openssl(
        folder, "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=node", "-keyout", "node.key", "-out", "node.csr"
    )
    (folder / "extensions").write_text("subjectAltName=IP:127.0.0.1\n")
    signing = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "extensions")
    openssl(folder, "x509", "-req", "-in", "node.csr", "-out", "node.pem", *signing)
    return folder


@pytest.fixture
def tls_simulator(certificates: Path) -> Iterator[Simulator]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identities, "PASSWORD", SECRET)
        with start(
            {"log_answers": True}, certificate=str(certificates / "node.pem"), key=str(certificates / "node.key")
        ) as simulator:
            yield simulator


def test_certificates(tls_simulator: Simulator, certificates: Path, tmp_path: Path) -> None:
    ansible = Ansible(tls_simulator, tmp_path)
    ca, other = str(certificates / "ca.pem"), str(certificates / "other.pem")
    url = f"https://127.0.0.1:{tls_simulator.port}"
    run = ansible.play(
        ticket(ca_path=ca),
        info(ca_path=ca, host=url),
        info(validate_certs=False),
        info(validate_certs=False, ca_path=other),
        info(),
        info(ca_path=other),
        info(ca_path=ca, host=f"https://localhost:{tls_simulator.port}"),
        info(scheme="http", retries=0),
        info(ca_path="~/../ca-is-not-here.pem"),
        info(ca_path=str(certificates / "extensions")),
    )
    assert [task.failed for task in run] == [False] * 4 + [True] * 6
    where = f"127.0.0.1 port {tls_simulator.port}"
    for position in (4, 5):
        assert run[position]["msg"].startswith(f"The certificate of {where} is not trusted: ")
        assert "Give its CA in ca_path, or validate_certs: false" in run[position]["msg"]
    assert run[6]["msg"].startswith(f"The certificate of localhost port {tls_simulator.port} is not trusted: ")
    assert "match" in run[6]["msg"]
    assert run[7]["msg"].startswith(f"The connection to {where} broke")
    assert run[7]["msg"].endswith("If a TLS server listens there, set scheme: https.")
    assert "ca-is-not-here.pem does not exist" in run[8]["msg"]
    assert run[8]["msg"].startswith("ca_path: ")
    assert "ca_path" in run[9]["msg"]
    assert [exchange.action for exchange in run.exchanges].count("queryTicket") == 4


def test_bundles_of_the_environment(tls_simulator: Simulator, certificates: Path, tmp_path: Path) -> None:
    """The variables that other tools know count where the options say nothing; they never outdo ``validate_certs: false``."""
    ansible = Ansible(tls_simulator, tmp_path)
    ca, other = str(certificates / "ca.pem"), str(certificates / "other.pem")
    run = ansible.play(info(), info(ca_path=other), info(validate_certs=False), environment={"REQUESTS_CA_BUNDLE": ca})
    assert [task.failed for task in run] == [False, True, False]
    tasks = info(), info(ca_path=ca), info(validate_certs=False)
    for in_process in (True, False):
        run = ansible.play(
            *tasks, environment={"REQUESTS_CA_BUNDLE": other, "CURL_CA_BUNDLE": other}, in_process=in_process
        )
        assert [task.failed for task in run] == [True, False, False]
    by_environment = ansible.play(info(), environment={"ZSTACK_CA_PATH": ca, "REQUESTS_CA_BUNDLE": other})
    assert not by_environment[0].failed


def test_tls_against_plain_http(ansible: Ansible, simulator: Simulator) -> None:
    task = ansible.play(info(scheme="https"))[0]
    assert task.failed
    assert f"No TLS connection to 127.0.0.1 port {simulator.port}" in task["msg"]
    assert "Check scheme and port: the API itself speaks http on port 8080" in task["msg"]
