#!/usr/bin/python
# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: zstack_session
short_description: Log in to ZStack once for many tasks
version_added: 1.0.0
description:
  - Logs in and hands the session on to the tasks that follow, as their O(session_token). Or logs it out.
  - Without this module each task, or each loop, that identifies by a login makes a session of its own and logs it out at its end. With an access key
    there is no session at all, which is simpler still.
  - A session that is not logged out expires two hours after its last use. The server admits 500 at a time for each user.
author:
  - zstack.tickets contributors (@zstack-tickets)
extends_documentation_fragment:
  - zstack.tickets.zstack
  - zstack.tickets.zstack.task
  - zstack.tickets.attributes
attributes:
  check_mode:
    details: Tells whether a login or logout would be needed. RV(session_token) is V(null) if a login would be.
  diff_mode:
    support: none
    details: There is nothing to compare.
  idempotent:
    support: partial
    details: With O(state=present) only if the session of the run before is given as O(session_token).
options:
  state:
    description:
      - With V(present), there is a valid session. Needs a login (O(account_name) or O(virtual_id_name) with what belongs to it).
        If O(session_token) is given as well and still valid, it is kept and no login is made.
      - With V(absent), the session in O(session_token) is logged out.
    type: str
    choices: [present, absent]
    default: present
notes:
  - The result is shown in no output, as if the task had C(no_log). Use RV(session_token) through the registered variable.
seealso:
  - module: zstack.tickets.zstack_ticket_info
    description: Reads tickets, for example with this session.
"""

EXAMPLES = r"""
- name: Use one session for several tasks
  block:
    - name: Log in
      zstack.tickets.zstack_session:
      register: login

    - name: Read what awaits an approver
      zstack.tickets.zstack_ticket_info:
        session_token: "{{ login.session_token }}"
        status: [Pending, IntermediateApproved]

    - name: Read what was decided
      zstack.tickets.zstack_ticket_info:
        session_token: "{{ login.session_token }}"
        status: [FinalApproved, Rejected]
  always:
    - name: Log out
      zstack.tickets.zstack_session:
        session_token: "{{ login.session_token }}"
        state: absent
      when: login.session_token is defined
"""

RETURN = r"""
session_token:
  description: The session, for the O(session_token) of other tasks. V(null) after O(state=absent).
  returned: success
  type: str
  sample: b86c9016b4f24953a9edefb53ca0678c
error:
  description: What the API answered, as RV(zstack.tickets.zstack_ticket#module:error).
  returned: failure, except for options that Ansible itself refuses
  type: dict
  sample: {code: ID.1000, details: wrong account name or password, http_status: 503}
"""

from ansible_collections.zstack.tickets.plugins.module_utils._arguments import CONNECTION
from ansible_collections.zstack.tickets.plugins.module_utils._operations.session import ensure_session, own_identity
from ansible_collections.zstack.tickets.plugins.module_utils._runner import Command, run_module

COMMAND = Command(
    operation=ensure_session,
    argument_spec=dict(state=dict(type="str", choices=["present", "absent"], default="present"), **CONNECTION),
    connection=own_identity,
)


def main() -> None:
    run_module(COMMAND)


if __name__ == "__main__":
    main()
