# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """How to reach ZStack Cloud, and as whom. The options are C(CONNECTION) in C(module_utils/_arguments.py)."""

    DOCUMENTATION = r"""
options:
  host:
    description:
      - Host name or address of the management node, or of the proxy in front of it.
      - A full URL such as V(https://zstack.example.com:8443/zstack) is accepted too. It then gives O(scheme), O(port) and O(context_path) as well.
      - Falls back to the environment variable E(ZSTACK_HOST).
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
      - V(https) needs a proxy that ends TLS. The management node itself listens without TLS, so that everything, passwords included,
        can be read on the way.
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
      - UUID of an open session, for example from a login made elsewhere. It is used as it is, and never renewed or logged out.
      - The API does not say to whom a session belongs. What depends on that is less exact, see the notes.
      - Read from E(ZSTACK_SESSION_TOKEN) if the task names no way to identify.
    type: str
    aliases: [session_uuid, session_id, sessionUuid, sessionId]
  access_key_id:
    description:
      - ID of an access key. Recommended for automation, as each request is signed and no session is opened. Needs O(access_key_secret).
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
      - Time zone of the management node. It counts for an access key only, whose requests carry the time of the node's clock on the wall.
      - With V(auto), UTC, the zone of the machine that runs the task and C(+08:00) are tried in turn. Otherwise give an offset such as V(+08:00)
        or a name such as V(Asia/Shanghai).
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
      - This is the way of the people who submit tickets, and of most who approve them.
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
      - How often a read is tried again after a lost connection, a timeout or the HTTP statuses 429, 502, 503 and 504, with growing pauses.
      - A call that changes something is not simply sent again. If its answer is lost, the node is asked what became of it, and only if it knows nothing
        of the call and the ticket still needs it, the same call is sent again.
      - Falls back to the environment variable E(ZSTACK_RETRIES).
    type: int
    default: 3
  job_timeout:
    description:
      - Seconds that an API call which the server has accepted as a job may take to its end. The server is told as well.
      - This does not bound the waiting for approvals.
      - Falls back to the environment variable E(ZSTACK_JOB_TIMEOUT).
    type: int
    default: 300
  poll_interval:
    description:
      - Longest pause, in seconds, between two looks at such a job. The first looks come sooner.
      - Falls back to the environment variable E(ZSTACK_POLL_INTERVAL).
    type: float
    default: 2
notes:
  - "One way to identify is needed: a session (O(session_token)), an access key (O(access_key_id), O(access_key_secret)), an account (O(account_name),
    O(account_password)), or a virtual ID in a project (O(virtual_id_name), O(virtual_id_password), O(project_name)). A task that gives options of two
    ways fails. Environment variables of these options are looked at only if the task, including its C(module_defaults), gives none of them at all;
    the variables of two ways at once fail too."
  - A login made by a task is logged out when the task ends, whether it succeeds or fails. A given O(session_token) stays as it is.
  - What a session cannot tell. With O(session_token) check mode cannot compare the due approver with the caller, and
    the account system context of new tickets has to be given.
  - Secrets do not belong into C(-a) of ad-hoc commands, where the list of processes and the history of the shell show them. Set the environment
    variables instead, or keep them in Ansible Vault. Results and messages of these modules never contain them.
  - C(module_defaults) for the group C(group/zstack.tickets.zstack) set these options for all modules of the collection.
  - With a local connection, tasks run inside Ansible's own worker process, where a loop logs in only once. Set the variable C(zstack_in_process) or the
    environment variable E(ZSTACK_IN_PROCESS) to V(false) to run them as ordinary modules instead. Other connections, C(become), C(async) and tasks with
    C(environment) always do. The results are the same.
  - All waiting is bounded, by O(timeout), O(retries) and O(job_timeout).
requirements:
  - requests >= 2.25
"""
