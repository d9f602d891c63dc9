# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Which tickets to read, out of those that the caller may see."""

    DOCUMENTATION = r"""
options:
  name:
    description:
      - Exact name of tickets. Upper and lower case matter. Use O(query) to search by a part of a name.
    type: str
  status:
    description:
      - Only tickets that have one of these statuses.
    type: list
    elements: str
    choices: [Pending, IntermediateApproved, FinalApproved, Cancelled, Rejected]
  account_system_context:
    description:
      - Only tickets whose context has these keys with these values. The keys are those of the API, C(projectUuid) and C(virtualIDUuid).
    type: dict
    aliases: [accountSystemContext]
  awaiting_me:
    description:
      - Only tickets whose due step is the caller's to approve.
      - To learn whose it is, a O(session_token) is renewed.
    type: bool
    default: false
  query:
    description:
      - Conditions as the API's queries take them, such as C(name~=web%) or C(createDate>2026-01-01 00:00:00). All of them must hold.
      - They are sent as they are. The server compares without regard to upper and lower case, and misreads values that contain operators or quotes.
    type: list
    elements: str
  sort:
    description:
      - Field of the API to sort by, such as C(createDate). A C(-) in front of it turns the order around. Without this option the order is not defined.
    type: str
  limit:
    description:
      - How many tickets to return at most.
    type: int
"""
