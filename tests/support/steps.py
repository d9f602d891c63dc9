"""What is checked: a table, for ``tests.support.check`` to run.

The steps of a chain run one after the other, the chains side by side. The Makefile says which groups a command runs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.support.environments import ROOT, Environment

DEV = Environment("dev")
DOCS = Environment("docs")
EE = Environment("ee")
OLDEST_CORE = Environment("core-2.16")
CORES_BETWEEN = [Environment(f"core-{version}") for version in ("2.17", "2.18", "2.19", "2.20")]
MOLECULE = Environment("molecule")
EDA = Environment("eda")
OLDEST_PYTHON = Environment("python-3.8")
AWX = Environment("awx")


@dataclass(frozen=True)
class Step:
    """One command, run in a folder of the checkout with the programs of an environment first on PATH."""

    name: str
    group: str
    command: tuple[str, ...]
    environment: Environment = DEV
    folder: str = "."

    @property
    def title(self) -> str:
        return f"{self.name} ({self.environment.name})"

    @property
    def is_pytest(self) -> bool:
        return self.command[0] == "pytest"


def lint(name: str, *command: str) -> Step:
    return Step(name, "lint", command)


def sanity(group: str, environment: Environment) -> Step:
    return Step("sanity", group, ("python", "-m", "tests.support.sanity", environment.name), environment)


def units(group: str, environment: Environment) -> Step:
    return Step("units", group, ("pytest", "-n", "2", "tests/unit"), environment)


def playbooks(group: str, environment: Environment) -> Step:
    return Step("playbooks", group, ("pytest", "-n", "2", "tests/playbooks"), environment)


def playbooks_in_part(group: str, environment: Environment) -> Step:
    """What says nothing new with another ansible-core is left to the releases."""
    return Step("playbooks-part", group, ("pytest", "-n", "2", "-m", "core", "tests/playbooks"), environment)


def scenario(role: str) -> Step:
    return Step(role, "molecule", ("molecule", "test", "--scenario-name", role), MOLECULE)


def read_version() -> str:
    found = re.search(r"^version: (\S+)$", (ROOT / "galaxy.yml").read_text(), re.MULTILINE)
    if not found:
        raise ValueError("galaxy.yml names no version")
    return found.group(1)


BUILD = ".cache/build"
TARBALL = f"zstack-tickets-{read_version()}.tar.gz"

COLLECTION = ".venv/collections/ansible_collections/zstack/tickets"

CHAINS: list[list[Step]] = [
    # ansible-test keeps virtual environments of its own, which two runs at once might both be making.
    [sanity("sanity", OLDEST_CORE), sanity("sanity", DEV), *(sanity("matrix", core) for core in CORES_BETWEEN)],
    [units("units", DEV), Step("chaos", "units", ("pytest", "-n", "2", "tests/chaos")), playbooks("playbooks", DEV)],
    [
        lint("ruff", "ruff", "check", "."),
        lint("format", "ruff", "format", "--check", "--diff", "."),
        lint("yamllint", "yamllint", "--strict", "."),
        lint("codespell", "codespell"),
        Step("mypy", "types", ("mypy", f"{COLLECTION}/plugins", f"{COLLECTION}/extensions/eda", "tests", "demo")),
        lint("changelog", "antsibull-changelog", "lint"),
        lint(
            "documentation",
            *("antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs", "self"),
            *("--check-extra-docs-refs", "."),
        ),
        lint("ansible-lint", "ansible-lint"),
        Step("docs", "docs", ("python", "-m", "tests.support.docs"), DOCS),
        Step("build", "build", ("ansible-galaxy", "collection", "build", "--force", "--output-path", BUILD)),
        # What Galaxy and Automation Hub check of an upload. It writes its findings where it stands.
        Step("galaxy-importer", "build", ("python", "-m", "galaxy_importer.main", TARBALL), folder=BUILD),
    ],
    [Step("ee", "ee", ("pytest", "-n", "0", "tests/ee"), EE)],
    [units("oldest", OLDEST_CORE), playbooks_in_part("oldest", OLDEST_CORE)],
    [Step("rulebooks", "eda", ("pytest", "-n", "2", "tests/eda"), EDA)],
    [scenario("ticket_request"), scenario("ticket_approval")],
    [Step("awx", "awx", ("pytest", "-n", "2", "tests/awx"), AWX)],
    # The oldest Python has no ansible-core that the collection admits: only what a managed node needs.
    [Step("module_utils", "oldest", ("pytest", "-n", "2", "tests/unit/module_utils"), OLDEST_PYTHON)],
    [playbooks("matrix", core) for core in (OLDEST_CORE, *CORES_BETWEEN)],
]
