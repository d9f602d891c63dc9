# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of tickets are fed with: any JSON, options as tasks give them, and the same as the server sends it back."""

from __future__ import annotations

import typing as t

from hypothesis import strategies as st

Json = t.Any

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
)
json_values: st.SearchStrategy[Json] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
json_objects = st.dictionaries(st.text(min_size=1, max_size=6), json_values, max_size=4)

# Characters that the server would trim away are left to the tests that are about them.
words = st.text(st.characters(min_codepoint=0x21, exclude_categories=["Cs"]), min_size=1, max_size=12)

requests_options = st.lists(
    st.fixed_dictionaries(
        {"api_name": words},
        optional={
            "request_name": st.none() | words,
            "execute_times": st.none() | st.integers(1, 2**31 - 1),
            "api_body": st.none() | json_objects,
        },
    ),
    min_size=1,
    max_size=3,
)


def members_of(names: t.Sequence[str], values: st.SearchStrategy[Json] = json_values) -> st.SearchStrategy[Json]:
    """Objects that carry some of the API's member names, with anything in them."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, values))


@st.composite
def as_server_sends(draw: st.DrawFn, value: Json) -> Json:
    """C(value) after a stay on the server: numbers may be doubles, texts padded, nulls gone, and members added."""
    if isinstance(value, dict):
        kept = {key: draw(as_server_sends(member)) for key, member in value.items() if member is not None}
        return {**draw(st.dictionaries(words.filter(lambda key: key not in value), scalars, max_size=2)), **kept}
    if isinstance(value, list):
        return [draw(as_server_sends(element)) for element in value]
    if isinstance(value, str):
        return draw(st.sampled_from(["", " ", "\n"])) + value + draw(st.sampled_from(["", " ", "\t"]))
    if isinstance(value, int) and not isinstance(value, bool) and draw(st.booleans()):
        return _double(value)
    return value


def _double(value: int) -> int | float:
    try:
        return float(value)
    except OverflowError:
        return value
