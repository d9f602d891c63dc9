#!/usr/bin/python
# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: zstack_ticket_flow_collection
short_description: Ensure that an approval process of ZStack tickets is as wanted
version_added: 1.0.0
description:
  - Creates, changes and deletes approval processes of ZStack Cloud's Tenant Management, which the API calls flow collections. A process belongs to a
    project. The approver of each of its steps has to approve a ticket, one after the other, before ZStack runs what the ticket asks for.
  - Only what the task gives is compared and changed. A process that does not differ is left as it is.
  - Tickets under way follow the process as it is now. If tickets that have passed a step gain by it, the steps are changed one by one, and such a ticket
    goes on with the step behind the one that it has passed last. Otherwise one call changes all steps, or the only one that differs. After each call
    the process is a valid one, and a run that breaks off is finished by the next one.
  - A step keeps the approvals that it was given as long as it keeps its name or its approver. With a new name and a new approver it is a new step.
  - A warning tells how many tickets are under way if the steps change or the process is deleted, and for how many of them nobody is due any more.
author:
  - zstack.tickets contributors (@zstack-tickets)
extends_documentation_fragment:
  - zstack.tickets.zstack
  - zstack.tickets.zstack.task
  - zstack.tickets.attributes
attributes:
  check_mode:
    details:
      - Predicts C(changed), RV(flow_collection), RV(operations) and RV(diff). What only the server can tell, such as UUIDs of new steps and dates,
        is V(null).
      - Sends nothing but reads, and a login with its logout.
  idempotent:
    details: O(steps[].approver_title) is not compared, as the server does not tell it.
options:
  state:
    description:
      - With V(present), the process exists as the task describes it.
      - With V(absent), it does not exist. What the task says about it beside O(uuid), O(name) and O(project) does not matter.
    type: str
    choices: [present, absent]
    default: present
  uuid:
    description:
      - UUID of the process, 32 hexadecimal digits. One of O(uuid) and O(name) is required.
      - If there is no such process, it is created with this UUID. Otherwise a new process gets a UUID that is derived from O(project) and O(name),
        so that two runs at the same time cannot create two.
    type: str
    aliases: [resourceUuid]
  name:
    description:
      - Name of the process, at most 255 characters. Required to create one. Together with O(uuid), the process is renamed if it has another name.
      - Without O(uuid), the process is the one that has exactly this name in O(project). Upper and lower case matter.
      - The server allows several processes of one name. If more than one fits, the task fails and lists them. Give O(uuid) then.
    type: str
  project:
    description:
      - UUID or name of the project whose tickets the process is for. Required to create one. It cannot be changed.
      - After a login with O(virtual_id_name) this defaults to that project.
    type: str
    aliases: [projectUuid]
  description:
    description:
      - Text about the process, at most 2048 characters.
    type: str
  steps:
    description:
      - The steps in the order in which they approve, at least one. Required to create a process.
      - Without this option, the steps of a process that exists are left as they are. With it, they are as here, and no others.
      - The server requires the admin account, or since about ZStack Cloud 4.3 a virtual ID with the right to operate tickets, as approver of the last step.
      - Steps may also be written as in the API manual (C(flows), C(approverUuid)), or taken from RV(flow_collection.steps) of a result.
    type: list
    elements: dict
    aliases: [flows]
    suboptions:
      name:
        description:
          - What the step is called, at most 255 characters.
        type: str
        required: true
      approver:
        description:
          - UUID or name of the virtual ID that has to approve, or V(admin) for the built-in admin account. A virtual ID has to belong to the project.
          - If the server reports the approver as lost, because the virtual ID has left the project in the meantime, it is named to the server anew.
        type: str
        required: true
        aliases: [approver_uuid, approverUuid]
      approver_title:
        description:
          - Title of the approver as the API knows it, to be sent along. For the admin account this is V(SystemAdmin), which need not be given.
        type: str
        aliases: [approverTitle]
      description:
        description:
          - Text about the step, at most 2048 characters. If it is not given, a step keeps the one that it has.
        type: str
      uuid:
        description:
          - Accepted so that steps of a result can be given as they are. It has no effect.
        type: str
      valid:
        description:
          - Accepted so that steps of a result can be given as they are. It has no effect.
        type: bool
  ticket_types:
    description:
      - UUIDs or names of the ticket types whose tickets take this process if they do not name one themselves. See
        M(zstack.tickets.zstack_ticket_type_info). An empty list unbinds all.
      - In a project, a ticket type can be bound to one process only, so it has to be taken from another process before.
      - Since ZStack Cloud 3.6.
    type: list
    elements: str
    aliases: [ticket_type_uuids, ticketTypeUuids]
  default:
    description:
      - Whether tickets of this project for whose type there is no process take this one. Making it the default takes that from the one that was before.
    type: bool
    aliases: [isDefault]
  enabled:
    description:
      - Whether new tickets may take the process. A new process is enabled.
    type: bool
