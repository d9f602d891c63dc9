# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: awaiting
short_description: Whether a ticket awaits an approver
version_added: 1.0.0
author:
  - zstack.tickets contributors (@zstack-tickets)
description:
  - Whether a ticket is on its way through its approvers, that is V(Pending) or V(IntermediateApproved).
positional: approver
options:
  _input:
    description:
      - The ticket, as any module of the collection returns it. For O(approver) it needs C(awaiting), as M(zstack.tickets.zstack_ticket_info) returns it.
    type: dict
    required: true
  approver:
    description: UUID of an account or virtual ID. The ticket then has to await this one.
    type: str
"""

EXAMPLES = r"""
- name: Read the tickets of this month
  zstack.tickets.zstack_ticket_info:
    query: ["createDate>2026-11-01 00:00:00"]
  register: month

- name: Count those that nobody has decided yet, and those that admin is to decide
  ansible.builtin.debug:
    msg:
      - "{{ month.tickets | select('zstack.tickets.awaiting') | length }} in all"
      - "{{ month.tickets | select('zstack.tickets.awaiting', '36c27e8ff05c4780bf6d2fa65700f22e') | length }} await admin"
"""

RETURN = r"""
_value:
  description: Whether it does.
  type: bool
"""

import typing as t

from ansible_collections.zstack.tickets.plugins.module_utils._tickets.flow import AWAITING_STATUSES
from ansible_collections.zstack.tickets.plugins.plugin_utils.templating import plugin
from ansible_collections.zstack.tickets.plugins.plugin_utils.tickets import as_ticket


@plugin("awaiting")
def awaiting(ticket: t.Any, approver: str | None = None) -> bool:
    """The test, see DOCUMENTATION."""
    of = as_ticket(ticket)
    due = of.get("awaiting") or {}
    return of.get("status") in AWAITING_STATUSES and approver in (None, due.get("approver_uuid"))


class TestModule:
    def tests(self) -> dict[str, t.Any]:
        return {"awaiting": awaiting}
