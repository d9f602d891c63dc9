"""A simulator of the ZStack Cloud REST API, as far as tickets need it.

``python -m tests.simulator`` runs it; tests use ``with start() as sim:``.
"""

from __future__ import annotations

from .handle import Simulator, start

__all__ = ["Simulator", "start"]
