# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One exchange with the endpoint: a request goes out, an answer of bounded size comes back in bounded time.

The only file that knows C(requests). **PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import json
import re
import traceback
import typing as t
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import quote, urlencode

from .._errors import ExchangeError, InputError
from .retry import Clock, Deadline
from .settings import Endpoint, Tls

REQUESTS_IMPORT_ERROR: str | None
try:
    import requests
    from requests.utils import get_environ_proxies
    from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError
except ImportError:
    REQUESTS_IMPORT_ERROR = traceback.format_exc()
else:
    REQUESTS_IMPORT_ERROR = None

MAX_ANSWER_BYTES = 64 * 1024 * 1024
"""A page of 1,000 tickets whose requests fill their 64 KiB column is the largest sensible answer."""

_CHUNK = 64 * 1024

Query = t.Sequence[t.Tuple[str, str]]


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

    def __init__(self, endpoint: Endpoint, tls: Tls, timeout: float, clock: Clock) -> None:
        self.endpoint = endpoint
        self._timeout = timeout
        self._clock = clock
        self._verify = tls.verify
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.proxies = get_environ_proxies(endpoint.base_url)
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        if tls.client_cert:
            self._session.cert = (tls.client_cert, tls.client_key) if tls.client_key else tls.client_cert

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

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
        url = self.endpoint.base_url + quote(path)
        if query:
            url += "?" + urlencode(query, quote_via=quote)
        # ASCII-only JSON is read right by every node, whatever charset its servlet container assumes.
        data = None if body is None else json.dumps(body).encode("ascii")
        all_headers = {"Accept": "application/json", **(headers or {})}
        if data is not None:
            all_headers["Content-Type"] = "application/json; charset=utf-8"
        timeout = self._timeout if at_most is None else max(0.01, min(self._timeout, at_most))
        deadline = Deadline(self._clock, timeout)
        try:
            response = self._session.request(
                method,
                url,
                data=data,
                headers=all_headers,
                timeout=timeout,
                verify=self._verify,
                allow_redirects=False,
                stream=True,
            )
            try:
                content = _read(response, deadline)
            finally:
                response.close()
        except (requests.RequestException, HTTPError, OSError) as error:
            raise self._failure(error, timeout) from None
        except ValueError:
            raise InputError(
                f"host: {self.endpoint.host!r} cannot be part of a URL. Give a host name, an address or a URL."
            ) from None
        return self._answer(response, content)

    def _answer(self, response: requests.Response, content: bytes) -> Answer:
        status = response.status_code
        if 300 <= status < 400:
            raise self._unusable(
                "answered with a redirect, which is not followed; give the address that it leads to", status
            )
        text = content.decode("utf-8", "replace")
        try:
            parsed = json.loads(text, parse_constant=_no_constant) if text else None
        except (ValueError, RecursionError):
            parsed = None
            if status in (200, 202):
                raise self._unusable(f"answered with something that is not JSON{_excerpt(text)}", status) from None
        has_error_code = isinstance(parsed, dict) and isinstance(parsed.get("error"), dict)
        if status in (429, 502, 504) or (status == 503 and not has_error_code):
            retry_after = _retry_after(response.headers.get("Retry-After"))
            raise self._unusable(
                f"answered {status}{_excerpt(text)}, which comes from a proxy or from a node that is starting",
                status,
                retry_after,
            )
        return Answer(status, text, parsed)

    def _unusable(self, what: str, status: int, retry_after: float | None = None) -> ExchangeError:
        passing = not 300 <= status < 400
        return ExchangeError(
            f"{self.endpoint.base_url} {what}.", sent=True, passing=passing, http_status=status, retry_after=retry_after
        )

    def _failure(self, error: Exception, timeout: float) -> ExchangeError:
        """Say in our own words what went wrong: the libraries' texts quote URLs, and those of a logout carry a session."""
        where = f"{self.endpoint.host} port {self.endpoint.port}"
        causes = list(_causes(error))
        text = " ".join(str(cause) for cause in causes)
        not_connected = any(isinstance(cause, (NewConnectionError, ConnectTimeoutError)) for cause in causes)
        if "CERTIFICATE_VERIFY_FAILED" in text or "doesn't match" in text:
            reason = re.search(r"certificate verify failed: ([^(\"']+)|(hostname .*? doesn't match)", text)
            why = (reason.group(1) or reason.group(2)).strip() if reason else "certificate verify failed"
            message = f"The certificate of {where} is not trusted: {why}. Give its CA in ca_path, or validate_certs: false where that is acceptable."
            return ExchangeError(message, sent=False, passing=False)
        if isinstance(error, requests.exceptions.SSLError):
            hint = "scheme is https, but no TLS server seems to listen there; the API itself speaks http on port 8080"
            return ExchangeError(f"No TLS connection to {where}: {hint}.", sent=False, passing=False)
        if isinstance(error, requests.exceptions.ProxyError):
            return ExchangeError(
                f"The proxy on the way to {where} cannot be reached or refuses. Check the proxy variables and no_proxy.",
                sent=not not_connected,
            )
        if not_connected:
            if not any(isinstance(cause, NewConnectionError) for cause in causes):
                return ExchangeError(
                    f"No connection to {where} within {timeout:g} seconds. Check host, port and firewalls, or raise timeout.",
                    sent=False,
                )
            if _is_unknown_host(text, causes):
                return ExchangeError(
                    f"The host {self.endpoint.host} is not known. Check host and the name service.", sent=False
                )
            refused = "refused" if "refused" in text.lower() else "failed"
            return ExchangeError(
                f"The connection to {where} was {refused}. Check host and port, and that the management node runs.",
                sent=False,
            )
        if isinstance(error, (requests.Timeout, _TooSlow)) or "timed out" in text:
            return ExchangeError(
                f"{where} did not answer within {timeout:g} seconds. Raise timeout if it needs longer.", sent=True
            )
        if isinstance(error, _TooLarge):
            return ExchangeError(
                f"The answer of {where} is larger than {MAX_ANSWER_BYTES >> 20} MiB and was not read.",
                sent=True,
                passing=False,
            )
        if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)):
            raise InputError(
                f"host: {self.endpoint.host!r} cannot be part of a URL. Give a host name, an address or a URL."
            )
        return ExchangeError(f"The connection to {where} broke before the answer was complete.", sent=True)


