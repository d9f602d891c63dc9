# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Comparisons of one value, written as data: C({at_most: 8G}), C({like: web-*}), or plainly the value that it must have.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ansible_collections.zstack.tickets.plugins.module_utils._errors import InputError
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.values import shown, trimmed

from .quantities import read_number

MISSING: t.Final = object()
"""What stands for a value that is not there."""

Reader = t.Callable[[t.Any], int | float | None]
"""Reads a quantity from what people write."""


@dataclass(frozen=True)
class Comparison:
    """One operator with its operand: C(holds) of an element, and in words what is wrong with one of which it does not hold."""

    holds: t.Callable[[t.Any], bool]
    complaint: str
    of_whole: bool = False
    """Whether a list is looked at as a whole. Otherwise each of its elements has to pass."""


@dataclass(frozen=True)
class Condition:
    """What a value has to be: given, with every comparison holding, or else not given. Null is not given."""

    comparisons: tuple[Comparison, ...]
    given: bool

    def objection(self, value: t.Any, path: str, show: t.Callable[[t.Any], str] = shown) -> str | None:
        """Why C(value), which stands at C(path), is not as it has to be; None if it is."""
        if value is MISSING or value is None:
            return f"{path} is not given" if self.given else None
        if not self.given:
            return f"{path} is {show(value)}: given"
        for comparison in self.comparisons:
            elements = value if isinstance(value, list) and not comparison.of_whole else [value]
            for element in elements:
                if not comparison.holds(element):
                    return f"{path} is {show(element)}: {comparison.complaint}"
        return None


def read_condition(wanted: t.Any, path: str, read: Reader = read_number) -> Condition:
    """The condition that C(wanted) writes down; C(read) reads quantities where they are compared.

    A list means C(one_of), any other plain value C(equals).

    :raises InputError: it is no condition; C(path) tells where it stands.
    """
    if isinstance(wanted, list):
        wanted = {"one_of": wanted}
    elif not isinstance(wanted, dict):
        wanted = {"equals": wanted}
    unknown = [name for name in wanted if name not in (*_OPERATORS, "exists")]
    if unknown or not wanted:
        known = ", ".join([*_OPERATORS, "exists"])
        raise InputError(f"{path} is {shown(wanted)}: it must be a plain value, a list, or comparisons out of {known}.")
    comparisons = tuple(
        _OPERATORS[name](operand, f"{path}.{name}", read) for name, operand in wanted.items() if name != "exists"
    )
    exists = wanted.get("exists", True)
    if not isinstance(exists, bool):
        raise InputError(f"{path}.exists is {shown(exists)}: it must be true or false.")
    if comparisons and not exists:
        raise InputError(f"{path} is {shown(wanted)}: what does not exist cannot be compared. Leave one of them out.")
    return Condition(comparisons, exists)


def _equals(operand: t.Any, path: str, read: Reader) -> Comparison:
    return Comparison(
        lambda value: _same(value, operand, read), f"not {shown(operand)}", of_whole=isinstance(operand, list)
    )


def _one_of(operand: t.Any, path: str, read: Reader) -> Comparison:
    allowed = _list(operand, path)
    return Comparison(lambda value: any(_same(value, one, read) for one in allowed), f"not one of {shown(allowed)}")


def _none_of(operand: t.Any, path: str, read: Reader) -> Comparison:
    excluded = _list(operand, path)
    return Comparison(lambda value: not any(_same(value, one, read) for one in excluded), f"one of {shown(excluded)}")


def _at_least(operand: t.Any, path: str, read: Reader) -> Comparison:
    limit = _quantity(operand, path, read)
    return Comparison(lambda value: (number := read(value)) is not None and number >= limit, f"not at least {operand}")


def _at_most(operand: t.Any, path: str, read: Reader) -> Comparison:
    limit = _quantity(operand, path, read)
    return Comparison(lambda value: (number := read(value)) is not None and number <= limit, f"not at most {operand}")


def _like(operand: t.Any, path: str, read: Reader) -> Comparison:
    pattern = _text(operand, path)
    return Comparison(lambda value: isinstance(value, str) and fnmatchcase(value, pattern), f"not like {pattern}")


def _matches(operand: t.Any, path: str, read: Reader) -> Comparison:
    try:
        pattern = re.compile(_text(operand, path))
    except re.error as error:
        raise InputError(f"{path} is {shown(operand)}: it is no regular expression ({error}).") from error
    return Comparison(
        lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None, f"does not match {operand}"
    )


_OPERATORS: dict[str, t.Callable[[t.Any, str, Reader], Comparison]] = {
    "equals": _equals,
    "one_of": _one_of,
    "none_of": _none_of,
    "at_least": _at_least,
    "at_most": _at_most,
    "like": _like,
    "matches": _matches,
}


def _same(value: t.Any, wanted: t.Any, read: Reader) -> bool:
    if isinstance(value, str) and isinstance(wanted, str):
        return trimmed(value) == trimmed(wanted)
    if isinstance(value, bool) or isinstance(wanted, bool):
        # Python takes True for 1.
        return value is wanted
    number, other = read(value), read(wanted)
    if number is not None and other is not None:
        return number == other
    return bool(value == wanted)


def _list(operand: t.Any, path: str) -> list[t.Any]:
    if isinstance(operand, list) and operand:
        return operand
    raise InputError(f"{path} is {shown(operand)}: it must be a list of at least one value.")


def _quantity(operand: t.Any, path: str, read: Reader) -> int | float:
    number = read(operand)
    if number is None:
        raise InputError(f"{path} is {shown(operand)}: it must be a number, which may have a unit.")
    return number


def _text(operand: t.Any, path: str) -> str:
    if isinstance(operand, str):
        return operand
    raise InputError(f"{path} is {shown(operand)}: it must be a text.")
