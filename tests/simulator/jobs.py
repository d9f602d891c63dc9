"""Asynchronous calls: accepted with 202, done later, found under their job uuid for a while."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import mediator
from .errors import ApiError
from .faults import JobFate
from .messages import Message, Result

if TYPE_CHECKING:
    from .node import Node


@dataclass
class Job:
    """A row of the job table. ``outcome`` is None while the job is being processed."""

    uuid: str
    api: str
    created: float
    outcome: Result | ApiError | None = None


class Jobs:
    """The job table, and beside it the results kept in memory."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.rows: dict[str, Job] = {}
        self.cache: OrderedDict[str, Job] = OrderedDict()
        self._schedule_cleaning()

    def is_known(self, uuid: str) -> bool:
        return uuid in self.rows

    def accept(self, message: Message, fate: JobFate = JobFate.NORMAL) -> None:
        """Store the job and have it run when its duration is over, unless a fault has other plans."""
        job = Job(message.id, message.api.action, self._node.clock.now())
        if fate is JobFate.LOST:
            return
        # A row that cannot be stored is no reason for the server not to run the message
        self.rows.setdefault(job.uuid, job)
        if fate is not JobFate.HANGING:
            self._node.clock.after(self._node.switches.job_duration, lambda: self._run(job, message, fate))

    def find(self, uuid: str) -> Job | None:
        """The job of a poll: from memory, else from the table; None when neither has it."""
        return self.cache.get(uuid) or self.rows.get(uuid)

    def clear(self) -> None:
        self.rows.clear()
        self.cache.clear()
        self._schedule_cleaning()

    def _run(self, job: Job, message: Message, fate: JobFate) -> None:
        outcome: Result | ApiError
        try:
            outcome = mediator.call(self._node, message)
        except ApiError as error:
            outcome = error
        if fate is JobFate.STUCK:
            return
        if fate is JobFate.EXPIRED:
            self.rows.pop(job.uuid, None)
            return
        job.outcome = outcome
        row = self.rows.get(job.uuid)
        if row is not None:
            row.outcome = outcome
        self.cache[job.uuid] = job
        while len(self.cache) > self._node.switches.job_cache_size:
            self.cache.popitem(last=False)
        if message.webhook is not None:
            self._node.webhook(message.webhook, job.uuid, outcome)

    def _schedule_cleaning(self) -> None:
        self._node.clock.after(self._node.switches.job_scan_interval, self._clean, survives_restart=True)

    def _clean(self) -> None:
        oldest = self._node.clock.now() - self._node.switches.job_expired_period
        for job in [job for job in self.rows.values() if job.outcome is not None and job.created < oldest]:
            del self.rows[job.uuid]
        self._schedule_cleaning()
