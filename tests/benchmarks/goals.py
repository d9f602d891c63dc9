"""Which ways are compared, and what is expected of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from . import ways
from .measure import Cost
from .ways import Way

Costs = Mapping[Way, Sequence[Cost]]
"""Per round, what each way costs more than the same command without tickets."""


@dataclass(frozen=True)
class Found:
    """A figure: its median, and the least and the most of all rounds."""

    middle: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Found:
        return cls(median(values), min(values), max(values))


def per_ticket(costs: Costs, way: Way, member: str = "wall") -> Found:
    """Milliseconds for a ticket, by the clock (``wall``) or of the CPU (``cpu``)."""
    return Found.of([getattr(cost, member) / way.tickets * 1000 for cost in costs[way]])


@dataclass(frozen=True)
class Comparison:
    """Ours against another way, ticket by ticket.

    ``faster`` is how many times faster ours has to be, ``slower`` how many times slower it may be; one of them is given.
    """

    title: str
    ours: Way
    other: Way
    faster: float | None = None
    slower: float | None = None

    def ratio(self, costs: Costs, member: str = "wall") -> Found:
        """How many times faster ours is, or slower, of those rounds in which both were measured."""
        pairs = [
            (getattr(mine, member) / self.ours.tickets, getattr(theirs, member) / self.other.tickets)
            for mine, theirs in zip(costs[self.ours], costs[self.other], strict=False)
        ]
        return Found.of([theirs / mine if self.faster else mine / theirs for mine, theirs in pairs])

    @property
    def goal(self) -> str:
        return f"at least {self.faster:g} times faster" if self.faster else f"at most {self.slower:g} times as long"

    def holds(self, costs: Costs) -> bool:
        middle = self.ratio(costs).middle
        return middle >= self.faster if self.faster else middle <= (self.slower or 0)


COMPARISONS = [
    Comparison("100 new tickets in a loop, against ``uri`` tasks", ways.LOOP_CREATE, ways.URI_CREATE, faster=100),
    Comparison("the same again, unchanged, against ``uri`` tasks", ways.LOOP_AGAIN, ways.URI_AGAIN, faster=40),
    Comparison(
        "100 new tickets in a loop, against the ordinary module", ways.LOOP_CREATE, ways.ORDINARY_CREATE, faster=30
    ),
    Comparison(
        "the same again, unchanged, against the ordinary module", ways.LOOP_AGAIN, ways.ORDINARY_AGAIN, faster=30
    ),
    Comparison(
        "100 new tickets in a loop, against a plugin that does nothing",
        ways.LOOP_CREATE,
        ways.LOOP_NOTHING,
        slower=1.6,
    ),
    Comparison(
        "the same again, unchanged, against a plugin that does nothing", ways.LOOP_AGAIN, ways.LOOP_NOTHING, slower=1.6
    ),
    Comparison(
        "50 tasks of one ticket each, against a plugin that does nothing", ways.TASKS, ways.TASKS_NOTHING, slower=1.5
    ),
    Comparison(
        "the same over TLS, against a plugin that does nothing (without TLS)",
        ways.TASKS_TLS,
        ways.TASKS_NOTHING,
        slower=2,
    ),
    Comparison("50 hosts, 10 forks, against the ordinary module", ways.HOSTS, ways.HOSTS_ORDINARY, faster=8),
    Comparison(
        "batch of 1,000 new tickets, against bare ``requests`` in 8 threads",
        ways.BATCH_CREATE,
        ways.BARE_CREATE,
        slower=1.5,
    ),
    Comparison(
        "the same again, unchanged, against bare ``requests`` with a look-up for each ticket",
        ways.BATCH_AGAIN,
        ways.BARE_AGAIN,
        slower=2,
    ),
    Comparison(
        "batch of 1,000 new tickets, 16 workers, server 20 ms away, against the loop",
        ways.SLOW_BATCH,
        ways.SLOW_LOOP,
        faster=10,
    ),
    Comparison(
        "a ticket of a batch of 10,000, against one of 1,000", ways.BATCH_OF[10_000], ways.BATCH_CREATE, slower=1.2
    ),
    Comparison(
        "finding a ticket among 10,000 others, against without them", ways.LOOP_CROWDED, ways.LOOP_AGAIN, slower=1.2
    ),
]

MOST_MEMORY = 60.0
"""MiB by which the largest process of a batch of 1,000 tickets may exceed that of a play without tasks."""


def memory(costs: Costs) -> Found:
    """MiB by which it does."""
    return Found.of([cost.peak for cost in costs[ways.BATCH_CREATE]])


def all_ways() -> list[Way]:
    """Every way that is needed, once, those that are compared next to each other."""
    compared = [way for comparison in COMPARISONS for way in (comparison.ours, comparison.other)]
    return list(
        dict.fromkeys([*compared, *ways.BATCH_OF.values(), ways.TASKS_LOGIN, ways.BARE_LISTED, ways.RAW_CREATE])
    )
