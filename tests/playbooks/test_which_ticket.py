"""zstack_ticket: which ticket a task means, under whatever name, and with which uuid a new one is made."""

from __future__ import annotations

from tests.simulator import Simulator
from tests.simulator.identities import fixed_uuid

from .harness import Ansible
from .people import Person, stored, ticket_in
from .tasks import Task, ticket, web

NAMES = [
    "it's",
    'the "big" one',
    "a!=b",
    "a>=b and c<=d",
    "x is null",
    "uuid not null",
    "name~=%",
    "?=one,two",
    "100%",
    "under_score",
    "back\\slash",
    "semi;colon, comma",
    "q&a #1 +2 /3",
    "Überprüfung",
    "Web",
    "WEB",
    "wéb",
    "为商店申请虚拟机",
    "申請「伺服器」 … 50%",
    "x" * 255,
]
TWINS = ["IT'S", "itXs", "underXscore", "1000", "uberprufung", "a =b", "a=b", "back/slash"]
"""Names that the server's own search, or a wildcard for an awkward character, takes for one of those."""


def looped(task: Task, names: list[str]) -> Task:
    return {**task, "loop": names}


def test_names_mean_themselves(ansible: Ansible, simulator: Simulator, requester: Person) -> None:
    for name in TWINS:
        requester.create(name)
    each = ticket(name="{{ item }}")
    check = {**looped(each, NAMES), "check_mode": True}
    gone = looped({"zstack.tickets.zstack_ticket": {"name": "{{ item }}", "state": "absent"}}, NAMES)
    run = ansible.play(check, looped(each, NAMES), looped(each, NAMES), check, gone, looped(gone, NAMES))

    def operations(position: int) -> dict[str, list[str]]:
        assert not run[position].failed, run[position].result
        return {result["item"]: result["operations"] for result in run[position]["results"]}

    assert operations(0) == operations(1) == {name: ["create"] for name in NAMES}
    assert [result["ticket"]["name"] for result in run[1]["results"]] == NAMES
    assert operations(2) == operations(3) == operations(5) == {name: [] for name in NAMES}
    assert operations(4) == {name: ["delete"] for name in NAMES}
    assert sorted(row["name"] for row in simulator.cloud.tickets) == sorted(TWINS)


def test_several_of_a_name(ansible: Ansible, requester: Person) -> None:
    first, second = (requester.create("web") for _time in range(2))
    requester.send("cancel", second["uuid"])
    run = ansible.play(
        ticket(),
        {**ticket(state="absent"), "check_mode": True},
        ticket(uuid=second["uuid"]),
        {"zstack.tickets.zstack_ticket_status": {"name": "web", "status": "cancelled"}},
    )
    for task in (run[0], run[1], run[3]):
        assert task.failed
        assert not task.writes
        assert task["msg"].startswith("2 tickets have the name 'web': ")
        assert "Give the uuid of the one that is meant." in task["msg"]
        candidates = {candidate["uuid"]: candidate for candidate in task["candidates"]}
        assert {uuid: candidate["status"] for uuid, candidate in candidates.items()} == {
            first["uuid"]: "Pending",
            second["uuid"]: "Cancelled",
        }
        assert all(uuid in task["msg"] and candidate["create_date"] for uuid, candidate in candidates.items())
    assert run[2]["ticket"]["uuid"] == second["uuid"]
    assert not run[2].changed


def test_context(ansible: Ansible, simulator: Simulator, requester: Person) -> None:
    """A login of a virtual ID fills it in, other ways to identify need it, and it tells tickets of a name apart."""
    other = Person(simulator, "requester2")
    theirs = other.create("web")
    mine = ansible.play(ticket())
    assert mine[0]["ticket"]["account_system_context"] == requester.context
    by_admin = ansible.play(
        ticket(name="mail"),
        ticket(account_system_context=other.context),
        {"zstack.tickets.zstack_ticket": {"uuid": theirs["uuid"], "requests": [web()]}},
        ticket(account_system_context={"virtualIDUuid": requester.uuid}),
        ticket(accountSystemContext={"projectUuid": requester.context["projectUuid"]}),
        ticket(name="mail", account_system_context=requester.context),
        who="admin",
    )
    assert by_admin[0].failed
    assert "no ticket with name 'mail'" in by_admin[0]["msg"]
    assert "account_system_context must be given" in by_admin[0]["msg"]
    assert "login of a virtual ID into a project fills account_system_context" in by_admin[0]["msg"]
    assert by_admin[1]["ticket"]["uuid"] == by_admin[2]["ticket"]["uuid"] == theirs["uuid"]
    assert by_admin[3]["ticket"]["uuid"] == mine[0]["ticket"]["uuid"]
    assert len(by_admin[4]["candidates"]) == 2
    assert by_admin[5]["operations"] == ["create"]
    assert by_admin[5]["ticket"]["account_system_context"] == requester.context


