"""Logins and sessions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.identities import ADMIN, NO_PROJECT, password_hash

HASHED = password_hash("password")


def test_password_hash_is_sha512_in_lower_case_hex() -> None:
    assert HASHED.startswith("b109f3bb")
    assert len(HASHED) == 128


def test_account_login(as_: Any) -> None:
    body = {"logInByAccount": {"accountName": "admin", "password": HASHED}}
    session = as_.nobody("PUT", "/accounts/login", json=body).json()["inventory"]
    assert set(session) == {"uuid", "accountUuid", "userUuid", "expiredDate", "createDate", "noSessionEvaluation"}
    assert session["accountUuid"] == session["userUuid"] == ADMIN


def test_generic_login(as_: Any) -> None:
    body = {"logIn": {"username": "admin", "password": HASHED, "loginType": "account"}}
    assert as_.nobody("PUT", "/login", json=body).status_code == 200
    body["logIn"]["loginType"] = "stars"
    assert as_.nobody("PUT", "/login", json=body).status_code == 503


@pytest.mark.parametrize(
    ("name", "password"), [("admin", "password"), ("admin", HASHED.upper()), ("nobody", HASHED), ("Admin", HASHED)]
)
def test_wrong_account_login(as_: Any, name: str, password: str) -> None:
    answer = as_.nobody("PUT", "/accounts/login", json={"logInByAccount": {"accountName": name, "password": password}})
    error = answer.json()["error"]
    assert answer.status_code == 503
    assert error["code"] == "ID.1000"
    assert error["details"] == "wrong account name or password"
    assert error["location"].startswith("process-login (location:")


def test_nobody_is_a_user_of_an_account(as_: Any) -> None:
    body = {"logInByUser": {"accountName": "admin", "userName": "somebody", "password": HASHED}}
    error = as_.nobody("PUT", "/accounts/users/login", json=body).json()["error"]
    assert (error["code"], error["details"]) == ("ID.1000", "wrong account or username or password")


def test_wrong_action_key_is_an_empty_message(as_: Any) -> None:
    answer = as_.nobody("PUT", "/accounts/login", json={"logIn": {"accountName": "admin", "password": HASHED}})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "SYS.1007")


def test_virtual_id_logs_in_twice(as_: Any, sim: Any) -> None:
    call = as_.nobody
    body = {"loginIAM2VirtualID": {"name": "requester", "password": HASHED}}
    first = call("PUT", "/iam2/virtual-ids/login", json=body).json()["inventory"]
    assert first["accountUuid"] == NO_PROJECT
    assert first["userUuid"] == sim.uuids["virtual_id_requester"]
    call.token = first["uuid"]
    projects = call("GET", "/iam2/virtual-ids/projects").json()["inventories"]
    assert [project["name"] for project in projects] == ["demo-project"]
    second = call("PUT", "/iam2/projects/login", json={"loginIAM2Project": {"projectName": "demo-project"}}).json()
    assert second["inventory"]["accountUuid"] == sim.uuids["demo_project_account"]
    assert second["inventory"]["userUuid"] == first["userUuid"]
    # The first session is over
    assert call("GET", "/tickets").json()["error"]["code"] == "ID.1001"


def test_first_session_may_live_on(as_: Any, sim: Any) -> None:
    sim.set(project_login_ends_operator_session=False)
    call = as_.nobody.login("requester", None)
    assert call("PUT", "/iam2/projects/login", json={"loginIAM2Project": {"projectName": "demo-project"}}).ok
    assert call("GET", "/tickets").status_code == 200


def test_wrong_virtual_id_login(as_: Any, sim: Any) -> None:
    body = {"loginIAM2VirtualID": {"name": "requester", "password": "password"}}
    error = as_.nobody("PUT", "/iam2/virtual-ids/login", json=body).json()["error"]
    assert error["code"] == "ID.1000"
    assert error["details"] == "错误的virtual ID[名称:requester], 密码不存在或者密码错误"
    assert error["elaboration"] == "错误信息: 错误的帐号或密码。"
    sim.set(locale="en_US")
    error = as_.nobody("PUT", "/iam2/virtual-ids/login", json=body).json()["error"]
    assert error["details"] == "wrong virtual ID[name:requester], not existing or wrong password"
    assert error["elaboration"] == "Error message: Wrong account name or password."


@pytest.mark.parametrize(
    ("project", "details"),
    [
        ("nowhere", "项目[name:nowhere]不存在"),
        ("other-project", "virtual ID[名称:requester]不属于项目[name:other-project]"),
    ],
)
def test_refused_project_login(as_: Any, project: str, details: str) -> None:
    call = as_.nobody.login("requester", None)
    answer = call("PUT", "/iam2/projects/login", json={"loginIAM2Project": {"projectName": project}})
    assert answer.json()["error"]["details"] == details


def test_project_login_needs_an_enabled_project(as_: Any, sim: Any) -> None:
    call = as_.nobody.login("requester", None)
    call.http.post(f"{sim.control}/projects/demo-project/state", json={"state": "Retired"}, timeout=10)
    answer = call("PUT", "/iam2/projects/login", json={"loginIAM2Project": {"projectName": "demo-project"}})
    assert answer.json()["error"]["details"] == "禁止登录，因为项目处于Retired状态"


def test_project_login_needs_authorization(as_: Any) -> None:
    answer = as_.nobody("PUT", "/iam2/projects/login", json={"loginIAM2Project": {"projectName": "demo-project"}})
    assert (answer.status_code, answer.text) == (400, "missing header 'Authorization'")


def test_platform_login(as_: Any) -> None:
    call = as_.nobody.login("platform-admin", None)
    session = call("PUT", "/iam2/platform/login", json={"loginIAM2Platform": {}}).json()["inventory"]
    assert session["accountUuid"] == ADMIN
    refused = as_.requester("PUT", "/iam2/platform/login", json={"loginIAM2Platform": {}}).json()["error"]
    assert refused["code"] == "ID.1002"
    assert "is admin only" in refused["details"]


def test_logout_is_idempotent_and_needs_no_session(as_: Any, sim: Any) -> None:
    token = as_.requester.token
    for _time in range(2):
        answer = as_.nobody("DELETE", f"/accounts/sessions/{token}")
        assert (answer.status_code, answer.text) == (200, "{}")
    assert as_.requester("GET", "/tickets").json()["error"]["code"] == "ID.1001"


def test_validate_session(as_: Any) -> None:
    assert as_.nobody("GET", f"/accounts/sessions/{as_.requester.token}/valid").json() == {"valid": True}
    assert as_.nobody("GET", "/accounts/sessions/none/valid").json() == {"valid": False}


def test_expired_session_shows_at_once_or_in_the_job(as_: Any, sim: Any) -> None:
    call = as_.requester
    sim.clock.advance(7201)
    answer = call("GET", "/tickets")
    error = answer.json()["error"]
    assert answer.status_code == 503
    assert error == {
        "code": "ID.1001",
        "description": "The session is invalid, either wrong session id or the session has been expired",
        "details": "Session expired",
        "elaboration": "错误信息: session 已过期，或者提供了不正确的 session id。",
        "messages": {
            "code": "1001",
            "message_cn": "session 已过期，或者提供了不正确的 session id。",
            "message_en": "Session expired or wrong session ID.",
            "source": "zstack",
            "distance": 0.0,
            "method": "distance",
        },
        "cost": "1ms",
    }
    assert call.error("POST", "/tickets", json=call.ticket_body())["code"] == "ID.1001"


def test_a_bad_field_is_told_before_a_bad_session(as_: Any) -> None:
    as_.nobody.token = "nobody"
    assert as_.nobody.error("POST", "/tickets", json={})["code"] == "SYS.1007"


def test_calls_renew_the_session_and_polls_do_not(as_: Any, sim: Any) -> None:
    call = as_.requester
    sim.clock.advance(7000)
    accepted = call("POST", "/tickets", json=call.ticket_body())
    sim.clock.advance(7000)
    assert call.poll(accepted).status_code == 200
    sim.clock.advance(201)
    assert call("GET", "/tickets").status_code == 503


def test_renewal_lasts_until_the_next_call(as_: Any, sim: Any) -> None:
    call = as_.requester
    renewed = call.job("PUT", f"/accounts/sessions/{call.token}/renew", json={"renewSession": {"duration": 100000}})
    assert renewed.json()["inventory"]["uuid"] == call.token
    sim.clock.advance(90000)
    assert call("GET", "/tickets").status_code == 200
    sim.clock.advance(7201)
    assert call("GET", "/tickets").status_code == 503


@pytest.mark.parametrize("duration", [59, 31536001])
def test_renewal_is_bounded(as_: Any, duration: int) -> None:
    call, body = as_.requester, {"renewSession": {"duration": duration}}
    error = call.error("PUT", f"/accounts/sessions/{call.token}/renew", json=body)
    assert error["details"] == "field[duration] must be in range of [60, 31536000]"


@pytest.mark.parametrize(("given", "text"), [("abc", "abc"), (1.5, "1.5")])
def test_renewal_checks_the_type_at_once(as_: Any, sim: Any, given: Any, text: str) -> None:
    call, path = as_.requester, f"/accounts/sessions/{as_.requester.token}/renew"
    answer = call("PUT", path, json={"renewSession": {"duration": given}})
    assert (answer.status_code, answer.text) == (400, f"[duration] 属性期望是一个整数，但是得到的是 [{text}]")
    sim.set(locale="en_US")
    answer = call("PUT", path, json={"renewSession": {"duration": given}})
    assert answer.text == f"[duration] field is excepted an int or long, but was [{text}]."
    for coerced in ("100", 100.0):
        assert call.job("PUT", path, json={"renewSession": {"duration": coerced}}).status_code == 200


def test_sessions_of_a_user_are_limited(as_: Any, sim: Any) -> None:
    sim.set(session_limit=2)
    body = {"logInByAccount": {"accountName": "admin", "password": HASHED}}
    tokens = [as_.nobody("PUT", "/accounts/login", json=body).json()["inventory"]["uuid"] for _time in range(2)]
    error = as_.nobody("PUT", "/accounts/login", json=body).json()["error"]
    assert error["code"] == "ID.1006"
    assert error["details"] == "Login sessions hit limit of max allowed concurrent login sessions"
    as_.nobody("DELETE", f"/accounts/sessions/{tokens[0]}")
    assert as_.nobody("PUT", "/accounts/login", json=body).status_code == 200


def test_unique_session(as_: Any, sim: Any) -> None:
    sim.set(unique_session=True)
    first = as_.admin.token
    as_.nobody.login("admin")
    assert as_.nobody("GET", f"/accounts/sessions/{first}/valid").json() == {"valid": False}
