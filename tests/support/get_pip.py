"""Stands in for the get-pip.py that ansible-test downloads from a file server of its own.

ansible-test calls it inside a new virtual environment, with the arguments of a ``pip install`` and options of get-pip.
The pip that comes with Python does the same job, so that ansible-test needs the package index alone.
"""

from __future__ import annotations

import subprocess
import sys

GET_PIP_OPTIONS = ("--no-setuptools", "--no-wheel")

# A process of its own: within this one it would turn off the user's pip settings for what follows.
subprocess.check_call([sys.executable, "-m", "ensurepip"])
arguments = [argument for argument in sys.argv[1:] if argument not in GET_PIP_OPTIONS]
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", *arguments]))
