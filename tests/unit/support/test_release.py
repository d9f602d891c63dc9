"""What keeps a version from being released, and what its release is sure of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import record, release, steps
from tests.support.environments import Environment
from tests.support.report import Outcome
from tests.support.steps import Step

LINT, UNITS = Step("ruff", "lint", ("true",)), Step("units", "units", ("true",), Environment("core-2.16"))


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout that is ready: 1.0.0 is tagged, 1.1.0 is described, committed and checked."""
    root = tmp_path / "checkout"
    for module in (record, release, steps):
        monkeypatch.setattr(module, "ROOT", root)
    monkeypatch.setattr(record, "RECORD", tmp_path / "passed.json")
    monkeypatch.setattr(release, "CHAINS", [[LINT], [UNITS]])
    for name, text in {
        "galaxy.yml": "version: 1.1.0\n",
        "plugins/modules/new.py": '"""\nversion_added: 1.1.0\n"""\n',
        "changelogs/fragments/.keep": "",
        "changelogs/changelog.yaml": "releases:\n  1.0.0: {}\n  1.1.0: {}\n",
        "CHANGELOG.rst": "v1.1.0\n======\n\nv1.0.0\n======\n",
    }.items():
        write(root / name, text)
    record.git("init", "--quiet")
    commit()
    record.git("tag", "1.0.0")
    record.remember([Outcome(LINT, "ok", 1.0), Outcome(UNITS, "ok", 1.0)], record.read_content())
    return root


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def commit() -> None:
    record.git("add", "--all")
    record.git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "a")


def test_ready(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert release.main() == 0
    assert [line[:3] for line in capsys.readouterr().out.splitlines()] == ["ok "] * len(release.CHECKS)


def set_version(version: str) -> Callable[[Path], None]:
    return lambda root: write(root / "galaxy.yml", f"version: {version}\n")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (set_version("1.1"), "NO  version: 1.1 is not of three numbers"),
        (set_version("1.1.0-rc1"), "NO  version: 1.1.0-rc1 is not of three numbers"),
        (set_version("1.0.0"), "NO  version: 1.0.0 is not newer than the tag 1.0.0"),
        (set_version("1.0.1"), "NO  documentation: version_added is newer than 1.0.1 in plugins/modules/new.py"),
        (set_version("1.2.0"), "NO  changelog: 1.2.0 or a fragment is missing"),
        (lambda root: write(root / "changelogs" / "fragments" / "x.yml", ""), "NO  changelog: 1.1.0 or a fragment"),
        (lambda root: write(root / "CHANGELOG.rst", "v1.0.0\n"), "NO  changelog: 1.1.0 or a fragment is missing"),
        (lambda root: (root / "changelogs" / "changelog.yaml").unlink(), "NO  changelog: 1.1.0 or a fragment"),
        (lambda root: write(root / "new", ""), "NO  commit: 1 files are not in it"),
        (lambda root: write(root / "new", ""), "NO  checks: not all have passed on this commit: run make lint units"),
    ],
)
def test_what_is_missing_is_said(
    checkout: Path, capsys: pytest.CaptureFixture[str], spoil: Callable[[Path], None], said: str
) -> None:
    spoil(checkout)
    assert release.main() == 1
    assert said in capsys.readouterr().out


def test_checks_of_another_commit_do_not_count(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(checkout / "new", "")
    commit()
    outcomes = [Outcome(LINT, "ok", 1.0), Outcome(UNITS, "SKIPPED", 0.0, "needs Python 9.9")]
    record.remember(outcomes, record.read_content())
    assert release.main() == 1
    assert "run make units" in capsys.readouterr().out
    record.remember([Outcome(UNITS, "ok", 1.0)], record.read_content())
    assert release.main() == 0


def test_nothing_is_remembered_of_what_is_not_committed(checkout: Path) -> None:
    write(checkout / "new", "")
    before = record.RECORD.read_text()
    record.remember([Outcome(LINT, "ok", 1.0)], record.read_content())
    assert record.RECORD.read_text() == before


def test_without_a_repository_there_is_no_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "ROOT", tmp_path)
    assert record.read_content() is None
