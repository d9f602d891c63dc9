"""Connection options from a named profile, and what goes before it."""

from __future__ import annotations

from typing import Any

import pytest

from .harness import SECRET, Ansible

pytestmark = pytest.mark.core

FILE = """
[cloud]
host = {host}
port = {port}
virtual_id_name = requester
virtual_id_password = {secret}
project_name = demo-project

[elsewhere]
host = 127.0.0.1
port = 1
retries = 0
session_token = 0123456789abcdef0123456789abcdef

[proxy]
host = 127.0.0.1
scheme = https
port = 1
context_path = cloud

[odd]
colour = red
"""


@pytest.fixture
def environment(ansible: Ansible) -> dict[str, str]:
    path = ansible.folder / "profiles.ini"
    text = FILE.format(host=ansible.simulator.host, port=ansible.simulator.port, secret=SECRET)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return {"ZSTACK_PROFILES_FILE": str(path)}


def read(**options: Any) -> dict[str, Any]:
    return {"name": "read", "zstack.tickets.zstack_ticket_info": options}


@pytest.mark.parametrize("in_process", [True, False])
def test_a_profile_fills_what_the_task_leaves_open(
    ansible: Ansible, environment: dict[str, str], in_process: bool
) -> None:
    # The endpoint of the environment is not used: the profile goes before it.
    environment = {**environment, "ZSTACK_HOST": "127.0.0.2", "ZSTACK_PORT": "1"}
    task = read(profile="cloud", awaiting_me=True)
    run = ansible.play(task, arguments=["-vvvv"], who=None, environment=environment, in_process=in_process)
    assert not run[0].failed, run.output
    assert run[0]["tickets"] == []


def test_the_environment_names_one_too(ansible: Ansible, environment: dict[str, str]) -> None:
    run = ansible.play(read(), who=None, environment={**environment, "ZSTACK_PROFILE": "cloud"})
    assert not run[0].failed, run.output


def test_the_task_goes_before_the_profile(ansible: Ansible, environment: dict[str, str]) -> None:
    where = {"host": ansible.simulator.host, "port": ansible.simulator.port}
    as_admin = {"account_name": "admin", "account_password": SECRET}
    run = ansible.play(read(profile="elsewhere", **where, **as_admin), environment=environment)
    assert not run[0].failed, run.output
    url = f"http://{ansible.simulator.host}:{ansible.simulator.port}/zstack"
    run = ansible.play(read(profile="proxy", host=url, **as_admin), environment=environment)
    assert not run[0].failed, run.output


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        ("nowhere", ["profile: 'nowhere'", "cloud, elsewhere, proxy, odd"]),
        ("odd", ["profile: 'odd'", "colour"]),
        ("elsewhere", ["127.0.0.1 port 1 was refused"]),
    ],
)
def test_refusals(ansible: Ansible, environment: dict[str, str], profile: str, words: list[str]) -> None:
    task = ansible.play(read(profile=profile), who=None, environment=environment)[0]
    assert task.failed
    for word in words:
        assert word in task["msg"]


def test_an_unreadable_file_shows_nothing_of_it(ansible: Ansible, environment: dict[str, str]) -> None:
    path = ansible.folder / "profiles.ini"
    path.write_text(f"account_password = {SECRET}\n", encoding="utf-8")
    task = ansible.play(read(profile="cloud"), who=None, environment=environment)[0]
    assert "is not an INI file" in task["msg"]
    path.unlink()
    task = ansible.play(read(profile="cloud"), who=None, environment=environment)[0]
    assert "No such file or directory" in task["msg"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("[cloud]\nhost = 127.0.0.1\n", "has the profile 'cloud' a second time in line"),
        ("[twice]\nhost = a\nhost = b\n", "'twice' in"),
    ],
)
def test_what_is_there_twice_is_refused(ansible: Ansible, environment: dict[str, str], more: str, words: str) -> None:
    path = ansible.folder / "profiles.ini"
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    run = ansible.play(read(profile="cloud"), who=None, environment=environment)
    assert run[0].failed
    assert words in run[0]["msg"]
    assert "a second time" in run[0]["msg"]
    assert not run.exchanges


def test_a_file_that_others_can_read_is_warned_of(ansible: Ansible, environment: dict[str, str]) -> None:
    (ansible.folder / "profiles.ini").chmod(0o644)
    ansible.play(read(profile="cloud"), who=None, environment=environment, warnings=["chmod 600"])
