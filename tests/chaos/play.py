"""Playing seeds: each draws a scenario and a world for it."""

from __future__ import annotations

import random as randomness
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from .invariants import Violation, check_world
from .scenarios import BY_PLAYBOOKS, SCENARIOS
from .story import tell
from .world import Lab, World, lab


@dataclass(frozen=True)
class Failure:
    """A seed that shows a fault."""

    seed: int
    scenario: str
    what: str
    story: str
    by_playbooks: bool

    def __str__(self) -> str:
        replay = (
            f"python -m tests.chaos --playbooks --seed {self.seed} --verbose"
            if self.by_playbooks
            else f"make chaos SEED={self.seed}"
        )
        return f"{self.story}\n\nseed {self.seed} ({self.scenario}): {self.what}\nplay it again: {replay}\n"


def play(
    laboratory: Lab, seed: int, scenario: str | None = None, verbose: bool = False, folder: Path | None = None
) -> Failure | None:
    """Play one seed; None if all went as it should.

    ``scenario`` passes over all others. With a ``folder``, tasks run by ``ansible-playbook`` there, in real time.
    """
    random = Random(seed)
    # The pauses between attempts are drawn from the common source.
    randomness.seed(seed)
    name = random.choice(sorted(BY_PLAYBOOKS if folder else SCENARIOS))
    if scenario is not None and name != scenario:
        return None
    world = World(laboratory, seed, random, folder)
    try:
        world.furnish()
        SCENARIOS[name](world)
        check_world(world)
    except Violation as violation:
        return Failure(seed, name, str(violation), tell(world), folder is not None)
    except Exception:
        return Failure(seed, name, traceback.format_exc(), tell(world), folder is not None)
    finally:
        if verbose:
            print(tell(world))
    return None


def play_block(
    seeds: Sequence[int], scenario: str | None = None, verbose: bool = False, by_playbooks: bool = False
) -> list[Failure]:
    """Play seeds one after the other on one simulator."""
    failures = []
    with lab() as laboratory, TemporaryDirectory() as folder:
        for seed in seeds:
            failure = play(laboratory, seed, scenario, verbose, Path(folder) if by_playbooks else None)
            failures += [failure] if failure is not None else []
    return failures
