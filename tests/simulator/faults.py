"""Faults on demand: rules that pick exchanges, and what then goes wrong.

A rule is a JSON object: ``fault`` names what happens, ``method``, ``path`` (a shell pattern over the decoded path from
``/v1`` on), ``action``, ``kind`` and ``identity`` pick exchanges, ``nth``, ``every``, ``probability`` (with ``seed``)
and ``times`` pick among those. With equal seeds the same exchanges are picked in every run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import Enum
from fnmatch import fnmatchcase
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .log import Exchange

FAULTS = {
    "latency": "the answer comes `seconds` late; with `commit` the waiting is after the handling",
    "reset_before": "the request is read, nothing is done, the connection is reset",
    "reset_after": "the request is handled, the connection is reset without an answer",
    "truncate": "the answer breaks off after `bytes` bytes of its body (default: half of it)",
    "garbage": "`bytes` random bytes (default 256) instead of an answer; with `commit` after the handling",
    "status": "another answer: `status`, `headers`, `body`; with `commit` after the handling, else nothing is done",
    "foreign_json": "200 with JSON of another shape (`body`); with `commit` after the handling",
    "redirect": "307 to `location`",
    "huge": "an answer of `bytes` bytes, streamed; without `bytes` an endless one",
    "session_expired": "the caller's session expires before the request is handled",
    "session_lost": "the session is gone when the call is run: 202 first, then ID.1001 in the job",
    "job_expired": "the job is done, and its result cannot be found: 404",
    "job_stuck": "the job is done, and polls say 202 for ever; with `commit` false it is not even run",
    "job_lost": "202, but the job is neither stored nor run: 404",
    "duplicate": "the request is delivered twice; the answer is the second's",
    "restart": "the node restarts: connections reset, nothing listens for `seconds`, cached results are lost, with "
    "`lose_sessions` the sessions too; with `commit` after the handling",
}


class JobFate(Enum):
    """What becomes of an accepted job."""

    NORMAL = "normal"
    STUCK = "stuck"
    HANGING = "hanging"
    EXPIRED = "expired"
    LOST = "lost"


@dataclass
class Plan:
    """Faults that are not about the connection but about the call itself."""

    lose_session: bool = False
    job: JobFate = JobFate.NORMAL


@dataclass
class Rule:
    """One rule; ``matched`` and ``applied`` count what it has seen and done."""

    fault: str
    method: str | None = None
    path: str | None = None
    action: str | None = None
    kind: str | None = None
    identity: str | None = None
    nth: int | None = None
    every: int | None = None
    probability: float | None = None
    seed: int = 0
    times: int | None = None
    seconds: float = 0.0
    status: int = 503
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    bytes: int | None = None
    location: str = ""
    commit: bool | None = None
    lose_sessions: bool = False
    matched: int = 0
    applied: int = 0

    def __post_init__(self) -> None:
        if self.fault not in FAULTS:
            raise ValueError(f"no fault named {self.fault}; known are {', '.join(FAULTS)}")
        self.random = Random(self.seed)

    def picks(self, exchange: Exchange) -> bool:
        """Whether the fault befalls this exchange; counts it."""
        if not self._matches(exchange):
            return False
        self.matched += 1
        if self.times is not None and self.applied >= self.times:
            return False
        if self.nth is not None and self.matched != self.nth:
            return False
        if self.every is not None and self.matched % self.every:
            return False
        if self.probability is not None and self.random.random() >= self.probability:
            return False
        self.applied += 1
        return True

    def _matches(self, exchange: Exchange) -> bool:
        return (
            (self.method is None or self.method == exchange.method)
            and (self.path is None or fnmatchcase(exchange.path, self.path))
            and (self.action is None or self.action == exchange.action)
            and (self.kind is None or self.kind == exchange.kind)
            and (self.identity is None or self.identity == exchange.identity)
        )


class Faults:
    """The rules in force; each exchange may suffer several."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def add(self, fault: str, **options: Any) -> Rule:
        """Add a rule. Raises ``ValueError`` for an unknown fault or option."""
        known = {item.name for item in fields(Rule)} - {"matched", "applied"}
        unknown = set(options) - known
        if unknown:
            raise ValueError(f"no option named {', '.join(sorted(unknown))}")
        rule = Rule(fault, **options)
        self.rules.append(rule)
        return rule

    def load(self, rules: Iterable[Mapping[str, Any]]) -> None:
        for rule in rules:
            self.add(**rule)

    def clear(self) -> None:
        self.rules.clear()

    def pick(self, exchange: Exchange) -> list[Rule]:
        picked = [rule for rule in self.rules if rule.picks(exchange)]
        exchange.faults.extend(rule.fault for rule in picked)
        return picked

    def as_list(self) -> list[dict[str, Any]]:
        return [asdict(rule) for rule in self.rules]
