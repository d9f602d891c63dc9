# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must never be shown: every secret registers itself here where it is made, in every form that could leak.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import json
import re
import threading
import typing as t
from collections.abc import Mapping
from urllib.parse import quote, quote_plus, unquote

MASK = "********"

MOST_LEVELS = 200
"""Levels of nesting that are looked into. No result of ours has as many; an answer from elsewhere may."""

_SIGNATURE = re.compile(r"(?:[A-Za-z0-9+/]|%2[BbFf]|\\u002[BbFf]|\\/){27}(?:=|%3[Dd]|\\u003[Dd])")
"""A base64 SHA-1, plain, URL-encoded or JSON-escaped. Every request has its own, so they are looked up, not searched one by one."""


class Secrets:
    """A register of secrets, and the one place that masks them."""

    def __init__(self) -> None:
        self.revealed: set[str] = set()
        # Replaced as a whole by each change, so that other threads may read it meanwhile.
        self._secrets: dict[str, set[str]] = {}
        self._signatures: set[str] = set()
        self._compiled: tuple[dict[str, set[str]], re.Pattern[str]] | None = None
        self._lock = threading.Lock()

    def add(self, secret: str | None) -> None:
        """Register a secret as it is, URL-encoded and JSON-escaped. Nothing to register is no error."""
        with self._lock:
            if secret and secret not in self._secrets and secret not in self.revealed:
                self._secrets = {**self._secrets, secret: _forms(secret)}

    def reveal(self, secret: str) -> None:
        """Register a secret no more, because it is what the user has asked for."""
        with self._lock:
            self.revealed.add(secret)
            self._secrets = {other: forms for other, forms in self._secrets.items() if other != secret}

    def add_signature(self, signature: str) -> None:
        """Register the signature of one request."""
        self._signatures.add(signature)

    @property
    def forms(self) -> frozenset[str]:
        """All forms registered so far, for C(AnsibleModule.no_log_values)."""
        return frozenset(form for forms in self._secrets.values() for form in forms)

    def mask(self, text: str) -> str:
        """Return C(text) with each form of each secret replaced."""
        if self._signatures:
            text = _SIGNATURE.sub(self._masked_signature, text)
        pattern = self._pattern()
        return pattern.sub(MASK, text) if pattern else text

    def _pattern(self) -> re.Pattern[str] | None:
        """What finds all forms. Made when it is first needed, as several secrets often come one after the other."""
        secrets, compiled = self._secrets, self._compiled
        if not secrets:
            return None
        if compiled is None or compiled[0] is not secrets:
            # A form is often contained in a longer one, so the longest is looked for first.
            forms = sorted({form for forms in secrets.values() for form in forms}, key=len, reverse=True)
            compiled = self._compiled = (secrets, re.compile("|".join(map(re.escape, forms))))
        return compiled[1]

    def _masked_signature(self, match: re.Match[str]) -> str:
        plain = unquote(re.sub(r"\\u00(\w\w)", r"%\1", match.group()).replace("\\/", "/"))
        return MASK if plain in self._signatures else match.group()

    def mask_all(self, value: t.Any, level: int = 0) -> t.Any:
        """Return C(value), any JSON-like structure, with each string in it masked, and all that is nested too deep to look into.

        Keys stay as they are: a password like C(msg) must not change what a result looks like.
        Lone surrogates, which JSON admits and no terminal does, become question marks on the way.
        """
        if level > MOST_LEVELS:
            return MASK
        if isinstance(value, str):
            return self.mask(value).encode("utf-8", "replace").decode("utf-8")
        if value is None or isinstance(value, (int, float)):
            return value
        if isinstance(value, (dict, Mapping)):
            return {key: self.mask_all(item, level + 1) for key, item in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self.mask_all(item, level + 1) for item in value]
        return value


def _forms(secret: str) -> set[str]:
    """The forms in which a secret may turn up."""
    in_urls = {
        to_url(secret, safe=safe, errors="surrogatepass")
        for to_url, safe in ((quote, "/"), (quote, ""), (quote_plus, ""))
    }
    escaped = [json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)]
    # The server's JSON escapes what HTML would misread.
    html_safe = re.sub("[<>&='\u2028\u2029]", lambda match: f"\\u{ord(match.group()):04x}", escaped[1])
    return {secret, html_safe, *in_urls, *escaped}
