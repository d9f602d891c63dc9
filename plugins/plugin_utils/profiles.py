# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Named profiles: endpoints and identities of several clouds in one file on the controller.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import configparser
import stat
import typing as t
from pathlib import Path

from ansible_collections.zstack.tickets.plugins.module_utils._api.ways import SECRET_OPTIONS, WAYS, variable
from ansible_collections.zstack.tickets.plugins.module_utils._arguments import CONNECTION
from ansible_collections.zstack.tickets.plugins.module_utils._errors import InputError

FILE_VARIABLE = "ZSTACK_PROFILES_FILE"
DEFAULT_FILE = "~/.config/zstack/profiles.ini"

_OPTIONS = {option: {option, *spec.get("aliases", ())} for option, spec in CONNECTION.items() if option != "profile"}
_PARTS_OF_URL = frozenset({"scheme", "port", "context_path"})
_IDENTIFYING = frozenset(option for options in WAYS.values() for option in options)


def with_profile(
    args: t.Mapping[str, t.Any], environment: t.Mapping[str, str], warn: t.Callable[[str], None]
) -> dict[str, t.Any]:
    """The task's options, completed from the profile that it, or else C(ZSTACK_PROFILE), names.

    What the task gives stands. If it gives any way to identify, the profile's is left out as a whole, and so is the profile's
    address if it gives a URL.

    :param warn: told when everybody on the machine can read secrets in the file.
    :raises InputError: there is no such file or profile, or it has an option that no profile can have.
    """
    name = args.get("profile") or environment.get(variable("profile"))
    if not name:
        return dict(args)
    file = environment.get(FILE_VARIABLE) or DEFAULT_FILE
    try:
        path = Path(file).expanduser()
    except RuntimeError:
        raise InputError(
            f"profile: {name!r} cannot be looked up, because there is no home directory to find {file} in. Set {FILE_VARIABLE} to the file."
        ) from None
    profile = _read(path, str(name))
    if SECRET_OPTIONS & profile.keys() and path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        warn(f"Others can read the secrets in {path}. Take their permission away: chmod 600 {path}")
    given = {option for option, names in _OPTIONS.items() if args.keys() & names}
    if given & _IDENTIFYING:
        given |= _IDENTIFYING
    if "://" in str(args.get("host")):
        given |= _PARTS_OF_URL
    return {**{option: value for option, value in profile.items() if option not in given}, **args}


def _read(path: Path, name: str) -> dict[str, str]:
    # Passwords may contain any character, so none is special.
    parser = configparser.ConfigParser(interpolation=None, default_section="", inline_comment_prefixes=None)
    try:
        with path.open(encoding="utf-8-sig") as file:
            parser.read_file(file)
    except OSError as error:
        raise InputError(
            f"profile: {name!r} cannot be looked up, because {path} cannot be read ({error.strerror}). Set {FILE_VARIABLE} to the file."
        ) from None
    except configparser.DuplicateSectionError as error:
        raise InputError(
            f"profile: {path} has the profile {error.section!r} a second time in line {error.lineno}."
        ) from None
    except configparser.DuplicateOptionError as error:
        raise InputError(
            f"profile: {error.section!r} in {path} has {error.option} a second time in line {error.lineno}."
        ) from None
    except (configparser.Error, UnicodeDecodeError):
        # The parser's own text would quote the line, and a secret with it.
        raise InputError(
            f"profile: {path} is not an INI file in UTF-8: sections such as [{name}], and in them lines such as host = 10.0.0.1."
        ) from None
    if not parser.has_section(name):
        raise InputError(f"profile: {name!r} is not in {path}, which has {', '.join(parser.sections()) or 'none'}.")
    profile = dict(parser.items(name))
    unknown = sorted(profile.keys() - _OPTIONS.keys())
    if unknown:
        raise InputError(
            f"profile: {name!r} in {path} has {', '.join(unknown)}, which is no connection option. Known: {', '.join(_OPTIONS)}."
        )
    return profile
