# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: table
short_description: Lines of text that show a list as a table
version_added: 1.0.0
author:
  - zstack.tickets contributors (@zstack-tickets)
description:
  - Shows tickets, decisions or any other list of dictionaries in aligned columns, to be read in the output of a playbook.
  - Chinese characters count as two columns wide, as terminals show them. Line breaks and control characters are shown as such.
positional: columns
options:
  _input:
    description: The rows.
    type: list
    elements: dict
    required: true
  columns:
    description: The keys to show. A dot leads into a dictionary, as in V(awaiting.flow_name). The heading is the last part.
    type: list
    elements: str
    required: true
  width:
    description: Width of a column at most. Longer texts are cut, but for those of the last column.
    type: int
    default: 60
"""

EXAMPLES = r"""
- name: Read the tickets
  zstack.tickets.zstack_ticket_info:
  register: all

- name: Show them
  ansible.builtin.debug:
    msg: "{{ all.tickets | zstack.tickets.table(['name', 'status', 'awaiting.flow_name']) }}"
"""

RETURN = r"""
_value:
  description: The heading, a rule, and a line for each row.
  type: list
  elements: str
  sample:
    - name        status   flow_name
    - ----------  -------  -------------
    - web server  Pending  team approval
"""

import typing as t
import unicodedata

from ansible_collections.zstack.tickets.plugins.module_utils._errors import InputError
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.values import shown
from ansible_collections.zstack.tickets.plugins.plugin_utils.templating import mappings, plugin

GAP = "  "


@plugin("table")
def table(rows: t.Any, columns: t.Any, width: t.Any = 60) -> list[str]:
    """The filter, see DOCUMENTATION."""
    if not isinstance(columns, list) or not columns:
        raise InputError(f"columns is {shown(columns)}: it must be a list of at least one key.")
    if not isinstance(width, int) or width < 1:
        raise InputError(f"width is {shown(width)}: it must be a whole number above 0.")
    paths = [str(column).split(".") for column in columns]
    lines = [[path[-1] for path in paths]]
    for row in mappings(rows, "dictionaries"):
        *cells, last = [_visible(_at(row, path)) for path in paths]
        lines.append([*(_cut(cell, width) for cell in cells), last])
    widths = [max(map(_columns, cells)) for cells in zip(*lines, strict=True)]
    lines.insert(1, ["-" * min(columns, width) for columns in widths])
    return [GAP.join(map(_padded, cells, widths)).rstrip() for cells in lines]


def _at(row: t.Any, path: list[str]) -> t.Any:
    for key in path:
        row = row.get(key) if isinstance(row, dict) else None
    return row


def _visible(value: t.Any) -> str:
    """C(value) on one line, without what a terminal would obey instead of showing it."""
    text = "" if value is None else str(value)
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _cut(text: str, width: int) -> str:
    if _columns(text) <= width:
        return text
    while _columns(text) >= width:
        text = text[:-1]
    return f"{text}…"


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _columns(text))


def _columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


class FilterModule:
    def filters(self) -> dict[str, t.Any]:
        return {"table": table}
