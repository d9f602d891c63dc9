"""Access keys: signature, Date, clock skew, and who sees which key."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest


def _headers(sim: Any, name: str, method: str, path: str, when: datetime | None = None, **changes: Any) -> Any:
    """Signed as the public SDKs do: method, Date, path from /v1 on."""
    identity = sim.identities[name]
    zone = changes.get("zone", "GMT")
    date = (when or datetime.now(UTC)).strftime(f"%a, %d %b %Y %H:%M:%S {zone}")
    key_id, secret = identity["access_key_id"], changes.get("secret", identity["access_key_secret"])
    text = f"{method}\n{date}\n/v1{path}"
    signature = base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode()
    return {"Date": changes.get("date", date), "Authorization": f"ZStack {key_id}:{signature}"}


@pytest.mark.parametrize("name", ["admin", "requester", "approver"])
def test_signed_calls(as_: Any, sim: Any, name: str) -> None:
    answer = as_.nobody("GET", "/tickets", params={"limit": 1}, headers=_headers(sim, name, "GET", "/tickets"))
    assert answer.status_code == 200
    assert sim.log.entries[-1].identity == name


def test_a_key_acts_as_its_virtual_id_in_its_project(as_: Any, sim: Any) -> None:
    call = as_.nobody
    headers = _headers(sim, "requester", "POST", "/tickets")
    created = call.job("POST", "/tickets", json=call.ticket_body(), headers=headers).json()["inventory"]
    path = f"/tickets/{created['uuid']}/actions"
    body = {"changeTicketStatus": {"statusEvent": "approve"}}
    headers = _headers(sim, "approver", "PUT", path)
    assert call.job("PUT", path, json=body, headers=headers).json()["inventory"]["status"] == "FinalApproved"


@pytest.mark.parametrize(
    ("setting", "status", "text"), [("session", 503, "ID.1001"), ("400", 400, "accessKey"), ("403", 403, "accessKey")]
)
def test_bad_signature_is_a_switch(as_: Any, sim: Any, setting: str, status: int, text: str) -> None:
    sim.set(bad_signature=setting)
    headers = _headers(sim, "requester", "GET", "/tickets", secret="x" * 40)
    answer = as_.nobody("GET", "/tickets", headers=headers)
    assert answer.status_code == status
    assert text in answer.text


@pytest.mark.parametrize("signed", [("POST", "/tickets"), ("GET", "/ticket-types"), ("GET", "/zstack/tickets")])
def test_method_and_path_are_signed(as_: Any, sim: Any, signed: tuple[str, str]) -> None:
    assert as_.nobody("GET", "/tickets", headers=_headers(sim, "requester", *signed)).status_code == 503


def test_disabled_key(as_: Any, sim: Any) -> None:
    url = f"{sim.control}/access-keys/requester/state"
    as_.nobody.http.post(url, json={"state": "Disabled"}, timeout=10)
    answer = as_.nobody("GET", "/tickets", headers=_headers(sim, "requester", "GET", "/tickets"))
    assert answer.status_code == 503


@pytest.mark.parametrize("zone", ["GMT", "UTC", "Z", "CST", "Asia/Shanghai", "GMT+08:00", "PRC", "gmt", "utc", "z"])
def test_readable_zones_are_ignored(as_: Any, sim: Any, zone: str) -> None:
    headers = _headers(sim, "requester", "GET", "/tickets", zone=zone)
    assert as_.nobody("GET", "/tickets", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 23 Nov 2026 15:00:00 +0800",
        "Mon, 3 Nov 2026 15:00:00 GMT",
        "Tue, 23 Nov 2026 15:00:00 GMT",
        "Mon, 23 Nov 2026 15:00:00 NOZONE",
        "Mon, 23 Foo 2026 15:00:00 GMT",
        "2026-11-23T15:00:00Z",
    ],
)
def test_unreadable_dates(as_: Any, sim: Any, date: str) -> None:
    headers = _headers(sim, "requester", "GET", "/tickets", date=date)
    answer = as_.nobody("GET", "/tickets", headers=headers)
    expected = "'Date' format error, correct format is 'EEE, dd MMM yyyy HH:mm:ss z'"
    assert (answer.status_code, answer.text) == (400, expected)


def test_date_is_needed(as_: Any, sim: Any) -> None:
    headers = {**_headers(sim, "requester", "GET", "/tickets"), "Date": None}
    answer = as_.nobody("GET", "/tickets", headers=headers)
    assert (answer.status_code, answer.text) == (400, "'Date' must be incuded in request header")


def test_format_is_checked_after_the_date(as_: Any, sim: Any) -> None:
    headers = {**_headers(sim, "requester", "GET", "/tickets"), "Authorization": "ZStack nothing"}
    answer = as_.nobody("GET", "/tickets", headers=headers)
    assert (answer.status_code, answer.text) == (400, "accessKey format is 'ZStack AccessKeyId:Signature'")
    assert "Date" in as_.nobody("GET", "/tickets", headers={**headers, "Date": None}).text


@pytest.mark.parametrize(("minutes", "status"), [(-16, 403), (-14, 200), (14, 200), (16, 403)])
def test_skew(as_: Any, sim: Any, minutes: int, status: int) -> None:
    when = datetime.now(UTC) + timedelta(minutes=minutes)
    answer = as_.nobody("GET", "/tickets", headers=_headers(sim, "requester", "GET", "/tickets", when))
    assert answer.status_code == status
    assert status == 200 or answer.text == "requestTimeTooSkewed"


def test_wall_clock_digits_are_compared_unless_told_otherwise(as_: Any, sim: Any) -> None:
    sim.set(server_timezone="Asia/Shanghai")
    right_instant = _headers(sim, "requester", "GET", "/tickets")
    right_digits = _headers(sim, "requester", "GET", "/tickets", datetime.now(ZoneInfo("Asia/Shanghai")))
    assert as_.nobody("GET", "/tickets", headers=right_instant).status_code == 403
    assert as_.nobody("GET", "/tickets", headers=right_digits).status_code == 200
    sim.set(check_time_zone=True)
    assert as_.nobody("GET", "/tickets", headers=right_instant).status_code == 200
    assert as_.nobody("GET", "/tickets", headers=right_digits).status_code == 403


def test_keys_are_visible_to_their_user_and_admin(as_: Any, sim: Any) -> None:
    own = as_.requester.query("/accesskeys")
    assert [key["AccessKeyID"] for key in own] == [sim.identities["requester"]["access_key_id"]]
    assert set(own[0]) == {
        *("uuid", "accountUuid", "userUuid", "AccessKeyID", "AccessKeySecret", "state", "createDate", "lastOpDate")
    }
    assert len(as_.admin.query("/accesskeys")) == 3
    assert as_.requester2.query("/accesskeys") == []
