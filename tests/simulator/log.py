"""The log of exchanges and the counters made from it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .faults import Plan
from .switches import Switches

READ, WRITE, LOGIN, LOGOUT, POLL = "read", "write", "login", "logout", "poll"


@dataclass(slots=True)
class Exchange:
    """One HTTP exchange, filled in as it goes on."""

    number: int
    time: float
    connection: int
    method: str
    path: str  # decoded, without the context path
    query: str
    headers: Mapping[str, str]
    body: bytes
    kind: str = READ
    action: str | None = None
    job_uuid: str | None = None
    identity: str | None = None
    status: int | None = None
    faults: list[str] = field(default_factory=list)
    answer: bytes | None = None
    plan: Plan = field(default_factory=Plan)

    def as_dict(self, headers: bool = False, body: bool = False) -> dict[str, Any]:
        shown: dict[str, Any] = {
            name: getattr(self, name)
            for name in (
                "number",
                "time",
                "connection",
                "method",
                "path",
                "query",
                "kind",
                "action",
                "job_uuid",
                "identity",
                "status",
                "faults",
            )
        }
        if headers:
            shown["headers"] = dict(self.headers)
        if body:
            shown["body"] = self.body.decode("utf-8", "replace")
            shown["answer"] = None if self.answer is None else self.answer.decode("utf-8", "replace")
        return shown


class Log:
    """Exchanges in order, and totals that survive the log's limit."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self.entries: deque[Exchange] = deque(maxlen=switches.log_limit)
        self.total = 0
        self.connections: set[int] = set()
        self.by_kind: Counter[str] = Counter()
        self.writes: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self.entries)

    def start(self, exchange: Exchange) -> None:
        self.total += 1
        exchange.number = self.total
        self.connections.add(exchange.connection)
        self.entries.append(exchange)

    def finish(self, exchange: Exchange) -> None:
        self.by_kind[exchange.kind] += 1
        if exchange.kind == WRITE and exchange.action is not None:
            self.writes[exchange.action] += 1

    def select(self, **wanted: Any) -> list[Exchange]:
        """Exchanges whose members equal what is given: ``select(kind="write", status=202)``."""
        return [
            entry
            for entry in list(self.entries)
            if all(getattr(entry, name) == value for name, value in wanted.items())
        ]

    def clear(self) -> None:
        self.entries = deque(maxlen=self._switches.log_limit)
        self.total = 0
        self.connections.clear()
        self.by_kind.clear()
        self.writes.clear()

    def counters(self) -> dict[str, Any]:
        return {
            "requests": self.total,
            "connections": len(self.connections),
            "logins": self.by_kind[LOGIN],
            "by_kind": dict(self.by_kind),
            "writes": dict(self.writes),
        }
