"""How much is measured: the number of pairs, and a scale for a quick look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Plan:
    """`rounds` pairs of each comparison; counts of messages times `scale`; `step` is called after each run.

    `peers` is the folder with the venv of each peer that could be installed («naive», «parsedmarc»), else it has none.
    """

    rounds: int
    scale: float
    step: Callable[[], None]
    peers: Path

    def scaled(self, count: int) -> int:
        """The count to use in the place of `count`."""
        return max(20, int(count * self.scale))

    def peer(self, name: str) -> Path | None:
        """The Python of the peer's venv, if it is installed."""
        python = self.peers / name / "bin" / "python"
        return python if python.exists() else None
