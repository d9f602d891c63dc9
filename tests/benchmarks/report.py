"""What was measured, as tables and a plot in ``docs/docsite/rst/performance.rst``."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from tests.support.environments import ROOT

from . import ways
from .goals import COMPARISONS, MOST_MEMORY, Comparison, Costs, Found, all_ways, memory, per_ticket

ROUNDS = 5
PAGE = ROOT / "docs" / "docsite" / "rst" / "performance.rst"
PLOT = PAGE.with_name("performance.svg")
LOAD = os.getloadavg()[0]
"""Processes that other work kept busy when the benchmark began."""
PACKAGES = ("ansible-core", "requests", "urllib3", "aiohttp", "uvloop")


def write(costs: Costs) -> None:
    """Put the figures between the marks of the page, and draw the plot beside it."""
    from .plot import draw

    text = PAGE.read_text(encoding="utf-8")
    figures = f".. begin of figures\n\n{table(costs)}\n.. end of figures"
    PAGE.write_text(
        re.sub(r"\.\. begin of figures\n.*?\.\. end of figures", lambda _match: figures, text, flags=re.DOTALL),
        encoding="utf-8",
    )
    draw(costs, PLOT)


def table(costs: Costs) -> str:
    """All figures in reStructuredText."""
    comparisons = [_comparison(comparison, costs) for comparison in COMPARISONS]
    largest = memory(costs)
    comparisons.append(
        (
            "memory of the largest process, batch of 1,000, against a play without tickets",
            "",
            "",
            f"+{_span(largest)} MiB",
            "",
            f"at most +{MOST_MEMORY:g} MiB",
            _yes_or_no(largest.middle <= MOST_MEMORY),
        )
    )
    singles = [
        (way.title, f"{way.tickets:,}", str(len(costs[way])), _span(per_ticket(costs, way)), _cpu(costs, way))
        for way in all_ways()
    ]
    return "\n".join(
        [
            _machine(costs),
            "",
            *_list_table(
                "Comparisons. Times are milliseconds for a ticket; in brackets the least and the most of all rounds",
                ("What", "Ours", "Other", "Ratio", "Ratio of CPU", "Goal", "Holds"),
                comparisons,
            ),
            "",
            *_list_table(
                "Every way by itself, in milliseconds for a ticket",
                ("Way", "Tickets", "Rounds", "On the clock", "CPU"),
                singles,
            ),
            "",
        ]
    )


def _comparison(comparison: Comparison, costs: Costs) -> tuple[str, ...]:
    return (
        comparison.title,
        _short(per_ticket(costs, comparison.ours).middle),
        _short(per_ticket(costs, comparison.other).middle),
        _span(comparison.ratio(costs)),
        _short(comparison.ratio(costs, "cpu").middle),
        comparison.goal,
        _yes_or_no(comparison.holds(costs)),
    )


def _machine(costs: Costs) -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    rounds = len(costs[ways.LOOP_CREATE])
    return (
        f"Measured by ``make benchmark`` in {rounds} rounds on {os.cpu_count()} cores of {_processor()}, "
        f"{platform.system()}, Python {platform.python_version()}, {packages}. "
        f"Other work kept {LOAD:.1f} processes busy when it began."
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*: (.+)$", cpuinfo.read_text(), re.MULTILINE) if cpuinfo.exists() else None
    return found.group(1) if found else platform.processor() or platform.machine()


def _cpu(costs: Costs, way: ways.Way) -> str:
    return _short(per_ticket(costs, way, "cpu").middle)


def _span(found: Found) -> str:
    middle = _short(found.middle)
    return middle if found.least == found.most else f"{middle} ({_short(found.least)} - {_short(found.most)})"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _yes_or_no(holds: bool) -> str:
    return "yes" if holds else "no"


def _list_table(title: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    lines = [f".. list-table:: {title}", "   :header-rows: 1", ""]
    for row in (head, *rows):
        for number, cell in enumerate(row):
            lines.append(f"   {'* -' if number == 0 else '  -'} {cell}".rstrip())
    return lines
