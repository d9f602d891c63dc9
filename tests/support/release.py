"""Say line by line whether the version in ``galaxy.yml`` may be released: ``make release-check``."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator

import yaml

from tests.support.environments import ROOT
from tests.support.record import git, read_content, read_passed
from tests.support.steps import CHAINS, read_version

Finding = tuple[bool, str]
"""Whether it is as it has to be, and what is so, or what is to be done."""

Numbers = tuple[int, ...]


def numbers(version: str) -> Numbers:
    return tuple(map(int, re.findall(r"\d+", version)))


def check_version(version: str) -> Finding:
    if not re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}", version):
        return False, f"version: {version} is not of three numbers, as semantic versioning has them"
    tags = [tag for tag in git("tag", "--list").splitlines() if re.fullmatch(r"\d+\.\d+\.\d+", tag)]
    newest = max(tags, key=numbers, default="")
    if newest and numbers(version) <= numbers(newest):
        return False, f"version: {version} is not newer than the tag {newest}: set the next one in galaxy.yml"
    return True, f"version: {version} follows {newest or 'no release'}"


def check_additions(version: str) -> Finding:
    """What is documented as newer than the release."""
    newer = sorted(
        str(path.relative_to(ROOT))
        for folder in ("plugins", "roles")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".yml")
        for added in re.findall(
            r"^ *version_added: ['\"]?(\d+\.\d+\.\d+)", path.read_text(encoding="utf-8"), re.MULTILINE
        )
        if numbers(added) > numbers(version)
    )
    if newer:
        return False, f"documentation: version_added is newer than {version} in {', '.join(newer)}"
    return True, f"documentation: nothing is described as newer than {version}"


def check_changelog(version: str) -> Finding:
    path = ROOT / "changelogs" / "changelog.yaml"
    releases = yaml.safe_load(path.read_text(encoding="utf-8"))["releases"] if path.exists() else {}
    text = (ROOT / "CHANGELOG.rst").read_text(encoding="utf-8")
    fragments = [path.name for path in (ROOT / "changelogs" / "fragments").glob("*.y*ml")]
    if version not in releases or f"v{version}" not in text.splitlines() or fragments:
        return False, f"changelog: {version} or a fragment is missing in it: run antsibull-changelog release"
    return True, f"changelog: has {version} and every fragment"


def check_tree(_version: str) -> Finding:
    changed = git("status", "--porcelain").splitlines()
    return not changed, f"commit: {len(changed)} files are not in it" if changed else "commit: has everything"


def check_steps(_version: str) -> Finding:
    passed = read_passed(read_content())
    missing = {step.group: None for chain in CHAINS for step in chain if step.title not in passed}
    if missing:
        return False, f"checks: not all have passed on this commit: run make {' '.join(missing)}"
    return True, "checks: all have passed on this commit, with every ansible-core"


CHECKS: list[Callable[[str], Finding]] = [check_version, check_additions, check_changelog, check_tree, check_steps]


def findings() -> Iterator[Finding]:
    version = read_version()
    for check in CHECKS:
        yield check(version)


def main() -> int:
    ready = True
    for is_so, text in findings():
        print(f"{'ok' if is_so else 'NO':<3} {text}")
        ready = ready and is_so
    return 0 if ready else 1


if __name__ == "__main__":
    sys.exit(main())
