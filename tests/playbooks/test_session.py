"""zstack_session: one login for many tasks, and nothing of it in any output."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.log import LOGIN, LOGOUT

from .harness import SECRET, Ansible
from .people import Person

pytestmark = pytest.mark.core

LOGIN_OPTIONS = {
    "virtual_id_name": "requester",
    "virtual_id_password": SECRET,
    "project_name": "demo-project",
}


def session(**options: Any) -> dict[str, Any]:
    return {"name": "session", "zstack.tickets.zstack_session": options}


def with_session(variable: str) -> dict[str, str]:
    return {"session_token": f"{{{{ {variable}.session_token }}}}"}


@pytest.mark.parametrize("in_process", [True, False])
def test_one_login_serves_many_tasks(ansible: Ansible, in_process: bool) -> None:
    read = {"name": "read", "zstack.tickets.zstack_ticket_info": with_session("opened")}
    run = ansible.play(
        {**session(), "check_mode": True},
        {**session(), "register": "opened"},
        read,
        read,
        {**session(**with_session("opened"), **LOGIN_OPTIONS), "register": "kept"},
        {**session(**with_session("opened"), **LOGIN_OPTIONS), "check_mode": True},
        {"name": "same", "ansible.builtin.assert": {"that": "kept.session_token == opened.session_token"}},
        {**session(**with_session("opened"), state="absent"), "check_mode": True},
        session(**with_session("opened"), state="absent"),
        session(**with_session("opened"), state="absent"),
        arguments=["-vvvv"],
        in_process=in_process,
    )
    assert [task.failed for task in run] == [False] * 10, run.output
    assert [task.changed for task in run] == [True, True, False, False, False, False, False, True, True, False]
    # The virtual ID's own session and the project's; each is logged out once.
    assert (run.count(LOGIN), run.count(LOGOUT)) == (2, 2)
    assert "censored" in run.output


def test_an_expired_session_is_replaced(ansible: Ansible) -> None:
    token = Person(ansible.simulator, "requester").log_in()
    Person(ansible.simulator, "requester").log_out(token)
    ansible.more_secrets.add(token)
    run = ansible.play(
        {**session(session_token=token, **LOGIN_OPTIONS), "register": "opened"},
        {"name": "new", "ansible.builtin.assert": {"that": f"opened.session_token != '{token}'"}, "no_log": True},
        session(**with_session("opened"), state="absent"),
    )
    assert [task.changed for task in run] == [True, False, True]
    assert not run[1].failed


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"access_key_id": "RequesterAccessKeySi", "access_key_secret": "wrong"}, "account_name or virtual_id_name"),
        (
            {"session_token": "0" * 32},
            "session_token: it is not a valid session, or not any more. A session is made by",
        ),
        ({"state": "absent"}, "session_token: to log out, the session must be given"),
    ],
)
def test_refusals(ansible: Ansible, options: dict[str, str], words: str) -> None:
    for task in ansible.play({**session(**options), "check_mode": True}, session(**options)):
        assert task.failed
        assert words in task["msg"]
        assert not task.changed


def test_a_wrong_password(ansible: Ansible) -> None:
    task = ansible.play(session(**{**LOGIN_OPTIONS, "virtual_id_password": "wrong"}))[0]
    assert task.failed
    assert "was refused" in task["msg"]
    assert not task.changed
