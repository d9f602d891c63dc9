"""The plot of ``performance.rst``: ways side by side, and the cost of a ticket by the size of a batch."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl

from . import ways
from .goals import Costs, per_ticket
from .ways import Way

OURS, OTHERS, NEITHER = "#1f6fb2", "#b0b7be", "#dfe3e6"


class Bar(NamedTuple):
    """One line of the plot: a way to create tickets, the same way for unchanged ones, and their colour."""

    label: str
    create: Way
    again: Way
    colour: str


BARS = [
    Bar("uri tasks", ways.URI_CREATE, ways.URI_AGAIN, OTHERS),
    Bar("ordinary module", ways.ORDINARY_CREATE, ways.ORDINARY_AGAIN, OTHERS),
    Bar("loop, in process", ways.LOOP_CREATE, ways.LOOP_AGAIN, OURS),
    Bar("batch", ways.BATCH_CREATE, ways.BATCH_AGAIN, OURS),
    Bar("plugin that does nothing", ways.LOOP_NOTHING, ways.LOOP_NOTHING, NEITHER),
    Bar("bare requests, 8 threads", ways.BARE_CREATE, ways.BARE_AGAIN, NEITHER),
]


def draw(costs: Costs, path: Path) -> None:
    """Draw into an SVG file, of which nothing but the figures changes from run to run."""
    mpl.use("svg")
    # Text stays text, which is smaller and can be searched.
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "performance", "font.size": 9})
    from matplotlib import pyplot

    figure, (create, again, size) = pyplot.subplots(1, 3, figsize=(11, 3.2), width_ratios=(4, 4, 3))
    for axes, title, compared in (
        (create, "New ticket", [column.create for column in BARS]),
        (again, "Unchanged ticket", [column.again for column in BARS]),
    ):
        values = [per_ticket(costs, way).middle for way in compared]
        drawn = axes.barh([column.label for column in BARS], values, color=[column.colour for column in BARS])
        axes.bar_label(drawn, [f"{value:,.3g}" for value in values], padding=3)
        axes.set_xscale("log")
        axes.set_xlim(right=max(values) * 6)
        axes.invert_yaxis()
        axes.set_title(f"{title}, ms")
        axes.spines[["top", "right"]].set_visible(False)
    again.set_yticklabels([])
    sizes = list(ways.BATCH_OF)
    size.plot(sizes, [per_ticket(costs, ways.BATCH_OF[count]).middle for count in sizes], "o-", color=OURS)
    size.set_xscale("log")
    size.set_ylim(bottom=0)
    size.set_title("New ticket of a batch, ms, by tickets in it")
    size.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)
