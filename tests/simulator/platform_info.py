"""What an API client asks about the platform and about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .messages import Message, Result, inventories

if TYPE_CHECKING:
    from .node import Node


def version(node: Node, message: Message) -> Result:
    return Result(f'"version":"{node.switches.version}"')


def current_time(node: Node, message: Message) -> Result:
    milliseconds = int(node.clock.now() * 1000)
    return Result(f'"currentTime":{{"MillionSeconds":{milliseconds},"Seconds":{milliseconds // 1000}}}')


def time_zone(node: Node, message: Message) -> Result:
    offset = node.clock.local(node.renderer.zone).strftime("%z")
    return Result(f'"timezone":"{node.renderer.zone.key}","offset":"{offset[:3]}:{offset[3:]}"')


def projects_of_virtual_id(node: Node, message: Message) -> Result:
    """The projects that the caller may log in to."""
    rows = [row for row in node.cloud.projects if message.caller.user in row.hidden["members"]]
    return inventories(node.renderer, rows)
