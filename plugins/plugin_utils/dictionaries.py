# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that are lists of dictionaries. Of an element that is none, Ansible's own check tells neither the option nor the value.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible.module_utils.common.validation import check_type_dict

from ansible_collections.zstack.tickets.plugins.module_utils._errors import InputError
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.values import plain, shown


def check_dictionaries(args: t.Mapping[str, t.Any], argument_spec: t.Mapping[str, t.Any], path: str = "") -> None:
    """Look through a task's options, as deep as they nest.

    :raises InputError: an element of a list of dictionaries is no dictionary.
    """
    for option, spec in argument_spec.items():
        if spec.get("elements") != "dict":
            continue
        for name in {option, *spec.get("aliases", ())} & args.keys():
            given = args[name]
            elements = given if isinstance(given, list) else [] if given is None else [given]
            for index, element in enumerate(elements):
                place = f"{path}{name}[{index}]" if isinstance(given, list) else f"{path}{name}"
                check_dictionaries(_dictionary(element, place), spec.get("options") or {}, f"{place}.")


def _dictionary(value: t.Any, place: str) -> dict[str, t.Any]:
    try:
        # As Ansible does, take JSON and key=value for one too.
        return t.cast("dict[str, t.Any]", check_type_dict(value))
    except TypeError:
        kind = "dictionary" if place.endswith("]") else "list of dictionaries"
        raise InputError(f"{place} is {shown(plain(value))}: it must be a {kind}.") from None
