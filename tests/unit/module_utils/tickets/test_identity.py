# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
import typing as t
from types import MappingProxyType

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.module_utils._errors import InputError, TicketError
from ansible_collections.zstack.tickets.plugins.module_utils._tickets import identity
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.model import Ticket
from ansible_collections.zstack.tickets.tests.unit.module_utils.tickets.strategies import json_objects, words

SERVERS_UUID = re.compile("[0-9a-f]{8}[0-9a-f]{4}[1-5][0-9a-f]{3}[89ab][0-9a-f]{3}[0-9a-f]{12}")

CONTEXT = {"projectUuid": "2294a0edf109447bafa802bb73b29cd3", "virtualIDUuid": "178c834b9bc84bac9e77460b42eb3494"}

contexts = st.none() | json_objects


def ticket(
    name: str | None = "vm", uuid: str = "u1", context: t.Mapping[str, t.Any] | None = MappingProxyType(CONTEXT)
) -> Ticket:
    return Ticket.from_inventory(
        {
            "uuid": uuid,
            "name": name,
            "status": "Pending",
            "accountSystemContext": context,
            "createDate": "Nov 16, 2018 7:46:25 PM",
        }
    )


@given(st.text(), contexts)
def test_a_derived_uuid_passes_the_servers_check(name: str, context: dict[str, t.Any] | None) -> None:
    derived = identity.derive_uuid(name, context)
    assert SERVERS_UUID.fullmatch(derived)
    assert identity.check_uuid(derived) == derived


@given(st.text(), json_objects)
def test_a_derived_uuid_depends_only_on_what_tells_tickets_apart(name: str, context: dict[str, t.Any]) -> None:
    reordered = {key: context[key] for key in reversed(list(context))}
    doubles = {
        key: float(value) if value.__class__ is int and abs(value) < 2**53 else value
        for key, value in reordered.items()
    }
    assert identity.derive_uuid(f"\t{name} ", {**doubles, "\0no such key": None}) == identity.derive_uuid(name, context)


@given(words, words, json_objects)
def test_other_names_and_contexts_have_other_uuids(name: str, other: str, context: dict[str, t.Any]) -> None:
    assume(name != other)
    assert identity.derive_uuid(name, context) != identity.derive_uuid(other, context)
    assert identity.derive_uuid(name, context) != identity.derive_uuid(name, {**context, "\0more": other})


def test_a_derived_uuid_stays_the_same_between_releases() -> None:
    assert identity.derive_uuid("create vm", CONTEXT) == "f8b4ec824bf55cd3b048f11a110691df"
    assert identity.derive_uuid("a", None) == identity.derive_uuid("a", {})


@pytest.mark.parametrize("context", [{"x": float("nan")}, {"x": [float("inf")]}])
def test_a_context_that_json_cannot_carry(context: dict[str, t.Any]) -> None:
    with pytest.raises(InputError, match="account_system_context holds a value that is"):
        identity.derive_uuid("a", context)
    with pytest.raises(InputError, match="account_system_context holds a value that is"):
        identity.matches(ticket("a"), "a", context)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("178c834b9bc84bac9e77460b42eb3494", True),
        ("178C834B9BC84BAC9E77460B42EB3494", True),
        ("00000000000000000000000000000000", True),
        ("178c834b-9bc8-4bac-9e77-460b42eb3494", False),
        ("178c834b9bc84bac9e77460b42eb349", False),
        ("178c834b9bc84bac9e77460b42eb34944", False),
        ("178c834b9bc84bac9e77460b42eb3494\n", False),
        ("١78c834b9bc84bac9e77460b42eb3494", False),
        ("", False),
    ],
)
def test_uuids(text: str, expected: bool) -> None:
    assert identity.is_uuid(text) is expected
    if expected:
        assert identity.check_uuid(text) == text.lower()
    else:
        with pytest.raises(InputError, match=r"resource_uuid is .*: it must be 32 hexadecimal digits, without dashes"):
            identity.check_uuid(text, "resource_uuid")


@pytest.mark.parametrize(
    ("check", "option", "limit"),
    [
        (identity.check_name, "name", 255),
        (identity.check_description, "description", 2048),
        (identity.check_comment, "comment", 65535),
    ],
)
def test_lengths_are_counted_as_the_server_counts(check: t.Callable[[str], None], option: str, limit: int) -> None:
    check("x" * limit)
    check(" " + "x" * limit + "\n")
    check("虚" * limit)
    with pytest.raises(
        InputError, match=f"{option} is .* and has {limit + 1} characters: the server takes at most {limit}"
    ):
        check("x" * (limit + 1))
    # Outside the basic plane a character takes two of Java's.
    with pytest.raises(InputError, match=option):
        check("😀" * (limit // 2 + 1))


@pytest.mark.parametrize("name", ["", " \t\n"])
def test_a_blank_name_is_no_name(name: str) -> None:
    with pytest.raises(InputError, match=r"name is .*: it must not be blank"):
        identity.check_name(name)


@pytest.mark.parametrize(
    ("name", "context", "expected"),
    [
        ("vm", None, True),
        (" vm\n", CONTEXT, True),
        ("VM", None, False),
        ("v", None, False),
        ("vm", {}, True),
        ("vm", {"projectUuid": CONTEXT["projectUuid"]}, True),
        ("vm", {"projectUuid": "other"}, False),
        ("vm", {**CONTEXT, "organizationUuid": None}, True),
        ("vm", {**CONTEXT, "organizationUuid": "x"}, False),
    ],
)
def test_which_ticket_is_meant(name: str, context: dict[str, t.Any] | None, expected: bool) -> None:
    assert identity.matches(ticket(), name, context) is expected


def test_a_ticket_without_a_name_is_never_meant() -> None:
    assert not identity.matches(ticket(None), "", None)


@given(words, json_objects)
def test_a_ticket_is_found_by_what_its_uuid_was_derived_from(name: str, context: dict[str, t.Any]) -> None:
    assert identity.matches(ticket(name, context=context), name, context)


def test_the_one_ticket_is_chosen() -> None:
    others = [ticket("VM", "u2"), ticket("vm", "u3", {"projectUuid": "other"})]
    assert identity.choose([*others, ticket()], "vm", CONTEXT) == ticket()
    assert identity.choose([ticket(), ticket()], "vm", None) == ticket()
    assert identity.choose(others, "vm", CONTEXT) is None


def test_several_tickets_of_one_name_are_listed() -> None:
    with pytest.raises(
        TicketError, match=r"2 tickets have the name 'vm': u1 \(Pending, created 2018-11-16T19:46:25\), u2 .*uuid"
    ) as caught:
        identity.choose([ticket(), ticket(uuid="u2"), ticket("other", "u3")], "vm", None)
    assert caught.value.extra == {
        "candidates": [
            {"uuid": uuid, "name": "vm", "status": "Pending", "create_date": "2018-11-16T19:46:25"}
            for uuid in ("u1", "u2")
        ]
    }
