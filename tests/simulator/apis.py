"""The APIs that the simulator knows, each with its path, parameters and handler."""

from __future__ import annotations

from . import platform_info, sessions, tickets
from .api_params import (
    COMMON,
    CREATION,
    DELETION,
    DESCRIPTION,
    IAM2_API,
    IDENTITY_API,
    MANAGEMENT_API,
    NAME,
    REQUESTS,
    REQUIRED,
    TEXT,
    TICKET_API,
    TICKET_UUID,
    login_api,
    query_api,
    resource,
)
from .apis_flow_collections import FLOW_COLLECTIONS
from .messages import ANYBODY, LOGGED_IN, MEMBER, Api, Param
from .moves import EVENTS

TICKETS = (
    Api(
        TICKET_API + "APICreateTicketMsg",
        "POST",
        "/tickets",
        tickets.create,
        {
            "name": NAME,
            "description": DESCRIPTION,
            "requests": REQUESTS,
            "flowCollectionUuid": resource("collections", "TicketFlowCollectionVO", required=False),
            "accountSystemType": REQUIRED,
            "accountSystemContext": Param("any", required=True),
            **CREATION,
        },
        allowed=MEMBER,
        check=tickets.check_create,
        creates=True,
    ),
    Api(
        TICKET_API + "APIChangeTicketStatusMsg",
        "PUT",
        "/tickets/{uuid}/actions",
        tickets.change_status,
        {
            "uuid": TICKET_UUID,
            "statusEvent": Param("enum", required=True, values=EVENTS),
            "comment": Param(max_length=65535),
            **COMMON,
        },
        is_action=True,
        allowed=MEMBER,
    ),
    Api(
        TICKET_API + "APIUpdateTicketRequestMsg",
        "PUT",
        "/tickets/{uuid}/actions",
        tickets.update_request,
        {"uuid": TICKET_UUID, "requests": REQUESTS, "description": DESCRIPTION, **COMMON},
        is_action=True,
        allowed=MEMBER,
    ),
    Api(
        TICKET_API + "APIDeleteTicketMsg",
        "DELETE",
        "/tickets/{uuid}",
        tickets.delete,
        {"uuid": TICKET_UUID, **DELETION},
        parameter="",
        allowed=MEMBER,
        deletes=True,
    ),
    query_api(TICKET_API + "APIQueryTicketMsg", "/tickets", "tickets"),
    query_api(TICKET_API + "APIQueryTicketHistoryMsg", "/tickets/histories", "histories"),
    query_api(TICKET_API + "APIQueryArchiveTicketMsg", "/tickets/archives", "archives"),
    query_api(TICKET_API + "APIQueryArchiveTicketHistoryMsg", "/tickets/histories/archives", "archive_histories"),
    query_api(TICKET_API + "APIQueryTicketTypeMsg", "/ticket-types", "ticket_types"),
    query_api(TICKET_API + "APIQueryTicketFlowMsg", "/tickets/flow", "flows"),
    query_api(TICKET_API + "APIQueryTicketFlowCollectionMsg", "/tickets/flow-collections", "collections"),
)

LOGINS = (
    login_api(
        IDENTITY_API + "APILogInByAccountMsg",
        "/accounts/login",
        sessions.log_in_by_account,
        {"accountName": REQUIRED, "password": REQUIRED, "accountType": TEXT},
    ),
    login_api(
        IDENTITY_API + "login.APILogInMsg",
        "/login",
        sessions.log_in,
        {"username": REQUIRED, "password": REQUIRED, "loginType": REQUIRED, "properties": Param("any")},
    ),
    login_api(
        IDENTITY_API + "APILogInByUserMsg",
        "/accounts/users/login",
        sessions.log_in_by_user,
        {"accountUuid": TEXT, "accountName": TEXT, "userName": REQUIRED, "password": REQUIRED},
    ),
    login_api(
        IAM2_API + "APILoginIAM2VirtualIDMsg",
        "/iam2/virtual-ids/login",
        sessions.log_in_virtual_id,
        {"name": REQUIRED, "password": REQUIRED},
    ),
    login_api(
        IAM2_API + "APILoginIAM2ProjectMsg",
        "/iam2/projects/login",
        sessions.log_in_project,
        {"projectName": REQUIRED},
        allowed=LOGGED_IN,
    ),
    login_api(
        IAM2_API + "APILoginIAM2PlatformMsg", "/iam2/platform/login", sessions.log_in_platform, {}, allowed=LOGGED_IN
    ),
)

OTHERS = (
    Api(
        IDENTITY_API + "APILogOutMsg",
        "DELETE",
        "/accounts/sessions/{sessionUuid}",
        sessions.log_out,
        {"sessionUuid": TEXT, **COMMON},
        parameter="",
        sync=True,
        allowed=ANYBODY,
    ),
    Api(
        IDENTITY_API + "APIValidateSessionMsg",
        "GET",
        "/accounts/sessions/{sessionUuid}/valid",
        sessions.validate,
        {"sessionUuid": REQUIRED},
        parameter="",
        sync=True,
        allowed=ANYBODY,
    ),
    Api(
        IDENTITY_API + "APIRenewSessionMsg",
        "PUT",
        "/accounts/sessions/{sessionUuid}/renew",
        sessions.renew,
        {"sessionUuid": REQUIRED, "duration": Param("integer", between=(60, 31536000)), **COMMON},
        is_action=True,
    ),
    Api(
        MANAGEMENT_API + "APIGetVersionMsg",
        "PUT",
        "/management-nodes/actions",
        platform_info.version,
        is_action=True,
        sync=True,
        allowed=ANYBODY,
    ),
    Api(
        MANAGEMENT_API + "APIGetCurrentTimeMsg",
        "PUT",
        "/management-nodes/actions",
        platform_info.current_time,
        is_action=True,
        sync=True,
        allowed=ANYBODY,
    ),
    Api(
        MANAGEMENT_API + "APIGetPlatformTimeZoneMsg",
        "GET",
        "/management-nodes/platform-timezone",
        platform_info.time_zone,
        parameter="",
        sync=True,
    ),
    Api(
        IAM2_API + "APIGetIAM2ProjectsOfVirtualIDMsg",
        "GET",
        "/iam2/virtual-ids/projects",
        platform_info.projects_of_virtual_id,
        parameter="",
        sync=True,
    ),
    query_api(IAM2_API + "APIQueryIAM2ProjectMsg", "/iam2/projects", "projects"),
    query_api(IAM2_API + "APIQueryIAM2VirtualIDMsg", "/iam2/virtual-ids", "virtual_ids"),
    query_api(IDENTITY_API + "APIQueryAccountMsg", "/accounts", "accounts"),
    query_api("org.zstack.accessKey.APIQueryAccessKeyMsg", "/accesskeys", "access_keys"),
)

APIS = (*TICKETS, *FLOW_COLLECTIONS, *LOGINS, *OTHERS)
