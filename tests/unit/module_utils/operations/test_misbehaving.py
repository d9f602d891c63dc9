# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations between a node that misbehaves, and answers of any shape: one ticket, and an error of ours or a result."""

from __future__ import annotations

import json
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.module_utils._api.client import Client
from ansible_collections.zstack.tickets.plugins.module_utils._api.secrets import Secrets
from ansible_collections.zstack.tickets.plugins.module_utils._api.transport import Answer
from ansible_collections.zstack.tickets.plugins.module_utils._errors import ExchangeError, WaitTimeout, ZStackError
from ansible_collections.zstack.tickets.plugins.module_utils._operations.batch import ensure_batch
from ansible_collections.zstack.tickets.plugins.module_utils._operations.context import Context, Outcome
from ansible_collections.zstack.tickets.plugins.module_utils._operations.ensure import ensure
from ansible_collections.zstack.tickets.plugins.module_utils._operations.read import read_tickets
from ansible_collections.zstack.tickets.plugins.module_utils._operations.status import reach_status
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.doubles import (
    ACCOUNT,
    LOGGED_IN,
    PASSWORD,
    TOKEN,
    Call,
    FakeClock,
    in_turn,
    stubbed_client,
)
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.simulated import VM_API, Simulator
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.test_fuzz import (
    CODES,
    LEAKS,
    check,
    failures,
    statuses,
)

Options = t.Dict[str, t.Any]
REQUESTS = [{"request_name": "one", "api_name": VM_API, "execute_times": 1, "api_body": {"name": "vm"}}]
TICKET: Options = {"state": "present", "name": "ticket", "requests": REQUESTS}
UUID = "0" * 31 + "1"


@pytest.fixture
def context(simulator: Simulator, connect: t.Callable[..., Client]) -> Context:
    return Context(connect({**simulator.login(), "job_timeout": 20}, clock=FakeClock()))


FAULTS: list[tuple[str, Options]] = [
    ("reset_before", {}),
    ("reset_after", {}),
    ("truncate", {}),
    ("garbage", {}),
    ("garbage", {"commit": True}),
    ("status", {"status": 502}),
    ("status", {"status": 504, "commit": True}),
    ("status", {"status": 429, "headers": {"Retry-After": "1"}}),
    ("foreign_json", {"commit": True}),
    ("foreign_json", {"body": '{"inventory": {"uuid": 1}}', "commit": True}),
    ("foreign_json", {"body": "{}", "commit": True}),
    ("duplicate", {}),
    ("job_expired", {}),
    ("job_stuck", {}),
    ("session_lost", {}),
]


@pytest.mark.parametrize("is_old", [False, True], ids=["4.5", "4.4"])
@pytest.mark.parametrize(("fault", "options"), FAULTS)
def test_one_ticket_whatever_becomes_of_its_creation(
    fault: str, options: Options, is_old: bool, simulator: Simulator, context: Context
) -> None:
    simulator.set(duplicate_job_check=not is_old)
    simulator.fault(fault, kind="write", times=1, **options)
    outcome = ensure(TICKET, context)
    (ticket,) = simulator.books()["tickets"]
    assert outcome.result["ticket"]["uuid"] == ticket["uuid"]
    # A job that ran twice on an old node was refused the second time, as if somebody else had been faster.
    assert outcome.changed is not (is_old and fault == "duplicate")
    assert ensure(TICKET, context).changed is False
    assert len(simulator.books()["tickets"]) == 1


@pytest.mark.parametrize(
    ("fault", "options", "error"),
    [
        ("foreign_json", {"body": "{}"}, ExchangeError),
        ("job_lost", {}, ExchangeError),
        ("job_stuck", {"commit": False}, WaitTimeout),
    ],
)
def test_no_ticket_where_none_can_be_made(
    fault: str, options: Options, error: type[ZStackError], simulator: Simulator, context: Context
) -> None:
    simulator.fault(fault, kind="write", times=1, **options)
    with pytest.raises(error) as caught:
        ensure(TICKET, context)
    assert caught.value.result()["changed"] is False
    assert simulator.books()["tickets"] == []
    assert ensure(TICKET, context).changed is True


