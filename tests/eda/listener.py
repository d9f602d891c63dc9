"""The event source as ansible-rulebook runs it, in a thread with an event loop of its own."""

from __future__ import annotations

import asyncio
import runpy
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from ansible_collections.zstack import tickets

Event = dict[str, Any]

SOURCE = Path(next(iter(tickets.__path__))) / "extensions/eda/plugins/event_source/ticket_events.py"
"""The path by which ansible-rulebook finds it: that of the installed collection, not of the checkout."""

PATIENCE = 20.0


class Queue:
    """What the source puts events into. Like the queue of a busy rulebook, it may be full."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.room = 1_000_000
        self.waits = False
        self.changed = threading.Condition()

    async def put(self, event: Event) -> None:
        while self.room == 0:
            self.waits = True
            await asyncio.sleep(0.01)
        self.room -= 1
        with self.changed:
            self.events.append(event["ticket_event"])
            self.changed.notify_all()


class Listener:
    """The source with these arguments, from entering to leaving.

    ``room`` is how many events the queue has room for, ``answers`` how many the rules say to have taken, if they say so at all.
    """

    def __init__(self, arguments: Mapping[str, Any], room: int | None = None, answers: int | None = None) -> None:
        self._arguments = dict(arguments)
        self._source = runpy.run_path(str(SOURCE))
        self._queue = Queue()
        if room is not None:
            self._queue.room = room
        self._answers = answers
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="listener")
        self._started = threading.Event()
        self._error: BaseException | None = None

    def __enter__(self) -> Listener:
        self._thread.start()
        self._started.wait(PATIENCE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def events(self) -> list[Event]:
        """The events so far."""
        return self._queue.events

    @property
    def told(self) -> list[tuple[str, str | None]]:
        """Type and ticket's name of each event so far."""
        return [(event["type"], event["ticket"]["name"]) for event in self.events]

    @property
    def waits(self) -> bool:
        """Whether the source has found the queue full."""
        return self._queue.waits

    def turns(self, count: int) -> int:
        """Have the event loop take so many turns, and return how many it took."""

        async def turn() -> int:
            for _time in range(count):
                await asyncio.sleep(0)
            return count

        return asyncio.run_coroutine_threadsafe(turn(), self._loop).result(PATIENCE)

    def wait(self, *expected: tuple[str, str | None]) -> list[Event]:
        """Wait for as many events, and return them: all so far, which have to be these in this order."""
        self.wait_until(lambda events: len(events) >= len(expected))
        assert self.told == list(expected)
        return self._queue.events

    def wait_until(self, condition: Callable[[list[Event]], object]) -> list[Event]:
        """Wait until the events so far are such, and return them."""
        with self._queue.changed:
            self._queue.changed.wait_for(lambda: condition(self._queue.events) or self._error, PATIENCE)
        assert self._error is None, self._error
        assert condition(self._queue.events), self.told
        return self._queue.events

    def wait_for_end(self) -> BaseException:
        """Wait until the source ends by itself, and return why."""
        self._thread.join(PATIENCE)
        assert self._error is not None
        return self._error

    def stop(self) -> None:
        """End it as ansible-rulebook does."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        if self._answers is not None:
            answered: asyncio.Queue[None] = asyncio.Queue()
            for _time in range(self._answers):
                answered.put_nowait(None)
            self._arguments["eda_feedback_queue"] = answered
        self._task = asyncio.create_task(self._source["main"](self._queue, self._arguments))
        self._started.set()
        try:
            await self._task
        except asyncio.CancelledError:
            pass
        except Exception as error:
            with self._queue.changed:
                self._error = error
                self._queue.changed.notify_all()
