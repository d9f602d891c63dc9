"""The state of the simulated cloud: every table, and what is in them at start."""

from __future__ import annotations

import uuid
from itertools import count
from typing import Any

from . import identities
from .clock import Clock
from .identities import ADMIN, linked_account, password_hash, project_uuid
from .inventories import (
    ACCESS_KEY,
    ACCOUNT,
    ARCHIVE_HISTORY,
    ARCHIVE_TICKET,
    COLLECTION,
    FLOW,
    HISTORY,
    PROJECT,
    TAG_PATTERN,
    TICKET,
    TICKET_TYPE,
    VIRTUAL_ID,
)
from .switches import Switches
from .tables import Row, Table
from .ticket_types import TICKET_TYPES, VM_TYPE


class Cloud:
    """The books. Tables are read directly; writers use :meth:`Table.add`, ``change`` and ``remove``."""

    def __init__(self, switches: Switches, clock: Clock) -> None:
        self.switches = switches
        self.clock = clock
        self.tickets = Table(TICKET, "name", "status", "flowCollectionUuid")
        self.histories = Table(HISTORY, "ticketUuid")
        self.archives = Table(ARCHIVE_TICKET, "ticketUuid", "name")
        self.archive_histories = Table(ARCHIVE_HISTORY, "ticketUuid")
        self.ticket_types = Table(TICKET_TYPE, "name", "type")
        self.collections = Table(COLLECTION, "name", "projectUuid")
        self.flows = Table(FLOW, "collectionUuid", "approverUuid")
        self.accounts = Table(ACCOUNT, "name")
        self.projects = Table(PROJECT, "name", "linkedAccountUuid")
        self.virtual_ids = Table(VIRTUAL_ID, "name")
        self.access_keys = Table(ACCESS_KEY, "AccessKeyID")
        self.tag_patterns = Table(TAG_PATTERN, "name")
        self.tables = {name: value for name, value in vars(self).items() if isinstance(value, Table)}
        self.used_uuids: set[str] = set()
        self.reset()

    def reset(self) -> None:
        """Back to the state at start."""
        for table in self.tables.values():
            table.clear()
        self.used_uuids.clear()
        self.sequence = count(1)
        self._fill()

    def dates(self) -> dict[str, float]:
        now = float(int(self.clock.now()))
        return {"createDate": now, "lastOpDate": now}

    def new_uuid(self) -> str:
        return uuid.uuid4().hex

    def is_taken(self, resource_uuid: str) -> bool:
        """Resources of every kind share one space of uuids."""
        return resource_uuid in self.used_uuids or any(resource_uuid in table for table in self.tables.values())

    def project_of(self, account_uuid: str) -> Row | None:
        """The project behind a linked account."""
        found = self.projects.find("linkedAccountUuid", account_uuid)
        return found[0] if found else None

    def name_of(self, user_uuid: str) -> str:
        """The name of an account or virtual ID, for the log."""
        row = self.virtual_ids.get(user_uuid) or self.accounts.get(user_uuid)
        return str(row["name"]) if row is not None else user_uuid

    def roles(self, virtual_id_uuid: str) -> frozenset[str]:
        row = self.virtual_ids.get(virtual_id_uuid)
        return row.hidden["roles"] if row is not None else frozenset()

    def chain(self, collection: Row) -> list[Row]:
        """The flows of a collection in the order of approval, root first."""
        children = {flow.get("parentFlowUuid"): flow for flow in self.flows.find("collectionUuid", collection["uuid"])}
        ordered: list[Row] = []
        flow = children.get(None)
        while flow is not None and flow not in ordered:
            ordered.append(flow)
            flow = children.get(flow["uuid"])
        return ordered

    def refresh_flows(self, collection: Row) -> None:
        """Bring the flows shown inside a collection up to date: the chain, and what hangs beside it."""
        chain = self.chain(collection)
        beside = [flow for flow in self.flows.find("collectionUuid", collection["uuid"]) if flow not in chain]
        self.collections.change(collection, flows=[*chain, *beside])

    def _fill(self) -> None:
        dates = self.dates()
        self.accounts.add(
            Row(
                ACCOUNT,
                {"uuid": ADMIN, "name": "admin", "type": "SystemAdmin", **dates},
                owner="",
                password=password_hash(identities.PASSWORD),
            )
        )
        for name in identities.PROJECTS:
            self._add_project(name, dates)
        for person in identities.PEOPLE:
            self._add_person(person, dates)
        self._add_access_key("admin", ADMIN, ADMIN, dates)
        self.tag_patterns.add(Row(TAG_PATTERN, {"uuid": identities.TAG, "name": "simulated", **dates}))
        for ticket_type in TICKET_TYPES:
            fields = {"uuid": ticket_type.uuid, "name": ticket_type.name, "type": ticket_type.name, "requests": ""}
            self.ticket_types.add(Row(TICKET_TYPE, {**fields, "adminOnly": ticket_type.admin_only, **dates}))
        demo = project_uuid(identities.PROJECT)
        self._add_collection(identities.SYSTEM_COLLECTION, "default", None, True, [], (("admin approval", None),))
        self._add_collection(identities.DEMO_COLLECTION, "demo", demo, True, [VM_TYPE], identities.DEMO_FLOWS)
        self._add_collection(identities.CHAIN_COLLECTION, "chain", demo, False, [], identities.CHAIN_FLOWS)

    def _add_project(self, name: str, dates: dict[str, float]) -> None:
        account = linked_account(name)
        self.accounts.add(
            Row(ACCOUNT, {"uuid": account, "name": f"project-{name}", "type": "Normal", **dates}, account, password="")
        )
        fields = {"uuid": project_uuid(name), "name": name, "state": "Enabled", "attributes": []}
        self.projects.add(Row(PROJECT, {**fields, "linkedAccountUuid": account, **dates}, account, members=set()))

    def _add_person(self, person: identities.Person, dates: dict[str, float]) -> None:
        fields: dict[str, Any] = {"uuid": person.uuid, "name": person.name, "type": "ZStack", "state": "Enabled"}
        self.virtual_ids.add(
            Row(
                VIRTUAL_ID,
                {**fields, "attributes": [], **dates},
                roles=person.roles,
                password=password_hash(identities.PASSWORD),
            )
        )
        for name in person.projects:
            self.projects[project_uuid(name)].hidden["members"].add(person.uuid)
        if person.access_key:
            self._add_access_key(person.name, linked_account(person.projects[0]), person.uuid, dates)

    def _add_access_key(self, name: str, account: str, user: str, dates: dict[str, float]) -> None:
        key_id, secret = identities.access_key(name)
        fields = {"uuid": identities.fixed_uuid(f"access-key/{name}"), "accountUuid": account, "userUuid": user}
        shown = {"AccessKeyID": key_id, "AccessKeySecret": secret, "state": "Enabled"}
        self.access_keys.add(Row(ACCESS_KEY, {**fields, **shown, **dates}, user))

    def _add_collection(
        self,
        collection: str,
        name: str,
        project: str | None,
        is_default: bool,
        types: list[str],
        flows: tuple[tuple[str, str | None], ...],
    ) -> None:
        dates = self.dates()
        owner = linked_account(identities.PROJECT) if project else None
        fields = {"uuid": collection, "name": name, "state": "Enabled", "status": "Valid", "isDefault": is_default}
        row = self.collections.add(
            Row(COLLECTION, {**fields, "projectUuid": project, "flows": [], "ticketTypeUuids": types, **dates}, owner)
        )
        parent = None
        for position, (flow_name, approver) in enumerate(flows):
            approver_uuid = ADMIN if approver is None else identities.fixed_uuid(f"virtual-id/{approver}")
            flow = identities.flow_uuid(name, position)
            self.flows.add(new_flow(flow, flow_name, collection, parent, approver_uuid, owner, dates))
            parent = flow
        self.refresh_flows(row)


def new_flow(
    flow: str,
    name: str,
    collection: str,
    parent: str | None,
    approver: str,
    owner: str | None,
    dates: dict[str, float],
    description: str | None = None,
) -> Row:
    """A step of an approval process."""
    return Row(
        FLOW,
        {
            "uuid": flow,
            "name": name,
            "description": description,
            "parentFlowUuid": parent,
            "flowContext": f'{{"approverUuid":"{approver}"}}',
            "flowContextType": "iam2",
            "collectionUuid": collection,
            "approverUuid": approver,
            "valid": True,
            **dates,
        },
        owner,
    )
