"""Some hundreds of seeds, and a few by real playbooks; ``make chaos`` plays as many as one likes."""

from __future__ import annotations

import pytest

from .play import play_block

SEEDS = 300
BLOCK = 20
PLAYBOOKS = 6


@pytest.mark.parametrize("first", range(1, SEEDS + 1, BLOCK))
def test_seeds(first: int) -> None:
    failures = play_block(range(first, first + BLOCK))
    assert not failures, "\n".join(map(str, failures))


@pytest.mark.parametrize("seed", range(1, PLAYBOOKS + 1))
def test_playbooks(seed: int) -> None:
    failures = play_block([seed], by_playbooks=True)
    assert not failures, "\n".join(map(str, failures))
