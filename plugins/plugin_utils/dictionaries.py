# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that are lists of dictionaries. Of an element that is wrong, Ansible's own check does not tell which one it is.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.validation import check_type_dict
from ansible.module_utils.errors import UnsupportedError

from ansible_collections.zstack.tickets.plugins.module_utils._errors import InputError
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.values import plain, shown


def check_dictionaries(args: t.Mapping[str, t.Any], argument_spec: t.Mapping[str, t.Any], path: str = "") -> None:
    """Look through a task's options, as deep as they nest.

    :raises InputError: an element of a list of dictionaries is no dictionary, or does not fit its part of the argument spec.
    """
    for option, spec in argument_spec.items():
        if spec.get("elements") != "dict":
            continue
        for name in {option, *spec.get("aliases", ())} & args.keys():
            given = args[name]
            elements = given if isinstance(given, list) else [] if given is None else [given]
            validator = ArgumentSpecValidator(spec.get("options") or {}, required_one_of=spec.get("required_one_of"))
            for index, element in enumerate(elements):
                place = f"{path}{name}[{index}]" if isinstance(given, list) else f"{path}{name}"
                dictionary = _dictionary(element, place)
                check_dictionaries(dictionary, validator.argument_spec, f"{place}.")
                _check(dictionary, validator, place)


def _dictionary(value: t.Any, place: str) -> dict[str, t.Any]:
    try:
        # As Ansible does, take JSON and key=value for one too.
        return t.cast("dict[str, t.Any]", check_type_dict(value))
    except TypeError:
        kind = "dictionary" if place.endswith("]") else "list of dictionaries"
        raise InputError(f"{place} is {shown(plain(value))}: it must be a {kind}.") from None


def _check(dictionary: dict[str, t.Any], validator: ArgumentSpecValidator, place: str) -> None:
    for error in validator.validate(plain(dictionary)).errors.errors:
        unknown = "Unsupported parameters: " if isinstance(error, UnsupportedError) else ""
        raise InputError(f"{place}: {unknown}{error}")
