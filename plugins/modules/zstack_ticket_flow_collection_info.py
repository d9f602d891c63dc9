#!/usr/bin/python
# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: zstack_ticket_flow_collection_info
short_description: Read approval processes of ZStack tickets
version_added: 1.0.0
description:
  - Reads approval processes of ZStack Cloud's Tenant Management, which the API calls flow collections, with their steps in order.
  - Returns the processes that meet all options given, out of those that the caller may see. There is no limit to their number unless O(limit) sets one.
author:
  - zstack.tickets contributors (@zstack-tickets)
extends_documentation_fragment:
  - zstack.tickets.zstack
  - zstack.tickets.zstack.task
  - zstack.tickets.attributes.read_only
options:
  uuid:
    description:
      - UUID of a process.
    type: str
    aliases: [resourceUuid]
  name:
    description:
      - Exact name of processes. Upper and lower case matter. Use O(query) to search by a part of a name.
    type: str
  project:
    description:
      - UUID or name of a project. Only its own processes, not the system's default one.
    type: str
    aliases: [projectUuid]
  query:
    description:
      - Conditions as the API's queries take them, such as C(name~=web%) or C(status=Invalid). All of them must hold.
      - They are sent as they are. The server compares without regard to upper and lower case, and misreads values that contain operators or quotes.
    type: list
    elements: str
  sort:
    description:
      - Field of the API to sort by, such as C(createDate). A C(-) in front of it turns the order around. Without this option the order is not defined.
    type: str
  limit:
    description:
      - How many processes to return at most.
    type: int
seealso:
  - module: zstack.tickets.zstack_ticket_flow_collection
    description: Create, change and delete approval processes.
  - module: zstack.tickets.zstack_ticket_info
    description: Read tickets, and whose turn it is.
"""

EXAMPLES = r"""
- name: Read the processes of a project
  zstack.tickets.zstack_ticket_flow_collection_info:
    project: "{{ project_name }}"
    sort: name
  register: processes

- name: Show who approves what
  ansible.builtin.debug:
    msg: "{{ item.0.name }}: {{ item.1.name }} by {{ item.1.approver }}"
  loop: "{{ processes.flow_collections | subelements('steps') }}"
  loop_control:
    label: "{{ item.1.uuid }}"

- name: Find processes that have lost an approver
  zstack.tickets.zstack_ticket_flow_collection_info:
    query: [status=Invalid]
  register: broken

- name: Fail if there are any
  ansible.builtin.assert:
    that: broken.flow_collections | length == 0
    fail_msg: "{{ broken.flow_collections | map(attribute='name') | join(', ') }}"
"""

RETURN = r"""
flow_collections:
  description:
    - The processes, each with the members of RV(zstack.tickets.zstack_ticket_flow_collection#module:flow_collection).
  returned: success
  type: list
  elements: dict
  sample:
    - uuid: 9fbbac8054d54f0490438eaaba3e1cf8
      name: shop
      description: Who has to agree to what the shop asks for.
      project_uuid: 2294a0edf109447bafa802bb73b29cd3
      state: Enabled
      status: Valid
      default: false
      ticket_type_uuids: [3b933e9aaf2d49b9a3dcf0c92867790f]
      steps:
        - uuid: 5d1e3c2b7f0a4b6e9c8d7a6b5c4d3e2f
          name: team approval
          approver: 178c834b9bc84bac9e77460b42eb3494
          description: null
          valid: true
        - uuid: 0d9b3f1a5c2e4f7d8a6b4c3e2d1f0a9b
          name: final approval
          approver: 36c27e8ff05c4780bf6d2fa65700f22e
          description: null
          valid: true
      create_date: "2018-12-28T18:50:31"
      last_op_date: "2018-12-28T18:50:31"
error:
  description:
    - What the API answered, with the members of RV(zstack.tickets.zstack_ticket#module:error). All are V(null) if the failure did not come from the API.
    - Branch on its C(code), never on texts, as the server writes them in its own language, which is Chinese by default.
  returned: failure, except for options that Ansible itself refuses
  type: dict
  sample:
    code: SYS.1006
    description: An operation failed
    details: operation[API:org.zstack.ticket.api.APIQueryTicketFlowCollectionMsg] is denied by default, please contact admin to correct it
    elaboration: null
    cause: null
    http_status: 503
    job_uuid: null
"""

from ansible_collections.zstack.tickets.plugins.module_utils._arguments import (
    CONNECTION,
    SELECTION,
    WHICH_FLOW_COLLECTION,
)
from ansible_collections.zstack.tickets.plugins.module_utils._operations.read_processes import read_flow_collections
from ansible_collections.zstack.tickets.plugins.module_utils._runner import Command, run_module

COMMAND = Command(
    operation=read_flow_collections, argument_spec=dict(**WHICH_FLOW_COLLECTION, **SELECTION, **CONNECTION)
)


def main() -> None:
    run_module(COMMAND)


if __name__ == "__main__":
    main()
