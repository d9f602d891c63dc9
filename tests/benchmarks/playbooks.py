"""The playbooks that are measured, as data. With 0 tickets each does the same without any.

That of the ``uri`` module is ``uri.yml``.
"""

from __future__ import annotations

from typing import Any

OURS = "zstack.tickets.zstack_ticket"
BATCH = "zstack.tickets.zstack_ticket_batch"
NOTHING = "nothing"

Play = dict[str, Any]


def empty() -> Play:
    return _play([])


def loop(module: str) -> Play:
    """One task that loops over ``count`` tickets."""
    return _play([{"name": "Ensure tickets", module: ticket("{{ item }}"), "loop": "{{ range(count) | list }}"}])


def separate_tasks(module: str, count: int) -> Play:
    """A task for each ticket, after one that is skipped."""
    first = {"name": "Ensure nothing", module: own_ticket("x"), "when": False}
    return _play([first, *({"name": f"Ensure ticket {number}", module: own_ticket(number)} for number in range(count))])


def ticket_of_host(module: str) -> Play:
    """A ticket for each host, unless ``count`` is 0."""
    return _play([{"name": "Ensure a ticket", module: own_ticket("{{ inventory_hostname }}"), "when": "count > 0"}])


def batch(workers: int) -> Play:
    """One task for the list ``tickets``."""
    return _play([{"name": "Ensure tickets", BATCH: {"tickets": "{{ tickets }}", "workers": workers}}])


def ticket(number: int | str) -> dict[str, Any]:
    """The options of one ticket."""
    return {
        "name": f"ticket {number}",
        "requests": [
            {
                "request_name": "create vm",
                "api_name": "org.zstack.header.vm.APICreateVmInstanceMsg",
                "api_body": {"name": f"vm-{number}", "cpuNum": 2, "memorySize": 4294967296},
            }
        ],
    }


def own_ticket(number: int | str) -> dict[str, Any]:
    """The same with the context that a login would tell, for those who use an access key."""
    return {**ticket(number), "account_system_context": "{{ context }}"}


def _play(tasks: list[dict[str, Any]]) -> Play:
    return {"name": "Ensure tickets", "hosts": "all", "gather_facts": False, "tasks": tasks}
