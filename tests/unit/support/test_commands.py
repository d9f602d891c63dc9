"""The commands that people are told of are there, and tell what they do."""

from __future__ import annotations

import re

from tests.support.environments import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))


def test_each_target_is_in_the_help() -> None:
    assert set(re.findall(r"^([a-z-]+):.*## \S", MAKEFILE, re.MULTILINE)) == TARGETS


def test_no_file_can_be_taken_for_a_target() -> None:
    phony = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == TARGETS


def test_documents_name_only_targets_that_exist() -> None:
    """In code, where it is ``make`` and not a word."""
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/docsite/rst/*.rst"), *ROOT.glob("tests/*/README.md")]
    named = {
        (path.name, word)
        for path in documents
        for command in re.findall(r"(?:`|^ {4})make((?: [a-z-]+)+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        for word in command.split()
    }
    assert ("CONTRIBUTING.md", "lint") in named
    assert {(name, word) for name, word in named if word not in TARGETS} == set()
