"""The playbook awx_setup with the modules of ``awx.awx``, against a stand-in for AWX."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.playbooks.harness import Ansible, Run

from .controller import TOKEN, Controller, serving

TEMPLATES = ["ZStack: ask for machines", "ZStack: decide tickets", "ZStack: report on tickets"]


@pytest.fixture
def controller() -> Iterator[Controller]:
    with serving() as found:
        yield found


def set_up(ansible: Ansible, controller: Controller, *arguments: str, **variables: Any) -> Run:
    """Run the playbook by its name; it must succeed."""
    ansible.more_secrets.add(TOKEN)
    connection = {"CONTROLLER_HOST": controller.url, "CONTROLLER_OAUTH_TOKEN": TOKEN}
    run = ansible.run(
        ["ansible-playbook", "zstack.tickets.awx_setup", "-e", json.dumps(variables), *arguments],
        ansible.environment(None, more=connection),
    )
    assert run.returncode == 0, run.output
    return run


def is_changed(run: Run) -> bool:
    return any(task.changed for task in run)


def test_made_once(ansible: Ansible, controller: Controller) -> None:
    foretold = set_up(ansible, controller, "--check")
    assert is_changed(foretold)
    assert controller.writes == []
    assert is_changed(set_up(ansible, controller))
    check_templates(controller)
    check_workflow(controller)
    written = list(controller.writes)
    for arguments in ([], ["--check"]):
        assert not is_changed(set_up(ansible, controller, *arguments))
        assert controller.writes == written


def check_templates(controller: Controller) -> None:
    assert list(controller.named("job_templates")) == TEMPLATES
    templates = controller.named("job_templates").values()
    project, inventory = controller.objects["projects"][0]["id"], controller.objects["inventories"][0]["id"]
    needs = {(each["project"], each["inventory"], each["ask_credential_on_launch"]) for each in templates}
    assert needs == {(project, inventory, True)}
    # What AWX is to fill in is not filled in on the way.
    assert controller.named("credential_types")["ZStack"]["injectors"]["env"]["ZSTACK_HOST"] == "{{ host }}"
    (machine,) = json.loads(controller.named("job_templates")[TEMPLATES[0]]["extra_vars"])["ticket_request_vms"]
    assert machine["name"] == "{{ machine_name }}"


def check_workflow(controller: Controller) -> None:
    workflow = controller.named("workflow_job_templates")["ZStack: ask for machines, then act"]
    request, _decide, report = (controller.named("job_templates")[name] for name in TEMPLATES)
    survey = controller.surveys[request["related"]["survey_spec"]]
    assert controller.surveys[workflow["related"]["survey_spec"]] == survey
    nodes = {node["identifier"]: node for node in controller.objects["workflow_job_template_nodes"]}
    runs = {name: node["unified_job_template"] for name, node in nodes.items()}
    assert runs == {"request": request["id"], "success": report["id"], "failure": report["id"]}
    root = nodes["request"]["url"]
    assert {path: linked for path, linked in controller.related.items() if linked} == {
        f"{root}success_nodes/": [nodes["success"]["id"]],
        f"{root}failure_nodes/": [nodes["failure"]["id"]],
    }


def test_own_wishes(ansible: Ansible, controller: Controller) -> None:
    controller.add("organizations", {"name": "Cloud"})
    own = controller.add("projects", {"name": "ours", "organization": 2})
    credential = controller.add("credentials", {"name": "shop approver"})
    environment = controller.add("execution_environments", {"name": "cloud tools"})
    rules = [{"name": "small", "decision": "approve", "comment": "{executions} small"}]
    wishes = {
        "awx_setup_organization": "Cloud",
        "awx_setup_project": "ours",
        "awx_setup_project_url": "",
        "awx_setup_execution_environment": "cloud tools",
        "awx_setup_credentials": {"approve": "shop approver"},
        "awx_setup_variables": {"approve": {"ticket_approval_rules": rules}},
    }
    set_up(ansible, controller, **wishes)
    decide = controller.named("job_templates")[TEMPLATES[1]]
    assert (decide["project"], decide["execution_environment"]) == (own["id"], environment["id"])
    assert decide["ask_credential_on_launch"] is False
    assert controller.related[f"{decide['url']}credentials/"] == [credential["id"]]
    assert json.loads(decide["extra_vars"]) == {"ticket_approval_rules": rules}