class _TooSlow(OSError):
    pass


class _TooLarge(OSError):
    pass


def _read(response: requests.Response, deadline: Deadline) -> bytes:
    """The decoded body. Reads what has come instead of waiting for a full chunk, so that a trickle cannot outlast the deadline."""
    chunks = []
    size = 0
    for chunk in _chunks(response):
        size += len(chunk)
        if size > MAX_ANSWER_BYTES:
            raise _TooLarge
        if deadline.left == 0:
            raise _TooSlow
        chunks.append(chunk)
    return b"".join(chunks)


def _chunks(response: requests.Response) -> t.Iterator[bytes]:
    read1 = getattr(response.raw, "read1", None)
    if read1 is None or response.headers.get("Content-Encoding"):
        # urllib3 before 2.1 cannot read what has come; small chunks keep a trickle short.
        yield from response.iter_content(1024 if read1 is None else _CHUNK)
        return
    while True:
        chunk = read1(_CHUNK)
        if not chunk:
            return
        yield chunk


def _causes(error: BaseException | None) -> t.Iterator[BaseException]:
    """The error and what it was made from; requests and urllib3 hide it in different places."""
    depth = 0
    while isinstance(error, BaseException) and depth < 10:
        yield error
        inner = getattr(error, "reason", None)
        first = error.args[0] if error.args else None
        error = (
            inner
            if isinstance(inner, BaseException)
            else first
            if isinstance(first, BaseException)
            else error.__cause__ or error.__context__
        )
        depth += 1


def _is_unknown_host(text: str, causes: t.Sequence[BaseException]) -> bool:
    words = (
        "Name or service not known",
        "Temporary failure in name resolution",
        "nodename nor servname",
        "No address associated",
        "getaddrinfo",
    )
    return any(type(cause).__name__ == "NameResolutionError" for cause in causes) or any(word in text for word in words)


def _excerpt(text: str) -> str:
    """A short taste of a foreign body, so that a reader recognises the proxy that wrote it."""
    plain = " ".join(re.sub(r"(?is)<(script|style).*?</\1>|<[^>]*>", " ", text[:4096]).split())
    return f" ({plain[:120]})" if plain else ""


def _retry_after(value: str | None) -> float | None:
    """Seconds from a C(Retry-After) header; the form with a date is not used by what stands before this API."""
    return float(value) if value is not None and value.strip().isdigit() else None


def _no_constant(name: str) -> t.NoReturn:
    raise ValueError(f"{name} is not JSON")
