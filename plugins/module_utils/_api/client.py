# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client: reads that are retried, writes that are settled, one session.

Knows the REST protocol and nothing of tickets. **PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import os
import threading
import typing as t
import uuid
from contextlib import contextmanager

from .._errors import ApiError, ExchangeError, InputError, LostWrite
from . import jobs
from .access_key import SKEWED
from .identity import INVALID_SESSION, Caller, Login, ProjectLogin
from .retry import Clock, Deadline, backoff
from .secrets import Secrets
from .settings import API_VERSION_PATH, Endpoint, Limits, Tls
from .transport import Answer, Query, Transport
from .ways import identity_from_options

MOST_DETAILS = 4096
"""Characters of a plain text that are shown; the server cuts its own details there."""

DUPLICATE_JOB = "Duplicate job uuid"
"""How the REST layer, which is not translated, refuses a job uuid that it has already accepted."""


def new_job_uuid() -> str:
    """A job uuid of our own, made before a write is sent, so that the write can be asked for when its answer is lost."""
    return uuid.uuid4().hex


class Client:
    """One endpoint, one identity, kept-alive connections; any number of threads may share it.

    Close it, or use it in a C(with) statement, so that it logs out.
    """

    def __init__(
        self,
        options: t.Mapping[str, t.Any],
        secrets: Secrets,
        clock: Clock | None = None,
        environment: t.Mapping[str, str] | None = None,
    ) -> None:
        """Check the connection options; nothing is sent yet.

        :raises InputError: an option cannot be right.
        """
        self.clock = clock or Clock()
        self.limits = Limits.from_options(options)
        self.endpoint = Endpoint.from_options(options)
        self._secrets = secrets
        self._identity = identity_from_options(
            options, os.environ if environment is None else environment, self.ask, secrets
        )
        self._tls = Tls.from_options(options)
        self._transport = self._new_transport()
        self._callers: dict[bool, Caller | None] = {}
        self._deadline: Deadline | None = None
        self._lock = threading.RLock()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _new_transport(self) -> Transport:
        return Transport(self.endpoint, self._tls, self.limits.timeout)

    def close(self, interrupted: bool = False) -> str | None:
        """Log out what was logged in and close the connections. Never fails; returns a warning if a session may be left.

        :param interrupted: from within a signal handler, where the connections may be in use further down the stack.
        """
        if interrupted:
            self._transport = self._new_transport()
        warning = self._identity.close()
        self._transport.close()
        return warning

    def caller(self, read_only: bool = False) -> Caller | None:
        """Whom the API takes us for; None where it does not tell.

        :param read_only: keep to calls that change nothing at all, not even how long a given session lives.
        """
        with self._lock:
            if read_only not in self._callers:
                self._callers[read_only] = self._identity.caller(self, read_only)
            return self._callers[read_only]

    def project_member(self) -> Caller | None:
        """The caller with the project, after a login into one; None for every other way to identify."""
        if not isinstance(self._identity, ProjectLogin):
            return None
        with self._lock:
            return self._identity.member(self)

    def login(self) -> Login:
        """The way to identify, if it is a login, which makes sessions; nothing is sent.

        :raises InputError: it is another one.
        """
        if not isinstance(self._identity, Login):
            raise InputError(
                "A session is made by a login: give account_name or virtual_id_name with what belongs to it."
            )
        return self._identity

    def keep_session(self) -> str:
        """Log in, and return the session for others to use: it is not logged out here, and no secret any more.

        :raises InputError: this way to identify makes no session.
        """
        return self.reveal(self.login().keep())

    def reveal(self, token: str) -> str:
        """The session as a result that the user has asked for."""
        self._secrets.reveal(token)
        return token

    @contextmanager
    def until(self, deadline: Deadline) -> t.Iterator[None]:
        """Give up reads at this deadline as well, while this lasts."""
        self._deadline = deadline
        try:
            yield
        finally:
            self._deadline = None

    def get(self, path: str, query: Query = ()) -> t.Mapping[str, t.Any]:
        """Read C(path) (below C(/v1)). Retried while the failure is a passing one, within C(retries) and C(until).

        :raises ApiError: the API said no.
        :raises ExchangeError: no usable answer.
        """
        what = f"GET {path}"
        renewed = False
        while True:
            generation = self._identity.generation
            try:
                return jobs.result(self._checked(self._read(path, query), what), what)
            except ApiError as error:
                if renewed or error.code != INVALID_SESSION or not self._identity.renew(generation):
                    raise
                renewed = True

    def write(
        self,
        method: str,
        path: str,
        body: t.Mapping[str, t.Any] | None = None,
        query: Query = (),
        job_uuid: str | None = None,
        what: str = "",
    ) -> t.Mapping[str, t.Any]:
        """Run an API that changes something, to its end, and return its answer.

        It is sent under one job uuid. When its answer is lost or is not the API's, the node is asked for that job.

        :param job_uuid: that of an earlier C(LostWrite), to send the same write again.
        :param what: words for messages, such as C(approve of ticket X).
        :raises ApiError: the API said no; nothing was changed.
        :raises LostWrite: it did not arrive, as far as the node can tell.
        :raises ExchangeError: what has become of it cannot be told.
        :raises WaitTimeout: it was accepted and did not end in time.
        """
        what = what or f"{method} {path}"
        job_uuid = job_uuid or new_job_uuid()
        deadline = Deadline(self.clock, self.limits.job_timeout)
        renewed = False
        while True:
            generation = self._identity.generation
            try:
                return self._run(method, path, body, query, job_uuid, deadline, what)
            except ApiError as error:
                if renewed or error.code != INVALID_SESSION or not self._identity.renew(generation):
                    raise
                # The refused job keeps its uuid, so what is sent now is another job.
                renewed, job_uuid = True, new_job_uuid()

    def ask(
        self,
        method: str,
        path: str,
        body: t.Mapping[str, t.Any] | None = None,
        headers: t.Mapping[str, str] | None = None,
        at_most: float | None = None,
        what: str = "The login",
    ) -> t.Mapping[str, t.Any]:
        """Make a call that is complete at once and may be repeated: a login, a logout, or a question that needs no identity.

        :param path: with C(/v1).
        :param at_most: seconds for all tries together.
        :raises ApiError: the API said no.
        :raises ExchangeError: no usable answer.
        """
        deadline = None if at_most is None else Deadline(self.clock, at_most)
        attempt = 0
        while True:
            try:
                answer = self._transport.exchange(
                    method, path, (), body, headers, None if deadline is None else deadline.left
                )
                return jobs.result(self._checked(answer, what), what)
            except ExchangeError as failure:
                if not self._again(failure, attempt, deadline):
                    raise
                attempt += 1

    def _run(
        self,
        method: str,
        path: str,
        body: t.Mapping[str, t.Any] | None,
        query: Query,
        job_uuid: str,
        deadline: Deadline,
        what: str,
    ) -> t.Mapping[str, t.Any]:
        headers = {"X-Job-UUID": job_uuid, "X-API-Timeout": str(self.limits.job_timeout)}
        try:
            self._identity.log_in()
        except ExchangeError as failure:
            # The login may have arrived; the write has not left.
            failure.sent = False
            raise
        try:
            answer = self._send(method, path, body, query, headers, deadline)
            if answer.status in (200, 202):
                # Without an object it is not from the API, whatever its status says.
                jobs.result(answer, what)
        except ExchangeError as failure:
            if not failure.sent:
                failure.message = f"{what}: {failure.message}"
                raise
            answer = self._settle(job_uuid, failure, deadline, what)
        accepted = answer.status == 202 or (answer.status == 400 and answer.text.startswith(DUPLICATE_JOB))
        if accepted:
            answer = jobs.wait(self._transport, job_uuid, deadline, self.limits.poll_interval, what)
        if accepted and answer.status == jobs.UNKNOWN:
            raise ExchangeError(
                f"{what}: the node accepted the job {job_uuid} and then forgot it, so its end is not known.", sent=True
            )
        return jobs.result(self._checked(answer, what, job_uuid), what)

    def _settle(self, job_uuid: str, failure: ExchangeError, deadline: Deadline, what: str) -> Answer:
        """Find out what became of a write whose answer was lost."""
        for pause in (0.0, 0.3):
            # The second look is for a request that was still on its way at the first.
            deadline.sleep(pause)
            try:
                answer = jobs.look(self._transport, job_uuid, deadline)
            except ExchangeError as blind:
                raise ExchangeError(
                    f"{what}: {failure.message} What became of it could not be asked either: {blind.message} Run the task again to go on from there.",
                    sent=True,
                    http_status=failure.http_status,
                ) from None
            if answer.status != jobs.UNKNOWN:
                return answer
        raise LostWrite(f"{what}: {failure.message}", job_uuid, failure.retry_after)

    def _read(self, path: str, query: Query) -> Answer:
        deadline = self._deadline
        # Outside of the loop: a login is tried again by itself, and not as often again for each try of the call.
        self._identity.log_in()
        attempt = 0
        while True:
            try:
                return self._authorised("GET", path, None, query, {}, deadline)
            except ExchangeError as failure:
                if not self._again(failure, attempt, deadline):
                    raise
                attempt += 1

    def _send(
        self, method: str, path: str, body: t.Any, query: Query, headers: dict[str, str], deadline: Deadline
    ) -> Answer:
        """Send a write; again only while it has certainly not left."""
        attempt = 0
        while True:
            try:
                return self._authorised(method, path, body, query, headers, deadline)
            except ExchangeError as failure:
                if failure.sent or not self._again(failure, attempt, deadline):
                    raise
                attempt += 1

    def _again(self, failure: ExchangeError, attempt: int, deadline: Deadline | None) -> bool:
        if not failure.passing or attempt >= self.limits.retries or (deadline is not None and deadline.left == 0):
            return False
        pause = backoff(attempt, failure)
        self.clock.sleep(pause if deadline is None else min(pause, deadline.left))
        return True

    def _authorised(
        self, method: str, path: str, body: t.Any, query: Query, headers: dict[str, str], deadline: Deadline | None
    ) -> Answer:
        """One exchange in our name, once more with another clock if the node finds the signature's date skewed."""
        full_path = API_VERSION_PATH + path
        at_most = None if deadline is None else max(deadline.left, 1.0)
        while True:
            generation = self._identity.generation
            proof = self._identity.headers(method, full_path)
            answer = self._transport.exchange(method, full_path, query, body, {**headers, **proof}, at_most)
            if answer.status != 403 or SKEWED not in answer.text:
                return answer
            if not self._identity.next_clock(generation):
                raise ApiError(
                    f"{method} {path} was refused: HTTP 403: {SKEWED}. The node's clock is more than 15 minutes from every one that was tried. "
                    "Give the zone of the node in server_timezone, and check that both clocks are right.",
                    {"details": answer.text},
                    answer.status,
                )

    def _checked(self, answer: Answer, what: str, job_uuid: str | None = None) -> Answer:
        """The answer if it is a success, else the API's refusal as an error."""
        if answer.status in (200, 202):
            return answer
        error = answer.members.get("error")
        code = error if isinstance(error, dict) else {"details": answer.text.strip()[:MOST_DETAILS]}
        raise ApiError(f"{what} was refused: {refusal(code, answer.status)}", code, answer.status, job_uuid)


def refusal(error_code: t.Mapping[str, t.Any], http_status: int) -> str:
    """An ErrorCode in one line: its code and its innermost details, or the status where the REST layer gave plain text."""
    inner: t.Any = error_code
    for _depth in range(8):
        cause = inner.get("cause")
        if not isinstance(cause, dict) or not (cause.get("details") or cause.get("description")):
            break
        inner = cause
    text = str(inner.get("details") or inner.get("description") or error_code.get("details") or "").strip()
    code = error_code.get("code")
    shown = f"{code}: {text}" if isinstance(code, str) else f"HTTP {http_status}: {text or 'no text'}"
    return shown if shown.endswith((".", "。", "!")) else shown + "."
