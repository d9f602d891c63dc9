# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running a plan: each operation once, and the end reached or told of, whatever comes in between."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.module_utils._errors import (
    ApiError,
    ExchangeError,
    InputError,
    LostWrite,
    MalformedAnswer,
    TicketError,
    WaitTimeout,
    ZStackError,
)
from ansible_collections.zstack.tickets.plugins.module_utils._operations.context import Context
from ansible_collections.zstack.tickets.plugins.module_utils._operations.plan import Done, Operation, carry_out
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.doubles import ACCOUNT, FakeClock, stubbed_client

RETRIES = 3


@dataclass(frozen=True)
class Counter:
    """What the plans here are about: a number that grows by one with each operation, up to a goal."""

    value: int

    def to_result(self) -> dict[str, t.Any]:
        return {"value": self.value}

    def __str__(self) -> str:
        return f"a counter at {self.value}"


Event = t.Union[ZStackError, t.Callable[["World"], None], None]
"""What happens to a call: an error before it arrives, or anything."""


@dataclass
class World:
    """A server with one counter, and a task that wants it to stand at C(goal)."""

    goal: int
    events: t.Iterable[Event] = ()
    value: int = 0
    sent: list[tuple[str, str | None]] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    looks: int = 0
    clock: FakeClock = field(default_factory=FakeClock)
    blind: ZStackError | None = None

    def __post_init__(self) -> None:
        self._events = iter(self.events)

    def plan(self, counter: Counter | None) -> list[Operation[Counter]]:
        start = counter.value if counter else 0
        return [self._operation(number) for number in range(start, self.goal)]

    def _operation(self, number: int) -> Operation[Counter]:
        name = f"to {number + 1}"
        return Operation(name, lambda job_uuid: self._send(name, number, job_uuid), Counter(number + 1))

    def _send(self, name: str, number: int, job_uuid: str | None) -> Counter:
        self.sent.append((name, job_uuid))
        event = next(self._events, None)
        if isinstance(event, ZStackError):
            raise event
        if event is not None:
            event(self)
        self.commit(name, number)
        return Counter(self.value)

    def commit(self, name: str, number: int) -> None:
        if self.value != number:
            raise ApiError("refused", {"code": "SYS.1006"})
        self.value += 1
        self.ran.append(name)

    def look(self) -> Counter:
        self.looks += 1
        if self.blind:
            raise self.blind
        return Counter(self.value)

    def carry_out(self, check_mode: bool = False) -> Done[Counter]:
        with pytest.MonkeyPatch.context() as monkeypatch:
            client, _stub = stubbed_client(monkeypatch, {**ACCOUNT, "retries": RETRIES}, lambda call: None, self.clock)
        return carry_out(Context(client, check_mode), self.plan, self.look, Counter(self.value), "counter")

    def failure(self) -> ZStackError:
        with pytest.raises(ZStackError) as caught:
            self.carry_out()
        return caught.value


def lost(job_uuid: str = "j1", retry_after: float | None = None) -> LostWrite:
    return LostWrite("lost", job_uuid, retry_after)


def refused() -> ApiError:
    return ApiError("refused", {"code": "SYS.1006"})


def unknown() -> ExchangeError:
    return ExchangeError("unknown", sent=True)


def by(event: ZStackError, steps: int = 1) -> t.Callable[[World], None]:
    """Somebody, perhaps the call itself, moves the counter, and then the call ends so."""

    def happen(world: World) -> None:
        for _time in range(steps):
            world.commit(f"to {world.value + 1}", world.value)
        raise event

    return happen


def test_operations_are_made_one_after_the_other() -> None:
    world = World(goal=3)
    done = world.carry_out()
    assert done == Done(Counter(3), ["to 1", "to 2", "to 3"])
    assert world.sent == [("to 1", None), ("to 2", None), ("to 3", None)]
    assert world.looks == 0


def test_an_empty_plan_is_nothing_to_do() -> None:
    world = World(goal=2, value=2)
    assert world.carry_out() == Done(Counter(2), [])
    assert world.sent == []


def test_check_mode_tells_and_sends_nothing() -> None:
    world = World(goal=3, value=1)
    assert world.carry_out(check_mode=True) == Done(Counter(3), ["to 2", "to 3"])
    assert World(goal=1, value=1).carry_out(check_mode=True) == Done(Counter(1), [])
    assert (world.sent, world.looks, world.value) == ([], 0, 1)


