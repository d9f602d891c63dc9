# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS: whom the client trusts, whom it shows itself to, and whether anything was sent before it failed."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import typing as t
from pathlib import Path

import pytest

from ansible_collections.zstack.tickets.plugins.module_utils._api.settings import Endpoint, Tls
from ansible_collections.zstack.tickets.plugins.module_utils._api.transport import Transport, tls_context
from ansible_collections.zstack.tickets.plugins.module_utils._errors import ExchangeError, InputError
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.doubles import TOKEN, in_turn, told
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.servers import (
    Act,
    Server,
    http,
    listening,
    raw,
    reset,
    said,
)

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl, which makes the certificates")

FOR_US = "IP:127.0.0.1"


class Certificate(t.NamedTuple):
    """Paths of a self-signed certificate and of its key."""

    cert: str
    key: str


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> t.Callable[[str], Certificate]:
    folder = tmp_path_factory.mktemp("certificates")

    def certificate(name: str) -> Certificate:
        """One for C(name), the same each time."""
        file = name.replace(":", "-").replace(".", "-")
        made = Certificate(str(folder / f"{file}.pem"), str(folder / f"{file}.key"))
        if not Path(made.cert).exists():
            key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", made.key]
            usage = ["-addext", "keyUsage=critical,keyCertSign,digitalSignature", "-addext", f"subjectAltName={name}"]
            subprocess.run(
                ["openssl", "req", "-x509", *key, "-out", made.cert, "-days", "9", "-subj", "/CN=node", *usage],
                check=True,
                capture_output=True,
            )
        return made

    return certificate


@pytest.fixture
def ours(certificates: t.Callable[[str], Certificate]) -> Certificate:
    return certificates(FOR_US)


@pytest.fixture
def others(certificates: t.Callable[[str], Certificate]) -> Certificate:
    return certificates("DNS:elsewhere.example.com")


