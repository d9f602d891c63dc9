"""What holds of every run and every world, whatever went wrong."""

from __future__ import annotations

import json
import re
from collections import Counter

from ansible_collections.zstack.tickets.plugins.module_utils._errors import ZStackError
from tests.playbooks.harness import written_forms
from tests.simulator.log import LOGIN, LOGOUT, POLL, WRITE, Exchange

from .audit import Effect
from .runs import Run, reported
from .world import World

MOST_EXCHANGES = 2000
ALLOWANCE = 40.0
"""Seconds that one exchange may take with the pause before it: the longest Retry-After that is honoured, and some."""


class Violation(AssertionError):
    """Something that must never be."""


def check(condition: bool, text: str) -> None:
    if not condition:
        raise Violation(text)


def check_run(world: World, run: Run) -> None:
    """Check what one run, which has ended, did and says."""
    which = f"run {run.number} ({run.task})"
    exchanges = world.exchanges(run)
    check(not world.lab.audit.twins, f"{which}: {'; '.join(world.lab.audit.twins)}")
    check(len(exchanges) <= MOST_EXCHANGES, f"{which} took {len(exchanges)} exchanges")
    _check_time(world, run, exchanges, which)
    _check_secrets(world, run, which)
    own = {exchange.job_uuid for exchange in exchanges if exchange.kind == WRITE and exchange.job_uuid}
    effects = [effect for effect in world.effects if effect.job in own]
    if run.task.check_mode:
        check(not effects, f"{which} has changed something: {', '.join(map(str, effects))}")
    if run.task.options.get("steps") == "next":
        approved = [effect for effect in effects if effect.operation == "approve"]
        check(len(approved) <= 1, f"{which} was to approve one step, and approved {len(approved)}")
    if run.result is None:
        return
    _check_failure(run, which)
    for item in run.items:
        check(bool(item.get("changed")) == bool(reported(item)), f"{which}: changed is wrong in {item}")
    if not run.task.check_mode:
        _check_report(world, run, effects, exchanges, which)


def _check_time(world: World, run: Run, exchanges: list[Exchange], which: str) -> None:
    jobs = {exchange.job_uuid for exchange in exchanges if exchange.kind == WRITE}
    others = [exchange for exchange in exchanges if exchange.kind not in (WRITE, POLL)]
    waits = float(run.task.options.get("wait_timeout", 0)) if run.task.options.get("wait") else 0.0
    # A connection that was refused is no exchange, and a run gives up after a few of them.
    refused = (world.connection["retries"] + 1) * ALLOWANCE
    limit = waits + refused + len(jobs) * (world.connection["job_timeout"] + ALLOWANCE) + len(others) * ALLOWANCE
    check(run.elapsed <= limit, f"{which} took {run.elapsed:.0f} s, and should have ended within {limit:.0f} s")


def _check_secrets(world: World, run: Run, which: str) -> None:
    told = [run.result, run.warnings, run.shown]
    texts = (repr(told), json.dumps(told), json.dumps(told, ensure_ascii=False))
    for secret in world.secrets:
        for form in written_forms(secret):
            check(not any(form in text for text in texts), f"{which} shows {form!r}")


def _check_failure(run: Run, which: str) -> None:
    result = run.result or {}
    if run.failure is not None:
        kind = type(run.failure).__name__
        check(isinstance(run.failure, ZStackError), f"{which} failed with {kind}: {run.failure}")
        check(result.get("failed") is True, f"{which}: {kind} was lost")
    if result.get("failed"):
        check(bool(str(result.get("msg", "")).strip()), f"{which} failed without a message")
        check("fault of the collection" not in result["msg"], f"{which}: {result['msg']}")
        check("code" in result["error"], f"{which} failed without an error: {result}")


