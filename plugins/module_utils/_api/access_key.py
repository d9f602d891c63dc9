# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing with an access key: no session, nothing to log out.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import typing as t
from datetime import datetime, timedelta, timezone, tzinfo

from .._errors import InputError

SKEWED = "requestTimeTooSkewed"
"""The body of the 403 by which the node refuses a C(Date) that is more than 15 minutes off."""

CHINA = timezone(timedelta(hours=8))
_OFFSET = re.compile(r"([+-])(\d{1,2}):?([0-5]\d)?")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def signature(secret: str, method: str, date: str, path: str) -> str:
    """The base64 HMAC-SHA1 over method, C(Date) and the decoded path from C(/v1) on; body and query are not signed."""
    text = f"{method}\n{date}\n{path}"
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode("ascii")


def http_date(moment: datetime) -> str:
    """A C(Date) header such as C(Mon, 23 Nov 2026 09:05:00 GMT+08:00).

    By default the node compares the wall-clock digits with its own and ignores the zone, so the digits must be those of the
    node's zone; the zone is named all the same, for nodes that are set to check it. English names, whatever the locale.
    """
    offset = moment.utcoffset() or timedelta()
    minutes = int(offset.total_seconds() // 60)
    zone = "GMT"
    if minutes:
        zone += f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    day, month = _DAYS[moment.weekday()], _MONTHS[moment.month - 1]
    return f"{day}, {moment.day:02} {month} {moment.year} {moment:%H:%M:%S} {zone}"


def zones_to_try(server_timezone: str) -> list[tzinfo]:
    """The zones that the node's clock may show: one if it is known, else UTC, this machine's and China's, in this order.

    :param server_timezone: C(auto), an offset such as C(+08:00), or an IANA name.
    :raises InputError: it is none of these.
    """
    name = server_timezone.strip()
    if name.lower() == "auto":
        local = datetime.now(timezone.utc).astimezone().tzinfo
        zones: list[tzinfo] = [timezone.utc]
        for zone in (local, CHINA):
            if zone is not None and _offset(zone) not in [_offset(known) for known in zones]:
                zones.append(zone)
        return zones
    match = _OFFSET.fullmatch(name)
    if match:
        delta = timedelta(hours=int(match.group(2)), minutes=int(match.group(3) or 0))
        if delta < timedelta(hours=24):
            return [timezone(-delta if match.group(1) == "-" else delta)]
    return [_named_zone(name)]


def _offset(zone: tzinfo) -> timedelta | None:
    return datetime.now(zone).utcoffset()


def _named_zone(name: str) -> tzinfo:
    remedy = "Give auto, an offset such as +08:00, or an IANA name such as Asia/Shanghai."
    if name.upper() in ("UTC", "GMT", "Z"):
        return timezone.utc
    try:
        from zoneinfo import ZoneInfo
    except ImportError:
        raise InputError(
            f"server_timezone: names such as {name!r} need Python 3.9 or later. Give an offset such as +08:00."
        ) from None
    try:
        return t.cast(tzinfo, ZoneInfo(name))
    except (KeyError, ValueError, OSError):
        raise InputError(f"server_timezone: {name!r} is not known on this machine. {remedy}") from None
