"""The playbook remind: says whose turn it is, and tells a webhook, as long as the ticket still waits."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from .harness import Ansible, Run, assert_clean
from .people import Person
from .webhook import TOKEN, Webhook, serve_webhook

HOSTILE = "{{ lookup('pipe', 'touch pwned') }}"


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with serve_webhook() as webhook:
        yield webhook


def remind(
    ansible: Ansible,
    uuid: str,
    webhook: Webhook | None = None,
    *arguments: str,
    returncode: int = 0,
    **variables: object,
) -> Run:
    extra = json.dumps({"ticket_remind_uuid": uuid, **variables})
    more = {} if webhook is None else {"TICKET_REMIND_URL": webhook.url}
    command = ["ansible-playbook", "zstack.tickets.remind", "-e", extra, *arguments]
    run = ansible.run(command, ansible.environment("admin", more=more))
    assert run.returncode == returncode, run.output
    assert_clean(run)
    assert TOKEN not in run.output
    return run


def test_a_ticket_that_waits(ansible: Ansible, requester: Person, approver: Person, webhook: Webhook) -> None:
    uuid = requester.create(HOSTILE)["uuid"]
    remind(ansible, uuid, webhook, "--check")
    assert webhook.posted == []
    run = remind(ansible, uuid, webhook, "-vvv", ticket_remind_waited=90000)
    text = (
        f"The ticket {HOSTILE} ({uuid}) waits for 25.0 h at the step team approval, to be approved by {approver.uuid}."
    )
    assert webhook.posted == [{"text": text}]
    assert run[1]["ticket_remind_text"] == text
    assert run.count("write") == 0
    assert not (ansible.folder / "pwned").exists()

    approver.send("approve", uuid)
    run = remind(ansible, uuid, webhook)
    assert len(webhook.posted) == 1
    assert "ticket_remind_text" not in run.output


def test_without_a_webhook_it_is_shown(ansible: Ansible, requester: Person) -> None:
    uuid = requester.create("one")["uuid"]
    assert f"The ticket one ({uuid}) waits at the step team approval" in remind(ansible, uuid).output


def test_a_ticket_that_is_gone(ansible: Ansible, requester: Person, webhook: Webhook) -> None:
    uuid = requester.create("one")["uuid"]
    requester.delete(uuid)
    remind(ansible, uuid, webhook)
    assert webhook.posted == []


def test_a_webhook_that_refuses_fails_it(ansible: Ansible, requester: Person, webhook: Webhook) -> None:
    webhook.status = "500 Oops"
    remind(ansible, requester.create("one")["uuid"], webhook, returncode=2)
    assert len(webhook.posted) == 1
