# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accepted API jobs: from C(202) to the answer.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t

from .._errors import ExchangeError, MalformedAnswer, WaitTimeout
from .retry import Deadline, backoff, growing_pauses
from .settings import API_VERSION_PATH
from .transport import Answer, Transport

UNKNOWN = 404
"""The node's answer for a job that it has never seen, or has forgotten (three hours after it was created)."""


def look(transport: Transport, job_uuid: str, deadline: Deadline) -> Answer:
    """Ask our own endpoint for a job, whatever C(location) said, until an answer comes or the deadline passes.

    A node that restarts refuses connections for a while, so every passing failure is tried again. Polling needs no
    credentials, so none are sent.

    :raises ExchangeError: the deadline passed without an answer.
    """
    attempt = 0
    while True:
        try:
            return transport.exchange("GET", f"{API_VERSION_PATH}/api-jobs/{job_uuid}", at_most=max(deadline.left, 1.0))
        except ExchangeError as failure:
            if not failure.passing or deadline.left == 0:
                raise
            deadline.sleep(backoff(attempt, failure))
            attempt += 1


def wait(transport: Transport, job_uuid: str, deadline: Deadline, poll_interval: float, what: str) -> Answer:
    """Look at an accepted job until it is done, failed or forgotten, and return that answer.

    :raises WaitTimeout: it still runs at the deadline; a node that stopped meanwhile leaves such jobs for ever.
    :raises ExchangeError: it could not be looked at any more.
    """
    for pause in growing_pauses(poll_interval):
        deadline.sleep(pause)
        try:
            answer = look(transport, job_uuid, deadline)
        except ExchangeError as blind:
            # Whatever became of the look, the write itself did arrive.
            raise ExchangeError(
                f"{what}: the job {job_uuid} was accepted, but its end could not be seen: {blind.message} Run the task again to go on from there.",
                sent=True,
                http_status=blind.http_status,
            ) from None
        if answer.status != 202:
            return answer
        if deadline.left == 0:
            break
    raise WaitTimeout(
        f"{what}: the job {job_uuid} was accepted but has not ended within {deadline.seconds:g} seconds (job_timeout). "
        "It may still end; run the task again to go on from what has become of it.",
        job_uuid=job_uuid,
    )


def result(answer: Answer, what: str) -> t.Mapping[str, t.Any]:
    """The members of a successful answer.

    :raises MalformedAnswer: it is not a JSON object.
    """
    if not isinstance(answer.json, dict):
        raise MalformedAnswer(f"{what}: the answer is not a JSON object, as the API's answers are.", answer.status)
    return answer.json
