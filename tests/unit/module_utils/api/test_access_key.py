# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing with an access key, and whose clock the date is told by."""

from __future__ import annotations

import sys
import typing as t
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.module_utils._api import access_key
from ansible_collections.zstack.tickets.plugins.module_utils._api.access_key import (
    CHINA,
    SKEWED,
    http_date,
    signature,
    zones_to_try,
)
from ansible_collections.zstack.tickets.plugins.module_utils._errors import ApiError, InputError
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.doubles import (
    Call,
    answer,
    in_turn,
    refused,
    stubbed_client,
    told,
)

KEY_ID, SECRET = "AccessKeyOfARequeste", "ZfsxaIXNm3B8ahDbWmKVkzTQ6PrEUyjLsoWgCe2n"
AN_ACCESS_KEY = {"host": "127.0.0.1", "access_key_id": KEY_ID, "access_key_secret": SECRET}
EMPTY = answer(200, {"inventories": []})


# printf '%s\n%s\n%s' METHOD DATE PATH | openssl dgst -sha1 -hmac SECRET -binary | openssl base64
@pytest.mark.parametrize(
    ("secret", "method", "date", "path", "expected"),
    [
        (SECRET, "GET", "Mon, 23 Nov 2026 09:05:00 GMT+08:00", "/v1/tickets", "p72YNBBuBPyt33SQ0rVRE4DZqb0="),
        (
            "0123456789abcdef",
            "PUT",
            "Sun, 01 Mar 2026 00:00:07 GMT",
            "/v1/tickets/3b933e9aaf2d49b9a3dcf0c92867790f/actions",
            "M32Y3pSun+2QplT3z76lskPAawM=",
        ),
        (
            'key with %&"',
            "DELETE",
            "Thu, 29 Feb 2024 23:59:59 GMT-03:30",
            "/v1/票/a b",
            "RFI5S1i1ISUtTtLqNtYA/REG1fA=",
        ),
    ],
)
def test_signature(secret: str, method: str, date: str, path: str, expected: str) -> None:
    assert signature(secret, method, date, path) == expected


moments = st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31))


@given(moments)
def test_a_date_reads_as_in_mail_which_knows_no_locale(moment: datetime) -> None:
    moment = moment.replace(tzinfo=timezone.utc)
    assert http_date(moment) == format_datetime(moment.replace(microsecond=0), usegmt=True)


@given(moments, st.integers(-23 * 60, 23 * 60))
@example(datetime(2026, 11, 3, 9, 5), 480)
@example(datetime(2026, 11, 3, 9, 5), -210)
@example(datetime(2026, 11, 3, 9, 5), -30)
def test_a_date_shows_the_wall_clock_and_names_its_zone(moment: datetime, minutes: int) -> None:
    zone = timezone(timedelta(minutes=minutes))
    digits, gmt, offset = http_date(moment.replace(tzinfo=zone)).partition(" GMT")
    assert f"{digits} GMT" == http_date(moment.replace(tzinfo=timezone.utc))
    assert gmt
    if not minutes:
        assert offset == ""
        return
    hours, rest = offset[1:].split(":")
    assert (len(hours), len(rest)) == (2, 2)
    assert (int(hours) * 60 + int(rest)) * (-1 if offset[0] == "-" else 1) == minutes


@pytest.mark.parametrize(
    ("name", "hours"),
    [("+08:00", 8), ("+0800", 8), ("+8", 8), (" -03:30 ", -3.5), ("+00:00", 0), ("utc", 0), ("GMT", 0), ("Z", 0)],
)
def test_a_zone_by_its_offset(name: str, hours: float) -> None:
    (zone,) = zones_to_try(name)
    assert datetime.now(zone).utcoffset() == timedelta(hours=hours)


@pytest.mark.skipif(sys.version_info < (3, 9), reason="Python 3.8 knows no names of zones")
def test_a_zone_by_its_name() -> None:
    (zone,) = zones_to_try("Asia/Kolkata")
    assert datetime(2026, 1, 1, tzinfo=zone).utcoffset() == timedelta(hours=5.5)


@pytest.mark.skipif(sys.version_info >= (3, 9), reason="only Python 3.8 knows no names of zones")
def test_a_zone_by_its_name_needs_a_newer_python() -> None:
    with pytest.raises(InputError, match=r"^server_timezone: .*'Asia/Kolkata'.* Give an offset such as"):
        zones_to_try("Asia/Kolkata")


