"""Paths, methods, bodies, headers: what the REST front answers before any API runs."""

from __future__ import annotations

import socket
from typing import Any

import pytest


def test_unknown_path_names_the_path_without_context(as_: Any) -> None:
    answer = as_.requester("GET", "/nothing")
    assert (answer.status_code, answer.text) == (404, "no api mapping to /v1/nothing")


@pytest.mark.parametrize("path", ["/tickets/", "/api-jobs", "/api-jobs/"])
def test_trailing_slash_and_missing_segment_match_nothing(as_: Any, path: str) -> None:
    assert as_.requester("GET", path).status_code == 404


def test_outside_the_context_the_container_answers_html(as_: Any, sim: Any) -> None:
    answer = as_.nobody.http.get(f"{sim.endpoint}/v1/tickets", timeout=10)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("method", ["DELETE", "PUT", "POST", "HEAD"])
def test_path_of_one_api_ignores_the_method(as_: Any, method: str) -> None:
    answer = as_.requester(method, "/ticket-types")
    assert answer.status_code == 200
    assert method == "HEAD" or "CREATE_VM_INSTANCE_TICKET_TYPE" in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("DELETE", "/tickets", 500, "No delete API found for the path[/zstack/v1/tickets]"),
        ("POST", "/tickets/" + "a" * 32, 500, f"No creational API found for the path[/zstack/v1/tickets/{'a' * 32}]"),
        (
            "GET",
            "/tickets/" + "a" * 32 + "/actions",
            500,
            f"No query API found for the path[/zstack/v1/tickets/{'a' * 32}/actions]",
        ),
        ("HEAD", "/tickets", 405, ""),
        ("PUT", "/api-jobs/x", 405, "only GET method is allowed for querying job status"),
        ("GET", "/api-jobs/x", 404, "the job has been expired"),
    ],
)
def test_wrong_method(as_: Any, method: str, path: str, status: int, text: str) -> None:
    answer = as_.requester(method, path)
    assert (answer.status_code, answer.text) == (status, text)


@pytest.mark.parametrize("method", ["PATCH", "OPTIONS"])
def test_methods_that_the_container_refuses(as_: Any, method: str) -> None:
    answer = as_.requester(method, "/tickets")
    assert answer.status_code == 405
    assert "<html>" in answer.text


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        ("{bad", 500, "java.io.EOFException: End of input at line 1 column 5 path $."),
        ('"x"', 500, "java.lang.IllegalStateException: Expected BEGIN_OBJECT but was STRING at line 1 column 2 path $"),
        ("", 500, ""),
        ("null", 500, ""),
        ("[]", 400, "the body doesn't contain action mapping to the URL[/v1/tickets/abc/actions]"),
        ('{"foo": {}}', 400, "the body doesn't contain action mapping to the URL[/v1/tickets/abc/actions]"),
    ],
)
def test_bodies_of_actions(as_: Any, body: str, status: int, text: str) -> None:
    answer = as_.requester("PUT", "/tickets/abc/actions", data=body)
    assert (answer.status_code, answer.text) == (status, text)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"params": []}, "java.util.ArrayList cannot be cast to java.util.Map"),
        ({"params": "x"}, "java.lang.String cannot be cast to java.util.Map"),
        ({"params": {}, "systemTags": 1}, "java.lang.Long cannot be cast to java.util.List"),
        ({"params": {}, "userTags": {}}, "com.google.gson.internal.LinkedTreeMap cannot be cast to java.util.List"),
    ],
)
def test_json_of_another_type(as_: Any, body: dict[str, Any], text: str) -> None:
    answer = as_.requester("POST", "/tickets", json=body)
    assert (answer.status_code, answer.text) == (500, text)


