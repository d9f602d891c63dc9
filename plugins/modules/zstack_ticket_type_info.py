#!/usr/bin/python
# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: zstack_ticket_type_info
short_description: Read the types of ZStack tickets
version_added: 1.0.0
description:
  - Reads the ticket types of ZStack Cloud's Tenant Management. A type says which API calls tickets may ask for together. The server tells a ticket's type
    by its requests, and with the type the approval process.
  - The server has a fixed set of types. They cannot be created or changed.
  - Returns the types that meet all options given. There is no limit to their number unless O(limit) sets one.
  - Ticket types exist since ZStack Cloud 3.6.
author:
  - zstack.tickets contributors (@zstack-tickets)
extends_documentation_fragment:
  - zstack.tickets.zstack
  - zstack.tickets.zstack.task
  - zstack.tickets.attributes.read_only
options:
  uuid:
    description:
      - UUID of a ticket type.
    type: str
    aliases: [resourceUuid]
  name:
    description:
      - Exact name of a ticket type. Upper and lower case matter. Use O(query) to search by a part of a name.
    type: str
  query:
    description:
      - Conditions as the API's queries take them, such as C(name~=%VM%) or C(adminOnly=false). All of them must hold.
      - They are sent as they are. The server compares without regard to upper and lower case, and misreads values that contain operators or quotes.
    type: list
    elements: str
  sort:
    description:
      - Field of the API to sort by, such as C(name). A C(-) in front of it turns the order around. Without this option the order is not defined.
    type: str
  limit:
    description:
      - How many types to return at most.
    type: int
seealso:
  - module: zstack.tickets.zstack_ticket_flow_collection
    description: Bind ticket types to approval processes.
"""

EXAMPLES = r"""
- name: Read what tickets can be about
  zstack.tickets.zstack_ticket_type_info:
    query: [adminOnly=false]
    sort: name
  register: types

- name: Show it
  ansible.builtin.debug:
    msg: "{{ types.ticket_types | map(attribute='name') | list }}"

- name: Read one type
  zstack.tickets.zstack_ticket_type_info:
    name: CREATE_VM_INSTANCE_TICKET_TYPE
  register: vm_type

- name: Read the processes that it is bound to
  zstack.tickets.zstack_ticket_flow_collection_info:
  register: processes

- name: Show them
  ansible.builtin.debug:
    msg: "{{ item.name }}"
  loop: "{{ processes.flow_collections }}"
  loop_control:
    label: "{{ item.uuid }}"
  when: vm_type.ticket_types[0].uuid in item.ticket_type_uuids
"""

RETURN = r"""
ticket_types:
  description: The ticket types. Members that the server does not send are V(null).
  returned: success
  type: list
  elements: dict
  contains:
    uuid:
      description: UUID of the type.
      type: str
      sample: 3b933e9aaf2d49b9a3dcf0c92867790f
    name:
      description: Name of the type.
      type: str
      sample: CREATE_VM_INSTANCE_TICKET_TYPE
    description:
      description: Text about the type.
      type: str
      sample: null
    type:
      description: What kind of type it is, the same as its name as far as is known.
      type: str
      sample: CREATE_VM_INSTANCE_TICKET_TYPE
    requests:
      description: What the server notes down about the requests, as text. Empty as far as is known.
      type: str
      sample: ""
    admin_only:
      description: Whether only admin may use it.
      type: bool
      sample: false
    create_date:
      description: When it was created, in ISO 8601 by the server's own clock, without a zone.
      type: str
      sample: "2019-07-18T16:09:46"
    last_op_date:
      description: When it was changed last, likewise.
      type: str
      sample: "2019-07-18T16:09:46"
error:
  description:
    - What the API answered, with the members of RV(zstack.tickets.zstack_ticket#module:error). All are V(null) if the failure did not come from the API.
    - Branch on its C(code), never on texts, as the server writes them in its own language, which is Chinese by default.
  returned: failure, except for options that Ansible itself refuses
  type: dict
  sample:
    code: SYS.1006
    description: An operation failed
    details: operation[API:org.zstack.ticket.api.APIQueryTicketTypeMsg] is denied by default, please contact admin to correct it
    elaboration: null
    cause: null
    http_status: 503
    job_uuid: null
"""

from ansible_collections.zstack.tickets.plugins.module_utils._arguments import CONNECTION, SELECTION
from ansible_collections.zstack.tickets.plugins.module_utils._operations.read_processes import read_ticket_types
from ansible_collections.zstack.tickets.plugins.module_utils._runner import Command, run_module

COMMAND = Command(
    operation=read_ticket_types,
    argument_spec=dict(
        uuid=dict(type="str", aliases=["resourceUuid"]),
        name=dict(type="str"),
        **SELECTION,
        **CONNECTION,
    ),
)


def main() -> None:
    run_module(COMMAND)


if __name__ == "__main__":
    main()
