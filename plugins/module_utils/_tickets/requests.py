# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The C(requests) option: read, checked, and compared with what the server has.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass

from .._errors import InputError
from .model import Request
from .values import differing, plain, shown, trimmed

MAX_REQUESTS_BYTES = 65535
"""The server keeps a ticket's requests as JSON text in a database column of this many bytes."""

MAX_EXECUTE_TIMES = 2**31 - 1
"""The server counts in a Java C(int)."""


@dataclass(frozen=True)
class WantedRequest(Request):
    """A request as a task wants it.

    C(given) names the fields that the task gave. Only these are compared; the others have the values that a new request gets.
    """

    given: frozenset[str]


def from_options(value: object) -> tuple[WantedRequest, ...]:
    """The C(requests) option, a list of mappings in which None stands for not given.

    Raises C(InputError) naming the option, its value and what would be right, for everything that cannot be a ticket's requests.
    """
    if not isinstance(value, (list, tuple)) or not value:
        raise InputError(f"requests is {shown(value)}: it must be a list of at least one request.")
    wanted = tuple(_from_option(element, f"requests[{index}]") for index, element in enumerate(value))
    _check_size(wanted)
    return wanted


def _from_option(value: object, path: str) -> WantedRequest:
    if not isinstance(value, t.Mapping):
        raise InputError(f"{path} is {shown(value)}: it must be a dictionary with api_name and api_body.")
    given = {field: value.get(field) for field in ("request_name", "api_name", "execute_times", "api_body")}
    name = given["request_name"]
    return WantedRequest(
        request_name=None if name is None else trimmed(str(name)),
        api_name=_api_name(given["api_name"], path + ".api_name"),
        execute_times=_execute_times(given["execute_times"], path + ".execute_times"),
        api_body=_api_body(given["api_body"], path + ".api_body"),
        given=frozenset(field for field, given_value in given.items() if given_value is not None),
    )


def _api_name(value: object, path: str) -> str:
    name = trimmed(value) if isinstance(value, str) else ""
    if not name:
        raise InputError(
            f"{path} is {shown(value)}: it must name an API message, such as org.zstack.header.vm.APICreateVmInstanceMsg."
        )
    return name


def _execute_times(value: object, path: str) -> int:
    times = 1 if value is None else value
    if isinstance(times, float) and times.is_integer():
        times = int(times)
    if isinstance(times, bool) or not isinstance(times, int):
        raise InputError(f"{path} is {shown(value)}: it must be a whole number.")
    if times < 1:
        raise InputError(f"{path} is {times}: it must be at least 1.")
    if times > MAX_EXECUTE_TIMES:
        raise InputError(f"{path} is {times}: it must be at most {MAX_EXECUTE_TIMES}.")
    return times


def _api_body(value: object, path: str) -> dict[str, t.Any]:
    try:
        body = plain({} if value is None else value)
    except ValueError as error:
        raise InputError(f"{path} holds a value that is {error}: give only values that JSON has.") from error
    if not isinstance(body, dict):
        raise InputError(f"{path} is a {type(body).__name__}: it must be a dictionary of the API's fields.")
    return body


def _check_size(requests: t.Sequence[Request]) -> None:
    # What the server stores is at least as long: it may add members and escape characters.
    text = json.dumps([request.to_api() for request in requests], separators=(",", ":"), ensure_ascii=False)
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_REQUESTS_BYTES:
        raise InputError(
            f"requests takes {size} bytes as JSON: the server keeps at most {MAX_REQUESTS_BYTES}, "
            "so shorten the bodies or divide the requests among several tickets."
        )


def differences(wanted: t.Sequence[WantedRequest], actual: t.Sequence[Request]) -> list[str]:
    """The paths, such as C(requests[0].api_body.cpuNum), at which the server's requests are not as wanted; empty when they are.

    Only what the task gave counts, see C(values.differing). Number and order of the requests count:
    when the numbers differ the one path is C(requests).
    """
    if len(wanted) != len(actual):
        return ["requests"]
    return [
        path
        for index, pair in enumerate(zip(wanted, actual))
        for path in _request_differences(f"requests[{index}]", *pair)
    ]


def _request_differences(path: str, wanted: WantedRequest, actual: Request) -> t.Iterator[str]:
    fields = {field: member for field, member in wanted.to_result().items() if field in wanted.given}
    return differing(fields, actual.to_result(), path)
