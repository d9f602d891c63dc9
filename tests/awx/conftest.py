"""The simulator and Ansible, as the tests of playbooks have them."""

from __future__ import annotations

from tests.playbooks.conftest import ansible, approver, running_simulator, simulator

__all__ = ["ansible", "approver", "running_simulator", "simulator"]