def test_result_fed_back(ansible: Ansible) -> None:
    """What comes out can go in again, as a whole and for a ticket of another name."""
    members = ("uuid", "name", "description", "requests", "flow_collection_uuid", "account_system_context")
    whole = {member: f"{{{{ made.ticket.{member} }}}}" for member in members}
    run = ansible.play(
        {**ticket(description="für alle", requests=[web(times=2, cpuNum=2), web(name="web-2")]), "register": "made"},
        {"zstack.tickets.zstack_ticket": whole},
        ticket(name="mail", requests="{{ made.ticket.requests }}"),
        ticket(name="mail", requests="{{ made.ticket.requests }}"),
    )
    assert [task.changed for task in run] == [True, False, True, False]
    bodies = [request["api_body"] for request in run[2]["ticket"]["requests"]]
    assert bodies == [request["api_body"] for request in run[0]["ticket"]["requests"]]


def test_chosen_uuid(ansible: Ansible, simulator: Simulator) -> None:
    """A new ticket's uuid follows from its name and context, and can be chosen."""
    chosen = fixed_uuid("chosen")
    run = ansible.play(
        {**ticket(), "check_mode": True},
        ticket(),
        ticket(name="mail"),
        ticket(name="chosen", uuid=chosen),
        ticket(name=" web ", state="absent"),
        ticket(),
    )
    derived = run[0]["ticket"]["uuid"]
    assert run[1]["ticket"]["uuid"] == run[5]["ticket"]["uuid"] == derived
    assert run[2]["ticket"]["uuid"] != derived
    assert run[3]["ticket"]["uuid"] == chosen
    assert run[4]["operations"] == ["delete"]


def test_uuid_of_a_deleted_ticket_stays_taken(ansible: Ansible, simulator: Simulator) -> None:
    """Some servers may never give a uuid out twice. Then the ticket gets a fresh one, unless the task chose it."""
    simulator.set(deleted_uuid_stays_taken=True)
    chosen = fixed_uuid("chosen")
    run = ansible.play(
        ticket(),
        ticket(state="absent"),
        ticket(),
        ticket(),
        ticket(name="chosen", uuid=chosen),
        ticket(name="chosen", state="absent"),
        ticket(name="chosen", uuid=chosen),
    )
    assert [task.changed for task in run] == [True, True, True, False, True, True, False]
    assert run[2]["ticket"]["uuid"] == run[3]["ticket"]["uuid"] != run[0]["ticket"]["uuid"]
    assert run[6].failed
    assert run[6]["error"]["code"] == "SYS.1000"


def test_validation_on_the_server(ansible: Ansible, simulator: Simulator) -> None:
    """In check mode the server may check a creation. It makes nothing, and its refusal fails the task."""
    unknown = [{"api_name": "org.example.APINoSuchMsg"}]
    check = {"check_mode": True}
    run = ansible.play(
        {**ticket(validate_on_server=True), **check},
        {**ticket(validate_on_server=True, requests=unknown), **check},
        {**ticket(requests=unknown), **check},
        ticket(validate_on_server=True),
        {**ticket(validate_on_server=True, requests=unknown, resubmit="always"), **check},
    )
    assert run[0]["operations"] == ["create"]
    assert run[1].failed
    assert run[1]["error"]["code"] == "SYS.1007"
    assert run[1]["msg"].startswith("Validating the ticket 'web' was refused: SYS.1007: ")
    # Without it, and for a ticket that exists, nobody asks the server
    assert run[2]["operations"] == ["create"]
    assert run[3]["operations"] == ["create"]
    assert run[4]["operations"] == ["cancel", "update", "reopen"]
    sent = [
        exchange.body for exchange in run.exchanges if exchange.action == "createTicket" and exchange.method == "POST"
    ]
    assert [b"ephemeral::validationOnly" in body for body in sent] == [True, True, False]
    made = stored(simulator)
    assert made is not None
    assert made["uuid"] == run[3]["ticket"]["uuid"]


def test_flow_collection(ansible: Ansible, simulator: Simulator) -> None:
    """The server chooses one unless the task does, and tags go along with a creation."""
    tag, chain = simulator.uuids["tag"], simulator.uuids["chain_collection"]
    run = ansible.play(
        ticket(),
        ticket(name="chain", flow_collection_uuid=chain.upper(), user_tags=["a", "b"], tag_uuids=[tag]),
        ticket(name="chain", flow_collection_uuid=chain, user_tags=["c"], tag_uuids=[]),
    )
    assert run[0]["ticket"]["flow_collection_uuid"] == simulator.uuids["demo_collection"]
    assert run[1]["ticket"]["flow_collection_uuid"] == chain
    assert not run[2].changed
    row = simulator.cloud.tickets[run[1]["ticket"]["uuid"]]
    assert row.hidden["user_tags"] == ["a", "b"]


def test_deleted_by_somebody_else(ansible: Ansible, simulator: Simulator) -> None:
    """Whatever is gone is made anew, and a ticket that is not the caller's is not deleted."""
    ticket_in(simulator, "Pending")
    run = ansible.play(ticket(state="absent", account_system_context={}), who="requester2")
    assert run[0].failed
    assert run[0]["error"]["code"] == "SYS.1006"
    assert run[0]["msg"].startswith("Deleting ticket 'web' (")
    assert stored(simulator) is not None
