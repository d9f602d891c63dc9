"""The management node: everything one running simulator consists of, apart from its sockets."""

from __future__ import annotations

from collections.abc import Callable

from .books import Cloud
from .clock import Clock
from .errors import ApiError
from .faults import Faults
from .jobs import Jobs
from .log import Log
from .messages import Result
from .rendering import Renderer
from .sessions import Sessions
from .switches import Switches

Webhook = Callable[[str, str, Result | ApiError], None]


def _no_webhook(url: str, job_uuid: str, outcome: Result | ApiError) -> None:
    """Used while no event loop runs that could deliver it."""


class Node:
    """State and parts; ``endpoint`` is filled in once the sockets listen."""

    def __init__(self, switches: Switches) -> None:
        self.switches = switches
        self.clock = Clock()
        self.cloud = Cloud(switches, self.clock)
        self.renderer = Renderer(switches)
        self.sessions = Sessions(self)
        self.jobs = Jobs(self)
        self.faults = Faults()
        self.log = Log(switches)
        self.webhook: Webhook = _no_webhook
        self.listening_at = ""

    def reset(self) -> None:
        """Books, sessions, jobs, faults, log and clock as at start. Switches stay as they are."""
        self.clock.offset = 0.0
        self.clock.forget(also_surviving=True)
        self.cloud.reset()
        self.sessions.reset()
        self.jobs.clear()
        self.faults.clear()
        self.log.clear()

    def restart(self, lose_sessions: bool) -> None:
        """What a restarted node has forgotten: cached results, everything under way, perhaps the sessions."""
        self.jobs.cache.clear()
        self.clock.forget()
        if lose_sessions:
            self.sessions.expire_all()
