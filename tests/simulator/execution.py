"""Running the requests of a finally approved ticket, after the approval has been answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import history
from .errors import DESCRIPTIONS
from .moves import FINAL, REJECTED
from .tables import Row
from .texts import text
from .ticket_types import matches

if TYPE_CHECKING:
    from .books import Cloud


def schedule(cloud: Cloud, ticket: Row) -> None:
    """Have the requests run when the execution delay is over. A node that restarts meanwhile forgets them."""
    cloud.clock.after(cloud.switches.execution_delay, lambda: _run(cloud, ticket["uuid"]))


def _run(cloud: Cloud, ticket_uuid: str) -> None:
    ticket = cloud.tickets.get(ticket_uuid)
    if ticket is None or ticket["status"] != FINAL:
        return
    results = [_execute(cloud, request) for request in ticket["request"]]
    failed = any(result["failureTimes"] for result in results)
    to_status = REJECTED if failed and cloud.switches.execution_failure_rejects else FINAL
    history.write(
        cloud,
        ticket,
        FINAL,
        to_status,
        context_type=cloud.switches.result_context_type,
        context={"requestResults": results},
    )
    if to_status != FINAL:
        cloud.tickets.change(ticket, status=to_status, lastOpDate=float(int(cloud.clock.now())))


def _execute(cloud: Cloud, request: dict[str, Any]) -> dict[str, Any]:
    switches = cloud.switches
    times = request["executeTimes"]
    failures = 0
    details = ""
    if request["apiName"] == switches.execution_unknown_api:
        failures, details = times, text("execution_api_unknown", request["apiName"]).render(switches.locale)
    elif matches(switches.execution_failure_pattern, request["apiBody"]):
        failures = min(times, switches.execution_failures or times)
        details = text("execution_no_value", "no host has enough capacity").render(switches.locale)
    error = {
        "code": switches.execution_failure_code,
        "description": DESCRIPTIONS.get(switches.execution_failure_code, switches.execution_failure_code),
        "details": details,
    }
    name = request["apiBody"].get("name") if isinstance(request["apiBody"], dict) else None
    return {
        "requestName": request["apiName"] if switches.result_names_api else request.get("requestName"),
        "successTimes": times - failures,
        "failureTimes": failures,
        "errors": [error] * failures,
        "success": [{"uuid": cloud.new_uuid(), "name": name} for _time in range(times - failures)],
    }
