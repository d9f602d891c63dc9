# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of steps, carried out on a model of the server: looked at after each call, as the operations do."""

from __future__ import annotations

import typing as t
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.module_utils._tickets.flow import Step, chain
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.step_changes import (
    AddStep,
    Change,
    DeleteStep,
    ReplaceSteps,
    UpdateStep,
    applied,
    changes,
    next_change,
)
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.wanted_steps import WantedStep


def wanted(text: str) -> tuple[WantedStep, ...]:
    """Steps written as name and approver: C("aX bY")."""
    return tuple(WantedStep(step[0], step[1], None, None) for step in text.split())


class Server:
    """A process as the server keeps it. C(relinks) is whether it keeps the chain together when steps come and go."""

    def __init__(self, steps: t.Iterable[WantedStep], relinks: bool = True) -> None:
        self.numbers = count(1)
        self.relinks = relinks
        self.replace(steps)

    def replace(self, steps: t.Iterable[WantedStep]) -> None:
        self.steps: list[Step] = []
        for step in steps:
            self.add(self.steps[-1].uuid if self.steps else None, step)

    def add(self, parent: str | None, step: WantedStep) -> None:
        uuid = f"u{next(self.numbers)}"
        if self.relinks:
            self.relink(parent, uuid)
        self.steps.append(Step(uuid, step.name, parent, step.approver, "c", step.description, True))

    def relink(self, parent: str | None, to: str | None) -> None:
        self.steps = [
            replace(step, parent_flow_uuid=to) if step.parent_flow_uuid == parent else step for step in self.steps
        ]

    def look(self) -> tuple[Step, ...]:
        return chain(self.steps)

    def do(self, change: Change) -> None:
        now = self.look()
        if isinstance(change, ReplaceSteps):
            self.replace(change.steps)
        elif isinstance(change, AddStep):
            self.add(now[change.behind].uuid, change.step)
        elif isinstance(change, UpdateStep):
            old, new = now[change.at], change.step
            description = old.description if new.description is None else new.description
            updated = replace(old, name=new.name, approver_uuid=new.approver, description=description, valid=True)
            self.steps = [updated if step.uuid == old.uuid else step for step in self.steps]
        else:
            gone = now[change.at]
            self.steps.remove(gone)
            if self.relinks:
                self.relink(gone.uuid, gone.parent_flow_uuid)


def carry_out(
    server: Server, goal: t.Sequence[WantedStep], passed: t.AbstractSet[str | None], updated: bool = False
) -> t.Iterator[Change]:
    """Do what is to be done, looking again after each call."""
    change = next_change(server.look(), goal, passed, updated)
    while change is not None:
        server.do(change)
        yield change
        change = next_change(server.look(), goal, passed, False)


def shown(steps: t.Iterable[Step]) -> list[tuple[str | None, str | None]]:
    return [(step.name, step.approver_uuid) for step in steps]


# Few names and approvers, so that steps often have something in common.
wanted_steps = st.builds(
    WantedStep, st.sampled_from("abcd"), st.sampled_from("VWXY"), st.none(), st.none() | st.sampled_from(["", "why"])
)
processes = st.lists(wanted_steps, min_size=1, max_size=5)
positions = st.sets(st.integers(0, 4), max_size=3)


def passed_at(server: Server, places: t.Iterable[int]) -> frozenset[str | None]:
    steps = server.look()
    return frozenset([steps[place].uuid for place in places if place < len(steps)] + [None])


@given(processes, processes, positions, st.booleans())
def test_it_ends_as_wanted_and_is_a_process_all_the_while(
    before: list[WantedStep], goal: list[WantedStep], places: set[int], updated: bool
) -> None:
    server = Server(before)
    may_be_last = {before[-1].approver, goal[-1].approver}
    for number, change in enumerate(carry_out(server, goal, passed_at(server, places), updated)):
        steps = server.look()
        assert [step.parent_flow_uuid for step in steps] == [None, *(step.uuid for step in steps[:-1])]
        assert steps[-1].approver_uuid in may_be_last, change
        assert number < 10
    assert shown(server.look()) == [(step.name, step.approver) for step in goal]
    assert all(step.is_met_by(actual) for step, actual in zip(goal, server.look()))


@given(processes, processes, positions)
def test_it_takes_few_calls(before: list[WantedStep], goal: list[WantedStep], places: set[int]) -> None:
    """One where no ticket gains by more, and never more than to cut off what differs and add it anew."""
    server = Server(before)
    same = 0
    for step, old in zip(goal, server.look()):
        if not step.is_met_by(old):
            break
        same += 1
    calls = len(list(carry_out(server, goal, passed_at(server, places))))
    naive = len(before) - same + len(goal) - same
    assert calls <= (max(naive, 1) if places else 1)
    assert (calls == 0) == (naive == 0)


@given(processes, processes, positions, st.booleans())
def test_what_happens_is_what_was_foretold(
    before: list[WantedStep], goal: list[WantedStep], places: set[int], updated: bool
) -> None:
    server = Server(before)
    passed = passed_at(server, places)
    foretold = changes(server.look(), goal, passed, updated)
    predicted = server.look()
    for change in foretold:
        predicted = applied(predicted, change)
    assert list(carry_out(server, goal, passed, updated)) == foretold
    assert shown(predicted) == shown(server.look())
    assert [step.description for step in predicted] == [step.description for step in server.look()]


