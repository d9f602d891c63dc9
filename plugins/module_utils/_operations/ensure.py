# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A ticket exists with given requests, or does not exist.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t
import uuid as uuids
from dataclasses import dataclass, replace

from .._api.version import server_version
from .._errors import ApiError, InputError, TicketError
from .._tickets import identity, requests
from .._tickets.history import last_event
from .._tickets.model import CANCELLED, FINAL_APPROVED, INTERMEDIATE_APPROVED, PENDING, REJECTED, Request, Ticket
from .._tickets.resume import RECALL_COMMENT, REOPEN_COMMENT, was_broken_off
from .._tickets.values import trimmed
from . import calls, lookup
from .context import Context, Outcome
from .diff import ticket_diff
from .plan import Operation, carry_out

INTERNAL_ERROR = "SYS.1000"
"""What the server says, among other things, when a resource uuid is taken."""


@dataclass(frozen=True)
class TicketWish:
    """What a task wants of a ticket. None stands for not given."""

    uuid: str | None
    name: str | None
    description: str | None
    requests: tuple[requests.WantedRequest, ...] | None
    account_system_context: t.Mapping[str, t.Any] | None
    flow_collection_uuid: str | None
    account_system_type: str
    resubmit: str
    tags: t.Mapping[str, t.Any]
    tag_uuids: t.Sequence[str] | None

    @classmethod
    def from_options(cls, options: t.Mapping[str, t.Any]) -> TicketWish:
        """Check and read the options of C(zstack_ticket), or of an item of C(zstack_ticket_batch); nothing is sent.

        :raises InputError: an option cannot be right.
        """
        uuid, name, description = options.get("uuid"), options.get("name"), options.get("description")
        if not uuid and name is None:
            raise InputError("Neither uuid nor name is given. Give one of them, so that the ticket can be told.")
        flow_collection_uuid = options.get("flow_collection_uuid")
        if name is not None:
            identity.check_name(name)
        if description is not None:
            identity.check_description(description)
        given = options.get("requests")
        tags = {"systemTags": options.get("system_tags"), "userTags": options.get("user_tags")}
        return cls(
            uuid=identity.check_uuid(uuid) if uuid else None,
            name=None if name is None else identity.normalise_name(name),
            description=None if description is None else trimmed(description),
            requests=None if given is None else requests.from_options(given),
            account_system_context=options.get("account_system_context"),
            flow_collection_uuid=identity.check_uuid(flow_collection_uuid, "flow_collection_uuid")
            if flow_collection_uuid
            else None,
            account_system_type=options.get("account_system_type") or "iam2",
            resubmit=options.get("resubmit") or "unapproved",
            tags={name: values for name, values in tags.items() if values},
            tag_uuids=options.get("tag_uuids"),
        )

    def differences(self, ticket: Ticket) -> list[str]:
        """The paths at which the ticket is not as wanted; only what the task gave counts."""
        paths = [] if self.requests is None else requests.differences(self.requests, ticket.requests)
        if self.description is not None and self.description != trimmed(ticket.description or ""):
            paths.insert(0, "description")
        return paths


def ensure(options: t.Mapping[str, t.Any], context: Context) -> Outcome:
    """The operation of C(zstack_ticket).

    :raises ZStackError: the wish cannot be, or the API refuses, or it cannot be reached.
    """
    wish = TicketWish.from_options(options)
    if not wish.uuid:
        wish = with_own_context(wish, context)
    ensured = EnsureTicket(context, wish)
    before = ensured.look()
    if options.get("state") == "absent":
        done = carry_out(context, ensured.plan_absent, ensured.look, before)
    else:
        if context.check_mode and options.get("validate_on_server") and before is None:
            calls.validate_creation(context.client, ensured.creation(), wish.tags)
        done = carry_out(context, ensured.plan_present, ensured.look, before)
        warn_of_fixed(context, wish, done.resource)
    return Outcome(
        changed=bool(done.operations),
        result=dict(
            ticket=done.resource.to_result() if done.resource else None,
            operations=done.operations,
            diff=ticket_diff(before, done.resource, wish.requests),
        ),
    )


def with_own_context(wish: TicketWish, context: Context) -> TicketWish:
    """The wish with the account system context that a login into a project implies, unless the task gives one."""
    if wish.account_system_context is not None:
        return wish
    caller = context.client.project_member()
    if caller is None:
        return wish
    return replace(
        wish, account_system_context={"projectUuid": caller.project_uuid, "virtualIDUuid": caller.operator_uuid}
    )