seealso:
  - module: zstack.tickets.zstack_ticket_flow_collection_info
    description: Read approval processes.
  - module: zstack.tickets.zstack_ticket_type_info
    description: Read ticket types.
  - module: zstack.tickets.zstack_ticket
    description: Create, change and delete tickets.
notes:
  - Admin may manage all processes. In a project, that takes a virtual ID with the right to do so.
  - The public documentation does not tell what becomes of a ticket that has passed a step which is gone then. Its submitter can recall and reopen
    it, and it begins with the first step.
"""

EXAMPLES = r"""
- name: Let the team and then the admin approve
  zstack.tickets.zstack_ticket_flow_collection:
    name: shop
    project: "{{ project_name }}"
    description: Who has to agree to what the shop asks for.
    steps:
      - name: team approval
        approver: "{{ approver_name }}"
      - name: final approval
        approver: admin
  register: process

- name: See what one more step would do, without doing it
  zstack.tickets.zstack_ticket_flow_collection:
    uuid: "{{ process.flow_collection.uuid }}"
    steps:
      - name: team approval
        approver: "{{ approver_name }}"
      - name: cost approval
        approver: "{{ deputy_name }}"
      - name: final approval
        approver: admin
  check_mode: true
  diff: true

- name: Let a deputy approve for the team, also tickets that are under way
  zstack.tickets.zstack_ticket_flow_collection:
    name: shop
    project: "{{ project_name }}"
    steps:
      - name: team approval
        approver: "{{ deputy_name }}"
        description: While the team is on holiday.
      - name: final approval
        approver: admin

- name: Paste steps from the API manual as they are
  zstack.tickets.zstack_ticket_flow_collection:
    name: databases
    projectUuid: "{{ project_uuid }}"
    flows:
      [
        {
          "name": "flow1",
          "approverUuid": "{{ approver_uuid }}"
        },
        {
          "name": "flow2",
          "approverUuid": "36c27e8ff05c4780bf6d2fa65700f22e"
        }
      ]

- name: Take it for changes of virtual machines, and for whatever has no process of its own
  zstack.tickets.zstack_ticket_flow_collection:
    name: shop
    project: "{{ project_name }}"
    ticket_types: [UPDATE_VM_INSTANCE_TICKET_TYPE]
    default: true

- name: Give another process the same steps
  zstack.tickets.zstack_ticket_flow_collection:
    name: databases
    project: "{{ project_name }}"
    steps: "{{ process.flow_collection.steps }}"

- name: Close it to new tickets
  zstack.tickets.zstack_ticket_flow_collection:
    name: databases
    project: "{{ project_name }}"
    enabled: false

- name: Delete it
  zstack.tickets.zstack_ticket_flow_collection:
    name: databases
    project: "{{ project_name }}"
    state: absent
