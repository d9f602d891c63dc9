# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operation of C(zstack_ticket_status): drive a ticket to a status, and wait for it if that is asked for.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import typing as t

from .._api.client import Client
from .._api.retry import Deadline
from .._errors import TicketError, ZStackError
from .._tickets import identity
from .._tickets.model import Ticket
from . import lookup
from .context import Context, Outcome
from .course import Course
from .diff import ticket_diff
from .drive import StatusWish
from .processes import Processes
from .wait import Patience, Waiter


def reach_status(options: t.Mapping[str, t.Any], context: Context) -> Outcome:
    """Bring a ticket to C(status) as far as the caller can.

    :raises ZStackError: the ticket cannot be told, an event is refused, or the wait ends without what it waited for.
        C(extra) carries what is known by then: C(ticket), C(status_before), C(events), C(awaiting).
    """
    wish = StatusWish.from_options(options)
    patience = Patience.from_options(options)
    deadline = Deadline(context.client.clock, patience.timeout)
    course = Course(context, wish, _find(context.client, wish), Processes(context.client))
    course.begin()
    if wish.wait and not context.check_mode:
        Waiter(context, patience, deadline).wait([course])
    try:
        if course.error is not None:
            raise course.error
        told = course.success()
    except ZStackError as error:
        error.extra.update(course.failure(error))
        raise
    return Outcome(
        changed=bool(course.events),
        result=dict(told, diff=ticket_diff(course.before, course.ticket), elapsed=round(deadline.elapsed, 3)),
    )


def _find(client: Client, wish: StatusWish) -> Ticket:
    """The ticket that the task names.

    :raises TicketError: there is none, or there are several.
    """
    if wish.uuid:
        ticket = lookup.ticket_by_uuid(client, wish.uuid)
        such = f"uuid {wish.uuid}"
    else:
        name = wish.name or ""
        ticket = identity.choose(lookup.tickets_by_name(client, name), name, wish.account_system_context)
        such = f"name {name!r}"
    if ticket is None:
        raise TicketError(
            f"There is no ticket with {such} that this identity can see. Check the name, or whether it was deleted."
        )
    return ticket
