# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: timeline
short_description: What has happened to a ticket, as people tell it
version_added: 1.0.0
author:
  - zstack.tickets contributors (@zstack-tickets)
description:
  - Makes a short story out of a ticket with its history, from its submission to the results of its requests, or to the step that is due.
options:
  _input:
    description:
      - The ticket, as M(zstack.tickets.zstack_ticket_info) returns it with O(zstack.tickets.zstack_ticket_info#module:history=true).
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Read the history of a ticket
  zstack.tickets.zstack_ticket_info:
    name: web server
    history: true
  register: found

- name: Tell it
  ansible.builtin.debug:
    msg: "{{ found.tickets[0] | zstack.tickets.timeline | zstack.tickets.table(['date', 'event', 'step', 'who', 'comment']) }}"
  when: found.tickets
"""

RETURN = r"""
_value:
  description: The events, from the oldest to the newest.
  type: list
  elements: dict
  contains:
    event:
      description:
        - V(submitted), V(approved) (one step), V(rejected), V(recalled), V(reopened), V(executed) (all requests succeeded), V(failed) (one did not), V(noted)
          (anything else in the history).
        - The last one may tell what is still to come, V(awaiting) (an approver) or V(running) (no results yet).
      type: str
      sample: approved
    date:
      description: When it happened, by the server's own clock. V(null) for what is still to come.
      type: str
      sample: "2018-11-16T19:48:02"
    who:
      description: UUID of the account or virtual ID that acted or is to act. V(null) for what the system did.
      type: str
      sample: 36c27e8ff05c4780bf6d2fa65700f22e
    step:
      description: Name of the step that was approved or rejected or is due, where the server tells it.
      type: str
      sample: team approval
    comment:
      description: What was said. Of the submission it is the ticket's description.
      type: str
      sample: Two are enough.
    results:
      description: Results of the requests, as in RV(zstack.tickets.zstack_ticket_status#module:execution). Empty but for V(executed) and V(failed).
      type: list
      elements: dict
      sample: []
"""

import typing as t

from ansible_collections.zstack.tickets.plugins.module_utils._tickets.execution import execution
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.flow import AWAITING_STATUSES
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.history import HistoryEntry
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.model import (
    CANCELLED,
    FINAL_APPROVED,
    INTERMEDIATE_APPROVED,
    PENDING,
    REJECTED,
    Request,
)
from ansible_collections.zstack.tickets.plugins.plugin_utils.templating import plugin
from ansible_collections.zstack.tickets.plugins.plugin_utils.tickets import as_ticket, history_of

EVENTS = {
    PENDING: "reopened",
    INTERMEDIATE_APPROVED: "approved",
    FINAL_APPROVED: "approved",
    CANCELLED: "recalled",
    REJECTED: "rejected",
}
"""What a change to each status is called."""


@plugin("timeline")
def timeline(ticket: t.Any) -> list[dict[str, t.Any]]:
    """The filter, see DOCUMENTATION."""
    of = as_ticket(ticket)
    entries = history_of(of)
    submitter = (of.get("account_system_context") or {}).get("virtualIDUuid")
    events = [_event("submitted", of.get("create_date"), submitter, comment=of.get("description"))]
    outcome = _outcome(of, entries)
    # Each row with results gives totals, so only the last one tells the outcome.
    last = max((number for number, entry in enumerate(entries) if _has_results(entry)), default=None)
    for number, entry in enumerate(entries):
        # Servers that note the creation down do so first; it is told already.
        if not _only_reports(entry) and not (number == 0 and entry.to_status == PENDING):
            events.append(_event(_name(entry), entry.create_date, entry.operator_uuid, entry.flow_name, entry.comment))
        if number == last and outcome:
            events.append(dict(outcome, date=entry.create_date))
    due = of.get("awaiting") or {}
    if of.get("status") in AWAITING_STATUSES:
        events.append(_event("awaiting", None, due.get("approver_uuid"), due.get("flow_name")))
    elif of.get("status") == FINAL_APPROVED and not outcome:
        events.append(_event("running"))
    return events


def _event(
    event: str, date: str | None = None, who: str | None = None, step: str | None = None, comment: str | None = None
) -> dict[str, t.Any]:
    return {"event": event, "date": date, "who": who, "step": step, "comment": comment, "results": []}


def _name(entry: HistoryEntry) -> str:
    # Of several steps that do not end it, each is approved without a change of the status.
    if entry.from_status == entry.to_status != INTERMEDIATE_APPROVED:
        return "noted"
    return EVENTS.get(entry.to_status, "noted")


def _only_reports(entry: HistoryEntry) -> bool:
    """Whether the entry has results and is not an approval as well."""
    return _has_results(entry) and entry.from_status in (FINAL_APPROVED, entry.to_status)


def _has_results(entry: HistoryEntry) -> bool:
    return bool(entry.operation_context.get("requestResults"))


def _outcome(ticket: dict[str, t.Any], entries: list[HistoryEntry]) -> dict[str, t.Any] | None:
    requests = [
        Request(
            request_name=request.get("request_name"),
            api_name=str(request.get("api_name")),
            execute_times=request.get("execute_times") or 1,
            api_body=request.get("api_body") or {},
        )
        for request in ticket.get("requests") or ()
    ]
    result = execution(entries, requests)
    if not result.results:
        return None
    return dict(_event("failed" if result.failed else "executed"), results=list(map(dict, result.results)))


class FilterModule:
    def filters(self) -> dict[str, t.Any]:
        return {"timeline": timeline}