@pytest.mark.parametrize("body", ["", "null", "[]", "{}", '{"param": {"name": "x"}}'])
def test_missing_parameters_are_an_empty_message(as_: Any, body: str) -> None:
    error = as_.requester.error("POST", "/tickets", data=body)
    assert error["code"] == "SYS.1007"
    assert error["details"] == (
        "field[name] of message[org.zstack.header.message.ApiMessageParamValidator] is mandatory, can not be null"
    )


def test_unknown_keys_are_ignored(as_: Any) -> None:
    body = as_.requester.ticket_body()
    body["params"]["foo"] = {"bar": 1}
    body["other"] = 1
    assert as_.requester.job("POST", "/tickets", json=body).status_code == 200


@pytest.mark.parametrize(
    ("header", "text"),
    [
        (None, "missing header 'Authorization'"),
        ("Basic eA==", "Authorization type must be 'OAuth'"),
        ("oauth x", "Authorization type must be 'OAuth'"),
    ],
)
def test_authorization_header(as_: Any, header: str | None, text: str) -> None:
    answer = as_.nobody("GET", "/tickets", headers={"Authorization": header})
    assert (answer.status_code, answer.text) == (400, text)


def test_checks_come_in_the_servers_order(as_: Any, sim: Any) -> None:
    """JSON, action, Authorization, types, binding, X-Job-UUID, X-API-Timeout; the session only after 202."""
    call, path = as_.nobody, "/tickets/x/actions"
    faulty: dict[str, Any] = {"X-Job-UUID": "short", "X-API-Timeout": "soon"}
    assert call("PUT", path, data="{", headers=faulty).status_code == 500
    assert "action mapping" in call("PUT", path, data="{}", headers=faulty).text
    wrong = {"updateTicketRequest": {"requests": "x"}}
    assert "Authorization" in call("PUT", path, json=wrong, headers=faulty).text
    faulty["Authorization"] = "OAuth nobody"
    assert "BEGIN_ARRAY" in call("PUT", path, json=wrong, headers=faulty).text
    right: dict[str, Any] = {"updateTicketRequest": {"requests": []}}
    assert "X-Job-UUID" in call("PUT", path, json=right, headers=faulty).text
    faulty["X-Job-UUID"] = "0" * 32
    assert call("PUT", path, json=right, headers=faulty).text == 'For input string: "soon"'
    faulty["X-API-Timeout"] = "60"
    assert call("PUT", path, json=right, headers=faulty).status_code == 202


def test_answers_have_no_content_type_and_set_a_cookie(as_: Any) -> None:
    answer = as_.nobody("GET", "/tickets")
    assert "Content-Type" not in answer.headers
    assert "JSESSIONID" in answer.cookies
    again = as_.nobody("GET", "/tickets")
    assert "Set-Cookie" not in again.headers


def test_html_is_escaped_in_answers_but_not_in_synchronous_errors(as_: Any) -> None:
    ticket = as_.requester.create("a<b>&='c'")
    answer = as_.requester("GET", "/tickets", params={"q": f"uuid={ticket['uuid']}"})
    assert '"a\\u003cb\\u003e\\u0026\\u003d\\u0027c\\u0027"' in answer.text
    assert answer.json()["inventories"][0]["name"] == "a<b>&='c'"
    sync = as_.requester("GET", "/tickets", params={"q": "foo=1"})
    assert sync.status_code == 503
    as_.requester("GET", "/tickets", params={"q": "name='"})
    assert "'" in as_.requester("GET", "/tickets", params={"q": "name='"}).text
    job = as_.requester.job("POST", "/tickets", json=as_.requester.ticket_body(accountSystemType="<x>"))
    assert job.status_code == 503
    assert "\\u003cx\\u003e" in job.text


@pytest.mark.parametrize("target", ["/zstack/v1/tickets?q=name<5", "/zstack/v1/tickets?q={x}", "/zstack/v1/%zz"])
def test_characters_that_the_container_refuses(sim: Any, target: str) -> None:
    with socket.create_connection((sim.host, sim.port), timeout=10) as raw:
        raw.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert raw.recv(65536).startswith(b"HTTP/1.1 400")


