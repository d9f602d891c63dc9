# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible_collections.zstack.tickets.plugins.modules.zstack_session import COMMAND
from ansible_collections.zstack.tickets.plugins.plugin_utils.in_process import InProcessAction


class ActionModule(InProcessAction):
    """Runs M(zstack.tickets.zstack_session) in the worker where that is possible, and hides its result from all output."""

    command = COMMAND

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Run it, and let only the variable that it is registered in show the session."""
        result = super().run(tmp, task_vars)
        if result.get("session_token"):
            result["_ansible_no_log"] = True
        return result
