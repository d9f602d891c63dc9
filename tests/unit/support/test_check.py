"""What a failing, a skipped and an endless step come to."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support import check, report
from tests.support.check import Runner
from tests.support.environments import ROOT, Environment, Missing
from tests.support.report import Display, Outcome, junit_of, summarise
from tests.support.steps import CHAINS, Step


class Here(Environment):
    """The environment in which this test runs."""

    @property
    def folder(self) -> Path:
        return Path(sys.prefix)

    def make(self) -> None:
        pass


class Nowhere(Here):
    def make(self) -> None:
        raise Missing("needs Python 9.9, none is installed")


@pytest.fixture(autouse=True)
def _own_logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "LOGS", tmp_path)
    monkeypatch.setattr(report, "ROOT", tmp_path.parent)


def python(program: str) -> Step:
    return Step("step", "group", (sys.executable, "-c", program), Here("here"))


def pytest_step(path: Path) -> Step:
    return Step("step", "group", ("pytest", "-p", "no:xdist", str(path)), Here("here"))


def test_step_that_fails_shows_the_end_of_its_output(capsys: pytest.CaptureFixture[str]) -> None:
    step = python("import sys; [print('line', n) for n in range(100)]; sys.exit(3)")
    (outcome,) = Runner(Display()).run_chain([step])
    assert (outcome.result, outcome.reason, outcome.count_tests()) == ("FAILED", "exit status 3", (0, 1))
    shown = capsys.readouterr().out
    assert "line 99" in shown
    assert "line 10\n" not in shown


def test_step_that_passes_shows_nothing_but_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    (outcome,) = Runner(Display()).run_chain([python("print('chatter')")])
    assert (outcome.result, outcome.count_tests()) == ("ok", (1, 0))
    assert "chatter" not in capsys.readouterr().out


def test_step_without_its_python_is_skipped_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    step = Step("step", "group", ("false",), Nowhere("nowhere"))
    (outcome,) = Runner(Display()).run_chain([step])
    assert (outcome.result, outcome.count_tests()) == ("SKIPPED", (0, 0))
    assert "needs Python 9.9, none is installed" in capsys.readouterr().out


def test_step_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "STEP_SECONDS", 0.2)
    (outcome,) = Runner(Display()).run_chain([python("import time; time.sleep(600)")])
    assert outcome.result == "FAILED"
    assert outcome.reason == "ended after 0.2 s"


def test_chain_goes_on_after_a_failure() -> None:
    outcomes = Runner(Display()).run_chain([python("raise SystemExit(1)"), python("")])
    assert [outcome.result for outcome in outcomes] == ["FAILED", "ok"]


def test_chain_stops_when_everything_is_ended() -> None:
    runner = Runner(Display())
    runner.end_all()
    assert runner.run_chain([python("")]) == []


def test_pytest_tests_are_counted_one_by_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "test_some.py"
    path.write_text(
        "import pytest\n"
        "def test_a(): pass\n"
        "def test_b(): pass\n"
        "def test_c(): assert False\n"
        "def test_d(): pytest.skip('why')\n"
        "@pytest.fixture\ndef broken(): raise ValueError\n"
        "def test_e(broken): pass\n"
    )
    (outcome,) = Runner(Display()).run_chain([pytest_step(path)])
    assert (outcome.result, outcome.count_tests()) == ("FAILED", (2, 2))
    summarise([outcome], 1.0)
    assert "SKIPPED 1 of its tests: why" in capsys.readouterr().out


def test_pytest_that_finds_no_test_is_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "test_none.py"
    path.write_text("")
    (outcome,) = Runner(Display()).run_chain([pytest_step(path)])
    assert (outcome.result, outcome.count_tests()) == ("FAILED", (0, 1))


def test_count_of_an_earlier_run_is_not_counted_again() -> None:
    step = Step("step", "group", ("pytest", "--no-such-option"), Here("here"))
    junit_of(step).write_text("<testsuites><testsuite><testcase/></testsuite></testsuites>")
    (outcome,) = Runner(Display()).run_chain([step])
    assert outcome.count_tests() == (0, 1)


def test_summary_closes_with_the_count(capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = [Outcome(python(""), "ok", 1.0), Outcome(python(""), "FAILED", 2.0, "exit status 1\nand more")]
    assert summarise(outcomes, 3.0) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "1 passed, 1 failed"
    assert lines[3].endswith("exit status 1")


@pytest.mark.parametrize("groups", [["no-such-group"], ["lint", "no-such-group"], []])
def test_nothing_runs_without_groups_that_exist(groups: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main(groups) == 2
    assert "lint" in capsys.readouterr().err


def test_no_two_steps_share_a_log() -> None:
    logs = [report.log_of(step) for chain in CHAINS for step in chain]
    assert len(set(logs)) == len(logs)


def test_settings_of_the_caller_are_kept_from_the_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSIBLE_COLLECTIONS_PATH", "/elsewhere")
    step = python("import os; raise SystemExit('ANSIBLE_COLLECTIONS_PATH' in os.environ)")
    (outcome,) = Runner(Display()).run_chain([step])
    assert outcome.result == "ok"


def test_make_runs_the_groups_that_exist() -> None:
    groups = {step.group for chain in CHAINS for step in chain}
    makefile = (ROOT / "Makefile").read_text()
    called = {
        word for line in makefile.splitlines() if "$(CHECK) " in line for word in line.split("$(CHECK) ")[1].split()
    }
    assert called == groups
