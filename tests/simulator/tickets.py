"""Tickets: creating, moving, updating and deleting them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import execution, history
from .database import check_text, check_unused, requests_text
from .errors import denied, not_found
from .inventories import TICKET
from .messages import Message, Result, inventory
from .moves import APPROVER, CANCELLED, FINAL, INTERMEDIATE, NEXT, OWNER, PENDING, REJECTED, changed
from .rules import acting, interceptor
from .tables import Row
from .ticket_types import FIELDS, read_body, type_of

if TYPE_CHECKING:
    from .node import Node


def check_create(node: Node, message: Message) -> None:
    """The checks before a ticket is made, in the server's order."""
    switches, cloud = node.switches, node.cloud
    if message.caller.is_admin and not switches.admin_may_create:
        raise denied(message.api.java)
    system = message.get("accountSystemType")
    if system != "iam2":
        raise interceptor(switches, "account_system_unknown", system)
    names = [request.get("apiName") for request in message.get("requests")]
    ticket_type = type_of([name for name in names if name])
    if ticket_type is None:
        raise interceptor(switches, "type_not_matched")
    context = message.get("accountSystemContext")
    project = context.get("projectUuid") if isinstance(context, dict) else None
    collection = _collection(node, message.get("flowCollectionUuid"), ticket_type.uuid, project)
    if collection is None:
        raise interceptor(switches, "collection_not_found")
    if not _fits(node, collection, ticket_type.uuid):
        raise interceptor(switches, "collection_not_matching", collection["uuid"], ticket_type.uuid)
    if collection["status"] != "Valid":
        raise interceptor(switches, "collection_invalid", collection["uuid"])
    if collection["state"] != "Enabled":
        raise interceptor(switches, "collection_disabled", collection["uuid"])
    _check_requests(node, message.get("requests"))
    # Known now, used by the handler
    message.values["flowCollectionUuid"] = collection["uuid"]
    message.values["ticketTypeUuid"] = ticket_type.uuid
    _check_context(node, message)
    if collection.get("projectUuid") not in (None, cloud.projects[project]["uuid"] if project else None):
        raise acting(switches, "collection_of_other_project", collection["uuid"], project)


def create(node: Node, message: Message) -> Result:
    cloud = node.cloud
    context = message.get("accountSystemContext")
    uuid = message.get("resourceUuid") or cloud.new_uuid()
    requests = _stored(node, message.get("requests"))
    for column in ("name", "description"):
        check_text(node.switches, column, message.get(column))
    requests_text(node.switches, requests)
    check_unused(node, uuid)
    ticket = cloud.tickets.add(
        Row(
            TICKET,
            {
                "uuid": uuid,
                "name": message.get("name"),
                "description": message.get("description"),
                "status": PENDING,
                "request": requests,
                "accountSystemType": "iam2",
                "ticketTypeUuid": message.get("ticketTypeUuid"),
                "accountSystemContext": context,
                "currentFlowUuid": None,
                "flowCollectionUuid": message.get("flowCollectionUuid"),
                **cloud.dates(),
            },
            cloud.projects[context["projectUuid"]]["linkedAccountUuid"],
            system_tags=message.system_tags or [],
            user_tags=message.user_tags or [],
        )
    )
    if node.switches.create_writes_history:
        history.write(cloud, ticket, PENDING, PENDING, caller=message.caller)
    return inventory(node.renderer, ticket)


def change_status(node: Node, message: Message) -> Result:
    cloud, switches = node.cloud, node.switches
    ticket = _reachable(node, message)
    _check_alive(node, ticket)
    status, event = ticket["status"], message.get("statusEvent")
    move = changed(switches.move_changes)[status, event]
    if move.to is None:
        raise acting(switches, "event_refused", status, event)
    flow = None
    if move.actor == APPROVER:
        chain = _chain(node, ticket)
        passed = [step["uuid"] for step in chain]
        current = ticket["currentFlowUuid"]
        due = passed.index(current) + 1 if current in passed else 0
        flow = chain[min(due, len(chain) - 1)]
        if message.caller.user != flow["approverUuid"] and not (
            message.caller.is_admin and switches.admin_may_act_for_approver
        ):
            raise acting(switches, "operator_refused", flow["approverUuid"])
        to = move.to if move.to != NEXT else FINAL if flow is chain[-1] else INTERMEDIATE
    else:
        assert move.actor == OWNER
        _check_owner(node, message, ticket)
        to = move.to
    check_text(switches, "comment", message.get("comment"))
    changes: dict[str, Any] = {"status": to, "lastOpDate": cloud.dates()["lastOpDate"]}
    if event == "approve" and flow is not None:
        changes["currentFlowUuid"] = flow["uuid"]
    elif event == "reopen":
        changes["currentFlowUuid"] = None
    cloud.tickets.change(ticket, **changes)
    history.write(cloud, ticket, status, to, caller=message.caller, comment=message.get("comment"), flow=flow)
    result = inventory(node.renderer, ticket)
    if to == FINAL:
        execution.schedule(cloud, ticket)
    return result


def update_request(node: Node, message: Message) -> Result:
    cloud, switches = node.cloud, node.switches
    ticket = _reachable(node, message)
    _check_alive(node, ticket)
    _check_owner(node, message, ticket)
    status = ticket["status"]
    if status != CANCELLED and not (status == REJECTED and switches.update_rejected):
        raise acting(switches, "update_refused", ticket["uuid"], ticket["name"], status)
    _check_requests(node, message.get("requests"))
    requests = _stored(node, message.get("requests"))
    requests_text(switches, requests)
    changes: dict[str, Any] = {"request": requests, "lastOpDate": cloud.dates()["lastOpDate"]}
    if message.get("description") is not None and switches.update_takes_description:
        check_text(switches, "description", message.get("description"))
        changes["description"] = message.get("description")
    cloud.tickets.change(ticket, **changes)
    if switches.update_writes_history:
        history.write(cloud, ticket, status, status, caller=message.caller, context_type="RequestUpdated")
    return inventory(node.renderer, ticket)


