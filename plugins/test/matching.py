# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: matching
short_description: Whether a ticket is as described
version_added: 1.0.0
author:
  - zstack.tickets contributors (@zstack-tickets)
description:
  - Compares a ticket with conditions that are written as data. All of them have to hold, and there has to be at least one.
  - Rules of P(zstack.tickets.decide#filter) and of the role P(zstack.tickets.ticket_approval#role) have the same conditions under C(match).
positional: match
options:
  _input:
    description:
      - The ticket, as M(zstack.tickets.zstack_ticket_info) returns it.
    type: dict
    required: true
  match:
    description:
      - The conditions, with the keys below. Each has a plain value (the same as C(equals)), a list (the same as C(one_of)), or a dictionary of comparisons.
      - The comparisons are C(equals), C(one_of) and C(none_of) (lists), C(at_least) and C(at_most) (numbers, or text such as V(8G) or, for ages, V(2d)),
        C(like) (shell wildcards), C(matches) (a regular expression for the whole text) and C(exists) (V(true) or V(false)). Upper and lower case matter.
      - Of a list, such as C(l3NetworkUuids), each element has to pass.
      - A value that the ticket does not have passes no comparison but C(exists) with V(false), so no rule approves what it cannot see.
    type: dict
    required: true
    suboptions:
      name:
        description: Name of the ticket.
        type: raw
      uuid:
        description: UUID of the ticket.
        type: raw
      description:
        description: Its text for the approvers.
        type: raw
      status:
        description: Its status, as the API names it.
        type: raw
      project:
        description: UUID of the project that the ticket is for.
        type: raw
      submitter:
        description: UUID of the virtual ID that the ticket is for.
        type: raw
      ticket_type:
        description: UUID of the ticket type.
        type: raw
      flow_collection:
        description: UUID of the flow collection, that is the approval process.
        type: raw
      step:
        description: Name of the step that is due.
        type: raw
      age:
        description: Seconds since the ticket was created, or text with a unit out of C(s), C(m), C(h), C(d) and C(w).
        type: raw
      requests:
        description: Number of requests in the ticket.
        type: raw
      executions:
        description: Number of API calls that the ticket asks for, with repetitions.
        type: raw
      totals:
        description:
          - Sums over all calls, by key of the C(api_body). A request that has no such number matches nothing.
        type: dict
      all_requests:
        description: What has to hold of every request in the ticket. Right for rules that approve.
        type: dict
        suboptions:
          api_name:
            description: Full class name of the API message.
            type: raw
          request_name:
            description: What the approvers see as its name. Anybody can write anything here.
            type: raw
          execute_times:
            description: How often the call is run.
            type: raw
          api_body:
            description: Conditions by key of the C(api_body). A dot leads into a dictionary.
            type: dict
          body_keys:
            description:
              - The keys of the C(api_body), without those that the server adds. With a list, no other key passes.
            type: raw
      any_request:
        description: What has to hold of at least one request in the ticket, with the keys of O(match.all_requests). Right for rules that reject.
        type: dict
  server_timezone:
    description:
      - Time zone of the server, as an offset such as V(+08:00) or a name such as V(Asia/Shanghai).
      - Required if O(match.age) is given, as the dates of the server carry no zone.
    type: str
seealso:
  - plugin: zstack.tickets.decide
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read all tickets on their way
  zstack.tickets.zstack_ticket_info:
    status: [Pending, IntermediateApproved]
  register: ongoing

- name: Name those that ask for large machines
  ansible.builtin.debug:
    msg: "{{ ongoing.tickets | select('zstack.tickets.matching', large) | map(attribute='name') }}"
  vars:
    large:
      any_request:
        api_body:
          memorySize: {at_least: 64G}
"""

RETURN = r"""
_value:
  description: Whether all conditions hold.
  type: bool
"""

import typing as t

from ansible_collections.zstack.tickets.plugins.plugin_utils.matching import TicketMatch, server_clock
from ansible_collections.zstack.tickets.plugins.plugin_utils.templating import plugin
from ansible_collections.zstack.tickets.plugins.plugin_utils.tickets import as_ticket


@plugin("matching")
def matching(ticket: t.Any, match: t.Any, server_timezone: str | None = None) -> bool:
    """The test, see DOCUMENTATION."""
    of = as_ticket(ticket)
    return TicketMatch.read(match, "match").objection(of, server_clock(server_timezone)) is None


class TestModule:
    def tests(self) -> dict[str, t.Any]:
        return {"matching": matching}
