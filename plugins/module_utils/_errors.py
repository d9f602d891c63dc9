# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one tree of errors. Whoever runs an operation catches C(ZStackError) and nothing else.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t

ERROR_FIELDS = ("code", "description", "details", "elaboration", "cause", "http_status", "job_uuid")
"""The members of C(error) in a failing result. All are always there, so that a playbook can branch on C(error.code)."""


class ZStackError(Exception):
    """Root of all errors that a user can meet.

    C(message) is one or two sentences: what was tried, what came of it, what to do.
    C(extra) joins the failing result, for example C(candidates) or the last C(ticket) seen.
    """

    def __init__(self, message: str, **extra: t.Any) -> None:
        super().__init__(message)
        self.message = message
        self.extra = extra

    def __str__(self) -> str:
        # Whoever passes an error on may have added to its message.
        return self.message

    def result(self) -> dict[str, t.Any]:
        """The failing result."""
        return dict({"changed": False}, **self.extra, failed=True, msg=self.message, error=self.error())

    def error(self) -> dict[str, t.Any]:
        """The C(error) of the failing result: the API's ErrorCode where there is one, else all null."""
        return dict.fromkeys(ERROR_FIELDS)


class InputError(ZStackError):
    """The task's options cannot be right. Names the option, its value and what would be right; nothing was changed."""


class TicketError(ZStackError):
    """The ticket cannot be brought to the state that was asked for, by the rules of tickets."""


class BatchError(ZStackError):
    """Items of a batch failed. C(first) is the C(error) of the first of them, of which the message tells too."""

    def __init__(self, message: str, first: dict[str, t.Any], **extra: t.Any) -> None:
        super().__init__(message, **extra)
        self._first = first

    def error(self) -> dict[str, t.Any]:
        return self._first


class WaitTimeout(ZStackError):
    """A bounded wait ended before what it waited for came."""


class ExchangeError(ZStackError):
    """No usable answer came from the endpoint: refused, reset, timed out, cut short, or not the API's.

    C(sent) tells whether the request may have reached the node, C(passing) whether the same exchange may
    succeed a moment later, C(retry_after) how many seconds the endpoint asked to wait.
    """

    def __init__(
        self,
        message: str,
        sent: bool,
        passing: bool = True,
        http_status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.sent = sent
        self.passing = passing
        self.http_status = http_status
        self.retry_after = retry_after

    def error(self) -> dict[str, t.Any]:
        return dict(super().error(), http_status=self.http_status)


class MalformedAnswer(ExchangeError):
    """An answer came and is JSON, but not of the shape that the API defines."""

    def __init__(self, message: str, http_status: int | None = None) -> None:
        super().__init__(message, sent=True, passing=False, http_status=http_status)


class LostWrite(ExchangeError):
    """A write's answer was lost, and the node knows no job of its uuid: it did not arrive, as far as can be known.

    The caller looks at the resource again and, if the write is still needed, sends it again under C(job_uuid).
    """

    def __init__(self, message: str, job_uuid: str, retry_after: float | None = None) -> None:
        super().__init__(message, sent=True, retry_after=retry_after)
        self.job_uuid = job_uuid

    def error(self) -> dict[str, t.Any]:
        return dict(super().error(), job_uuid=self.job_uuid)


class ApiError(ZStackError):
    """The API said no. Carries its ErrorCode whole.

    C(error_code) is the mapping that the API sent, or for the plain-text refusals of the REST layer C({"details": text}).
    Texts come in the language of the server, zh_CN by default, so callers branch on C(code) only.
    """

    def __init__(
        self,
        message: str,
        error_code: t.Mapping[str, t.Any],
        http_status: int | None = None,
        job_uuid: str | None = None,
    ) -> None:
        super().__init__(message)
        self.error_code = error_code
        self.http_status = http_status
        self.job_uuid = job_uuid

    @property
    def code(self) -> str | None:
        """The stable code, such as C(SYS.1007); None for plain-text refusals."""
        code = self.error_code.get("code")
        return code if isinstance(code, str) else None

    def error(self) -> dict[str, t.Any]:
        known = {field: self.error_code.get(field) for field in ERROR_FIELDS}
        return dict(known, http_status=self.http_status, job_uuid=self.job_uuid)
