"""Sessions: logging in and out, expiry, and who a token belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import ApiError, invalid_session
from .identities import ADMIN, NO_PROJECT, PLATFORM_ADMIN
from .inventories import SESSION
from .messages import Caller, Message, Result, inventory
from .tables import Row
from .texts import text

if TYPE_CHECKING:
    from .node import Node


@dataclass
class Session:
    uuid: str
    account: str
    user: str
    created: float
    expires: float

    def row(self) -> Row:
        fields = {"uuid": self.uuid, "accountUuid": self.account, "userUuid": self.user}
        dates = {"expiredDate": self.expires, "createDate": self.created}
        return Row(SESSION, {**fields, **dates, "noSessionEvaluation": False})


class Sessions:
    """The open sessions by uuid."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.open: dict[str, Session] = {}
        self.logins = 0

    def create(self, account: str, user: str) -> Session:
        """Raises ID.1006 when the user has too many sessions."""
        switches, now = self._node.switches, self._node.clock.now()
        if switches.unique_session:
            self.end_of(user)
        held = sum(1 for session in self.open.values() if session.user == user and session.expires > now)
        if held >= switches.session_limit:
            raise ApiError("ID.1006", "Login sessions hit limit of max allowed concurrent login sessions")
        session = Session(self._node.cloud.new_uuid(), account, user, now, now + switches.session_timeout)
        self.open[session.uuid] = session
        self.logins += 1
        return session

    def find(self, token: str | None) -> Session | None:
        """The session of a token, unless it has expired."""
        session = self.open.get(token or "")
        if session is not None and session.expires <= self._node.clock.now():
            del self.open[session.uuid]
            return None
        return session

    def authenticate(self, token: str | None) -> Caller:
        """Who calls; the session's idle time starts anew. Raises ID.1001."""
        session = self.find(token)
        if session is None:
            raise invalid_session()
        session.expires = self._node.clock.now() + self._node.switches.session_timeout
        return self.caller(session.account, session.user)

    def caller(self, account: str, user: str) -> Caller:
        cloud = self._node.cloud
        project = cloud.project_of(account)
        return Caller(account, user, cloud.name_of(user), cloud.roles(user), project["uuid"] if project else None)

    def end(self, token: str) -> None:
        self.open.pop(token, None)

    def end_of(self, user: str, account: str | None = None) -> None:
        """End a user's sessions, or only those in one account."""
        for session in list(self.open.values()):
            if session.user == user and account in (None, session.account):
                del self.open[session.uuid]

    def reset(self) -> None:
        self.open.clear()
        self.logins = 0

    def expire_all(self) -> int:
        ended = len(self.open)
        self.open.clear()
        return ended


def _wrong_password() -> ApiError:
    return ApiError("ID.1000", "wrong account name or password", location="process-login (location:2/2)")


def _answer(node: Node, session: Session) -> Result:
    return inventory(node.renderer, session.row())


def log_in_by_account(node: Node, message: Message) -> Result:
    return _account_login(node, message.get("accountName"), message.get("password"))


def _account_login(node: Node, name: str, password: str) -> Result:
    row = next((row for row in node.cloud.accounts.find("name", name) if row["name"] == name), None)
    if row is None or not row.hidden["password"] or row.hidden["password"] != password:
        raise _wrong_password()
    return _answer(node, node.sessions.create(row["uuid"], row["uuid"]))


def log_in_by_user(node: Node, message: Message) -> Result:
    """A user of an account, which nobody is here."""
    raise ApiError("ID.1000", "wrong account or username or password")


def log_in(node: Node, message: Message) -> Result:
    """The generic login; ``loginType`` says of what."""
    kind = message.get("loginType")
    if kind == "account":
        return _account_login(node, message.get("username"), message.get("password"))
    if kind == "iam2":
        return _virtual_id_login(node, message.get("username"), message.get("password"))
    raise ApiError("SYS.1006", f"fail to get login backend for login type[{kind}]")


def log_in_virtual_id(node: Node, message: Message) -> Result:
    return _virtual_id_login(node, message.get("name"), message.get("password"))


def _virtual_id_login(node: Node, name: str, password: str) -> Result:
    row = next((row for row in node.cloud.virtual_ids.find("name", name) if row["name"] == name), None)
    if row is None or row.hidden["password"] != password or row["state"] != "Enabled":
        raise ApiError("ID.1000", text("virtual_id_login", name))
    account = ADMIN if PLATFORM_ADMIN in row.hidden["roles"] else NO_PROJECT
    return _answer(node, node.sessions.create(account, row["uuid"]))


def log_in_project(node: Node, message: Message) -> Result:
    cloud, name = node.cloud, message.get("projectName")
    found = [row for row in cloud.projects.find("name", name) if row["name"] == name]
    if not found:
        raise ApiError("SYS.1006", text("project_not_found", name))
    project = found[0]
    if project["state"] != "Enabled":
        raise ApiError("SYS.1006", text("project_state", project["state"]))
    if message.caller.user not in project.hidden["members"]:
        raise ApiError("SYS.1006", text("not_in_project", message.caller.name, name))
    session = node.sessions.create(project["linkedAccountUuid"], message.caller.user)
    _leave(node, message)
    return _answer(node, session)


def log_in_platform(node: Node, message: Message) -> Result:
    """A platform admin turns a first session into one of the platform."""
    if PLATFORM_ADMIN not in message.caller.roles:
        raise ApiError(
            "ID.1002", f"request api[name: {message.api.java}] is admin only, can not be executed by current user"
        )
    session = node.sessions.create(ADMIN, message.caller.user)
    _leave(node, message)
    return _answer(node, session)


def _leave(node: Node, message: Message) -> None:
    if node.switches.project_login_ends_operator_session and message.token is not None:
        node.sessions.end(message.token)


def log_out(node: Node, message: Message) -> Result:
    node.sessions.end(message.get("sessionUuid"))
    return Result()


def validate(node: Node, message: Message) -> Result:
    valid = node.sessions.find(message.get("sessionUuid")) is not None
    return Result(f'"valid":{"true" if valid else "false"}')


def renew(node: Node, message: Message) -> Result:
    session = node.sessions.find(message.get("sessionUuid"))
    if session is None:
        raise invalid_session()
    session.expires = node.clock.now() + (message.get("duration") or node.switches.session_timeout)
    return _answer(node, session)