"""

RETURN = r"""
flow_collection:
  description: The process after the task, or in check mode as it would be. V(null) if there is none.
  returned: always, except for failures before the process was looked up
  type: dict
  contains:
    uuid:
      description: UUID of the process.
      type: str
      sample: 9fbbac8054d54f0490438eaaba3e1cf8
    name:
      description: Name of the process.
      type: str
      sample: shop
    description:
      description: Text about the process.
      type: str
      sample: Who has to agree to what the shop asks for.
    project_uuid:
      description: UUID of the project. V(null) for the system's own default process.
      type: str
      sample: 2294a0edf109447bafa802bb73b29cd3
    state:
      description: V(Enabled), or V(Disabled) if new tickets cannot take it.
      type: str
      sample: Enabled
    status:
      description: V(Valid), or V(Invalid) if an approver was lost. The server rejects the tickets under way then, and new ones cannot take the process.
      type: str
      sample: Valid
    default:
      description: Whether tickets of the project for whose type there is no process take this one.
      type: bool
      sample: false
    ticket_type_uuids:
      description: UUIDs of the ticket types that are bound to it.
      type: list
      elements: str
      sample: [3b933e9aaf2d49b9a3dcf0c92867790f]
    steps:
      description: The steps in the order in which they approve, in the form that the option O(steps) takes.
      type: list
      elements: dict
      contains:
        uuid:
          description: UUID of the step. Tickets name it as the step that was approved last.
          type: str
          sample: 5d1e3c2b7f0a4b6e9c8d7a6b5c4d3e2f
        name:
          description: What the step is called.
          type: str
          sample: team approval
        approver:
          description: UUID of the virtual ID or account that has to approve.
          type: str
          sample: 178c834b9bc84bac9e77460b42eb3494
        description:
          description: Text about the step.
          type: str
          sample: null
        valid:
          description: Whether the approver can approve. V(false) if a virtual ID has left the project or was deleted.
          type: bool
          sample: true
    create_date:
      description: When it was created, in ISO 8601 by the server's own clock, without a zone.
      type: str
      sample: "2018-12-28T18:50:31"
    last_op_date:
      description: When it was changed last, likewise.
      type: str
      sample: "2018-12-28T18:50:31"
operations:
  description:
    - The API calls that were made, or in check mode would be, in order. Empty if nothing was to be done.
    - V(create), V(disable), V(remove_ticket_types), V(update) (name, description and default, and all steps if they are replaced), V(add_step),
      V(update_step), V(delete_step), V(add_ticket_types), V(enable), V(delete).
  returned: always, except for failures before the process was looked up
  type: list
  elements: str
  sample: [update_step, add_ticket_types]
diff:
  description: The process before and after.
  returned: success
  type: dict
  sample:
    before: {name: shop, default: false}
    after: {name: shop, default: true}
candidates:
  description:
    - The processes that fit, if there are several. Each has RV(ignore:uuid), RV(ignore:name), RV(ignore:project_uuid), RV(ignore:state) and
      RV(ignore:create_date).
  returned: failure, if several processes fit
  type: list
  elements: dict
  sample:
    - uuid: 9fbbac8054d54f0490438eaaba3e1cf8
      name: shop
      project_uuid: 2294a0edf109447bafa802bb73b29cd3
      state: Enabled
      create_date: "2018-12-28T18:50:31"
error:
  description:
    - What the API answered, with the members of RV(zstack.tickets.zstack_ticket#module:error). All are V(null) if the failure did not come from the API.
    - Branch on its C(code), never on texts, as the server writes them in its own language, which is Chinese by default.
  returned: failure, except for options that Ansible itself refuses
  type: dict
  sample:
    code: SYS.1007
    description: One or more API argument is invalid
    details: admin or iam2 operation is required as approver of the last flow
    elaboration: null
    cause: null
    http_status: 503
    job_uuid: 2b9b0a4d6f6e4d0f8f1f5a3c7e9d1b24
"""

from ansible_collections.zstack.tickets.plugins.module_utils._arguments import CONNECTION, WHICH_FLOW_COLLECTION
from ansible_collections.zstack.tickets.plugins.module_utils._operations.flow_collection import ensure_flow_collection
from ansible_collections.zstack.tickets.plugins.module_utils._runner import Command, run_module

COMMAND = Command(
    operation=ensure_flow_collection,
    argument_spec=dict(
        state=dict(type="str", choices=["present", "absent"], default="present"),
        **WHICH_FLOW_COLLECTION,
        description=dict(type="str"),
        steps=dict(
            type="list",
            elements="dict",
            aliases=["flows"],
            options=dict(
                name=dict(type="str", required=True),
                approver=dict(type="str", required=True, aliases=["approver_uuid", "approverUuid"]),
                approver_title=dict(type="str", aliases=["approverTitle"]),
                description=dict(type="str"),
                uuid=dict(type="str"),
                valid=dict(type="bool"),
            ),
        ),
        ticket_types=dict(type="list", elements="str", aliases=["ticket_type_uuids", "ticketTypeUuids"]),
        default=dict(type="bool", aliases=["isDefault"]),
        enabled=dict(type="bool"),
        **CONNECTION,
    ),
    rules=dict(required_one_of=[("uuid", "name")]),
)


def main() -> None:
    run_module(COMMAND)


if __name__ == "__main__":
    main()