def delete(node: Node, message: Message) -> Result:
    ticket = _reachable(node, message)
    caller = message.caller
    owner = ticket["accountSystemContext"]["virtualIDUuid"]
    if not (caller.is_admin or caller.user == owner or node.switches.member_may_delete_others):
        raise acting(node.switches, "not_the_owner", caller.user, ticket["uuid"], ticket["name"])
    history.archive(node.cloud, ticket)
    return Result()


def _collection(node: Node, given: str | None, ticket_type: str, project: str | None) -> Row | None:
    """The collection named, else the project's for this type, else the project's default, else the system's."""
    collections = node.cloud.collections
    if given:
        return collections.get(given)
    of_project = collections.find("projectUuid", project) if project else []
    for row in of_project:
        if ticket_type in row["ticketTypeUuids"]:
            return row
    shared = [row for row in collections if row.get("projectUuid") is None]
    return next((row for row in (*of_project, *shared) if row["isDefault"]), None)


def _fits(node: Node, collection: Row, ticket_type: str) -> bool:
    bound = collection["ticketTypeUuids"]
    if ticket_type in bound:
        return True
    return not bound and (collection["isDefault"] or node.switches.unbound_collection_matches)


def _check_requests(node: Node, requests: list[dict[str, Any]]) -> None:
    for request in requests:
        name = request.get("apiName")
        if name not in FIELDS:
            raise interceptor(node.switches, "api_unknown", name)
        try:
            read_body(name, request.get("apiBody") if request.get("apiBody") is not None else {})
        except ValueError as complaint:
            raise interceptor(node.switches, "body_unreadable", f"class {name}", str(complaint)) from None


def _check_context(node: Node, message: Message) -> None:
    """The context names an existing project and virtual ID: the caller's own, unless admin calls."""
    cloud, caller = node.cloud, message.caller
    context = message.get("accountSystemContext")
    given = context if isinstance(context, dict) else {}
    project = cloud.projects.get(given.get("projectUuid"))
    submitter = cloud.virtual_ids.get(given.get("virtualIDUuid"))
    if project is None:
        raise not_found("accountSystemContext", str(given.get("projectUuid", "null")), "IAM2ProjectVO")
    if submitter is None:
        raise not_found("accountSystemContext", str(given.get("virtualIDUuid", "null")), "IAM2VirtualIDVO")
    if caller.is_admin or not node.switches.context_must_match_session:
        return
    if project["uuid"] != caller.project:
        raise acting(node.switches, "not_resource_owner", caller.account, project["uuid"], "IAM2ProjectVO")
    if submitter["uuid"] != caller.user:
        raise acting(node.switches, "not_resource_owner", caller.account, submitter["uuid"], "IAM2VirtualIDVO")


def _stored(node: Node, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Requests as they are kept: known members, a count, and what the API message itself adds to the body."""
    stored = []
    for request in requests:
        body = request.get("apiBody")
        body = dict(body) if isinstance(body, dict) else {}
        if node.switches.store_message_internals:
            body.setdefault("timeout", -1)
            body.setdefault("headers", {})
            body.setdefault("id", node.cloud.new_uuid())
            body.setdefault("createdTime", int(node.clock.now() * 1000))
        times = request.get("executeTimes")
        stored.append(
            {
                "requestName": request.get("requestName"),
                "apiName": request.get("apiName"),
                "executeTimes": node.switches.default_execute_times if times is None else times,
                "apiBody": body,
            }
        )
    return stored


def _chain(node: Node, ticket: Row) -> list[Row]:
    collection = node.cloud.collections.get(ticket["flowCollectionUuid"])
    chain = node.cloud.chain(collection) if collection is not None else []
    if not chain:
        raise acting(node.switches, "collection_invalid", ticket["flowCollectionUuid"])
    return chain


def _reachable(node: Node, message: Message) -> Row:
    """The ticket of the call, if the caller's account owns it."""
    ticket = node.cloud.tickets.get(message.get("uuid"))
    if ticket is None:
        raise not_found("uuid", message.get("uuid"), "TicketVO")
    if not message.caller.is_admin and ticket.owner != message.caller.account:
        raise acting(node.switches, "not_resource_owner", message.caller.account, ticket["uuid"], "TicketVO")
    return ticket


def _check_alive(node: Node, ticket: Row) -> None:
    """A ticket whose submitter or project is gone can only be deleted."""
    context = ticket["accountSystemContext"]
    for key, table, error in (
        ("virtualIDUuid", node.cloud.virtual_ids, "submitter_deleted"),
        ("projectUuid", node.cloud.projects, "project_deleted"),
    ):
        if context[key] not in table:
            raise acting(node.switches, error, context[key], ticket["uuid"], ticket["name"])


def _check_owner(node: Node, message: Message, ticket: Row) -> None:
    caller = message.caller
    if caller.user == ticket["accountSystemContext"]["virtualIDUuid"]:
        return
    if caller.is_admin and node.switches.admin_may_act_for_owner:
        return
    raise acting(node.switches, "not_the_owner", caller.user, ticket["uuid"], ticket["name"])
