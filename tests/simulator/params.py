"""Parameters of an API call: early type check, binding, and the validator's rules."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .binding import as_boolean, as_integer, as_objects, as_string, as_strings, column_of
from .errors import ApiError, RestError, invalid_argument, not_found
from .messages import Api, Message, Param
from .texts import java_text, text

if TYPE_CHECKING:
    from .node import Node

# The validator names itself instead of the API's class (since 4.0.0)
_VALIDATOR = "org.zstack.header.message.ApiMessageParamValidator"
# What Java's trim takes off: every character up to the space, and no other blank
_TRIMMED = "".join(map(chr, range(0x21)))
UUID = re.compile(r"[0-9a-f]{8}[0-9a-f]{4}[1-5][0-9a-f]{3}[89ab][0-9a-f]{3}[0-9a-f]{12}")
_UUID_COMPLAINT = (
    "is not a valid uuid. A valid uuid is a UUID(v4 recommended) with '-' stripped. "
    "see http://en.wikipedia.org/wiki/Universally_unique_identifier for format of UUID, the regular expression uses "
    "to validate a UUID is '" + UUID.pattern + "'"
)


class NothingToDelete(Exception):
    """The resource is gone already and its API calls that a success."""


def verify_types(api: Api, given: Mapping[str, Any]) -> None:
    """The front's check of integers and booleans declared by the API itself; raises a 400."""
    for name, param in api.params.items():
        value = given.get(name)
        if value is None or param.inherited or param.kind not in ("integer", "boolean"):
            continue
        shown = java_text(value)
        if param.kind == "boolean" and shown.lower() not in ("true", "false"):
            raise RestError(400, text("not_a_boolean", name, shown))
        if param.kind == "integer" and not _is_whole(shown):
            raise RestError(400, text("not_an_integer", name, shown))


def _is_whole(shown: str) -> bool:
    try:
        value = float(shown)
    except ValueError:
        return False
    return math.isinf(value) or value == math.floor(value)


def bind(api: Api, given: Mapping[str, Any]) -> dict[str, Any]:
    """Read the known parameters; unknown keys are ignored. Raises a 500 with gson's message."""
    values: dict[str, Any] = {}
    try:
        for name, param in api.params.items():
            value = given.get(name)
            if value is not None:
                values[name] = _bind_one(param, value, f"$.{name}", given, name)
    except ValueError as complaint:
        raise RestError(500, str(complaint)) from None
    return values


def _bind_one(param: Param, value: Any, path: str, given: Mapping[str, Any], name: str) -> Any:
    if param.kind == "any":
        return value
    if param.kind == "string" and isinstance(value, str):
        return value
    column = column_of(given, name)
    if param.kind == "string":
        return as_string(value, path, column)
    if param.kind == "enum":
        # A name that the enum lacks is bound to null, without a word
        return value if value in param.values else None if isinstance(value, str) else as_string(value, path, column)
    if param.kind == "integer":
        return as_integer(value, path, column, bits=64)
    if param.kind == "boolean":
        return as_boolean(value, path, column)
    if param.kind == "strings":
        return as_strings(value, path, column)
    return [_request(item, f"{path}[{at}]", column) for at, item in enumerate(as_objects(value, path, column))]


def _request(item: dict[str, Any] | None, path: str, column: int) -> dict[str, Any] | None:
    """One object of a list: the typed fields that requests and flows have, coerced."""
    if item is None:
        return None
    bound = dict(item)
    for name in ("requestName", "apiName", "name", "description", "approverUuid", "approverTitle"):
        if bound.get(name) is not None:
            bound[name] = as_string(bound[name], f"{path}.{name}", column)
    if bound.get("executeTimes") is not None:
        bound["executeTimes"] = as_integer(bound["executeTimes"], f"{path}.executeTimes", column)
    return bound


def validate(node: Node, message: Message) -> None:
    """The validator behind the front: trims strings, then checks each parameter.

    Raises ``ApiError``, or ``NothingToDelete`` when a deletion has nothing to do and that is a success.
    """
    values = message.values
    for name, param in message.api.params.items():
        value = values.get(name)
        if isinstance(value, str):
            value = values[name] = value.strip(_TRIMMED)
        if value is None:
            if param.required:
                raise invalid_argument(f"field[{name}] of message[{_VALIDATOR}] is mandatory, can not be null")
            continue
        _check_value(name, param, value)
        if param.resource is not None:
            _check_resource(node, message, name, param.resource, value)


def _check_value(name: str, param: Param, value: Any) -> None:
    if isinstance(value, str):
        length = len(value.encode("utf-16-le", "surrogatepass")) // 2
        if param.max_length is not None and length > param.max_length:
            raise invalid_argument(
                f"field[{name}] of message[{_VALIDATOR}] exceeds max length of string. "
                f"expected was <= {param.max_length}, actual was {length}"
            )
        if param.values and param.kind == "string" and value not in param.values:
            raise invalid_argument(
                f"valid value for field[{name}] of message[{_VALIDATOR}] are {java_text(param.values)}, "
                f"but {value} found"
            )
    elif isinstance(value, list):
        if param.nonempty and not value:
            raise invalid_argument(f"field[{name}] must be a nonempty list")
        if None in value:
            raise invalid_argument(f"field[{name}] cannot contain a NULL element")
    elif param.between is not None and not param.between[0] <= value <= param.between[1]:
        raise invalid_argument(f"field[{name}] must be in range of {java_text(param.between)}")


def _check_resource(node: Node, message: Message, name: str, resource: tuple[str, str], value: Any) -> None:
    table, kind = node.cloud.tables[resource[0]], resource[1]
    if isinstance(value, list):
        missing = [uuid for uuid in value if uuid not in table]
        if missing:
            listed = java_text(missing)
            raise ApiError("SYS.1003", f"invalid field[{name}], resource[uuids:{listed}, type:{kind}] not found")
        return
    if value in table:
        return
    if message.api.deletes and node.switches.delete_missing_succeeds:
        if not UUID.fullmatch(value):
            raise ApiError("SYS.1003", f"invalid value[{value}] of field [{name}]")
        raise NothingToDelete
    raise not_found(name, value, kind)


def check_resource_uuid(uuid: str | None) -> None:
    """The format that a uuid chosen by the client must have."""
    if uuid is not None and not UUID.fullmatch(uuid):
        raise invalid_argument(f"resourceUuid[{uuid}] {_UUID_COMPLAINT}")
