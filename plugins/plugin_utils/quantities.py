# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quantities as people write them: C(8G) of memory, C(2d) of waiting.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import math
import re
import typing as t

_NUMBER = r"\s*(?P<number>[+-]?[0-9]+(?:\.[0-9]+)?)\s*"
_SIZE = re.compile(_NUMBER + r"(?:(?P<unit>[KMGTP])(?:i?B)?|B)?\s*", re.IGNORECASE)
_DURATION = re.compile(_NUMBER + r"(?P<unit>[smhdw]?)\s*")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


def read_number(value: t.Any) -> int | float | None:
    """The number that C(value) is or writes down, as a count or as a size in bytes (C(8G) is 8 * 1024**3); None if it is none.

    Units are binary, as ZStack counts memory and disks: K, M, G, T, P, alone or with C(B) or C(iB).
    """
    match = _match(_SIZE, value)
    if not isinstance(match, re.Match):
        return match
    exponent = " KMGTP".index((match["unit"] or " ").upper())
    return _whole(match["number"], 1024**exponent)


def read_duration(value: t.Any) -> int | float | None:
    """The seconds that C(value) is or writes down, with the units s, m, h, d, w (C(2d) is 172800); None if it is no duration."""
    match = _match(_DURATION, value)
    return _whole(match["number"], _SECONDS[match["unit"]]) if isinstance(match, re.Match) else match


def show_duration(seconds: float) -> str:
    """A duration for people, in its largest unit: C(3 d), C(5 h), C(40 min)."""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"


def _match(form: re.Pattern[str], value: t.Any) -> re.Match[str] | int | float | None:
    """C(value) if it is a number, its parts if it is text of this form, else None."""
    if isinstance(value, str):
        return form.fullmatch(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return value


def _whole(number: str, factor: int) -> int | float:
    """The product, exact while the number is whole."""
    return float(number) * factor if "." in number else int(number) * factor
