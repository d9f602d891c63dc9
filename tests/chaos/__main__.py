"""``python -m tests.chaos --seeds 1000``: that many worlds; ``--seed 7 --verbose``: one, with its story."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from .play import Failure, play_block

BLOCK = 20


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many worlds (default: %(default)s)")
    parser.add_argument("--first", type=int, default=1, help="seed of the first (default: %(default)s)")
    parser.add_argument("--seed", type=int, help="only this one")
    parser.add_argument("--scenario", help="only worlds of this scenario")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: %(default)s)")
    parser.add_argument("--verbose", action="store_true", help="tell the story of every world")
    parser.add_argument("--playbooks", action="store_true", help="run tasks by ansible-playbook, in real time")
    options = parser.parse_args()
    play_seeds = partial(play_block, scenario=options.scenario, verbose=options.verbose, by_playbooks=options.playbooks)
    if options.seed is not None:
        return _summary(1, play_seeds([options.seed]))
    seeds = range(options.first, options.first + options.seeds)
    blocks = [list(seeds[start : start + BLOCK]) for start in range(0, len(seeds), BLOCK)]
    failures: list[Failure] = []
    began = time.monotonic()
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        for found in pool.map(play_seeds, blocks):
            failures += found
            for failure in found:
                print(failure, flush=True)
    print(f"{time.monotonic() - began:.0f} s")
    return _summary(len(seeds), failures)


def _summary(count: int, failures: list[Failure]) -> int:
    for failure in failures if count == 1 else ():
        print(failure)
    scenarios = Counter(failure.scenario for failure in failures)
    print(f"{count} seeds, {len(failures)} failed {dict(scenarios) if scenarios else ''}".rstrip())
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
