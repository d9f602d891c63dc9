"""The inventory plugin: tickets as hosts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.zstack.tickets.plugins.inventory.zstack_tickets import EXAMPLES
from tests.simulator import Simulator
from tests.simulator.identities import fixed_uuid

from .harness import SECRET, Ansible, Run, assert_clean
from .people import Person, ticket_in
from .tasks import Task, info

pytestmark = pytest.mark.core

STATUSES = ("Pending", "IntermediateApproved", "FinalApproved", "Cancelled", "Rejected")
HOSTILE = "{{ lookup('ansible.builtin.pipe', 'touch pwned') }}"
STRICT = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true"}


def source(ansible: Ansible, text: str | None = None, name: str = "demo.zstack_tickets.yml", **options: Any) -> Path:
    """A configuration of the plugin."""
    path = ansible.folder / name
    path.write_text(text or json.dumps({"plugin": "zstack.tickets.zstack_tickets", **options}), encoding="utf-8")
    return path


def listed(
    ansible: Ansible, path: Path, who: str = "requester", environment: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What ``ansible-inventory`` tells of it."""
    run = ansible.run(
        ["ansible-inventory", "-i", str(path), "--list", "-vvvv"], ansible.environment(who, more=environment)
    )
    assert_clean(run)
    assert run.returncode == 0, run.output
    found: dict[str, Any] = json.loads(run.output[run.output.index("\n{") :].rpartition("}")[0] + "}")
    return found


def decide(**keywords: Any) -> Task:
    return {"zstack.tickets.zstack_ticket_status": {"uuid": "{{ ticket.uuid }}", "status": "approved"}, **keywords}


def play(ansible: Ansible, path: Path, *tasks: Task, **more: Any) -> Run:
    keywords = {"hosts": "tickets", "ignore_errors": False}
    return ansible.play(*tasks, arguments=["-i", str(path), *more.pop("arguments", ())], keywords=keywords, **more)


def test_groups(ansible: Ansible, simulator: Simulator, requester: Person) -> None:
    """Every ticket is in the groups of its status, its project and whose turn it is; each status has a group."""
    uuids = {status: ticket_in(simulator, status)["uuid"] for status in STATUSES if status != "Rejected"}
    found = listed(ansible, source(ansible))
    groups = {name: sorted(found[name].get("hosts", ())) for name in found["tickets"]["children"] if name in found}
    project = requester.context["projectUuid"]
    assert groups == {
        "tickets_pending": [uuids["Pending"]],
        "tickets_intermediate_approved": [uuids["IntermediateApproved"]],
        "tickets_final_approved": [uuids["FinalApproved"]],
        "tickets_cancelled": [uuids["Cancelled"]],
        f"tickets_project_{project}": sorted(uuids.values()),
        f"tickets_awaiting_{fixed_uuid('virtual-id/approver')}": [uuids["Pending"]],
        f"tickets_awaiting_{fixed_uuid('virtual-id/approver2')}": [uuids["IntermediateApproved"]],
    }
    assert "tickets_rejected" in found["tickets"]["children"]


def test_variables(ansible: Ansible, simulator: Simulator) -> None:
    """A host knows its ticket as zstack_ticket_info tells it, and tasks for it stay in the worker."""
    ticket_in(simulator, "Pending", "web, first", description="for the shop")
    task = {
        **info(uuid="{{ inventory_hostname.split('_') | last }}"),
        "register": "read",
        "failed_when": "read.tickets[0] != ticket",
    }
    run = play(ansible, source(ansible, hostname="name"), task, arguments=["-vvv"])
    assert "ok: [web_first_" in run.output
    assert "Using module file" not in run.output
    assert run[0]["tickets"][0]["awaiting"]["flow_name"] == "team approval"


@pytest.mark.parametrize(("state", "step"), [("Pending", "team approval"), ("FinalApproved", None)])
def test_variables_of_their_own(
    ansible: Ansible, simulator: Simulator, requester: Person, state: str, step: str | None
) -> None:
    ticket_in(simulator, state)
    shown = {"ansible.builtin.debug": {"msg": "{{ [status, awaiting, project] }}"}}
    status, awaiting, project = play(ansible, source(ansible), shown)[0]["msg"]
    assert (status, project) == (state, requester.context["projectUuid"])
    assert (awaiting or {}).get("flow_name") == step


