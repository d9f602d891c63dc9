"""What the examples of plugins and guides leave to their reader: values that fit the simulator."""

from __future__ import annotations

from tests.simulator.identities import fixed_uuid

VARIABLES = {
    "instance_offering_uuid": "46466abc6c8931fdaab7a8df43e4f175",
    "image_uuid": "43e997234af63863b28a5e9987e1d122",
    "l3_network_uuid": "8b4ddd66c7ba30598cdc7ab835e04f96",
    "approver_name": "approver",
    "approver_password": "{{ identities.approver.password }}",
    "approver_uuid": fixed_uuid("virtual-id/approver"),
    "deputy_name": "approver2",
    "project_name": "demo-project",
    "project_uuid": "{{ uuids.demo_project }}",
}