def _check_report(world: World, run: Run, effects: list[Effect], exchanges: list[Exchange], which: str) -> None:
    """A run reports what it did: all that it can know of, and nothing else."""
    told = Counter((_name(run, item), operation) for item in run.items for operation in reported(item))
    if not run.items:
        # A batch that failed as a whole has not begun.
        check(not effects, f"{which} did {', '.join(map(str, effects))} and has no results")
    # A network that delivers a call twice to an old node has it run twice, and nobody is told.
    calls = {(effect.name, effect.operation, effect.job) for effect in effects}
    done = Counter((name, operation) for name, operation, _job in calls)
    answered = {exchange.job_uuid for exchange in exchanges if _tells_success(world, exchange)}
    is_clear = _can_be_asked_for(world, run, exchanges)
    certain = Counter((name, operation) for name, operation, job in calls if is_clear or job in answered)
    hidden = certain - told
    check(not hidden, f"{which} did {_words(hidden)} and does not report it")
    for (name, operation), times in (told - done).items():
        if operation == "delete" and world.simulator.switches.delete_missing_succeeds:
            # The server itself tells everybody who deletes the same ticket that they did.
            continue
        # Nobody can tell who did what was asked for twice, when one of the answers is missing.
        others = [effect for effect in world.effects if effect not in effects]
        rivals = sum(
            (effect.name, effect.operation) == (name, operation) and _is_alike(effect, run) for effect in others
        )
        unsure = any(_is_unsure(exchange, answered) for exchange in exchanges)
        check(rivals >= times and unsure, f"{which} reports {operation} of {name!r}, which it did not do")
        world.note(f"run {run.number} takes somebody's {operation} for its own")


def _can_be_asked_for(world: World, run: Run, exchanges: list[Exchange]) -> bool:
    """Whether the run could learn what became of each of its calls, by asking for the job."""
    unclear = {"job_expired", "job_stuck", "job_lost", "restart", "duplicate"}
    suffered = {fault for exchange in exchanges for fault in exchange.faults}
    polls = [exchange for exchange in exchanges if exchange.kind == POLL]
    is_asked = all(world.is_answered(exchange) for exchange in polls)
    return is_asked and not unclear & suffered and world.slowness is None and not run.was_killed


def _is_alike(effect: Effect, run: Run) -> bool:
    """Whether the ticket looks as if the run had done it: its history names who sent an event."""
    return effect.operation in ("create", "update", "delete") or effect.caller == run.task.who


def _is_unsure(exchange: Exchange, answered: set[str | None]) -> bool:
    return exchange.kind == WRITE and exchange.job_uuid not in answered


def _tells_success(world: World, exchange: Exchange) -> bool:
    """Whether the client has the API's word that the call was run."""
    return exchange.kind in (WRITE, POLL) and exchange.status == 200 and world.is_answered(exchange)


def _name(run: Run, item: object) -> str:
    named = item.get("name") if isinstance(item, dict) else None
    return str(named or run.task.options.get("name"))


def _words(counted: Counter[tuple[str, str]]) -> str:
    return ", ".join(f"{operation} of {name!r}" for name, operation in counted)


_LEFT = re.compile(r"(\d+) session\(s\) made by this task could not be logged out")


def check_world(world: World) -> None:
    """Check what is left when all runs have ended: no session that a run knew of, unless it said so."""
    known: set[str] = set()
    for exchange in world.simulator.log.select(kind=LOGIN, status=200):
        run = world.run_of(exchange)
        if run is not None and not run.is_gone and world.is_answered(exchange):
            known.add(json.loads(exchange.answer or b"{}")["inventory"]["uuid"])
    now = world.simulator.clock.now()
    opened = {session.uuid for session in world.simulator.sessions.open.values() if session.expires > now}
    left = (opened & known) - world.all_tokens
    told = sum(int(count) for run in world.runs for warning in run.warnings for count in _LEFT.findall(warning))
    if world.folder is not None:
        # A worker of Ansible's that ends has nobody to tell.
        told += sum(bool(exchange.faults) for exchange in world.simulator.log.select(kind=LOGOUT))
    check(len(left) <= told, f"{len(left)} sessions are left open, and {told} were told of")
