# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator for each worker, as at start for each test. No test goes through the proxies of whoever runs it."""

from __future__ import annotations

import time
import typing as t

import pytest

from ansible_collections.zstack.tickets.plugins.module_utils._api.client import Client
from ansible_collections.zstack.tickets.plugins.module_utils._api.secrets import Secrets
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.simulated import Simulator, simulator_python

VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "requests_ca_bundle", "curl_ca_bundle")


@pytest.fixture(autouse=True, scope="session")
def _plain_environment() -> t.Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        for variable in VARIABLES:
            monkeypatch.delenv(variable, raising=False)
            monkeypatch.delenv(variable.upper(), raising=False)
        yield


@pytest.fixture(scope="session")
def running_simulator(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Simulator]:
    python = simulator_python()
    if python is None:
        pytest.skip("NO PYTHON HERE CAN RUN THE SIMULATOR: neither this one nor .venv has aiohttp")
    simulator = Simulator(python, tmp_path_factory.mktemp("simulator"))
    try:
        simulator.start(time.sleep)
        yield simulator
    finally:
        simulator.stop()


@pytest.fixture
def simulator(running_simulator: Simulator) -> Simulator:
    running_simulator.reset()
    return running_simulator


@pytest.fixture
def connect() -> t.Iterator[t.Callable[..., Client]]:
    """Makes clients that are closed after the test."""
    clients: list[Client] = []

    def client(options: t.Mapping[str, t.Any], **more: t.Any) -> Client:
        quick = {"poll_interval": 0.05, "timeout": 10}
        clients.append(Client({**quick, **options}, more.pop("secrets", None) or Secrets(), environment={}, **more))
        return clients[-1]

    yield client
    for one in clients:
        one.close()
