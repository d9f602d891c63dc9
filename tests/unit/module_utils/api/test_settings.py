# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the API is and how long anything may take."""

from __future__ import annotations

import typing as t
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.module_utils._api.settings import (
    Endpoint,
    Limits,
    Tls,
    UnsaidNumber,
    UnsaidText,
)
from ansible_collections.zstack.tickets.plugins.module_utils._errors import InputError


@pytest.mark.parametrize(
    ("options", "base_url"),
    [
        ({"host": "mn"}, "http://mn:8080/zstack"),
        ({"host": " 10.0.0.1 "}, "http://10.0.0.1:8080/zstack"),
        ({"host": "mn.example.com.", "port": 80, "scheme": "https"}, "https://mn.example.com.:80/zstack"),
        ({"host": "mn", "scheme": "HTTPS", "port": 5443}, "https://mn:5443/zstack"),
        ({"host": "mn", "context_path": ""}, "http://mn:8080"),
        ({"host": "mn", "context_path": "/"}, "http://mn:8080"),
        ({"host": "mn", "context_path": "/cloud/zstack/"}, "http://mn:8080/cloud/zstack"),
        ({"host": "mn", "context_path": "a b?"}, "http://mn:8080/a%20b%3F"),
        ({"host": "mn", "context_path": None, "port": None, "scheme": None}, "http://mn:8080/zstack"),
        ({"host": "::1"}, "http://[::1]:8080/zstack"),
        ({"host": "[2001:db8::7]", "port": 9}, "http://[2001:db8::7]:9/zstack"),
        ({"host": "::ffff:10.0.0.1"}, "http://[::ffff:10.0.0.1]:8080/zstack"),
        ({"host": "fe80::1%eth0"}, "http://[fe80::1%eth0]:8080/zstack"),
        ({"host": "http://mn"}, "http://mn:8080/zstack"),
        ({"host": "http://mn/"}, "http://mn:8080/zstack"),
        ({"host": "https://mn"}, "https://mn:443/zstack"),
        ({"host": "https://mn", "port": 5443}, "https://mn:5443/zstack"),
        ({"host": "https://mn:8080"}, "https://mn:8080/zstack"),
        ({"host": "HTTP://mn:81/api/zs/"}, "http://mn:81/api/zs"),
        ({"host": "http://mn:81/api", "port": 81, "context_path": "/api"}, "http://mn:81/api"),
        ({"host": "https://mn:81/api", "scheme": "https"}, "https://mn:81/api"),
        ({"host": "http://mn", "context_path": "other"}, "http://mn:8080/other"),
        ({"host": "http://mn/", "context_path": ""}, "http://mn:8080"),
        ({"host": "http://mn/my%20cloud"}, "http://mn:8080/my%20cloud"),
        ({"host": "http://mn:/zstack"}, "http://mn:8080/zstack"),
        ({"host": "http://[::1]:81/zstack"}, "http://[::1]:81/zstack"),
        ({"host": "http://[::1]"}, "http://[::1]:8080/zstack"),
        ({"host": "https://[::1]:"}, "https://[::1]:443/zstack"),
    ],
)
def test_where_the_api_is(options: dict[str, t.Any], base_url: str) -> None:
    assert Endpoint.from_options(options).base_url == base_url


@pytest.mark.parametrize(
    ("url", "base_url"),
    [
        ("https://mn:81/api", "https://mn:81/api"),
        ("http://mn:81", "http://mn:81/env"),
        ("https://mn/api", "https://mn:9000/api"),
        ("mn", "https://mn:9000/env"),
    ],
)
def test_a_url_goes_before_the_environment(url: str, base_url: str) -> None:
    environment = {"scheme": UnsaidText("https"), "port": UnsaidNumber(9000), "context_path": UnsaidText("env")}
    assert Endpoint.from_options({"host": url, **environment}).base_url == base_url


@pytest.mark.parametrize("option", ["scheme", "port", "context_path"])
def test_the_default_contradicts_a_url_when_it_is_given(option: str) -> None:
    given = {"scheme": "http", "port": 8080, "context_path": "zstack"}[option]
    with pytest.raises(InputError, match=f"'https://mn:81/api' contradicts {option}={given}. Give one of the two."):
        Endpoint.from_options({"host": "https://mn:81/api", option: given})
    assert Endpoint.from_options({"host": "https://mn", "port": 8080}).base_url == "https://mn:8080/zstack"


