"""Run ``ansible-test sanity`` on a copy of the checkout, with the ansible-core of an environment.

    python -m tests.support.sanity core-2.16

ansible-test works only in a folder ``ansible_collections/NAMESPACE/NAME``, and asks git for the files there. So the copy
holds what git tracks or would add, and is a repository of its own; inside the checkout's ignored folder it would
otherwise find nothing to look at and pass.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.environments import CACHE, ROOT, Environment, find_python

PYTHONS = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
"""Those that modules run on: their syntax and imports are checked with each that is installed."""

GET_PIP_VERSIONS = ("23_1_2", "24_2", "25_2")
"""The downloads that ansible-test up to 2.17, 2.19 and 2.21 looks for in its cache."""


def copy_checkout(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout
    for name in filter(None, listed.decode().split("\0")):
        source, target = ROOT / name, folder / name
        if source.exists():  # a tracked file may have been deleted
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)


def provide_get_pip() -> None:
    """Put our stand-in where ansible-test keeps its downloads, so that it needs no server beside the package index."""
    stand_in = (ROOT / "tests" / "support" / "get_pip.py").read_text()
    first_line = stand_in.splitlines()[0]
    cache = Path.home() / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in GET_PIP_VERSIONS:
        download = cache / f"get_pip_{version}.py"
        # A real download stays; an older stand-in goes.
        if not download.exists() or download.read_text().startswith(first_line):
            download.write_text(stand_in)


def main(name: str) -> int:
    environment = Environment(name)
    copy = CACHE / "sanity" / name / "ansible_collections" / "zstack" / "tickets"
    copy_checkout(copy)
    provide_get_pip()
    pythons = [python.parent for version in PYTHONS if (python := find_python(version))]
    # Shims on PATH would be taken for interpreters: only folders of real ones, after the environment's own.
    path = os.pathsep.join(map(str, [environment.programs, "/usr/local/bin", "/usr/bin", "/bin", *pythons]))
    command = [str(environment.programs / "ansible-test"), "sanity", "--color", "no"]
    errors = []
    with subprocess.Popen(
        command,
        cwd=copy,
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            if line.startswith("ERROR: "):
                errors.append(line)
    # Once more in one place: above they stand between the installations of ansible-test's own tools.
    print("\n", *errors, sep="")
    return process.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
