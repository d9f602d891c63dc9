"""Sizes and durations as people write them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.plugin_utils.quantities import (
    read_duration,
    read_number,
    show_duration,
)

NUMBERS: list[tuple[Any, Any]] = [
    (8, 8),
    (8.5, 8.5),
    ("8", 8),
    (" 8 ", 8),
    ("-8", -8),
    ("8.5", 8.5),
    ("8K", 8192),
    ("8 kb", 8192),
    ("2MiB", 2 * 1024**2),
    ("8G", 8 * 1024**3),
    ("1.5G", 1.5 * 1024**3),
    ("4TB", 4 * 1024**4),
    ("1P", 1024**5),
    ("512B", 512),
    ("", None),
    ("eight", None),
    ("8X", None),
    ("8G8", None),
    ("0x10", None),
    (True, None),
    (None, None),
    ([8], None),
    (float("inf"), None),
    (float("nan"), None),
]


@pytest.mark.parametrize(("written", "number"), NUMBERS, ids=repr)
def test_read_number(written: Any, number: Any) -> None:
    found = read_number(written)
    assert found == number
    assert found.__class__ is number.__class__


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("90", 90), ("90s", 90), ("5m", 300), ("2h", 7200), ("2d", 172800), ("1w", 604800), ("0.5h", 1800.0), (60, 60)],
)
def test_read_duration(written: Any, seconds: float) -> None:
    assert read_duration(written) == seconds


@pytest.mark.parametrize("written", ["2D", "2 days", "soon", None, False])
def test_no_duration(written: Any) -> None:
    assert read_duration(written) is None


@given(st.integers(-(10**30), 10**30), st.sampled_from(["", "K", "M", "G", "T", "P"]))
def test_whole_numbers_stay_exact(number: int, unit: str) -> None:
    assert read_number(f"{number}{unit}") == number * 1024 ** " KMGTP".index(unit or " ")


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (7199, "1 h"), (86400 * 3.9, "3 d")]
)
def test_show_duration(seconds: float, shown: str) -> None:
    assert show_duration(seconds) == shown