@pytest.mark.parametrize("name", ["+24:00", "-99:99", "+08:75", "+123:00", "8", "nowhere", "Europe", "../zone", "a\0b"])
def test_a_zone_that_cannot_be(name: str) -> None:
    with pytest.raises(InputError, match=r"^server_timezone: .*Give ") as caught:
        zones_to_try(name)
    assert repr(name) in caught.value.message


@given(st.text())
@example("\udc80")
def test_any_text_is_a_zone_or_refused(name: str) -> None:
    try:
        zones = zones_to_try(name)
    except InputError:
        return
    assert zones
    assert all(isinstance(datetime.now(zone).utcoffset(), timedelta) for zone in zones)


class LocalTime(datetime):
    """A machine in another zone than the one that the tests run in."""

    offset = timedelta()

    def astimezone(self, tz: t.Any = None) -> LocalTime:
        return self.replace(tzinfo=timezone(self.offset)) if tz is None else super().astimezone(tz)


@pytest.mark.parametrize(("hours", "expected"), [(0, [0, 8]), (8, [0, 8]), (-5, [0, -5, 8]), (5.5, [0, 5.5, 8])])
def test_without_a_zone_the_likely_ones_are_tried_each_once(
    hours: float, expected: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LocalTime, "offset", timedelta(hours=hours))
    monkeypatch.setattr(access_key, "datetime", LocalTime)
    for name in ("auto", "AUTO", " auto "):
        zones = zones_to_try(name)
        assert [datetime.now(zone).utcoffset() for zone in zones] == [timedelta(hours=number) for number in expected]


def test_a_request_is_signed_as_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    client, stub = stubbed_client(monkeypatch, AN_ACCESS_KEY, lambda call: EMPTY)
    client.get("/tickets", [("q", "name=a b")])
    headers = stub.calls[0].headers
    expected = signature(SECRET, "GET", headers["Date"], "/v1/tickets")
    assert headers["Authorization"] == f"ZStack {KEY_ID}:{expected}"


def test_nothing_is_logged_out(monkeypatch: pytest.MonkeyPatch) -> None:
    client, stub = stubbed_client(monkeypatch, AN_ACCESS_KEY, lambda call: EMPTY)
    client.get("/tickets")
    assert client.close() is None
    assert stub.sent() == ["/tickets"]


def in_zone_only(zone: str) -> t.Callable[[Call], t.Any]:
    return lambda call: EMPTY if call.headers["Date"].endswith(zone) else answer(403, text=SKEWED)


def test_the_clock_that_worked_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_key, "_offset", lambda zone: zone.utcoffset(None))
    client, stub = stubbed_client(monkeypatch, AN_ACCESS_KEY, in_zone_only("GMT+08:00"))
    client.get("/tickets")
    tries = len(stub.calls)
    assert tries >= 2
    client.get("/tickets")
    client.get("/tickets")
    assert len(stub.calls) == tries + 2


@pytest.mark.parametrize("server_timezone", ["auto", "+01:00"])
def test_a_clock_that_is_none_of_ours_is_told_with_the_remedy(
    server_timezone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {**AN_ACCESS_KEY, "server_timezone": server_timezone}
    client, stub = stubbed_client(monkeypatch, options, lambda call: answer(403, text=SKEWED))
    with pytest.raises(ApiError, match=rf"HTTP 403: {SKEWED}.*server_timezone") as caught:
        client.get("/tickets")
    assert len(stub.calls) == len(zones_to_try(server_timezone))
    assert caught.value.http_status == 403
    assert SECRET not in told(caught.value)


def test_another_refusal_is_no_reason_to_try_another_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    client, stub = stubbed_client(monkeypatch, AN_ACCESS_KEY, in_turn(answer(403, text="no entry")))
    with pytest.raises(ApiError, match="HTTP 403: no entry"):
        client.get("/tickets")
    assert len(stub.calls) == 1


def test_a_key_that_counts_as_no_session_is_not_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    client, stub = stubbed_client(monkeypatch, AN_ACCESS_KEY, lambda call: refused("ID.1001"))
    with pytest.raises(ApiError, match=r"ID\.1001"):
        client.get("/tickets")
    assert len(stub.calls) == 1


def test_the_zone_of_china() -> None:
    assert datetime.now(CHINA).utcoffset() == timedelta(hours=8)
