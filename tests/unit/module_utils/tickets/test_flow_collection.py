# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.module_utils._errors import InputError, MalformedAnswer, TicketError
from ansible_collections.zstack.tickets.plugins.module_utils._tickets import flow_collection, wanted_steps
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.flow import Step
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.flow_collection import FlowCollection
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.ticket_type import TicketType
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.wanted_steps import ADMIN_UUID, WantedStep

from .strategies import json_values, members_of, words

MEMBERS = [
    "uuid",
    "name",
    "description",
    "projectUuid",
    "state",
    "status",
    "isDefault",
    "ticketTypeUuids",
    "flows",
    "createDate",
    "lastOpDate",
    "adminOnly",
]


def collection(uuid: str = "u", name: str | None = "shop", project: str | None = "p", **more: t.Any) -> FlowCollection:
    return FlowCollection.from_inventory({"uuid": uuid, "name": name, "projectUuid": project, **more})


def flows(*parents: str | None) -> list[dict[str, t.Any]]:
    """Flows numbered from 1, each with its parent."""
    return [{"uuid": str(number), "parentFlowUuid": parent} for number, parent in enumerate(parents, 1)]


def test_a_process_as_the_server_sends_it() -> None:
    read = collection(
        description="who agrees",
        state="Enabled",
        status="Valid",
        isDefault=True,
        ticketTypeUuids=["t"],
        flows=[
            {
                "uuid": "2",
                "name": "final",
                "parentFlowUuid": "1",
                "flowContext": '{"approverUuid":"b"}',
                "valid": False,
            },
            {"uuid": "1", "name": "team", "approverUuid": "a", "description": "first"},
        ],
        createDate="Dec 28, 2018 6:50:31 PM",
    )
    assert read.to_result() == {
        "uuid": "u",
        "name": "shop",
        "description": "who agrees",
        "project_uuid": "p",
        "state": "Enabled",
        "status": "Valid",
        "default": True,
        "ticket_type_uuids": ["t"],
        "steps": [
            {"uuid": "1", "name": "team", "approver": "a", "description": "first", "valid": True},
            {"uuid": "2", "name": "final", "approver": "b", "description": None, "valid": False},
        ],
        "create_date": "2018-12-28T18:50:31",
        "last_op_date": None,
    }


def test_a_process_of_which_the_server_tells_nothing() -> None:
    result = FlowCollection.from_inventory({"uuid": "u"}).to_result()
    assert {key for key, value in result.items() if value is not None} == {
        "uuid",
        "default",
        "ticket_type_uuids",
        "steps",
    }


@pytest.mark.parametrize(
    ("marks", "shown"),
    [
        ({}, "flow collection 'shop' (u)"),
        ({"state": "Enabled", "status": "Valid"}, "flow collection 'shop' (u, Enabled)"),
        ({"state": "Disabled", "status": "Invalid"}, "flow collection 'shop' (u, Disabled, Invalid)"),
    ],
)
def test_how_messages_name_it(marks: dict[str, str], shown: str) -> None:
    assert str(collection(**marks)) == shown


@given(json_values | members_of(MEMBERS))
def test_any_answer_is_read_or_malformed(raw: t.Any) -> None:
    for read in (FlowCollection.from_inventory, TicketType.from_inventory):
        try:
            found = read(raw)
        except MalformedAnswer:
            continue
        assert isinstance(found.to_result()["uuid"], str)


def test_a_ticket_type_as_the_server_sends_it() -> None:
    raw = {"uuid": "u", "name": "VM", "adminOnly": True, "lastOpDate": "Jul 18, 2019 4:09:46 PM"}
    assert TicketType.from_inventory(raw).to_result() == {
        "uuid": "u",
        "name": "VM",
        "description": None,
        "type": None,
        "requests": None,
        "admin_only": True,
        "create_date": None,
        "last_op_date": "2019-07-18T16:09:46",
    }


def test_which_process_is_meant() -> None:
    ours, theirs = collection("1"), collection("2", project="q")
    both = [ours, theirs, collection("3", name="SHOP"), collection("4", name=None)]
    assert flow_collection.choose(both, " shop ", "p") == ours
    assert flow_collection.choose(both, "shop", "q") == theirs
    assert flow_collection.choose(both, "shop", "r") is None
    assert flow_collection.choose([theirs], "shop", None) == theirs


