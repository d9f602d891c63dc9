"""Tasks as data."""

from __future__ import annotations

from typing import Any

from .people import CREATE_VM

Task = dict[str, Any]

WEB = {"request_name": "create vm", "api_name": CREATE_VM, "api_body": {"name": "web-1"}}
"""The request of the tickets that tests prepare, as the option takes it."""


def web(times: int = 1, **body: Any) -> dict[str, Any]:
    """That request with something else in it."""
    return {**WEB, "execute_times": times, "api_body": {"name": "web-1", **body}}


def ticket(**options: Any) -> Task:
    return {"zstack.tickets.zstack_ticket": {"name": "web", "requests": [WEB], **options}}


def status(to: str, **options: Any) -> Task:
    which = {} if "uuid" in options else {"name": "web"}
    return {"zstack.tickets.zstack_ticket_status": {**which, "status": to, **options}}


def info(**options: Any) -> Task:
    return {"zstack.tickets.zstack_ticket_info": options}


def batch(*tickets: Task, **options: Any) -> Task:
    return {"zstack.tickets.zstack_ticket_batch": {"tickets": list(tickets), **options}}


def process(**options: Any) -> Task:
    return {"zstack.tickets.zstack_ticket_flow_collection": {"name": "shop", **options}}


def identity(name: str) -> dict[str, str]:
    """The options by which a task acts as an identity of the simulator, whatever the environment says."""
    known = f"identities['{name}']"
    if name == "admin":
        return {"account_name": "admin", "account_password": f"{{{{ {known}.password }}}}"}
    return {
        "virtual_id_name": name,
        "virtual_id_password": f"{{{{ {known}.password }}}}",
        "project_name": f"{{{{ {known}.project_name }}}}",
    }
