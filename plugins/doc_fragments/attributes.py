# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What each module says about itself, with the support that all of them have."""

    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Can run in C(check_mode) and tell what would change, without changing it.
    support: full
  diff_mode:
    description: Returns what changed, or in check mode what would change, when run with C(diff).
    support: full
  idempotent:
    description: When run again with the same options, and nobody else has changed anything meanwhile, changes nothing.
    support: full
"""

    # For modules that only read.
    READ_ONLY = r"""
attributes:
  check_mode:
    description: Can run in C(check_mode) and tell what would change, without changing it.
    support: full
    details: This module changes nothing.
  diff_mode:
    description: Returns what changed, or in check mode what would change, when run with C(diff).
    support: N/A
    details: This module changes nothing.
  idempotent:
    description: When run again with the same options, and nobody else has changed anything meanwhile, changes nothing.
    support: full
    details: This module changes nothing.
"""
