"""The job templates, run as AWX runs them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.zstack.tickets.plugins.module_utils._api.ways import SECRET_OPTIONS, WAYS, variable
from tests.playbooks.harness import PATIENCE, PROGRAMS, Ansible
from tests.playbooks.meanwhile import calls, meanwhile, until
from tests.playbooks.people import Person, stored, ticket_in
from tests.simulator import Simulator
from tests.simulator.identities import fixed_uuid
from tests.support.environments import ROOT
from tests.support.processes import end

from .jobs import Job, inject, read

HIDDEN = re.compile("API|TOKEN|KEY|SECRET|PASS")
"""What AWX looks for in the names of variables, to hide their values in the details of a job."""

MACHINES = {
    "ticket_request_name": "web",
    "ticket_request_description": "For the {{ season }} sale.\nWith two lines.",
    "machine_name": "web-1",
    "machine_image": fixed_uuid("image"),
    "machine_cpus": 2,
    "machine_memory": "4G",
    "machine_offering": "",
    "machine_networks": f"{fixed_uuid('network')}\n{fixed_uuid('network 2')}\n",
    "machine_count": 2,
    "ticket_request_wait_timeout": 3600,
}

IMPATIENT = {"ticket_request_wait_interval": 0.1}


def member(simulator: Simulator, name: str) -> dict[str, str | bool]:
    """The inputs of a credential, as somebody fills the form in for a virtual ID."""
    person = simulator.identities[name]
    inputs = {each["id"]: "" for each in read("credential_type")["inputs"]["fields"] if each["type"] == "string"}
    known = {option: str(person[option]) for option in ("virtual_id_name", "project_name")}
    return {**inputs, **known, "host": f"{simulator.endpoint}/zstack", "virtual_id_password": str(person["password"])}


def key_of(simulator: Simulator, name: str) -> dict[str, str | bool]:
    person = simulator.identities[name]
    key = {option: str(person[option]) for option in ("access_key_id", "access_key_secret")}
    return {**key, "host": f"{simulator.endpoint}/zstack"}


def test_every_way_to_identify_has_its_inputs() -> None:
    kind = read("credential_type")
    fields = {each["id"]: each for each in kind["inputs"]["fields"]}
    for options in WAYS.values():
        for option in options:
            assert bool(fields[option].get("secret")) == (option in SECRET_OPTIONS)
            assert kind["injectors"]["env"][variable(option)] == f"{{{{ {option} }}}}"
    assert all(HIDDEN.search(variable(option)) for option in SECRET_OPTIONS)


def test_what_is_not_filled_in_is_empty(tmp_path: Path) -> None:
    found = inject({"host": "10.0.0.1", "ca_certificates": ""}, tmp_path)
    filled = {name: value for name, value in found.items() if value}
    assert filled == {"ZSTACK_HOST": "10.0.0.1", "ZSTACK_VALIDATE_CERTS": "True"}
    found = inject({"host": "10.0.0.1", "ca_certificates": "PEM", "skip_certificate_check": True}, tmp_path)
    assert (Path(found["ZSTACK_CA_PATH"]).read_text(), found["ZSTACK_VALIDATE_CERTS"]) == ("PEM", "False")


def test_project_brings_the_collection(tmp_path: Path) -> None:
    """As AWX installs it from the project's folder, without an index of collections."""
    command = [
        "ansible-galaxy",
        "collection",
        "install",
        "--force",
        "-p",
        str(tmp_path),
        "-r",
        "collections/requirements.yml",
    ]
    environment = {**os.environ, "ANSIBLE_HOME": str(tmp_path / "home"), "ANSIBLE_GALAXY_SERVER": "http://127.0.0.1:9"}
    subprocess.run(
        [str(PROGRAMS / command[0]), *command[1:]], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    installed = tmp_path / "ansible_collections" / "zstack" / "tickets"
    assert (installed / "roles" / "ticket_request" / "tasks" / "main.yml").is_file()
    assert not (installed / "tests").exists()


def test_request(ansible: Ansible, simulator: Simulator, approver: Person) -> None:
    job = Job(ansible, "request", member(simulator, "requester"), MACHINES, IMPATIENT)
    foretold = job.run("check", "--check")
    assert (foretold.status, foretold.is_changed, stored(simulator)) == ("successful", True, None)

    def approve() -> None:
        approver.send("approve", (stored(simulator) or {})["uuid"])

    with meanwhile(simulator, "queryTicket", approve, times=4):
        done = job.run("1")
    assert (done.status, done.is_changed) == ("successful", True), done.output
    ticket: dict[str, Any] = stored(simulator) or {}
    (wish,) = ticket["request"]
    assert ticket["description"] == MACHINES["ticket_request_description"]
    assert wish["executeTimes"] == 2
    machine = {"name": "web-1", "imageUuid": fixed_uuid("image"), "cpuNum": 2, "memorySize": 4 * 1024**3}
    networks = [fixed_uuid("network"), fixed_uuid("network 2")]
    assert {**machine, "l3NetworkUuids": networks}.items() <= wish["apiBody"].items()
    assert "instanceOfferingUuid" not in wish["apiBody"]
    outcome = {"tickets": [{"name": "web", "uuid": ticket["uuid"], "status": "FinalApproved"}], "messages": []}
    assert done.artifacts == {"ticket_request_outcome": outcome}
    again = job.run("2")
    assert (again.status, again.is_changed, again.artifacts) == ("successful", False, done.artifacts)


def test_rejected_and_reported(ansible: Ansible, simulator: Simulator, approver: Person) -> None:
    """A workflow's way after a failure: what comes next gets to know why, and texts stay texts."""
    reason = "{{ lookup('pipe', 'touch pwned') }}"

    def reject() -> None:
        approver.send("reject", (stored(simulator) or {})["uuid"], reason)

    with meanwhile(simulator, "queryTicket", reject, times=4):
        done = Job(ansible, "request", member(simulator, "requester"), MACHINES, IMPATIENT).run("1", "-vvvv")
    assert done.status == "failed"
    ticket: dict[str, Any] = stored(simulator) or {}
    outcome = done.artifacts["ticket_request_outcome"]
    assert outcome["tickets"] == [{"name": "web", "uuid": ticket["uuid"], "status": "Rejected"}]
    (message,) = outcome["messages"]
    assert reason in message
    page = ansible.folder / "page.html"
    answers = {"report_file": str(page), "report_query": "name=web\nstatus=Rejected", "report_limit": 5}
    report = Job(ansible, "report", key_of(simulator, "approver"), answers, done.artifacts)
    assert (report.run("1").is_changed, report.run("2").is_changed) == (True, False)
    assert "web" in page.read_text()
    assert not (ansible.folder / "pwned").exists()


def test_decided(ansible: Ansible, simulator: Simulator) -> None:
    ticket_in(simulator, "Pending", "web")
    job = Job(ansible, "approve", key_of(simulator, "approver"), {"ticket_approval_limit": 5})
    nothing = job.run("1")
    assert (nothing.status, nothing.is_changed) == ("successful", False)
    rules = {"ticket_approval_rules": [{"name": "all web", "match": {"name": "web"}, "decision": "approve"}]}
    for ident, dry_run, status in (("2", "true", "Pending"), ("3", "false", "FinalApproved")):
        answers = {"ticket_approval_dry_run": dry_run, "ticket_approval_limit": 5}
        done = Job(ansible, "approve", key_of(simulator, "approver"), answers, rules).run(ident)
        assert (done.status, done.is_changed) == ("successful", status != "Pending"), done.output
        assert (stored(simulator) or {})["status"] == status


@pytest.mark.parametrize("in_process", [True, False], ids=["in process", "ordinary"])
def test_cancelled_and_relaunched(ansible: Ansible, simulator: Simulator, approver: Person, in_process: bool) -> None:
    """AWX ends a cancelled job by SIGKILL. What is left of it logs out, and the next launch takes its ticket over."""
    more = {**IMPATIENT, "zstack_in_process": in_process}
    job = Job(ansible, "request", member(simulator, "requester"), MACHINES, more)
    process = job.start("1")
    try:
        until(lambda: calls(simulator, "queryTicket") > 3)
        assert simulator.sessions.open
        process.send_signal(signal.SIGTERM)
        output = process.communicate(timeout=PATIENCE)[0].decode()
        until(lambda: not simulator.sessions.open)
    finally:
        end(process)
    assert job.done("1", output).status == "canceled"
    approver.send("approve", (stored(simulator) or {})["uuid"])
    done = job.run("2")
    assert (done.status, done.is_changed) == ("successful", False), done.output
    assert len(simulator.cloud.tickets) == 1


@pytest.mark.parametrize("missing", ["host", "virtual_id_password"])
def test_half_a_credential(ansible: Ansible, simulator: Simulator, missing: str) -> None:
    done = Job(ansible, "request", {**member(simulator, "requester"), missing: ""}, MACHINES).run("1")
    assert done.status == "failed"
    assert {"host": "missing required arguments: host", "virtual_id_password": "without ZSTACK_VIRTUAL_ID_PASSWORD"}[
        missing
    ] in done.output
