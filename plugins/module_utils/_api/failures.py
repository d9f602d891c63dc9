# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exchanges that failed, in our own words: the libraries' texts quote URLs, and that of a logout carries a session.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import ssl
import traceback
import typing as t

from .._errors import ExchangeError
from .settings import Endpoint

try:
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError, SSLError
    from urllib3.exceptions import TimeoutError as PoolTimeoutError
except ImportError:
    # The transport tells of it; without it there is no exchange that could fail.
    pass


def failure(endpoint: Endpoint, error: Exception, timeout: float, has_answered: bool) -> ExchangeError:
    """What went wrong, from an error of urllib3 or of a socket.

    :param timeout: that of the exchange, in seconds.
    :param has_answered: whether the endpoint has answered anything before.
    """
    where = str(endpoint)
    causes = list(_causes(error))
    text = " ".join(str(cause) for cause in causes)
    not_connected = any(isinstance(cause, (NewConnectionError, ConnectTimeoutError)) for cause in causes)
    # urllib3 has an error of its own for a host that it has compared itself.
    names = ("SSLCertVerificationError", "CertificateError")
    untrusted = [cause for cause in causes if type(cause).__name__ in names]
    if untrusted:
        why = str(getattr(untrusted[0], "verify_message", "") or untrusted[0]).rstrip(".")
        message = f"The certificate of {where} is not trusted: {why}. Give its CA in ca_path, or validate_certs: false where that is acceptable."
        return ExchangeError(message, sent=False, passing=False)
    if isinstance(error, SSLError):
        return _tls_failure(where, causes)
    if isinstance(error, ProxyError):
        return ExchangeError(
            f"The proxy on the way to {where} cannot be reached or refuses. Check the proxy variables and no_proxy.",
            # Older versions of urllib3 raise this for a connection that broke later, too.
            sent=not not_connected and "Tunnel connection failed" not in text,
        )
    if not_connected:
        if not any(isinstance(cause, NewConnectionError) for cause in causes):
            return ExchangeError(
                f"No connection to {where} within {timeout:g} seconds. Check host, port and firewalls, or raise timeout.",
                sent=False,
            )
        if _is_unknown_host(text, causes):
            return ExchangeError(f"The host {endpoint.host} is not known. Check host and the name service.", sent=False)
        refused = "refused" if "refused" in text.lower() else "failed"
        return ExchangeError(
            f"The connection to {where} was {refused}. Check host and port, and that the management node runs.",
            sent=False,
        )
    if isinstance(error, PoolTimeoutError) or "timed out" in text:
        return ExchangeError(
            f"{where} did not answer within {timeout:g} seconds. Raise timeout if it needs longer.", sent=True
        )
    # A TLS server tells nothing to those who come without TLS.
    hint = "" if has_answered or endpoint.scheme == "https" else " If a TLS server listens there, set scheme: https."
    return ExchangeError(f"The connection to {where} broke before the answer was complete.{hint}", sent=True)


def _tls_failure(where: str, causes: t.Sequence[BaseException]) -> ExchangeError:
    """Whether anything was sent is only certain while TLS itself is not agreed on: later a lost connection looks the same."""
    agreed = not any(
        frame.name == "do_handshake" for cause in causes for frame in traceback.extract_tb(cause.__traceback__)
    )
    reasons = [cause.reason for cause in causes if isinstance(cause, ssl.SSLError) and cause.reason]
    what = f"The TLS connection to {where} broke" if agreed else f"No TLS connection to {where}"
    why = f" ({reasons[0].lower().replace('_', ' ')})" if reasons else ""
    hint = "Check scheme and port: the API itself speaks http on port 8080, only a proxy speaks TLS. It may also ask for a client_cert."
    return ExchangeError(f"{what}{why}. {hint}", sent=agreed, passing=agreed)


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
