# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import dataclasses
import json
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.module_utils._errors import MalformedAnswer
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.flow import Step
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.history import HistoryEntry
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.model import Request, Ticket
from ansible_collections.zstack.tickets.tests.unit.module_utils.tickets.strategies import (
    json_objects,
    json_values,
    members_of,
    words,
)

INVENTORY = {
    "uuid": "14b4cced263d4e0b8511292980c7984f",
    "name": "ticket",
    "description": "for the test network",
    "status": "IntermediateApproved",
    "request": [
        {
            "requestName": "create vm",
            "apiName": "org.zstack.header.vm.APICreateVmInstanceMsg",
            "executeTimes": 2.0,
            "apiBody": {"cpuNum": 1.0, "timeout": -1.0, "createdTime": 1.564025557751e12, "headers": {}},
        }
    ],
    "accountSystemType": "iam2",
    "accountSystemContext": {"projectUuid": "2294a0edf109447bafa802bb73b29cd3"},
    "ticketTypeUuid": "3b933e9aaf2d49b9a3dcf0c92867790f",
    "flowCollectionUuid": "9fbbac8054d54f0490438eaaba3e1cf8",
    "currentFlowUuid": "0f2dd1ea0a3d4b7a9f4b7c6d0a1b2c3d",
    "createDate": "Nov 16, 2018 7:46:25 PM",
    "lastOpDate": "Nov 17, 2018, 7:46:25 AM",
    "organizationUuid": "of a newer server",
}

REQUEST_MEMBERS = ("requestName", "apiName", "executeTimes", "apiBody")
TICKET_MEMBERS = tuple(INVENTORY)
HISTORY_MEMBERS = [
    "uuid",
    "sequence",
    "ticketUuid",
    "fromStatus",
    "toStatus",
    "comment",
    "operationContextType",
    "operationContext",
    "operatorType",
    "operatorUuid",
    "flowName",
    "createDate",
    "lastOpDate",
]
STEP_MEMBERS = [
    "uuid",
    "name",
    "parentFlowUuid",
    "approverUuid",
    "collectionUuid",
    "description",
    "valid",
    "flowContext",
]


def test_a_ticket_as_result() -> None:
    assert Ticket.from_inventory(INVENTORY).to_result() == {
        "uuid": "14b4cced263d4e0b8511292980c7984f",
        "name": "ticket",
        "description": "for the test network",
        "status": "IntermediateApproved",
        "requests": [
            {
                "request_name": "create vm",
                "api_name": "org.zstack.header.vm.APICreateVmInstanceMsg",
                "execute_times": 2,
                "api_body": {"cpuNum": 1, "timeout": -1, "createdTime": 1564025557751, "headers": {}},
            }
        ],
        "account_system_type": "iam2",
        "account_system_context": {"projectUuid": "2294a0edf109447bafa802bb73b29cd3"},
        "ticket_type_uuid": "3b933e9aaf2d49b9a3dcf0c92867790f",
        "flow_collection_uuid": "9fbbac8054d54f0490438eaaba3e1cf8",
        "current_flow_uuid": "0f2dd1ea0a3d4b7a9f4b7c6d0a1b2c3d",
        "create_date": "2018-11-16T19:46:25",
        "last_op_date": "2018-11-17T07:46:25",
    }


def test_whole_doubles_become_integers_in_results() -> None:
    request = Ticket.from_inventory(INVENTORY).to_result()["requests"][0]
    assert json.dumps(request).count(".0") == 0


def test_a_ticket_of_which_the_server_says_little() -> None:
    ticket = Ticket.from_inventory({"uuid": "u", "status": "Frozen", "name": None, "createDate": "at dawn"})
    result = ticket.to_result()
    assert set(result) == {field.name for field in dataclasses.fields(Ticket)}
    assert (result["status"], result["name"], result["create_date"]) == ("Frozen", None, "at dawn")
    assert (result["requests"], result["account_system_context"]) == ([], {})


