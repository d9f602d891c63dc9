# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is calling: one class for each way to identify.

Each proves itself by the headers that C(headers()) gives for a request, after logging in if the way needs it.
**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import hashlib
import re
import threading
import typing as t
from concurrent.futures import Future, wait
from dataclasses import dataclass
from datetime import datetime

from .._errors import ApiError, MalformedAnswer, ZStackError
from . import access_key
from .secrets import Secrets
from .settings import API_VERSION_PATH

if t.TYPE_CHECKING:
    from .client import Client

INVALID_SESSION = "ID.1001"
TOO_MANY_SESSIONS = "ID.1006"
LOGOUT_SECONDS = 10.0
INTERRUPTED_LOGIN_SECONDS = 5.0
"""How long an interruption waits for a login that is under way."""

DEFAULT_SESSION_SECONDS = 7200

VISIBLE = re.compile("[!-~]+")
"""What a token or a key has to be made of to go into a header."""

Exchange = t.Callable[..., t.Mapping[str, t.Any]]
"""C(exchange(method, path, body=None, headers=None, at_most=None)): one call whose answer is complete at once, as all logins are."""


@dataclass(frozen=True)
class Caller:
    """Whom the API takes us for.

    C(operator_uuid) is what histories and approval steps name: the account's uuid, or the virtual ID's.
    C(project_uuid) is there after a login into a project only.
    """

    operator_uuid: str
    project_uuid: str | None = None


class Identity:
    """What the ways have in common. May be used by several threads at once.

    C(generation) counts how often the proof has been replaced, so that of many threads whose calls failed by the same
    outdated proof only the first replaces it.
    """

    def __init__(self, exchange: Exchange, secrets: Secrets) -> None:
        self.generation = 0
        self._exchange = exchange
        self._secrets = secrets
        self._lock = threading.RLock()

    def log_in(self) -> None:
        """Log in, if this way to identify needs it and it has not been done.

        :raises ApiError: the login was refused.
        :raises ExchangeError: it was not answered, however often it was tried.
        """

    def headers(self, method: str, path: str) -> dict[str, str]:
        """The headers that prove who sends this request. Logs in where that is still needed."""
        raise NotImplementedError

    def renew(self, generation: int) -> bool:
        """Get ready to prove ourselves anew after the API found the session invalid; false if that is not ours to do."""
        return False

    def next_clock(self, generation: int) -> bool:
        """Get ready to sign with another clock after the API found ours skewed; false if there is none left."""
        return False

    def caller(self, client: Client, read_only: bool) -> Caller | None:
        """Who we are to the API, if it tells. C(read_only) keeps to calls that change nothing at all."""
        return None

    def close(self) -> str | None:
        """Log out what was logged in here. Never fails; returns a warning if a session may be left."""
        return None


class SessionToken(Identity):
    """A session that the user has. It is never logged out, renewed or replaced here."""

    def __init__(self, exchange: Exchange, secrets: Secrets, token: str) -> None:
        super().__init__(exchange, secrets)
        self._token = token
        secrets.add(token)

    def headers(self, method: str, path: str) -> dict[str, str]:
        return {"Authorization": f"OAuth {self._token}"}

    def caller(self, client: Client, read_only: bool) -> Caller | None:
        """Only the renewal of a session tells whose it is. Every call renews it anyway, to the same default."""
        if read_only:
            return None
        body = {"renewSession": {"duration": DEFAULT_SESSION_SECONDS}}
        try:
            answer = client.write(
                "PUT", f"/accounts/sessions/{self._token}/renew", body, what="Asking whose session this is"
            )
        except ApiError:
            return None
        return _caller(answer.get("inventory"))


class AccessKey(Identity):
    """A signature on each request."""

    def __init__(self, exchange: Exchange, secrets: Secrets, key_id: str, secret: str, server_timezone: str) -> None:
        super().__init__(exchange, secrets)
        self._key_id = key_id
        self._secret = secret
        self._zones = access_key.zones_to_try(server_timezone)
        secrets.add(secret)

    def headers(self, method: str, path: str) -> dict[str, str]:
        date = access_key.http_date(datetime.now(self._zones[self.generation]))
        signature = access_key.signature(self._secret, method, date, path)
        self._secrets.add_signature(signature)
        return {"Authorization": f"ZStack {self._key_id}:{signature}", "Date": date}

    def next_clock(self, generation: int) -> bool:
        with self._lock:
            if self.generation == generation and generation + 1 < len(self._zones):
                self.generation += 1
            return self.generation > generation

    def caller(self, client: Client, read_only: bool) -> Caller | None:
        # Only these two fields: the whole object would bring the secret itself.
        query = [("q", f"AccessKeyID={self._key_id}"), ("fields", "accountUuid,userUuid")]
        try:
            keys = client.get("/accesskeys", query).get("inventories")
        except ApiError:
            return None
        return _caller(keys[0]) if isinstance(keys, list) and len(keys) == 1 else None


