"""Settings for every test."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir

CACHE = Path(__file__).resolve().parents[1] / ".cache"

# The shell that starts the tests may point at a server, or at other collections.
for name in [name for name in os.environ if name.startswith(("ANSIBLE_", "ZSTACK_"))]:
    del os.environ[name]
os.environ["ANSIBLE_HOME"] = str(CACHE / "ansible")

set_hypothesis_home_dir(CACHE / "hypothesis")
# How long an example takes says something about the machine's load only.
settings.register_profile("without-deadline", deadline=None)
settings.load_profile("without-deadline")
