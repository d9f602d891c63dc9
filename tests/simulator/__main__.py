"""``python -m tests.simulator``: run the simulator until it is stopped."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import identities
from .handle import event_loop_factory
from .node import Node
from .server import Server, Settings
from .switches import Switches


def _port(text: str) -> int:
    if text.isdecimal() and int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port: it must be a number from 0 to 65535")


def _switch(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description="Run a simulated ZStack node.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=_port, default=8080, help="port of the API; 0 takes a free one (default: 8080)")
    parser.add_argument(
        "--control-port", type=_port, default=0, help="port of the control surface (default: a free one)"
    )
    parser.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"), help="speak TLS with these PEM files")
    parser.add_argument(
        "--set", action="append", type=_switch, default=[], metavar="NAME=VALUE", help="set a switch; repeatable"
    )
    parser.add_argument("--faults", type=Path, metavar="FILE", help="JSON file with a list of fault rules")
    parser.add_argument("--seed-tickets", type=int, default=0, metavar="N", help="start with N tickets in the books")
    parser.add_argument("--ready-file", type=Path, metavar="PATH", help="write where it listens once it does, as JSON")
    parser.add_argument("--ttl", type=float, metavar="SECONDS", help="stop by itself")
    parser.add_argument("--quiet", action="store_true", help="print nothing")
    return parser.parse_args()


def _describe(server: Server) -> dict[str, Any]:
    return {
        "endpoint": server.endpoint,
        "host": server.settings.host,
        "port": server.port,
        "control": server.control_endpoint,
        "identities": identities.summary(),
        "uuids": identities.uuids(),
        "pid": os.getpid(),
    }


def _greet(server: Server, context_path: str) -> str:
    address = "/".join(filter(None, [server.endpoint, context_path, "v1"]))
    lines = [f"# ZStack simulator: {address}", f"export CONTROL={server.control_endpoint}"]
    for name in ("requester", "approver", "approver2", "admin"):
        first = name == "requester"
        lines += ["", f"# act as {name}" + ("" if first else " (without the # in front)")]
        environment = identities.environment(name, server.settings.host, server.port, server.scheme, context_path)
        lines += [f"{'' if first else '# '}export {variable}={value}" for variable, value in environment.items()]
        if identities.summary()[name]["access_key_id"] is not None:
            key_id, secret = identities.access_key(name)
            lines += [f"#   or: export ZSTACK_ACCESS_KEY_ID={key_id} ZSTACK_ACCESS_KEY_SECRET={secret}"]
    return "\n".join(lines)


async def _serve(arguments: argparse.Namespace, node: Node) -> None:
    certificate, key = arguments.tls or (None, None)
    server = Server(node, Settings(arguments.host, arguments.port, arguments.control_port, certificate, key))
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await server.start()
    try:
        if arguments.ready_file is not None:
            # In one step, so that a reader never sees half of it
            unfinished = arguments.ready_file.with_suffix(".part")
            unfinished.write_text(json.dumps(_describe(server), indent=2), encoding="utf-8")
            unfinished.replace(arguments.ready_file)
        if not arguments.quiet:
            print(_greet(server, node.switches.context_path), flush=True)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), arguments.ttl)
    finally:
        await server.stop()


def main() -> int:
    arguments = _arguments()
    switches = Switches()
    try:
        switches.apply(dict(arguments.set))
        node = Node(switches)
        if arguments.faults is not None:
            node.faults.load(json.loads(arguments.faults.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        print(f"simulator: {error}", file=sys.stderr)
        return 2
    if arguments.seed_tickets:
        from .acts import seed_tickets

        seed_tickets(node, arguments.seed_tickets)
    try:
        with asyncio.Runner(loop_factory=event_loop_factory()) as runner:
            runner.run(_serve(arguments, node))
    except OSError as error:
        print(f"simulator: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
