"""``python -m tests.benchmarks``: measure, and write the figures into the documentation."""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.environments import ROOT, Environment
from tests.support.processes import raise_when_terminated

from . import report, ways
from .goals import all_ways
from .measure import CommandFailed, Cost, cost_of
from .servers import Server, running
from .ways import Way

ENVIRONMENT = Environment("benchmark")


class Laboratory:
    """The servers, and a folder for what the commands read and print."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._servers = {
            name: stack.enter_context(running(folder, name, tls=name == ways.SECURE))
            for name in (ways.EMPTY, ways.FULL, ways.CROWDED, ways.SECURE)
        }
        self._servers[ways.CROWDED].post("/tickets/seed", {"count": ways.OTHERS})
        for name in (ways.FULL, ways.CROWDED):
            self._run(ways.BARE_CREATE, self._servers[name], ways.MANY)

    def cost(self, way: Way) -> Cost:
        """What the tickets cost: the command with them, less the command without any."""
        start, whole = (self._cost(way, count) for count in (0, way.tickets))
        return Cost(whole.wall - start.wall, whole.cpu - start.cpu, whole.peak - start.peak)

    def _cost(self, way: Way, count: int) -> Cost:
        server = self._servers[way.server]
        if way.server in (ways.EMPTY, ways.SECURE):
            server.reset(way.latency)
        return self._run(way, server, count)

    def _run(self, way: Way, server: Server, count: int) -> Cost:
        environ = {**ENVIRONMENT.environ(), **server.environment(way.by_key), **way.environ}
        return cost_of(way.command(server, self._folder, count), environ, self._folder / "output.txt", ROOT)


def measure(rounds: int) -> dict[Way, list[Cost]]:
    """Measure all ways in turn, round by round, so that whatever else the machine does befalls all of them alike."""
    costs: dict[Way, list[Cost]] = {way: [] for way in all_ways()}
    with TemporaryDirectory() as folder, ExitStack() as stack:
        laboratory = Laboratory(Path(folder), stack)
        for number in range(rounds):
            for way in costs:
                if number < way.rounds:
                    cost = laboratory.cost(way)
                    costs[way].append(cost)
                    print(
                        f"round {number + 1}: {way.title}, {way.tickets} tickets: "
                        f"{cost.wall / way.tickets * 1000:.2f} ms each, {cost.cpu / way.tickets * 1000:.2f} ms of CPU",
                        flush=True,
                    )
    return costs


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Compare ways to ensure tickets.")
    parser.add_argument("--quick", action="store_true", help="one round, printed only")
    arguments = parser.parse_args()
    raise_when_terminated()
    begin = time.monotonic()
    try:
        costs = measure(1 if arguments.quick else report.ROUNDS)
    except CommandFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    print("\n" + report.table(costs))
    print(f"{time.monotonic() - begin:.0f} seconds")
    if not arguments.quick:
        report.write(costs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