def test_selection(ansible: Ansible, simulator: Simulator, approver: Person) -> None:
    tickets = [ticket_in(simulator, "Pending", f"web {number}") for number in (2, 1, 3)]
    ticket_in(simulator, "IntermediateApproved", "web 0")
    of_requester = {"virtualIDUuid": fixed_uuid("virtual-id/requester")}
    path = source(
        ansible,
        awaiting_me=True,
        query="name~=web%",
        sort="name",
        limit=2,
        status="Pending",
        accountSystemContext=of_requester,
    )
    assert list(listed(ansible, path, "approver")["_meta"]["hostvars"]) == sorted(
        ["localhost", tickets[1]["uuid"], tickets[0]["uuid"]]
    )


def test_decisions(ansible: Ansible, simulator: Simulator) -> None:
    """In check mode, for real, again, and again in check mode; each host decides its own ticket."""
    for number in range(3):
        ticket_in(simulator, "Pending", f"web {number}")
    path = source(ansible)
    check = decide(check_mode=True)
    run = play(ansible, path, check, decide(), decide(), check, who="approver")
    assert [task.changed for task in run] == [True] * 6 + [False] * 6
    assert [task["status_after"] for task in run] == ["FinalApproved"] * 12
    assert decisions(simulator) == [1, 1, 1]


def decisions(simulator: Simulator) -> list[int]:
    """How often each ticket has been approved."""
    moves = [row for row in simulator.cloud.histories if row["fromStatus"] == "Pending"]
    approvals = [row["ticketUuid"] for row in moves if row["toStatus"] == "FinalApproved"]
    return [approvals.count(ticket["uuid"]) for ticket in simulator.cloud.tickets]


def test_texts_of_tickets_are_no_templates(ansible: Ansible, simulator: Simulator, requester: Person) -> None:
    """Neither in the variable nor in what the configuration makes of it."""
    requester.create(HOSTILE, description=HOSTILE)
    path = source(
        ansible,
        hostname="name",
        strict=True,
        compose={"title": "ticket.name", "both": "ticket.name ~ ticket.description"},
        keyed_groups=[{"key": "ticket.description", "prefix": "about"}],
    )
    shown = {"ansible.builtin.debug": {"msg": "{{ [title, both, ticket, inventory_hostname, group_names] }}"}}
    run = play(ansible, path, shown)
    title, both, ticket, host, groups = run[0]["msg"]
    assert [title, both, ticket["description"]] == [HOSTILE, HOSTILE * 2, HOSTILE]
    assert "{" not in host + "".join(groups)
    assert not (ansible.folder / "pwned").exists()


def test_cache(ansible: Ansible, simulator: Simulator) -> None:
    """It serves the same question of the same caller, until it is told not to."""
    ticket_in(simulator, "Pending")
    cached: dict[str, Any] = {
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(ansible.folder / "c"),
    }
    count: Task = {"ansible.builtin.debug": {"msg": "{{ groups.tickets | length }}"}, "run_once": True}

    def requests(who: str = "requester", *arguments: str, **options: Any) -> int:
        run = play(ansible, source(ansible, **cached, **options), count, who=who, arguments=arguments)
        assert int(run[0]["msg"]) == len(simulator.cloud.tickets)
        return len(run.exchanges)

    assert requests() > 0
    assert requests() == 0
    assert requests("approver") > 0
    assert requests(status=["Pending"]) > 0
    assert requests() == 0
    files = list((ansible.folder / "c").iterdir())
    assert len(files) == 3
    assert not any(SECRET in file.read_text() for file in files)
    ticket_in(simulator, "Pending", "another")
    assert requests("requester", "--flush-cache") > 0
    ticket_in(simulator, "Pending", "a third")
    refreshed = play(ansible, source(ansible, **cached), count, {"ansible.builtin.meta": "refresh_inventory"}, count)
    assert [int(task["msg"]) for task in refreshed] == [2, 3]


def test_secrets_in_the_file(ansible: Ansible, simulator: Simulator) -> None:
    """From a look-up and from a vault, with the extra variables of the run; none of them is shown."""
    ticket_in(simulator, "Pending")
    key = ansible.folder / "key"
    key.write_text("opens it")
    vault = VaultLib([("default", VaultSecret(b"opens it"))])
    options = f"""
plugin: zstack.tickets.zstack_tickets
host: http://{simulator.host}:{simulator.port}/zstack
virtual_id_name: "{{{{ person }}}}"
project_name: demo-project
virtual_id_password: """
    looked_up = source(ansible, options + "\"{{ lookup('ansible.builtin.env', 'PASSWORD') }}\"")
    lines = vault.encrypt(SECRET).decode().splitlines()
    vaulted = source(ansible, options + "!vault |\n  " + "\n  ".join(lines), "vault.zstack_tickets.yml")
    for path in (looked_up, vaulted):
        run = ansible.run(
            [
                *["ansible-inventory", "--list", "-vvvv", "-e", "person=requester", "--vault-password-file"],
                str(key),
                "-i",
                str(path),
            ],
            ansible.environment(None, more={"PASSWORD": SECRET, **STRICT}),
        )
        assert_clean(run)
        assert run.returncode == 0, run.output
        assert "demo-project" not in run.output
        assert '"tickets_pending": {' in run.output


