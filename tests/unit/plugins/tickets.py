"""Tickets in the form of results, for the tests of filters and tests."""

from __future__ import annotations

from typing import Any

CREATE_VM = "org.zstack.header.vm.APICreateVmInstanceMsg"
PROJECT, SUBMITTER, APPROVER = "a" * 32, "b" * 32, "c" * 32


def request(times: int | None = 1, api_name: str = CREATE_VM, **body: Any) -> dict[str, Any]:
    return {"request_name": "create vm", "api_name": api_name, "execute_times": times, "api_body": body}


def ticket(*requests: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A pending ticket that asks for these requests."""
    return {
        "uuid": "d" * 32,
        "name": "web",
        "description": None,
        "status": "Pending",
        "requests": list(requests),
        "account_system_context": {"projectUuid": PROJECT, "virtualIDUuid": SUBMITTER},
        "ticket_type_uuid": "e" * 32,
        "flow_collection_uuid": "f" * 32,
        "create_date": "2026-11-20T08:00:00",
        "last_op_date": "2026-11-20T08:00:00",
        "awaiting": {"flow_uuid": "1" * 32, "flow_name": "team approval", "approver_uuid": APPROVER},
        **more,
    }
