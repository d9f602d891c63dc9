"""What a test or a demonstration does to the cloud behind the API's back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import flow_collections, history
from .identities import ADMIN, DEMO_COLLECTION, PROJECT, fixed_uuid, linked_account, project_uuid
from .inventories import TICKET
from .moves import PENDING
from .tables import Row, Table
from .ticket_types import TICKET_TYPES, VM_TYPE

if TYPE_CHECKING:
    from .node import Node


class Unknown(LookupError):
    """No record of that name."""


def _named(table: Table, name: str) -> Row:
    found = table.find("name", name)
    if not found:
        raise Unknown(f"no {table.inventory.simple_name.removesuffix('Inventory')} named {name}")
    return found[0]


def remove_from_project(node: Node, name: str, project: str = PROJECT) -> None:
    """Take a virtual ID out of a project, as an administrator may any day."""
    person, row = _named(node.cloud.virtual_ids, name), _named(node.cloud.projects, project)
    row.hidden["members"].discard(person["uuid"])
    node.sessions.end_of(person["uuid"], row["linkedAccountUuid"])
    flow_collections.lose_approver(node.cloud, person["uuid"], row["uuid"])


def delete_virtual_id(node: Node, name: str) -> None:
    person = _named(node.cloud.virtual_ids, name)
    node.cloud.virtual_ids.remove(person)
    for project in node.cloud.projects:
        project.hidden["members"].discard(person["uuid"])
    for key in [key for key in node.cloud.access_keys if key["userUuid"] == person["uuid"]]:
        node.cloud.access_keys.remove(key)
    node.sessions.end_of(person["uuid"])
    flow_collections.lose_approver(node.cloud, person["uuid"])


def delete_project(node: Node, name: str) -> None:
    """Delete a project with its collections and, if the switch says so, its tickets."""
    cloud = node.cloud
    project = _named(cloud.projects, name)
    account = project["linkedAccountUuid"]
    if node.switches.project_delete_removes_tickets:
        for ticket in [ticket for ticket in cloud.tickets if ticket.owner == account]:
            history.archive(cloud, ticket)
    for collection in cloud.collections.find("projectUuid", project["uuid"]):
        flow_collections.remove(cloud, collection)
    for key in [key for key in cloud.access_keys if key["accountUuid"] == account]:
        cloud.access_keys.remove(key)
    for session in [session for session in node.sessions.open.values() if session.account == account]:
        node.sessions.end(session.uuid)
    cloud.projects.remove(project)
    cloud.accounts.remove(cloud.accounts[account])


def set_project_state(node: Node, name: str, state: str) -> None:
    """Enabled, Disabled, Retired ...: only an Enabled project lets anybody in."""
    node.cloud.projects.change(_named(node.cloud.projects, name), state=state)


def set_access_key_state(node: Node, name: str, state: str) -> None:
    """Enable or disable the access key of an identity."""
    key = node.cloud.access_keys.get(fixed_uuid(f"access-key/{name}"))
    if key is None:
        raise Unknown(f"no access key of {name}")
    node.cloud.access_keys.change(key, state=state)


def seed_tickets(node: Node, count: int, prefix: str = "seeded") -> int:
    """Put ``count`` Pending tickets of ``requester`` into the books: ``<prefix>-1`` and on."""
    cloud, dates = node.cloud, node.cloud.dates()
    context = {"projectUuid": project_uuid(PROJECT), "virtualIDUuid": fixed_uuid("virtual-id/requester")}
    first = len(cloud.tickets) + 1
    for number in range(first, first + count):
        name = f"{prefix}-{number}"
        request = {"requestName": "create", "apiName": TICKET_TYPES[0].apis[0], "executeTimes": 1}
        fields: dict[str, Any] = {
            "uuid": fixed_uuid(f"ticket/{name}"),
            "name": name,
            "status": PENDING,
            "request": [{**request, "apiBody": {"name": name}}],
            "accountSystemType": "iam2",
            "ticketTypeUuid": VM_TYPE,
            "accountSystemContext": context,
            "currentFlowUuid": None,
            "flowCollectionUuid": DEMO_COLLECTION,
        }
        cloud.tickets.add(Row(TICKET, {**fields, **dates}, linked_account(PROJECT)))
    return count


def books(node: Node) -> dict[str, Any]:
    """Everything in the books, with admin's eyes."""
    cloud = node.cloud
    now = node.clock.now()
    return {
        **{name: [dict(row) for row in table] for name, table in cloud.tables.items()},
        "sessions": [
            {"uuid": session.uuid, "user": cloud.name_of(session.user), "account": session.account}
            for session in node.sessions.open.values()
            if session.expires > now
        ],
        "jobs": [
            {"uuid": job.uuid, "api": job.api, "done": job.outcome is not None} for job in node.jobs.rows.values()
        ],
        "awaiting": {ticket["uuid"]: _due(node, ticket) for ticket in cloud.tickets},
    }


def _due(node: Node, ticket: Row) -> str | None:
    """The name of whoever must approve next."""
    collection = node.cloud.collections.get(ticket["flowCollectionUuid"])
    if ticket["status"] not in (PENDING, "IntermediateApproved") or collection is None:
        return None
    chain = node.cloud.chain(collection)
    passed = [flow["uuid"] for flow in chain]
    current = ticket.get("currentFlowUuid")
    due = passed.index(current) + 1 if current in passed else 0
    if due >= len(chain):
        return None
    approver = chain[due]["approverUuid"]
    return "admin" if approver == ADMIN else node.cloud.name_of(approver)
