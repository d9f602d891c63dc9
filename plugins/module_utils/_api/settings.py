# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the API is and how long anything may take, read from the connection options.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import ipaddress
import os
import re
import typing as t
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from .._errors import InputError

DEFAULT_SCHEME = "http"
DEFAULT_PORT = 8080
DEFAULT_CONTEXT_PATH = "zstack"
API_VERSION_PATH = "/v1"

MOST_SECONDS = 1_000_000
"""The longest time that an option may ask for: what sockets and sleeping can count on every platform."""

_NAME = re.compile(r"[\w.-]+")
"""A host name or an IPv4 address, or the zone of an IPv6 address."""

T = t.TypeVar("T")


class Unsaid:
    """Marks a value that no task gave: it is the environment's, or the default. A URL in C(host) goes before it."""


class UnsaidText(str, Unsaid):
    """Such a text."""


class UnsaidNumber(int, Unsaid):
    """Such a whole number."""


@dataclass(frozen=True)
class Endpoint:
    """The one place that requests and credentials may go to."""

    scheme: str
    host: str
    port: int
    context_path: str

    def __str__(self) -> str:
        """Host and port, as messages name them."""
        return f"{self.host} port {self.port}"

    @property
    def base_url(self) -> str:
        """C(scheme://host:port/context), without a slash at its end and without the API's version path."""
        return f"{self.scheme}://{self.host}:{self.port}{self.base_path}"

    @property
    def base_path(self) -> str:
        """The path part of C(base_url)."""
        return f"/{quote(self.context_path, errors='replace')}" if self.context_path else ""

    @classmethod
    def from_options(cls, options: t.Mapping[str, t.Any]) -> Endpoint:
        """Read C(host), C(port), C(scheme), C(context_path). A full URL in C(host) fills the other three.

        :raises InputError: a part is not usable, or the URL contradicts an option that is given and not C(Unsaid).
        """
        host = str(options.get("host") or "").strip()
        if "@" in host:
            raise InputError("host: it must not carry credentials. Use the options for a login or an access key.")
        parts: dict[str, t.Any] = {
            "scheme": str(options.get("scheme") or DEFAULT_SCHEME).lower(),
            "port": int(_or(options.get("port"), DEFAULT_PORT)),
            "context_path": str(_or(options.get("context_path"), DEFAULT_CONTEXT_PATH)).strip().strip("/"),
        }
        if "://" in host:
            said = {part for part in parts if not isinstance(options.get(part), (type(None), Unsaid))}
            return cls._from_url(host, parts, said)._checked()
        return cls(host=f"[{host}]" if _is_ipv6(host) else host, **parts)._checked()

    @classmethod
    def _from_url(cls, url: str, options: t.Mapping[str, t.Any], said: t.AbstractSet[str]) -> Endpoint:
        try:
            parts = urlsplit(url)
            url_port = parts.port
        except ValueError:
            raise InputError(
                f"host: {url!r} is not a URL. Give for example https://zstack.example.com:8443/zstack."
            ) from None
        if parts.query or parts.fragment:
            raise InputError(f"host: the URL {url!r} must end with the context path, without a query or fragment.")
        host = parts.netloc if url_port is None else parts.netloc.rpartition(":")[0]
        in_url: dict[str, t.Any] = {
            "scheme": parts.scheme.lower(),
            "port": url_port,
            "context_path": unquote(parts.path).strip("/"),
        }
        for part, value in options.items():
            if in_url[part] in (None, ""):
                in_url[part] = value
            elif part in said and value != in_url[part]:
                raise InputError(f"host: the URL {url!r} contradicts {part}={value}. Give one of the two.")
        if url_port is None and in_url["scheme"] == "https" and "port" not in said and options["port"] == DEFAULT_PORT:
            # The API itself never speaks TLS, so https means a proxy in front, and proxies listen on 443.
            in_url["port"] = 443
        return cls(host=host.rstrip(":"), **in_url)

    def _checked(self) -> Endpoint:
        if self.scheme not in ("http", "https"):
            raise InputError(f"scheme: {self.scheme!r} is not known. It must be http or https.")
        is_address = self.host[:1] + self.host[-1:] == "[]" and _is_ipv6(self.host[1:-1])
        if not is_address and _NAME.fullmatch(self.host) is None:
            raise InputError(
                f"host: {self.host!r} is not a host name, an address or a URL such as http://10.0.0.1:8080/zstack."
            )
        if not 1 <= self.port <= 65535:
            raise InputError(f"port: {self.port} is out of range. It must be from 1 to 65535.")
        return self


def _is_ipv6(text: str) -> bool:
    address, percent, zone = text.partition("%")
    if percent and _NAME.fullmatch(zone) is None:
        return False
    try:
        ipaddress.IPv6Address(address)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Tls:
    """How the endpoint's certificate is checked and which certificate we show; only used with https.

    C(verify) is true, false or the path of a bundle or folder of CA certificates.
    """

    verify: bool | str
    client_cert: str | None
    client_key: str | None

    @classmethod
    def from_options(cls, options: t.Mapping[str, t.Any]) -> Tls:
        """Read C(validate_certs), C(ca_path), C(client_cert), C(client_key); without C(ca_path) the variables that requests knows count.

        :raises InputError: a named file does not exist, or a key comes without its certificate.
        """
        ca_path = options.get("ca_path")
        for option in ("ca_path", "client_cert", "client_key"):
            path = options.get(option)
            if path and not Path(path).exists():
                raise InputError(
                    f"{option}: {path} does not exist. Give the path of a PEM file on the machine that runs the task."
                )
        client_cert, client_key = options.get("client_cert"), options.get("client_key")
        if client_key and not client_cert:
            raise InputError("client_key: a key needs its certificate. Give client_cert as well.")
        if options.get("validate_certs") is False:
            return cls(False, client_cert, client_key)
        bundle = ca_path or os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
        return cls(bundle or True, client_cert, client_key)


@dataclass(frozen=True)
class Limits:
    """How long and how often. All times in seconds."""

    timeout: float
    retries: int
    job_timeout: int
    poll_interval: float

    @classmethod
    def from_options(cls, options: t.Mapping[str, t.Any]) -> Limits:
        """Read C(timeout), C(retries), C(job_timeout), C(poll_interval).

        :raises InputError: a number is out of its range.
        """
        limits = cls(
            timeout=_or(options.get("timeout"), 30.0),
            retries=int(_or(options.get("retries"), 3)),
            job_timeout=int(_or(options.get("job_timeout"), 300)),
            poll_interval=_or(options.get("poll_interval"), 2.0),
        )
        for option in ("timeout", "job_timeout", "poll_interval"):
            value = getattr(limits, option)
            if not 0 < value <= MOST_SECONDS:
                raise InputError(
                    f"{option}: {value:g} is out of range. It must be a number of seconds above 0 and at most {MOST_SECONDS}."
                )
        if limits.retries < 0:
            raise InputError(f"retries: {limits.retries} is out of range. It must be 0 or more.")
        return limits


def _or(value: t.Any, default: T) -> T:
    return default if value is None else t.cast(T, value)
