"""What happens to a call behind the REST front: checks in the server's order, then the handler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import denied, internal, invalid_argument, invalid_session
from .identities import OPERATOR, READER
from .messages import ANYBODY, LOGGED_IN, MANAGER, MEMBER, Caller, Message, Result
from .params import NothingToDelete, check_resource_uuid, validate
from .texts import text

if TYPE_CHECKING:
    from .node import Node

_EPHEMERAL = "ephemeral::"
_VALIDATION_ONLY = "ephemeral::validationOnly"
_DELETION_MODES = ("Permissive", "Enforcing")


def call(node: Node, message: Message) -> Result:
    """Run a call: parameters, session, permission, the service's own checks, tags, handler. Raises ``ApiError``."""
    api = message.api
    try:
        validate(node, message)
    except NothingToDelete:
        return Result()
    if api.allowed != ANYBODY:
        message.caller = _caller(node, message)
        if not _is_allowed(api.allowed, message.caller):
            raise denied(api.java)
    check_resource_uuid(message.get("resourceUuid"))
    if api.check is not None:
        api.check(node, message)
    tags = message.system_tags or []
    if api.creates and not all(tag.startswith(_EPHEMERAL) for tag in tags):
        unknown = next(tag for tag in tags if not tag.startswith(_EPHEMERAL))
        raise invalid_argument(text("system_tag_unknown", unknown))
    if _VALIDATION_ONLY in tags:
        return Result()
    mode = message.get("deleteMode")
    if mode is not None and mode not in _DELETION_MODES:
        # Only who deletes looks at it, by the name of a constant
        kind = "org.zstack.header.message.APIDeleteMessage.DeletionMode"
        raise internal(f"java.lang.IllegalArgumentException: No enum constant {kind}.{mode}")
    return api.handler(node, message)


def _caller(node: Node, message: Message) -> Caller:
    if message.lose_session:
        raise invalid_session()
    if message.key_caller is not None:
        return message.key_caller
    return node.sessions.authenticate(message.token)


def _is_allowed(wanted: str, caller: Caller) -> bool:
    if wanted == LOGGED_IN or caller.is_admin:
        return True
    if not caller.has_project:
        return False
    if wanted == MANAGER:
        return OPERATOR in caller.roles
    assert wanted == MEMBER
    return READER not in caller.roles