def test_a_result_is_a_copy() -> None:
    ticket = Ticket.from_inventory(INVENTORY)
    ticket.to_result()["requests"][0]["api_body"]["cpuNum"] = 99
    ticket.to_result()["account_system_context"]["projectUuid"] = "other"
    assert ticket == Ticket.from_inventory(INVENTORY)


def test_requests_may_be_called_as_in_the_parameters() -> None:
    ticket = Ticket.from_inventory({"uuid": "u", "status": "Pending", "requests": [{"apiName": "a"}]})
    assert ticket.requests == (Request(None, "a", 1, {}),)


def test_both_forms_of_a_request_leave_out_a_name_that_is_not_there() -> None:
    request = Request.from_api({"apiName": "a", "executeTimes": 1.0})
    assert request.to_api() == {"apiName": "a", "executeTimes": 1, "apiBody": {}}
    assert request.to_result() == {"api_name": "a", "execute_times": 1, "api_body": {}}


def test_a_request_of_which_the_server_says_nothing() -> None:
    assert Request.from_api({}) == Request(None, "", 1, {})


@given(st.fixed_dictionaries({"apiName": words}, optional={"requestName": words, "apiBody": json_objects}))
def test_a_request_survives_the_way_to_the_api_and_back(raw: t.Any) -> None:
    request = Request.from_api(raw)
    assert Request.from_api(json.loads(json.dumps(request.to_api()))) == request


@pytest.mark.parametrize(
    ("change", "member"),
    [
        ({"uuid": None}, "sent nothing for ticket.uuid, where text belongs"),
        ({"uuid": 5}, "a value of type int for ticket.uuid"),
        ({"status": {"name": "Pending"}}, "ticket.status"),
        ({"name": ["a"]}, "ticket.name"),
        ({"request": {}}, "ticket.request"),
        ({"request": [None]}, r"ticket.request\[0\]"),
        ({"request": [{"executeTimes": 1.5}]}, r"ticket.request\[0\].executeTimes"),
        ({"request": [{"executeTimes": True}]}, r"ticket.request\[0\].executeTimes"),
        ({"request": [{}, {"apiBody": []}]}, r"ticket.request\[1\].apiBody"),
        ({"accountSystemContext": "iam2"}, "ticket.accountSystemContext"),
        ({"createDate": 1564025557}, "ticket.createDate"),
    ],
)
def test_a_malformed_ticket_is_told_by_the_member(change: dict[str, t.Any], member: str) -> None:
    with pytest.raises(MalformedAnswer, match=member):
        Ticket.from_inventory({**INVENTORY, **change})


def test_values_of_an_answer_stay_out_of_the_message() -> None:
    with pytest.raises(MalformedAnswer) as caught:
        Ticket.from_inventory({**INVENTORY, "request": [{"apiBody": ["a-password"]}]})
    assert "a-password" not in str(caught.value)


def test_json_that_is_nested_too_deep_is_malformed() -> None:
    deep = json.loads('{"a":' * 400 + "1" + "}" * 400)
    with pytest.raises(MalformedAnswer, match="nested"):
        Request.from_api({"apiBody": deep})


@pytest.mark.parametrize(
    ("read", "members"),
    [
        (Request.from_api, REQUEST_MEMBERS),
        (Ticket.from_inventory, TICKET_MEMBERS),
        (HistoryEntry.from_inventory, HISTORY_MEMBERS),
        (Step.from_inventory, STEP_MEMBERS),
    ],
)
@given(data=st.data())
def test_any_json_is_read_or_malformed(
    data: st.DataObject, read: t.Callable[[object], t.Any], members: t.Sequence[str]
) -> None:
    near = st.text(max_size=5) | st.lists(members_of(REQUEST_MEMBERS), max_size=2) | json_values
    raw = data.draw(json_values | members_of(members, near) | members_of(members, st.text(max_size=5)))
    try:
        read_object = read(raw)
    except MalformedAnswer:
        return
    assert isinstance(raw, dict)
    if not isinstance(read_object, Step):
        json.dumps(read_object.to_result(), allow_nan=False)
