# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON values: the one form in which they are kept, and the one way in which they are compared.

Values come from two sides, from a task's options and from the server. Both are brought into the same plain form
when they enter, so that everything behind that point handles C(dict), C(list), C(str), C(int), C(float), C(bool) and C(None) only.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import datetime
import json
import math
import typing as t
from collections.abc import Mapping

MAX_DEPTH = 100
"""Levels of nesting that are followed. Deeper ones are nobody's request, and YAML anchors can even make endless ones."""

_EXACT_INTEGERS = 2**53
"""Below this size a double stands for exactly one integer."""

_PLAIN_SCALARS = frozenset({type(None), bool, int, str})

_TRIMMED_CHARACTERS = "".join(map(chr, range(0x21)))


def trimmed(text: str) -> str:
    """C(text) as the server keeps it: Java's C(trim) takes off every character up to the space, and no other."""
    return text.strip(_TRIMMED_CHARACTERS)


def shown(value: object) -> str:
    """C(value) for a message, cut short: an option can hold a whole document."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def plain(value: t.Any, depth: int = 0) -> t.Any:
    """A deep copy of C(value) in plain JSON types, with whole floats as integers: the server sends C(1) or C(1.0) for the same number.

    Dates become ISO 8601 text, tuples and sets lists, and subclasses (as Ansible marks strings with) their base,
    as all of them would on their way through a module's JSON arguments.
    Raises C(ValueError), with text that continues "... is", for what JSON cannot carry.
    """
    if depth > MAX_DEPTH:
        raise ValueError(f"nested more than {MAX_DEPTH} levels deep")
    if type(value) in _PLAIN_SCALARS:
        # Nearly all are, and to ask for one type after the other takes many times as long.
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return _plain_number(value)
    if isinstance(value, (dict, Mapping)):
        return {_plain_key(key): plain(member, depth + 1) for key, member in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(element, depth + 1) for element in value]
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return str(value)


def _plain_number(value: float) -> int | float:
    if not math.isfinite(value):
        raise ValueError(f"{value}, which is no JSON number")
    if value.is_integer() and abs(value) < _EXACT_INTEGERS:
        return int(value)
    return float(value)


def _plain_key(key: t.Any) -> str:
    if key.__class__ is str:
        return key
    name = plain(key)
    return name if isinstance(name, str) else json.dumps(name)


def canonical(value: t.Any) -> str:
    """ASCII JSON text of a value in plain form, the same for all that count as the same: key order, nulls and outer blanks do not show."""
    return json.dumps(_essence(value), sort_keys=True, separators=(",", ":"))


def _essence(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        return {key: _essence(member) for key, member in value.items() if member is not None}
    if isinstance(value, list):
        return [_essence(element) for element in value]
    return trimmed(value) if isinstance(value, str) else value


def differing(wanted: t.Any, actual: t.Any, path: str) -> t.Iterator[str]:
    """The paths, each beginning with C(path), at which C(actual) is not as C(wanted) says. Both are in plain form.

    Of a mapping only the wanted keys count, at every depth, since the server adds members of its own;
    a wanted null is the same as an absent member, since the server leaves nulls out.
    Lists are the same when they are equally long and their elements are the same one by one.
    """
    if isinstance(wanted, dict) and isinstance(actual, dict):
        for key, member in wanted.items():
            yield from differing(member, actual.get(key), f"{path}.{key}")
    elif isinstance(wanted, list) and isinstance(actual, list) and len(wanted) == len(actual):
        for index, pair in enumerate(zip(wanted, actual)):
            yield from differing(pair[0], pair[1], f"{path}[{index}]")
    elif not _same_scalar(wanted, actual):
        yield path


def _same_scalar(wanted: t.Any, actual: t.Any) -> bool:
    # Python takes True for 1; JSON and the API do not.
    if wanted is None or isinstance(wanted, bool) or isinstance(actual, bool):
        return wanted is actual
    if isinstance(wanted, str) and isinstance(actual, str):
        return trimmed(wanted) == trimmed(actual)
    if isinstance(wanted, int) and isinstance(actual, int):
        return wanted == actual
    if isinstance(wanted, (int, float)) and isinstance(actual, (int, float)):
        return _same_as_doubles(wanted, actual)
    return False


def _same_as_doubles(wanted: float, actual: float) -> bool:
    # A large integer that went through a double on the server comes back rounded.
    try:
        return float(wanted) == float(actual)
    except OverflowError:
        return False
