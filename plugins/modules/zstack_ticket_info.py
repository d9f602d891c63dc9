#!/usr/bin/python
# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: zstack_ticket_info
short_description: Read ZStack tickets
version_added: 1.0.0
description:
  - Reads tickets of ZStack Cloud's Tenant Management and tells whose turn it is to approve them. On demand, reads their history as well, or the archive.
  - Returns the tickets that meet all options given, out of those that the caller may see. There is no limit to their number unless O(limit) sets one.
author:
  - zstack.tickets contributors (@zstack-tickets)
extends_documentation_fragment:
  - zstack.tickets.zstack
  - zstack.tickets.zstack.task
  - zstack.tickets.selection
  - zstack.tickets.attributes.read_only
options:
  uuid:
    description:
      - UUID of a ticket. With O(archived=true), the UUID that it had before it was deleted.
    type: str
    aliases: [resourceUuid]
  history:
    description:
      - Whether to read the history of each ticket, with comments and the results of its requests.
    type: bool
    default: false
  archived:
    description:
      - Whether to read the archive, where the server keeps deleted tickets, instead of the tickets that exist. Cannot be combined with O(awaiting_me).
    type: bool
    default: false
seealso:
  - module: zstack.tickets.zstack_ticket
    description: Create, change and delete tickets.
  - module: zstack.tickets.zstack_ticket_status
    description: Approve, reject, recall and reopen tickets, and wait for the outcome.
"""

EXAMPLES = r"""
- name: Read all tickets on their way
  zstack.tickets.zstack_ticket_info:
    status: [Pending, IntermediateApproved]
  register: ongoing

- name: Show whose turn it is
  ansible.builtin.debug:
    msg: "{{ item.name }} awaits {{ item.awaiting.approver_uuid }}"
  loop: "{{ ongoing.tickets }}"
  loop_control:
    label: "{{ item.uuid }}"
  when: item.awaiting is not none

- name: Read what awaits my approval, the oldest first
  zstack.tickets.zstack_ticket_info:
    virtual_id_name: "{{ approver_name }}"
    virtual_id_password: "{{ approver_password }}"
    project_name: "{{ project_name }}"
    awaiting_me: true
    sort: createDate
  register: mine

- name: Report it
  ansible.builtin.debug:
    msg: "{{ item.create_date }} {{ item.name }}: {{ item.requests | map(attribute='request_name') | join(', ') }}"
  loop: "{{ mine.tickets }}"
  loop_control:
    label: "{{ item.uuid }}"

- name: Read the history of a ticket
  zstack.tickets.zstack_ticket_info:
    name: web server
    history: true
  register: found

- name: Show who did what
  ansible.builtin.debug:
    msg: "{{ item.1.create_date }} {{ item.1.to_status }} by {{ item.1.operator_uuid }}: {{ item.1.comment }}"
  loop: "{{ found.tickets | subelements('history') }}"
  loop_control:
    label: "{{ item.1.uuid }}"

- name: Read this year's ten newest tickets for web servers
  zstack.tickets.zstack_ticket_info:
    query:
      - name~=web%
      - createDate>2026-01-01 00:00:00
    sort: -createDate
    limit: 10

- name: Find out what a deleted ticket asked for
  zstack.tickets.zstack_ticket_info:
    name: web server
    archived: true
  register: deleted

- name: Ask for the same again
  zstack.tickets.zstack_ticket:
    name: web server
    requests: "{{ deleted.tickets[0].requests }}"
  when: deleted.tickets | length == 1