def server_of(
    certificate: Certificate,
    *acts: Act,
    trusts: Certificate | None = None,
    version: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED,
) -> Server:
    """A TLS server; with C(trusts) it wants to see that certificate of its clients."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = version
    context.load_cert_chain(*certificate)
    if trusts is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(trusts.cert)
    return Server(in_turn(*(acts or (said({"a": 1}),))), context)


def ask(options: t.Mapping[str, t.Any]) -> t.Any:
    transport = Transport(Endpoint.from_options(options), Tls.from_options(options), 5.0)
    try:
        return transport.exchange("GET", "/v1/tickets", headers={"Authorization": f"OAuth {TOKEN}"}).json
    finally:
        transport.close()


def failure_of(options: t.Mapping[str, t.Any]) -> ExchangeError:
    with pytest.raises(ExchangeError) as caught:
        ask(options)
    assert TOKEN not in told(caught.value)
    return caught.value


def test_a_certificate_of_a_known_ca(ours: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    with server_of(ours) as server:
        assert ask({**server.options, "ca_path": ours.cert}) == {"a": 1}
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", ours.cert)
        assert ask(server.options) == {"a": 1}
    assert len(server.requests) == 2


def test_a_folder_of_cas(ours: Certificate, tmp_path: Path) -> None:
    shutil.copy(ours.cert, tmp_path / "ours.pem")
    subprocess.run(["openssl", "rehash", str(tmp_path)], check=True, capture_output=True)
    with server_of(ours) as server:
        assert ask({**server.options, "ca_path": str(tmp_path)}) == {"a": 1}


def test_a_certificate_that_nobody_signed(ours: Certificate, others: Certificate) -> None:
    with server_of(ours) as server:
        for options in (server.options, {**server.options, "ca_path": others.cert}):
            failure = failure_of(options)
            assert (failure.sent, failure.passing) == (False, False)
            assert failure.message.startswith(f"The certificate of 127.0.0.1 port {server.port} is not trusted: ")
            assert "self" in failure.message
            assert "Give its CA in ca_path" in failure.message
    assert server.requests == []


def test_a_certificate_of_somebody_else(others: Certificate) -> None:
    with server_of(others) as server:
        failure = failure_of({**server.options, "ca_path": others.cert})
    assert (failure.sent, failure.passing) == (False, False)
    assert "is not trusted" in failure.message
    assert "127.0.0.1" in failure.message.partition("is not trusted")[2]
    assert server.requests == []


def test_a_certificate_that_has_expired(tmp_path: Path) -> None:
    key, request, expired = (str(tmp_path / name) for name in ("key", "request", "expired.pem"))
    new = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=node"]
    usage = ["-addext", "keyUsage=critical,keyCertSign,digitalSignature", "-addext", f"subjectAltName={FOR_US}"]
    usage += ["-addext", "basicConstraints=critical,CA:TRUE"]
    subprocess.run(["openssl", *new, *usage, "-keyout", key, "-out", request], check=True, capture_output=True)
    sign = ["x509", "-req", "-in", request, "-signkey", key, "-days", "-1", "-copy_extensions", "copyall"]
    if subprocess.run(["openssl", *sign, "-out", expired], check=False, capture_output=True).returncode:
        pytest.skip("this openssl makes no expired certificates")
    with server_of(Certificate(expired, key)) as server:
        failure = failure_of({**server.options, "ca_path": expired})
    assert (failure.sent, failure.passing) == (False, False)
    assert "expired" in failure.message


def test_nothing_is_checked_where_that_is_acceptable(others: Certificate) -> None:
    with server_of(others) as server:
        assert ask({**server.options, "validate_certs": False}) == {"a": 1}


def test_a_server_without_tls() -> None:
    with listening(http(400, "speak plainly")) as options:
        failure = failure_of(options)
    assert (failure.sent, failure.passing) == (False, False)
    assert failure.message.startswith(f"No TLS connection to 127.0.0.1 port {options['port']}")
    assert "http on port 8080" in failure.message


@pytest.mark.parametrize("act", [raw(b""), reset()])
def test_a_handshake_that_breaks_off(act: Act) -> None:
    with listening(act) as options:
        assert "127.0.0.1" in failure_of(options).message


def test_a_server_with_tls_spoken_to_plainly(ours: Certificate) -> None:
    with server_of(ours) as server:
        failure = failure_of({**server.options, "scheme": "http"})
    assert failure.sent
    assert server.requests == []


@pytest.mark.parametrize(
    "act",
    [raw(b""), raw(b"HTTP/1.1 200 Said\r\nContent-Length: 9\r\n\r\n{"), reset(), http(200, b"{", length=9)],
    ids=["nothing", "half", "reset", "cut"],
)
def test_a_connection_lost_later_may_have_carried_the_request(act: Act, ours: Certificate) -> None:
    with server_of(ours, act) as server:
        failure = failure_of({**server.options, "ca_path": ours.cert})
    assert len(server.requests) == 1
    assert (failure.sent, failure.passing) == (True, True)


def test_a_certificate_of_our_own(ours: Certificate, others: Certificate, tmp_path: Path) -> None:
    both = tmp_path / "both.pem"
    both.write_text(Path(others.key).read_text() + Path(others.cert).read_text())
    with server_of(ours, trusts=others) as server:
        options = {**server.options, "ca_path": ours.cert}
        assert ask({**options, "client_cert": others.cert, "client_key": others.key}) == {"a": 1}
        assert ask({**options, "client_cert": str(both)}) == {"a": 1}
        for wrong in (options, {**options, "client_cert": ours.cert, "client_key": ours.key}):
            assert "127.0.0.1" in failure_of(wrong).message
    assert len(server.requests) == 2


def test_a_server_that_asks_for_a_certificate_says_so(ours: Certificate, others: Certificate) -> None:
    with server_of(ours, trusts=others, version=ssl.TLSVersion.TLSv1_2) as server:
        failure = failure_of({**server.options, "ca_path": ours.cert})
    assert (failure.sent, failure.passing) == (False, False)
    assert "ask for a client_cert" in failure.message


@pytest.mark.parametrize("option", ["ca_path", "client_cert", "client_key"])
def test_files_that_hold_no_certificate(option: str, ours: Certificate, tmp_path: Path) -> None:
    garbage = tmp_path / "garbage.pem"
    garbage.write_text("no certificate")
    options = {"host": "mn", "scheme": "https", "client_cert": ours.cert, "client_key": ours.key, option: str(garbage)}
    with pytest.raises(InputError, match=r"^ca_path, client_cert or client_key: .*Give files in PEM form"):
        ask(options)


def test_a_bundle_of_the_environment_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such.pem")
    with pytest.raises(InputError, match=r"^ca_path"):
        ask({"host": "mn", "scheme": "https"})
    with pytest.raises(ExchangeError, match="not known"):
        ask({"host": "mn.invalid"})


def test_certificates_are_loaded_once(ours: Certificate) -> None:
    tls = Tls(ours.cert, None, None)
    assert tls_context(tls) is tls_context(Tls(ours.cert, None, None))
    assert tls_context(tls) is not tls_context(Tls(False, None, None))
