# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation of C(zstack_session): a session for the tasks that follow, or the end of one.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t
from urllib.parse import quote

from .._api.settings import API_VERSION_PATH
from .._api.ways import WAYS
from .._errors import InputError
from .context import Context, Outcome


def own_identity(options: t.Mapping[str, t.Any]) -> t.Mapping[str, t.Any]:
    """The connection options that the operation works with.

    With C(state=present) a session may be given beside a login: it is the one to keep if it is still valid.
    """
    if options["state"] == "absent" or not options.get("session_token"):
        return options
    logins = [option for way in WAYS.values() for option in way if option != "session_token"]
    return dict(options, session_token=None) if any(options.get(option) for option in logins) else options


def ensure_session(options: t.Mapping[str, t.Any], context: Context) -> Outcome:
    """Log in, unless the given session is still valid; or log the given session out, if it is valid.

    :raises ZStackError: there is nothing to log in with or to log out, or the login is refused.
    """
    token = options.get("session_token")
    path = f"{API_VERSION_PATH}/accounts/sessions/{quote(str(token), safe='')}"
    valid = bool(token) and context.client.ask("GET", f"{path}/valid", what="Checking the session").get("valid") is True
    if options["state"] == "absent":
        if not token:
            raise InputError("session_token: to log out, the session must be given.")
        if valid and not context.check_mode:
            context.client.ask("DELETE", path, what="The logout")
        return Outcome(changed=valid, result=dict(session_token=None))
    if valid:
        return Outcome(changed=False, result=dict(session_token=context.client.reveal(str(token))))
    try:
        context.client.login()
    except InputError as error:
        if token:
            error.message = f"session_token: it is not a valid session, or not any more. {error.message}"
        raise
    if context.check_mode:
        return Outcome(changed=True, result=dict(session_token=None))
    return Outcome(changed=True, result=dict(session_token=context.client.keep_session()))
