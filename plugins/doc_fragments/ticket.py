# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What a ticket shall be. The options are C(TICKET) in C(module_utils/_arguments.py)."""

    DOCUMENTATION = r"""
options:
  uuid:
    description:
      - UUID of the ticket, 32 hexadecimal digits. One of O(uuid) and O(name) is required.
      - If there is no such ticket, it is created with this UUID. Otherwise a new ticket gets a UUID that is derived
        from O(name) and O(account_system_context), so that two runs at the same time cannot create two tickets.
    type: str
    aliases: [resourceUuid]
  name:
    description:
      - Name of the ticket, at most 255 characters. Required to create one. Tickets cannot be renamed.
      - Without O(uuid), the ticket is the one that has exactly this name and this O(account_system_context). Upper and lower case matter.
      - The server allows several tickets of one name. If more than one fits, the task fails and lists them. Give O(uuid) then.
    type: str
  description:
    description:
      - Text for the approvers, at most 2048 characters.
      - Changing the description of a ticket that exists needs ZStack Cloud 4.8 or newer. Older ones ignore the change.
    type: str
  requests:
    description:
      - The API calls that are run when the ticket is approved finally, at least one. Required to create a ticket.
      - Without this option, the requests of a ticket that exists are left as they are.
      - With it, their number and order must be as here, and in each request what is given here, down to the single keys of its
        O(requests[].api_body). What the server adds is ignored. V(1) equals V(1.0), and blanks around texts do not count.
      - If something differs, all requests are replaced by those given here, with the whole O(requests[].api_body) of each. Keys that are not given here are
        gone then.
      - Requests may also be written as in the API manual (C(requestName), C(apiName), C(executeTimes), C(apiBody)),
        or taken from RV(ticket.requests) of a result.
    type: list
    elements: dict
    suboptions:
      request_name:
        description:
          - What the approvers see as its name. An update keeps the name if none is given.
        type: str
        aliases: [requestName]
      api_name:
        description:
          - Full class name of the API message, such as V(org.zstack.header.vm.APICreateVmInstanceMsg).
          - All requests of a ticket must belong to one ticket type of the server.
        type: str
        required: true
        aliases: [apiName]
      execute_times:
        description:
          - How often the call is run, for example to get several equal virtual machines.
        type: int
        default: 1
        aliases: [executeTimes]
      api_body:
        description:
          - Fields of the API message, named as in the API manual.
          - The server checks at creation whether they fit the message, but most values, such as UUIDs, only when the calls are run.
        type: dict
        aliases: [apiBody]
  flow_collection_uuid:
    description:
      - UUID of the flow collection, that is the approval process, of a new ticket. Without it, the server takes the one that the project has for the type
        of ticket, or else the default one.
      - It cannot be changed later. A warning says so if the ticket has another one.
    type: str
    aliases: [flowCollectionUuid]
  account_system_type:
    description:
      - System of accounts to which O(account_system_context) belongs. V(iam2), Tenant Management, is the only one that is known.
    type: str
    default: iam2
    aliases: [accountSystemType]
  account_system_context:
    description:
      - For whom the ticket is, with the keys of the API, C(projectUuid) and C(virtualIDUuid).
      - After a login with O(virtual_id_name) this defaults to that project and virtual ID. With the other ways to identify it is required to create a ticket.
      - It also tells tickets of one name apart. A ticket fits if it has the keys that are given here, with the same values.
    type: dict
    aliases: [accountSystemContext]
  system_tags:
    description:
      - System tags of a new ticket. They are not compared with those of a ticket that exists.
    type: list
    elements: str
    aliases: [systemTags]
  user_tags:
    description:
      - User tags of a new ticket. They are not compared with those of a ticket that exists.
    type: list
    elements: str
    aliases: [userTags]
  tag_uuids:
    description:
      - UUIDs of tags to attach to a new ticket. They are not compared with those of a ticket that exists.
    type: list
    elements: str
    aliases: [tagUuids]
  resubmit:
    description:
      - Whether a ticket that differs may be changed where that means sending it to its approvers anew.
      - V(unapproved) allows it for rejected tickets, and for tickets on their way as long as nobody has approved a step.
      - V(always) allows it also for tickets of which steps are approved. These approvals are lost.
      - With V(never), such a ticket is a failure.
    type: str
    choices: [never, unapproved, always]
    default: unapproved
"""