def test_an_accepted_operation_of_which_nothing_comes() -> None:
    world = World(goal=2)
    nothing = Operation("to 1", lambda job_uuid: Counter(0), Counter(1))
    with pytest.raises(TicketError, match="accepted to 1, but nothing came of it") as caught:
        carry_out(_context(world), lambda counter: [nothing], world.look, Counter(0))
    assert caught.value.extra["operations"] == ["to 1"]
    assert caught.value.extra["changed"] is True


def _context(world: World) -> Context:
    with pytest.MonkeyPatch.context() as monkeypatch:
        client, _stub = stubbed_client(monkeypatch, ACCOUNT, lambda call: None, world.clock)
    return Context(client)


def test_the_same_call_is_told_by_its_step() -> None:
    first = Operation[Counter]("approve", lambda job_uuid: None, None, step="a")
    again = Operation[Counter]("approve", lambda job_uuid: Counter(1), None, step="a")
    other = Operation[Counter]("approve", lambda job_uuid: None, None, step="b")
    assert first.is_same(again)
    assert not first.is_same(other)
    assert not first.is_same(None)


def test_what_an_operation_has_done_is_read_back() -> None:
    world = World(goal=1)
    operation = Operation("to 1", lambda job_uuid: None, Counter(1), read_back=lambda: Counter(1))
    done = carry_out(_context(world), lambda counter: [] if counter == Counter(1) else [operation], world.look, None)
    assert done == Done(Counter(1), ["to 1"])


def test_a_resource_can_be_gone_in_the_end() -> None:
    world = World(goal=1)
    operation = Operation[Counter]("delete", lambda job_uuid: None, None)
    done = carry_out(_context(world), lambda counter: [operation] if counter else [], world.look, Counter(1))
    assert done == Done(None, ["delete"])


# Lost writes
def test_a_lost_write_is_sent_again_under_its_own_job() -> None:
    world = World(goal=2, events=[lost("j1"), None])
    assert world.carry_out() == Done(Counter(2), ["to 1", "to 2"])
    assert world.sent == [("to 1", None), ("to 1", "j1"), ("to 2", None)]
    assert world.looks == 1


def test_a_lost_write_that_is_not_needed_any_more_is_not_sent_again() -> None:
    world = World(goal=2, events=[by(lost("j1")), None])
    done = world.carry_out()
    assert done.resource == Counter(2)
    assert world.sent == [("to 1", None), ("to 2", None)]
    assert world.ran == ["to 1", "to 2"]


def test_a_write_that_is_lost_for_ever() -> None:
    world = World(goal=1, events=[lost(f"j{number}") for number in range(100)])
    error = world.failure()
    assert isinstance(error, LostWrite)
    assert len(world.sent) == RETRIES + 1
    assert len(world.clock.pauses) == RETRIES
    assert error.extra == {"counter": {"value": 0}, "operations": [], "changed": False}


def test_each_operation_has_its_own_tries() -> None:
    world = World(goal=3, events=[lost(), lost(), lost(), None] * 3)
    assert world.carry_out().resource == Counter(3)


def test_a_lost_write_waits_as_long_as_the_server_asks() -> None:
    world = World(goal=1, events=[lost("j1", 9.0)])
    world.carry_out()
    assert world.clock.pauses == [9.0]


# Refusals
def test_a_refusal_of_what_is_as_it_was_is_final() -> None:
    world = World(goal=1, events=[refused()])
    assert isinstance(world.failure(), ApiError)
    assert len(world.sent) == 1


def test_a_refusal_because_somebody_was_faster_is_none() -> None:
    world = World(goal=3, events=[by(refused()), None])
    done = world.carry_out()
    assert done == Done(Counter(3), ["to 2", "to 3"])
    assert world.sent == [("to 1", None), ("to 2", None), ("to 3", None)]


def test_somebody_who_is_always_faster() -> None:
    world = World(goal=100, events=[by(refused())] * 100)
    assert isinstance(world.failure(), ApiError)
    assert len(world.sent) == RETRIES + 1


# Writes of which nothing is known
@pytest.mark.parametrize("error", [unknown, lambda: WaitTimeout("slow"), lambda: MalformedAnswer("odd")])
def test_what_moved_on_was_moved_by_the_call(error: t.Callable[[], ZStackError]) -> None:
    world = World(goal=2, events=[by(error())])
    assert world.carry_out() == Done(Counter(2), ["to 1", "to 2"])
    assert world.ran == ["to 1", "to 2"]


