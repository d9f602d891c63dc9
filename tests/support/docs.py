"""Build the documentation site from the plugins' documentation and the guides in ``docs/docsite``.

    python -m tests.support.docs      in the environment ``docs``; the site is .cache/docs/build/html

Any warning fails it. It needs no network: of Ansible's own documentation it links what is listed here.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import zlib
from pathlib import Path

from tests.support.environments import CACHE, ROOT

COLLECTION = "zstack.tickets"
SITE = CACHE / "docs"
SOURCE = SITE / "rst"
GUIDES = ROOT / "docs" / "docsite" / "rst"

ANSIBLE_URL = "https://docs.ansible.com/ansible/latest/"
ANSIBLE_LABELS = {
    "action_plugins": ("plugins/action.html", "Action plugins"),
    "ansible_configuration_settings": ("reference_appendices/config.html", "Ansible Configuration Settings"),
    "common_return_values": ("reference_appendices/common_return_values.html", "Return Values"),
}
ANSIBLE_VARIABLES = (
    "ANSIBLE_CACHE_PLUGIN",
    "ANSIBLE_CACHE_PLUGIN_CONNECTION",
    "ANSIBLE_CACHE_PLUGIN_PREFIX",
    "ANSIBLE_CACHE_PLUGIN_TIMEOUT",
    "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED",
)
"""What the pages made from plugins refer to in Ansible's documentation: pages by label, and environment variables."""

SETTINGS = f"""
intersphinx_mapping = {{"ansible": ("{ANSIBLE_URL}", "../ansible.inv")}}
html_title = "{COLLECTION}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_theme_options = {{
    "show_extranav": False,
    "show_rtd_ethical_ads": False,
    "documentation_home_url": "index.html",
    "topbar_links": {{}},
    "navigation_depth": 2,
}}
"""
"""Goes below what antsibull-docs puts into conf.py."""

STYLE = """
/* Names of modules are longer than the menu is wide. */
.wy-menu-vertical a { overflow-wrap: anywhere }
"""


def write_inventory(path: Path) -> None:
    """Write them as Sphinx keeps what a site has."""
    head = "# Sphinx inventory version 2\n# Project: Ansible\n# Version: latest\n# The remainder is compressed using zlib.\n"
    lines = [
        f"{label} std:label -1 {page}#{label.replace('_', '-')} {title}\n"
        for label, (page, title) in ANSIBLE_LABELS.items()
    ]
    settings = ANSIBLE_LABELS["ansible_configuration_settings"][0]
    lines += [f"{name} std:envvar 1 {settings}#envvar-{name} -\n" for name in ANSIBLE_VARIABLES]
    path.write_bytes(head.encode() + zlib.compress("".join(lines).encode()))


def copy_pictures(folder: Path) -> None:
    """Put what the guides show beside them: antsibull-docs takes their texts alone."""
    for picture in GUIDES.iterdir():
        if picture.suffix in (".png", ".svg"):
            shutil.copy2(picture, folder)


def antsibull_docs(*arguments: str | Path) -> None:
    """Run it with what both its commands take; it tells of files that it writes, and on stderr of mistakes."""
    options = ("--use-current", "--squash-hierarchy", "--fail-on-error")
    subprocess.run(
        ("antsibull-docs", *arguments, *options, COLLECTION), cwd=SITE, stdout=subprocess.DEVNULL, check=True
    )


def main() -> int:
    shutil.rmtree(SITE, ignore_errors=True)
    for folder in (SITE, SOURCE):  # antsibull-docs wants them such that nobody else may write there
        folder.mkdir(mode=0o755)
    try:
        antsibull_docs(
            "sphinx-init",
            "--dest-dir",
            SITE,
            "--project",
            COLLECTION,
            "--title",
            COLLECTION,
            *("--copyright", "zstack.tickets contributors"),
        )
        with (SITE / "conf.py").open("a") as settings:
            settings.write(SETTINGS)
        (SITE / "static").mkdir()
        (SITE / "static" / "site.css").write_text(STYLE)
        write_inventory(SITE / "ansible.inv")
        antsibull_docs(
            "--config-file", "antsibull-docs.cfg", "collection", "--cleanup", "everything", "--dest-dir", SOURCE
        )
        copy_pictures(SOURCE / "docsite")
        build = (
            "sphinx-build",
            "-M",
            "html",
            SOURCE,
            "build",
            "-c",
            ".",
            "--fail-on-warning",
            "--keep-going",
            "--quiet",
        )
        subprocess.run(build, cwd=SITE, check=True)
    except subprocess.CalledProcessError as failure:
        return failure.returncode
    print(f"{(SITE / 'build' / 'html' / 'index.html').relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
