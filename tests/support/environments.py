"""The virtual environments: one for each file in ``requirements/`` that has a ``# python:`` line.

That line names the Python versions that will do, best first. ``dev`` lives in ``.venv``, the others in ``.cache/venv/NAME``.
In each of them the checkout is found as the collection ``zstack.tickets``, whatever the name of its folder: a link stands
where Python and Ansible look for it, and edits are live. Not so where the file says ``# without the checkout``.

    python3 -m tests.support.environments dev      make it if needed, print its folder

Needs nothing but Python and the package index.
"""

from __future__ import annotations

import fcntl
import functools
import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
REQUIREMENTS = ROOT / "requirements"


class Missing(Exception):
    """No Python of a suitable version is installed."""


class Failed(Exception):
    """A command that makes an environment failed; carries what it printed."""


@functools.cache
def find_python(version: str) -> Path | None:
    """Return an interpreter of this version (such as ``3.11``), or None.

    A name on PATH may be a shim that starts nothing, so each candidate has to answer. pyenv's interpreters are looked up
    in its folder, where those stand that its shims hide.
    """
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    candidates = [shutil.which(f"python{version}"), shutil.which("python3"), sys.executable]
    candidates += [str(path) for path in sorted(pyenv.glob(f"versions/{version}.*/bin/python3"), reverse=True)]
    question = "import os, sys; print('%d.%d' % sys.version_info[:2]); print(os.path.realpath(sys.executable))"
    for candidate in filter(None, candidates):
        answer = subprocess.run([candidate, "-c", question], capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            answered_version, path = answer.stdout.splitlines()
            if answered_version == version:
                return Path(path)
    return None


def run(*command: str | Path) -> None:
    """Run a command quietly; what it printed is told only if it fails."""
    environ = {**os.environ, "UV_COMPILE_BYTECODE": "1", "UV_PYTHON_DOWNLOADS": "never"}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}")


@dataclass(frozen=True)
class Environment:
    """A virtual environment, made from ``requirements/NAME.txt``."""

    name: str

    @property
    def folder(self) -> Path:
        return ROOT / ".venv" if self.name == "dev" else CACHE / "venv" / self.name

    @property
    def programs(self) -> Path:
        return self.folder / "bin"

    @property
    def requirements(self) -> Path:
        return REQUIREMENTS / f"{self.name}.txt"

    def environ(self) -> dict[str, str]:
        """Return the caller's variables with this environment's programs first, without the caller's Ansible settings."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
        environ["PATH"] = os.pathsep.join([str(self.programs), environ["PATH"]])
        # A copy of the collection that is installed in the home folder would be found before the checkout.
        environ["ANSIBLE_HOME"] = str(CACHE / "ansible")
        return environ

    def read_versions(self) -> tuple[str, str]:
        """Return the versions of ansible-core and Python that it has, ``-`` for what is not there."""
        cores = self.folder.glob("lib/python*/site-packages/ansible_core-*.dist-info")
        core = next((path.name.split("-")[1].removesuffix(".dist") for path in cores), "-")
        settings = self.folder / "pyvenv.cfg"
        python = re.search(r"^version_info = (\S+)", settings.read_text(), re.MULTILINE) if settings.exists() else None
        return core, python.group(1) if python else "-"

    def find_base_python(self) -> Path:
        """Return the best installed Python of those that the requirements name; raises Missing."""
        header = re.search(r"^# python: (.+)$", self.requirements.read_text(), re.MULTILINE)
        versions = header.group(1).split() if header else []
        for version in versions:
            if python := find_python(version):
                return python
        raise Missing(f"needs Python {' or '.join(versions)}, none is installed")

    def make(self) -> None:
        """Make the environment, unless it stands there made from the same requirements. Raises Missing or Failed."""
        python = self.find_base_python()
        stamp = self.folder / "made-from"
        wanted = self.fingerprint(python)
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        CACHE.mkdir(exist_ok=True)
        with (CACHE / f"{self.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if stamp.exists() and stamp.read_text() == wanted:
                return
            if self.folder.exists():
                shutil.rmtree(self.folder)
            if self.name == "uv":
                run(python, "-m", "venv", self.folder)
                run(self.programs / "python", "-m", "pip", "install", "--quiet", "-r", self.requirements)
            else:
                uv = Environment("uv")
                uv.make()
                run(uv.programs / "uv", "venv", "--quiet", "--python", python, self.folder)
                run(
                    uv.programs / "uv",
                    "pip",
                    "install",
                    "--quiet",
                    "--python",
                    self.programs / "python",
                    "-r",
                    self.requirements,
                )
                if "\n# without the checkout\n" not in self.requirements.read_text():
                    self._link_collection()
            stamp.write_text(wanted)

    def fingerprint(self, python: Path) -> str:
        """Everything the environment depends on: where it is, its Python, and the lists that it is made from."""
        digest = hashlib.sha256(f"{self.folder}\n{python}\n".encode())
        pending = [self.requirements]
        while pending:
            text = pending[-1].read_text()
            folder = pending.pop().parent
            digest.update(text.encode())
            pending += [(folder / included) for included in re.findall(r"^-r (\S+)", text, re.MULTILINE)]
        return digest.hexdigest()

    def _link_collection(self) -> None:
        collections = self.folder / "collections"
        link = collections / "ansible_collections" / "zstack" / "tickets"
        link.parent.mkdir(parents=True)
        link.symlink_to(ROOT, target_is_directory=True)
        (site_packages,) = self.folder.glob("lib/python*/site-packages")
        (site_packages / "zstack_tickets_checkout.pth").write_text(f"{collections}\n")


def main(names: list[str]) -> int:
    for name in names:
        environment = Environment(name)
        try:
            environment.make()
        except (Missing, Failed) as problem:
            print(f"environment {name}: {problem}", file=sys.stderr)
            return 1
        print(environment.folder.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
