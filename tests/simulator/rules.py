"""Errors of the ticket module, with the code that its conventions and the switch give them."""

from __future__ import annotations

from typing import Any

from .errors import ApiError
from .switches import Switches
from .texts import text


def interceptor(switches: Switches, key: str, *arguments: Any) -> ApiError:
    """Found while the arguments are checked: by convention SYS.1007."""
    return ApiError(_code(switches, "SYS.1007"), text(key, *arguments))


def acting(switches: Switches, key: str, *arguments: Any) -> ApiError:
    """Found while acting: by convention SYS.1006."""
    return ApiError(_code(switches, "SYS.1006"), text(key, *arguments))


def _code(switches: Switches, by_convention: str) -> str:
    return by_convention if switches.ticket_rule_code == "convention" else switches.ticket_rule_code
