"""Which Python is taken, and when an environment counts as made from other lists."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import environments
from tests.support.environments import Environment, Missing, find_python
from tests.support.steps import CHAINS

THIS_VERSION = "{}.{}".format(*sys.version_info)


@pytest.fixture(autouse=True)
def _fresh_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing but ``tmp_path`` is searched; answers are not remembered."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setattr(sys, "executable", str(write_program(tmp_path / "broken", "exit 1")))
    find_python.cache_clear()
    yield
    find_python.cache_clear()


@pytest.fixture
def requirements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(environments, "REQUIREMENTS", tmp_path)
    return tmp_path


def write_program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def write_python(path: Path, version: str) -> Path:
    """A program that answers as a Python of this version."""
    return write_program(path, f'echo {version}; echo "$0"')


def test_shim_that_starts_nothing_is_passed_over(tmp_path: Path) -> None:
    write_program(tmp_path / "python3.11", "exit 127")
    hidden = write_python(tmp_path / "pyenv" / "versions" / "3.11.7" / "bin" / "python3", "3.11")
    assert find_python("3.11") == hidden


def test_python_of_another_version_is_passed_over(tmp_path: Path) -> None:
    write_python(tmp_path / "python3", "3.12")
    assert find_python("3.11") is None
    assert find_python("3.12") == tmp_path / "python3"


def test_version_that_comes_first_in_the_list_is_taken(tmp_path: Path, requirements: Path) -> None:
    (requirements / "x.txt").write_text("# python: 3.13 3.12 3.11\n")
    write_python(tmp_path / "python3.11", "3.11")
    best = write_python(tmp_path / "python3.12", "3.12")
    assert Environment("x").find_base_python() == best


def test_missing_python_is_named(requirements: Path) -> None:
    (requirements / "x.txt").write_text("# python: 3.13 3.12\n")
    with pytest.raises(Missing, match=r"needs Python 3.13 or 3.12, none is installed"):
        Environment("x").make()


def test_fingerprint_follows_included_lists(requirements: Path) -> None:
    (requirements / "meta").mkdir()
    (requirements / "x.txt").write_text("-r meta/y.txt\n")
    included = requirements / "meta" / "y.txt"
    included.write_text("requests>=2.25\n")
    before = Environment("x").fingerprint(Path("python"))
    assert Environment("x").fingerprint(Path("python")) == before
    included.write_text("requests>=2.26\n")
    assert Environment("x").fingerprint(Path("python")) != before


def test_fingerprint_tells_pythons_apart(requirements: Path) -> None:
    (requirements / "x.txt").write_text("")
    assert Environment("x").fingerprint(Path("a")) != Environment("x").fingerprint(Path("b"))


def test_every_environment_can_be_made_somewhere() -> None:
    names = {step.environment.name for chain in CHAINS for step in chain} | {"uv", "demo"}
    without = [name for name in names if "\n# python: 3." not in Environment(name).requirements.read_text()]
    assert not without


@pytest.mark.parametrize(("header", "linked"), [("", True), ("# without the checkout\n", False)])
def test_checkout_is_linked_unless_the_list_says_otherwise(
    tmp_path: Path, requirements: Path, monkeypatch: pytest.MonkeyPatch, header: str, linked: bool
) -> None:
    monkeypatch.setattr(environments, "CACHE", tmp_path / "cache")

    def make_folders(*command: str | Path) -> None:
        if "venv" in command:
            (Path(command[-1]) / "lib" / "python3.12" / "site-packages").mkdir(parents=True)

    monkeypatch.setattr(environments, "run", make_folders)
    write_python(tmp_path / "python3.12", "3.12")
    for name in ("uv", "x"):
        (requirements / f"{name}.txt").write_text(f"# What it is for.\n# python: 3.12\n{header}")
    Environment("x").make()
    assert (Environment("x").folder / "collections").exists() is linked


def test_versions_of_what_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environments, "CACHE", tmp_path)
    assert Environment("x").read_versions() == ("-", "-")


def test_versions_are_read_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environments, "CACHE", tmp_path)
    folder = Environment("x").folder
    (folder / "lib" / "python3.11" / "site-packages" / "ansible_core-2.16.19.dist-info").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion_info = {platform.python_version()}\n")
    assert Environment("x").read_versions() == ("2.16.19", platform.python_version())