class Login(Identity):
    """A session that we make and therefore log out."""

    def __init__(self, exchange: Exchange, secrets: Secrets) -> None:
        super().__init__(exchange, secrets)
        self._tokens: list[str] = []
        self._is_logged_in = False
        self._caller: Caller | None = None
        self._under_way: Future[t.Mapping[str, t.Any]] | None = None

    def _new_session(self) -> t.Mapping[str, t.Any]:
        """Make the session to work with and return it as the API describes it."""
        raise NotImplementedError

    def _session(
        self, path: str, action: str, parameters: t.Mapping[str, str], headers: t.Mapping[str, str] | None = None
    ) -> t.Mapping[str, t.Any]:
        """Make one session by a login API and remember it for the logout.

        In a thread of its own, so that who is interrupted meanwhile can still wait for the answer: it holds a session to log out.
        """
        under_way: Future[t.Mapping[str, t.Any]] = Future()
        self._under_way = under_way

        def log_in() -> None:
            try:
                under_way.set_result(self._open(path, action, parameters, headers))
            except BaseException as error:  # pylint: disable=broad-except  # raised where the result is waited for
                under_way.set_exception(error)

        threading.Thread(target=log_in, daemon=True).start()
        return under_way.result()

    def _open(
        self, path: str, action: str, parameters: t.Mapping[str, str], headers: t.Mapping[str, str] | None
    ) -> t.Mapping[str, t.Any]:
        try:
            answer = self._exchange("PUT", API_VERSION_PATH + path, body={action: dict(parameters)}, headers=headers)
        except ApiError as error:
            if error.code == TOO_MANY_SESSIONS:
                error.message += " Too many sessions are open for this user: log some out, use an access key, or raise identity/session.maxConcurrent."
            raise
        session = answer.get("inventory")
        token = session.get("uuid") if isinstance(session, dict) else None
        if not isinstance(session, dict) or not isinstance(token, str) or VISIBLE.fullmatch(token) is None:
            raise MalformedAnswer(f"The login at {path} was answered without a session.")
        self._secrets.add(token)
        self._tokens.append(token)
        return session

    def log_in(self) -> None:
        with self._lock:
            if not self._is_logged_in:
                self._caller = _caller(self._new_session())
                self._is_logged_in = True

    def headers(self, method: str, path: str) -> dict[str, str]:
        with self._lock:
            self.log_in()
            return {"Authorization": f"OAuth {self._tokens[-1]}"}

    def renew(self, generation: int) -> bool:
        with self._lock:
            if self.generation == generation:
                self.generation += 1
                self._is_logged_in = False
            return True

    def caller(self, client: Client, read_only: bool) -> Caller | None:
        self.log_in()
        return self._caller

    def keep(self) -> str:
        """Log in if need be, and return the session as the caller's own: it is not logged out here."""
        with self._lock:
            self.headers("GET", "")
            self._is_logged_in = False
            return self._tokens.pop()

    def close(self) -> str | None:
        left = len(wait([self._under_way], INTERRUPTED_LOGIN_SECONDS).not_done) if self._under_way else 0
        while self._tokens:
            path = f"{API_VERSION_PATH}/accounts/sessions/{self._tokens.pop()}"
            try:
                self._exchange("DELETE", path, at_most=LOGOUT_SECONDS, what="The logout")
            except ZStackError:
                left += 1
        self._is_logged_in = False
        return (
            f"{left} session(s) made by this task could not be logged out and will expire by themselves."
            if left
            else None
        )


class AccountLogin(Login):
    """Account name and password."""

    def __init__(self, exchange: Exchange, secrets: Secrets, name: str, password: str) -> None:
        super().__init__(exchange, secrets)
        self._name = name
        self._hashed = hashed_password(password, secrets)

    def _new_session(self) -> t.Mapping[str, t.Any]:
        return self._session("/accounts/login", "logInByAccount", {"accountName": self._name, "password": self._hashed})


class ProjectLogin(Login):
    """A virtual ID's name and password, then the project by its name: two sessions, of which the second is used."""

    def __init__(self, exchange: Exchange, secrets: Secrets, name: str, password: str, project: str) -> None:
        super().__init__(exchange, secrets)
        self._name = name
        self._hashed = hashed_password(password, secrets)
        self._project = project

    def _new_session(self) -> t.Mapping[str, t.Any]:
        parameters = {"name": self._name, "password": self._hashed}
        first = self._session("/iam2/virtual-ids/login", "loginIAM2VirtualID", parameters)
        return self._session(
            "/iam2/projects/login",
            "loginIAM2Project",
            {"projectName": self._project},
            {"Authorization": f"OAuth {first['uuid']}"},
        )

    def member(self, client: Client) -> Caller | None:
        """The caller with the project; None if the API does not show the project."""
        self.log_in()
        if self._caller is None or self._caller.project_uuid:
            return self._caller
        # The session names the account that is linked to the project, not the project.
        projects = client.get("/iam2/virtual-ids/projects").get("inventories")
        for project in projects if isinstance(projects, list) else ():
            if (
                isinstance(project, dict)
                and project.get("name") == self._project
                and isinstance(project.get("uuid"), str)
            ):
                self._caller = Caller(self._caller.operator_uuid, project["uuid"])
                return self._caller
        return None


def _caller(members: object) -> Caller | None:
    """The operator that a session or an access key names: the user, where an account has users, else the account."""
    if not isinstance(members, dict):
        return None
    operator = members.get("userUuid") or members.get("accountUuid")
    return Caller(operator) if isinstance(operator, str) else None


def hashed_password(password: str, secrets: Secrets) -> str:
    """The lower-case hex SHA-512 that logins carry. Both forms become secrets: either one opens the account."""
    hashed = hashlib.sha512(password.encode("utf-8", "surrogatepass")).hexdigest()
    secrets.add(password)
    secrets.add(hashed)
    return hashed
