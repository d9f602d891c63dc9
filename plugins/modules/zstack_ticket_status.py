#!/usr/bin/python
# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: zstack_ticket_status
short_description: Bring a ZStack ticket to an approval status
version_added: 1.0.0
description:
  - Approves, rejects, recalls and reopens tickets of ZStack Cloud's Tenant Management, and waits for what others decide.
  - The status is read first and only what is still needed is sent, so a task may run again. After each event the ticket is read back. If
    the server accepts an event and the ticket does not move, the task fails.
  - The server decides who may do what. As far as is known, only the approver of the due step approves and rejects, and only the submitter
    recalls and reopens. A refusal names the moves that are known from the ticket's status.
author:
  - zstack.tickets contributors (@zstack-tickets)
extends_documentation_fragment:
  - zstack.tickets.waiting
  - zstack.tickets.zstack
  - zstack.tickets.zstack.task
  - zstack.tickets.attributes
attributes:
  check_mode:
    details:
      - Predicts C(changed), RV(ticket), RV(events), RV(awaiting) and RV(diff), by what is known of the moves of a ticket.
      - Sends nothing but reads and a login with its logout. Does not wait, and so tells nothing of what others are going to do.
      - A O(session_token) tells whose it is only by being renewed, which check mode does not do. It then predicts one approval, whoever is due.
  idempotent:
    support: partial
    details:
      - With O(steps=next), each run approves one step more, as long as the due step is the caller's.
options:
  uuid:
    description:
      - UUID of the ticket. One of O(uuid) and O(name) is required.
    type: str
    aliases: [resourceUuid]
  name:
    description:
      - Exact name of the ticket. Upper and lower case matter. If several tickets have it, the task fails and lists them. Give O(uuid) then,
        or O(account_system_context).
    type: str
  account_system_context:
    description:
      - Whose ticket is meant by O(name), with the keys of the API, C(projectUuid) and C(virtualIDUuid). A ticket fits if it has the keys that are given
        here, with the same values.
      - Without it the tickets of all submitters count, as far as the caller can see them.
    type: dict
    aliases: [accountSystemContext]
  status:
    description:
      - V(approved) approves the due step, and those after it that are the caller's too. With the last step the ticket becomes V(FinalApproved), and its
        requests are run. If somebody else's step comes next, the task has succeeded, and RV(awaiting) tells whose turn it is.
      - If the due step is not the caller's to begin with, V(approved) is a failure that names the due approver, unless the caller
        has approved an earlier step already, or O(wait=true).
      - V(rejected) rejects the ticket as a whole, not only its due step.
      - V(cancelled) recalls the ticket. It can be reopened.
      - V(pending) reopens a ticket that was recalled or rejected, and all steps have to be approved anew. A ticket on its way is left as it is, even if steps
        of it are approved.
    type: str
    choices: [approved, rejected, cancelled, pending]
    required: true
  comment:
    description:
      - Text that goes into the ticket's history with each event that is sent, at most 65535 characters.
    type: str
  steps:
    description:
      - V(all) approves steps as long as the due one is the caller's. V(next) approves only the one that is due when the task begins.
      - V(none) sends nothing, except for the event that O(reopen=true) allows. With O(wait=true), the task then waits for the decision of others, even if
        the caller could decide as well.
    type: str
    choices: [all, next, none]
    default: all
  reopen:
    description:
      - Whether O(status=approved) may reopen a ticket that was recalled or rejected, in order to approve it. If not, such a ticket is a failure,
        as somebody has decided otherwise. The message then says who, with which comment.
    type: bool
    default: false
seealso:
  - module: zstack.tickets.zstack_ticket
    description: Create, change and delete tickets.
  - module: zstack.tickets.zstack_ticket_batch
    description: The same for many tickets, with one wait for all of them.
  - module: zstack.tickets.zstack_ticket_info
    description: Read tickets, their histories, and whose turn it is.
"""

EXAMPLES = r"""
- name: Ask for a virtual machine
  zstack.tickets.zstack_ticket:
    name: web server
    requests:
      - request_name: create vm
        api_name: org.zstack.header.vm.APICreateVmInstanceMsg
        api_body:
          name: web-1
          instanceOfferingUuid: "{{ instance_offering_uuid }}"
          imageUuid: "{{ image_uuid }}"
          l3NetworkUuids:
            - "{{ l3_network_uuid }}"
  register: asked

- name: Wait a moment for the approval, and only warn if it does not come
  zstack.tickets.zstack_ticket_status:
    uuid: "{{ asked.ticket.uuid }}"
    status: approved
    wait: true
    wait_timeout: 3
    wait_interval: 1
    on_timeout: warn
  register: waited

- name: Say who is to approve it
  ansible.builtin.debug:
    msg: "It awaits {{ waited.awaiting.approver_uuid }} in the step {{ waited.awaiting.flow_name }}."
  when: waited.timed_out

- name: Approve all steps that are mine, with a comment
  zstack.tickets.zstack_ticket_status:
    virtual_id_name: "{{ approver_name }}"
    virtual_id_password: "{{ approver_password }}"
    project_name: "{{ project_name }}"
    name: web server
    status: approved
    comment: Within the quota of this quarter.

- name: Wait until all have approved it and the virtual machine exists
  zstack.tickets.zstack_ticket_status:
    name: web server
    status: approved
    steps: none
    wait: true
    wait_timeout: 86400
    wait_interval: 30
  register: approved

- name: Show what came of each request
  ansible.builtin.debug:
    msg: "{{ item.request_name }}: {{ item.success_times }} done, {{ item.failure_times }} failed"
  loop: "{{ approved.execution.results }}"