@pytest.mark.parametrize("error", [unknown, lambda: WaitTimeout("slow"), lambda: MalformedAnswer("odd")])
def test_what_did_not_move_is_not_sent_again(error: t.Callable[[], ZStackError]) -> None:
    world = World(goal=2, events=[error()])
    assert world.failure().message == error().message
    assert len(world.sent) == 1
    assert world.looks == 1


def test_what_somebody_else_moved_is_not_counted() -> None:
    world = World(goal=2, events=[by(unknown())])
    plan = world.plan

    def not_ours(counter: Counter | None) -> list[Operation[Counter]]:
        return [Operation(one.name, one.send, one.predicted, was_ours=lambda resource: False) for one in plan(counter)]

    done = carry_out(_context(world), not_ours, world.look, Counter(0))
    assert done == Done(Counter(2), ["to 2"])


@pytest.mark.parametrize("error", [ExchangeError("down", sent=False), InputError("no"), TicketError("no")])
def test_what_was_not_sent_needs_no_look(error: ZStackError) -> None:
    world = World(goal=2, events=[error])
    assert world.failure().message == error.message
    assert (len(world.sent), world.looks) == (1, 0)


@pytest.mark.parametrize("error", [lost, refused, unknown, lambda: WaitTimeout("slow")])
def test_what_cannot_be_looked_at_fails_by_what_came_first(error: t.Callable[[], ZStackError]) -> None:
    world = World(goal=1, events=[error()], blind=ExchangeError("down", sent=False))
    assert world.failure().message == error().message


def test_what_may_not_be_looked_at_any_more_says_so() -> None:
    world = World(goal=1, events=[unknown()], blind=TicketError("two of them"))
    assert world.failure().message == "two of them"


# What a failure tells
def test_a_failure_tells_what_was_done_and_what_is_left() -> None:
    world = World(goal=4, events=[None, None, refused()])
    error = world.failure()
    assert error.message == (
        "refused Done before that: to 1, to 2. Now: a counter at 2. Run the task again to finish (to 3, to 4)."
    )
    assert error.extra == {"counter": {"value": 2}, "operations": ["to 1", "to 2"], "changed": True}
    assert error.result()["changed"] is True


def test_a_failure_keeps_what_it_knows_better() -> None:
    better = TicketError("no", operations=["all"], counter=None)
    error = World(goal=1, events=[better]).failure()
    assert error.extra == {"counter": None, "operations": ["all"], "changed": False}


def test_a_plan_that_cannot_be_made() -> None:
    world = World(goal=1)

    def plan(counter: Counter | None) -> list[Operation[Counter]]:
        raise InputError("no plan")

    with pytest.raises(InputError, match="no plan") as caught:
        carry_out(_context(world), plan, world.look, None)
    assert caught.value.extra == {"ticket": None, "operations": [], "changed": False}


events = st.sampled_from(
    [
        *[lambda: None] * 4,
        lambda: lost("j"),
        refused,
        unknown,
        lambda: WaitTimeout("slow"),
        lambda: ExchangeError("down", sent=False),
        lambda: by(lost("j")),
        lambda: by(refused()),
        lambda: by(refused(), 2),
        lambda: by(unknown()),
        lambda: by(WaitTimeout("slow")),
        lambda: by(unknown(), 2),
    ]
)


@given(goal=st.integers(0, 6), value=st.integers(0, 3), drawn=st.lists(events, max_size=12))
def test_whatever_happens_nothing_is_done_twice_or_too_much(
    goal: int, value: int, drawn: list[t.Callable[[], Event]]
) -> None:
    world = World(goal=goal, events=[make() for make in drawn], value=value)
    failure, made = None, []
    try:
        done = world.carry_out()
    except ZStackError as error:
        failure, made = error.result(), error.extra["operations"]
    else:
        made = done.operations
        assert done.resource is not None
        assert done.resource.value == world.value >= goal
    assert len(set(world.ran)) == len(world.ran)
    assert len(set(made)) == len(made)
    assert set(made) <= set(world.ran)
    # Others may go further than the task wants; the task itself does not.
    assert world.value <= max(goal, value) + 1
    if failure is not None:
        assert failure["changed"] is bool(made)
        assert failure["counter"]["value"] <= world.value
