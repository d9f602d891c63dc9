"""Draw the life of a ticket from the table of moves, ``docs/docsite/rst/life.svg``.

    python -m tests.support.picture

What an arrow says and who may take it comes from the table, only where it runs stands here. A ticket awaits an approver
in two statuses, from which the same events lead to the same ends: those arrows leave the frame around both.
"""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from ansible_collections.zstack.tickets.plugins.module_utils._tickets.model import (
    CANCELLED,
    FINAL_APPROVED,
    INTERMEDIATE_APPROVED,
    PENDING,
    REJECTED,
)
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.moves import APPROVER, OWNER, as_rows
from tests.support.environments import ROOT

PICTURE = ROOT / "docs" / "docsite" / "rst" / "life.svg"

FRAME = "frame"
FRAMED = {PENDING, INTERMEDIATE_APPROVED}


class Tone(NamedTuple):
    """How the arrows of one who acts are named and coloured."""

    name: str
    colour: str


TONES = {APPROVER: Tone("approver", "#2563b0"), OWNER: Tone("owner", "#8e2f7a")}


class Box(NamedTuple):
    """Where a status stands, and its colour."""

    x: int
    y: int
    width: int
    colour: str


class Route(NamedTuple):
    """Where an arrow runs, as an SVG path, and where its words stand: a point, and which end of them is there."""

    path: str
    x: int
    y: int
    anchor: str = "middle"


class Arrow(NamedTuple):
    """What leads from a status, or from the frame, to a status."""

    start: str
    event: str
    when: str
    to: str


HEIGHT = 56
BOXES = {
    PENDING: Box(60, 120, 160, "#b26a00"),
    INTERMEDIATE_APPROVED: Box(352, 120, 212, "#b26a00"),
    FINAL_APPROVED: Box(712, 120, 160, "#1d7a46"),
    CANCELLED: Box(60, 340, 120, "#5c6775"),
    REJECTED: Box(388, 340, 140, "#b3261e"),
}
ROUTES = {
    Arrow(PENDING, "approve", "steps remain", INTERMEDIATE_APPROVED): Route("M220,148 H344", 282, 138),
    Arrow(INTERMEDIATE_APPROVED, "approve", "steps remain", INTERMEDIATE_APPROVED): Route(
        "M428,176 C428,222 488,222 488,184", 420, 212, "end"
    ),
    Arrow(FRAME, "approve", "last step", FINAL_APPROVED): Route("M588,148 H704", 646, 138),
    Arrow(FRAME, "cancel", "", CANCELLED): Route("M84,240 V332", 74, 292, "end"),
    Arrow(FRAME, "reject", "", REJECTED): Route("M458,240 V332", 468, 292, "start"),
    Arrow(CANCELLED, "reopen", "", PENDING): Route("M156,340 V184", 148, 292, "end"),
    Arrow(REJECTED, "reopen", "", PENDING): Route("M388,368 H216 Q204,368 204,356 V184", 300, 358),
}

STYLE = """
  text { font: 14px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; fill: #1c2430 }
  .status { font-size: 15px; font-weight: 600; text-anchor: middle }
  .event { font-weight: 600 }
  .soft { fill: #5c6775; font-size: 13px; font-weight: 400 }
"""


def arrows() -> dict[Arrow, str]:
    """Every move that the table knows, with who takes it. Those of both framed statuses are one."""
    moves = {}
    for row in as_rows():
        if row["to"] is not None and row["actor"] is not None:
            moves[Arrow(str(row["status"]), str(row["event"]), str(row["when"]), row["to"])] = row["actor"]
    drawn = {}
    for arrow, actor in moves.items():
        leaves_frame = arrow.start in FRAMED and arrow.to not in FRAMED
        if leaves_frame and any(moves.get(arrow._replace(start=status)) != actor for status in FRAMED):
            raise ValueError(f"{arrow} is not a move from each status of the frame: draw it by itself")
        drawn[arrow._replace(start=FRAME) if leaves_frame else arrow] = actor
    return drawn


def draw_status(name: str, box: Box) -> str:
    shape = f'x="{box.x}" y="{box.y}" width="{box.width}" height="{HEIGHT}" rx="10"'
    return (
        f'<rect {shape} fill="#ffffff"/>'
        f'<rect {shape} fill="{box.colour}" fill-opacity="0.08" stroke="{box.colour}" stroke-width="2"/>'
        f'<text class="status" x="{box.x + box.width / 2:g}" y="{box.y + HEIGHT / 2 + 5:g}">{escape(name)}</text>'
    )


def draw_line(path: str, tone: Tone) -> str:
    return f'<path d="{path}" fill="none" stroke="{tone.colour}" stroke-width="2" marker-end="url(#to-{tone.name})"/>'


def draw_arrow(arrow: Arrow, actor: str) -> str:
    route, tone = ROUTES[arrow], TONES[actor]
    when = f'<tspan class="soft" x="{route.x}" dy="27">{escape(arrow.when)}</tspan>' if arrow.when else ""
    if arrow.start == arrow.to:  # A loop has its words on one side, not above and below it.
        when = f'<tspan class="soft">, {escape(arrow.when)}</tspan>'
    place = f'x="{route.x}" y="{route.y}" text-anchor="{route.anchor}"'
    return (
        draw_line(route.path, tone)
        + f'<text class="event" {place} style="fill: {tone.colour}">{escape(arrow.event)}{when}</text>'
    )


def draw_head(tone: Tone) -> str:
    shape = 'viewBox="0 0 10 10" refX="2" refY="5" markerWidth="5" markerHeight="5" orient="auto"'
    return f'<marker id="to-{tone.name}" {shape}><path d="M0,0 L10,5 L0,10 z" fill="{tone.colour}"/></marker>'


def draw_legend() -> list[str]:
    lines = []
    for number, (actor, tone) in enumerate(TONES.items()):
        y = 322 + 28 * number
        lines.append(draw_line(f"M596,{y} H628", tone))
        lines.append(f'<text x="646" y="{y + 5}">by {escape(actor)}</text>')
    lines.append('<text class="soft" x="596" y="394">Any other move is refused.</text>')
    return lines


def draw() -> str:
    """The picture as SVG. Raises KeyError for a move without a route, and for a route without a move."""
    moves, owner = arrows(), TONES[OWNER]
    if unused := ROUTES.keys() - moves.keys():
        raise KeyError(f"not moves: {unused}")
    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 430" role="img" aria-labelledby="title">',
        '<title id="title">The statuses of a ticket, and who moves it from one to another</title>',
        f"<style>{STYLE}</style>",
        f"<defs>{''.join(map(draw_head, TONES.values()))}</defs>",
        '<rect x="0.5" y="0.5" width="899" height="429" rx="12" fill="#ffffff" stroke="#dfe3e8"/>',
        '<rect x="36" y="72" width="552" height="168" rx="14" fill="#f5f6f8" stroke="#aab3bf" stroke-dasharray="6 5"/>',
        '<text class="soft" x="564" y="98" text-anchor="end">awaits an approver</text>',
        f'<circle cx="140" cy="28" r="7" fill="{owner.colour}"/>',
        draw_line("M140,28 V112", owner),
        f'<text class="event" x="154" y="56" style="fill: {owner.colour}">create</text>',
        *(draw_status(name, box) for name, box in BOXES.items()),
        *(draw_arrow(arrow, actor) for arrow, actor in moves.items()),
        '<text class="soft" x="792" y="200" text-anchor="middle">ZStack runs the requests</text>',
        *draw_legend(),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
