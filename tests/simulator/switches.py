"""The one table of everything about the server that is a choice, a version matter or a doubt.

Evidence marks: READ = seen in the server's published source; DOCUMENTED = stated by a manual or shown by the server's
own tests; INFERRED = the most plausible reading, unproven; UNKNOWN = no evidence, a default had to be chosen;
SIMULATOR = a knob of this simulator, nothing the server knows.

A live answer about a doubtful point changes one line here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any
from zoneinfo import ZoneInfo

from . import moves


def _switch(
    default: Any,
    evidence: str,
    meaning: str,
    choices: tuple[str, ...] = (),
    check: Callable[[Any], object] | None = None,
) -> Any:
    """``check`` raises for a value that cannot be used."""
    explained = {"evidence": evidence, "meaning": meaning, "choices": choices, "check": check}
    # Called in the body of the dataclass below, which pylint cannot see.
    return field(default=default, metadata=explained)  # pylint: disable=invalid-field-call


@dataclass
class Switches:
    """Current settings; attribute access is typed, :meth:`apply` changes them with checks.

    Raises ``ValueError`` from :meth:`apply` for an unknown name or an unusable value; nothing is changed then.
    """

    # REST front
    context_path: str = _switch("zstack", "READ", "first path segment of the API; may be empty")
    locale: str = _switch("zh_CN", "READ", "language of translated error details", ("zh_CN", "en_US"))
    server_timezone: str = _switch(
        "UTC",
        "SIMULATOR",
        "IANA zone of the node: timestamps and the wall clock that `Date` is compared with",
        check=ZoneInfo,
    )
    advertised_host: str = _switch(
        "",
        "READ",
        "host:port in a job's `location`: the node's own address, which callers may know by another one, or not reach; "
        "empty = as the caller addresses it",
    )
    timestamp_style: str = _switch(
        "jdk8",
        "READ",
        "`Nov 16, 2018 7:46:25 PM`; jdk9 puts a comma after the year, jdk20 a narrow space before PM too",
        ("jdk8", "jdk9", "jdk20"),
    )
    ticket_optional_path: bool = _switch(
        True,
        "DOCUMENTED",
        "`GET /tickets/{uuid}` is a query; if not, that path belongs to DeleteTicket alone, which then runs for any method",
    )
    session_cookie: bool = _switch(True, "INFERRED", "answers set a JSESSIONID cookie without meaning")
    version: str = _switch("5.3.0", "SIMULATOR", "what GetVersion answers")
    update_takes_description: bool = _switch(
        True, "READ", "UpdateTicketRequest changes the description too (since 4.8.0); before, it ignores it"
    )
    api_timeout_member: bool = _switch(True, "READ", "202 carries `apiTimeout` (since 4.1.0)")
    duplicate_job_check: bool = _switch(True, "READ", "a known X-Job-UUID is refused (since 4.5.0)")
    body_charset_latin1: bool = _switch(
        True, "INFERRED", "a body whose Content-Type names no charset is decoded as ISO-8859-1"
    )
    # numbers, texts, limits of the database
    integers_as_doubles: bool = _switch(
        False, "READ", "1 comes back as 1.0 in requests and contexts (before 4.6.0, or across nodes)"
    )
    store_message_internals: bool = _switch(
        True, "DOCUMENTED", "a stored apiBody gains id, timeout, headers, createdTime of the API message"
    )
    utf8_three_bytes: bool = _switch(True, "INFERRED", "text beyond the Basic Multilingual Plane fails with SYS.1000")
    requests_column_limit: int = _switch(65535, "READ", "bytes that the requests of one ticket may take as JSON")
    default_execute_times: int = _switch(0, "INFERRED", "executeTimes of a request that names none: Java's zero")
    insensitive_collation: bool = _switch(
        True, "INFERRED", "queries compare like utf8_general_ci: case and accents ignored"
    )
    unsorted_order: str = _switch(
        "insertion", "UNKNOWN", "order of query results without `sort`", ("insertion", "uuid")
    )
    # jobs
    job_duration: float = _switch(0.0, "SIMULATOR", "seconds from 202 until the job is done; its effect happens then")
    job_expired_period: float = _switch(10800.0, "READ", "seconds after creation when a done job's row may be deleted")
    job_scan_interval: float = _switch(3600.0, "READ", "seconds between two deletions of expired job rows")
    job_cache_size: int = _switch(2000, "READ", "results kept in memory, found even when their row is gone")
    api_timeout: int = _switch(1800, "READ", "default seconds told in `apiTimeout`")
    webhook_retries: int = _switch(15, "READ", "times a webhook is tried")
    webhook_interval: float = _switch(2.0, "READ", "seconds between two tries of a webhook")
    # sessions and access keys
    session_timeout: float = _switch(7200.0, "READ", "idle seconds until a session expires")
    session_limit: int = _switch(500, "READ", "concurrent sessions per user")
    unique_session: bool = _switch(False, "READ", "a new login ends the user's other sessions")
    project_login_ends_operator_session: bool = _switch(
        True, "INFERRED", "logging in to a project logs the virtual ID's first session out"
    )
    check_time_zone: bool = _switch(
        False, "READ", "compare instants instead of wall-clock digits of the access key's Date"
    )
    bad_signature: str = _switch(
        "session",
        "UNKNOWN",
        "answer to an unknown, disabled or badly signed access key: ID.1001 as for a bad session, or plain text",
        ("session", "400", "403"),
    )
    # tickets
    ticket_rule_code: str = _switch(
        "convention",
        "INFERRED",
        "code of a broken ticket rule: SYS.1007 while checking arguments and SYS.1006 later, or one for all",
        ("convention", "SYS.1006", "SYS.1007"),
    )
    delete_missing_succeeds: bool = _switch(
        True, "UNKNOWN", "deleting a ticket, flow or collection that is not there succeeds; if not, SYS.1003"
    )
    used_collection_can_be_deleted: bool = _switch(
        True, "UNKNOWN", "a flow collection can be deleted while tickets are under way by it; if not, SYS.1004"
    )
    flows_are_relinked: bool = _switch(
        True,
        "INFERRED",
        "a new flow takes over what followed its parent, and a deleted one hands it back; if not, the chain is torn",
    )
    duplicate_uuid_text: str = _switch(
        "flush", "INFERRED", "which of Hibernate's two texts reports a taken resourceUuid", ("flush", "commit")
    )
    deleted_uuid_stays_taken: bool = _switch(False, "UNKNOWN", "the uuid of a deleted ticket cannot be used again")
    admin_may_create: bool = _switch(
        True, "UNKNOWN", "the admin account may create tickets, on behalf of the context's virtual ID"
    )
    context_must_match_session: bool = _switch(
        True, "INFERRED", "accountSystemContext must name the caller's own project and virtual ID (admin excepted)"
    )
    admin_may_act_for_approver: bool = _switch(
        False, "INFERRED", "admin may approve and reject steps due to somebody else"
    )
    admin_may_act_for_owner: bool = _switch(
        False, "INFERRED", "admin may cancel, reopen and update the tickets of others"
    )
    member_may_delete_others: bool = _switch(False, "INFERRED", "a project member may delete tickets of other members")
    update_rejected: bool = _switch(
        True,
        "DOCUMENTED",
        "requests of a Rejected ticket may be updated (the server's tests do; its message speaks of Cancelled only)",
    )
    move_changes: str = _switch(
        "",
        "SIMULATOR",
        "cells of the table of moves that are different: `Rejected/reopen=denied,FinalApproved/cancel=Cancelled`",
        check=moves.changed,
    )
    unbound_collection_matches: bool = _switch(
        True, "UNKNOWN", "a flow collection bound to no ticket type fits every type when named by uuid"
    )
    last_approver_rule: bool = _switch(True, "READ", "the last approver must be admin or hold the operator role")
    create_writes_history: bool = _switch(
        False, "UNKNOWN", "creating performs the event `open` and writes a history row"
    )
    update_writes_history: bool = _switch(False, "UNKNOWN", "UpdateTicketRequest writes a history row")
    archive_at_deletion: bool = _switch(True, "INFERRED", "deleting a ticket archives it and its history")
    project_delete_removes_tickets: bool = _switch(
        True, "DOCUMENTED", "deleting a project deletes its tickets; if not, they can only be deleted"
    )
    # execution after the final approval
    execution_delay: float = _switch(
        0.0, "SIMULATOR", "seconds from final approval until the requests' results are in the history"
    )
    execution_failure_pattern: str = _switch(
        "^fail-",
        "SIMULATOR",
        "a request fails whose apiBody `name` this regular expression finds; empty = none",
        check=re.compile,
    )
    execution_failures: int = _switch(0, "SIMULATOR", "of a failing request's executions this many fail; 0 = all")
    execution_unknown_api: str = _switch(
        "", "SIMULATOR", "API class that the executor cannot find, though creation could"
    )
    execution_failure_code: str = _switch("SYS.1006", "SIMULATOR", "error code of a failed execution")
    execution_failure_rejects: bool = _switch(
        False, "UNKNOWN", "a failed execution turns the ticket Rejected; if not it stays FinalApproved"
    )
    result_names_api: bool = _switch(
        False, "DOCUMENTED", "requestResults name the API class instead of the requestName (as the manual's sample)"
    )
    result_context_type: str = _switch(
        "StatusChanged", "DOCUMENTED", "operationContextType of history rows with results"
    )
    # bookkeeping
    log_limit: int = _switch(50000, "SIMULATOR", "exchanges kept in the log")
    log_answers: bool = _switch(False, "SIMULATOR", "keep answers' bodies in the log too")

    def __post_init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` after every successful :meth:`apply`."""
        self._listeners.append(listener)

    def apply(self, changes: Mapping[str, Any]) -> None:
        """Change several switches at once; text values are read as the switch's own type."""
        known = {item.name: item for item in table()}
        checked = {}
        for name, value in changes.items():
            if name not in known:
                raise ValueError(f"no switch named {name}")
            checked[name] = _read(known[name], value)
        for name, value in checked.items():
            setattr(self, name, value)
        for listener in self._listeners:
            listener()

    def as_dict(self) -> dict[str, Any]:
        return {item.name: getattr(self, item.name) for item in table()}

    def reset(self) -> None:
        self.apply({item.name: item.default for item in table()})


def table() -> tuple[Field[Any], ...]:
    """Every switch: name, default, and in ``metadata`` evidence, meaning and choices."""
    return fields(Switches)


def _read(item: Field[Any], value: Any) -> Any:
    default: Any = item.default
    kind = type(default)
    if kind is bool:
        if isinstance(value, str) and value.lower() in ("true", "yes", "on", "1", "false", "no", "off", "0"):
            return value.lower() in ("true", "yes", "on", "1")
        if not isinstance(value, bool):
            raise ValueError(f"{item.name} must be true or false, not {value!r}")
        return value
    try:
        read = kind(value)
    except (TypeError, ValueError):
        raise ValueError(f"{item.name} must be of type {kind.__name__}, not {value!r}") from None
    check = item.metadata["check"]
    if check is not None:
        try:
            check(read)
        except (ValueError, KeyError, re.error) as error:
            raise ValueError(f"{item.name} cannot be {value!r}: {error}") from None
    choices = item.metadata["choices"]
    if choices and read not in choices:
        raise ValueError(f"{item.name} must be one of {', '.join(choices)}, not {value!r}")
    return read
