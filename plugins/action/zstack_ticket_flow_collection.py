# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.zstack.tickets.plugins.modules.zstack_ticket_flow_collection import COMMAND
from ansible_collections.zstack.tickets.plugins.plugin_utils.in_process import InProcessAction


class ActionModule(InProcessAction):
    """Runs M(zstack.tickets.zstack_ticket_flow_collection) in the worker where that is possible."""

    command = COMMAND
