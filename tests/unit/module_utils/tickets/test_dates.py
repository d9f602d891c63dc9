# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.module_utils._tickets.dates import parse_date, show_date

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MOMENT = datetime.datetime(2018, 11, 16, 19, 46, 25)


@pytest.mark.parametrize(
    "text",
    [
        "Nov 16, 2018 7:46:25 PM",
        "Nov 16, 2018, 7:46:25 PM",
        "Nov 16, 2018, 7:46:25\u202fPM",
        "Nov 16, 2018, 07:46:25 pm",
        "  Nov\u00a016 2018  7:46:25PM ",
        "November 16, 2018 7:46:25 PM",
        "2018-11-16T19:46:25",
        "2018-11-16 19:46:25",
    ],
)
def test_all_forms_of_a_date_are_read(text: str) -> None:
    assert parse_date(text) == MOMENT
    assert show_date(text) == "2018-11-16T19:46:25"


@pytest.mark.parametrize(
    ("text", "hour"), [("Jan 1, 2024 12:00:00 AM", 0), ("Jan 1, 2024 12:00:00 PM", 12), ("Jan 1, 2024 1:00:00 AM", 1)]
)
def test_noon_and_midnight(text: str, hour: int) -> None:
    assert parse_date(text) == datetime.datetime(2024, 1, 1, hour)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "Feb 30, 2024 1:00:00 AM",
        "Xyz 1, 2024 1:00:00 AM",
        "Jan 1, 2024 0:00:00 AM",
        "Jan 1, 2024 13:00:00 PM",
        "Jan 1, 2024 1:00:60 PM",
        "Jan 1, 0000 1:00:00 PM",
        "Jan \u0661, 2024 1:00:00 PM",
        "2018-13-16T19:46:25",
        "2018-11-16T19:46:25Z",
        "2018年11月16日 下午7:46:25",
    ],
)
def test_other_text_is_kept(text: str) -> None:
    assert parse_date(text) is None
    assert show_date(text) == text


def test_no_date_is_none() -> None:
    assert show_date(None) is None


@given(st.datetimes().map(lambda moment: moment.replace(microsecond=0)))
def test_every_moment_survives_the_server(moment: datetime.datetime) -> None:
    hour = moment.hour % 12 or 12
    half = "PM" if moment.hour >= 12 else "AM"
    month = MONTHS[moment.month - 1]
    text = f"{month} {moment.day}, {moment.year:04} {hour}:{moment.minute:02}:{moment.second:02} {half}"
    assert parse_date(text) == moment
    assert show_date(show_date(text)) == moment.isoformat()


@given(st.text())
def test_any_text_is_a_date_or_not(text: str) -> None:
    moment = parse_date(text)
    assert show_date(text) == (text if moment is None else moment.isoformat())
