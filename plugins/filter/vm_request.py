# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: vm_request
short_description: Describe a virtual machine as a request of a ticket
version_added: 1.0.0
author:
  - zstack.tickets contributors (@zstack-tickets)
description:
  - Makes an element of O(zstack.tickets.zstack_ticket#module:requests) out of a virtual machine that is described in plain words.
  - The API is C(org.zstack.header.vm.APICreateVmInstanceMsg). What it has beyond the keys below goes into C(body), named as in the API manual.
positional: defaults
options:
  _input:
    description:
      - The virtual machine, as a dictionary with the keys below.
      - C(name) and C(image) (UUID) are required, and so is either C(offering) (UUID of an instance offering) or C(cpus) together with C(memory).
      - C(memory) and C(root_disk_size) are bytes, or text such as V(8G).
      - C(networks) is a list of UUIDs of L3 networks. C(default_network) is the one among several that has the default route.
      - C(root_disk_offering) and C(data_disk_offerings) (list) are UUIDs of disk offerings.
      - Lists may be text, with blanks, commas or line breaks between the UUIDs, and numbers may be text, as surveys of AWX answer.
      - C(zone), C(cluster) and C(host) are UUIDs that say where to place it.
      - C(description) is the virtual machine's. C(strategy) is V(InstantStart) or V(CreateStopped).
      - C(count) says how many equal ones are wanted.
      - C(request_name) is what the approvers read. It defaults to C(create) with the name.
      - C(body) is a dictionary of further fields of the API. They win over those that the other keys give.
    type: dict
    required: true
  defaults:
    description: Keys for all virtual machines, which those of the input win over.
    type: dict
    default: {}
seealso:
  - plugin: zstack.tickets.zstack_ticket
    plugin_type: module
"""

EXAMPLES = r"""
- name: Ask for a web server and two workers in one ticket
  zstack.tickets.zstack_ticket:
    name: shop
    requests: "{{ machines | map('zstack.tickets.vm_request', common) }}"
  vars:
    common:
      image: 43e997234af63863b28a5e9987e1d122
      networks: 8b4ddd66c7ba30598cdc7ab835e04f96
    machines:
      - name: web
        offering: 46466abc6c8931fdaab7a8df43e4f175
      - name: worker
        cpus: 4
        memory: 8G
        count: 2
"""

RETURN = r"""
_value:
  description: The request, with C(request_name), C(api_name), C(execute_times) and C(api_body).
  type: dict
  sample:
    request_name: create worker
    api_name: org.zstack.header.vm.APICreateVmInstanceMsg
    execute_times: 2
    api_body:
      name: worker
      imageUuid: 43e997234af63863b28a5e9987e1d122
      l3NetworkUuids: [8b4ddd66c7ba30598cdc7ab835e04f96]
      cpuNum: 4
      memorySize: 8589934592
"""

import re
import typing as t

from ansible_collections.zstack.tickets.plugins.module_utils._errors import InputError
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.values import shown
from ansible_collections.zstack.tickets.plugins.plugin_utils.quantities import read_number
from ansible_collections.zstack.tickets.plugins.plugin_utils.templating import plugin

CREATE_VM = "org.zstack.header.vm.APICreateVmInstanceMsg"

TEXTS = {
    "name": "name",
    "description": "description",
    "offering": "instanceOfferingUuid",
    "image": "imageUuid",
    "default_network": "defaultL3NetworkUuid",
    "root_disk_offering": "rootDiskOfferingUuid",
    "zone": "zoneUuid",
    "cluster": "clusterUuid",
    "host": "hostUuid",
    "strategy": "strategy",
}
LISTS = {"networks": "l3NetworkUuids", "data_disk_offerings": "dataDiskOfferingUuids"}
NUMBERS = {"cpus": "cpuNum", "memory": "memorySize", "root_disk_size": "rootDiskSize"}
"""What each key is called in the API."""

SIZE = {"offering", "cpus", "memory"}
KEYS = (*TEXTS, *LISTS, *NUMBERS, "count", "request_name", "body")


@plugin("vm_request")
def vm_request(machine: t.Any, defaults: t.Any = None) -> dict[str, t.Any]:
    """The filter, see DOCUMENTATION."""
    described = {key: value for key, value in _described(machine, defaults).items() if value not in (None, "", [])}
    name = str(described.get("name", ""))
    for missing in [key for key in ("name", "image") if key not in described]:
        raise InputError(f"The virtual machine {name!r} has no {missing}.")
    if sorted(SIZE & set(described)) not in (["offering"], ["cpus", "memory"]):
        raise InputError(f"The virtual machine {name!r} needs one size: give either offering, or cpus and memory.")
    body: dict[str, t.Any] = {api: str(described[key]) for key, api in TEXTS.items() if key in described}
    body.update({api: uuids for key, api in LISTS.items() if (uuids := _list(described.get(key, [])))})
    body.update({api: _whole(described[key], name, key) for key, api in NUMBERS.items() if key in described})
    return {
        "request_name": str(described.get("request_name", f"create {name}")),
        "api_name": CREATE_VM,
        "execute_times": _whole(described.get("count", 1), name, "count"),
        "api_body": {**body, **described.get("body", {})},
    }


def _described(machine: t.Any, defaults: t.Any) -> dict[str, t.Any]:
    for given in (machine, defaults or {}):
        if not isinstance(given, dict):
            raise InputError(f"{shown(given)} is no virtual machine: it must be a dictionary.")
        unknown = [key for key in given if key not in KEYS]
        if unknown:
            raise InputError(f"A virtual machine has no {', '.join(map(str, unknown))}. Known are {', '.join(KEYS)}.")
        if not isinstance(given.get("body") or {}, dict):
            raise InputError(f"body is {shown(given['body'])}: it must be a dictionary of the API's fields.")
    own_size = SIZE & set(machine)
    # A size of one kind replaces one of the other.
    replaced = SIZE - {"offering"} if "offering" in own_size else {"offering"} if own_size else set()
    return {**{key: value for key, value in (defaults or {}).items() if key not in replaced}, **machine}


def _list(value: t.Any) -> list[t.Any]:
    members = value if isinstance(value, list) else [value]
    return [uuid for member in members for uuid in re.split(r"[\s,]+", str(member)) if uuid]


def _whole(value: t.Any, name: str, key: str) -> int:
    number = read_number(value)
    if number is None or number < 1 or number != int(number):
        raise InputError(
            f"The virtual machine {name!r} has the {key} {shown(value)}: it must be a whole number above 0."
        )
    return int(number)


class FilterModule:
    def filters(self) -> dict[str, t.Any]:
        return {"vm_request": vm_request}
