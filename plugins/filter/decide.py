# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: decide
short_description: Decide tickets by rules
version_added: 1.0.0
author:
  - zstack.tickets contributors (@zstack-tickets)
description:
  - Says of each ticket whether to approve it, to reject it, or to leave it to people, and why. It changes nothing.
  - The role P(zstack.tickets.ticket_approval#role) carries out what this filter says.
positional: rules
options:
  _input:
    description:
      - The tickets, as M(zstack.tickets.zstack_ticket_info) returns them.
    type: list
    elements: dict
    required: true
  rules:
    description:
      - The rules, in order. The first that matches a ticket decides it. A ticket that no rule matches is left.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the rule. Defaults to its number.
        type: str
      match:
        description:
          - What has to hold of a ticket, as for P(zstack.tickets.matching#test). A rule without it matches every ticket. An empty one is a
            mistake.
        type: dict
      decision:
        description: What becomes of tickets that match.
        type: str
        choices: [approve, reject, leave]
        required: true
      comment:
        description:
          - Text for the history of the ticket.
          - "It may have placeholders in braces: C(rule), and those of C(name), C(uuid), C(description), C(status), C(ticket_type), C(flow_collection),
            C(project), C(submitter), C(step), C(requests), C(executions) and C(age) as P(zstack.tickets.matching#test) knows them."
        type: str
  limit:
    description:
      - How many tickets may be approved or rejected. The others, in the order of the input, are left.
    type: int
  server_timezone:
    description:
      - Time zone of the server, as an offset such as V(+08:00) or a name such as V(Asia/Shanghai).
      - Required if a rule is about the age of tickets, as the dates of the server carry no zone.
    type: str
seealso:
  - plugin: zstack.tickets.matching
    plugin_type: test
"""

EXAMPLES = r"""
- name: Read what awaits my approval
  zstack.tickets.zstack_ticket_info:
    awaiting_me: true
    sort: createDate
  register: inbox

- name: Show what the rules say of it
  ansible.builtin.debug:
    msg: "{{ inbox.tickets | zstack.tickets.decide(rules) | zstack.tickets.table(['name', 'decision', 'why']) }}"
  vars:
    rules:
      - name: small machines
        match:
          executions: {at_most: 2}
          all_requests:
            api_name: org.zstack.header.vm.APICreateVmInstanceMsg
            api_body:
              cpuNum: {at_most: 4}
              memorySize: {at_most: 8G}
        decision: approve
        comment: "{executions} small, by the rule {rule}."
      - name: far too many
        match:
          executions: {at_least: 100}
        decision: reject
        comment: Please talk to us before you ask for {executions}.
"""

RETURN = r"""
_value:
  description: One item for each ticket, in their order.
  type: list
  elements: dict
  contains:
    uuid:
      description: UUID of the ticket.
      type: str
      sample: f4483251fdfd48cdae0dbb966a2652c9
    name:
      description: Name of the ticket.
      type: str
      sample: web server
    decision:
      description: V(approve), V(reject) or V(leave).
      type: str
      sample: approve
    rule:
      description: Name of the rule that matched. V(null) if none did.
      type: str
      sample: small machines
    comment:
      description: The comment of the rule, with its placeholders filled in. V(null) if there is none, and for tickets that are left.
      type: str
      sample: 2 small, by the rule small machines.
    why:
      description: The rule that matched, or what kept each rule from matching.
      type: str
      sample: "small machines: requests[0].api_body.cpuNum is 8: not at most 4; far too many: executions is 1: not at least 100"
    ticket:
      description: The ticket.
      type: dict
      sample: {uuid: f4483251fdfd48cdae0dbb966a2652c9, name: web server, status: Pending}
"""

import typing as t

from ansible_collections.zstack.tickets.plugins.module_utils._errors import InputError
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.values import shown
from ansible_collections.zstack.tickets.plugins.plugin_utils import policy
from ansible_collections.zstack.tickets.plugins.plugin_utils.matching import server_clock
from ansible_collections.zstack.tickets.plugins.plugin_utils.templating import plugin
from ansible_collections.zstack.tickets.plugins.plugin_utils.tickets import as_tickets


@plugin("decide")
def decide(
    tickets: t.Any, rules: t.Any, limit: t.Any = None, server_timezone: str | None = None
) -> list[dict[str, t.Any]]:
    """The filter, see DOCUMENTATION."""
    if not isinstance(rules, list):
        raise InputError(f"rules is {shown(rules)}: it must be a list.")
    if limit is not None and (not isinstance(limit, int) or limit < 0):
        raise InputError(f"limit is {shown(limit)}: it must be a whole number, or left out.")
    return policy.decide(as_tickets(tickets), rules, limit, server_clock(server_timezone))


class FilterModule:
    def filters(self) -> dict[str, t.Any]:
        return {"decide": decide}
