"""Names of hosts that the inventory plugin makes of tickets."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.inventory.zstack_tickets import host_name

UUID = "f4483251fdfd48cdae0dbb966a2652c9"


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("web shop, first server", f"web_shop_first_server_{UUID}"),
        ("db-1.example.com", f"db-1.example.com_{UUID}"),
        ("数据库", f"数据库_{UUID}"),
        ("-e @/etc/passwd", f"e_etc_passwd_{UUID}"),
        ("localhost", f"localhost_{UUID}"),
        ("{{ name }}", f"name_{UUID}"),
        ("!&*", UUID),
        (None, UUID),
    ],
)
def test_host_is_called_like_the_ticket(name: str | None, host: str) -> None:
    assert host_name({"uuid": UUID, "name": name}, "name") == host
    assert host_name({"uuid": UUID, "name": name}, "uuid") == UUID


@given(st.text(max_size=300))
def test_no_name_makes_a_pattern(name: str) -> None:
    host = host_name({"uuid": UUID, "name": name}, "name")
    assert host.endswith(UUID)
    assert len(host) <= 100
    assert re.fullmatch(r"\w[\w.-]*", host)
