# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One exchange with the endpoint: a request goes out, an answer of bounded size comes back in bounded time.

Uses of C(requests) only what it is made of: the connection pool of urllib3, which takes half the time for a call, and its
rules for proxies. **PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import functools
import json
import logging
import re
import ssl
import traceback
import typing as t
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from .._errors import ExchangeError, InputError
from .failures import failure
from .settings import Endpoint, Tls
from .timely import timely

REQUESTS_IMPORT_ERROR: str | None
try:
    import urllib3
    from requests.utils import (
        DEFAULT_CA_BUNDLE_PATH,
        get_auth_from_url,
        get_environ_proxies,
        select_proxy,
    )
    from urllib3.exceptions import HTTPError, InsecureRequestWarning, LocationValueError
except ImportError:
    REQUESTS_IMPORT_ERROR = traceback.format_exc()
else:
    REQUESTS_IMPORT_ERROR = None
    # Its warnings quote URLs, and those of a logout carry a session.
    logging.getLogger("urllib3").propagate = False
    _POOL_CLASSES = {"http": timely(urllib3.HTTPConnectionPool), "https": timely(urllib3.HTTPSConnectionPool)}

MAX_ANSWER_BYTES = 64 * 1024 * 1024
"""A page of 1,000 tickets whose requests fill their 64 KiB column is the largest sensible answer."""

MAX_CONNECTIONS = 64
"""Connections that are kept for further use; a batch of many workers uses one for each."""

_CHUNK = 64 * 1024
_PASSING = (404, 429, 502, 503, 504)
"""Statuses that a node which is starting, or what stands before it, sends for a while instead of the API's answer."""

_WANTS_TLS = re.compile("plain HTTP|HTTP request to an HTTPS|requires TLS")
"""How TLS servers that talk to those who come without TLS say so: nginx and Apache, Go, Tomcat."""

Query = t.Sequence[t.Tuple[str, str]]


@functools.lru_cache(maxsize=None)
def tls_context(tls: Tls) -> ssl.SSLContext:
    """The context for these settings. Loading certificates takes 20 ms, so a process does it once, if possible before it forks."""
    authorities = tls.verify if isinstance(tls.verify, str) else None
    is_folder = authorities is not None and Path(authorities).is_dir()
    context = ssl.create_default_context(
        cafile=None if is_folder else authorities, capath=authorities if is_folder else None
    )
    if tls.verify is True and not any(ssl.get_default_verify_paths()[:2]):
        # A Python that knows no certificates of the system, as on some workstations.
        context.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
    if not hasattr(urllib3, "BaseHTTPResponse"):
        # Before 2.0 it cannot use a context that compares the host, if that is an address; it then compares it itself.
        context.check_hostname = False
    if not tls.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if tls.client_cert:
        context.load_cert_chain(tls.client_cert, tls.client_key)
    return context


def _tls_options(endpoint: Endpoint, tls: Tls) -> dict[str, t.Any]:
    """What a connection pool has to know of TLS."""
    if endpoint.scheme != "https":
        return {}
    if not tls.verify:
        # The user has decided; a warning at each request would only hide others.
        urllib3.disable_warnings(InsecureRequestWarning)
    try:
        return {"ssl_context": tls_context(tls)}
    except (OSError, ValueError) as error:
        raise InputError(
            f"ca_path, client_cert or client_key: the certificates cannot be loaded ({type(error).__name__}). Give files in PEM form."
        ) from None


def _proxy_manager(proxy: str, options: t.Mapping[str, t.Any]) -> urllib3.ProxyManager:
    """The connections through a proxy that the environment names."""
    try:
        url = proxy if "://" in proxy else f"http://{proxy}"
        user, password = get_auth_from_url(url)
        credentials = urllib3.make_headers(proxy_basic_auth=f"{user}:{password}") if user else None
        manager = urllib3.ProxyManager(url, proxy_headers=credentials, **options)
        if not manager.proxy or not manager.proxy.host:
            raise ValueError("no host")
    except (HTTPError, ValueError, TypeError):
        # Not shown, as it may carry a password.
        raise InputError(
            "The proxy that the environment names for this host (http_proxy, https_proxy or all_proxy) cannot be used. "
            "Give it as http://proxy.example.com:3128, or name the host in no_proxy."
        ) from None
    manager.pool_classes_by_scheme = _POOL_CLASSES
    return manager


@dataclass(frozen=True)
class Answer:
    """What came back: the status, and the body as text and, where it is JSON, parsed."""

    status: int
    text: str
    json: t.Any

    @property
    def members(self) -> t.Mapping[str, t.Any]:
        """The parsed body when it is a JSON object, else empty."""
        return self.json if isinstance(self.json, dict) else {}