"""

RETURN = r"""
tickets:
  description:
    - The tickets, each with the members of RV(zstack.tickets.zstack_ticket#module:ticket) and those below.
  returned: success
  type: list
  elements: dict
  contains:
    awaiting:
      description:
        - The step that is due, with C(flow_uuid), C(flow_name), and C(approver_uuid), the account or virtual ID that is to approve it.
        - V(null) if the ticket awaits nobody.
      type: dict
      sample:
        flow_uuid: 0d9b3f1a5c2e4f7d8a6b4c3e2d1f0a9b
        flow_name: final approval
        approver_uuid: 36c27e8ff05c4780bf6d2fa65700f22e
    history:
      description:
        - What happened to the ticket, from the oldest to the newest. Members that the server does not send are V(null).
      returned: with O(history=true)
      type: list
      elements: dict
      contains:
        uuid:
          description: UUID of the entry.
          type: str
          sample: 7c1f1d0a3b5e4d2f9a8c6e4b2d0f1a3c
        sequence:
          description: Number of the entry, over all tickets. Since ZStack Cloud 4.0.
          type: int
          sample: 42
        ticket_uuid:
          description: UUID of the ticket.
          type: str
          sample: f4483251fdfd48cdae0dbb966a2652c9
        from_status:
          description: Status before.
          type: str
          sample: Pending
        to_status:
          description: Status after.
          type: str
          sample: IntermediateApproved
        comment:
          description: What the operator said.
          type: str
          sample: this is the comment for change status operation
        operation_context_type:
          description: Kind of the RV(tickets[].history[].operation_context).
          type: str
          sample: StatusChanged
        operation_context:
          description: What the system noted down, for example the results of the requests in C(requestResults), as the API writes them.
          type: dict
          sample: {}
        operator_type:
          description: Kind of account system that the operator belongs to.
          type: str
          sample: iam2
        operator_uuid:
          description: UUID of the account or virtual ID that acted.
          type: str
          sample: 36c27e8ff05c4780bf6d2fa65700f22e
        flow_name:
          description: Name of the step. Since ZStack Cloud 4.5.
          type: str
          sample: team approval
        create_date:
          description: When it happened, in ISO 8601 by the server's own clock, without a zone.
          type: str
          sample: "2018-11-16T19:48:02"
        last_op_date:
          description: When the entry was changed last, likewise.
          type: str
          sample: "2018-11-16T19:48:02"
    archive_uuid:
      description: UUID of the entry in the archive. C(uuid) is the one that the ticket had before it was deleted.
      returned: with O(archived=true)
      type: str
      sample: 1f0e2d3c4b5a46978867564534231201
    account_uuid:
      description: UUID of the account to which the entry in the archive belongs.
      returned: with O(archived=true)
      type: str
      sample: 36c27e8ff05c4780bf6d2fa65700f22e
  sample:
    - uuid: f4483251fdfd48cdae0dbb966a2652c9
      name: ticket
      description: ticket description
      status: IntermediateApproved
      requests:
        - request_name: create vm
          api_name: org.zstack.header.vm.APICreateVmInstanceMsg
          execute_times: 1
          api_body: {name: vm name, strategy: InstantStart}
      account_system_type: iam2
      account_system_context:
        projectUuid: 21423d5537cc4891b33745b3ad9045f8
        virtualIDUuid: 1470a380fe454b4298ba178245aa499c
      ticket_type_uuid: 3b933e9aaf2d49b9a3dcf0c92867790f
      flow_collection_uuid: 6aa051e47de74658885bca987b9c4a35
      current_flow_uuid: 5d1e3c2b7f0a4b6e9c8d7a6b5c4d3e2f
      create_date: "2018-11-16T19:46:25"
      last_op_date: "2018-11-16T19:48:02"
      awaiting: {flow_uuid: 0d9b3f1a5c2e4f7d8a6b4c3e2d1f0a9b, flow_name: final approval, approver_uuid: 36c27e8ff05c4780bf6d2fa65700f22e}
error:
  description:
    - What the API answered, with the members of RV(zstack.tickets.zstack_ticket#module:error). All are V(null) if the failure did not come from the API.
    - Branch on its C(code), never on texts, as the server writes them in its own language, which is Chinese by default.
  returned: failure, except for options that Ansible itself refuses
  type: dict
  sample:
    code: SYS.1001
    description: A message or a operation timeout
    details: Create VM on KVM timeout after 300s
    elaboration: null
    cause: null
    http_status: 503
    job_uuid: null
"""

from ansible_collections.zstack.tickets.plugins.module_utils._arguments import CONNECTION, SELECTION, WHICH_TICKET
from ansible_collections.zstack.tickets.plugins.module_utils._operations.read import read_tickets
from ansible_collections.zstack.tickets.plugins.module_utils._runner import Command, run_module
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.model import STATUSES

COMMAND = Command(
    operation=read_tickets,
    argument_spec=dict(
        **WHICH_TICKET,
        status=dict(type="list", elements="str", choices=list(STATUSES)),
        awaiting_me=dict(type="bool", default=False),
        **SELECTION,
        history=dict(type="bool", default=False),
        archived=dict(type="bool", default=False),
        **CONNECTION,
    ),
)


def main() -> None:
    run_module(COMMAND)


if __name__ == "__main__":
    main()