def test_url_and_headers_are_limited_to_64_kib(as_: Any) -> None:
    assert as_.requester("GET", "/tickets", params={"q": "name=" + "x" * 60000}).status_code == 200
    answer = as_.requester("GET", "/tickets", params={"q": "name=" + "x" * 65536})
    assert answer.status_code == 400
    assert "<html>" in answer.text


def test_context_path_is_a_switch(as_: Any, sim: Any) -> None:
    sim.set(context_path="")
    as_.nobody.base = f"{sim.endpoint}/v1"
    assert as_.nobody("PUT", "/management-nodes/actions", json={"getVersion": {}}).status_code == 200


def test_without_charset_a_body_is_read_as_latin1(as_: Any, sim: Any) -> None:
    body = '{"logInByAccount":{"accountName":"é","password":"x"}}'.encode()
    call = as_.nobody
    call("PUT", "/iam2/virtual-ids/login", data=body)
    named = '{"loginIAM2VirtualID":{"name":"é","password":"x"}}'.encode()
    plain = call("PUT", "/iam2/virtual-ids/login", data=named, headers={"Content-Type": "application/json"})
    assert "Ã©" in plain.json()["error"]["details"]
    told = {"Content-Type": "application/json; charset=utf-8"}
    assert "[名称:é]" in call("PUT", "/iam2/virtual-ids/login", data=named, headers=told).json()["error"]["details"]


def test_parameters_of_delete_stand_in_the_query_string(as_: Any, sim: Any) -> None:
    types = sim.uuids["demo_collection"]
    path = f"/tickets/flow-collections/{types}/ticket-types"
    vm_type = "3b933e9aaf2d49b9a3dcf0c92867790f"
    other = "ef064ef45fb446d381db7b7d5f71695c"
    assert as_.admin.job("POST", path, json={"params": {"ticketTypeUuids": [other]}}).text == "{}"
    removed = as_.admin.job("DELETE", path, params={"ticketTypeUuids.1": other, "ticketTypeUuids.0": vm_type, "foo": 1})
    assert (removed.status_code, removed.text) == (200, "{}")
    assert as_.admin.query("/tickets/flow-collections", f"uuid={types}")[0]["ticketTypeUuids"] == []
    twice = as_.admin("DELETE", f"/tickets/{'a' * 32}", params={"deleteMode": ["a", "b"]})
    assert twice.status_code == 400
    assert twice.text.startswith("Invalid query parameter[deleteMode], only one value is allowed")


def test_optional_path_of_tickets(as_: Any, sim: Any, new_uuid: str) -> None:
    ticket = as_.requester.create()["uuid"]
    found = as_.requester("GET", f"/tickets/{ticket}?limit=0&q=name=other").json()
    assert [row["uuid"] for row in found["inventories"]] == [ticket]
    missing = as_.requester("GET", f"/tickets/{new_uuid}")
    assert (missing.status_code, missing.json()) == (200, {"inventories": [], "schema": {}})
    assert as_.requester("GET", "/tickets/histories").json()["inventories"] == []
    sim.set(ticket_optional_path=False)
    # The path then belongs to the deletion alone, whatever the method
    assert as_.requester.job("GET", f"/tickets/{ticket}").text == "{}"
    assert as_.requester.query("/tickets") == []


def test_platform_questions(as_: Any, sim: Any) -> None:
    version = as_.nobody("PUT", "/management-nodes/actions", json={"getVersion": {}}).json()
    assert version["version"]
    sim.clock.advance(1000)
    time = as_.nobody("PUT", "/management-nodes/actions", json={"getCurrentTime": {}}).json()["currentTime"]
    assert abs(time["Seconds"] - sim.clock.now()) < 5
    sim.set(server_timezone="Asia/Shanghai")
    zone = as_.admin("GET", "/management-nodes/platform-timezone").json()
    assert zone == {"timezone": "Asia/Shanghai", "offset": "+08:00"}
