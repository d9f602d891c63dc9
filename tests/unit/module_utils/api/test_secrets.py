# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing secret is shown, in whatever form it comes back."""

from __future__ import annotations

import json
import string
import typing as t
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.zstack.tickets.plugins.module_utils._api.access_key import signature
from ansible_collections.zstack.tickets.plugins.module_utils._api.identity import hashed_password
from ansible_collections.zstack.tickets.plugins.module_utils._api.secrets import MASK, Secrets
from ansible_collections.zstack.tickets.tests.unit.module_utils.api.doubles import PASSWORD

# A secret made of the mask's own characters can be neither hidden nor given away by masking.
secret_texts = st.text(min_size=1, max_size=24).filter(lambda text: "*" not in text)
around = st.text(max_size=8).filter(lambda text: "*" not in text)


def html_safe(text: str) -> str:
    """JSON as the server writes it: what HTML would misread is escaped."""
    return "".join(f"\\u{ord(char):04x}" if char in "<>&='\u2028\u2029" else char for char in text)


FORMS: dict[str, t.Callable[[str], str]] = {
    "plain": str,
    "URL path": quote,
    "URL segment": lambda secret: quote(secret, safe=""),
    "form": quote_plus,
    "query": lambda secret: urlencode({"": secret})[1:],
    "JSON": lambda secret: json.dumps(secret)[1:-1],
    "JSON in UTF-8": lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1],
    "the server's JSON": lambda secret: html_safe(json.dumps(secret, ensure_ascii=False)[1:-1]),
}


@given(secret=secret_texts.filter(str.isprintable), before=around, after=around)
@example(secret=PASSWORD, before="", after="")
@example(secret="a b/c", before="a", after="c")
@example(secret="<&>'=\u2028", before="", after="")
def test_every_form_of_a_secret_is_masked(secret: str, before: str, after: str) -> None:
    secrets = Secrets()
    secrets.add(secret)
    for form in FORMS.values():
        leaky = form(secret)
        shown = secrets.mask(before + leaky + after)
        assert leaky not in shown
        assert MASK in shown
        assert secrets.mask(leaky) == MASK
        assert leaky in secrets.forms


@given(st.lists(secret_texts, min_size=1, max_size=4), st.lists(st.sampled_from(sorted(FORMS)), min_size=1))
@example(["a b", "a%20b"], ["URL path"])
def test_many_secrets_hide_each_other_not(several: list[str], forms: list[str]) -> None:
    secrets = Secrets()
    for secret in several:
        secrets.add(secret)
    try:
        leaky = [FORMS[form](secret) for form in forms for secret in several]
    except UnicodeEncodeError:  # a lone surrogate has no such form
        return
    shown = secrets.mask(" ".join(leaky))
    assert not any(leak in shown for leak in leaky if leak not in MASK + " ")


@given(st.text())
@example("\udc80")
def test_any_text_can_be_a_secret(secret: str) -> None:
    secrets = Secrets()
    secrets.add(secret)
    secrets.add(secret)
    assert secrets.mask(secret) == (MASK if secret else "")
    hashed_password(secret, secrets)


def test_nothing_is_no_secret() -> None:
    secrets = Secrets()
    secrets.add(None)
    secrets.add("")
    assert secrets.mask("anything") == "anything"
    assert secrets.forms == frozenset()


def test_a_password_opens_by_its_hash_too() -> None:
    secrets = Secrets()
    hashed = hashed_password("password", secrets)
    # echo -n password | openssl dgst -sha512
    assert hashed.startswith("b109f3bbbc244eb82441917ed06d618b9008dd09b3befd1b5e07394c706a8bb9")
    assert hashed.endswith("80b1d7785e5976ec049b46df5f1326af5a2ea6d103fd07c95385ffab0cacbc86")
    assert secrets.mask(f"{hashed} password") == f"{MASK} {MASK}"


def signatures(number: int) -> list[str]:
    return [signature("secret", "GET", str(moment), "/v1/tickets") for moment in range(number)]


SIGNATURE_FORMS: dict[str, t.Callable[[str], str]] = {
    "plain": str,
    "URL": lambda text: quote(text, safe=""),
    "URL in lower case": lambda text: text.replace("+", "%2b").replace("/", "%2f").replace("=", "%3d"),
    "URL path": quote,
    "the server's JSON": html_safe,
    "escaped JSON": lambda text: text.replace("/", "\\/").replace("+", "\\u002B").replace("=", "\\u003D"),
}


@pytest.mark.parametrize("form", SIGNATURE_FORMS)
@pytest.mark.parametrize("before", ["", " ", ":", "=", "%3D", "\\u003d", "ZStack id:", '"', "+/"])
def test_every_form_of_a_signature_is_masked(form: str, before: str) -> None:
    secrets = Secrets()
    known = signatures(200)
    for one in known:
        secrets.add_signature(one)
    assert any("+" in one for one in known)
    assert any(one[0] in "+/" for one in known)
    for one in known:
        leaky = SIGNATURE_FORMS[form](one)
        assert secrets.mask(f"{before}{leaky}.") == f"{before}{MASK}."


def test_what_only_looks_like_a_signature_stays() -> None:
    secrets = Secrets()
    foreign = signatures(2)[1]
    text = f"etag: {foreign}"
    assert secrets.mask(text) == text
    secrets.add_signature(signatures(1)[0])
    assert secrets.mask(text) == text


json_values: st.SearchStrategy[t.Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(json_values)
def test_structures_keep_their_shape(value: t.Any) -> None:
    secrets = Secrets()
    secrets.add("\uffff never there \uffff")

    def printable(part: t.Any) -> t.Any:
        if isinstance(part, dict):
            return {key: printable(member) for key, member in part.items()}
        if isinstance(part, list):
            return [printable(element) for element in part]
        return part.encode("utf-8", "replace").decode() if isinstance(part, str) else part

    assert secrets.mask_all(value) == printable(value)


@given(json_values, st.sampled_from(string.ascii_letters))
def test_no_string_in_a_structure_keeps_a_secret(value: t.Any, secret: str) -> None:
    secrets = Secrets()
    secrets.add(secret)
    shown = secrets.mask_all({"msg": [value], "tuple": (value, {secret})})
    assert shown.keys() == {"msg", "tuple"}

    def strings(part: t.Any) -> t.Iterator[str]:
        if isinstance(part, str):
            yield part
        elif isinstance(part, (dict, list)):
            for inner in part.values() if isinstance(part, dict) else part:
                yield from strings(inner)

    assert not any(secret in text for text in strings(shown))
    assert shown["tuple"][1] == [MASK]


def test_what_is_nested_endlessly_deep_is_cut_off() -> None:
    deep: t.Any = "secret"
    for _level in range(5000):
        deep = {"cause": [deep]}
    secrets = Secrets()
    secrets.add("secret")
    shown = json.dumps(secrets.mask_all(deep))
    assert "secret" not in shown
    assert len(shown) < 5000
