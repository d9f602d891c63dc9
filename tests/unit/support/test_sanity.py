"""ansible-test is given the checkout as it is, and nothing that git ignores."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support import sanity
from tests.support.sanity import GET_PIP_VERSIONS, copy_checkout, provide_get_pip


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "some folder"
    root.mkdir()
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    monkeypatch.setattr(sanity, "ROOT", root)
    return root


def test_copy_has_tracked_and_new_files_and_no_ignored_ones(checkout: Path, tmp_path: Path) -> None:
    (checkout / ".gitignore").write_text("ignored\n")
    for name in ("tracked", "new", "ignored", "deleted"):
        (checkout / name).write_text(name)
    subprocess.run(["git", "add", "tracked", "deleted"], cwd=checkout, check=True)
    (checkout / "tracked").write_text("edited")
    (checkout / "deleted").unlink()
    copy = tmp_path / "copy"
    (copy / "left from an earlier run").mkdir(parents=True)
    copy_checkout(copy)
    assert sorted(path.name for path in copy.iterdir()) == [".git", ".gitignore", "new", "tracked"]
    assert (copy / "tracked").read_text() == "edited"


def test_get_pip_replaces_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    cache = tmp_path / ".ansible" / "test" / "cache"
    provide_get_pip()
    downloads = [cache / f"get_pip_{version}.py" for version in GET_PIP_VERSIONS]
    stand_in = downloads[0].read_text()
    downloads[0].write_text(stand_in + "# of an earlier checkout")
    downloads[1].write_text("# a real one")
    provide_get_pip()
    assert [download.read_text() for download in downloads] == [stand_in, "# a real one", stand_in]
