# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dates as the server writes them: its local wall clock in the US English form, without a zone and to the second.

The form depends on the server's Java: C(Nov 16, 2018 7:46:25 PM), from Java 9 on with a comma behind the year,
from Java 20 on with a narrow no-break space before C(AM) or C(PM).

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import datetime
import re
import typing as t

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_SERVER_FORM = re.compile(
    r"\s*(?P<month>[a-z]{3})[a-z]*\.?\s+(?P<day>[0-9]{1,2}),?\s+(?P<year>[0-9]{4}),?"
    r"\s+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{1,2}):(?P<second>[0-9]{1,2})\s*(?P<half>am|pm)\s*",
    re.IGNORECASE,
)
_ISO_FORM = re.compile(r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}\s*")


def parse_date(text: str) -> datetime.datetime | None:
    """The date that C(text) gives in the server's form or in ISO 8601 without a zone, as a naive date; None for any other text."""
    try:
        if _ISO_FORM.fullmatch(text):
            return datetime.datetime.fromisoformat(text.strip())
        match = _SERVER_FORM.fullmatch(text)
        return _from_server_form(match) if match else None
    except ValueError:
        return None


def _from_server_form(match: t.Match[str]) -> datetime.datetime:
    hour = int(match["hour"])
    if not 1 <= hour <= 12:
        raise ValueError("not an hour of the twelve-hour clock")
    return datetime.datetime(
        int(match["year"]),
        _MONTHS.index(match["month"].lower()) + 1,
        int(match["day"]),
        hour % 12 + (12 if match["half"].lower() == "pm" else 0),
        int(match["minute"]),
        int(match["second"]),
    )


def show_date(text: str | None) -> str | None:
    """C(text) for a result: ISO 8601 without a zone (C(2018-11-16T19:46:25)) if it can be read, else as the server sent it."""
    date = parse_date(text) if text is not None else None
    return text if date is None else date.isoformat()
