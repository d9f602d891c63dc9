"""JSON as the server's gson writes it: nulls left out, doubles in Java's form, HTML characters escaped."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

_HTML = {ord(char): f"\\u{ord(char):04x}" for char in "<>&='\u2028\u2029"}
_NEEDS_ESCAPE = re.compile("[<>&='\u2028\u2029]")


def escape_html(text: str) -> str:
    """Escape ``< > & = '`` in finished JSON text: they occur in strings only, so the text as a whole can be treated."""
    return text.translate(_HTML) if _NEEDS_ESCAPE.search(text) else text


def java_double(value: float) -> str:
    """Write a number as ``Double.toString`` does: ``1.0``, ``1.545993580705E12``, ``1.0E-4``."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        text = repr(value)
        return text if "e" not in text else format(Decimal(text), "f")
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    assert isinstance(exponent, int)
    plain = "".join(map(str, digits)).rstrip("0") or "0"
    power = len(digits) + exponent - 1
    return f"{'-' if sign else ''}{plain[0]}.{plain[1:] or '0'}E{power}"


def dump(value: Any, *, doubles: bool = False) -> str:
    """Write ``value``; with ``doubles`` every integer as a double. Members whose value is None are left out."""
    if isinstance(value, str):
        return encode_basestring(value)
    if value is True:
        return "true"
    if value is False:
        return "false"
    if value is None:
        return "null"
    if isinstance(value, int):
        return java_double(float(value)) if doubles else str(value)
    if isinstance(value, float):
        return java_double(value)
    if isinstance(value, dict):
        return (
            "{"
            + ",".join(
                f"{encode_basestring(str(key))}:{dump(item, doubles=doubles)}"
                for key, item in value.items()
                if item is not None
            )
            + "}"
        )
    return "[" + ",".join(dump(item, doubles=doubles) for item in value) + "]"
