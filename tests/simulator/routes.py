"""Finding the APIs of a path."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .messages import Api

Found = tuple[tuple[Api, ...], dict[str, str]]


class Routes:
    """Literal paths win over patterns; a trailing slash matches nothing.

    A path that several APIs share is told apart by method and action; one that has a single API runs it whatever the
    method.
    """

    def __init__(self, apis: Iterable[Api], optional_path_of_tickets: bool) -> None:
        literal: dict[str, list[Api]] = {}
        patterns: dict[str, list[Api]] = {}
        names: dict[str, tuple[str, ...]] = {}
        for api in apis:
            paths = [api.path]
            if api.query is not None and (api.query != "tickets" or optional_path_of_tickets):
                paths.append(api.path + "/{uuid}")
            for path in paths:
                if "{" not in path:
                    literal.setdefault("/v1" + path, []).append(api)
                    continue
                names[re.sub(r"\{\w+}", "{}", path)] = tuple(re.findall(r"\{(\w+)}", path))
                patterns.setdefault(re.sub(r"\{\w+}", "{}", path), []).append(api)
        self._literal = {path: tuple(found) for path, found in literal.items()}
        self._patterns = [
            (re.compile("/v1" + path.replace("{}", "([^/]+)")), names[path], tuple(found))
            for path, found in patterns.items()
        ]

    def find(self, path: str) -> Found | None:
        """The APIs on a decoded path that begins with ``/v1``, and the variables in it."""
        found = self._literal.get(path)
        if found is not None:
            return found, {}
        for pattern, names, apis in self._patterns:
            match = pattern.fullmatch(path)
            if match:
                return apis, dict(zip(names, match.groups(), strict=True))
        return None
