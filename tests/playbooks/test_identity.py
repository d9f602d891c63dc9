"""Whom a task acts as: four ways to identify, by options and by the environment, and the time zone of the node."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.simulator import Simulator
from tests.simulator.log import LOGIN, LOGOUT

from .harness import Ansible, Run
from .people import Person, ticket_in
from .tasks import Task, identity, info, status, ticket

WRONG = "Falsch-4711"


def ways(simulator: Simulator, token: str) -> dict[str, dict[str, str]]:
    """Each way to identify, with its options, and as whom."""
    known = simulator.identities
    return {
        "requester": {"session_token": token},
        "approver": {option: str(known["approver"][option]) for option in ("access_key_id", "access_key_secret")},
        "admin": {"account_name": "admin", "account_password": str(known["admin"]["password"])},
        "auditor": {
            "virtual_id_name": "auditor",
            "virtual_id_password": str(known["auditor"]["password"]),
            "project_name": str(known["auditor"]["project_name"]),
        },
    }


def seen_as(run: Run) -> list[str | None]:
    """Who the server saw in each read of tickets."""
    return [exchange.identity for exchange in run.exchanges if exchange.action == "queryTicket"]


@pytest.fixture
def token(ansible: Ansible, requester: Person) -> str:
    """A session that was opened elsewhere."""
    made = requester.log_in()
    ansible.kept_sessions.add(made)
    return made


def test_by_options(ansible: Ansible, simulator: Simulator, token: str) -> None:
    """Options beat the environment, which names somebody else."""
    known = ways(simulator, token)
    tasks = [info(**{option: f"{{{{ ways.{who}.{option} }}}}" for option in way}) for who, way in known.items()]
    aliased = [
        info(session_uuid="{{ ways.requester.session_token }}"),
        info(sessionId="{{ ways.requester.session_token }}"),
    ]
    run = ansible.play(*tasks, *aliased, who="outsider", variables={"ways": known})
    assert not any(task.failed for task in run)
    assert seen_as(run) == [*known, "requester", "requester"]
    # A session is nobody's to log out, and an access key has none
    assert (run.count(LOGIN), run.count(LOGOUT)) == (3, 3)
    assert token in simulator.sessions.open


def test_by_environment(ansible: Ansible, simulator: Simulator, token: str) -> None:
    for who, way in ways(simulator, token).items():
        run = ansible.play(info(), who=None, environment=variables(way))
        assert not run[0].failed, run[0].result
        assert seen_as(run) == [who]
    assert token in simulator.sessions.open


def test_by_environment_of_a_task(ansible: Ansible, simulator: Simulator, token: str) -> None:
    """The keyword ``environment`` counts too; then the task runs as an ordinary module."""
    known = ways(simulator, token)
    tasks = [{**info(), "environment": "{{ item_of }}", "vars": {"item_of": f"{{{{ ways.{who} }}}}"}} for who in known]
    run = ansible.play(*tasks, who=None, variables={"ways": {who: variables(way) for who, way in known.items()}})
    assert not any(task.failed for task in run)
    assert seen_as(run) == list(known)


def variables(way: dict[str, str]) -> dict[str, str]:
    return {f"ZSTACK_{option.upper()}": value for option, value in way.items()}


def test_everything_from_the_environment(ansible: Ansible, simulator: Simulator) -> None:
    """Host, port, scheme and path as well; a URL in host gives them all."""
    simulator.set(context_path="cloud/zstack")
    environment = {"ZSTACK_CONTEXT_PATH": "/cloud/zstack/", "ZSTACK_SCHEME": "http", "ZSTACK_TIMEOUT": "5"}
    by_url = info(host=f"http://{simulator.host}:{simulator.port}/cloud/zstack")
    run = ansible.play(info(), by_url, environment=environment)
    assert not any(task.failed for task in run)
    unaided = ansible.play(by_url, info(context_path="wrong"))
    assert [task.failed for task in unaided] == [False, True]


REFUSED: dict[str, tuple[dict[str, str], str, list[str]]] = {
    "account": (
        {"account_name": "admin", "account_password": WRONG},
        "ID.1000",
        ["The login was refused", "wrong account name"],
    ),
    "virtual ID": (
        {**identity("auditor"), "virtual_id_password": WRONG},
        "ID.1000",
        ["The login was refused", "auditor"],
    ),
    "project": (
        {**identity("auditor"), "project_name": "other-project"},
        "SYS.1006",
        ["The login was refused", "other-project"],
    ),
    "access key": (
        {"access_key_id": "RequesterAccessKeySi", "access_key_secret": WRONG},
        "ID.1001",
        ["Session expired"],
    ),
    "session": ({"session_token": "0123456789abcdef0123456789abcdef"}, "ID.1001", ["Session expired"]),
}


def test_refused(ansible: Ansible, simulator: Simulator) -> None:
    """The server's refusal is relayed, nothing is tried twice, and the secret that was wrong is not shown."""
    simulator.set(locale="en_US")
    ansible.more_secrets.add(WRONG)
    run = ansible.play(*(info(**options) for options, _code, _words in REFUSED.values()), who=None)
    for task, (what, (_options, code, words)) in zip(run, REFUSED.items(), strict=True):
        assert task.failed, what
        assert task["error"]["code"] == code
        assert all(part in task["msg"] for part in words), task["msg"]
    assert run.count(LOGIN) == 4


