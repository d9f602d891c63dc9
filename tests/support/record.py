"""Which steps have passed on which content, for a release to be sure of."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable

from tests.support.environments import CACHE, ROOT
from tests.support.report import Outcome

RECORD = CACHE / "passed.json"


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def read_content() -> str | None:
    """Return git's name for all that is committed; None if something is not."""
    try:
        return None if git("status", "--porcelain") else git("rev-parse", "HEAD^{tree}")
    except (OSError, subprocess.CalledProcessError):  # a copy without a repository
        return None


def remember(outcomes: Iterable[Outcome], content: str | None) -> None:
    """Keep the steps that have passed on this content, together with those that did earlier."""
    if content is None:
        return
    passed = {outcome.step.title for outcome in outcomes if outcome.result == "ok"} | read_passed(content)
    RECORD.write_text(json.dumps({"content": content, "passed": sorted(passed)}, indent=1))


def read_passed(content: str | None) -> set[str]:
    """Return the titles of the steps that have passed on this content."""
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    return set(record["passed"]) if record and record["content"] == content else set()
