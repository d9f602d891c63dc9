"""Flow collections (approval processes) and their flows (steps), and what happens when an approver is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import history
from .books import Cloud, new_flow
from .database import check_unused
from .errors import ApiError, not_found
from .identities import ADMIN, OPERATOR
from .inventories import COLLECTION
from .messages import Message, Result, inventory
from .moves import INTERMEDIATE, PENDING, REJECTED
from .rules import acting, interceptor
from .tables import Row
from .texts import java_text, text

if TYPE_CHECKING:
    from .node import Node

# Titles that name an approver by office; only the first is known from public sources
_TITLES = ("SystemAdmin", "ProjectAdmin", "ProjectOperator")
_SYSTEM_ADMIN = _TITLES[0]


def check_create(node: Node, message: Message) -> None:
    flows = message.get("flows")
    project = node.cloud.projects[message.get("projectUuid")]
    _check_types_free(node, project["uuid"], message.get("ticketTypeUuids") or [], None)
    _check_flows(node, flows, project["uuid"])


def create(node: Node, message: Message) -> Result:
    cloud = node.cloud
    uuid = message.get("resourceUuid") or cloud.new_uuid()
    check_unused(node, uuid)
    project = cloud.projects[message.get("projectUuid")]
    is_default = bool(message.get("isDefault"))
    if is_default:
        _end_default(cloud, project["uuid"])
    row = cloud.collections.add(
        Row(
            COLLECTION,
            {
                "uuid": uuid,
                "name": message.get("name"),
                "description": message.get("description"),
                "state": "Enabled",
                "status": "Valid",
                "isDefault": is_default,
                "projectUuid": project["uuid"],
                "flows": [],
                "ticketTypeUuids": list(message.get("ticketTypeUuids") or []),
                **cloud.dates(),
            },
            project["linkedAccountUuid"],
        )
    )
    _set_flows(cloud, row, message.get("flows"))
    return inventory(node.renderer, row)


def check_update(node: Node, message: Message) -> None:
    row = _reachable(node, message, "uuid")
    if message.get("flows") is not None:
        _check_flows(node, message.get("flows"), row.get("projectUuid"))


def update(node: Node, message: Message) -> Result:
    cloud, row = node.cloud, _reachable(node, message, "uuid")
    changes = {key: message.get(key) for key in ("name", "description") if message.get(key) is not None}
    if message.get("isDefault") is not None:
        if message.get("isDefault"):
            _end_default(cloud, row.get("projectUuid"))
        changes["isDefault"] = message.get("isDefault")
    cloud.collections.change(row, **changes, lastOpDate=cloud.dates()["lastOpDate"])
    if message.get("flows") is not None:
        for flow in cloud.flows.find("collectionUuid", row["uuid"]):
            cloud.flows.remove(flow)
        _set_flows(cloud, row, message.get("flows"))
    return inventory(node.renderer, row)


def change_state(node: Node, message: Message) -> Result:
    row = _reachable(node, message, "uuid")
    state = "Enabled" if message.get("stateEvent") == "enable" else "Disabled"
    node.cloud.collections.change(row, state=state, lastOpDate=node.cloud.dates()["lastOpDate"])
    return inventory(node.renderer, row)


def delete(node: Node, message: Message) -> Result:
    row = _reachable(node, message, "uuid")
    under_way = [ticket["uuid"] for ticket in _under_way(node.cloud, row)]
    if under_way and not node.switches.used_collection_can_be_deleted:
        cause = ApiError("SYS.1006", f"tickets[uuids:{java_text(under_way)}] use the flow collection")
        raise ApiError("SYS.1004", f"unable to delete the flow collection[uuid:{row['uuid']}]", cause=cause)
    remove(node.cloud, row)
    return Result()


def remove(cloud: Cloud, row: Row) -> None:
    for flow in cloud.flows.find("collectionUuid", row["uuid"]):
        cloud.flows.remove(flow)
    cloud.collections.remove(row)


def add_types(node: Node, message: Message) -> Result:
    row = _reachable(node, message, "ticketFlowCollectionUuid")
    types = [uuid for uuid in message.get("ticketTypeUuids") if uuid not in row["ticketTypeUuids"]]
    node.cloud.collections.change(row, ticketTypeUuids=row["ticketTypeUuids"] + types)
    return Result()


def check_add_types(node: Node, message: Message) -> None:
    row = _reachable(node, message, "ticketFlowCollectionUuid")
    _check_types_free(node, row.get("projectUuid"), message.get("ticketTypeUuids"), row)


def remove_types(node: Node, message: Message) -> Result:
    row = _reachable(node, message, "ticketFlowCollectionUuid")
    kept = [uuid for uuid in row["ticketTypeUuids"] if uuid not in message.get("ticketTypeUuids")]
    node.cloud.collections.change(row, ticketTypeUuids=kept)
    return Result()


def check_add_flow(node: Node, message: Message) -> None:
    collection = _reachable(node, message, "collectionUuid")
    if not message.get("name"):
        raise interceptor(node.switches, "flow_name_needed")
    parent = message.get("parentFlowUuid")
    chain = node.cloud.chain(collection)
    if parent is not None and parent not in [flow["uuid"] for flow in chain]:
        raise not_found("parentFlowUuid", parent, "TicketFlowVO")
    approver = _check_approver(node, message.values, collection.get("projectUuid"))
    approvers = [flow["approverUuid"] for flow in chain]
    position = len(chain) if parent is None else [flow["uuid"] for flow in chain].index(parent) + 1
    _check_last(node, [*approvers[:position], approver, *approvers[position:]])


def add_flow(node: Node, message: Message) -> Result:
    """Put a flow behind ``parentFlowUuid``, or behind the last; what followed the parent follows the new flow."""
    cloud, collection = node.cloud, _reachable(node, message, "collectionUuid")
    uuid = message.get("resourceUuid") or cloud.new_uuid()
    check_unused(node, uuid)
    chain = cloud.chain(collection)
    parent = message.get("parentFlowUuid") or (chain[-1]["uuid"] if chain else None)
    for flow in chain:
        if parent is not None and flow.get("parentFlowUuid") == parent and node.switches.flows_are_relinked:
            cloud.flows.change(flow, parentFlowUuid=uuid)
    approver = message.get("approverUuid") if message.get("approverTitle") != _SYSTEM_ADMIN else ADMIN
    dates, owner = cloud.dates(), collection.owner
    description = message.get("description")
    name = message.get("name")
    row = cloud.flows.add(new_flow(uuid, name, collection["uuid"], parent, approver, owner, dates, description))
    cloud.refresh_flows(collection)
    return inventory(node.renderer, row)


def check_update_flow(node: Node, message: Message) -> None:
    flow, collection = _flow(node, message)
    if message.get("approverUuid") is None and message.get("approverTitle") is None:
        return
    approver = _check_approver(node, message.values, collection.get("projectUuid"))
    chain = node.cloud.chain(collection)
    _check_last(node, [approver if step is flow else step["approverUuid"] for step in chain])


def update_flow(node: Node, message: Message) -> Result:
    cloud = node.cloud
    flow, collection = _flow(node, message)
    changes: dict[str, Any] = {key: message.get(key) for key in ("name", "description") if message.get(key) is not None}
    approver = ADMIN if message.get("approverTitle") == _SYSTEM_ADMIN else message.get("approverUuid")
    if approver is not None:
        changes.update(approverUuid=approver, flowContext=f'{{"approverUuid":"{approver}"}}', valid=True)
    cloud.flows.change(flow, **changes, lastOpDate=cloud.dates()["lastOpDate"])
    _revalidate(cloud, collection)
    return inventory(node.renderer, flow)


def delete_flow(node: Node, message: Message) -> Result:
    cloud = node.cloud
    flow, collection = _flow(node, message)
    for child in cloud.flows.find("collectionUuid", collection["uuid"]):
        if child.get("parentFlowUuid") == flow["uuid"] and node.switches.flows_are_relinked:
            cloud.flows.change(child, parentFlowUuid=flow.get("parentFlowUuid"))
    cloud.flows.remove(flow)
    _revalidate(cloud, collection)
    return Result()


def check_delete_flow(node: Node, message: Message) -> None:
    flow, collection = _flow(node, message)
    _check_last(node, [step["approverUuid"] for step in node.cloud.chain(collection) if step is not flow])


def lose_approver(cloud: Cloud, approver: str, project: str | None = None) -> None:
    """An approver left ``project`` (or everything): collections become Invalid, their running tickets Rejected."""
    for flow in cloud.flows.find("approverUuid", approver):
        collection = cloud.collections[flow["collectionUuid"]]
        if project is not None and collection.get("projectUuid") != project:
            continue
        cloud.flows.change(flow, valid=False)
        _revalidate(cloud, collection)
        for ticket in _under_way(cloud, collection):
            status = ticket["status"]
            cloud.tickets.change(ticket, status=REJECTED, lastOpDate=cloud.dates()["lastOpDate"])
            comment = text("approver_lost").render(cloud.switches.locale)
            history.write(cloud, ticket, status, REJECTED, comment=comment)


def _under_way(cloud: Cloud, collection: Row) -> list[Row]:
    tickets = cloud.tickets.find("flowCollectionUuid", collection["uuid"])
    return [ticket for ticket in tickets if ticket["status"] in (PENDING, INTERMEDIATE)]


def _revalidate(cloud: Cloud, collection: Row) -> None:
    cloud.refresh_flows(collection)
    status = "Valid" if all(flow["valid"] for flow in collection["flows"]) else "Invalid"
    cloud.collections.change(collection, status=status)


def _check_types_free(node: Node, project: str | None, types: list[str], but: Row | None) -> None:
    for row in node.cloud.collections:
        if row is not but and row.get("projectUuid") == project and set(types) & set(row["ticketTypeUuids"]):
            raise interceptor(node.switches, "type_already_bound")


def _check_flows(node: Node, flows: list[dict[str, Any]] | None, project: str | None) -> None:
    if not flows:
        raise interceptor(node.switches, "flow_needed")
    approvers = []
    for flow in flows:
        title = flow.get("approverTitle")
        if title is not None and title not in _TITLES:
            raise interceptor(node.switches, "approver_title", title, list(_TITLES))
        if flow.get("name") is None:
            raise interceptor(node.switches, "flow_name_null")
        approvers.append(_check_approver(node, flow, project))
    _check_last(node, approvers)


def _check_approver(node: Node, flow: dict[str, Any], project: str | None) -> str:
    """Who approves the step, checked to exist and to be a member of the project."""
    title, approver = flow.get("approverTitle"), flow.get("approverUuid")
    if title is not None and title not in _TITLES:
        raise interceptor(node.switches, "approver_title", title, list(_TITLES))
    if title == _SYSTEM_ADMIN or approver == ADMIN:
        return ADMIN
    if approver is None:
        raise interceptor(node.switches, "flow_approver_null")
    if approver not in node.cloud.virtual_ids:
        raise interceptor(node.switches, "approver_not_found", approver)
    row = node.cloud.projects.get(project)
    if row is not None and approver not in row.hidden["members"]:
        raise interceptor(node.switches, "approver_not_member", approver, project)
    return str(approver)


def _check_last(node: Node, approvers: list[str]) -> None:
    if not approvers:
        raise interceptor(node.switches, "flow_needed")
    last = approvers[-1]
    if node.switches.last_approver_rule and last != ADMIN and OPERATOR not in node.cloud.roles(last):
        raise interceptor(node.switches, "last_approver")


def _set_flows(cloud: Cloud, collection: Row, flows: list[dict[str, Any]]) -> None:
    parent = None
    for given in flows:
        uuid = cloud.new_uuid()
        approver = ADMIN if given.get("approverTitle") == _SYSTEM_ADMIN else given.get("approverUuid")
        assert approver is not None
        dates, owner = cloud.dates(), collection.owner
        description = given.get("description")
        cloud.flows.add(new_flow(uuid, given["name"], collection["uuid"], parent, approver, owner, dates, description))
        parent = uuid
    _revalidate(cloud, collection)


def _end_default(cloud: Cloud, project: str | None) -> None:
    for row in cloud.collections:
        if row.get("projectUuid") == project and row["isDefault"]:
            cloud.collections.change(row, isDefault=False)


def _reachable(node: Node, message: Message, name: str) -> Row:
    """The collection of the call, if the caller's account owns it."""
    row = node.cloud.collections.get(message.get(name))
    if row is None:
        raise not_found(name, message.get(name), "TicketFlowCollectionVO")
    if not message.caller.is_admin and row.owner != message.caller.account:
        arguments = (message.caller.account, row["uuid"], "TicketFlowCollectionVO")
        raise acting(node.switches, "not_resource_owner", *arguments)
    return row


def _flow(node: Node, message: Message) -> tuple[Row, Row]:
    flow = node.cloud.flows.get(message.get("uuid"))
    if flow is None:
        raise not_found("uuid", message.get("uuid"), "TicketFlowVO")
    collection = node.cloud.collections[flow["collectionUuid"]]
    if not message.caller.is_admin and collection.owner != message.caller.account:
        arguments = (message.caller.account, flow["uuid"], "TicketFlowVO")
        raise acting(node.switches, "not_resource_owner", *arguments)
    return flow, collection
