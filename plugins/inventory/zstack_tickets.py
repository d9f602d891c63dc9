# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: zstack_tickets
short_description: Tickets of ZStack Cloud as hosts
version_added: 1.0.0
description:
  - Makes each ticket that is selected a host, so that a play decides about many tickets with Ansible's own means, such as patterns, C(serial), C(forks),
    C(--limit), and job slices in AWX.
  - The tasks for these hosts run on the controller, as the connection of each host is local.
  - The configuration is a YAML file whose name ends in C(zstack_tickets.yml) or C(zstack_tickets.yaml). Its values may be templates, with the
    extra variables in them, and vaulted.
  - "Each host has the variable C(ticket), with all members of RV(zstack.tickets.zstack_ticket_info#module:tickets). What is asked for most has a
    variable of its own, too: C(status), C(awaiting), and C(project), the UUID of the project. No text of a ticket is taken for a template."
  - All hosts are in the group C(tickets). Below it are a group for each status (C(tickets_pending), C(tickets_intermediate_approved),
    C(tickets_final_approved), C(tickets_cancelled), C(tickets_rejected)), for each project (C(tickets_project_), followed by its UUID) and for each
    approver who is due (C(tickets_awaiting_), followed by the UUID of the account or virtual ID).
author:
  - zstack.tickets contributors (@zstack-tickets)
extends_documentation_fragment:
  - zstack.tickets.zstack
  - zstack.tickets.selection
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
options:
  plugin:
    description:
      - The name of this plugin.
    type: str
    required: true
    choices: [zstack.tickets.zstack_tickets]
  host:
    # Needed too, but whether a profile or the environment gives it, Ansible cannot know.
    required: false
  hostname:
    description:
      - What the hosts are called. V(uuid) is the ticket's UUID.
      - With V(name) it follows the name of the ticket, in which everything but letters, digits, dots and dashes becomes an underscore. That is easier to
        read. The UUID stays in it, as several tickets may have one name.
    type: str
    choices: [uuid, name]
    default: uuid
notes:
  - If the tickets cannot be read, Ansible warns and goes on without them. Set C(any_unparsed_is_failed) in the section C(inventory) of C(ansible.cfg),
    or E(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED), to let it fail.
  - The options for the connection count here only. The tasks for the hosts need them too. The environment variables and a profile serve both.
  - The cache keeps tickets, and no secrets. It is used for the same options and the same caller only. Tasks always look at the server again.
seealso:
  - module: zstack.tickets.zstack_ticket_info
    description: The same selection in a task.
  - module: zstack.tickets.zstack_ticket_status
    description: Decide about a ticket.
  - module: zstack.tickets.zstack_ticket_batch
    description: Many tickets in one task, which is quicker where all of them get the same treatment.
"""

EXAMPLES = r"""
# fmt: code
# demo.zstack_tickets.yml: who asks, and where, is in the environment (ZSTACK_HOST, ZSTACK_ACCESS_KEY_ID, ...)
---
plugin: zstack.tickets.zstack_tickets
status: [Pending, IntermediateApproved]

# What awaits my approval, the oldest first, with readable host names
---
plugin: zstack.tickets.zstack_tickets
host: zstack.example.com
virtual_id_name: approver
virtual_id_password: "{{ lookup('ansible.builtin.env', 'APPROVER_PASSWORD') }}"
project_name: shop
awaiting_me: true
sort: createDate
hostname: name

# Groups and variables of one's own
---
plugin: zstack.tickets.zstack_tickets
profile: production
strict: true
compose:
  machines: ticket.requests | map(attribute='execute_times') | sum
groups:
  # What a play for small wishes takes: hosts: tickets_small
  tickets_small: ticket.requests | map(attribute='execute_times') | sum <= 2
keyed_groups:
  # tickets_due_team_approval, ...
  - key: ticket.awaiting.flow_name | default('')
    prefix: tickets_due
    trailing_separator: false
  # Sixteen parts of about the same size, tickets_part_0 to tickets_part_f
  - key: ticket.uuid[-1]
    prefix: tickets_part
