"""One simulator for each worker, as at start for each test, and Ansible against it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulator import Simulator, identities, start

from .harness import SECRET, Ansible
from .people import Person


@pytest.fixture(scope="session")
def running_simulator() -> Iterator[Simulator]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identities, "PASSWORD", SECRET)
        with start() as simulator:
            yield simulator


@pytest.fixture
def simulator(running_simulator: Simulator) -> Simulator:
    running_simulator.call(running_simulator.switches.reset)
    # The location of jobs is where nobody answers.
    running_simulator.set(log_answers=True, advertised_host="172.20.0.10:8080")
    running_simulator.reset()
    return running_simulator


@pytest.fixture
def ansible(simulator: Simulator, tmp_path: Path) -> Ansible:
    return Ansible(simulator, tmp_path)


@pytest.fixture
def requester(simulator: Simulator) -> Person:
    return Person(simulator, "requester")


@pytest.fixture
def approver(simulator: Simulator) -> Person:
    return Person(simulator, "approver")
