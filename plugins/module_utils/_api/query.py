# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Query conditions that mean what they say, and reading past the server's page size.

The server takes a condition apart at the first operator, in an order of its own, that the whole text contains; it chokes
on single quotes; and it compares without regard to case. So a condition made here finds at least what is wanted, for any
value at all, and the caller compares exactly.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import re
import typing as t
from urllib.parse import quote

from .._errors import MalformedAnswer
from .client import Client

PAGE = 1000
"""Rows per page: the server's own default limit."""

_UNSAFE = re.compile("[^\\w \\-.,:;/@#$&*()+|{}\\[\\]^`]|_|[\U00010000-\U0010ffff]")
"""What may be taken for an operator, a quote, an escape or a wildcard, or lies outside the database's character set."""

MAX_QUERY_BYTES = 48 * 1024
"""Leaves a quarter of the 64 KiB that the server takes for a URL and all headers."""


def equals(field: str, value: str) -> str:
    """A condition that holds wherever C(field) equals C(value), and perhaps elsewhere.

    Every character that is not harmless becomes the wildcard for any one character.
    """
    if _UNSAFE.search(value.replace("_", "")) is None and value == value.strip():
        return f"{field}={value}"
    return f"{field}~={_UNSAFE.sub('_', value)}"


def one_of(field: str, values: t.Iterable[str]) -> str:
    """A condition that holds where C(field) is one of these values, which must be free of commas and operators, as uuids are."""
    return f"{field}?={','.join(values)}"


def any_of(field: str, values: t.Iterable[str]) -> list[str]:
    """Conditions that together hold wherever C(field) equals one of the values, and perhaps elsewhere; as few as fit into URLs.

    The server's lists know no escaping, so a value with a comma gets a condition of its own.
    """
    plain: list[str] = []
    special: list[str] = []
    for value in values:
        harmless = "," not in value and equals(field, value) == f"{field}={value}"
        (plain if harmless else special).append(value)
    return [one_of(field, part) for part in slices(plain)] + [equals(field, value) for value in special]


def read(
    client: Client,
    path: str,
    conditions: t.Sequence[str] = (),
    sort: str | None = None,
    limit: int | None = None,
    fields: t.Sequence[str] = (),
) -> list[t.Mapping[str, t.Any]]:
    """All rows that meet all conditions, or the first C(limit) of them.

    Without C(sort), pages are told apart by uuid instead of by offset, so rows that come and go meanwhile cannot push
    others out of sight. The server can only do that by offset for an order of the caller's, where a row may be missed or be
    met twice; those met twice are dropped.

    :param sort: C(+field) or C(-field).
    :param fields: the members that rows shall have, C(uuid) among them; all if none is named.
    :raises ApiError: the server refuses a condition, the field to sort by, or the caller.
    :raises MalformedAnswer: the answer has no list of objects.
    """
    if limit is not None and limit <= PAGE:
        return _page(client, path, conditions, sort, limit, 0, fields)[:limit]
    rows: dict[str, t.Mapping[str, t.Any]] = {}
    start = 0
    after: list[str] = []
    while limit is None or len(rows) < limit:
        page = _page(client, path, [*conditions, *after], sort, PAGE, start, fields)
        if len(page) < PAGE and not rows:
            return page
        known = len(rows)
        rows.update((str(row.get("uuid")), row) for row in page)
        if len(page) < PAGE:
            break
        if len(rows) == known:
            raise MalformedAnswer(
                f"GET {path}: the rows after the first {known} are the same again, without an end.", 200
            )
        if sort is None:
            after = [f"uuid>{page[-1].get('uuid')}"]
        else:
            start += PAGE
    return list(rows.values())[:limit]


def _page(
    client: Client,
    path: str,
    conditions: t.Sequence[str],
    sort: str | None,
    limit: int,
    start: int,
    fields: t.Sequence[str],
) -> list[t.Mapping[str, t.Any]]:
    query: list[tuple[str, str]] = [("q", condition) for condition in conditions]
    if sort is not None or limit == PAGE:
        query.append(("sort", sort or "+uuid"))
    query.append(("limit", str(limit)))
    if start:
        query.append(("start", str(start)))
    if fields:
        query.append(("fields", ",".join(fields)))
    rows = client.get(path, query).get("inventories")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise MalformedAnswer(
            f"GET {path}: the answer has no list of objects under inventories, as the API's answers have.", 200
        )
    return rows


def slices(values: t.Sequence[str], most_bytes: int = MAX_QUERY_BYTES) -> t.Iterator[list[str]]:
    """Cut values into lists that fit into a URL each."""
    part: list[str] = []
    size = 0
    for value in values:
        needs = len(quote(value, safe="", errors="replace")) + len("%2C")
        if part and size + needs > most_bytes:
            yield part
            part, size = [], 0
        part.append(value)
        size += needs
    if part:
        yield part
