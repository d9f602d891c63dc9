"""The two ways in which the server refuses: an HTTP status with plain text, or an ErrorCode."""

from __future__ import annotations

from typing import Any

from .texts import Text

DESCRIPTIONS = {
    "SYS.1000": "An internal error happened in system",
    "SYS.1001": "A message or a operation timeout",
    "SYS.1003": "A resource can not be found",
    "SYS.1004": "Unable to delete a resource",
    "SYS.1006": "An operation failed",
    "SYS.1007": "One or more API argument is invalid",
    "ID.1000": "Unable to authenticate a user",
    "ID.1001": "The session is invalid, either wrong session id or the session has been expired",
    "ID.1002": "The user doesn't have permission to perform the operation",
    "ID.1006": "Max number of active sessions exceeded",
}

# Code -> (number, Chinese, English) of the explanation that the server adds
_ELABORATIONS = {
    "ID.1000": ("1000", "错误的帐号或密码。", "Wrong account name or password."),
    "ID.1001": ("1001", "session 已过期，或者提供了不正确的 session id。", "Session expired or wrong session ID."),
}

_DETAILS_LIMIT = 4096


class RestError(Exception):
    """Refused by the REST front: a status and plain text (translated when ``text`` is a Text)."""

    def __init__(self, status: int, text: str | Text) -> None:
        super().__init__(status, text)
        self.status = status
        self.text = text


class ApiError(Exception):
    """Refused by the API behind it: becomes the ErrorCode of a 503."""

    def __init__(
        self,
        code: str,
        details: str | Text,
        *,
        location: str | None = None,
        cause: ApiError | None = None,
        opaque: dict[str, Any] | None = None,
        from_exception: bool = False,
    ) -> None:
        super().__init__(code, details)
        self.code = code
        self.details = details
        self.location = location
        self.cause = cause
        self.opaque = opaque
        self.from_exception = from_exception

    def error_code(self, locale: str) -> dict[str, Any]:
        """The ErrorCode as a JSON object; absent members are None."""
        details = self.details if isinstance(self.details, str) else self.details.render(locale)
        if len(details) > _DETAILS_LIMIT:
            details = details[: _DETAILS_LIMIT - 3] + "..."
        explained = _ELABORATIONS.get(self.code)
        elaboration = messages = None
        if explained:
            number, chinese, english = explained
            elaboration = f"Error message: {english}" if locale == "en_US" else f"错误信息: {chinese}"
            messages = {
                "code": number,
                "message_cn": chinese,
                "message_en": english,
                "source": "zstack",
                "distance": 0.0,
                "method": "distance",
            }
        return {
            "code": self.code,
            "description": DESCRIPTIONS.get(self.code, self.code),
            "details": details,
            "elaboration": elaboration,
            "location": self.location,
            "messages": messages,
            # Measured where the server looks for an explanation, so not on raw exceptions nor beside a cause
            "cost": None if self.from_exception or self.cause else "1ms",
            "cause": self.cause.error_code(locale) if self.cause else None,
            "opaque": self.opaque,
        }


def internal(exception: str) -> ApiError:
    """An unexpected Java exception, shown with its class and message."""
    return ApiError("SYS.1000", exception, from_exception=True)


def invalid_argument(details: str | Text) -> ApiError:
    return ApiError("SYS.1007", details)


def not_found(field: str, uuid: str, kind: str) -> ApiError:
    return ApiError("SYS.1003", f"invalid field[{field}], resource[uuid:{uuid}, type:{kind}] not found")


def invalid_session() -> ApiError:
    return ApiError("ID.1001", "Session expired")


def denied(message_class: str) -> ApiError:
    """No policy allows the call."""
    return ApiError("SYS.1006", Text("denied_by_default", (message_class,)))