def test_the_systems_process_is_no_projects() -> None:
    assert flow_collection.choose([collection(project=None)], "shop", "p") is None
    assert flow_collection.choose([collection(project=None)], "shop", None) is not None


def test_a_process_that_we_made_is_known_again_where_the_server_does_not_tell_the_project() -> None:
    made = collection(flow_collection.derive_uuid("shop", "p"), project=None)
    assert flow_collection.choose([made], "shop", "p") == made
    assert flow_collection.choose([made], "shop", "q") is None


def test_several_processes_are_told() -> None:
    both = [collection("1", state="Enabled"), collection("2", project="q", createDate="Dec 28, 2018 6:50:31 PM")]
    with pytest.raises(TicketError, match=r"2 flow collections have the name 'shop': 1 .*, 2 ") as refused:
        flow_collection.choose(both, "shop", None)
    assert refused.value.extra["candidates"] == [
        {"uuid": "1", "name": "shop", "project_uuid": "p", "state": "Enabled", "create_date": None},
        {"uuid": "2", "name": "shop", "project_uuid": "q", "state": None, "create_date": "2018-12-28T18:50:31"},
    ]


@given(words, words, words, words)
def test_derived_uuids(name: str, project: str, other_name: str, other_project: str) -> None:
    uuid = flow_collection.derive_uuid(name, project)
    assert re.fullmatch("[0-9a-f]{12}[1-5][0-9a-f]{3}[89ab][0-9a-f]{15}", uuid)
    assert flow_collection.derive_uuid(f" {name}\n", project) == uuid
    same = (name, project) == (other_name, other_project)
    assert (flow_collection.derive_uuid(other_name, other_project) == uuid) == same


def option(**more: t.Any) -> dict[str, t.Any]:
    return {"name": "team", "approver": "someone", **more}


def test_the_steps_option() -> None:
    steps = wanted_steps.from_options([option(name=" team ", description=" why "), option(approver=" admin ")])
    assert steps == (WantedStep("team", "someone", None, "why"), WantedStep("team", ADMIN_UUID, None, None))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([], "steps is []: it must be a list of at least one step"),
        ("team", "steps is 'team'"),
        ([option(), option(name=" ")], "steps[1].name is ' ': it must not be blank"),
        ([option(name="x" * 256)], "steps[0].name is .* 256 characters"),
        ([option(approver="")], "steps[0].approver is ''"),
        ([option(description="x" * 2049)], "steps[0].description is .* 2049 characters"),
    ],
)
def test_steps_that_cannot_be(value: t.Any, said: str) -> None:
    with pytest.raises(InputError, match=said.replace("[", r"\[")):
        wanted_steps.from_options(value)


def test_what_is_sent_of_a_step() -> None:
    assert WantedStep("team", "a", None, None).to_api() == {"name": "team", "approverUuid": "a"}
    assert WantedStep("team", "a", "Chief", "").to_api() == {
        "name": "team",
        "approverUuid": "a",
        "approverTitle": "Chief",
        "description": "",
    }
    assert WantedStep("end", ADMIN_UUID, None, None).to_api()["approverTitle"] == "SystemAdmin"


@pytest.mark.parametrize(
    ("actual", "met"),
    [
        ({}, True),
        ({"name": " team "}, True),
        ({"description": " why\n"}, True),
        ({"name": "Team"}, False),
        ({"approverUuid": "b"}, False),
        ({"description": None}, False),
        ({"valid": False}, False),
    ],
)
def test_when_a_step_is_as_wanted(actual: dict[str, t.Any], met: bool) -> None:
    step = Step.from_inventory({"uuid": "1", "name": "team", "approverUuid": "a", "description": "why", **actual})
    assert WantedStep("team", "a", None, "why").is_met_by(step) is met


def test_a_description_that_is_not_given_is_not_compared() -> None:
    step = Step.from_inventory({"uuid": "1", "name": "team", "approverUuid": "a", "description": "why"})
    assert WantedStep("team", "a", None, None).is_met_by(step)
    assert not WantedStep("team", "a", None, "").is_met_by(step)


@given(st.lists(st.none() | st.sampled_from("1234"), max_size=4))
def test_every_step_of_a_process_is_shown(parents: list[str | None]) -> None:
    shown = collection(flows=flows(*parents)).to_result()["steps"]
    assert sorted(step["uuid"] for step in shown) == [str(number) for number in range(1, len(parents) + 1)]
