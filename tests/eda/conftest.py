"""The simulator and the people of the playbook tests, and the event source listening to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.playbooks.conftest import approver, requester, running_simulator, simulator
from tests.playbooks.meanwhile import calls, until
from tests.simulator import Simulator

from .listener import Listener

__all__ = ["approver", "requester", "running_simulator", "simulator"]


@pytest.fixture
def start(simulator: Simulator) -> Iterator[Callable[..., Listener]]:
    """Starts the event source. What still runs when the test ends is stopped, and has to log out."""
    with ExitStack() as stack:

        def start(
            who: str = "approver", room: int | None = None, answers: int | None = None, **arguments: Any
        ) -> Listener:
            environment = simulator.environment(who)
            options = {name.removeprefix("ZSTACK_").lower(): value for name, value in environment.items()}
            listener = Listener({"interval": 0.05, "retries": 0, **options, **arguments}, room, answers)
            return stack.enter_context(listener)

        yield start
    assert not simulator.sessions.open


@pytest.fixture
def listen(start: Callable[..., Listener], simulator: Simulator) -> Callable[..., Listener]:
    """Starts the event source, and waits until it knows what was there before."""

    def listen(who: str = "approver", **arguments: Any) -> Listener:
        before = calls(simulator, "queryTicket")
        listener = start(who, **arguments)
        # One to begin with, and when it looks for the second time, the first has come.
        until(lambda: calls(simulator, "queryTicket") >= before + 2)
        return listener

    return listen
