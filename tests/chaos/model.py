"""What an undisturbed run does to a ticket, said a second time and as shortly as can be, to compare the collection with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.zstack.tickets.plugins.module_utils._tickets.resume import RECALL_COMMENT
from tests.simulator.books import Cloud

AWAITING = ("Pending", "IntermediateApproved")


@dataclass
class State:
    """A ticket in the books, as far as a task about it cares."""

    uuid: str
    owner: str
    status: str
    steps: Sequence[tuple[str, str]]  # uuid and approver of each, in order
    current: str | None
    description: str
    requests: Sequence[Mapping[str, Any]]
    approved_by: frozenset[str] = frozenset()  # in this round
    was_broken_off: bool = False

    @property
    def due(self) -> tuple[str, str] | None:
        """The step that is due, with its approver."""
        if self.status not in AWAITING:
            return None
        passed = [uuid for uuid, _approver in self.steps]
        position = passed.index(self.current) + 1 if self.current in passed else 0
        return self.steps[position] if position < len(self.steps) else None


@dataclass(frozen=True)
class Expected:
    """What a run comes to; ``status`` is the ticket's after it, None when there is none."""

    operations: Sequence[str] = ()
    status: str | None = None
    fails: bool = False


def read(cloud: Cloud, name: str, owner: str) -> State | None:
    """The ticket of this name and owner."""
    found = [
        row
        for row in cloud.tickets
        if row["name"] == name and cloud.name_of(row["accountSystemContext"]["virtualIDUuid"]) == owner
    ]
    if not found:
        return None
    row = found[0]
    steps = cloud.chain(cloud.collections[row["flowCollectionUuid"]])
    history = sorted(cloud.histories.find("ticketUuid", row["uuid"]), key=lambda entry: entry["sequence"])
    changes = [entry for entry in history if entry["fromStatus"] != entry["toStatus"]]
    # An approval may leave the status as it was, in a chain of more than two steps.
    rounds = [number for number, entry in enumerate(history) if entry["toStatus"] == "Pending"]
    approvals = [
        entry
        for entry in history[rounds[-1] if rounds else 0 :]
        if entry["toStatus"] in ("IntermediateApproved", "FinalApproved") and entry["fromStatus"] != "FinalApproved"
    ]
    broken = False
    if changes and row["status"] == "Cancelled":
        broken = changes[-1]["comment"] == RECALL_COMMENT
    elif changes and row["status"] == "Rejected":
        broken = row["lastOpDate"] - changes[-1]["createDate"] > 5
    return State(
        uuid=row["uuid"],
        owner=owner,
        status=row["status"],
        steps=[(step["uuid"], cloud.name_of(step["approverUuid"])) for step in steps],
        current=row["currentFlowUuid"],
        description=row["description"] or "",
        requests=row["request"],
        approved_by=frozenset(cloud.name_of(entry["operatorUuid"]) for entry in approvals),
        was_broken_off=broken,
    )


def expect(state: State | None, options: Mapping[str, Any], who: str) -> Expected:
    """A ticket's part in a task of any of the modules, told apart by their options."""
    if "state" not in options:
        return drive(state, options, who)
    ensured = ensure(state, options, who)
    if ensured.fails or ensured.status is None or not options.get("status"):
        return ensured
    if state is None:
        # Its process is not known yet: a new ticket has the one of the collection "demo".
        state = State("", who, "", (("demo", "approver"),), None, "", ())
    current = None if ensured.operations and ensured.status == "Pending" else state.current
    approved = frozenset[str]() if current is None else state.approved_by
    driven = drive(replace(state, status=ensured.status, current=current, approved_by=approved), options, who)
    return replace(driven, operations=[*ensured.operations, *driven.operations])


def ensure(state: State | None, options: Mapping[str, Any], who: str) -> Expected:
    """zstack_ticket, run by ``who``: only the owner changes a ticket, admin creates and deletes it too."""
    before = None if state is None else state.status
    refused = Expected(status=before, fails=True)
    if options["state"] == "absent":
        return Expected(["delete"] if state else [])
    if state is None:
        return Expected(["create"], "Pending")
    operations = _changes(state, options)
    if operations is None or (operations and who != state.owner):
        return refused
    return Expected(operations, "Pending" if "reopen" in operations else before)


def _changes(state: State, options: Mapping[str, Any]) -> list[str] | None:
    """What makes a ticket as wished, None if that cannot or may not be."""
    resubmit = options.get("resubmit", "unapproved")
    differs = not is_as_wished(state, options)
    if state.status in AWAITING and differs:
        may = resubmit == "always" or (resubmit == "unapproved" and state.status == "Pending")
        return ["cancel", "update", "reopen"] if may else None
    if state.status == "FinalApproved" or state.status in AWAITING:
        return None if differs else []
    if differs and state.status == "Rejected" and resubmit == "never":
        return None
    reopens = resubmit != "never" and (state.was_broken_off or (differs and state.status == "Rejected"))
    return [*(["update"] if differs else []), *(["reopen"] if reopens else [])]


def drive(state: State | None, options: Mapping[str, Any], who: str) -> Expected:
    """zstack_ticket_status without ``wait``."""
    if state is None:
        return Expected(fails=True)
    wish, made = options["status"], list[str]()
    status = state.status
    if wish == "approved":
        return _approve(state, options, who)
    if (wish, status) in (("rejected", "Rejected"), ("cancelled", "Cancelled")) or (wish == "pending" and state.due):
        return Expected(status=status)
    is_due = state.due is not None and state.due[1] == who
    if wish == "rejected" and is_due:
        made, status = ["reject"], "Rejected"
    elif wish == "cancelled" and state.due and state.owner == who:
        made, status = ["cancel"], "Cancelled"
    elif wish == "pending" and status in ("Cancelled", "Rejected") and state.owner == who:
        made, status = ["reopen"], "Pending"
    return Expected(made, status, fails=not made)


def _approve(state: State, options: Mapping[str, Any], who: str) -> Expected:
    made: list[str] = []
    status, current, mine = state.status, state.current, who in state.approved_by
    if status in ("Cancelled", "Rejected"):
        if not options.get("reopen") or state.owner != who:
            return Expected(status=status, fails=True)
        made, status, current, mine = ["reopen"], "Pending", None, False
    while True:
        now = replace(state, status=status, current=current)
        if now.due is None or now.due[1] != who or (options.get("steps") == "next" and "approve" in made):
            break
        made.append("approve")
        current = now.due[0]
        status = "FinalApproved" if now.due == state.steps[-1] else "IntermediateApproved"
    return Expected(made, status, fails=status != "FinalApproved" and "approve" not in made and not mine)


def is_as_wished(state: State, options: Mapping[str, Any]) -> bool:
    """Whether the ticket has the description and the requests that a task gives."""
    if options.get("description") is not None and options["description"] != state.description:
        return False
    return options.get("requests") is None or contains(
        [dict(request) for request in state.requests], [in_api_names(request) for request in options["requests"]]
    )


def contains(actual: Any, wanted: Any) -> bool:
    """Whether all that is wanted is there, whatever else is."""
    if isinstance(wanted, dict):
        return isinstance(actual, dict) and all(contains(actual.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(actual, list) and len(actual) == len(wanted) and all(map(contains, actual, wanted))
    return bool(actual == wanted)


def in_api_names(request: Mapping[str, Any]) -> dict[str, Any]:
    """A request of a task as the API takes it."""
    names = {
        "api_name": "apiName",
        "request_name": "requestName",
        "execute_times": "executeTimes",
        "api_body": "apiBody",
    }
    return {names[option]: value for option, value in request.items()}
