# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the steps that a process has to those that it shall have: which changes, in which order.

The API offers two ways. One call replaces all steps at once, and a ticket then stands at a step that is gone. Or steps are
updated, added and deleted one by one, and a ticket goes on with what follows the step that it has passed. The second way
is taken where a ticket gains by it, or where it takes one call too. Its order leaves a process that works after each
change: never without a step, and the last approver always that of before or that of after, as not everybody may be the last.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from .flow import Step
from .wanted_steps import WantedStep

Chain = t.Tuple[Step, ...]
"""Steps in the order in which they approve. One that is yet to be made has an empty uuid."""


@dataclass(frozen=True)
class AddStep:
    """Put a step behind the one at the position C(behind). What followed that one follows the new one."""

    behind: int
    step: WantedStep


@dataclass(frozen=True)
class UpdateStep:
    """Change the step at a position. It keeps its uuid."""

    at: int
    step: WantedStep


@dataclass(frozen=True)
class DeleteStep:
    """Take out the step at a position. What followed it follows the one before."""

    at: int


@dataclass(frozen=True)
class ReplaceSteps:
    """Put these steps in the place of all that there are. They get new uuids."""

    steps: tuple[WantedStep, ...]


Change = t.Union[AddStep, UpdateStep, DeleteStep, ReplaceSteps]


def changes(
    chain: Chain, wanted: t.Sequence[WantedStep], passed: t.AbstractSet[str | None], is_updated_anyway: bool
) -> list[Change]:
    """All changes, each to be applied to what the ones before have left. See C(next_change)."""
    found: list[Change] = []
    change = next_change(chain, wanted, passed, is_updated_anyway)
    while change is not None:
        found.append(change)
        chain = applied(chain, change)
        change = next_change(chain, wanted, passed, is_updated_anyway)
    return found


def next_change(
    chain: Chain, wanted: t.Sequence[WantedStep], passed: t.AbstractSet[str | None], is_updated_anyway: bool
) -> Change | None:
    """The next change to make, None when the steps are as wanted.

    :param passed: the uuids of the steps that tickets under way have passed last.
    :param is_updated_anyway: whether the process is updated in any case, so that replacing its steps takes no further call.
    """
    pairs = _pairs(chain, wanted) if _is_proper(chain) else None
    if pairs is None:
        return _replacement(chain, wanted)
    edits = _edits(chain, wanted, pairs)
    if not edits:
        return None
    stay = [at for to, at in pairs.items() if to < len(wanted) - 1]
    if any(chain[at].uuid in passed for at in stay):
        return edits[0]
    if len(edits) == 1 and not is_updated_anyway and _leaves_the_others(edits[0], chain):
        return edits[0]
    return _replacement(chain, wanted)


def applied(chain: Chain, change: Change) -> Chain:
    """The steps after the change, as far as they can be foretold."""
    steps = list(chain)
    if isinstance(change, ReplaceSteps):
        steps = [_new(step) for step in change.steps]
    elif isinstance(change, AddStep):
        steps.insert(change.behind + 1, _new(change.step))
    elif isinstance(change, DeleteStep):
        del steps[change.at]
    else:
        old, new = steps[change.at], change.step
        description = old.description if new.description is None else new.description
        steps[change.at] = replace(old, name=new.name, approver_uuid=new.approver, description=description, valid=True)
    parents = [None, *(step.uuid for step in steps)]
    return tuple(replace(step, parent_flow_uuid=parent) for step, parent in zip(steps, parents))


def _new(step: WantedStep) -> Step:
    return Step(
        uuid="",
        name=step.name,
        parent_flow_uuid=None,
        approver_uuid=step.approver,
        collection_uuid=None,
        description=step.description,
        valid=True,
    )


def _is_proper(chain: Chain) -> bool:
    """Whether each step follows the one before it; a fork or a gap, which nothing here makes, is mended by replacing all."""
    parents = [None, *(step.uuid for step in chain)]
    return all(step.parent_flow_uuid == parent for step, parent in zip(chain, parents))


def _replacement(chain: Chain, wanted: t.Sequence[WantedStep]) -> ReplaceSteps:
    """The wanted steps, with the descriptions that they leave open taken from steps of the same name."""
    old = {step.name: step.description for step in chain}
    return ReplaceSteps(
        tuple(
            step if step.description is not None else replace(step, description=old.get(step.name)) for step in wanted
        )
    )


def _leaves_the_others(edit: Change, chain: Chain) -> bool:
    """Whether the change touches one step only. Else the server has to link others anew, which it is not documented to do."""
    end = len(chain) - 1
    if isinstance(edit, AddStep):
        return edit.behind == end
    return isinstance(edit, UpdateStep) or edit == DeleteStep(end)


def _edits(chain: Chain, wanted: t.Sequence[WantedStep], pairs: t.Mapping[int, int]) -> list[Change]:
    """What turns the chain into the wanted steps one by one; only the first is meant to be applied before looking again."""
    last = len(wanted) - 1
    edits: list[Change] = []
    if last not in pairs:
        edits.append(AddStep(len(chain) - 1, wanted[last]))
    edits += [UpdateStep(at, wanted[to]) for to, at in pairs.items() if not wanted[to].is_met_by(chain[at])]
    edits += [AddStep(pairs.get(to - 1, -1), wanted[to]) for to in range(1, last) if to not in pairs]
    edits += [DeleteStep(at) for at in range(len(chain)) if at not in pairs.values()]
    return edits


def _pairs(chain: Chain, wanted: t.Sequence[WantedStep]) -> dict[int, int] | None:
    """By position, from which step each wanted one is made, so that the fewest edits are needed; the others are added.

    The first has to be made from one that there is, as a step can only be added behind another. None if that cannot be.
    """
    # fewest[to][at]: how many edits make the first `to` wanted steps of the first `at` steps.
    never = float("inf")
    fewest: list[list[float]] = [[float(at) for at in range(len(chain) + 1)]]
    for to, step in enumerate(wanted, 1):
        row = [never]
        for at, old in enumerate(chain, 1):
            added = fewest[to - 1][at] + 1 if to > 1 else never
            row.append(min(fewest[to - 1][at - 1] + _edit_count(old, step), added, row[at - 1] + 1))
        fewest.append(row)
    if fewest[-1][-1] == never:
        return None
    pairs: dict[int, int] = {}
    to, at = len(wanted), len(chain)
    while to:
        if fewest[to][at] == fewest[to - 1][at - 1] + _edit_count(chain[at - 1], wanted[to - 1]):
            to, at = to - 1, at - 1
            pairs[to] = at
        elif fewest[to][at] == fewest[to][at - 1] + 1:
            at -= 1
        else:
            to -= 1
    return dict(sorted(pairs.items()))


def _edit_count(old: Step, step: WantedStep) -> float:
    if step.is_met_by(old):
        return 0
    return 1 if step.can_be(old) else float("inf")
