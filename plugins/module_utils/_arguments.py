# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that several modules share, as argument specs. The doc fragments describe the same groups.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import os
import typing as t

from ansible.module_utils.basic import env_fallback
from ansible.module_utils.errors import AnsibleFallbackNotFound

from ._api.settings import DEFAULT_CONTEXT_PATH, DEFAULT_PORT, DEFAULT_SCHEME, UnsaidNumber, UnsaidText
from ._api.ways import variable

Spec = t.Dict[str, t.Dict[str, t.Any]]


def _from_environment(option: str, **spec: t.Any) -> dict[str, t.Any]:
    return dict(spec, fallback=(_given, [variable(option)]))


def _given(name: str) -> str:
    """The value of an environment variable. An empty one is not given: AWX sets each variable of a credential, filled in or not."""
    value: str = env_fallback(name)
    if not value:
        raise AnsibleFallbackNotFound
    return value


def _part_of_url(
    option: str, default: str | int, unsaid: type[UnsaidText | UnsaidNumber], **spec: t.Any
) -> dict[str, t.Any]:
    """An option that a URL in C(host) gives too. Whether the task or only the environment contradicts that has to be told."""

    def look_up(name: str) -> t.Any:
        value = os.environ.get(name, default)
        if value == "" and option != "context_path":  # which may be empty
            value = default
        try:
            return unsaid(value)
        except ValueError:
            # No number, as the check of types will say.
            return value

    return dict(spec, default=default, fallback=(look_up, [variable(option)]))


# The options that identify have no fallback here: the environment counts only when the task names no way at all,
# which a fallback per option cannot tell.
CONNECTION: Spec = dict(
    # Resolved on the controller, before the module sees its options: plugin_utils/profiles.py.
    profile=dict(type="str"),
    host=_from_environment("host", type="str", required=True),
    port=_part_of_url("port", DEFAULT_PORT, UnsaidNumber, type="int"),
    scheme=_part_of_url("scheme", DEFAULT_SCHEME, UnsaidText, type="str", choices=["http", "https"]),
    context_path=_part_of_url("context_path", DEFAULT_CONTEXT_PATH, UnsaidText, type="str"),
    session_token=dict(type="str", no_log=True, aliases=["session_uuid", "session_id", "sessionUuid", "sessionId"]),
    access_key_id=dict(type="str", no_log=False, aliases=["accessKeyId"]),
    access_key_secret=dict(type="str", no_log=True, aliases=["accessKeySecret"]),
    server_timezone=_from_environment("server_timezone", type="str", default="auto"),
    account_name=dict(type="str", aliases=["accountName"]),
    account_password=dict(type="str", no_log=True),
    virtual_id_name=dict(type="str"),
    virtual_id_password=dict(type="str", no_log=True),
    project_name=dict(type="str", aliases=["projectName"]),
    validate_certs=_from_environment("validate_certs", type="bool", default=True),
    ca_path=_from_environment("ca_path", type="path"),
    client_cert=_from_environment("client_cert", type="path"),
    client_key=_from_environment("client_key", type="path", no_log=False),
    timeout=_from_environment("timeout", type="float", default=30),
    retries=_from_environment("retries", type="int", default=3),
    job_timeout=_from_environment("job_timeout", type="int", default=300),
    poll_interval=_from_environment("poll_interval", type="float", default=2),
)

# What tells a ticket from others.
WHICH_TICKET: Spec = dict(
    uuid=dict(type="str", aliases=["resourceUuid"]),
    name=dict(type="str"),
    account_system_context=dict(type="dict", aliases=["accountSystemContext"]),
)

# What tells an approval process from others.
WHICH_FLOW_COLLECTION: Spec = dict(
    uuid=dict(type="str", aliases=["resourceUuid"]),
    name=dict(type="str"),
    project=dict(type="str", aliases=["projectUuid"]),
)

# Which rows to read, and how many.
SELECTION: Spec = dict(
    query=dict(type="list", elements="str"),
    sort=dict(type="str"),
    limit=dict(type="int"),
)

REQUESTS: Spec = dict(
    requests=dict(
        type="list",
        elements="dict",
        options=dict(
            request_name=dict(type="str", aliases=["requestName"]),
            api_name=dict(type="str", required=True, aliases=["apiName"]),
            execute_times=dict(type="int", default=1, aliases=["executeTimes"]),
            api_body=dict(type="dict", aliases=["apiBody"]),
        ),
    ),
)

TICKET: Spec = dict(
    **WHICH_TICKET,
    description=dict(type="str"),
    **REQUESTS,
    flow_collection_uuid=dict(type="str", aliases=["flowCollectionUuid"]),
    account_system_type=dict(type="str", default="iam2", aliases=["accountSystemType"]),
    system_tags=dict(type="list", elements="str", aliases=["systemTags"]),
    user_tags=dict(type="list", elements="str", aliases=["userTags"]),
    tag_uuids=dict(type="list", elements="str", aliases=["tagUuids"]),
    resubmit=dict(type="str", choices=["never", "unapproved", "always"], default="unapproved"),
)

# What one may wish of a ticket's approval.
STATUS: Spec = dict(
    comment=dict(type="str"),
    steps=dict(type="str", choices=["all", "next", "none"], default="all"),
    reopen=dict(type="bool", default=False),
)

STATUSES = ["approved", "rejected", "cancelled", "pending"]

# How long to wait for others, and for what.
WAITING: Spec = dict(
    wait=dict(type="bool", default=False),
    wait_timeout=dict(type="int", default=600),
    wait_interval=dict(type="float", default=5),
    on_timeout=dict(type="str", choices=["fail", "warn"], default="fail"),
    verify_execution=dict(type="bool", default=True),
)
