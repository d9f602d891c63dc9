"""What older servers cannot do, or do otherwise."""

from __future__ import annotations

import pytest

from tests.simulator import Simulator

from .harness import Ansible
from .people import Person, stored
from .tasks import status, ticket


@pytest.fixture
def old_server(simulator: Simulator) -> Simulator:
    """As ZStack Cloud 4.4: no check of job uuids, numbers as doubles, no description in an update."""
    simulator.set(version="4.4.24", duplicate_job_check=False, integers_as_doubles=True, update_takes_description=False)
    return simulator


def test_a_description_that_cannot_be_changed_recalls_nothing(ansible: Ansible, old_server: Simulator) -> None:
    Person(old_server, "requester").create("web")
    checked, done = ansible.play({**ticket(description="new"), "check_mode": True}, ticket(description="new"))
    for task in (checked, done):
        assert task.failed
        assert "description: ZStack Cloud 4.4.24 cannot change the description" in task["msg"]
        assert not task.writes
    found = stored(old_server)
    assert found is not None
    assert found["status"] == "Pending"


@pytest.mark.usefixtures("old_server")
def test_a_ticket_goes_its_way(ansible: Ansible) -> None:
    wanted = ticket(description="from the beginning")
    created, again = ansible.play(wanted, wanted)
    assert (created.changed, again.changed) == (True, False)
    approved, same = ansible.play(status("approved"), status("approved"), who="approver")
    assert (approved.changed, same.changed) == (True, False)


@pytest.mark.parametrize("fault", ["reset_before", "reset_after", "truncate"])
def test_lost_answers_make_no_second_ticket(ansible: Ansible, old_server: Simulator, fault: str) -> None:
    old_server.faults.add(fault, action="createTicket", times=1)
    assert ansible.play(ticket())[0].changed
    old_server.faults.add(fault, action="changeTicketStatus", times=1)
    assert ansible.play(status("approved"), who="approver")[0]["events"] == ["approve"]
    assert len(list(old_server.cloud.tickets)) == 1
