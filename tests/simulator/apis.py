"""The APIs that the simulator knows, each with its path, parameters and handler."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from . import flow_collections, platform_info, query, sessions, tickets
from .messages import ANYBODY, LOGGED_IN, MANAGER, MEMBER, Api, Message, Param, Result
from .moves import EVENTS

if TYPE_CHECKING:
    from .node import Node

_TICKET = "org.zstack.ticket.api."
_IAM2_TICKET = "org.zstack.ticket.iam2.api."
_IDENTITY = "org.zstack.header.identity."
_IAM2 = "org.zstack.iam2.api."
_MANAGEMENT = "org.zstack.header.managementnode."

_NAME = Param(required=True, max_length=255)
_DESCRIPTION = Param(max_length=2048)
_TEXT = Param()
_MUST = Param(required=True)
_FLAG = Param("boolean")
_COMMON = {"systemTags": Param("strings", inherited=True), "userTags": Param("strings", inherited=True)}
_CREATION = {
    "resourceUuid": Param(inherited=True),
    "tagUuids": Param("strings", inherited=True, resource=("tag_patterns", "TagPatternVO")),
    **_COMMON,
}
_DELETE_MODE = {"deleteMode": Param(inherited=True), **_COMMON}
_LOGIN = {"captchaUuid": _TEXT, "verifyCode": _TEXT, "clientInfo": Param("any")}
_REQUESTS = Param("objects", required=True, nonempty=True)


def _resource(table: str, kind: str, required: bool = True) -> Param:
    return Param(required=required, resource=(table, kind))


_TICKET_UUID = _resource("tickets", "TicketVO")
_COLLECTION_UUID = _resource("collections", "TicketFlowCollectionVO")
_FLOW_UUID = _resource("flows", "TicketFlowVO")
_TYPE_UUIDS = Param("strings", resource=("ticket_types", "TicketTypeVO"))
_TYPE_UUIDS_NEEDED = Param("strings", required=True, nonempty=True, resource=("ticket_types", "TicketTypeVO"))


def _query(java: str, path: str, table: str) -> Api:
    return Api(java, "GET", path, query.answer, parameter="", sync=True, query=table)


def _login(
    java: str,
    path: str,
    handler: Callable[[Node, Message], Result],
    params: dict[str, Param],
    allowed: str = ANYBODY,
) -> Api:
    return Api(java, "PUT", path, handler, {**params, **_LOGIN, **_COMMON}, is_action=True, sync=True, allowed=allowed)


TICKETS = (
    Api(
        _TICKET + "APICreateTicketMsg",
        "POST",
        "/tickets",
        tickets.create,
        {
            "name": _NAME,
            "description": _DESCRIPTION,
            "requests": _REQUESTS,
            "flowCollectionUuid": _resource("collections", "TicketFlowCollectionVO", required=False),
            "accountSystemType": _MUST,
            "accountSystemContext": Param("any", required=True),
            **_CREATION,
        },
        allowed=MEMBER,
        check=tickets.check_create,
        creates=True,
    ),
    Api(
        _TICKET + "APIChangeTicketStatusMsg",
        "PUT",
        "/tickets/{uuid}/actions",
        tickets.change_status,
        {
            "uuid": _TICKET_UUID,
            "statusEvent": Param("enum", required=True, values=EVENTS),
            "comment": Param(max_length=65535),
            **_COMMON,
        },
        is_action=True,
        allowed=MEMBER,
    ),
    Api(
        _TICKET + "APIUpdateTicketRequestMsg",
        "PUT",
        "/tickets/{uuid}/actions",
        tickets.update_request,
        {"uuid": _TICKET_UUID, "requests": _REQUESTS, "description": _DESCRIPTION, **_COMMON},
        is_action=True,
        allowed=MEMBER,
    ),
    Api(
        _TICKET + "APIDeleteTicketMsg",
        "DELETE",
        "/tickets/{uuid}",
        tickets.delete,
        {"uuid": _TICKET_UUID, **_DELETE_MODE},
        parameter="",
        allowed=MEMBER,
        deletes=True,
    ),
    _query(_TICKET + "APIQueryTicketMsg", "/tickets", "tickets"),
    _query(_TICKET + "APIQueryTicketHistoryMsg", "/tickets/histories", "histories"),
    _query(_TICKET + "APIQueryArchiveTicketMsg", "/tickets/archives", "archives"),
    _query(_TICKET + "APIQueryArchiveTicketHistoryMsg", "/tickets/histories/archives", "archive_histories"),
    _query(_TICKET + "APIQueryTicketTypeMsg", "/ticket-types", "ticket_types"),
    _query(_TICKET + "APIQueryTicketFlowMsg", "/tickets/flow", "flows"),
    _query(_TICKET + "APIQueryTicketFlowCollectionMsg", "/tickets/flow-collections", "collections"),
)

_TYPES_PATH = "/tickets/flow-collections/{ticketFlowCollectionUuid}/ticket-types"
FLOW_COLLECTIONS = (
    Api(
        _IAM2_TICKET + "APICreateIAM2TickFlowCollectionMsg",
        "POST",
        "/tickets/flow-collections",
        flow_collections.create,
        {
            "flows": Param("objects"),
            "projectUuid": _resource("projects", "IAM2ProjectVO"),
            "name": _NAME,
            "description": _DESCRIPTION,
            "isDefault": _FLAG,
            "ticketTypeUuids": _TYPE_UUIDS,
            **_CREATION,
        },
        allowed=MANAGER,
        check=flow_collections.check_create,
        creates=True,
    ),
    Api(
        _IAM2_TICKET + "APIUpdateIAM2TicketFlowCollectionMsg",
        "PUT",
        "/tickets/flow-collections/{uuid}/actions",
        flow_collections.update,
        {
            "uuid": _COLLECTION_UUID,
            "flows": Param("objects"),
            "name": Param(max_length=255),
            "description": _DESCRIPTION,
            "isDefault": _FLAG,
            **_COMMON,
        },
        is_action=True,
        allowed=MANAGER,
        check=flow_collections.check_update,
    ),
    Api(
        _TICKET + "APIChangeTicketFlowCollectionStateMsg",
        "PUT",
        "/tickets/flow-collections/{uuid}/actions",
        flow_collections.change_state,
        {"uuid": _COLLECTION_UUID, "stateEvent": Param(required=True, values=("enable", "disable")), **_COMMON},
        is_action=True,
        allowed=MANAGER,
    ),
    Api(
        _TICKET + "APIDeleteTicketFlowCollectionMsg",
        "DELETE",
        "/tickets/flow-collections/{uuid}",
        flow_collections.delete,
        {"uuid": _COLLECTION_UUID, **_DELETE_MODE},
        parameter="",
        allowed=MANAGER,
        deletes=True,
    ),
    Api(
        _TICKET + "APIAddTicketTypesToTicketFlowCollectionMsg",
        "POST",
        _TYPES_PATH,
        flow_collections.add_types,
        {"ticketFlowCollectionUuid": _COLLECTION_UUID, "ticketTypeUuids": _TYPE_UUIDS_NEEDED, **_COMMON},
        allowed=MANAGER,
        check=flow_collections.check_add_types,
    ),
    Api(
        _TICKET + "APIRemoveTicketTypesFromTicketFlowCollectionMsg",
        "DELETE",
        _TYPES_PATH,
        flow_collections.remove_types,
        {"ticketFlowCollectionUuid": _COLLECTION_UUID, "ticketTypeUuids": _TYPE_UUIDS_NEEDED, **_COMMON},
        parameter="",
        allowed=MANAGER,
    ),
    Api(
        _IAM2_TICKET + "APIAddIAM2TicketFlowMsg",
        "POST",
        "/tickets/flow",
        flow_collections.add_flow,
        {
            "approverUuid": _MUST,
            "approverTitle": _TEXT,
            "name": _MUST,
            "description": _TEXT,
            "collectionUuid": _COLLECTION_UUID,
            "parentFlowUuid": _TEXT,
            **_CREATION,
        },
        allowed=MANAGER,
        check=flow_collections.check_add_flow,
        creates=True,
    ),
    Api(
        _IAM2_TICKET + "APIUpdateIAM2TicketFlowMsg",
        "PUT",
        "/tickets/flow/{uuid}/actions",
        flow_collections.update_flow,
        {
            "uuid": _FLOW_UUID,
            "name": _TEXT,
            "description": _TEXT,
            "approverUuid": _TEXT,
            "approverTitle": _TEXT,
            **_COMMON,
        },
        is_action=True,
        allowed=MANAGER,
        check=flow_collections.check_update_flow,
    ),
    Api(
        _IAM2_TICKET + "APIDeleteIAM2TicketFlowMsg",
        "DELETE",
        "/tickets/flow/{uuid}",
        flow_collections.delete_flow,
        {"uuid": _FLOW_UUID, **_DELETE_MODE},
        parameter="",
        allowed=MANAGER,
        check=flow_collections.check_delete_flow,
        deletes=True,
    ),
)

LOGINS = (
    _login(
        _IDENTITY + "APILogInByAccountMsg",
        "/accounts/login",
        sessions.log_in_by_account,
        {"accountName": _MUST, "password": _MUST, "accountType": _TEXT},
    ),
    _login(
        _IDENTITY + "login.APILogInMsg",
        "/login",
        sessions.log_in,
        {"username": _MUST, "password": _MUST, "loginType": _MUST, "properties": Param("any")},
    ),
    _login(
        _IAM2 + "APILoginIAM2VirtualIDMsg",
        "/iam2/virtual-ids/login",
        sessions.log_in_virtual_id,
        {"name": _MUST, "password": _MUST},
    ),
    _login(
        _IAM2 + "APILoginIAM2ProjectMsg",
        "/iam2/projects/login",
        sessions.log_in_project,
        {"projectName": _MUST},
        allowed=LOGGED_IN,
    ),
    _login(_IAM2 + "APILoginIAM2PlatformMsg", "/iam2/platform/login", sessions.log_in_platform, {}, allowed=LOGGED_IN),
)

OTHERS = (
    Api(
        _IDENTITY + "APILogOutMsg",
        "DELETE",
        "/accounts/sessions/{sessionUuid}",
        sessions.log_out,
        {"sessionUuid": _TEXT, **_COMMON},
        parameter="",
        sync=True,
        allowed=ANYBODY,
    ),
    Api(
        _IDENTITY + "APIValidateSessionMsg",
        "GET",
        "/accounts/sessions/{sessionUuid}/valid",
        sessions.validate,
        {"sessionUuid": _MUST},
        parameter="",
        sync=True,
        allowed=ANYBODY,
    ),
    Api(
        _IDENTITY + "APIRenewSessionMsg",
        "PUT",
        "/accounts/sessions/{sessionUuid}/renew",
        sessions.renew,
        {"sessionUuid": _MUST, "duration": Param("integer", between=(60, 31536000)), **_COMMON},
        is_action=True,
    ),
    Api(
        _MANAGEMENT + "APIGetVersionMsg",
        "PUT",
        "/management-nodes/actions",
        platform_info.version,
        is_action=True,
        sync=True,
        allowed=ANYBODY,
    ),
    Api(
        _MANAGEMENT + "APIGetCurrentTimeMsg",
        "PUT",
        "/management-nodes/actions",
        platform_info.current_time,
        is_action=True,
        sync=True,
        allowed=ANYBODY,
    ),
    Api(
        _MANAGEMENT + "APIGetPlatformTimeZoneMsg",
        "GET",
        "/management-nodes/platform-timezone",
        platform_info.time_zone,
        parameter="",
        sync=True,
    ),
    Api(
        _IAM2 + "APIGetIAM2ProjectsOfVirtualIDMsg",
        "GET",
        "/iam2/virtual-ids/projects",
        platform_info.projects_of_virtual_id,
        parameter="",
        sync=True,
    ),
    _query(_IAM2 + "APIQueryIAM2ProjectMsg", "/iam2/projects", "projects"),
    _query(_IAM2 + "APIQueryIAM2VirtualIDMsg", "/iam2/virtual-ids", "virtual_ids"),
    _query(_IDENTITY + "APIQueryAccountMsg", "/accounts", "accounts"),
    _query("org.zstack.accessKey.APIQueryAccessKeyMsg", "/accesskeys", "access_keys"),
)

APIS = (*TICKETS, *FLOW_COLLECTIONS, *LOGINS, *OTHERS)
