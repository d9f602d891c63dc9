"""What travels inside the node: an API's definition, one call of it, and its result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .identities import ADMIN, NO_PROJECT
from .rendering import Renderer, schema
from .tables import Row

if TYPE_CHECKING:
    from .node import Node
    from .query import Query

# Who may call an API at all
ANYBODY, LOGGED_IN, MEMBER, MANAGER = "anybody", "logged in", "member", "manager"


@dataclass(frozen=True)
class Param:
    """One parameter of an API: its JSON kind and the rules it must keep.

    ``kind`` is string, integer, boolean, enum, strings, objects or any; ``resource`` names the table and the class of
    the record that a uuid must belong to; ``inherited`` fields escape the front's early type check.
    """

    kind: str = "string"
    required: bool = False
    max_length: int | None = None
    values: tuple[str, ...] = ()
    nonempty: bool = False
    between: tuple[int, int] | None = None
    resource: tuple[str, str] | None = None
    inherited: bool = False


@dataclass(frozen=True)
class Api:
    """One API: where it is found and what runs."""

    java: str
    method: str
    path: str
    handler: Callable[[Node, Message], Result]
    params: dict[str, Param] = field(default_factory=dict)
    parameter: str = "params"
    is_action: bool = False
    sync: bool = False
    allowed: str = LOGGED_IN
    check: Callable[[Node, Message], None] | None = None
    query: str | None = None
    deletes: bool = False
    creates: bool = False

    @property
    def action(self) -> str:
        """The key that names this API in an action body: the class name without API and Msg."""
        name = self.java.rpartition(".")[2].removeprefix("API").removesuffix("Msg")
        return name[0].lower() + name[1:]


@dataclass
class Caller:
    """Who calls, as the session or access key says."""

    account: str
    user: str
    name: str
    roles: frozenset[str] = frozenset()
    project: str | None = None

    @property
    def is_admin(self) -> bool:
        return self.account == ADMIN

    @property
    def has_project(self) -> bool:
        return self.account != NO_PROJECT


@dataclass
class Message:
    """One call of an API."""

    api: Api
    id: str
    values: dict[str, Any]
    now: float
    token: str | None = None
    key_caller: Caller | None = None
    system_tags: list[str] | None = None
    user_tags: list[str] | None = None
    timeout_ms: int = 0
    webhook: str | None = None
    query: Query | None = None
    lose_session: bool = False
    caller: Caller = field(default_factory=lambda: Caller("", "", ""))

    def get(self, name: str) -> Any:
        return self.values.get(name)


@dataclass(frozen=True)
class Result:
    """A result as JSON text: its members without braces, and its schema."""

    members: str = ""
    schema: str = "{}"

    def body(self, with_schema: bool) -> str:
        if not with_schema:
            return "{" + self.members + "}"
        return "{" + self.members + ("," if self.members else "") + f'"schema":{self.schema}}}'


def inventory(renderer: Renderer, row: Row) -> Result:
    return Result(f'"inventory":{renderer.row(row)}', schema("inventory", [row], many=False))


def inventories(renderer: Renderer, rows: list[Row]) -> Result:
    return Result(f'"inventories":[{",".join(map(renderer.row, rows))}]', schema("inventories", rows, many=True))
