# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server's version, for the few things that older ones cannot do.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import re

from .client import Client
from .settings import API_VERSION_PATH


def server_version(client: Client) -> tuple[int, ...]:
    """The version, such as C((4, 8, 0)); empty if the server does not tell. Needs no identity.

    :raises ZStackError: as C(Client.ask).
    """
    body: dict[str, dict[str, str]] = {"getVersion": {}}
    answer = client.ask("PUT", f"{API_VERSION_PATH}/management-nodes/actions", body, what="Asking for the version")
    match = re.match(r"\d{1,9}(\.\d{1,9})*", str(answer.get("version")))
    return tuple(map(int, match.group().split("."))) if match else ()
