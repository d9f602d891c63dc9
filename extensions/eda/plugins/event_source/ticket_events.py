# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An event source for ansible-rulebook: what happens to the tickets of a ZStack Cloud."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: ticket_events
short_description: Events about the approval tickets of a ZStack Cloud
version_added: 1.0.0
author:
  - zstack.tickets contributors (@zstack-tickets)
description:
  - Tells what happens to the tickets that the caller can see, each change once and in order, also over restarts if O(cursor_file) is given.
  - The server is asked every O(interval) seconds. Changes are told apart by the numbers that the server gives to the entries of its history, so
    clocks do not matter. Creation and deletion, which the history does not tell of, show by which tickets are there. A ticket that was both
    created and deleted between two looks is not seen, and what happened to a ticket between the last look and its deletion is told by that only.
  - While the server cannot be reached, the source logs warnings and tries again with growing pauses. It ends with an error if an option cannot
    be right or the server refuses the caller, and also if the very first look is refused for whatever reason.
  - The options for connection and identity are those of the modules of the collection, with the same meaning, environment variables and checks.
options:
  interval:
    description: Seconds between two looks at the server.
    type: float
    default: 10
  events:
    description:
      - The types of events to emit, by default all of them.
      - V(awaiting_me) cannot be told with a O(session_token) or O(access_key_id) whose owner the server does not tell.
        If it is not named here, it is then left out with a warning.
    type: list
    elements: str
    choices: [created, step_approved, approved, rejected, recalled, reopened, changed, executed, deleted, awaiting_me, waiting]
  remind_after:
    description:
      - Emit V(waiting) when a ticket has awaited the same approver for so many seconds, and again each time that it has for so many more.
        By default there is no such event.
      - The time that the source is up counts, to the minute if it goes on from a O(cursor_file).
    type: float
  since:
    description:
      - Where to begin without O(cursor_file), or while that file does not exist.
      - V(now) tells what happens from now on, V(beginning) everything that the server still has, oldest first, and a number what the history
        says behind the entry with this C(sequence).
      - Wherever it begins, the first look also tells of each ticket that already awaits the caller.
    type: str
    default: now
  cursor_file:
    description:
      - Path of a file in which the source keeps how far it has told, so that a restart goes on from there. It is made if it does not exist.
      - It is written after its events were handed over. After a crash in between, these events come again.
      - Each source needs a file of its own, and its identity must stay the same. What another identity cannot see would be told as deleted.
    type: path
  profile:
    description: Name of a profile in E(ZSTACK_PROFILES_FILE) or C(~/.config/zstack/profiles.ini) with options of this list.
    type: str
  host:
    description: Host name, address or URL of the management node or of the proxy in front of it.
    type: str
    required: true
  port:
    description: TCP port of the API.
    type: int
    default: 8080
  scheme:
    description: V(https) needs a proxy in front of the management node.
    type: str
    choices: [http, https]
    default: http
  context_path:
    description: Path of the API in front of C(/v1).
    type: str
    default: zstack
  session_token:
    description: UUID of an open session. Looking keeps it alive. When it ends anyway, so does the source.
    type: str
  access_key_id:
    description: ID of an access key. Recommended, as no session is opened.
    type: str
  access_key_secret:
    description: Secret of the access key.
    type: str
  server_timezone:
    description: Time zone of the management node, for an access key only.
    type: str
    default: auto
  account_name:
    description: Name of an account to log in with.
    type: str
  account_password:
    description: Password of the account.
    type: str
  virtual_id_name:
    description: Name of a virtual ID to log in with.
    type: str
  virtual_id_password:
    description: Password of the virtual ID.
    type: str
  project_name:
    description: Name of the project into which the virtual ID logs in.
    type: str
  validate_certs:
    description: Whether the certificate of an V(https) endpoint must be valid.
    type: bool
    default: true
  ca_path:
    description: Path of a file with the CA certificates to trust.
    type: path
  client_cert:
    description: Path of a client certificate to show to the proxy.
    type: path
  client_key:
    description: Path of the key of O(client_cert).
    type: path
  timeout:
    description: Seconds that one HTTP exchange may take.
    type: float
    default: 30
  retries:
    description: How often a read is tried again within one look.
    type: int
    default: 3
  job_timeout:
    description: Has no effect here.
    type: int
    default: 300
  poll_interval:
    description: Has no effect here. See O(interval).
    type: float
    default: 2
requirements:
  - ansible-core >= 2.16
  - requests >= 2.25
