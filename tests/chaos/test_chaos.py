"""Some hundreds of seeds; ``make chaos`` plays as many as one likes."""

from __future__ import annotations

import pytest

from .play import play_block

SEEDS = 300
BLOCK = 20


@pytest.mark.parametrize("first", range(1, SEEDS + 1, BLOCK))
def test_seeds(first: int) -> None:
    failures = play_block(range(first, first + BLOCK))
    assert not failures, "\n".join(map(str, failures))