- name: Ask for another one
  zstack.tickets.zstack_ticket:
    name: second web server
    requests: "{{ asked.ticket.requests }}"

- name: Reject it, with a reason
  zstack.tickets.zstack_ticket_status:
    virtual_id_name: "{{ approver_name }}"
    virtual_id_password: "{{ approver_password }}"
    project_name: "{{ project_name }}"
    name: second web server
    status: rejected
    comment: One is enough.

- name: Send it to the approvers once more
  zstack.tickets.zstack_ticket_status:
    name: second web server
    status: pending
    comment: The load has doubled, see the report.

- name: Try to approve it, which is somebody else's to do
  block:
    - name: Approve the next step
      zstack.tickets.zstack_ticket_status:
        name: second web server
        status: approved
        steps: next
  rescue:
    - name: Say whose turn it is, if that is the reason
      ansible.builtin.debug:
        msg: "{{ ansible_failed_result.awaiting.approver_uuid }} is to approve it."
      when: ansible_failed_result.error.code == 'SYS.1006'

- name: Recall it
  zstack.tickets.zstack_ticket_status:
    name: second web server
    status: cancelled
"""

RETURN = r"""
ticket:
  description: The ticket after the task, or in check mode as it would be, with the members of RV(zstack.tickets.zstack_ticket#module:ticket).
  returned: always, except for failures before the ticket was found
  type: dict
  sample:
    uuid: f4483251fdfd48cdae0dbb966a2652c9
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
status_before:
  description: The status before the task, as the API names it.
  returned: always, except for failures before the ticket was found
  type: str
  sample: Pending
status_after:
  description: The status after the task, or in check mode as it would be.
  returned: always, except for failures before the ticket was found
  type: str
  sample: IntermediateApproved
events:
  description:
    - The events that were sent, or in check mode would be, in order. Empty if nothing was to be done.
    - V(approve), V(reject), V(cancel), V(reopen).
  returned: always, except for failures before the ticket was found
  type: list
  elements: str
  sample: [approve]
awaiting:
  description: The step that is due, and whose turn it is. V(null) if the ticket awaits nobody.
  returned: success, and failures that have to do with it
  type: dict
  contains:
    flow_uuid:
      description: UUID of the step.
      type: str
      sample: 0d9b3f1a5c2e4f7d8a6b4c3e2d1f0a9b
    flow_name:
      description: Name of the step.
      type: str
      sample: final approval
    approver_uuid:
      description: UUID of the account or virtual ID that is to approve it.
      type: str
      sample: 36c27e8ff05c4780bf6d2fa65700f22e
execution:
  description: What came of the requests. V(null) unless they were waited for.
  returned: success, and failures of the requests
  type: dict
  contains:
    finished:
      description: Whether the results of all requests are there.
      type: bool
      sample: true
    failed:
      description: Whether a request failed, as far as the results are there.
      type: bool
      sample: true
    results:
      description:
        - One item for each request whose result is there, with C(request_name), C(success_times), C(failure_times), and C(errors), a list of errors as
          the API describes them.
      type: list
      elements: dict
      sample:
        - request_name: create vm
          success_times: 0
          failure_times: 1
          errors:
            - code: SYS.1001
              description: A message or a operation timeout
              details: Create VM on KVM timeout after 300s
timed_out:
  description: Whether the wait ended because the time was up. Only with O(on_timeout=warn) can that be in a success.
  returned: success
  type: bool
  sample: false
elapsed:
  description: Seconds that the task took.
  returned: success, and waits that timed out
  type: float
  sample: 12.3
diff:
  description: The ticket's status, and what else is managed of it, before and after.
  returned: success
  type: dict
  sample:
    before: {name: ticket, status: Pending, current_flow_uuid: null}
    after: {name: ticket, status: IntermediateApproved, current_flow_uuid: 5d1e3c2b7f0a4b6e9c8d7a6b5c4d3e2f}
history:
  description: The ticket's history, as RV(zstack.tickets.zstack_ticket_info#module:tickets[].history).
  returned: failed waits, waits that timed out, and tickets that would have to be reopened
  type: list
  elements: dict
  sample:
    - from_status: Pending
      to_status: Rejected
      comment: One is enough.
      operator_uuid: 36c27e8ff05c4780bf6d2fa65700f22e
candidates:
  description: The tickets that fit, if there are several. Each has RV(ignore:uuid), RV(ignore:name), RV(ignore:status) and RV(ignore:create_date).
  returned: failure, if several tickets fit
  type: list
  elements: dict
  sample:
    - uuid: f4483251fdfd48cdae0dbb966a2652c9
      name: ticket
      status: Pending
      create_date: "2018-11-16T19:46:25"
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
    job_uuid: 2b9b0a4d6f6e4d0f8f1f5a3c7e9d1b24
"""

from ansible_collections.zstack.tickets.plugins.module_utils._arguments import (
    CONNECTION,
    STATUS,
    STATUSES,
    WAITING,
    WHICH_TICKET,
)
from ansible_collections.zstack.tickets.plugins.module_utils._operations.status import reach_status
from ansible_collections.zstack.tickets.plugins.module_utils._runner import Command, run_module

COMMAND = Command(
    operation=reach_status,
    argument_spec=dict(
        **WHICH_TICKET,
        status=dict(type="str", choices=STATUSES, required=True),
        **STATUS,
        **WAITING,
        **CONNECTION,
    ),
    rules=dict(required_one_of=[("uuid", "name")]),
)


def main() -> None:
    run_module(COMMAND)


if __name__ == "__main__":
    main()
