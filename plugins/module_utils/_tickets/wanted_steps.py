# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The C(steps) option: read, checked, and compared with what the server has.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from .._errors import InputError
from . import identity
from .flow import Step
from .values import shown, trimmed

ADMIN = "admin"
ADMIN_UUID = "36c27e8ff05c4780bf6d2fa65700f22e"
"""The built-in admin account, which has this uuid on every server."""

SYSTEM_ADMIN = "SystemAdmin"
"""The title under which the API knows that account as an approver."""


@dataclass(frozen=True)
class WantedStep:
    """A step as a task wants it.

    C(approver) is what the task gives until names are looked up, then a uuid. None stands for not given.
    """

    name: str
    approver: str
    approver_title: str | None
    description: str | None

    def to_api(self) -> dict[str, str]:
        """The form that the API takes."""
        title = self.approver_title or (SYSTEM_ADMIN if self.approver == ADMIN_UUID else None)
        members = {
            "name": self.name,
            "approverUuid": self.approver,
            "approverTitle": title,
            "description": self.description,
        }
        return {member: value for member, value in members.items() if value is not None}

    def is_met_by(self, step: Step) -> bool:
        """Whether the server's step is as wanted. It is not when its approver was lost, who has to be named anew then."""
        return (
            step.valid
            and trimmed(step.name or "") == self.name
            and step.approver_uuid == self.approver
            and self.description in (None, trimmed(step.description or ""))
        )

    def can_be(self, step: Step) -> bool:
        """Whether the server's step may be changed into this one: an approval that it was given must count for this one too."""
        return trimmed(step.name or "") == self.name or step.approver_uuid == self.approver


def from_options(value: object) -> tuple[WantedStep, ...]:
    """The C(steps) option, a list of mappings in which None stands for not given.

    Raises C(InputError) naming the option, its value and what would be right, for everything that cannot be a process.
    """
    if not isinstance(value, (list, tuple)) or not value:
        raise InputError(f"steps is {shown(value)}: it must be a list of at least one step.")
    return tuple(_from_option(element, f"steps[{index}]") for index, element in enumerate(value))


def _from_option(value: t.Mapping[str, t.Any], path: str) -> WantedStep:
    name, approver, description = value["name"], value["approver"], value.get("description")
    identity.check_name(name, f"{path}.name")
    identity.check_name(approver, f"{path}.approver")
    if description is not None:
        identity.check_description(description, f"{path}.description")
    return WantedStep(
        name=trimmed(name),
        approver=ADMIN_UUID if trimmed(approver) == ADMIN else trimmed(approver),
        approver_title=value.get("approver_title"),
        description=None if description is None else trimmed(description),
    )
