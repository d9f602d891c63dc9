"""The filter zstack.tickets.vm_request."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.filter.vm_request import DOCUMENTATION, KEYS, vm_request
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.requests import from_options
from tests.unit.plugins.tickets import CREATE_VM

PLAIN = {"name": "web", "image": "i" * 32, "offering": "o" * 32}


def test_least() -> None:
    assert vm_request(PLAIN) == {
        "request_name": "create web",
        "api_name": CREATE_VM,
        "execute_times": 1,
        "api_body": {"name": "web", "imageUuid": "i" * 32, "instanceOfferingUuid": "o" * 32},
    }


def test_everything() -> None:
    described = {
        "name": "worker",
        "description": "for the batch",
        "image": "i",
        "cpus": "4",
        "memory": "8G",
        "root_disk_size": "100G",
        "networks": ["a", "b"],
        "default_network": "b",
        "root_disk_offering": "r",
        "data_disk_offerings": "d",
        "zone": "z",
        "cluster": "c",
        "host": "h",
        "strategy": "CreateStopped",
        "count": "3",
        "request_name": "three workers",
        "body": {"dataDiskSizes": [1], "strategy": "InstantStart"},
    }
    assert vm_request(described) == {
        "request_name": "three workers",
        "api_name": CREATE_VM,
        "execute_times": 3,
        "api_body": {
            "name": "worker",
            "description": "for the batch",
            "imageUuid": "i",
            "defaultL3NetworkUuid": "b",
            "rootDiskOfferingUuid": "r",
            "zoneUuid": "z",
            "clusterUuid": "c",
            "hostUuid": "h",
            "strategy": "InstantStart",
            "l3NetworkUuids": ["a", "b"],
            "dataDiskOfferingUuids": ["d"],
            "cpuNum": 4,
            "memorySize": 8 * 1024**3,
            "rootDiskSize": 100 * 1024**3,
            "dataDiskSizes": [1],
        },
    }
    assert set(described) | {"offering"} == set(KEYS)


def test_nothing_given_is_nothing_asked() -> None:
    """Empty answers of a survey are no wishes."""
    empty: dict[str, Any] = {
        "description": "",
        "networks": "\n",
        "data_disk_offerings": [],
        "default_network": None,
        "count": None,
        "body": {},
    }
    assert vm_request({**PLAIN, **empty}) == vm_request(PLAIN)


@pytest.mark.parametrize("networks", ["a b", "a\r\nb\n", " a, b", ["a", "b"], ["a b"], ["a,b", ""]])
def test_lists_may_be_text(networks: Any) -> None:
    assert vm_request({**PLAIN, "networks": networks})["api_body"]["l3NetworkUuids"] == ["a", "b"]


def test_defaults() -> None:
    found = vm_request({"name": "web", "networks": "n"}, {**PLAIN, "name": "x", "count": 2, "networks": ["m"]})
    assert (found["execute_times"], found["api_body"]["name"], found["api_body"]["l3NetworkUuids"]) == (2, "web", ["n"])


@pytest.mark.parametrize(
    ("own", "common", "size"),
    [
        ({"cpus": 2, "memory": "4G"}, {"offering": "o"}, {"cpuNum": 2, "memorySize": 2**32}),
        ({"offering": "o"}, {"cpus": 2, "memory": "4G"}, {"instanceOfferingUuid": "o"}),
        ({"memory": "4G"}, {"cpus": 2, "memory": "1G"}, {"cpuNum": 2, "memorySize": 2**32}),
    ],
)
def test_a_size_of_one_kind_replaces_the_other(own: Any, common: Any, size: dict[str, Any]) -> None:
    body = vm_request({"name": "web", **own}, {"image": "i", **common})["api_body"]
    assert body == {"name": "web", "imageUuid": "i", **size}


@pytest.mark.parametrize(
    ("described", "words"),
    [
        ("web", "'web' is no virtual machine: it must be a dictionary."),
        ({}, "The virtual machine '' has no name."),
        ({"name": "web", "offering": "o"}, "The virtual machine 'web' has no image."),
        ({"name": "web", "image": "i"}, "needs one size: give either offering, or cpus and memory."),
        ({"name": "web", "image": "i", "cpus": 2}, "needs one size"),
        ({**PLAIN, "cpus": 2, "memory": 2}, "needs one size"),
        ({**PLAIN, "nmae": "x"}, "A virtual machine has no nmae. Known are name,"),
        ({**PLAIN, "count": 0}, "has the count 0: it must be a whole number above 0."),
        ({**PLAIN, "count": 1.5}, "has the count 1.5"),
        ({**PLAIN, "count": "two"}, "has the count 'two'"),
        ({**PLAIN, "body": [1]}, "body is [1]: it must be a dictionary"),
        ({"name": "web", "image": "i", "cpus": 2, "memory": "lots"}, "has the memory 'lots'"),
    ],
)
def test_mistakes_are_told(described: Any, words: str) -> None:
    with pytest.raises(AnsibleFilterError) as raised:
        vm_request(described)
    assert "zstack.tickets.vm_request: " in str(raised.value)
    assert words in str(raised.value)


texts = st.text(st.characters(min_codepoint=0x21, exclude_categories=["Cs"]), min_size=1, max_size=8)


@given(
    st.fixed_dictionaries(
        {"name": texts, "image": texts, "offering": texts},
        optional={"networks": st.lists(texts, max_size=3) | texts, "count": st.integers(1, 50), "description": texts},
    )
)
def test_every_machine_is_a_request_that_tickets_take(described: dict[str, Any]) -> None:
    (taken,) = from_options([vm_request(described)])
    assert taken.execute_times == described.get("count", 1)
    assert taken.api_body["name"] == described["name"]


def test_every_key_is_documented() -> None:
    text = str(yaml.safe_load(DOCUMENTATION)["options"]["_input"]["description"])
    assert all(f"C({key})" in text for key in KEYS)
