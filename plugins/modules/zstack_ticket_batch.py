#!/usr/bin/python
# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: zstack_ticket_batch
short_description: Ensure many ZStack tickets in one task
version_added: 1.0.0
description:
  - Does for each ticket of a list what M(zstack.tickets.zstack_ticket) does, and on demand what M(zstack.tickets.zstack_ticket_status) does,
    but looks all of them up at once and then works on several at a time. For hundreds of tickets this is many times faster than a loop.
  - With O(wait=true) it waits for all of them within one time limit, and asks the server for all of them in one request at a time.
  - The tickets are independent of each other. None is begun before the options of all of them have been checked.
  - A ticket that is listed twice is done once. If the two entries differ, the task fails before it does anything.
author:
  - zstack.tickets contributors (@zstack-tickets)
extends_documentation_fragment:
  - zstack.tickets.waiting
  - zstack.tickets.zstack
  - zstack.tickets.zstack.task
  - zstack.tickets.attributes
attributes:
  check_mode:
    details: Predicts RV(results), with reads only. Does not wait.
  idempotent:
    details: Tags and the flow collection of a ticket that exists are not compared.
options:
  tickets:
    description:
      - The tickets. The options of each mean the same as those of M(zstack.tickets.zstack_ticket).
    type: list
    elements: dict
    required: true
    suboptions:
      state:
        description: Whether the ticket exists as described, or does not exist.
        type: str
        choices: [present, absent]
        default: present
      uuid:
        description: UUID of the ticket. One of O(tickets[].uuid) and O(tickets[].name) is required.
        type: str
        aliases: [resourceUuid]
      name:
        description: Name of the ticket.
        type: str
      account_system_context:
        description:
          - For whom the ticket is, with the keys of the API, C(projectUuid) and C(virtualIDUuid).
          - After a login with O(virtual_id_name) this defaults to that project and virtual ID.
        type: dict
        aliases: [accountSystemContext]
      description:
        description: Text for the approvers.
        type: str
      requests:
        description: The API calls that are run when the ticket is approved finally.
        type: list
        elements: dict
        suboptions:
          request_name:
            description: What the approvers see as its name.
            type: str
            aliases: [requestName]
          api_name:
            description: Full class name of the API message.
            type: str
            required: true
            aliases: [apiName]
          execute_times:
            description: How often the call is run.
            type: int
            default: 1
            aliases: [executeTimes]
          api_body:
            description: Fields of the API message, named as in the API manual.
            type: dict
            aliases: [apiBody]
      flow_collection_uuid:
        description: UUID of the flow collection, that is the approval process, of a new ticket.
        type: str
        aliases: [flowCollectionUuid]
      account_system_type:
        description: System of accounts to which O(tickets[].account_system_context) belongs.
        type: str
        default: iam2
        aliases: [accountSystemType]
      system_tags:
        description: System tags of a new ticket.
        type: list
        elements: str
        aliases: [systemTags]
      user_tags:
        description: User tags of a new ticket.
        type: list
        elements: str
        aliases: [userTags]
      tag_uuids:
        description: UUIDs of tags to attach to a new ticket.
        type: list
        elements: str
        aliases: [tagUuids]
      resubmit:
        description: Whether a ticket that differs may be changed where that means sending it to its approvers anew.
        type: str
        choices: [never, unapproved, always]
        default: unapproved
      status:
        description:
          - Status that the ticket is brought to after that, as far as the caller can, as by O(zstack.tickets.zstack_ticket_status#module:status).
          - Without it the status is left alone.
        type: str
        choices: [approved, rejected, cancelled, pending]
      comment:
        description: Comment on each event that O(tickets[].status) takes.
        type: str
      steps:
        description:
          - Which steps O(tickets[].status=approved) approves, as O(zstack.tickets.zstack_ticket_status#module:steps).
          - V(none) is for whoever only waits for others.
        type: str
        choices: [all, next, none]
        default: all
      reopen:
        description: Whether O(tickets[].status=approved) may reopen a ticket that was recalled or rejected.
        type: bool
        default: false
  workers:
    description:
      - How many tickets are worked on at the same time, each over a connection of its own.
      - More help where the server is far away or its jobs take long.
    type: int
    default: 8
  continue_on_error:
    description:
      - Whether the other tickets are still done, and waited for, when one has failed. Calls that are under way at that moment are always finished.
      - The task fails in either case, with RV(results) of all tickets.
    type: bool
    default: false
seealso:
  - module: zstack.tickets.zstack_ticket
    description: One ticket, and what the options mean.
  - module: zstack.tickets.zstack_ticket_status
    description: One ticket's approval, and waiting for it.
"""

EXAMPLES = r"""
- name: Ask for twenty machines in twenty tickets
  zstack.tickets.zstack_ticket_batch:
    tickets: "{{ wanted | from_yaml }}"
  vars:
    wanted: |
      {% for number in range(1, 21) %}
      - name: worker {{ number }}
        requests:
          - request_name: create vm
            api_name: org.zstack.header.vm.APICreateVmInstanceMsg
            api_body:
              name: worker-{{ number }}
              instanceOfferingUuid: {{ instance_offering_uuid }}
              imageUuid: {{ image_uuid }}
              l3NetworkUuids: [{{ l3_network_uuid }}]
      {% endfor %}
  register: asked

- name: Wait a moment for the approvers, and only warn if they have not decided by then
  zstack.tickets.zstack_ticket_batch:
    tickets: "{{ all_of_them | from_yaml }}"
    wait: true
    wait_timeout: 3
    wait_interval: 1
    on_timeout: warn
  vars:
    all_of_them: |
      {% for result in asked.results %}
      - {uuid: "{{ result.ticket.uuid }}", status: approved, steps: none}
      {% endfor %}
  register: waited

- name: Say who is to approve those that are left
  ansible.builtin.debug:
    msg: "{{ waited.results | selectattr('timed_out') | map(attribute='awaiting.approver_uuid') | unique }}"

- name: Delete the first two, and recall the third
  zstack.tickets.zstack_ticket_batch:
    tickets:
      - uuid: "{{ asked.results[0].ticket.uuid }}"
        state: absent
      - name: worker 2
        state: absent
      - name: worker 3
        status: cancelled
        comment: Not needed before spring.

- name: Do what can be done, and name what could not
  block:
    - name: Make two tickets, of which the server refuses one
      zstack.tickets.zstack_ticket_batch:
        continue_on_error: true
        workers: 2
        tickets:
          - name: worker 21
            requests: "{{ asked.results[3].ticket.requests }}"
          - name: backup of worker 21
            requests:
              - api_name: org.zstack.header.storage.backup.APIBackupVolumeMsg
  rescue:
    - name: Name those that failed
      ansible.builtin.debug:
        msg: "{{ ansible_failed_result.results | selectattr('failed', 'defined') | map(attribute='msg') }}"
"""

RETURN = r"""
results:
  description: What became of each ticket, in the order of O(tickets).
  returned: always, except for failures before the first ticket
  type: list
  elements: dict
  contains:
    uuid:
      description: The O(tickets[].uuid) of the entry.
      type: str
      sample: null
    name:
      description: The O(tickets[].name) of the entry.
      type: str
      sample: web server 1
    changed:
      description: Whether this ticket was changed.
      type: bool
      sample: true
    operations:
      description: The API calls made for it, as RV(zstack.tickets.zstack_ticket#module:operations).
      type: list
      elements: str
      sample: [create]
    events:
      description: The events sent for its O(tickets[].status), as RV(zstack.tickets.zstack_ticket_status#module:events).
      type: list
      elements: str
      sample: []
    status_before:
      description: The status before those events. Only with O(tickets[].status), like the following ones.
      type: str
      sample: Pending
    status_after:
      description: The status after the task.
      type: str
      sample: FinalApproved
    awaiting:
      description: Whose turn it is, as RV(zstack.tickets.zstack_ticket_status#module:awaiting).
      type: dict
      sample: null
    execution:
      description: What came of its requests, as RV(zstack.tickets.zstack_ticket_status#module:execution).
      type: dict
      sample: {finished: true, results: [{request_name: create vm, success_times: 1, failure_times: 0, errors: []}]}
    timed_out:
      description: Whether the time was up before it had its status.
      type: bool
      sample: false
    history:
      description:
        - The ticket's history, as RV(zstack.tickets.zstack_ticket_info#module:tickets[].history), where the wait for it failed or timed out.
      type: list
      elements: dict
      sample:
        - from_status: Pending
          to_status: Rejected
          comment: One is enough.
          operator_uuid: 36c27e8ff05c4780bf6d2fa65700f22e
    elapsed:
      description: After how many seconds it had its status, or the time was up. Only with O(wait=true).
      type: float
      sample: 75.2
    ticket:
      description: The ticket after the task, as RV(zstack.tickets.zstack_ticket#module:ticket).
      type: dict
      sample: {uuid: 14b4cced263d4e0b8511292980c7984f, name: web server 1, status: Pending}
    diff:
      description: The managed parts of the ticket before and after.
      type: dict
      sample: {before: {}, after: {name: web server 1, status: Pending}}
    failed:
      description: There and true if this ticket failed. Then RV(results[].msg) and RV(results[].error) tell why.
      type: bool
      sample: true
    skipped:
      description: There and true if this ticket was not begun, or not waited for to the end, because another one had failed.
      type: bool
      sample: true
    msg:
      description: Why it failed, or what was left undone.
      type: str
      sample: "Creating the ticket 'web server 1' was refused: SYS.1006: operation denied."
    error:
      description: What the API answered, as RV(zstack.tickets.zstack_ticket#module:error).
      type: dict
      sample: {code: SYS.1006, http_status: 503}
summary:
  description: The results in one line.
  returned: always, except for failures before the first ticket
  type: str
  sample: 19 changed, 1 unchanged, 0 failed, 0 not finished
error:
  description:
    - What the API answered, as RV(zstack.tickets.zstack_ticket#module:error). Where tickets failed, it is that of the first of them.
  returned: failure, except for options that Ansible itself refuses
  type: dict
  sample: {code: SYS.1006, http_status: 503}
diff:
  description: The differences of the tickets that changed.
  returned: success
  type: list
  elements: dict
  sample:
    - before: {}
      after: {name: web server 1, status: Pending}
"""

from ansible_collections.zstack.tickets.plugins.module_utils._arguments import (
    CONNECTION,
    STATUS,
    STATUSES,
    TICKET,
    WAITING,
)
from ansible_collections.zstack.tickets.plugins.module_utils._operations.batch import ensure_batch
from ansible_collections.zstack.tickets.plugins.module_utils._runner import Command, run_module

COMMAND = Command(
    operation=ensure_batch,
    argument_spec=dict(
        tickets=dict(
            type="list",
            elements="dict",
            required=True,
            options=dict(
                state=dict(type="str", choices=["present", "absent"], default="present"),
                **TICKET,
                status=dict(type="str", choices=STATUSES),
                **STATUS,
            ),
            required_one_of=[("uuid", "name")],
        ),
        workers=dict(type="int", default=8),
        continue_on_error=dict(type="bool", default=False),
        **WAITING,
        **CONNECTION,
    ),
)


def main() -> None:
    run_module(COMMAND)


if __name__ == "__main__":
    main()
