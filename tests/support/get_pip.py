"""Stands in for the get-pip.py that ansible-test downloads from its own file server.

ansible-test calls it inside a new virtual environment with the arguments of a ``pip install``. The pip that comes with
Python does the same job, so that ansible-test needs the package index alone.
"""

from __future__ import annotations

import ensurepip
import subprocess
import sys

ensurepip.bootstrap()
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", *sys.argv[1:]]))
