"""What the guides say is so: their code blocks run as they stand, and print what they show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.simulator import Simulator, identities
from tests.support.environments import ROOT

from .guides import Reader, assert_printed, read_blocks
from .harness import Ansible

pytestmark = pytest.mark.core

DOCSITE = ROOT / "docs" / "docsite"
GUIDES = sorted(DOCSITE.glob("rst/*.rst"))


@pytest.fixture
def reader(ansible: Ansible, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """Somebody with a simulator whose passwords are those that guides name."""
    monkeypatch.setattr(identities, "PASSWORD", "password")
    simulator.reset()
    return Reader(ansible)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_guide(reader: Reader, guide: Path) -> None:
    reader.follow(guide)


def test_site_lists_every_guide() -> None:
    sections = yaml.safe_load((DOCSITE / "extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    listed = [guide for section in sections for guide in section["toctree"]]
    assert sorted(listed) == [guide.stem for guide in GUIDES]


def test_readme_leads_to_every_guide() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    linked = re.findall(r"\]\(https://\S+/docs/docsite/rst/(\w+)\.rst\)", readme)
    # How to contribute stands in a file of its own, to which the README leads as well.
    assert sorted([*linked, "contributing"]) == [guide.stem for guide in GUIDES]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (".. runs as root\n.. code-block:: yaml\n\n   - a\n", "'.. runs as root' is none of the marks"),
        ("- In a list:\n\n  .. code-block:: yaml\n\n     - a\n", "1 code blocks, 0 of them"),
        ("Like this::\n\n   - a\n", "1 code blocks, 0 of them"),
    ],
)
def test_block_that_would_be_overlooked(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_blocks(text)


def test_blocks() -> None:
    text = "A\n=\n\n.. note::\n   B\n\n.. file: a.yml\n\n.. code-block:: yaml\n   :caption: C\n\n   - a:\n\n       b\n\nD\n"
    (block,) = read_blocks(text)
    assert block.language == "yaml"
    assert block.text == "- a:\n\n    b\n"
    assert block.marks == {"file": "a.yml"}
    assert text.splitlines()[block.line] == "   - a:"


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (".. code-block:: console\n\n   $ exit 3\n", "the block at line 2: "),
        (".. code-block:: console\n\n   $ echo one; echo two\n   one\n   three\n", "expected\none\nthree"),
        (".. fails: no\n.. code-block:: console\n\n   $ echo no\n", "the block at line 3: no"),
        (".. not run:\n.. code-block:: console\n\n   $ echo no\n", "say why it is not run"),
        (".. code-block:: text\n\n   a\n", "a block of text needs one of the marks"),
        (".. code-block:: yaml\n\n   a: 1\n", "neither a playbook nor tasks"),
    ],
)
def test_block_that_is_wrong(reader: Reader, tmp_path: Path, block: str, message: str) -> None:
    guide = tmp_path / "guide.rst"
    guide.write_text(block, encoding="utf-8")
    with pytest.raises(AssertionError, match=message):
        reader.follow(guide)


def test_shell_remembers(reader: Reader, tmp_path: Path) -> None:
    guide = tmp_path / "guide.rst"
    guide.write_text(
        ".. code-block:: console\n\n   $ export WHAT='it all'\n\n"
        ".. code-block:: console\n\n   $ echo $WHAT of $ZSTACK_VIRTUAL_ID_NAME\n   it all of requester\n\n"
        ".. runs as: approver\n.. code-block:: console\n\n   $ echo $ZSTACK_VIRTUAL_ID_NAME\n   approver\n",
        encoding="utf-8",
    )
    reader.follow(guide)
    assert reader.printed == "approver\n"


@pytest.mark.parametrize("expected", ["b", "a\nb", "a\n...", "a\n...\nc", "...\nc", "x...z", "a\nb\nx y z\nc"])
def test_printed(expected: str) -> None:
    assert_printed(expected, "a\n  b \nx y z\nc\n")


@pytest.mark.parametrize("expected", ["d", "b\na", "a\nc", "x...y", "a\n...\na", ""])
def test_not_printed(expected: str) -> None:
    with pytest.raises(AssertionError):
        assert_printed(expected, "a\n  b \nx y z\nc\n")