"""

EXAMPLES = r"""
- name: Tell who has refused what
  hosts: localhost
  sources:
    # The endpoint and the identity come from ZSTACK_HOST, ZSTACK_ACCESS_KEY_ID and ZSTACK_ACCESS_KEY_SECRET.
    - zstack.tickets.ticket_events:
        events: [rejected, executed]
        cursor_file: /var/lib/rulebooks/refused.json
  rules:
    - name: Refused
      condition: event.ticket_event.type == "rejected"
      action:
        debug:
          msg: "{{ event.ticket_event.ticket.name }} was refused: {{ event.ticket_event.comment }}"
    - name: Approved, but the machine could not be made
      condition: event.ticket_event.execution.failed == true
      action:
        debug:
          msg: "{{ event.ticket_event.execution.results }}"
"""

import asyncio
import logging
import os
import random
import signal
import sys
import threading
import time
import typing as t
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

# ansible-rulebook runs this file by its path, in a Python that need not know of collections.
for _folder in Path(__file__).absolute().parents:
    if _folder.name == "ansible_collections" and str(_folder.parent) not in sys.path:
        sys.path.append(str(_folder.parent))

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.zstack.tickets.plugins.module_utils._api.client import Client
from ansible_collections.zstack.tickets.plugins.module_utils._api.identity import TOO_MANY_SESSIONS
from ansible_collections.zstack.tickets.plugins.module_utils._api.secrets import Secrets
from ansible_collections.zstack.tickets.plugins.module_utils._api.settings import MOST_SECONDS
from ansible_collections.zstack.tickets.plugins.module_utils._api.transport import REQUESTS_IMPORT_ERROR
from ansible_collections.zstack.tickets.plugins.module_utils._arguments import CONNECTION, Spec
from ansible_collections.zstack.tickets.plugins.module_utils._errors import (
    ApiError,
    ExchangeError,
    InputError,
    ZStackError,
)
from ansible_collections.zstack.tickets.plugins.module_utils._operations import lookup, watch
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.events import AWAITING_ME, EVENTS, Cursor
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.values import plain
from ansible_collections.zstack.tickets.plugins.plugin_utils.cursor_file import CursorFile
from ansible_collections.zstack.tickets.plugins.plugin_utils.profiles import with_profile

ARGUMENTS: Spec = dict(
    CONNECTION,
    interval=dict(type="float", default=10),
    events=dict(type="list", elements="str", choices=list(EVENTS)),
    remind_after=dict(type="float"),
    since=dict(type="str", default=watch.NOW),
    cursor_file=dict(type="path"),
)

FROM_RULEBOOK = ("feedback", "eda_feedback_queue")
"""Arguments that are between ansible-rulebook and every source."""

LONGEST_PAUSE = 300.0
"""Seconds between two looks while the server cannot be reached."""

T = t.TypeVar("T")

log = logging.getLogger("zstack.tickets.ticket_events")


async def main(queue: asyncio.Queue[t.Any], args: dict[str, t.Any]) -> None:
    """Put events into the queue until cancelled.

    :raises ZStackError: an argument cannot be right, or the server refuses the caller.
    """
    secrets = Secrets()
    try:
        source = Source(read_arguments(args, secrets), secrets)
        await source.run(queue, args.get("eda_feedback_queue"))
    except ZStackError as error:
        error.message = secrets.mask(error.message)
        raise
    except Exception as error:
        # A fault of ours must not show options either.
        text = f"This is a fault of the collection, not of your rulebook: {type(error).__name__}: {error}. Please report it."
        raise ZStackError(secrets.mask(text)) from None


def read_arguments(args: t.Mapping[str, t.Any], secrets: Secrets) -> dict[str, t.Any]:
    """The arguments with defaults and what the environment and the profile give.

    :raises InputError: one is unknown, missing, or not of its type.
    """
    if REQUESTS_IMPORT_ERROR:
        raise InputError("The Python library requests is missing where ansible-rulebook runs: pip install requests.")
    given = {name: value for name, value in args.items() if name not in FROM_RULEBOOK and value is not None}
    validation = ArgumentSpecValidator(ARGUMENTS).validate(plain(with_profile(given, os.environ, log.warning)))
    for secret in validation._no_log_values:
        secrets.add(secret)
    if validation.error_messages:
        raise InputError(f"Arguments of zstack.tickets.ticket_events: {validation.errors[0]}")
    options: dict[str, t.Any] = validation.validated_parameters
    for name in ("interval", "remind_after"):
        if options[name] is not None and not 0 < options[name] <= MOST_SECONDS:
            raise InputError(
                f"{name}: {options[name]:g} is out of range. It must be a number of seconds above 0 and at most {MOST_SECONDS}."
            )
    if options["since"] not in (watch.NOW, watch.BEGINNING) and not options["since"].isdecimal():
        raise InputError(
            f"since: {options['since']!r} is not known. It must be now, beginning, or the sequence number of an entry of the history."
        )
    return options


class Source:
    """Looks at the server in a thread of its own, in which everything that waits for the network or the disk happens."""

    def __init__(self, options: dict[str, t.Any], secrets: Secrets) -> None:
        self._client = Client(options, secrets)
        self._secrets = secrets
        self._interval: float = options["interval"]
        self._remind_after: float | None = options["remind_after"]
        self._since: str = options["since"]
        self._events: list[str] | None = options["events"]
        self._file = CursorFile(Path(options["cursor_file"])) if options["cursor_file"] else None
        self._cursor = self._file.load() if self._file else None
        self._looked_at: float | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ticket_events")

    async def run(self, queue: asyncio.Queue[t.Any], feedback: asyncio.Queue[t.Any] | None) -> None:
        """Look and tell until cancelled, then log out."""
        try:
            await self._watch(queue, feedback)
        finally:
            # After whatever the thread is at, even if nobody waits for it here.
            closing = self._in_thread(self._client.close)
            self._thread.shutdown(wait=False)
            warning = await asyncio.shield(closing)
            if warning:
                log.warning("%s", warning)

    async def _watch(self, queue: asyncio.Queue[t.Any], feedback: asyncio.Queue[t.Any] | None) -> None:
        # Who has a cursor has had answers before.
        answered = self._cursor is not None
        failures = 0
        while True:
            try:
                news = await self._in_thread(self._look)
            except (ApiError, ExchangeError) as error:
                if _is_final(error, answered):
                    raise
                failures += 1
                pause = _pause(self._interval, failures)
                log.warning("%s Next attempt in %d s.", self._secrets.mask(error.message), round(pause))
                await asyncio.sleep(pause)
                continue
            if failures:
                log.warning("The server answers again.")
            answered, failures = True, 0
            take_signals_back()
            await self._tell(news, queue, feedback)
            if not news.more:
                await asyncio.sleep(self._interval)

    def _look(self) -> watch.News:
        if self._events is None:
            self._events = self._possible_events()
        if self._cursor is None:
            self._cursor = watch.begin(self._client, self._since)
            self._save(self._cursor)
        now = time.monotonic()
        elapsed = 0.0 if self._looked_at is None else now - self._looked_at
        news = watch.news(self._client, self._cursor, self._events, elapsed, self._remind_after)
        self._looked_at = now
        return news

    def _possible_events(self) -> list[str]:
        try:
            lookup.own_uuid(self._client)
        except InputError:
            log.warning("There will be no events %s: the server does not tell who the caller is.", AWAITING_ME)
            return [event for event in EVENTS if event != AWAITING_ME]
        return list(EVENTS)

    async def _tell(self, news: watch.News, queue: asyncio.Queue[t.Any], feedback: asyncio.Queue[t.Any] | None) -> None:
        assert self._cursor is not None
        try:
            for told in news.told:
                for event in told.events:
                    await queue.put({"ticket_event": self._secrets.mask_all(event)})
                    if feedback is not None:
                        await feedback.get()
                self._cursor.note(told.change, news.look)
                # A queue with room lets nobody else run.
                await asyncio.sleep(0)
            self._cursor.finish(news.look)
        finally:
            # What was told stays told, even if the end comes before the thread has begun to write.
            await asyncio.shield(self._in_thread(partial(self._save, self._cursor)))

    def _save(self, cursor: Cursor) -> None:
        if self._file:
            self._file.save(cursor)

    def _in_thread(self, action: t.Callable[[], T]) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(self._thread, action)


def take_signals_back() -> None:
    """Let SIGTERM and SIGINT do again what ansible-rulebook has set them to: end its tasks, so that this one can log out.

    The Java machine that it starts later takes these signals for itself, and ends the process on the spot.
    """
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            handler = signal.getsignal(number)
            if callable(handler):
                signal.signal(number, handler)


def _is_final(error: ApiError | ExchangeError, answered: bool) -> bool:
    """Whether trying again is of no use. Once the server has answered well, only a refusal of the caller is taken for that."""
    if isinstance(error, ExchangeError):
        return not (answered or error.passing)
    if error.code == TOO_MANY_SESSIONS:
        return False
    return not answered or error.http_status in (401, 403) or (error.code or "").startswith("ID.")


def _pause(interval: float, failures: int) -> float:
    """Seconds until the next attempt, with jitter, so that many sources do not come back in step."""
    growing: float = interval * 2 ** min(failures - 1, 20)
    return min(growing, max(interval, LONGEST_PAUSE)) * random.uniform(0.5, 1.0)
