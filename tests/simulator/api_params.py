"""What the definitions of several APIs share: class prefixes, parameters, shapes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from . import query_answers
from .messages import ANYBODY, Api, Message, Param, Result

if TYPE_CHECKING:
    from .node import Node

TICKET_API = "org.zstack.ticket.api."
IAM2_TICKET_API = "org.zstack.ticket.iam2.api."
IDENTITY_API = "org.zstack.header.identity."
IAM2_API = "org.zstack.iam2.api."
MANAGEMENT_API = "org.zstack.header.managementnode."

NAME = Param(required=True, max_length=255)
DESCRIPTION = Param(max_length=2048)
TEXT = Param()
REQUIRED = Param(required=True)
FLAG = Param("boolean")
COMMON = {"systemTags": Param("strings", inherited=True), "userTags": Param("strings", inherited=True)}
CREATION = {
    "resourceUuid": Param(inherited=True),
    "tagUuids": Param("strings", inherited=True, resource=("tag_patterns", "TagPatternVO")),
    **COMMON,
}
DELETION = {"deleteMode": Param(inherited=True), **COMMON}
LOGIN = {"captchaUuid": TEXT, "verifyCode": TEXT, "clientInfo": Param("any")}
REQUESTS = Param("objects", required=True, nonempty=True)


def resource(table: str, kind: str, required: bool = True) -> Param:
    return Param(required=required, resource=(table, kind))


TICKET_UUID = resource("tickets", "TicketVO")
COLLECTION_UUID = resource("collections", "TicketFlowCollectionVO")
FLOW_UUID = resource("flows", "TicketFlowVO")
TYPE_UUIDS = Param("strings", resource=("ticket_types", "TicketTypeVO"))
TYPE_UUIDS_REQUIRED = Param("strings", required=True, nonempty=True, resource=("ticket_types", "TicketTypeVO"))


def query_api(java: str, path: str, table: str) -> Api:
    return Api(java, "GET", path, query_answers.answer, parameter="", sync=True, query=table)


def login_api(
    java: str,
    path: str,
    handler: Callable[[Node, Message], Result],
    params: dict[str, Param],
    allowed: str = ANYBODY,
) -> Api:
    return Api(java, "PUT", path, handler, {**params, **LOGIN, **COMMON}, is_action=True, sync=True, allowed=allowed)