REFUSALS: dict[str, dict[str, Any]] = {
    "stat: no such option": {"stat": "Pending"},
    "valid values are: Pending, IntermediateApproved": {"status": ["Open"]},
    "limit is 0: it must be at least 1": {"limit": 0, "session_token": "0" * 32},
    "No way to identify is given": {},
    "access_key_id is given without access_key_secret": {"access_key_id": "abc"},
    "Several ways to identify are given": {"account_name": "admin", "session_token": "0" * 32},
    "was refused": {"port": 1, "session_token": "0" * 32, "retries": 0},
    "'nobody' is undefined": {"account_name": "{{ nobody }}"},
    "profile: 'cloud' cannot be looked up": {"profile": "cloud"},
    "valid values are: uuid, name": {"hostname": "ip"},
}


def squeezed(text: str) -> str:
    """Ansible breaks lines differently from version to version."""
    return "".join(text.split()).lower()


def test_refusals(ansible: Ansible, simulator: Simulator) -> None:
    """A sentence for each, no traceback, and no session."""
    known = ansible.environment(None)
    paths = [
        source(ansible, name=f"{number}.zstack_tickets.yml", **options)
        for number, options in enumerate(REFUSALS.values())
    ]
    sources = [argument for path in paths for argument in ("-i", str(path))]
    told = ansible.run(["ansible-inventory", *sources, "--list", "-vvvv"], known)
    assert told.returncode == 0
    for words, path in zip(REFUSALS, paths, strict=True):
        assert squeezed(words) in squeezed(told.output)
        assert squeezed(f"Unable to parse {path} as an inventory source") in squeezed(told.output)
    failed = ansible.run(["ansible-inventory", *sources, "--list"], {**known, **STRICT})
    assert failed.returncode == 1
    for run in (told, failed):
        assert "Traceback" not in run.output


def test_unusable_files(ansible: Ansible, simulator: Simulator) -> None:
    known = {key: value for key, value in ansible.environment("requester").items() if key != "ZSTACK_HOST"}
    for path, words in {
        source(ansible, name="other.yml"): "could not be verified by inventory plugin",
        source(ansible, name="no-host.zstack_tickets.yml"): "missing required arguments: host",
        source(ansible, "- plugin", "list.zstack_tickets.yml"): "Unable to parse",
    }.items():
        run = ansible.run(["ansible-inventory", "-i", str(path), "--list"], known)
        assert squeezed(words) in squeezed(run.output)
        assert "Traceback" not in run.output


def test_examples(ansible: Ansible, simulator: Simulator) -> None:
    """Those of the documentation, but for their names of hosts and projects."""
    where = f"{simulator.host}:{simulator.port}"
    text = EXAMPLES.replace("zstack.example.com", f"http://{where}").replace("shop", "demo-project")
    (ansible.folder / "profiles.ini").write_text(f"[production]\nhost = http://{where}\n", encoding="utf-8")
    environment = {"ZSTACK_PROFILES_FILE": str(ansible.folder / "profiles.ini"), "APPROVER_PASSWORD": SECRET, **STRICT}
    ticket = ticket_in(simulator, "Pending", "web server")
    plain, mine, own = yaml.safe_load_all(text)
    assert ticket["uuid"] in listed(ansible, source(ansible, **plain), environment=environment)["_meta"]["hostvars"]
    assert (
        f"web_server_{ticket['uuid']}"
        in listed(ansible, source(ansible, **mine), environment=environment)["_meta"]["hostvars"]
    )
    found = listed(ansible, source(ansible, **own), environment=environment)
    for group in ("tickets_small", "tickets_due_team_approval", f"tickets_part_{ticket['uuid'][-1]}"):
        assert found[group]["hosts"] == [ticket["uuid"]]
    # A text before ansible-core 2.19
    assert "1" in str(found["_meta"]["hostvars"][ticket["uuid"]]["machines"])
