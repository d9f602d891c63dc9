"""The kinds of records that the API shows: their fields in JSON and the Java classes that ``schema`` names."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Kind(Enum):
    """How a field is compared in a query and written to JSON."""

    STRING = "string"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    STATE = "state"  # a Java enum
    DATA = "data"  # any JSON, kept as given
    STRINGS = "strings"
    RECORDS = "records"  # other inventories
    REQUESTS = "requests"


@dataclass(frozen=True)
class Inventory:
    """One kind of record."""

    java: str  # fully qualified class
    fields: dict[str, Kind]
    classes: dict[str, str] = field(default_factory=dict)  # field -> class, for the schema

    @property
    def simple_name(self) -> str:
        return self.java.rpartition(".")[2]


_S, _I, _B, _D, _E = Kind.STRING, Kind.INTEGER, Kind.BOOLEAN, Kind.DATE, Kind.STATE
_DATES = {"createDate": _D, "lastOpDate": _D}
_TICKET_STATUS = "org.zstack.ticket.entity.TicketStatus"
_TICKET_REQUEST = "org.zstack.ticket.entity.TicketRequest"

_TICKET_TAIL = {
    "status": _E,
    "request": Kind.REQUESTS,
    "accountSystemType": _S,
    "ticketTypeUuid": _S,
    "accountSystemContext": Kind.DATA,
    "currentFlowUuid": _S,
    "flowCollectionUuid": _S,
    **_DATES,
}
_TICKET_CLASSES = {"status": _TICKET_STATUS, "request": _TICKET_REQUEST}

TICKET = Inventory(
    "org.zstack.ticket.entity.TicketInventory",
    {"uuid": _S, "name": _S, "description": _S, **_TICKET_TAIL},
    _TICKET_CLASSES,
)
ARCHIVE_TICKET = Inventory(
    "org.zstack.ticket.entity.ArchiveTicketInventory",
    {"uuid": _S, "ticketUuid": _S, "name": _S, "description": _S, "accountUuid": _S, **_TICKET_TAIL},
    _TICKET_CLASSES,
)

_HISTORY_TAIL = {
    "sequence": _I,
    "ticketUuid": _S,
    "fromStatus": _E,
    "toStatus": _E,
    "comment": _S,
    "operationContextType": _S,
    "operationContext": Kind.DATA,
    "operatorType": _S,
    "operatorUuid": _S,
    "flowName": _S,
    **_DATES,
}
_HISTORY_CLASSES = {"fromStatus": _TICKET_STATUS, "toStatus": _TICKET_STATUS}

HISTORY = Inventory(
    "org.zstack.ticket.entity.TicketStatusHistoryInventory", {"uuid": _S, **_HISTORY_TAIL}, _HISTORY_CLASSES
)
ARCHIVE_HISTORY = Inventory(
    "org.zstack.ticket.entity.ArchiveTicketStatusHistoryInventory",
    {"uuid": _S, "historyUuid": _S, "accountUuid": _S, **_HISTORY_TAIL},
    _HISTORY_CLASSES,
)
TICKET_TYPE = Inventory(
    "org.zstack.ticket.entity.TicketTypeInventory",
    {"uuid": _S, "name": _S, "description": _S, "type": _S, "requests": _S, "adminOnly": _B, **_DATES},
)
FLOW = Inventory(
    "org.zstack.ticket.iam2.entity.IAM2TicketFlowInventory",
    {
        "uuid": _S,
        "name": _S,
        "description": _S,
        "parentFlowUuid": _S,
        "flowContext": _S,
        "flowContextType": _S,
        "collectionUuid": _S,
        "approverUuid": _S,
        "valid": _B,
        **_DATES,
    },
)
COLLECTION = Inventory(
    "org.zstack.ticket.iam2.entity.IAM2TicketFlowCollectionInventory",
    {
        "uuid": _S,
        "name": _S,
        "description": _S,
        "state": _S,
        "status": _S,
        "isDefault": _B,
        "projectUuid": _S,
        "flows": Kind.RECORDS,
        "ticketTypeUuids": Kind.STRINGS,
        **_DATES,
    },
    {"flows": FLOW.java},
)
SESSION = Inventory(
    "org.zstack.header.identity.SessionInventory",
    {"uuid": _S, "accountUuid": _S, "userUuid": _S, "expiredDate": _D, "createDate": _D, "noSessionEvaluation": _B},
)
ACCOUNT = Inventory(
    "org.zstack.header.identity.AccountInventory",
    {"uuid": _S, "name": _S, "description": _S, "type": _S, **_DATES},
)
PROJECT = Inventory(
    "org.zstack.iam2.entity.IAM2ProjectInventory",
    {
        "uuid": _S,
        "name": _S,
        "description": _S,
        "state": _E,
        "attributes": Kind.DATA,
        "linkedAccountUuid": _S,
        **_DATES,
    },
    {"state": "org.zstack.iam2.entity.ProjectState"},
)
VIRTUAL_ID = Inventory(
    "org.zstack.iam2.entity.IAM2VirtualIDInventory",
    {"uuid": _S, "name": _S, "description": _S, "type": _S, "state": _E, "attributes": Kind.DATA, **_DATES},
    {"state": "org.zstack.iam2.entity.State"},
)
ACCESS_KEY = Inventory(
    "org.zstack.accessKey.AccessKeyInventory",
    {
        "uuid": _S,
        "description": _S,
        "accountUuid": _S,
        "userUuid": _S,
        "AccessKeyID": _S,
        "AccessKeySecret": _S,
        "state": _E,
        **_DATES,
    },
    {"state": "org.zstack.accessKey.AccessKeyState"},
)
TAG_PATTERN = Inventory("org.zstack.tag2.TagPatternInventory", {"uuid": _S, "name": _S, **_DATES})
