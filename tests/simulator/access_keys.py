"""Access keys: the signature in the Authorization header, and the Date that goes with it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .errors import RestError

if TYPE_CHECKING:
    from .messages import Caller
    from .node import Node

_DATE = re.compile(r"([a-z]{3}), (\d{2}) ([a-z]{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) (\S+)", re.IGNORECASE)
_OFFSET = re.compile(r"(?:GMT|UTC|UT)([+-])(\d{1,2}):?(\d{2})?", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ZONES = {
    "CST": "America/Chicago",
    "EST": "America/New_York",
    "PST": "America/Los_Angeles",
    "Z": "UTC",
    "UT": "UTC",
    "UTC": "UTC",
    "GMT": "UTC",
    "JST": "Asia/Tokyo",
}
_SKEW = timedelta(minutes=15)
_FORMAT_COMPLAINT = "'Date' format error, correct format is 'EEE, dd MMM yyyy HH:mm:ss z'"


def authenticate(node: Node, authorization: str, date: str | None, method: str, path: str) -> Caller | None:
    """Check ``ZStack <id>:<signature>``; the caller, or None where the doubt about bad keys says "as a bad session".

    ``path`` is the decoded path from ``/v1`` on, without query. Raises ``RestError``.
    """
    check_date(node, date)
    # Java's split drops trailing empty strings.
    parts = authorization.removeprefix("ZStack").strip().rstrip(":").split(":")
    if len(parts) != 2:
        raise RestError(400, "accessKey format is 'ZStack AccessKeyId:Signature'")
    key_id, signature = parts
    key = next(
        (row for row in node.cloud.access_keys.find("AccessKeyID", key_id) if row["AccessKeyID"] == key_id), None
    )
    if key is not None and key["state"] == "Enabled":
        expected = sign(key["AccessKeySecret"], method, date or "", path)
        if hmac.compare_digest(expected.encode(), signature.encode()):
            return node.sessions.caller(key["accountUuid"], key["userUuid"])
    if node.switches.bad_signature == "session":
        return None
    raise RestError(int(node.switches.bad_signature), f"accessKey[{key_id}] or its signature is invalid")


def sign(secret: str, method: str, date: str, path: str) -> str:
    """Base64 of HMAC-SHA1 over method, Date and path, one a line."""
    digest = hmac.new(secret.encode(), f"{method}\n{date}\n{path}".encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def check_date(node: Node, date: str | None) -> None:
    """The Date header must be there, readable, and within 15 minutes of the node's clock."""
    if date is None:
        raise RestError(400, "'Date' must be incuded in request header")
    given, zone = _parse(date)
    now = node.clock.local(node.renderer.zone)
    if node.switches.check_time_zone:
        given = given.replace(tzinfo=zone)
    else:
        # The zone is read and then ignored: wall clock is compared with wall clock
        now = now.replace(tzinfo=None)
    if abs(given - now) > _SKEW:
        raise RestError(403, "requestTimeTooSkewed")


def _parse(date: str) -> tuple[datetime, tzinfo]:
    match = _DATE.fullmatch(date)
    if match is None:
        raise RestError(400, _FORMAT_COMPLAINT)
    day_name, day, month, year, hour, minute, second, zone = match.groups()
    try:
        month_number = _MONTHS.index(month.lower()) + 1
        given = datetime(int(year), month_number, int(day), int(hour), int(minute), int(second))
        if _DAYS[given.weekday()] != day_name.lower():
            raise ValueError
        return given, _zone(zone)
    except (ValueError, ZoneInfoNotFoundError):
        raise RestError(400, _FORMAT_COMPLAINT) from None


def _zone(name: str) -> tzinfo:
    offset = _OFFSET.fullmatch(name)
    if offset:
        sign_, hours, minutes = offset.groups()
        delta = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return timezone(delta if sign_ == "+" else -delta)
    return ZoneInfo(_ZONES.get(name.upper(), name))
