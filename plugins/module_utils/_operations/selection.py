# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which rows a task wants to read: the options that all modules that read have in common.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t

from .._api import query
from .._errors import InputError
from .._tickets import identity


def conditions(options: t.Mapping[str, t.Any], uuid_field: str = "uuid") -> list[str]:
    """Conditions for C(query), C(uuid) and C(name). The server finds similar names too, so the caller compares them exactly.

    :raises InputError: one of these options, or C(limit), cannot be right.
    """
    found = list(options.get("query") or ())
    if options.get("uuid"):
        found.append(query.equals(uuid_field, identity.check_uuid(options["uuid"])))
    if options.get("name") is not None:
        identity.check_name(options["name"])
        found.append(query.equals("name", identity.normalise_name(options["name"])))
    if options.get("limit") is not None and options["limit"] < 1:
        raise InputError(f"limit is {options['limit']}: it must be at least 1, or left out for all.")
    return found


def is_named(options: t.Mapping[str, t.Any], name: str | None) -> bool:
    """Whether this is exactly the name that the task gives, or it gives none."""
    wanted = options.get("name")
    return wanted is None or (name is not None and identity.normalise_name(name) == identity.normalise_name(wanted))
