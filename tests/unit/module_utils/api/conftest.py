# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No test here goes through the proxies, or trusts the certificates, of whoever runs it."""

from __future__ import annotations

import pytest

VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "requests_ca_bundle", "curl_ca_bundle")


@pytest.fixture(autouse=True, scope="session")
def _plain_environment() -> object:
    with pytest.MonkeyPatch.context() as monkeypatch:
        for variable in VARIABLES:
            monkeypatch.delenv(variable, raising=False)
            monkeypatch.delenv(variable.upper(), raising=False)
        yield
