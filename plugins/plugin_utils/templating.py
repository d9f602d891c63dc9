# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The border between templates and the collection's code: what goes in, what comes out, what goes wrong.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import functools
import typing as t

from ansible.errors import AnsibleFilterError

from ansible_collections.zstack.tickets.plugins.module_utils._errors import InputError
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.values import plain, shown

Plugin = t.Callable[..., t.Any]


def plugin(name: str) -> t.Callable[[Plugin], Plugin]:
    """Make a function the filter or test C(name): it gets its arguments in plain JSON form, and its complaints name it."""

    def decorate(function: Plugin) -> Plugin:
        @functools.wraps(function)
        def called(*arguments: t.Any, **options: t.Any) -> t.Any:
            try:
                return function(*map(_taken, arguments), **{key: _taken(value) for key, value in options.items()})
            except InputError as error:
                raise AnsibleFilterError(f"zstack.tickets.{name}: {error.message}") from error

        return called

    return decorate


def _taken(value: t.Any) -> t.Any:
    try:
        return plain(value)
    except ValueError as error:
        raise InputError(f"A value is {error}.") from None


def mappings(value: t.Any, what: str) -> list[dict[str, t.Any]]:
    """C(value) if it is a list of dictionaries.

    :raises InputError: it is something else.
    """
    if isinstance(value, list) and all(isinstance(element, dict) for element in value):
        return value
    raise InputError(f"The input is {shown(value)}: it must be a list of {what}.")
