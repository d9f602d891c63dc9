# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading an answer's members by type. Whatever JSON comes, the outcome is a value of the right type or C(MalformedAnswer).

An absent member and a null are the same, as the server leaves nulls out.
Messages name members and types only, never values: an API body may hold a secret.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import json
import typing as t

from .._errors import MalformedAnswer
from .values import plain


def mapping(value: object, what: str) -> t.Mapping[str, t.Any]:
    """C(value) if it is a JSON object. C(what) names it in the error, for example C(ticket.request[0])."""
    if isinstance(value, t.Mapping):
        return value
    raise _malformed(what, "an object", value)


def optional_text(raw: t.Mapping[str, t.Any], member: str, what: str) -> str | None:
    """The text at C(member), or None when absent."""
    value = raw.get(member)
    if value is None or isinstance(value, str):
        return value
    raise _malformed(f"{what}.{member}", "text", value)


def text(raw: t.Mapping[str, t.Any], member: str, what: str) -> str:
    """The text at C(member), which has to be there."""
    value = optional_text(raw, member, what)
    if value is None:
        raise _malformed(f"{what}.{member}", "text", None)
    return value


def optional_integer(raw: t.Mapping[str, t.Any], member: str, what: str) -> int | None:
    """The whole number at C(member), which the server writes as C(1) or as C(1.0), or None when absent."""
    value = plain_value(raw, member, what)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise _malformed(f"{what}.{member}", "a whole number", value)


def optional_boolean(raw: t.Mapping[str, t.Any], member: str, what: str) -> bool | None:
    """The truth value at C(member), or None when absent."""
    value = raw.get(member)
    if value is None or isinstance(value, bool):
        return value
    raise _malformed(f"{what}.{member}", "true or false", value)


def plain_mapping(raw: t.Mapping[str, t.Any], member: str, what: str) -> dict[str, t.Any]:
    """The object at C(member) in plain form, empty when absent."""
    value = plain_value(raw, member, what)
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    raise _malformed(f"{what}.{member}", "an object", value)


def plain_value(raw: t.Mapping[str, t.Any], member: str, what: str) -> t.Any:
    """Whatever is at C(member), in plain form; None when absent."""
    try:
        return plain(raw.get(member))
    except ValueError as error:
        raise MalformedAnswer(f"The server sent a {what}.{member} that is {error}.") from error


def sequence(value: object, what: str) -> t.Sequence[t.Any]:
    """C(value) if it is a JSON list; empty when it is None."""
    if value is None:
        return ()
    if isinstance(value, (list, tuple)):
        return value
    raise _malformed(what, "a list", value)


def embedded_mapping(raw: t.Mapping[str, t.Any], member: str) -> dict[str, t.Any]:
    """The object at C(member) in plain form, given as such or as JSON text, as the server keeps contexts; empty for anything else."""
    value = raw.get(member)
    try:
        found = plain(json.loads(value) if isinstance(value, str) else value)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _malformed(what: str, expected: str, value: object) -> MalformedAnswer:
    found = "nothing" if value is None else f"a value of type {type(value).__name__}"
    return MalformedAnswer(f"The server sent {found} for {what}, where {expected} belongs.")