class Transport:
    """Kept-alive connections to one endpoint.

    Nothing but the options moves a request or a credential: redirects are not followed, cookies are not kept, C(.netrc) is
    not read. Proxies from the environment are used as by any other tool.
    """

    def __init__(self, endpoint: Endpoint, tls: Tls, timeout: float) -> None:
        """Nothing is sent yet.

        :raises InputError: the endpoint cannot be a URL, or a certificate or the proxy cannot be used.
        """
        self.endpoint = endpoint
        self._timeout = timeout
        self._options = {"maxsize": MAX_CONNECTIONS, **_tls_options(endpoint, tls)}
        self._proxy = select_proxy(endpoint.base_url, get_environ_proxies(endpoint.base_url))
        self._prefix = endpoint.base_url if self._proxy else endpoint.base_path
        self._pool = self._open()
        self._has_answered = False

    def _open(self) -> urllib3.ProxyManager | urllib3.HTTPConnectionPool:
        if self._proxy:
            return _proxy_manager(self._proxy, self._options)
        # Only proxies need more than one pool. To have a manager look for it at each call would take half as long as the call.
        pool_class: type[urllib3.HTTPConnectionPool] = _POOL_CLASSES[self.endpoint.scheme]
        try:
            return pool_class(self.endpoint.host, self.endpoint.port, **self._options)
        except LocationValueError:
            raise self._no_url() from None

    def close(self) -> None:
        """Close the connections. Whatever is sent afterwards opens new ones."""
        if isinstance(self._pool, urllib3.ProxyManager):
            self._pool.clear()
        else:
            self._pool.close()
            self._pool = self._open()

    def exchange(
        self,
        method: str,
        path: str,
        query: Query = (),
        body: t.Mapping[str, t.Any] | None = None,
        headers: t.Mapping[str, str] | None = None,
        at_most: float | None = None,
    ) -> Answer:
        """Send one request to C(path) below the context path and return the answer, whatever its status.

        :param at_most: seconds that are left for it, when less than the C(timeout) option.
        :raises ExchangeError: no answer, or one that is cut short, too large, too slow, or a redirect.
        :raises InputError: the endpoint cannot be a URL.
        """
        url = self._prefix + quote(path, errors="replace")
        if query:
            url += "?" + urlencode(query, quote_via=quote, errors="replace")
        # ASCII-only JSON is read right by every node, whatever charset its servlet container assumes.
        data = None if body is None else json.dumps(body).encode("ascii")
        # Without compression an answer cannot grow on the way.
        all_headers = {"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})}
        if data is not None:
            all_headers["Content-Type"] = "application/json; charset=utf-8"
        timeout = self._timeout if at_most is None else max(0.01, min(self._timeout, at_most))
        try:
            response = self._pool.request(
                method,
                url,
                body=data,
                headers=all_headers,
                timeout=urllib3.Timeout(total=timeout),
                retries=False,
                redirect=False,
                preload_content=False,
            )
            content = self._read(response)
        except LocationValueError:
            raise self._no_url() from None
        except (HTTPError, OSError) as error:
            raise failure(self.endpoint, error, timeout, self._has_answered) from None
        self._has_answered = True
        return self._answer(response, content)

    def _no_url(self) -> InputError:
        return InputError(
            f"host: {self.endpoint.host!r} cannot be part of a URL. Give a host name, an address or a URL."
        )

    def _answer(self, response: urllib3.BaseHTTPResponse, content: bytes) -> Answer:
        status = response.status
        if 300 <= status < 400:
            raise self._unusable("a redirect, which is not followed; give the address that it leads to", status)
        text = content.decode("utf-8", "replace")
        try:
            parsed = json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            parsed = None
            if status in (200, 202):
                raise self._unusable(f"something that is not JSON{_excerpt(text)}", status, passing=True) from None
        has_error_code = isinstance(parsed, dict) and isinstance(parsed.get("error"), dict)
        if status == 400 and self.endpoint.scheme == "http" and _WANTS_TLS.search(text):
            raise self._unusable(f"400{_excerpt(text)}: it expects TLS, so set scheme: https", status)
        # The API never sends a page. Its servlet container does, for instance 404 while the API is still starting.
        if text.lstrip().startswith("<") or status in (429, 502, 504) or (status == 503 and not has_error_code):
            raise self._unusable(
                f"{status}{_excerpt(text)}, which comes from a proxy, from a node that is starting, or from another server",
                status,
                passing=status in _PASSING,
                retry_after=_retry_after(response.headers.get("Retry-After")),
            )
        return Answer(status, text, parsed)

    def _unusable(
        self, what: str, status: int, passing: bool = False, retry_after: float | None = None
    ) -> ExchangeError:
        return ExchangeError(
            f"{self.endpoint.base_url} answered with {what}.",
            sent=True,
            passing=passing,
            http_status=status,
            retry_after=retry_after,
        )

    def _read(self, response: urllib3.BaseHTTPResponse) -> bytes:
        """The body."""
        chunks: list[bytes] = []
        size = 0
        try:
            for chunk in iter(lambda: response.read(_CHUNK), b""):
                size += len(chunk)
                if size > MAX_ANSWER_BYTES:
                    raise ExchangeError(
                        f"The answer of {self.endpoint} is larger than {MAX_ANSWER_BYTES >> 20} MiB and was not read.",
                        sent=True,
                        passing=False,
                    )
                chunks.append(chunk)
        except BaseException:
            response.close()
            raise
        response.release_conn()
        return b"".join(chunks)


def _excerpt(text: str) -> str:
    """A short taste of a foreign body, so that a reader recognises the proxy that wrote it."""
    plain = " ".join(re.sub(r"(?is)<(script|style).*?</\1>|<[^>]*>", " ", text[:4096]).split())
    return f" ({plain[:120]})" if plain else ""


def _retry_after(value: str | None) -> float | None:
    """Seconds from a C(Retry-After) header; the form with a date is not used by what stands before this API."""
    return float(value) if value is not None and value.strip().isdecimal() else None


def _no_constant(name: str) -> t.NoReturn:
    raise ValueError(f"{name} is not JSON")