"""

import json
import os
import re
import typing as t

import ansible.template
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.group import to_safe_group_name
from ansible.module_utils.basic import missing_required_lib
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.zstack.tickets.plugins.module_utils._api.secrets import Secrets
from ansible_collections.zstack.tickets.plugins.module_utils._api.transport import REQUESTS_IMPORT_ERROR
from ansible_collections.zstack.tickets.plugins.module_utils._api.ways import SECRET_OPTIONS, chosen
from ansible_collections.zstack.tickets.plugins.module_utils._errors import InputError
from ansible_collections.zstack.tickets.plugins.module_utils._runner import Clients, Interrupted, interruptible, run
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.model import STATUSES
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.values import plain
from ansible_collections.zstack.tickets.plugins.modules.zstack_ticket_info import COMMAND
from ansible_collections.zstack.tickets.plugins.plugin_utils.in_process import OUR_PYTHON
from ansible_collections.zstack.tickets.plugins.plugin_utils.profiles import with_profile

Row = dict[str, t.Any]
ALL = "tickets"

# Before ansible-core 2.19 every text is taken for a template unless it is marked.
_template = getattr(ansible.template, "trust_as_template", str)


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Reads tickets as M(zstack.tickets.zstack_ticket_info) does."""

    NAME = "zstack.tickets.zstack_tickets"

    def verify_file(self, path: str) -> bool:
        """Whether a source is a file for this plugin, by the end of its name."""
        return path.endswith(("zstack_tickets.yml", "zstack_tickets.yaml")) and os.access(path, os.R_OK)

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:
        """Add the tickets to the inventory.

        :raises AnsibleParserError: an option cannot be right, or the tickets cannot be read.
        """
        super().parse(inventory, loader, path, cache)
        if REQUESTS_IMPORT_ERROR:
            raise AnsibleParserError(missing_required_lib("requests"))
        config = self._read_config_data(path)
        clients = Clients()
        try:
            options = self._options_of(config, clients.secrets)
            tickets = self._read_tickets(path, options, clients, cache)
        except InputError as error:
            raise AnsibleParserError(clients.secrets.mask(error.message)) from None
        inventory.add_group(ALL)
        for status in STATUSES:
            # A play for a status that no ticket has is no mistake.
            inventory.add_child(ALL, inventory.add_group(_group_of_status(status)))
        for ticket in tickets:
            self._add(inventory, ticket)

    def _options_of(self, config: t.Mapping[str, t.Any], secrets: Secrets) -> Row:
        """The module's options from the file: without templates, completed from a profile, and checked as the module does."""
        known = self.get_options()
        spec = {option: spec for option, spec in COMMAND.argument_spec.items() if option in known}
        names = {*spec, *(alias for members in spec.values() for alias in members.get("aliases", ()))}
        unknown = sorted(set(map(str, config)) - names - set(known))
        if unknown:
            # Ansible itself does not mind, and a misspelled condition would select everything.
            raise InputError(f"{', '.join(unknown)}: no such option. ansible-doc -t inventory {self.NAME} lists them.")
        self.templar.available_variables = self._vars or {}
        given = {}
        for name in names & config.keys():
            try:
                given[name] = plain(self.templar.template(config[name]))
            except AnsibleError as error:
                raise AnsibleParserError(f"{name}: {error}") from error
        validation = ArgumentSpecValidator(spec).validate(with_profile(given, os.environ, self.display.warning))
        for secret in validation._no_log_values:
            secrets.add(secret)
        if validation.error_messages:
            raise InputError(validation.error_messages[0])
        return t.cast(Row, validation.validated_parameters)

    def _read_tickets(self, path: str, options: Row, clients: Clients, cache: bool) -> list[Row]:
        may_cache = self.get_option("cache")
        # Another selection or another caller sees other tickets. A password says no more of the caller than the name does.
        asked = {**options, **chosen(options, os.environ)}
        telling = {option: asked[option] for option in asked if option not in SECRET_OPTIONS - {"session_token"}}
        key = self.get_cache_key(f"{path} {json.dumps(telling, sort_keys=True)}")
        if may_cache and cache:
            try:
                return t.cast("list[Row]", self._cache[key])
            except KeyError:
                pass
        tickets = self._ask(options, clients)
        if may_cache:
            self._cache[key] = tickets
        return tickets

    def _ask(self, options: Row, clients: Clients) -> list[Row]:
        with interruptible():
            try:
                result = run(COMMAND, options, False, clients, self.display.warning)
            except Interrupted:
                raise KeyboardInterrupt from None
            finally:
                for warning in clients.close():
                    self.display.warning(warning)
        if result.get("failed"):
            raise AnsibleParserError(result["msg"])
        return t.cast("list[Row]", result["tickets"])

    def _add(self, inventory: t.Any, ticket: Row) -> None:
        host = inventory.add_host(host_name(ticket, self.get_option("hostname")))
        # Others wrote it, and what is no template may still be an expression.
        of_ticket = {
            "ticket": ticket,
            "status": ticket["status"],
            "awaiting": ticket["awaiting"],
            "project": _project_of(ticket),
        }
        for name, value in of_ticket.items():
            inventory.set_variable(host, name, wrap_var(value))
        inventory.set_variable(host, "ansible_connection", _template("local"))
        inventory.set_variable(host, "ansible_python_interpreter", _template(OUR_PYTHON))
        for name in _groups_of(ticket):
            group = inventory.add_group(to_safe_group_name(name, force=True, silent=True))
            inventory.add_child(ALL, group)
            inventory.add_child(group, host)
        strict = self.get_option("strict")
        variables = inventory.get_host(host).get_vars()
        self._set_composite_vars(self.get_option("compose"), variables, host, strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, host, strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host, strict)


def host_name(ticket: Row, kind: str) -> str:
    """What the ticket's host is called. The submitter's text cannot make it a pattern, a template, or the name of another host or group."""
    readable = re.sub(r"[^\w.-]+", "_", ticket["name"] or "")[:60].strip("_.-")
    return f"{readable}_{ticket['uuid']}" if kind == "name" and readable else str(ticket["uuid"])


def _project_of(ticket: Row) -> str | None:
    return t.cast("str | None", ticket["account_system_context"].get("projectUuid"))


def _groups_of(ticket: Row) -> t.Iterator[str]:
    yield _group_of_status(ticket["status"])
    project = _project_of(ticket)
    if project:
        yield f"{ALL}_project_{project}"
    if ticket["awaiting"]:
        yield f"{ALL}_awaiting_{ticket['awaiting']['approver_uuid']}"


def _group_of_status(status: str) -> str:
    return f"{ALL}_{re.sub('(?<=[a-z])(?=[A-Z])', '_', status).lower()}"
