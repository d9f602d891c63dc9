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
      - UUID of the ticket, 32 hexadecimal digits. With it the ticket is looked up by nothing else.
      - A ticket that has to be created gets this UUID. Without it, the UUID is derived from O(name) and O(account_system_context), so that two runs at
        the same time cannot create two tickets.
      - One of O(uuid) and O(name) is required.
    type: str
    aliases: [resourceUuid]
  name:
    description:
      - Name of the ticket, at most 255 characters. Required to create one. Tickets cannot be renamed.
      - Without O(uuid), the ticket is the one that has exactly this name, upper and lower case being different, and this
        O(account_system_context). Archived tickets do not count.
      - The server allows several tickets of one name. If more than one fits, the task fails and lists them, and O(uuid) has to be given.
    type: str
  description:
    description:
      - Text for the approvers, at most 2048 characters.
      - Changing the description of a ticket that exists needs ZStack Cloud 4.8 or newer. Older ones ignore the change.
    type: str
  requests:
    description:
      - The API calls that are run when the ticket is approved finally, at least one. Required to create a ticket.
      - Of a ticket that exists only what is given here is compared, in each request down to the single keys of its O(requests[].api_body).
        V(1) equals V(1.0), blanks around texts do not count, and what the server adds by itself is ignored. The number of requests and their order count.
      - An update sends all requests as they stand here, so that keys of an O(requests[].api_body) that are not given here
        are gone after it.
      - Takes the form of the API manual (C(requestName), C(apiName), C(executeTimes), C(apiBody)) as well, and the RV(ticket.requests) of a result.
    type: list
    elements: dict
    suboptions:
      request_name:
        description:
          - What approvers read.
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
        of ticket, or the default one.
      - It cannot be changed later. If the ticket has another one, a warning says so.
    type: str
    aliases: [flowCollectionUuid]
  account_system_type:
    description:
      - System of accounts to which O(account_system_context) belongs. V(iam2) is Tenant Management, and the only one that is known.
    type: str
    default: iam2
    aliases: [accountSystemType]
  account_system_context:
    description:
      - For whom the ticket is, with keys as in the API, such as C(projectUuid) and C(virtualIDUuid).
      - If a virtual ID logs in (O(virtual_id_name)), this defaults to its project and itself. Otherwise it is required to create a ticket.
      - Tells tickets of one name apart. A ticket fits if it has the keys that are given here, with these values.
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
      - Whether a ticket that differs may be sent to its approvers again, with the change.
      - With V(unapproved), a ticket is recalled, updated and reopened as long as nobody has approved a step of it,
        and a rejected one is updated and reopened.
      - V(always) does so as well if steps are approved already. These approvals are lost.
      - With V(never), a ticket that is under way or rejected and differs is a failure.
    type: str
    choices: [never, unapproved, always]
    default: unapproved
"""
