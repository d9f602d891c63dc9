"""Which faults befall a run: drawn from all that the simulator can do, each a bounded number of times."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from tests.simulator.log import LOGIN, LOGOUT, POLL, READ, WRITE

Rule = dict[str, Any]

ANSWER_LOST = frozenset(
    {"reset_before", "reset_after", "truncate", "garbage", "status", "foreign_json", "redirect", "huge", "restart"}
)
"""Faults after which a client cannot have the API's answer."""

OTHER_HOST = "http://192.0.2.1:8080/zstack/v1/tickets"
PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1><hr>{1}</body></html>"
NOT_OBJECTS = ('["unexpected"]', '"text"', "12", "null", "[" * 5000, "", "{", "NaN")
OBJECTS = ("{}", '{"inventory": 7}', '{"inventories": {}}', '{"inventories": [1]}', '{"error": "none"}')
STATUSES = (429, 502, 503, 504)
STRANGE_STATUSES = (400, 403, 404, 500)


def draw(random: Random, count: int, secrets: Sequence[str], slow: float | None = None) -> list[Rule]:
    """Rules for a world. ``secrets`` may stand in what others answer; ``slow`` is a latency beyond the time-out, if any."""
    return [_rule(random, secrets, slow) for _number in range(count)]


def _rule(random: Random, secrets: Sequence[str], slow: float | None) -> Rule:
    kind = random.choices((WRITE, READ, POLL, LOGIN, LOGOUT), (10, 6, 5, 3, 2))[0]
    makers = [*_ANYWHERE, *(_OF_WRITES if kind == WRITE else ()), *(_OF_CALLS if kind in (WRITE, READ) else ())]
    maker = random.choice(makers)
    rule = {"kind": kind, **maker(random, kind, secrets)}
    if slow is not None and random.random() < 0.4:
        rule = {"kind": kind, "fault": "latency", "seconds": slow, "commit": random.random() < 0.5}
    if random.random() < 0.6:
        # One exchange, not the first each time
        return {**rule, "nth": random.choice((1, 1, 1, 2, 2, 3, 4, 6))}
    return {**rule, "times": random.choice((1, 1, 2, 3, 5))}


Maker = Callable[[Random, str, Sequence[str]], Rule]


def _plain(fault: str) -> Maker:
    return lambda random, kind, secrets: {"fault": fault}


def _latency(random: Random, kind: str, secrets: Sequence[str]) -> Rule:
    return {"fault": "latency", "seconds": 0.002, "commit": random.random() < 0.5}


def _truncate(random: Random, kind: str, secrets: Sequence[str]) -> Rule:
    return {"fault": "truncate", "bytes": random.choice((None, 0, 1, 10))}


def _garbage(random: Random, kind: str, secrets: Sequence[str]) -> Rule:
    return {
        "fault": "garbage",
        "commit": random.random() < 0.5,
        "bytes": random.choice((1, 256)),
        "seed": random.random(),
    }


def _status(random: Random, kind: str, secrets: Sequence[str]) -> Rule:
    status = random.choice(STATUSES * 3 + STRANGE_STATUSES)
    body = PAGE.format(status, random.choice(("nginx", *secrets)))
    if random.random() < 0.2:
        body = json.dumps({"message": random.choice(("bad gateway", *secrets))})
    headers = {"Retry-After": random.choice(("0", "1", "40", "soon"))} if status in (429, 503) else {}
    return {"fault": "status", "status": status, "body": body, "headers": headers, "commit": random.random() < 0.5}


def _foreign(random: Random, kind: str, secrets: Sequence[str]) -> Rule:
    # Any object may be the right answer to a call that returns nothing, such as DeleteTicket.
    bodies = NOT_OBJECTS + (OBJECTS if kind in (READ, LOGIN) else ())
    return {"fault": "foreign_json", "body": random.choice(bodies) or " ", "commit": random.random() < 0.5}


def _redirect(random: Random, kind: str, secrets: Sequence[str]) -> Rule:
    return {"fault": "redirect", "location": OTHER_HOST, "commit": random.random() < 0.5}


def _huge(random: Random, kind: str, secrets: Sequence[str]) -> Rule:
    return {"fault": "huge", "bytes": 65 << 20 if random.random() < 0.02 else 200_000, "commit": random.random() < 0.5}


def _restart(random: Random, kind: str, secrets: Sequence[str]) -> Rule:
    chances = {name: random.random() < 0.5 for name in ("commit", "lose_sessions")}
    return {"fault": "restart", "seconds": random.choice((0.0, 0.003, 0.03)), **chances}


def _stuck(random: Random, kind: str, secrets: Sequence[str]) -> Rule:
    return {"fault": "job_stuck", "commit": random.choice((None, False))}


_ANYWHERE: tuple[Maker, ...] = (
    _latency, _plain("reset_before"), _plain("reset_after"), _plain("reset_after"), _truncate, _garbage,
    _status, _status, _foreign, _redirect, _huge, _restart,
)  # fmt: skip
_OF_CALLS: tuple[Maker, ...] = (_plain("session_expired"), _plain("session_lost"), _plain("duplicate"))
_OF_WRITES: tuple[Maker, ...] = (_plain("job_expired"), _plain("job_expired"), _stuck, _stuck, _plain("job_lost"))
