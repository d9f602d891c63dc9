"""The fixtures of the playbook tests: a simulator, and Ansible against it."""

from __future__ import annotations

from tests.playbooks.conftest import ansible, running_simulator, simulator

__all__ = ["ansible", "running_simulator", "simulator"]
