"""The story behind the pictures of the report page holds, and they show a dark look. Taking them needs a browser."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.simulator import start
from tests.support import screenshots
from tests.support.environments import ROOT

CSS = ROOT / "playbooks" / "templates" / "report.css"


def test_story() -> None:
    with start() as simulator:
        screenshots.be_busy(simulator)
        statuses = Counter(row["status"] for row in simulator.cloud.tickets)
        assert statuses == {
            "FinalApproved": 2,
            "Rejected": 1,
            "Cancelled": 1,
            "IntermediateApproved": 1,
            "Pending": 1,
        }


def test_dark_look() -> None:
    light, dark = screenshots.looks(CSS)
    assert light[1] == CSS.read_text(encoding="utf-8")
    assert dark[1] != light[1]
    assert "@media all {" in dark[1]


def test_no_dark_look(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("light", encoding="utf-8")
    with pytest.raises(ValueError, match="no dark look"):
        list(screenshots.looks(page))


def test_no_browser(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", "")
    assert screenshots.main() == 1
    assert capsys.readouterr().err == "needs Chromium, none of chromium, chromium-browser, google-chrome is on PATH\n"
