# Copyright: (c) 2026, zstack.tickets contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file that keeps how far an event source has told, so that it goes on from there after a restart.

**PRIVATE** to the collection; its contents may change without notice.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from ansible_collections.zstack.tickets.plugins.module_utils._errors import InputError
from ansible_collections.zstack.tickets.plugins.module_utils._tickets.events import Cursor, Known

VERSION = 1


class CursorFile:
    """A file with the cursor of one source."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written = ""

    def load(self) -> Cursor | None:
        """The cursor that the file keeps, None if there is no such file.

        :raises InputError: it cannot be read, or something else is in it.
        """
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            if kept["version"] != VERSION:
                raise ValueError
            return Cursor(
                start=int(kept["start"]),
                seen={str(uuid): int(sequence) for uuid, sequence in kept["seen"].items()},
                tickets={str(uuid): Known(**known) for uuid, known in kept["tickets"].items()},
            )
        except FileNotFoundError:
            return None
        except OSError as error:
            raise InputError(f"cursor_file: {self._path} cannot be read ({error.strerror}).") from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise InputError(
                f"cursor_file: {self._path} was not written by this version of the event source. Name another file, or delete it to begin anew."
            ) from None

    def save(self, cursor: Cursor) -> None:
        """Write the file in one step, so that it is whole whenever the machine stops; not at all if nothing has changed.

        :raises InputError: it cannot be written.
        """
        # Waiting alone has the file written once a minute, not after every look.
        tickets = {uuid: dict(vars(known), waited=known.waited // 60 * 60) for uuid, known in cursor.tickets.items()}
        text = json.dumps({"version": VERSION, "start": cursor.start, "seen": cursor.seen, "tickets": tickets})
        if text == self._written:
            return
        try:
            # Only its owner may read what mkstemp makes.
            number, name = tempfile.mkstemp(prefix=f".{self._path.name}.", dir=self._path.parent)
            try:
                with os.fdopen(number, "w", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(self._path)
            except OSError:
                Path(name).unlink()
                raise
        except OSError as error:
            raise InputError(
                f"cursor_file: {self._path} cannot be written ({error.strerror}). Name a file in a folder that exists and may be written to."
            ) from None
        self._written = text
