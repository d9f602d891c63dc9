"""Four rounds of one task: in check mode, for real, again, and again in check mode."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.simulator import Simulator

from .harness import Ansible, Task

VOLATILE = frozenset({"elapsed", "create_date", "last_op_date", "job_uuid", "createdTime", "id"})
"""Members of results that differ from run to run."""


@dataclass(frozen=True)
class Behaviour:
    """What a task does to a ticket in a certain state, or to whatever results show as ``kind``.

    ``prepare`` brings about the state. ``does`` are the operations or events that are expected, ``leaves`` the status
    afterwards (None: no such ticket), ``fails`` parts of the message of a task that must fail before it writes
    anything. With ``ordinary`` it is run as an ordinary module too, and has to come to the same.
    """

    name: str
    task: Mapping[str, Any]
    prepare: Callable[[Simulator], object] = lambda simulator: None
    who: str = "requester"
    does: Sequence[str] = ()
    leaves: str | None = "Pending"
    fails: Sequence[str] = ()
    warnings: Sequence[str] = ()
    ordinary: bool = False
    kind: str = "ticket"


@dataclass(frozen=True)
class Rounds:
    """The four results."""

    checked: Task
    done: Task
    again: Task
    checked_again: Task

    @property
    def all(self) -> list[Task]:
        return [self.checked, self.done, self.again, self.checked_again]


def steady(value: Any) -> Any:
    """A result without what differs from run to run."""
    if isinstance(value, dict):
        # Each entry of a history has a uuid of its own.
        volatile = VOLATILE | {"uuid"} if "to_status" in value else VOLATILE
        return {key: steady(member) for key, member in value.items() if key not in volatile}
    return [steady(element) for element in value] if isinstance(value, list) else value


def go_round(ansible: Ansible, behaviour: Behaviour, in_process: bool = True) -> Rounds:
    """Run the four rounds and assert what holds for every behaviour."""
    once = {**behaviour.task, "diff": True}
    check = {**once, "check_mode": True}
    run = ansible.play(check, once, once, check, who=behaviour.who, in_process=in_process, warnings=behaviour.warnings)
    rounds = Rounds(*run.tasks)
    if behaviour.fails:
        _assert_refusal(behaviour, rounds)
    else:
        _assert_prediction(behaviour, rounds)
        _assert_rest(behaviour, rounds)
    return rounds


def assert_same_as_module(
    ansible: Ansible, behaviour: Behaviour, rounds: Rounds, shown: Callable[[Any], Any] = steady
) -> None:
    """From the same state, the first two rounds come to the same, by ``shown``, when they are run by ordinary modules."""
    ansible.simulator.reset()
    behaviour.prepare(ansible.simulator)
    once = {**behaviour.task, "diff": True}
    check = {**once, "check_mode": True}
    run = ansible.play(check, once, who=behaviour.who, in_process=False, warnings=behaviour.warnings)
    assert [shown(task.result) for task in run] == [shown(rounds.checked.result), shown(rounds.done.result)]


def calls(task: Task) -> list[str]:
    """The operations or the events of a result."""
    found: list[str] = task["operations"] if "operations" in task.result else task["events"]
    return found


def _assert_refusal(behaviour: Behaviour, rounds: Rounds) -> None:
    for task in rounds.all:
        assert task.failed, task.result
        assert not task.changed
        assert not task.writes
        for words in behaviour.fails:
            assert words in task["msg"]


def _assert_prediction(behaviour: Behaviour, rounds: Rounds) -> None:
    checked, done = rounds.checked, rounds.done
    assert not checked.failed, checked.result
    assert not done.failed, done.result
    assert calls(done) == calls(checked) == list(behaviour.does)
    assert done.changed == checked.changed == bool(behaviour.does)
    assert len(done.writes) == len(behaviour.does)
    assert done["diff"] == checked["diff"]
    assert (done["diff"]["before"] != done["diff"]["after"]) == bool(behaviour.does)
    _assert_foretold(checked[behaviour.kind], done[behaviour.kind])
    for member in ("status_before", "status_after", "awaiting", "execution"):
        assert done.result.get(member) == checked.result.get(member)


def _assert_foretold(predicted: Any, actual: Any) -> None:
    """What check mode says is so, as far as it says anything: what the server adds it leaves out or gives as null."""
    if isinstance(predicted, dict) and isinstance(actual, dict):
        for key, member in predicted.items():
            if member is not None and key not in VOLATILE:
                _assert_foretold(member, actual[key])
    elif isinstance(predicted, list) and isinstance(actual, list):
        assert len(predicted) == len(actual)
        for pair in zip(predicted, actual, strict=True):
            _assert_foretold(*pair)
    else:
        assert predicted == actual


def _assert_rest(behaviour: Behaviour, rounds: Rounds) -> None:
    for task in (rounds.again, rounds.checked_again):
        assert not task.failed, task.result
        assert not task.changed
        assert calls(task) == []
        assert not task.writes
        assert task["diff"]["before"] == task["diff"]["after"]
        assert task[behaviour.kind] == rounds.done[behaviour.kind]
