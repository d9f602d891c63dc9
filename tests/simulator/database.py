"""What the database refuses: texts too long or of four bytes a character, and primary keys used twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import internal
from .java_json import dump
from .switches import Switches

if TYPE_CHECKING:
    from .node import Node

_TEXT_BYTES = 65535
_DUPLICATE = {
    "flush": "org.hibernate.exception.ConstraintViolationException: could not execute statement",
    "commit": "could not execute statement; SQL [n/a]; constraint [PRIMARY]; nested exception is "
    "org.hibernate.exception.ConstraintViolationException: could not execute statement",
}


def check_text(switches: Switches, column: str, value: str | None, limit: int = _TEXT_BYTES) -> None:
    """A text column: three bytes a character at most, and ``limit`` bytes in all."""
    if value is None or (value.isascii() and len(value) <= limit):
        return
    if switches.utf8_three_bytes:
        wide = next((char for char in value if ord(char) > 0xFFFF), None)
        if wide is not None:
            shown = "".join(f"\\x{byte:02X}" for byte in wide.encode())
            raise internal(
                "org.hibernate.exception.GenericJDBCException: could not execute statement, caused by "
                f"java.sql.SQLException: Incorrect string value: '{shown}' for column '{column}' at row 1"
            )
    if len(value.encode("utf-8", "replace")) > limit:
        raise internal(
            "org.hibernate.exception.DataException: could not execute statement, caused by "
            f"com.mysql.jdbc.MysqlDataTruncation: Data truncation: Data too long for column '{column}' at row 1"
        )


def requests_text(switches: Switches, requests: list[dict[str, Any]]) -> None:
    """The column that holds a ticket's requests as JSON."""
    check_text(switches, "requests", dump(requests), switches.requests_column_limit)


def check_unused(node: Node, uuid: str) -> None:
    if node.cloud.is_taken(uuid):
        raise internal(_DUPLICATE[node.switches.duplicate_uuid_text])
