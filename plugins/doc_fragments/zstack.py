# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """How to reach ZStack Cloud, and as whom. The options are C(CONNECTION) in C(module_utils/_arguments.py)."""

    DOCUMENTATION = r"""
options:
  profile:
    description:
      - Name of a profile, for people with several clouds. A profile is a section of an INI file, whose lines are connection options of this list,
        such as C(host = zstack.example.com).
      - The file is C(~/.config/zstack/profiles.ini) of the user who runs Ansible on the controller, or the one that E(ZSTACK_PROFILES_FILE) names.
      - An option of the task goes before the profile, and the profile before the environment variable of the option. If the task gives any way to
        identify, the profile's is left out as a whole, and so is its address if the task gives a URL in O(host).
      - Falls back to the environment variable E(ZSTACK_PROFILE).
    type: str
  host:
    description:
      - Host name or address of the management node, or of the proxy in front of it.
      - A full URL such as V(https://zstack.example.com:8443/zstack) is accepted too. It then gives O(scheme), O(port) and O(context_path) as well,
        whatever their environment variables say. A task that gives one of them differently is refused.
      - With V(https) and no port in the URL, the port is 443, unless O(port) is given.
      - Falls back to O(profile), then to the environment variable E(ZSTACK_HOST).
    type: str
    required: true
  port:
    description:
      - TCP port of the API.
      - Falls back to the environment variable E(ZSTACK_PORT).
    type: int
    default: 8080
  scheme:
    description:
      - The management node itself speaks plain V(http), so that everything can be read on the way. V(https) needs a proxy in front of it.
      - Falls back to the environment variable E(ZSTACK_SCHEME).
    type: str
    choices: [http, https]
    default: http
  context_path:
    description:
      - Path of the API in front of C(/v1). May be empty.
      - Falls back to the environment variable E(ZSTACK_CONTEXT_PATH).
    type: str
    default: zstack
  session_token:
    description:
      - UUID of an open session, for example from a login made elsewhere. It is never logged out.
      - Read from E(ZSTACK_SESSION_TOKEN) if the task names no way to identify.
    type: str
    aliases: [session_uuid, session_id, sessionUuid, sessionId]
  access_key_id:
    description:
      - ID of an access key. Needs O(access_key_secret).
      - Recommended for automation, as each request is signed and no session is opened.
      - Read from E(ZSTACK_ACCESS_KEY_ID) if the task names no way to identify.
    type: str
    aliases: [accessKeyId]
  access_key_secret:
    description:
      - Secret of the access key O(access_key_id).
      - Read from E(ZSTACK_ACCESS_KEY_SECRET) if the task names no way to identify.
    type: str
    aliases: [accessKeySecret]
  server_timezone:
    description:
      - Time zone of the management node, as an offset such as V(+08:00) or a name such as V(Asia/Shanghai).
      - It counts for an access key only. Signed requests carry a date, which the node compares with its own local time whatever zone the date states.
      - V(auto) tries UTC, then the zone of the machine that runs the task, then C(+08:00), until the node accepts the date.
      - Falls back to the environment variable E(ZSTACK_SERVER_TIMEZONE).
    type: str
    default: auto
  account_name:
    description:
      - Name of an account to log in with, for example V(admin). Needs O(account_password).
      - Read from E(ZSTACK_ACCOUNT_NAME) if the task names no way to identify.
    type: str
    aliases: [accountName]
  account_password:
    description:
      - Password of the account O(account_name).
      - Read from E(ZSTACK_ACCOUNT_PASSWORD) if the task names no way to identify.
    type: str
  virtual_id_name:
    description:
      - Name of a virtual ID, that is a user of Tenant Management, to log in with. Needs O(virtual_id_password) and O(project_name).
      - Those who submit tickets and most of those who approve them are virtual IDs.
      - Read from E(ZSTACK_VIRTUAL_ID_NAME) if the task names no way to identify.
    type: str
  virtual_id_password:
    description:
      - Password of the virtual ID O(virtual_id_name).
      - Read from E(ZSTACK_VIRTUAL_ID_PASSWORD) if the task names no way to identify.
    type: str
  project_name:
    description:
      - Name of the project into which the virtual ID O(virtual_id_name) logs in.
      - Read from E(ZSTACK_PROJECT_NAME) if the task names no way to identify.
    type: str
    aliases: [projectName]
  validate_certs:
    description:
      - Whether the certificate of an V(https) endpoint must be valid. Turn this off for tests only.
      - Falls back to the environment variable E(ZSTACK_VALIDATE_CERTS).
    type: bool
    default: true
  ca_path:
    description:
      - Path of a file with the CA certificates to trust, in PEM form, on the machine that runs the task.
      - Falls back to the environment variables E(ZSTACK_CA_PATH), E(REQUESTS_CA_BUNDLE) and E(CURL_CA_BUNDLE), then to the CAs that the
        Python library C(requests) brings.
    type: path
  client_cert:
    description:
      - Path of a client certificate in PEM form to show to the proxy. It may hold its key as well.
      - Falls back to the environment variable E(ZSTACK_CLIENT_CERT).
    type: path
  client_key:
    description:
      - Path of the key of O(client_cert), without a passphrase.
      - Falls back to the environment variable E(ZSTACK_CLIENT_KEY).
    type: path
  timeout:
    description:
      - Seconds that one HTTP exchange may take.
      - Falls back to the environment variable E(ZSTACK_TIMEOUT).
    type: float
    default: 30
  retries:
    description:
      - How often a read is tried again, with growing pauses, after a lost connection, a timeout or an HTTP status that tells of an overloaded node
        or proxy (429, 502, 503 and 504).
      - A call that changes something is not simply sent again. If its answer is lost, the node is asked what became of it. Only if the node knows nothing
        of the call, and the ticket still needs it, the same call is sent again.
      - Falls back to the environment variable E(ZSTACK_RETRIES).
    type: int
    default: 3
  job_timeout:
    description:
      - Seconds that a call which changes something may take on the server, which runs it as a job. The server is told as well.
      - This has nothing to do with waiting for approvals.
      - Falls back to the environment variable E(ZSTACK_JOB_TIMEOUT).
    type: int
    default: 300
  poll_interval:
    description:
      - Longest pause, in seconds, between two looks at a job of the server. The first looks come sooner.
      - Falls back to the environment variable E(ZSTACK_POLL_INTERVAL).
    type: float
    default: 2
requirements:
  - requests >= 2.25
notes:
  - "One way to identify is needed, with all of its options: a session (O(session_token)), an access key (O(access_key_id), O(access_key_secret)), an account
    (O(account_name), O(account_password)), or a virtual ID in a project (O(virtual_id_name), O(virtual_id_password), O(project_name)). Options
    of two ways are refused. The environment variables of these options count only if none of these options is given at all, here or in the
    C(module_defaults) of a task, so that one can act as somebody else than the environment says."
  - An environment variable that is empty counts as not set, except E(ZSTACK_CONTEXT_PATH).
  - Proxies that the environment names (E(HTTP_PROXY), E(HTTPS_PROXY), E(NO_PROXY)) are used.
"""

    # For modules, beside the above.
    TASK = r"""
attributes:
  action_group:
    description: Use C(group/zstack.tickets.zstack) in C(module_defaults) to set options for this module.
    support: full
    membership:
      - zstack.tickets.zstack
notes:
  - A login made by a task is logged out when the task ends, whether it succeeds or fails.
  - Secrets do not belong into C(-a) of ad-hoc commands, where the list of processes and the history of the shell show them. Set the environment
    variables instead. Results and messages of these modules never contain the secrets of the connection.
  - To give these options once for all modules of the collection, set them in C(module_defaults) for C(group/zstack.tickets.zstack).
  - With a local connection, a task runs inside Ansible's own worker process, where a loop logs in only once. With C(become), C(async), C(environment) or
    another connection it runs as an ordinary module, with the same results. Set the variable C(zstack_in_process) or the environment variable
    E(ZSTACK_IN_PROCESS) to V(false) to have that always.
"""
