"""The status history of tickets, and the archive that a deleted ticket leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .identities import ADMIN
from .inventories import ARCHIVE_HISTORY, ARCHIVE_TICKET, HISTORY
from .tables import Row

if TYPE_CHECKING:
    from .books import Cloud
    from .messages import Caller

STATUS_CHANGED = "StatusChanged"


def write(
    cloud: Cloud,
    ticket: Row,
    from_status: str,
    to_status: str,
    *,
    caller: Caller | None = None,
    comment: str | None = None,
    flow: Row | None = None,
    context_type: str = STATUS_CHANGED,
    context: dict[str, Any] | None = None,
) -> Row:
    """Add a row; without a caller the system itself acted, in admin's name."""
    return cloud.histories.add(
        Row(
            HISTORY,
            {
                "uuid": cloud.new_uuid(),
                "sequence": next(cloud.sequence),
                "ticketUuid": ticket["uuid"],
                "fromStatus": from_status,
                "toStatus": to_status,
                "comment": comment,
                "operationContextType": context_type,
                "operationContext": context,
                "operatorType": "account" if caller is None or caller.is_admin else "iam2",
                "operatorUuid": ADMIN if caller is None else caller.user,
                "flowName": None if flow is None else flow["name"],
                **cloud.dates(),
            },
            ticket.owner,
        )
    )


def archive(cloud: Cloud, ticket: Row) -> None:
    """Remove a ticket with its history, and keep copies in the archive if the switch says so."""
    keep = cloud.switches.archive_at_deletion
    for row in cloud.histories.find("ticketUuid", ticket["uuid"]):
        cloud.histories.remove(row)
        if keep:
            copy = {**row, "uuid": cloud.new_uuid(), "historyUuid": row["uuid"], "accountUuid": ticket.owner}
            cloud.archive_histories.add(Row(ARCHIVE_HISTORY, copy, ticket.owner))
    cloud.tickets.remove(ticket)
    if keep:
        copy = {**ticket, "uuid": cloud.new_uuid(), "ticketUuid": ticket["uuid"], "accountUuid": ticket.owner}
        cloud.archives.add(Row(ARCHIVE_TICKET, copy, ticket.owner))
    if cloud.switches.deleted_uuid_stays_taken:
        cloud.used_uuids.add(ticket["uuid"])
