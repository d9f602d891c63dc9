# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """How long to wait for others. The options are C(WAITING) in C(module_utils/_arguments.py)."""

    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Whether to wait until a ticket has the status that it is to have. With V(approved) that is when all steps are approved, whoever approves them, and with
        O(verify_execution) when its requests have been run as well.
      - A step of somebody else is then waited for instead of being a failure. The caller's own steps are approved as they come due.
      - As soon as the status can no longer be reached, because the ticket was rejected, recalled or deleted, it fails. The message says who did so, and with
        which comment.
    type: bool
    default: false
  wait_timeout:
    description:
      - Seconds to wait at most, from the beginning of the task. Approvers are people, so think of hours.
    type: int
    default: 600
  wait_interval:
    description:
      - Longest pause in seconds between two looks. The first looks come sooner.
    type: float
    default: 5
  on_timeout:
    description:
      - What to do when the time is up. V(fail) fails. V(warn) warns and succeeds with C(timed_out), C(awaiting) and C(history) in the result.
      - Nothing is lost in either case. Running the task again goes on waiting.
    type: str
    choices: [fail, warn]
    default: fail
  verify_execution:
    description:
      - Whether O(wait=true) for V(approved) goes on until the requests have been run, and fails if one of them failed. Without it, the final
        approval is enough, although there may be no virtual machine yet.
    type: bool
    default: true
"""
