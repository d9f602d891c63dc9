# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which way to identify the options name: exactly one, from the task or, if it names none, from the environment.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t

from .._errors import InputError
from .identity import VISIBLE, AccessKey, AccountLogin, Exchange, Identity, ProjectLogin, SessionToken
from .secrets import Secrets

WAYS: dict[str, tuple[str, ...]] = {
    "a session": ("session_token",),
    "an access key": ("access_key_id", "access_key_secret"),
    "an account": ("account_name", "account_password"),
    "a virtual ID": ("virtual_id_name", "virtual_id_password", "project_name"),
}
"""Each way to identify, with the options that it needs, all of them."""

SECRET_OPTIONS = frozenset({"session_token", "access_key_secret", "account_password", "virtual_id_password"})
PLAIN_OPTIONS = ("session_token", "access_key_id", "access_key_secret")
"""Options that the server makes of letters and digits, and that go into a header or its signature."""


def variable(option: str) -> str:
    """The environment variable of an option."""
    return f"ZSTACK_{option.upper()}"


def chosen(options: t.Mapping[str, t.Any], environment: t.Mapping[str, str]) -> dict[str, str]:
    """The options of the one way to identify, with their values.

    :raises InputError: no way, several ways, half a way, or one that no header can carry.
    """
    every = [option for needed in WAYS.values() for option in needed]
    given = {option: str(options[option]) for option in every if options.get(option) not in (None, "")}
    names = {option: option for option in every}
    if not given:
        names = {option: variable(option) for option in every}
        given = {option: environment[names[option]] for option in every if environment.get(names[option])}
    ways = [way for way, needed in WAYS.items() if any(option in given for option in needed)]
    if not ways:
        needs = "; ".join(" with ".join(needed) for needed in WAYS.values())
        raise InputError(
            f"No way to identify is given. Give one of: {needs}; or set the variables of one of them, such as ZSTACK_ACCESS_KEY_ID."
        )
    if len(ways) > 1:
        found = ", ".join(sorted(names[option] for option in given))
        raise InputError(f"Several ways to identify are given ({found}). Give only one: {' or '.join(ways)}.")
    missing = [names[option] for option in WAYS[ways[0]] if option not in given]
    if missing:
        has = " and ".join(names[option] for option in WAYS[ways[0]] if option in given)
        hint = (
            ""
            if names["project_name"] != "project_name"
            else " (variables are looked at only when the task gives no way to identify)"
        )
        raise InputError(
            f"{has} is given without {' and '.join(missing)}. Give {'it' if len(missing) == 1 else 'them'} as well{hint}."
        )
    for option in PLAIN_OPTIONS:
        if option in given and VISIBLE.fullmatch(given[option]) is None:
            raise InputError(
                f"{names[option]}: it must be visible ASCII characters only. Check it for a line break or blanks at its ends."
            )
    return given


def identity_from_options(
    options: t.Mapping[str, t.Any], environment: t.Mapping[str, str], exchange: Exchange, secrets: Secrets
) -> Identity:
    """Make the identity that the options or the environment name; nothing is sent yet.

    :raises InputError: as C(chosen), or C(server_timezone) is not usable.
    """
    given = chosen(options, environment)
    for option in SECRET_OPTIONS & given.keys():
        secrets.add(given[option])
    if "session_token" in given:
        return SessionToken(exchange, secrets, given["session_token"])
    if "access_key_id" in given:
        server_timezone = str(options.get("server_timezone") or "auto")
        return AccessKey(exchange, secrets, given["access_key_id"], given["access_key_secret"], server_timezone)
    if "account_name" in given:
        return AccountLogin(exchange, secrets, given["account_name"], given["account_password"])
    return ProjectLogin(
        exchange, secrets, given["virtual_id_name"], given["virtual_id_password"], given["project_name"]
    )