def warn_of_fixed(context: Context, wish: TicketWish, ticket: Ticket | None) -> None:
    """Tell of what a task gives and no API can change in a ticket that exists."""
    wanted = wish.flow_collection_uuid
    if ticket and wanted and ticket.flow_collection_uuid and ticket.flow_collection_uuid != wanted:
        context.warn(
            f"The {ticket} runs under the flow collection {ticket.flow_collection_uuid}, not {wanted}, and that cannot be changed. "
            "To use another one, delete the ticket first."
        )


class EnsureTicket:
    """The plans that bring one ticket to its wish, and the look that they start from."""

    def __init__(self, context: Context, wish: TicketWish) -> None:
        self._context = context
        self._wish = wish
        self._new_uuid: str | None = None
        self._uuid_is_fresh = False
        self._reopens: bool | None = None
        self._server_was_asked = False

    def look(self) -> Ticket | None:
        """The ticket as it is now, None if it does not exist.

        :raises TicketError: several have the name, or the one with the uuid has another name.
        """
        ticket = self._find()
        if ticket and ticket.status == CANCELLED:
            # Whoever looks again has had trouble, and meanwhile a user may have recalled the ticket: its history tells.
            self._reopens = None
        return ticket

    def _find(self) -> Ticket | None:
        wish = self._wish
        if wish.uuid is None:
            return identity.choose(
                lookup.tickets_by_name(self._context.client, wish.name or ""),
                wish.name or "",
                wish.account_system_context,
            )
        ticket = lookup.ticket_by_uuid(self._context.client, wish.uuid)
        if (
            ticket
            and wish.name is not None
            and ticket.name is not None
            and identity.normalise_name(ticket.name) != wish.name
        ):
            raise TicketError(
                f"The {ticket} is not called {wish.name!r}, and tickets cannot be renamed. Correct uuid or name."
            )
        return ticket

    def plan_absent(self, ticket: Ticket | None) -> list[Operation[Ticket]]:
        """Delete it, if it is there."""
        if ticket is None:
            return []
        return [Operation("delete", lambda job_uuid: calls.delete(self._context.client, ticket, job_uuid), None)]

    def plan_present(self, ticket: Ticket | None) -> list[Operation[Ticket]]:
        """Create it, or change it by the ways that its status leaves.

        :raises TicketError: it differs, and may not or cannot be changed any more.
        """
        if ticket is None:
            return [self._create()]
        differences = self._wish.differences(ticket)
        if ticket.status in (CANCELLED, REJECTED):
            return self._plan_stopped(ticket, differences)
        if not differences:
            return []
        self._refuse_change(ticket, differences)
        self._refuse_old_server(differences)
        recalled = replace(ticket, status=CANCELLED, current_flow_uuid=None)
        return [self._recall(ticket, recalled), *self._update_and_reopen(recalled, reopens=True)]

    def _plan_stopped(self, ticket: Ticket, differences: list[str]) -> list[Operation[Ticket]]:
        if self._reopens is None:
            self._reopens = self._is_to_reopen(ticket, differences)
        if differences:
            if ticket.status == REJECTED and self._wish.resubmit == "never":
                self._refuse_change(ticket, differences)
            self._refuse_old_server(differences)
            return self._update_and_reopen(ticket, self._reopens)
        return [self._reopen(ticket)] if self._reopens else []

    def _is_to_reopen(self, ticket: Ticket, differences: list[str]) -> bool:
        """Whether a stopped ticket goes back to its approvers: a rejected one that changes, and one whose change was broken off."""
        if self._wish.resubmit == "never":
            return False
        if ticket.status == REJECTED and differences:
            return True
        return was_broken_off(lookup.history_of(self._context.client, ticket), ticket)

    def _refuse_change(self, ticket: Ticket, differences: list[str]) -> None:
        what = f"The {ticket} differs in {', '.join(differences)}"
        if ticket.status == FINAL_APPROVED:
            raise TicketError(
                f"{what}, and a finally approved ticket cannot be changed. Use another name for a new one.",
                differences=differences,
            )
        if self._wish.resubmit == "never":
            raise TicketError(
                f"{what}, and resubmit: never forbids to reopen it with the change.", differences=differences
            )
        if self._wish.resubmit != "always" and (ticket.status == INTERMEDIATE_APPROVED or ticket.current_flow_uuid):
            raise TicketError(
                f"{what}, but steps of it are approved already. Set resubmit: always to lose these approvals.",
                differences=differences,
            )

    def _refuse_old_server(self, differences: list[str]) -> None:
        """Before 4.8 the server ignores the description of an update, and the ticket would be recalled for nothing."""
        if "description" in differences and not self._server_was_asked:
            version = server_version(self._context.client)
            self._server_was_asked = True
            if version and version < (4, 8):
                shown = ".".join(map(str, version))
                raise TicketError(
                    f"description: ZStack Cloud {shown} cannot change the description of a ticket that exists, 4.8 and newer can. Leave it out."
                )

    def _recall(self, ticket: Ticket, recalled: Ticket) -> Operation[Ticket]:
        def send(job_uuid: str | None) -> Ticket:
            after = calls.change_status(self._context.client, ticket, "cancel", RECALL_COMMENT, job_uuid)
            # Not before: a user may recall the ticket first, and then it stays recalled.
            self._reopens = True
            return after

        return Operation("cancel", send, recalled, was_ours=lambda after: self._says_last(after, RECALL_COMMENT))

    def _update_and_reopen(self, ticket: Ticket, reopens: bool) -> list[Operation[Ticket]]:
        wanted = self._new_requests(ticket)
        description = self._wish.description
        updated = replace(
            ticket, requests=wanted, description=ticket.description if description is None else description
        )

        def update(job_uuid: str | None) -> Ticket:
            return calls.update_requests(self._context.client, ticket, wanted, description, job_uuid)

        operations = [Operation("update", update, updated)]
        if reopens:
            operations.append(self._reopen(updated))
        return operations

    def _new_requests(self, ticket: Ticket) -> tuple[Request, ...]:
        """The requests to send: the task's, with the names that it leaves open taken from the ticket."""
        wanted = self._wish.requests
        if wanted is None:
            return ticket.requests
        old_names = [request.request_name for request in ticket.requests] + [None] * len(wanted)
        return tuple(
            replace(request, request_name=request.request_name or old_name)
            for request, old_name in zip(wanted, old_names)
        )

    def _reopen(self, ticket: Ticket) -> Operation[Ticket]:
        return Operation(
            "reopen",
            lambda job_uuid: calls.change_status(self._context.client, ticket, "reopen", REOPEN_COMMENT, job_uuid),
            replace(ticket, status=PENDING, current_flow_uuid=None),
            was_ours=lambda after: self._says_last(after, REOPEN_COMMENT),
        )

    def _says_last(self, ticket: Ticket | None, comment: str) -> bool:
        """Whether the last event in the ticket's history has this comment."""
        last = last_event(lookup.history_of(self._context.client, ticket)) if ticket else None
        return ticket is not None and (last is None or last.comment == comment)

    def _create(self) -> Operation[Ticket]:
        parameters = self.creation()
        predicted = Ticket.from_inventory({"status": PENDING, **parameters, "uuid": parameters["resourceUuid"]})
        return Operation("create", lambda job_uuid: self._send_creation(parameters, job_uuid), predicted)

    def creation(self) -> dict[str, t.Any]:
        """The parameters of CreateTicket.

        :raises InputError: the task does not say enough to create the ticket.
        """
        wish = with_own_context(self._wish, self._context)
        missing = [option for option in ("name", "requests", "account_system_context") if getattr(wish, option) is None]
        if missing:
            such = f"uuid {wish.uuid}" if wish.uuid else f"name {wish.name!r}"
            hint = (
                " A login of a virtual ID into a project fills account_system_context."
                if "account_system_context" in missing
                else ""
            )
            raise InputError(
                f"There is no ticket with {such}, and to create it {' and '.join(missing)} must be given.{hint}"
            )
        if self._new_uuid is None:
            self._new_uuid = wish.uuid or identity.derive_uuid(wish.name or "", wish.account_system_context)
        parameters = {
            "name": wish.name,
            "description": wish.description,
            "requests": [request.to_api() for request in wish.requests or ()],
            "flowCollectionUuid": wish.flow_collection_uuid,
            "accountSystemType": wish.account_system_type,
            "accountSystemContext": wish.account_system_context,
            "tagUuids": wish.tag_uuids,
            "resourceUuid": self._new_uuid,
        }
        return {name: value for name, value in parameters.items() if value is not None}

    def _send_creation(self, parameters: t.Mapping[str, t.Any], job_uuid: str | None) -> Ticket:
        try:
            return calls.create(self._context.client, parameters, self._wish.tags, job_uuid)
        except ApiError as error:
            if error.code != INTERNAL_ERROR or self._wish.uuid or self._uuid_is_fresh or self.look() is not None:
                raise
            # No such ticket lives, so the derived uuid may be taken by one that was deleted; if it is not that, the server says so again.
            self._new_uuid, self._uuid_is_fresh = uuids.uuid4().hex, True
            return calls.create(self._context.client, self.creation(), self._wish.tags)
