"""Playing seeds: each draws a scenario and a world for it."""

from __future__ import annotations

import random as randomness
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from .invariants import Violation, check_world
from .scenarios import SCENARIOS
from .story import tell
from .world import Lab, World, lab


@dataclass(frozen=True)
class Failure:
    """A seed that shows a fault."""

    seed: int
    scenario: str
    what: str
    story: str

    def __str__(self) -> str:
        replay = f"make chaos SEED={self.seed}"
        return f"{self.story}\n\nseed {self.seed} ({self.scenario}): {self.what}\nplay it again: {replay}\n"


def play(laboratory: Lab, seed: int, scenario: str | None = None, verbose: bool = False) -> Failure | None:
    """Play one seed; None if all went as it should. ``scenario`` passes over all others."""
    random = Random(seed)
    # The pauses between attempts are drawn from the common source.
    randomness.seed(seed)
    name = random.choice(sorted(SCENARIOS))
    if scenario is not None and name != scenario:
        return None
    world = World(laboratory, seed, random)
    try:
        world.furnish()
        SCENARIOS[name](world)
        check_world(world)
    except Violation as violation:
        return Failure(seed, name, str(violation), tell(world))
    except Exception:
        return Failure(seed, name, traceback.format_exc(), tell(world))
    finally:
        if verbose:
            print(tell(world))
    return None


def play_block(seeds: Sequence[int], scenario: str | None = None, verbose: bool = False) -> list[Failure]:
    """Play seeds one after the other on one simulator."""
    with lab() as laboratory:
        return [failure for seed in seeds if (failure := play(laboratory, seed, scenario, verbose)) is not None]
