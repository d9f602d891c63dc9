"""What the server's ticket service says, in both of its languages, comes back with its code, to the letter."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator import Simulator
from tests.simulator.identities import (
    CHAIN_COLLECTION,
    DEMO_COLLECTION,
    SYSTEM_COLLECTION,
    fixed_uuid,
    project_uuid,
)
from tests.simulator.texts import text
from tests.simulator.ticket_types import TICKET_TYPES

from .harness import Ansible, Task
from .people import CREATE_VM, Person, api_request, ticket_in
from .tasks import identity, info, status, ticket, web

LOCALES = pytest.mark.parametrize("locale", ["zh_CN", "en_US"])
CREATE_VOLUME = "org.zstack.header.volume.APICreateDataVolumeMsg"
VOLUME_TYPE = next(ticket_type.uuid for ticket_type in TICKET_TYPES if CREATE_VOLUME in ticket_type.apis)
CHECKING, ACTING = "SYS.1007", "SYS.1006"
REQUESTER, REQUESTER2 = fixed_uuid("virtual-id/requester"), fixed_uuid("virtual-id/requester2")
APPROVER = fixed_uuid("virtual-id/approver")


def assert_relayed(simulator: Simulator, task: Task, code: str, key: str, *arguments: Any) -> None:
    """The task failed with this text of the server, and left no doubt which call it was about."""
    details = text(key, *arguments).render(simulator.switches.locale)
    assert task.failed, (key, task.result)
    assert task["error"]["details"] == details
    assert task["error"]["code"] == code
    assert task["error"]["http_status"] == 503
    assert f" was refused: {code}: {details}" in task["msg"]
    refused = [exchange for exchange in task.exchanges if exchange.kind == "write"][-1]
    assert task["error"]["job_uuid"] == refused.headers["X-Job-UUID"]


@LOCALES
def test_creation(ansible: Ansible, simulator: Simulator, locale: str) -> None:
    simulator.set(locale=locale)
    admin = Person(simulator, "admin")
    flows = [{"name": "only", "approverUuid": admin.uuid}]
    made = {"name": "theirs", "projectUuid": project_uuid("other-project"), "flows": flows}
    theirs = admin.call("POST", "/tickets/flow-collections", {"params": made})["uuid"]
    disable = {"changeTicketFlowCollectionState": {"stateEvent": "disable"}}
    admin.call("PUT", f"/tickets/flow-collections/{CHAIN_COLLECTION}/actions", disable)
    volume = {"api_name": CREATE_VOLUME, "api_body": {"name": "data"}}
    complaint = (
        "java.lang.IllegalStateException: Expected a string but was BEGIN_OBJECT at line 1 column 10 path $.name"
    )
    cases: list[tuple[dict[str, Any], tuple[Any, ...]]] = [
        ({"account_system_type": "ldap"}, ("account_system_unknown", "ldap")),
        ({"requests": [{"api_name": "org.example.APINoSuchMsg"}]}, ("type_not_matched",)),
        ({"requests": [web(), volume]}, ("type_not_matched",)),
        (
            {"requests": [volume], "flow_collection_uuid": DEMO_COLLECTION},
            ("collection_not_matching", DEMO_COLLECTION, VOLUME_TYPE),
        ),
        ({"flow_collection_uuid": CHAIN_COLLECTION}, ("collection_disabled", CHAIN_COLLECTION)),
        ({"requests": [web(), {"api_name": "org.example.APINoSuchMsg"}]}, ("api_unknown", "org.example.APINoSuchMsg")),
        ({"requests": [web(name={"en": "web"})]}, ("body_unreadable", f"class {CREATE_VM}", complaint)),
    ]
    run = ansible.play(*(ticket(**options) for options, _said in cases), ticket(flow_collection_uuid=theirs))
    for task, (_options, said) in zip(run, cases, strict=False):
        assert_relayed(simulator, task, CHECKING, *said)
        assert task["msg"].startswith("Creating the ticket 'web' was refused: ")
    other = ("collection_of_other_project", theirs, simulator.uuids["demo_project"])
    assert_relayed(simulator, run[len(cases)], ACTING, *other)

    def no_default() -> None:
        for uuid in (DEMO_COLLECTION, SYSTEM_COLLECTION):
            simulator.cloud.collections.change(simulator.cloud.collections[uuid], isDefault=False)

    simulator.call(no_default)
    checked = {**ticket(requests=[volume], validate_on_server=True), "check_mode": True}
    run = ansible.play(ticket(requests=[volume]), checked)
    for task in run:
        assert_relayed(simulator, task, CHECKING, "collection_not_found")
    assert len(simulator.cloud.tickets) == 0


@LOCALES
def test_acting(ansible: Ansible, simulator: Simulator, locale: str) -> None:
    simulator.set(locale=locale, update_rejected=False)
    rejected = ticket_in(simulator, "Rejected", "rejected")["uuid"]
    pending = ticket_in(simulator, "Pending", "größer als 'alles'")["uuid"]
    approved = ticket_in(simulator, "FinalApproved", "approved")["uuid"]
    run = ansible.play(
        ticket(name="rejected", requests=[web(times=2)]),
        status("approved", uuid=pending),
        status("cancelled", uuid=approved),
        status("cancelled", uuid=pending, **identity("approver")),
    )
    assert_relayed(simulator, run[0], ACTING, "update_refused", rejected, "rejected", "Rejected")
    assert_relayed(simulator, run[1], ACTING, "operator_refused", APPROVER)
    assert_relayed(simulator, run[2], ACTING, "event_refused", "FinalApproved", "cancel")
    assert_relayed(simulator, run[3], ACTING, "not_the_owner", APPROVER, pending, "größer als 'alles'")


@LOCALES
def test_people_who_left(ansible: Ansible, simulator: Simulator, locale: str) -> None:
    """Their tickets and processes are stuck, and the reason is in the history."""
    simulator.set(locale=locale)
    orphan = Person(simulator, "requester2").create("orphan", [api_request()], flowCollectionUuid=SYSTEM_COLLECTION)
    ticket_in(simulator, "Pending")
    simulator.delete_virtual_id("requester2")
    simulator.remove_from_project("approver")
    run = ansible.play(
        status("approved", uuid=orphan["uuid"], **identity("admin")),
        ticket(name="new"),
        info(name="web", history=True),
        {"zstack.tickets.zstack_ticket": {"uuid": orphan["uuid"], "state": "absent", **identity("admin")}},
    )
    assert_relayed(simulator, run[0], ACTING, "submitter_deleted", REQUESTER2, orphan["uuid"], "orphan")
    assert_relayed(simulator, run[1], CHECKING, "collection_invalid", DEMO_COLLECTION)
    last = run[2]["tickets"][0]["history"][-1]
    assert last["to_status"] == "Rejected"
    assert last["comment"] == text("approver_lost").render(locale)
    assert run[3]["operations"] == ["delete"]


@LOCALES
def test_project_that_was_deleted(ansible: Ansible, simulator: Simulator, locale: str) -> None:
    simulator.set(locale=locale, project_delete_removes_tickets=False)
    uuid = ticket_in(simulator, "Pending", flowCollectionUuid=SYSTEM_COLLECTION)["uuid"]
    simulator.delete_project("demo-project")
    run = ansible.play(
        status("approved"), {"zstack.tickets.zstack_ticket": {"uuid": uuid, "state": "absent"}}, who="admin"
    )
    assert_relayed(simulator, run[0], ACTING, "project_deleted", simulator.uuids["demo_project"], uuid, "web")
    assert run[1]["operations"] == ["delete"]


@LOCALES
def test_execution(ansible: Ansible, simulator: Simulator, locale: str) -> None:
    """What the executor says of requests that it cannot run is told by whoever waits for them."""
    update = "org.zstack.header.vm.APIUpdateVmInstanceMsg"
    simulator.set(locale=locale, execution_unknown_api=update, execution_failure_code="SYS.1001")
    made = {
        "name": "all types",
        "projectUuid": simulator.uuids["demo_project"],
        "flows": [{"name": "only", "approverUuid": APPROVER}],
    }
    unbound = Person(simulator, "admin").call("POST", "/tickets/flow-collections", {"params": made})["uuid"]
    ticket_in(simulator, "Pending", requests=[api_request("fail-1")])
    ticket_in(
        simulator,
        "Pending",
        "update",
        flowCollectionUuid=unbound,
        requests=[{"apiName": update, "executeTimes": 1, "apiBody": {"uuid": "u"}}],
    )
    soon = {"wait": True, "wait_interval": 0.1, "wait_timeout": 30}
    run = ansible.play(*(status("approved", name=name, **soon) for name in ("web", "update")), who="approver")
    said = [text("execution_no_value", "no host has enough capacity"), text("execution_api_unknown", update)]
    for task, words in zip(run, said, strict=True):
        assert task.failed
        assert words.render(locale) in task["msg"]
        assert task["execution"]["results"][0]["errors"][0]["details"] == words.render(locale)
        assert task["execution"]["results"][0]["errors"][0]["code"] == "SYS.1001"
        assert task["status_after"] == "FinalApproved"
