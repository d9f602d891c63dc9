"""What the examples of plugins, guides and READMEs leave to their reader: values that fit the simulator."""

from __future__ import annotations

from tests.simulator.identities import fixed_uuid

OFFERING = "46466abc6c8931fdaab7a8df43e4f175"
IMAGE = "43e997234af63863b28a5e9987e1d122"
NETWORK = "8b4ddd66c7ba30598cdc7ab835e04f96"

VARIABLES = {
    "instance_offering_uuid": OFFERING,
    "offering_uuid": OFFERING,
    "image_uuid": IMAGE,
    "linux_image_uuid": IMAGE,
    "windows_image_uuid": fixed_uuid("image/windows"),
    "l3_network_uuid": NETWORK,
    "network_uuid": NETWORK,
    "requester_password": "{{ identities.requester.password }}",
    "approver_name": "approver",
    "approver_password": "{{ identities.approver.password }}",
    "approver_uuid": fixed_uuid("virtual-id/approver"),
    "deputy_name": "approver2",
    "project_name": "demo-project",
    "project_uuid": "{{ uuids.demo_project }}",
}
