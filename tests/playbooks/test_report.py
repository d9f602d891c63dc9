"""The playbook report: one page that tells of all tickets, whatever their texts contain."""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.simulator import Simulator
from tests.simulator.identities import CHAIN_COLLECTION

from .harness import Ansible, Run, assert_clean
from .people import Person, api_request, ticket_in

pytestmark = pytest.mark.core

MARKUP = """<script>alert('1')</script>"'><img src=x onerror=alert(1)>&amp;"""
HOSTILE = MARKUP + "{{ lookup('pipe', 'touch pwned') }}"
"""A template as well. Of the playbook's own variables templates are welcome, of tickets not."""
VOID = {"meta", "img", "br", "link", "input"}


class Page(HTMLParser):
    """What a browser would make of the page: its elements, and the texts in them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"] and data.strip():
            self.texts.append(" ".join(data.split()))

    @property
    def text(self) -> str:
        return " ".join(self.texts)


def report(ansible: Ansible, *arguments: str, who: str = "admin", **variables: Any) -> tuple[Run, Path]:
    """Run the playbook, and return where its page is to be."""
    path = ansible.folder / "report.html"
    extra = json.dumps({"report_file": str(path), "report_date": "2026-11-23", **variables})
    command = ["ansible-playbook", "zstack.tickets.report", "-e", extra, *arguments]
    run = ansible.run(command, ansible.environment(who))
    assert run.returncode == 0, run.output
    assert_clean(run)
    return run, path


def read(path: Path) -> Page:
    return Page(path.read_text(encoding="utf-8"))


def counts(page: Page) -> dict[str, int]:
    """The numbers at the top, by what stands under them."""
    start = next(number for number, text in enumerate(page.texts) if text == "Awaiting approval") - 1
    pairs = page.texts[start : start + 12]
    return dict(zip(pairs[1::2], map(int, pairs[::2]), strict=True))


@pytest.fixture
def tickets(simulator: Simulator) -> dict[str, str]:
    """One ticket for each outcome, by its name."""
    simulator.set(locale="en_US")
    requester, approver = Person(simulator, "requester"), Person(simulator, "approver")
    ticket_in(simulator, "Pending", "waits", description="Please.")
    ticket_in(simulator, "IntermediateApproved", "halfway")
    ticket_in(simulator, "Rejected", "refused")
    ticket_in(simulator, "Cancelled", "recalled")
    ticket_in(
        simulator, "FinalApproved", "done", requests=[{**api_request("a", memorySize=8 * 1024**3), "executeTimes": 3}]
    )
    broken = requester.create("broken", [api_request("fail-1")])
    approver.send("approve", broken["uuid"], "Go ahead.")
    simulator.set(execution_delay=3600)
    ticket_in(simulator, "FinalApproved", "runs")
    return {row["name"]: row["uuid"] for row in simulator.cloud.tickets}


def test_page(ansible: Ansible, simulator: Simulator, tickets: dict[str, str]) -> None:
    names = {person["uuid"]: f"the {name}" for name, person in simulator.identities.items()}
    run, path = report(ansible, report_names=names, report_title="Tickets of the demo project")
    assert run.count("write") == 0
    page = read(path)
    assert counts(page) == {
        "Awaiting approval": 2,
        "Approved, running": 1,
        "Done": 1,
        "Failed": 1,
        "Rejected": 1,
        "Recalled": 1,
    }
    assert page.tags["article"] == len(tickets)
    assert page.tags["h1"] == 1
    assert set(re.findall(r'href="#t-(\w+)"', path.read_text())) == set(tickets.values())
    for words in (
        "Tickets of the demo project",
        "As of 2026-11-23",
        "Submitted by the requester",
        "Please.",
        "Approved team approval by the approver",
        "Awaiting approval cost approval by the approver2",
        "Go ahead.",
        "3 × create vm",
        "memorySize 8 GiB",
        "create vm: 3 done",
        "create vm: 0 done, 1 failed",
        "SYS.1006 failed to get value from event: no host has enough capacity",
    ):
        assert words in page.text, words


def test_the_longest_wait_comes_first(ansible: Ansible, simulator: Simulator) -> None:
    for name in ("older", "newer"):
        simulator.clock.advance(60)
        ticket_in(simulator, "Pending", name)
    for name in ("decided first", "decided last"):
        simulator.clock.advance(60)
        ticket_in(simulator, "Rejected", name)
    page = read(report(ansible)[1])
    places = [page.texts.index(name) for name in ("older", "newer", "decided last", "decided first")]
    assert places == sorted(places)


def test_nothing_from_outside(ansible: Ansible, tickets: dict[str, str]) -> None:
    """The page is complete in itself and runs nothing, so it can be sent by mail."""
    text = report(ansible)[1].read_text(encoding="utf-8")
    page = Page(text)
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(page.tags)
    assert all(
        name not in ("src", "srcset", "action") and not name.startswith("on") for name, _value in page.attributes
    )
    assert all((value or "").startswith("#t-") for name, value in page.attributes if name == "href")
    assert not re.search(r"url\(|@import|https?:", text)


def refused(simulator: Simulator, text: str) -> None:
    """A rejected ticket with this text wherever a text may stand."""
    body = api_request(text, description=text, systemTags=[text])
    uuid = Person(simulator, "requester").create(text, [{**body, "requestName": text}], description=text)["uuid"]
    Person(simulator, "approver").send("reject", uuid, text)
    (row,) = simulator.cloud.histories
    simulator.call(lambda: simulator.cloud.histories.change(row, flowName=text))


def test_hostile_texts(ansible: Ansible, simulator: Simulator) -> None:
    """Whatever stands in a ticket, its history or the variables is shown as text, in each place where it appears."""
    refused(simulator, "harmless")
    harmless = read(report(ansible)[1])
    simulator.reset()
    refused(simulator, HOSTILE)
    names = {simulator.identities[name]["uuid"]: MARKUP for name in ("requester", "approver")}
    names[simulator.uuids["demo_project"]] = MARKUP
    page = read(report(ansible, report_names=names, report_title=MARKUP, report_date=MARKUP)[1])
    # In the table: name and wish. In the card: name, wish, three members of the body, description, step, comment.
    assert sum(text.count(HOSTILE) for text in page.texts) == 10
    # Title, heading, date; submitter in the table; project, submitter and approver in the card.
    assert sum(text.count(MARKUP) for text in page.texts) == 10 + 7
    assert page.tags == harmless.tags
    assert not (ansible.folder / "pwned").exists()


def test_failures_with_hostile_texts(ansible: Ansible, simulator: Simulator) -> None:
    """What the server says of a failure is text as well."""
    simulator.set(execution_unknown_api="org.zstack.header.vm.APICreateVmInstanceMsg", execution_failure_code=HOSTILE)
    ticket_in(simulator, "FinalApproved", "broken", requests=[{**api_request(), "requestName": HOSTILE}])
    page = read(report(ansible)[1])
    assert counts(page)["Failed"] == 1
    assert any(text.startswith(HOSTILE) for text in page.texts)
    assert page.tags["script"] == page.tags["img"] == 0


def test_left_as_it_is_while_nothing_changes(ansible: Ansible, simulator: Simulator, tickets: dict[str, str]) -> None:
    checked, path = report(ansible, "--check")
    assert any(task.changed for task in checked)
    assert not path.exists()
    assert any(task.changed for task in report(ansible)[0])
    assert not any(task.changed for task in report(ansible)[0])
    Person(simulator, "approver").send("approve", tickets["waits"])
    assert any(task.changed for task in report(ansible)[0])


def test_no_tickets(ansible: Ansible) -> None:
    page = read(report(ansible)[1])
    assert set(counts(page).values()) == {0}
    assert "Nothing awaits a decision." in page.text
    assert "Nothing has been decided." in page.text
    assert page.tags["article"] == 0


def test_selection(ansible: Ansible, simulator: Simulator, tickets: dict[str, str]) -> None:
    page = read(report(ansible, report_query=["name~=%recalled%"])[1])
    assert (page.tags["article"], counts(page)["Recalled"]) == (1, 1)
    assert read(report(ansible, report_limit=2)[1]).tags["article"] == 2


def test_where_it_is_written(ansible: Ansible) -> None:
    """A relative path begins where ansible-playbook was started, not where the playbook is installed."""
    command = ["ansible-playbook", "zstack.tickets.report", "-e", "report_file=here.html"]
    environment = {**ansible.environment("admin"), "PWD": str(ansible.folder)}
    run = ansible.run(command, environment)
    assert run.returncode == 0, run.output
    assert (ansible.folder / "here.html").stat().st_mode & 0o777 == 0o644


def test_chain_is_told_step_by_step(ansible: Ansible, simulator: Simulator) -> None:
    uuid = Person(simulator, "requester").create("chain", flowCollectionUuid=CHAIN_COLLECTION)["uuid"]
    for name, comment in (("approver", "One."), ("approver2", "Two."), ("admin", "Three.")):
        Person(simulator, name).send("approve", uuid, comment)
    text = read(report(ansible)[1]).text
    places = [text.index(words) for words in ("Submitted by", "One.", "Two.", "Three.", "create vm: 1 done")]
    assert places == sorted(places)
