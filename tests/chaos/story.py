"""A world as a story: what was drawn, every exchange, what it changed, and what runs said."""

from __future__ import annotations

from tests.playbooks.harness import ASIDE
from tests.simulator.log import POLL, Exchange

from .runs import Run
from .world import World


def tell(world: World) -> str:
    """The story, line by line. Repeated looks at a job are told once."""
    lines: list[str] = []
    notes = list(world.notes)
    changes = {effect.job: effect for effect in world.effects}
    polls: dict[str | None, int] = {}
    for exchange in world.simulator.log.select():
        while notes and notes[0][0] < exchange.number:
            lines.append(f"# {notes.pop(0)[1]}")
        if ASIDE in exchange.headers:
            continue
        if exchange.kind == POLL:
            polls[exchange.job_uuid] = polls.get(exchange.job_uuid, 0) + 1
            if exchange.status == 202 and polls[exchange.job_uuid] > 2 and not exchange.faults:
                continue
        lines.append(_line(exchange, world.run_of(exchange)))
        effect = changes.get(exchange.job_uuid or "")
        if effect is not None and exchange.kind != POLL:
            lines.append(f"            = {effect}")
    return "\n".join([*lines, *(f"# {text}" for _number, text in notes)])


def _line(exchange: Exchange, run: Run | None) -> str:
    job = f" job {exchange.job_uuid[:6]}" if exchange.job_uuid else ""
    faults = f"  !! {', '.join(exchange.faults)}" if exchange.faults else ""
    what = f"{exchange.action or ''} {exchange.query[:80]}".strip()
    return f"{exchange.number:5} [{run.number if run else '-'}] {exchange.method} {exchange.path} {what}{job} -> {exchange.status}{faults}"