# Answers of any shape
MEMBERS = (
    *("uuid", "name", "status", "description", "request", "requests", "accountSystemContext", "currentFlowUuid"),
    *("flowCollectionUuid", "createDate", "operationContext", "operatorUuid", "toStatus", "fromStatus", "sequence"),
    *("requestResults", "parentFlowUuid", "approverUuid", "flowContext", "valid", "apiBody", "executeTimes", "apiName"),
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([*LEAKS, *CODES, UUID, "ticket", "Pending", "FinalApproved", "Cancelled", "Rejected", "\ud800"])
)
values: st.SearchStrategy[t.Any] = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(MEMBERS), inner), max_leaves=8
)
tickets = st.fixed_dictionaries(
    {"uuid": st.just(UUID) | scalars, "name": st.just("ticket") | scalars, "status": st.sampled_from(["Pending", "New"]) | scalars},
    optional=dict.fromkeys(MEMBERS[3:10], values),
)  # fmt: skip
rows = tickets | st.dictionaries(st.sampled_from(MEMBERS), values)
bodies = (
    st.fixed_dictionaries({"inventories": st.lists(rows, max_size=3)})
    | st.fixed_dictionaries({"inventory": rows})
    | st.fixed_dictionaries({"error": st.fixed_dictionaries({"code": st.sampled_from(CODES)}, optional={"details": values})})
)  # fmt: skip
answers = st.builds(
    lambda status, body: Answer(status, json.dumps(body), body),
    st.sampled_from([200, 200, 200, 202, 503]) | statuses,
    bodies,
)

WAIT = {"wait": True, "wait_timeout": 30, "wait_interval": 5.0, "on_timeout": "fail", "verify_execution": True}
RUNS: dict[str, tuple[t.Callable[[t.Mapping[str, t.Any], Context], Outcome], Options]] = {
    "present": (ensure, {**TICKET, "resubmit": "always", "account_system_context": {"projectUuid": UUID}}),
    "absent": (ensure, {"state": "absent", "uuid": UUID}),
    "approved": (reach_status, {"name": "ticket", "status": "approved", **WAIT}),
    "rejected": (reach_status, {"uuid": UUID, "status": "rejected", **WAIT, "wait": False}),
    "batch": (
        ensure_batch,
        {
            "tickets": [
                {"uuid": UUID, "status": "approved"},
                {"name": "ticket", "status": "approved", "steps": "none"},
            ],
            **WAIT,
            "on_timeout": "warn",
            "workers": 1,
            "continue_on_error": True,
        },
    ),
    "read": (read_tickets, {"history": True, "awaiting_me": True}),
    "archived": (read_tickets, {"archived": True, "history": True, "name": "ticket"}),
}


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("check_mode", [False, True])
@settings(max_examples=25)
@given(replies=st.lists(answers | failures, min_size=1, max_size=8))
def test_any_answer_is_a_result_or_an_error_of_ours(run: str, check_mode: bool, replies: list[t.Any]) -> None:
    operation, options = RUNS[run]
    secrets, clock = Secrets(), FakeClock()
    secrets.add(TOKEN)
    turn = in_turn(*replies)

    def reply(sent: Call) -> t.Any:
        return LOGGED_IN if sent.path.endswith("/login") else turn(sent)

    with pytest.MonkeyPatch.context() as monkeypatch:
        client, stub = stubbed_client(monkeypatch, {**ACCOUNT, "job_timeout": 20}, reply, clock, 0.01, secrets)
        failure, result = None, {}
        try:
            outcome = operation(options, Context(client, check_mode))
        except ZStackError as error:
            failure = error.result()
        else:
            result = dict(outcome.result, changed=outcome.changed)
    if failure is not None:
        check(failure, secrets)
    shown = json.dumps(secrets.mask_all(result))
    assert PASSWORD not in shown
    assert TOKEN not in shown
    if check_mode:
        assert {call.method for call in stub.calls if not call.path.endswith("/login")} <= {"GET"}
    assert clock.now() < 3000
