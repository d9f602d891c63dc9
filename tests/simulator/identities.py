"""Who exists at start: accounts, projects, virtual IDs, access keys. All uuids are the same in every run."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field

ADMIN = "36c27e8ff05c4780bf6d2fa65700f22e"
NO_PROJECT = "2dce5dc485554d21a3796500c1db007a"  # account of a virtual ID that has not chosen a project
PASSWORD = "password"
PROJECT = "demo-project"

# Roles of virtual IDs. An operator may be the last approver and manage flow collections; a reader only queries.
OPERATOR, READER, PLATFORM_ADMIN = "operator", "reader", "platform-admin"


def fixed_uuid(name: str) -> str:
    """A uuid that depends on ``name`` alone and passes the server's uuid pattern."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"zstack-simulator/{name}").hex


def password_hash(password: str) -> str:
    """What clients send: lower-case hex SHA-512 of the plain text."""
    return hashlib.sha512(password.encode()).hexdigest()


@dataclass(frozen=True)
class Person:
    """A virtual ID as it is at start."""

    name: str
    projects: tuple[str, ...]
    roles: frozenset[str] = field(default_factory=frozenset)
    access_key: bool = False

    @property
    def uuid(self) -> str:
        return fixed_uuid(f"virtual-id/{self.name}")


PROJECTS = (PROJECT, "other-project")
PEOPLE = (
    Person("requester", (PROJECT,), access_key=True),
    Person("requester2", (PROJECT,)),
    Person("approver", (PROJECT,), frozenset({OPERATOR}), access_key=True),
    Person("approver2", (PROJECT,)),
    Person("auditor", (PROJECT,), frozenset({READER})),
    Person("platform-admin", (), frozenset({PLATFORM_ADMIN})),
    Person("outsider", ("other-project",)),
)


def project_uuid(name: str) -> str:
    return fixed_uuid(f"project/{name}")


def linked_account(project: str) -> str:
    """The account behind a project: its resources belong to it."""
    return fixed_uuid(f"linked-account/{project}")


def access_key(name: str) -> tuple[str, str]:
    """Id (20 characters) and secret (40) of an identity's access key."""
    digest = hashlib.sha1(f"zstack-simulator/{name}".encode()).hexdigest()
    return f"{name.replace('-', '').title()}AccessKeySimulated"[:20], digest


DEMO_COLLECTION = fixed_uuid("flow-collection/demo")
CHAIN_COLLECTION = fixed_uuid("flow-collection/chain")
SYSTEM_COLLECTION = "872c04e82fee40509447b9ec90fc5aa1"
TAG = fixed_uuid("tag-pattern")  # the one uuid that `tagUuids` may name
DEMO_FLOWS = (("team approval", "approver"),)
CHAIN_FLOWS = (("team approval", "approver"), ("cost approval", "approver2"), ("final approval", None))  # None: admin


def flow_uuid(collection: str, position: int) -> str:
    return fixed_uuid(f"flow/{collection}/{position}")


def environment(name: str, host: str, port: int, scheme: str, context_path: str) -> dict[str, str]:
    """The ``ZSTACK_*`` variables under which clients act as ``name``."""
    common = {"ZSTACK_HOST": host, "ZSTACK_PORT": str(port), "ZSTACK_SCHEME": scheme}
    if context_path != "zstack":  # which every client knows
        common["ZSTACK_CONTEXT_PATH"] = context_path
    if name == "admin":
        return {**common, "ZSTACK_ACCOUNT_NAME": "admin", "ZSTACK_ACCOUNT_PASSWORD": PASSWORD}
    person = next(person for person in PEOPLE if person.name == name)
    variables = {**common, "ZSTACK_VIRTUAL_ID_NAME": name, "ZSTACK_VIRTUAL_ID_PASSWORD": PASSWORD}
    if person.projects:
        variables["ZSTACK_PROJECT_NAME"] = person.projects[0]
    return variables


def summary() -> dict[str, dict[str, str | None]]:
    """Every identity with its credentials, for programs."""
    key_id, secret = access_key("admin")
    known: dict[str, dict[str, str | None]] = {
        "admin": {
            "uuid": ADMIN,
            "account_name": "admin",
            "password": PASSWORD,
            "access_key_id": key_id,
            "access_key_secret": secret,
        }
    }
    for person in PEOPLE:
        credentials = access_key(person.name) if person.access_key else (None, None)
        known[person.name] = {
            "uuid": person.uuid,
            "virtual_id_name": person.name,
            "password": PASSWORD,
            "project_name": person.projects[0] if person.projects else None,
            "access_key_id": credentials[0],
            "access_key_secret": credentials[1],
        }
    return known


def uuids() -> dict[str, str]:
    """The uuids that a test or a demonstration may want to name."""
    return {
        "admin": ADMIN,
        "demo_project": project_uuid(PROJECT),
        "demo_project_account": linked_account(PROJECT),
        "other_project": project_uuid("other-project"),
        "demo_collection": DEMO_COLLECTION,
        "chain_collection": CHAIN_COLLECTION,
        "system_collection": SYSTEM_COLLECTION,
        "tag": TAG,
        **{f"virtual_id_{person.name.replace('-', '_')}": person.uuid for person in PEOPLE},
    }
