"""A simulator in a thread of its own, for tests: ``with start(switches={...}) as sim:``."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, TypeVar

from . import acts, identities
from .books import Cloud
from .clock import Clock
from .faults import Faults
from .identities import PROJECT
from .log import Log
from .node import Node
from .server import Server, Settings
from .sessions import Sessions
from .switches import Switches

Answer = TypeVar("Answer")
_PATIENCE = 30.0


class Simulator:
    """A running simulator.

    ``cloud``, ``sessions``, ``log`` and ``faults`` are the live objects: read them from any thread. What changes the
    books goes through :meth:`call` or the methods here, which run it in the simulator's thread.
    """

    def __init__(self, switches: Mapping[str, Any] | None = None, settings: Settings | None = None) -> None:
        self.switches = Switches()
        self.switches.apply(switches or {})
        self._node = Node(self.switches)
        self._server = Server(self._node, settings or Settings())
        self._loop: asyncio.AbstractEventLoop | None = None
        self._finish: asyncio.Event | None = None
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="simulator", daemon=True)

    def __enter__(self) -> Simulator:
        self._thread.start()
        self._ready.wait(_PATIENCE)
        if self._failure is not None:
            raise self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        if self._loop is not None and self._finish is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._finish.set)
        self._thread.join(_PATIENCE)

    # Where it is
    @property
    def host(self) -> str:
        return self._server.settings.host

    @property
    def port(self) -> int:
        return self._server.port

    @property
    def endpoint(self) -> str:
        """Scheme, host and port; the API is below ``/zstack/v1``."""
        return self._server.endpoint

    @property
    def control(self) -> str:
        """Address of the control surface."""
        return self._server.control_endpoint

    # Who and what is in it
    @property
    def identities(self) -> dict[str, dict[str, str | None]]:
        return identities.summary()

    @property
    def uuids(self) -> dict[str, str]:
        return identities.uuids()

    @property
    def cloud(self) -> Cloud:
        return self._node.cloud

    @property
    def sessions(self) -> Sessions:
        return self._node.sessions

    @property
    def faults(self) -> Faults:
        return self._node.faults

    @property
    def log(self) -> Log:
        return self._node.log

    @property
    def clock(self) -> SimulatorClock:
        return SimulatorClock(self, self._node.clock)

    @property
    def counters(self) -> dict[str, Any]:
        return self._node.log.counters()

    # What can be done to it
    def call(self, action: Callable[[], Answer]) -> Answer:
        """Run ``action`` in the simulator's thread and return what it returns."""

        async def run() -> Answer:
            return action()

        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(_PATIENCE)

    def reset(self) -> None:
        """Books, sessions, jobs, faults, log and clock as at start; switches stay."""
        self.call(self._node.reset)

    def set(self, **switches: Any) -> None:
        self.call(lambda: self.switches.apply(switches))

    def environment(self, name: str) -> dict[str, str]:
        """The ``ZSTACK_*`` variables under which clients act as the identity ``name``."""
        return identities.environment(name, self.host, self.port, self._server.scheme, self.switches.context_path)

    def restart(self, down: float = 0.0, lose_sessions: bool = False) -> None:
        """Restart the node and wait until it listens again."""
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(self._server.restart(down, lose_sessions), self._loop).result(_PATIENCE + down)

    def seed_tickets(self, count: int, prefix: str = "seeded") -> int:
        return self.call(lambda: acts.seed_tickets(self._node, count, prefix))

    def remove_from_project(self, name: str, project: str = PROJECT) -> None:
        self.call(lambda: acts.remove_from_project(self._node, name, project))

    def delete_virtual_id(self, name: str) -> None:
        self.call(lambda: acts.delete_virtual_id(self._node, name))

    def delete_project(self, name: str) -> None:
        self.call(lambda: acts.delete_project(self._node, name))

    def expire_sessions(self) -> int:
        return self.call(self._node.sessions.expire_all)

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=event_loop_factory()) as runner:
                runner.run(self._serve())
        except BaseException as error:
            self._failure = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._finish = asyncio.Event()
        await self._server.start()
        self._ready.set()
        try:
            await self._finish.wait()
        finally:
            await self._server.stop()


class SimulatorClock:
    """The simulated clock, safe to move from any thread."""

    def __init__(self, simulator: Simulator, clock: Clock) -> None:
        self._simulator = simulator
        self._clock = clock

    def now(self) -> float:
        return self._clock.now()

    def advance(self, seconds: float) -> None:
        """Move the clock forward; what becomes due happens before this returns."""
        self._simulator.call(lambda: self._clock.advance(seconds))


def event_loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's loops where it is installed."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = new_event_loop
    return factory


def start(
    switches: Mapping[str, Any] | None = None, *, certificate: str | None = None, key: str | None = None
) -> Simulator:
    """A simulator on free ports of 127.0.0.1, listening once entered as a context manager.

    ``certificate`` and ``key`` are paths of PEM files and make it speak TLS.
    """
    return Simulator(switches, Settings(certificate=certificate, key=key))
