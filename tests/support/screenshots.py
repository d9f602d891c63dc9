"""Take pictures of the report page, light and dark, for the README and the guides: ``docs/docsite/rst/report*.png``.

    python -m tests.support.screenshots      in the environment ``dev``

It runs the playbook ``zstack.tickets.report`` against a simulator in which some people have been busy, and needs
Chromium.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.playbooks.people import CREATE_VM, Person
from tests.simulator import Simulator, start
from tests.support.environments import ROOT, Environment

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PICTURES = ROOT / "docs" / "docsite" / "rst"
WIDTH, HEIGHT, SCALE = 1200, 1059, 1.5
MORNING = datetime(2026, 11, 23, 9, tzinfo=UTC)
"""When the story begins: the pictures are the same whenever they are taken."""
HOUR = 3600.0
GIB = 1024**3
QUIET = {"ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false"}

NAMES = {
    "requester": "Web team",
    "requester2": "Training",
    "approver": "Team lead",
    "approver2": "Controlling",
    "admin": "Operations",
}


def machine(name: str, wish: str, cpus: int, memory: int, times: int = 1) -> dict[str, object]:
    """One request of a ticket, as the API takes it."""
    body = {"name": name, "cpuNum": cpus, "memorySize": memory * GIB}
    return {"requestName": wish, "apiName": CREATE_VM, "executeTimes": times, "apiBody": body}


def be_busy(simulator: Simulator) -> None:
    """Some days of asking and deciding."""
    web, training, lead = (Person(simulator, name) for name in ("requester", "requester2", "approver"))

    def later(hours: float) -> None:
        simulator.clock.advance(hours * HOUR)

    simulator.clock.advance(MORNING.timestamp() - simulator.clock.now())
    shop = web.create("web shop", [machine("shop", "web server", 4, 8, 2), machine("shop-db", "database", 8, 32)])
    later(3)
    lead.send("approve", shop["uuid"], "Within the quota of the quarter.")
    later(22)
    rooms = training.create("training rooms", [machine("fail-room", "desktop", 2, 4, 12)])
    later(2)
    lead.send("approve", rooms["uuid"], "Until Friday.")
    later(3)
    huge = training.create("experiments", [machine("gpu", "compute server", 64, 512, 4)])
    later(1)
    lead.send("reject", huge["uuid"], "Please talk to us before you ask for this.")
    later(17)
    mistake = web.create("web shop, test", [machine("shop-test", "web server", 40, 8)])
    later(0.2)
    web.send("cancel", mistake["uuid"], "Meant 4 CPUs.")
    later(1)
    warehouse = web.create(
        "data warehouse",
        [machine("dwh", "node", 16, 128, 3)],
        description="Reports of the year end.",
        flowCollectionUuid=simulator.uuids["chain_collection"],
    )
    later(5)
    lead.send("approve", warehouse["uuid"], "Three nodes, as discussed.")
    later(18)
    training.create("build agents", [machine("agent", "agent", 8, 16, 6)], description="The queue is an hour long.")


def write_page(simulator: Simulator, page: Path) -> None:
    names = {person["uuid"]: NAMES[name] for name, person in simulator.identities.items() if name in NAMES}
    variables = {
        "report_file": str(page),
        "report_title": "Tickets of the demo project",
        "report_names": {**names, simulator.uuids["demo_project"]: "demo"},
        "report_date": datetime.fromtimestamp(simulator.clock.now(), UTC).date().isoformat(),
    }
    subprocess.run(
        ["ansible-playbook", "zstack.tickets.report", "-e", json.dumps(variables)],
        env={**Environment("dev").environ(), **simulator.environment("admin"), **QUIET},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def looks(page: Path) -> Iterator[tuple[str, str]]:
    """The page as it is where people prefer light, and dark."""
    light = page.read_text(encoding="utf-8")
    preference = "(prefers-color-scheme: dark)"
    if preference not in light:
        raise ValueError(f"{page} has no dark look")
    yield "report.png", light
    yield "report_dark.png", light.replace(preference, "all")


def take_picture(browser: str, page: Path, picture: Path, profile: Path) -> None:
    options = [
        *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={profile}"),
        *(f"--window-size={WIDTH},{HEIGHT}", f"--force-device-scale-factor={SCALE}", f"--screenshot={picture}"),
    ]
    subprocess.run([browser, *options, page.as_uri()], stderr=subprocess.DEVNULL, timeout=60, check=True)


def main() -> int:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print(f"needs Chromium, none of {', '.join(BROWSERS)} is on PATH", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as name, start(switches={"locale": "en_US"}) as simulator:
        folder = Path(name)
        page = folder / "report.html"
        be_busy(simulator)
        write_page(simulator, page)
        for picture, text in looks(page):
            page.write_text(text, encoding="utf-8")
            take_picture(browser, page, PICTURES / picture, folder / "profile")
            print((PICTURES / picture).relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
