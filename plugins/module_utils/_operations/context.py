# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operation is given and what it returns.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from .._api.client import Client


@dataclass
class Context:
    """What an operation works with besides its options.

    C(warn) shows a warning to the user; C(progress) says how far a long wait has come, where there is somebody to tell.
    """

    client: Client
    check_mode: bool = False
    warn: t.Callable[[str], None] = lambda text: None
    progress: t.Callable[[str], None] = lambda text: None


@dataclass(frozen=True)
class Outcome:
    """The result of an operation, before it is Ansible's."""

    changed: bool
    result: t.Mapping[str, t.Any] = field(default_factory=dict)
