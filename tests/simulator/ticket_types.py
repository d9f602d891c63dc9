"""The ticket types, and the API messages that tickets may ask for.

A real system registers more types in closed code; the first is public, the others are plausible. ``FIELDS`` gives each
message's fields as far as reading an apiBody needs them: the JSON kind a field must have.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .binding import bind_body
from .identities import fixed_uuid

VM_TYPE = "3b933e9aaf2d49b9a3dcf0c92867790f"


@dataclass(frozen=True)
class TicketType:
    uuid: str
    name: str
    apis: tuple[str, ...]
    admin_only: bool = False


_VM = "org.zstack.header.vm."
TICKET_TYPES = (
    TicketType(VM_TYPE, "CREATE_VM_INSTANCE_TICKET_TYPE", (_VM + "APICreateVmInstanceMsg",)),
    TicketType(
        "ef064ef45fb446d381db7b7d5f71695c",
        "UPDATE_VM_INSTANCE_TICKET_TYPE",
        (_VM + "APIUpdateVmInstanceMsg", _VM + "APIChangeInstanceOfferingMsg"),
    ),
    TicketType(
        fixed_uuid("ticket-type/delete-vm"), "DELETE_VM_INSTANCE_TICKET_TYPE", (_VM + "APIDestroyVmInstanceMsg",)
    ),
    TicketType(
        fixed_uuid("ticket-type/volume"),
        "CREATE_DATA_VOLUME_TICKET_TYPE",
        ("org.zstack.header.volume.APICreateDataVolumeMsg",),
    ),
    TicketType(
        fixed_uuid("ticket-type/project-quota"),
        "UPDATE_PROJECT_QUOTA_TICKET_TYPE",
        ("org.zstack.header.identity.APIUpdateQuotaMsg",),
    ),
)

_STRING, _INTEGER, _LIST = "string", "integer", "list"
_COMMON = {"resourceUuid": _STRING, "tagUuids": _LIST, "systemTags": _LIST, "userTags": _LIST}
FIELDS: dict[str, dict[str, str]] = {
    _VM + "APICreateVmInstanceMsg": {
        **dict.fromkeys(
            (
                "name",
                "description",
                "instanceOfferingUuid",
                "imageUuid",
                "defaultL3NetworkUuid",
                "zoneUuid",
                "clusterUuid",
                "hostUuid",
                "rootDiskOfferingUuid",
                "type",
                "strategy",
            ),
            _STRING,
        ),
        **dict.fromkeys(("cpuNum", "memorySize", "rootDiskSize"), _INTEGER),
        **dict.fromkeys(("l3NetworkUuids", "dataDiskOfferingUuids", "dataDiskSizes"), _LIST),
        **_COMMON,
    },
    _VM + "APIUpdateVmInstanceMsg": {
        **dict.fromkeys(("uuid", "name", "description", "platform"), _STRING),
        **dict.fromkeys(("cpuNum", "memorySize"), _INTEGER),
        **_COMMON,
    },
    _VM + "APIChangeInstanceOfferingMsg": {"vmInstanceUuid": _STRING, "instanceOfferingUuid": _STRING, **_COMMON},
    _VM + "APIDestroyVmInstanceMsg": {"uuid": _STRING, "deleteMode": _STRING, **_COMMON},
    "org.zstack.header.volume.APICreateDataVolumeMsg": {
        **dict.fromkeys(("name", "description", "diskOfferingUuid", "primaryStorageUuid"), _STRING),
        "diskSize": _INTEGER,
        **_COMMON,
    },
    "org.zstack.header.identity.APIUpdateQuotaMsg": {
        "identityUuid": _STRING,
        "name": _STRING,
        "value": _INTEGER,
        **_COMMON,
    },
}


def type_of(api_names: list[str]) -> TicketType | None:
    """The type whose API messages the requests name; API names that no type knows do not decide.

    None when no name is known or names of two types are mixed.
    """
    found = {ticket_type for ticket_type in TICKET_TYPES for name in api_names if name in ticket_type.apis}
    return found.pop() if len(found) == 1 else None


def read_body(api_name: str, body: Any) -> None:
    """Read an apiBody into its message; raises ``ValueError`` with gson's message if it does not fit."""
    bind_body(FIELDS[api_name], body)


def matches(pattern: str, body: Any) -> bool:
    """Whether a request's body is one that the execution rule picks."""
    return bool(pattern) and isinstance(body, dict) and re.search(pattern, str(body.get("name", ""))) is not None
