"""The picture of a ticket's life shows the table of moves, and the one in the guides is of today's table."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree

import pytest

from ansible_collections.zstack.tickets.plugins.module_utils._tickets import moves
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.model import CANCELLED, PENDING, STATUSES
from tests.support import picture


def words(svg: str) -> Counter[str]:
    return Counter("".join(text.itertext()) for text in ElementTree.fromstring(svg).iterfind(".//{*}text"))


def test_is_up_to_date() -> None:
    assert picture.PICTURE.read_text(encoding="utf-8") == picture.draw(), "run python -m tests.support.picture"


def test_shows_all_statuses_and_moves() -> None:
    shown = words(picture.draw())
    assert shown.keys() >= set(STATUSES)
    assert shown["reopen"] == 2
    assert shown["cancel"] == shown["reject"] == 1  # from the frame around two statuses
    assert shown["approvesteps remain"] == shown["approve, steps remain"] == shown["approvelast step"] == 1


def test_move_without_route(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(moves.MOVES, (CANCELLED, moves.REJECT), moves.Move("Rejected", moves.OWNER, "to try it"))
    with pytest.raises(KeyError, match="reject"):
        picture.draw()


def test_move_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(moves.MOVES, (CANCELLED, moves.REOPEN), moves.Move(None, None, "to try it"))
    with pytest.raises(KeyError, match="not moves"):
        picture.draw()


def test_move_from_one_of_the_framed_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(moves.MOVES, (PENDING, moves.CANCEL), moves.Move(None, None, "to try it"))
    with pytest.raises(ValueError, match="each status of the frame"):
        picture.draw()