@given(processes, processes, positions)
def test_an_approval_never_counts_for_an_unrelated_step(
    before: list[WantedStep], goal: list[WantedStep], places: set[int]
) -> None:
    server = Server(before)
    passed, steps = passed_at(server, places), {step.uuid: step for step in server.look()}
    list(carry_out(server, goal, passed))
    for step in server.look():
        if step.uuid in steps:
            old = steps[step.uuid]
            assert step.name == old.name or step.approver_uuid == old.approver_uuid


@given(processes, processes, positions)
def test_a_server_that_does_not_keep_the_chain_together_is_mended(
    before: list[WantedStep], goal: list[WantedStep], places: set[int]
) -> None:
    server = Server(before, relinks=False)
    made = list(carry_out(server, goal, passed_at(server, places)))
    assert len(made) <= len(before) + len(goal) + 1
    assert shown(server.look()) == [(step.name, step.approver) for step in goal]
    assert len(server.steps) == len(goal)


EXAMPLES = {
    "nothing": ("aX bY", "aX bY", [], []),
    "another approver": ("aX bY", "aW bY", [], [UpdateStep(0, *wanted("aW"))]),
    "another name": ("aX bY", "cX bY", [], [UpdateStep(0, *wanted("cX"))]),
    "one more at the end": ("aX bY", "aX bY cY", [], [AddStep(1, *wanted("cY"))]),
    "one less at the end": ("aX bY cY", "aX bY", [], [DeleteStep(2)]),
    "one more in between": ("aX bY", "aX cW bY", [], [ReplaceSteps(wanted("aX cW bY"))]),
    "one less in between": ("aX cW bY", "aX bY", [], [ReplaceSteps(wanted("aX bY"))]),
    "several": ("aX bY", "aW bV", [], [ReplaceSteps(wanted("aW bV"))]),
    "another order": ("aX bW cY", "bW aX cY", [], [ReplaceSteps(wanted("bW aX cY"))]),
    "one more in between, a ticket before it": ("aX bY", "aX cW bY", [0], [AddStep(0, *wanted("cW"))]),
    "one less in between, a ticket before it": ("aX cW bY", "aX bY", [0], [DeleteStep(1)]),
    "one less in between, a ticket there": ("aX cW bY", "aX bY", [1], [ReplaceSteps(wanted("aX bY"))]),
    "several, a ticket at what will be the last": ("aX bY cW", "dX bY", [1], [ReplaceSteps(wanted("dX bY"))]),
    "several, a ticket before one of them": (
        "aX bW cY",
        "aV bV cY",
        [0],
        [UpdateStep(0, *wanted("aV")), UpdateStep(1, *wanted("bV"))],
    ),
    "another last step, a ticket before it": (
        "aX bY",
        "aX cW",
        [0],
        [AddStep(1, *wanted("cW")), DeleteStep(1)],
    ),
    "the last step goes forward, a ticket before it": (
        "aX bW cZ dV",
        "aX bY",
        [0],
        [UpdateStep(1, *wanted("bY")), DeleteStep(2), DeleteStep(2)],
    ),
    "one more at the beginning, a ticket behind it": ("aX bY", "cW aX bY", [0], [ReplaceSteps(wanted("cW aX bY"))]),
    "all anew, a ticket on its way": ("aX bY", "cW dV", [0], [ReplaceSteps(wanted("cW dV"))]),
    "a ticket that has not passed any": ("aX bY", "aX cW bY", [], [ReplaceSteps(wanted("aX cW bY"))]),
}


@pytest.mark.parametrize(("before", "goal", "places", "made"), EXAMPLES.values(), ids=EXAMPLES)
def test_example(before: str, goal: str, places: list[int], made: list[Change]) -> None:
    server = Server(wanted(before))
    assert changes(server.look(), wanted(goal), passed_at(server, places), False) == made


def test_an_update_of_the_process_takes_the_steps_along() -> None:
    server = Server(wanted("aX bY"))
    assert changes(server.look(), wanted("aW bY"), frozenset(), True) == [ReplaceSteps(wanted("aW bY"))]
    passed = passed_at(server, [0])
    assert changes(server.look(), wanted("aW bY"), passed, True) == [UpdateStep(0, *wanted("aW"))]
    assert changes(server.look(), wanted("aX bY"), frozenset(), True) == []


def test_a_lost_approver_is_named_anew() -> None:
    server = Server(wanted("aX bY"))
    server.steps[0] = replace(server.steps[0], valid=False)
    assert changes(server.look(), wanted("aX bY"), frozenset(), False) == [UpdateStep(0, *wanted("aX"))]


def test_descriptions_that_are_not_given_are_kept() -> None:
    a, b = wanted("aX bY")
    server = Server([replace(a, description="team"), replace(b, description="boss")])
    assert changes(server.look(), [a, b], frozenset(), False) == []
    c = replace(b, description="new")
    assert changes(server.look(), [a, c], frozenset(), False) == [UpdateStep(1, c)]
    [replacement] = changes(server.look(), [b, a], frozenset(), False)
    assert isinstance(replacement, ReplaceSteps)
    assert [step.description for step in replacement.steps] == ["boss", "team"]


@pytest.mark.parametrize("steps", [(), (("1", "lost"),), (("1", None), ("2", "1"), ("3", "1"))])
def test_what_is_no_chain_is_replaced(steps: tuple[tuple[str, str | None], ...]) -> None:
    found = chain([Step(uuid, "a", parent, "X", "c", None, True) for uuid, parent in steps])
    goal = wanted(" ".join(["aX"] * max(len(steps), 1)))
    assert changes(found, goal, frozenset("123"), False) == [ReplaceSteps(goal)]