def test_no_more_sessions(ansible: Ansible, simulator: Simulator) -> None:
    simulator.set(session_limit=0)
    task = ansible.play(info())[0]
    assert task.failed
    assert task["error"]["code"] == "ID.1006"
    assert "log some out, use an access key, or raise identity/session.maxConcurrent" in task["msg"]


def test_session_that_expires(ansible: Ansible, simulator: Simulator, token: str) -> None:
    """A login is renewed once, also when it shows only in the job; a given session is not ours to renew."""
    ticket_in(simulator, "Pending")
    simulator.call(lambda: simulator.faults.add("session_lost", action="changeTicketStatus", times=1))
    run = ansible.play(status("cancelled"))
    assert run[0]["events"] == ["cancel"]
    simulator.expire_sessions()
    given = ansible.play(info(session_token="{{ token }}"), who=None, variables={"token": token})
    assert given[0]["error"]["code"] == "ID.1001"
    assert given.count(LOGIN) == 0


def key(**options: Any) -> Task:
    members = ("access_key_id", "access_key_secret")
    return info(**{member: f"{{{{ identities.approver.{member} }}}}" for member in members}, **options)


def test_time_zone_of_the_node(ansible: Ansible, simulator: Simulator) -> None:
    """A node at +08:00 compares the digits of a signature's date with its own clock, whatever zone the date names."""
    simulator.set(server_timezone="Asia/Shanghai")
    zones = ("auto", "+08:00", "+8", "Asia/Shanghai", "UTC", "-05:00")
    looped = {**key(server_timezone="auto"), "loop": [1, 2, 3]}
    run = ansible.play(
        *(key(server_timezone=zone) for zone in zones),
        looped,
        key(),
        who=None,
        environment={"ZSTACK_SERVER_TIMEZONE": "+08:00"},
    )
    statuses = [[exchange.status for exchange in task.exchanges] for task in run]
    assert statuses == [[403, 200], [200], [200], [200], [403], [403], [403, 200, 200, 200], [200]]
    for position in (4, 5):
        assert run[position].failed
        assert "requestTimeTooSkewed" in run[position]["msg"]
        assert "server_timezone" in run[position]["msg"]
        assert run[position]["error"]["http_status"] == 403


def test_zone_of_the_controller(ansible: Ansible, simulator: Simulator) -> None:
    """``auto`` also tries the zone of the machine that runs the task, for writes as well."""
    simulator.set(server_timezone="America/New_York")
    options = dict(next(iter(key(account_system_context=Person(simulator, "requester").context).values())))
    options["access_key_id"], options["access_key_secret"] = (
        "{{ identities.requester.access_key_id }}",
        "{{ identities.requester.access_key_secret }}",
    )
    run = ansible.play(ticket(**options), who=None, environment={"TZ": "America/New_York"})
    assert run[0]["operations"] == ["create"]
    assert [exchange.status for exchange in run[0].exchanges] == [403, 200, 202, 200]
    lost = ansible.play(ticket(**options), who=None, environment={"TZ": "UTC"})
    assert lost[0].failed
    assert "server_timezone" in lost[0]["msg"]


def test_netrc_is_not_read(ansible: Ansible, simulator: Simulator) -> None:
    """Credentials for the same host in ``.netrc`` do not replace ours."""
    (ansible.folder / ".netrc").write_text(f"machine {simulator.host} login nobody password nothing\n")
    Path(ansible.folder / ".netrc").chmod(0o600)
    run = ansible.play(info(), key())
    assert not any(task.failed for task in run)
    sent = [
        exchange.headers["Authorization"].split()[0] for exchange in run.exchanges if exchange.action == "queryTicket"
    ]
    assert sent == ["OAuth", "ZStack"]
