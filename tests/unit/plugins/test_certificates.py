"""Certificates are loaded by the process that forks Ansible's workers, so that each of them need not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

IMPORT = """
from ansible_collections.zstack.tickets.plugins.plugin_utils import in_process
print(in_process.tls_context.cache_info().currsize)
"""


def loaded(environment: dict[str, str]) -> str:
    """How many sets of certificates are loaded once an action plugin is imported."""
    command = [sys.executable, "-c", IMPORT]
    known = {name: value for name, value in os.environ.items() if not name.startswith("ZSTACK_")}
    done = subprocess.run(command, env={**known, **environment}, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.strip()


@pytest.mark.parametrize(
    "environment",
    [
        {"ZSTACK_HOST": "https://zstack.example.com"},
        {"ZSTACK_HOST": "zstack.example.com", "ZSTACK_SCHEME": "https"},
        {"ZSTACK_HOST": "https://zstack.example.com", "ZSTACK_VALIDATE_CERTS": "false"},
    ],
)
def test_environment_with_tls(environment: dict[str, str]) -> None:
    assert loaded(environment) == "1"


def test_profile_with_tls(tmp_path: Path) -> None:
    file = tmp_path / "profiles.ini"
    file.write_text("[cloud]\nhost = https://zstack.example.com\n")
    assert loaded({"ZSTACK_PROFILES_FILE": str(file), "ZSTACK_PROFILE": "cloud"}) == "1"


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"ZSTACK_HOST": "zstack.example.com"},
        {"ZSTACK_HOST": "zstack.example.com", "ZSTACK_PORT": "none"},
        {"ZSTACK_HOST": "https://zstack.example.com", "ZSTACK_CA_PATH": "/nowhere"},
        {"ZSTACK_HOST": "https://zstack.example.com", "ZSTACK_CA_PATH": __file__},
        {"ZSTACK_PROFILE": "none", "ZSTACK_PROFILES_FILE": "/nowhere"},
    ],
)
def test_nothing_to_load(environment: dict[str, str]) -> None:
    """Nor is anything said of what cannot be right: the task will."""
    assert loaded(environment) == "0"
