#!/usr/bin/python
# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: zstack_ticket
short_description: Ensure that a ZStack ticket exists with given requests
version_added: 1.0.0
description:
  - Creates, changes and deletes tickets of ZStack Cloud's Tenant Management. A ticket asks for API calls, for example to create a virtual machine. It
    passes the approvers of a flow collection one by one, and when the last of them has approved it, ZStack runs the calls.
  - This module is the submitter's side. M(zstack.tickets.zstack_ticket_status) approves, rejects, recalls and reopens tickets, and waits for the outcome.
  - If a ticket on its way to its approvers (V(Pending), V(IntermediateApproved)) differs from the task, it is recalled, updated and reopened, as far as
    O(resubmit) allows. A rejected one (V(Rejected)) is updated and reopened, unless O(resubmit=never). A recalled one (V(Cancelled)) is updated and
    stays recalled. If an approved one (V(FinalApproved)) differs, the task fails.
  - A ticket that does not differ is left as it is. So a rejected ticket stays rejected until its requests change or
    M(zstack.tickets.zstack_ticket_status) with O(zstack.tickets.zstack_ticket_status#module:status=pending) sends it to its approvers once more.
  - If a run breaks off after recalling or updating a ticket, the next run finishes the change and reopens the ticket.
author:
  - zstack.tickets contributors (@zstack-tickets)
extends_documentation_fragment:
  - zstack.tickets.ticket
  - zstack.tickets.zstack
  - zstack.tickets.zstack.task
  - zstack.tickets.attributes
attributes:
  check_mode:
    details:
      - Predicts C(changed), RV(ticket), RV(operations) and RV(diff). What only the server can tell of a new ticket, such as its type and dates,
        is V(null).
      - Sends nothing but reads, a login with its logout, and with O(validate_on_server) a creation that the server checks and does not carry out.
  idempotent:
    details: Tags and the flow collection of a ticket that exists are not compared.
options:
  state:
    description:
      - With V(present), the ticket exists as the task describes it.
      - With V(absent), it does not exist. It is deleted whatever its status. The server may keep a copy in its archive, which does not count.
    type: str
    choices: [present, absent]
    default: present
  validate_on_server:
    description:
      - Whether check mode lets the server check a ticket that would be created. The task then fails with what the server has against it, for
        example an unknown API, a missing flow collection or a missing permission.
    type: bool
    default: false
seealso:
  - module: zstack.tickets.zstack_ticket_status
    description: Approve, reject, recall and reopen tickets, and wait for the outcome.
  - module: zstack.tickets.zstack_ticket_info
    description: Read tickets, their histories, and whose turn it is.
notes:
  - The approvers see the requests, and results contain them. If an O(requests[].api_body) has to hold a secret, set C(no_log) for the task.
"""

EXAMPLES = r"""
- name: Ask for a virtual machine
  zstack.tickets.zstack_ticket:
    name: web server
    description: For the shop, needed until the end of the year.
    requests:
      - request_name: create vm
        api_name: org.zstack.header.vm.APICreateVmInstanceMsg
        api_body:
          name: web-1
          instanceOfferingUuid: "{{ instance_offering_uuid }}"
          imageUuid: "{{ image_uuid }}"
          l3NetworkUuids:
            - "{{ l3_network_uuid }}"
          strategy: InstantStart
  register: asked

- name: Paste requests from the API manual as they are
  zstack.tickets.zstack_ticket:
    name: database servers
    requests:
      - requestName: create vm
        apiName: org.zstack.header.vm.APICreateVmInstanceMsg
        executeTimes: 2
        apiBody:
          {
            "name": "db",
            "instanceOfferingUuid": "{{ instance_offering_uuid }}",
            "imageUuid": "{{ image_uuid }}",
            "l3NetworkUuids": ["{{ l3_network_uuid }}"]
          }

- name: See what a change would do, without doing it
  zstack.tickets.zstack_ticket:
    name: web server
    requests: "{{ [asked.ticket.requests[0] | combine({'execute_times': 2})] }}"
  check_mode: true
  diff: true

- name: Ask for two of them instead, even if an approver has agreed to one already
  zstack.tickets.zstack_ticket:
    uuid: "{{ asked.ticket.uuid }}"
    requests: "{{ [asked.ticket.requests[0] | combine({'execute_times': 2})] }}"
    resubmit: always

- name: Let the server check a ticket before it is created
  zstack.tickets.zstack_ticket:
    name: one more web server
    requests: "{{ asked.ticket.requests }}"
    validate_on_server: true
  check_mode: true

- name: Ask for more with the same connection options, which every module of the collection takes
  module_defaults:
    group/zstack.tickets.zstack:
      timeout: 10
      retries: 5
  block:
    - name: Ask for each application server in a ticket of its own
      zstack.tickets.zstack_ticket:
        name: "application server {{ item }}"
        requests:
          - request_name: create vm
            api_name: org.zstack.header.vm.APICreateVmInstanceMsg
            api_body:
              name: "{{ item }}"
              instanceOfferingUuid: "{{ instance_offering_uuid }}"
              imageUuid: "{{ image_uuid }}"
              l3NetworkUuids: ["{{ l3_network_uuid }}"]
      loop: [app-1, app-2]

- name: Ask for something that this project may have no ticket type for
  block:
    - name: Ask for a backup
      zstack.tickets.zstack_ticket:
        name: backup of the web server
        requests:
          - api_name: org.zstack.header.storage.backup.APIBackupVolumeMsg
  rescue:
    - name: Fail for any other reason
      ansible.builtin.fail:
        msg: "{{ ansible_failed_result.msg }}"
      when: ansible_failed_result.error.code != 'SYS.1007'

- name: Withdraw the ticket for good
  zstack.tickets.zstack_ticket:
    name: web server
    state: absent
"""

RETURN = r"""
ticket:
  description: The ticket after the task, or in check mode as it would be. V(null) if there is none.
  returned: always, except for failures before the ticket was looked up
  type: dict
  contains:
    uuid:
      description: UUID of the ticket.
      type: str
      sample: 14b4cced263d4e0b8511292980c7984f
    name:
      description: Name of the ticket.
      type: str
      sample: web server
    description:
      description: Text for the approvers.
      type: str
      sample: For the shop, needed until the end of the year.
    status:
      description:
        - The status as the API names it.
        - V(Pending) awaits its first approver, V(IntermediateApproved) another one. V(FinalApproved) is approved by all, and its requests are run.
          V(Cancelled) was recalled by its submitter. V(Rejected) was rejected by an approver, or by the server because an approver has left.
      type: str
      sample: IntermediateApproved
    requests:
      description: The requests, in the form that the option O(requests) takes. The server may have added members to O(requests[].api_body).
      type: list
      elements: dict
      sample:
        - request_name: create vm
          api_name: org.zstack.header.vm.APICreateVmInstanceMsg
          execute_times: 1
          api_body:
            name: vm name
            instanceOfferingUuid: c14ffce45a924c7c89b29b472b0cc6a5
            imageUuid: 21bc6910199d44b3bbd0e336bb88f424
            l3NetworkUuids: [ff4916c36d9a4c1683c20e5a22ceceb7]
            strategy: InstantStart
            timeout: -1
            headers: {}
            id: bde85ab4eb754339bc6bb42623097c56
            createdTime: 1564025557751
    account_system_type:
      description: System of accounts that RV(ticket.account_system_context) belongs to.
      type: str
      sample: iam2
    account_system_context:
      description: For whom the ticket is.
      type: dict
      sample:
        projectUuid: 2294a0edf109447bafa802bb73b29cd3
        virtualIDUuid: 178c834b9bc84bac9e77460b42eb3494
    ticket_type_uuid:
      description: UUID of the ticket type, which the server tells by the requests. Since ZStack Cloud 3.6.
      type: str
      sample: 3b933e9aaf2d49b9a3dcf0c92867790f
    flow_collection_uuid:
      description: UUID of the flow collection, that is the approval process.
      type: str
      sample: 9fbbac8054d54f0490438eaaba3e1cf8
    current_flow_uuid:
      description: UUID of the step that was approved last. V(null) as long as none is.
      type: str
      sample: 5d1e3c2b7f0a4b6e9c8d7a6b5c4d3e2f
    create_date:
      description: When it was created, in ISO 8601 by the server's own clock, without a zone.
      type: str
      sample: "2018-11-16T19:46:25"
    last_op_date:
      description: When it was changed last, likewise.
      type: str
      sample: "2018-11-16T19:48:02"
operations:
  description:
    - The API calls that were made, or in check mode would be, in order. Empty if nothing was to be done.
    - V(create), V(cancel) (recall), V(update), V(reopen), V(delete).
  returned: always, except for failures before the ticket was looked up
  type: list
  elements: str
  sample: [cancel, update, reopen]
diff:
  description: The managed parts of the ticket before and after. Of the requests only what the task gives.
  returned: success
  type: dict
  sample:
    before: {name: web server, status: Pending, requests: [{execute_times: 1}]}
    after: {name: web server, status: Pending, requests: [{execute_times: 2}]}
differences:
  description: Where the ticket differs from the task.
  returned: failure, if the ticket differs and must not be changed
  type: list
  elements: str
  sample: ["description", "requests[0].api_body.instanceOfferingUuid"]
candidates:
  description: The tickets that fit, if there are several. Each has RV(ignore:uuid), RV(ignore:name), RV(ignore:status) and RV(ignore:create_date).
  returned: failure, if several tickets fit
  type: list
  elements: dict
  sample:
    - uuid: 14b4cced263d4e0b8511292980c7984f
      name: web server
      status: Pending
      create_date: "2018-11-16T19:46:25"
error:
  description:
    - What the API answered. All members are always there, V(null) if the failure did not come from the API.
    - Branch on RV(error.code), never on texts, as the server writes them in its own language, which is Chinese by default.
  returned: failure, except for options that Ansible itself refuses
  type: dict
  contains:
    code:
      description: The API's error code.
      type: str
      sample: SYS.1001
    description:
      description: What the code means.
      type: str
      sample: A message or a operation timeout
    details:
      description: What happened in this case.
      type: str
      sample: Create VM on KVM timeout after 300s
    elaboration:
      description: Further explanation, where the server has one.
      type: str
      sample: null
    cause:
      description: The error behind this one, with members as in the API.
      type: dict
      sample: null
    http_status:
      description: HTTP status of the answer.
      type: int
      sample: 503
    job_uuid:
      description: UUID of the API job, by which the server's log tells more.
      type: str
      sample: 2b9b0a4d6f6e4d0f8f1f5a3c7e9d1b24
"""

from ansible_collections.zstack.tickets.plugins.module_utils._arguments import CONNECTION, TICKET
from ansible_collections.zstack.tickets.plugins.module_utils._operations.ensure import ensure
from ansible_collections.zstack.tickets.plugins.module_utils._runner import Command, run_module

COMMAND = Command(
    operation=ensure,
    argument_spec=dict(
        state=dict(type="str", choices=["present", "absent"], default="present"),
        **TICKET,
        validate_on_server=dict(type="bool", default=False),
        **CONNECTION,
    ),
    rules=dict(required_one_of=[("uuid", "name")]),
)


def main() -> None:
    run_module(COMMAND)


if __name__ == "__main__":
    main()
