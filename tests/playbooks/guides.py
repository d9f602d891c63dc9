"""Reads the code blocks of a guide, and does what they say, in order, as its reader would.

A block is run by its language: ``console`` as shell commands, each behind ``$``, with what they print if that is
given; ``yaml`` as a playbook, or as the tasks of one. Comments right above a block say otherwise, see ``MARKS``.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from .examples import VARIABLES
from .harness import Ansible, Run, assert_clean

MARKS = {
    "runs as": "the identity of the simulator, from here on; at first the requester",
    "file": "the block is a file of this name, which is not run",
    "printed": "the block is what the one before it printed, or a part of that",
    "fails": "running the block fails, and this is printed",
    "warns": "running the block warns of this",
    "not run": "why the block is only read",
}
HOST = "zstack.example.com"
"""Stands for the simulator's address in what is run."""

_BLOCK = re.compile(
    r"(?P<marks>(?:^\.\. (?!_)[^\n:]*(?::(?!:)[^\n]*)?\n+)*)"
    r"^\.\. (?:code-block|code|sourcecode)::[ ]?(?P<language>\S*)\n(?:^ +:[^\n]*\n)*\n"
    r"(?P<text>(?:^(?: +[^\n]*)?\n)+)",
    re.MULTILINE,
)
_ANY_BLOCK = re.compile(r"^.*\S.*::(?: \S*)?$", re.MULTILINE)
_OTHER_DIRECTIVE = re.compile(r"^ *\.\. (?!code)[\w-]+::")
_COMMAND = re.compile(r"^\$ (?P<command>(?:.*\\\n)*.*)\n?(?P<printed>(?:(?!\$ ).*\n?)*)", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A code block: its line in the guide, its language, what is in it, and the marks above it."""

    line: int
    language: str
    text: str
    marks: dict[str, str]


def read_blocks(text: str) -> list[Block]:
    """The code blocks of a guide. Raises ValueError for one that would be overlooked, or a mark that means nothing."""
    blocks = []
    for found in _BLOCK.finditer(text):
        line = text.count("\n", 0, found.start("text"))
        marks = dict(_read_mark(mark, line) for mark in found["marks"].splitlines() if mark)
        blocks.append(Block(line, found["language"], textwrap.dedent(found["text"]).strip("\n") + "\n", marks))
    starts = [found[0] for found in _ANY_BLOCK.finditer(text) if not _OTHER_DIRECTIVE.match(found[0])]
    if len(starts) != len(blocks):
        raise ValueError(f"{len(starts)} code blocks, {len(blocks)} of them '.. code-block::' at the margin: {starts}")
    return blocks


def _read_mark(comment: str, line: int) -> tuple[str, str]:
    name, _colon, value = comment.removeprefix(".. ").partition(":")
    if name not in MARKS:
        raise ValueError(f"line {line}: {comment!r} is none of the marks {', '.join(MARKS)}")
    return name, value.strip()


@dataclass
class Reader:
    """Follows a guide in a folder of their own, with a shell whose variables last from block to block."""

    ansible: Ansible
    shell: dict[str, str] = field(default_factory=dict)
    printed: str = ""

    def follow(self, guide: Path) -> None:
        self._be("requester")
        for block in read_blocks(guide.read_text(encoding="utf-8")):
            try:
                self._do(block)
            except AssertionError as failure:
                raise AssertionError(f"{guide.name}, the block at line {block.line}: {failure}") from failure

    def _be(self, who: str) -> None:
        inventory, control = str(self.ansible.write_inventory()), self.ansible.simulator.control
        self.shell = self.ansible.environment(who, more={"ANSIBLE_INVENTORY": inventory, "CONTROL": control})

    def _do(self, block: Block) -> None:
        marks = block.marks
        if "runs as" in marks:
            self._be(marks["runs as"])
        text = block.text.replace(HOST, self.ansible.simulator.host)
        if "not run" in marks:
            assert marks["not run"], "say why it is not run"
        elif "file" in marks:
            path = self.ansible.folder / marks["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif "printed" in marks:
            assert_printed(block.text, self.printed)
        elif block.language == "console":
            self._run_commands(text, marks)
        elif block.language.startswith("yaml"):
            self._run_yaml(text, marks)
        else:
            raise AssertionError(
                f"a block of {block.language or 'no language'} needs one of the marks {', '.join(MARKS)}"
            )

    def _run_commands(self, text: str, marks: dict[str, str]) -> None:
        variables = self.ansible.folder / ".variables"
        for command in _COMMAND.finditer(text):
            script = f"{command['command']}\nstatus=$?\nenv -0 >{variables}\nexit $status\n"
            self._judge(self.ansible.observe(["/bin/sh", "-c", script], self.shell), marks)
            lines = variables.read_text(encoding="utf-8").split("\0")
            self.shell = {name: value for name, _equals, value in (line.partition("=") for line in lines if line)}
            if command["printed"]:
                assert_printed(command["printed"], self.printed)

    def _run_yaml(self, text: str, marks: dict[str, str]) -> None:
        items = yaml.safe_load(text)
        assert isinstance(items, list), "neither a playbook nor tasks: give it the mark file or not run"
        if not any(key in items[0] for key in ("hosts", "import_playbook", "ansible.builtin.import_playbook")):
            text = f"- hosts: localhost\n  gather_facts: false\n  tasks:\n{textwrap.indent(text, '    ')}"
        playbook = self.ansible.folder / "block.yml"
        playbook.write_text(text, encoding="utf-8")
        variables = self.ansible.write_variables(VARIABLES)
        self._judge(self.ansible.run(["ansible-playbook", "-e", f"@{variables}", str(playbook)], self.shell), marks)

    def _judge(self, run: Run, marks: dict[str, str]) -> None:
        self.printed = run.output
        assert (run.returncode != 0) == ("fails" in marks), run.output
        assert marks.get("fails", "") in run.output, run.output
        assert_clean(run, [marks["warns"]] if "warns" in marks else [])


def assert_printed(expected: str, printed: str) -> None:
    """The lines that are expected were printed one after the other, indented in any way.

    ``...`` in a line stands for anything in it, and by itself for any lines.
    """
    assert expected.strip(), "nothing is expected"
    pattern = "".join(map(_pattern, expected.strip("\n").splitlines()))
    lines = "".join(f"{line.strip()}\n" for line in printed.splitlines())
    assert re.search(f"^{pattern}", lines, re.MULTILINE), f"expected\n{expected}\nbut printed was\n{printed}"


def _pattern(line: str) -> str:
    if line.strip() == "...":
        return r"(?:.*\n)*?"
    return ".*".join(map(re.escape, line.strip().split("..."))) + r"\n"