@pytest.mark.parametrize(
    ("options", "option", "said"),
    [
        ({}, "host", "''"),
        ({"host": None}, "host", "''"),
        ({"host": "a host"}, "host", "'a host'"),
        ({"host": "mn/zstack"}, "host", "'mn/zstack'"),
        # These two were once taken for addresses of IPv6.
        ({"host": "10.0.0.1:8080"}, "host", "'10.0.0.1:8080'"),
        ({"host": "[10.0.0.1]"}, "host", "'[10.0.0.1]'"),
        ({"host": "mn:8080"}, "host", "'mn:8080'"),
        ({"host": "[::1"}, "host", "'[::1'"),
        ({"host": "fe80::1%"}, "host", "'fe80::1%'"),
        ({"host": "::1::2"}, "host", "'::1::2'"),
        ({"host": "http://"}, "host", "''"),
        ({"host": "http://[::1"}, "host", "'http://[::1'"),
        ({"host": "http://mn:http"}, "host", "'http://mn:http'"),
        ({"host": "http://mn:99999"}, "host", "'http://mn:99999'"),
        ({"host": "http://mn:0"}, "port", "0"),
        ({"host": "http://mn/zstack?a=b"}, "host", "'http://mn/zstack?a=b'"),
        ({"host": "http://mn/zstack#a"}, "host", "'http://mn/zstack#a'"),
        ({"host": "ftp://mn"}, "scheme", "'ftp'"),
        ({"host": "mn", "scheme": "ws"}, "scheme", "'ws'"),
        ({"host": "http://mn", "scheme": "https"}, "host", "scheme=https"),
        ({"host": "http://mn:81", "port": 82}, "host", "port=82"),
        ({"host": "http://mn/one", "context_path": "two"}, "host", "context_path=two"),
        ({"host": "mn", "port": 0}, "port", "0"),
        ({"host": "mn", "port": -1}, "port", "-1"),
        ({"host": "mn", "port": 65536}, "port", "65536"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, t.Any], option: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        Endpoint.from_options(options)
    assert caught.value.message.startswith(f"{option}: ")
    assert said in caught.value.message
    assert "must" in caught.value.message or "Give" in caught.value.message or "such as" in caught.value.message


@pytest.mark.parametrize(
    "host",
    [
        "http://admin:s3cr3t@mn/zstack",
        "http://admin:s3cr3t@mn:port",
        "http://admin:s3/cr3t@mn",
        "http://admin:s3?cr3t@mn:80",
        "http://admin:12/s3cr3t@mn",
        "http://s3cr3t@mn",
        "http://admin:s3cr3t@[mn",
        "admin:s3cr3t@mn",
        "s3cr3t@mn:8080",
    ],
)
def test_credentials_in_the_address_are_refused_and_not_shown(host: str) -> None:
    with pytest.raises(InputError, match=r"^host: .*credentials.*access key") as caught:
        Endpoint.from_options({"host": host})
    assert "cr3t" not in caught.value.message
    assert "s3" not in caught.value.message


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "host": st.none() | st.text() | st.from_regex(r"[a-z]{2,5}://[^\n]*", fullmatch=True),
            "port": st.none() | st.integers(),
            "scheme": st.none() | st.sampled_from(["http", "https"]) | st.text(),
            "context_path": st.none() | st.text(),
        },
    )
)
@example({"host": "mn", "context_path": "\udc80"})
@example({"host": "\udc80"})
@example({"host": "http://mn/\udc80"})
@example({"host": "http://\u2100"})
def test_any_options_are_an_endpoint_or_refused(options: dict[str, t.Any]) -> None:
    try:
        endpoint = Endpoint.from_options(options)
    except InputError:
        return
    parts = urlsplit(endpoint.base_url)
    assert parts.scheme in ("http", "https")
    assert 1 <= (parts.port or 0) <= 65535
    assert not parts.username
    assert not parts.query
    assert not parts.fragment
    assert endpoint.base_url.isprintable()
    assert not endpoint.base_url.endswith("/")


@pytest.fixture
def pem(tmp_path: Path) -> str:
    file = tmp_path / "some.pem"
    file.write_text("certificate")
    return str(file)


def test_certificates_are_checked_unless_told_otherwise(pem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)
    assert Tls.from_options({}) == Tls(True, None, None)
    assert Tls.from_options({"validate_certs": True, "ca_path": pem}) == Tls(pem, None, None)
    assert Tls.from_options({"validate_certs": False, "ca_path": pem}) == Tls(False, None, None)
    assert Tls.from_options({"client_cert": pem, "client_key": pem}) == Tls(True, pem, pem)
    assert Tls.from_options({"client_cert": pem}) == Tls(True, pem, None)
    monkeypatch.setenv("CURL_CA_BUNDLE", "/curl.pem")
    assert Tls.from_options({}).verify == "/curl.pem"
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/requests.pem")
    assert Tls.from_options({}).verify == "/requests.pem"
    assert Tls.from_options({"ca_path": pem}).verify == pem
    assert Tls.from_options({"validate_certs": False}).verify is False


@pytest.mark.parametrize("option", ["ca_path", "client_cert", "client_key"])
def test_files_that_do_not_exist_are_refused(option: str, pem: str) -> None:
    options = {"client_cert": pem, option: "/no/such.pem"}
    with pytest.raises(InputError, match=rf"^{option}: /no/such.pem does not exist. Give "):
        Tls.from_options(options)


def test_a_key_needs_its_certificate(pem: str) -> None:
    with pytest.raises(InputError, match=r"^client_key: .* Give client_cert as well"):
        Tls.from_options({"client_key": pem})


def test_limits_have_defaults() -> None:
    defaults = Limits(timeout=30, retries=3, job_timeout=300, poll_interval=2)
    assert Limits.from_options({}) == defaults
    assert Limits.from_options(dict.fromkeys(["timeout", "retries", "job_timeout", "poll_interval"])) == defaults
    given_limits = {"timeout": 0.5, "retries": 0, "job_timeout": 1, "poll_interval": 0.1}
    assert Limits.from_options(given_limits) == Limits(0.5, 0, 1, 0.1)


@pytest.mark.parametrize("option", ["timeout", "job_timeout", "poll_interval"])
@pytest.mark.parametrize("value", [0, -1, 1e300, 10**7])
def test_limits_are_above_nothing_and_below_what_clocks_can_count(option: str, value: float) -> None:
    with pytest.raises(
        InputError, match=rf"^{option}: \S+ is out of range. It must be .* seconds above 0 and at most "
    ):
        Limits.from_options({option: value})


@pytest.mark.parametrize("option", ["timeout", "poll_interval"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_limits_are_numbers(option: str, value: float) -> None:
    with pytest.raises(InputError, match=rf"^{option}: (nan|inf) is out of range"):
        Limits.from_options({option: value})


def test_retries_are_counted() -> None:
    with pytest.raises(InputError, match=r"^retries: -1 is out of range. It must be 0 or more"):
        Limits.from_options({"retries": -1})
