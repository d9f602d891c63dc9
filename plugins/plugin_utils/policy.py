# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An approver's policy as data: ordered rules, of which the first that matches a ticket decides it.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.zstack.tickets.plugins.module_utils._errors import InputError
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.identity import check_comment
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.values import shown

from .conditions import MISSING
from .matching import FIELDS, Data, TicketMatch, age_of
from .quantities import show_duration

APPROVE, REJECT, LEAVE = "approve", "reject", "leave"
DECISIONS = (APPROVE, REJECT, LEAVE)

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Rule:
    """What becomes of the tickets that match, of all without C(match), and what their history is to say of it."""

    name: str
    match: TicketMatch | None
    decision: str
    comment: str | None

    @classmethod
    def read(cls, wanted: t.Any, number: int) -> Rule:
        """Read one element of C(rules).

        :raises InputError: there is something in it that is not known or cannot be right.
        """
        path = f"rules[{number}]"
        if not isinstance(wanted, t.Mapping):
            raise InputError(f"{path} is {shown(wanted)}: it must be a dictionary.")
        unknown = set(wanted) - {"name", "match", "decision", "comment"}
        if unknown:
            raise InputError(
                f"{path} has {', '.join(sorted(map(str, unknown)))}: known are name, match, decision, comment."
            )
        if wanted.get("decision") not in DECISIONS:
            raise InputError(
                f"{path}.decision is {shown(wanted.get('decision'))}: it must be one of {', '.join(DECISIONS)}."
            )
        comment = wanted.get("comment")
        return cls(
            name=str(wanted.get("name") or f"rule {number + 1}"),
            match=TicketMatch.read(wanted["match"], f"{path}.match") if "match" in wanted else None,
            decision=wanted["decision"],
            comment=None if comment is None else _checked_comment(str(comment), f"{path}.comment"),
        )

    def comment_on(self, ticket: Data, now: datetime | None) -> str | None:
        """The comment with its placeholders filled in."""
        if self.comment is None:
            return None
        return _PLACEHOLDER.sub(lambda found: _fill_in(found[1], self.name, ticket, now), self.comment)


def decide(
    tickets: t.Iterable[Data], rules: t.Sequence[t.Any], limit: int | None = None, now: datetime | None = None
) -> list[dict[str, t.Any]]:
    """What the rules say of each ticket, in the order of the tickets.

    A ticket that no rule matches is left, and so is what would be decided when C(limit) decisions have been made already.
    C(now) is the server's wall clock, which only rules on ages need.

    :raises InputError: a rule cannot be right, or compares ages without C(now).
    """
    read = [Rule.read(rule, number) for number, rule in enumerate(rules)]
    decisions: list[dict[str, t.Any]] = []
    decided = 0
    for ticket in tickets:
        decision = _decide(ticket, read, now)
        if decision["decision"] != LEAVE:
            if limit is not None and decided >= limit:
                why = f"{decision['rule']} would {decision['decision']} it, but {limit} are decided already"
                decision.update(decision=LEAVE, comment=None, why=why)
            else:
                decided += 1
        decisions.append(decision)
    return decisions


def _decide(ticket: Data, rules: t.Sequence[Rule], now: datetime | None) -> dict[str, t.Any]:
    about = {"uuid": ticket.get("uuid"), "name": ticket.get("name"), "ticket": ticket}
    objections = []
    for rule in rules:
        objection = rule.match.objection(ticket, now) if rule.match else None
        if objection is None:
            comment = None if rule.decision == LEAVE else rule.comment_on(ticket, now)
            return dict(about, decision=rule.decision, rule=rule.name, comment=comment, why=f"{rule.name} matches")
        objections.append(f"{rule.name}: {objection}")
    return dict(about, decision=LEAVE, rule=None, comment=None, why="; ".join(objections) or "there are no rules")


def _checked_comment(comment: str, path: str) -> str:
    unknown = [word for word in _PLACEHOLDER.findall(comment) if word not in (*FIELDS, "rule", "age")]
    if unknown:
        known = ", ".join([*FIELDS, "rule", "age"])
        raise InputError(f"{path} has the placeholder {{{unknown[0]}}}: known are {known}.")
    check_comment(comment)
    return comment


def _fill_in(word: str, rule: str, ticket: Data, now: datetime | None) -> str:
    if word == "rule":
        return rule
    if word == "age":
        seconds = age_of(ticket, now)
        return "?" if seconds is MISSING else show_duration(seconds)
    value = FIELDS[word](ticket)
    return "" if value in (MISSING, None) else str(value)
