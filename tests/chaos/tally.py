"""What a run of the fault rig counted, and the table that it prints."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table


@dataclass
class Tally:
    """Faults that took effect, by where and what; and what must be zero."""

    seed: int
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)
    unreached: int = 0
    rounds: int = 0
    messages: int = 0
    rollups: int = 0
    losses: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    uncaught: list[str] = field(default_factory=list)
    unknowable: int = 0
    """Second copies under the same Message-ID, where the account keeps no copies that could be looked up."""

    @property
    def total(self) -> int:
        """Faults that took effect."""
        return self.faults.total()

    @property
    def broken(self) -> list[str]:
        """Every breach of the promises."""
        return [*self.losses, *self.duplicates, *self.wrong, *self.uncaught]

    def add(self, other: Tally) -> None:
        """Take in what another part of the run counted."""
        self.faults.update(other.faults)
        for name in ("unreached", "rounds", "messages", "rollups", "unknowable"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("losses", "duplicates", "wrong", "uncaught"):
            getattr(self, name).extend(getattr(other, name))

    def show(self, console: Console) -> None:
        """Print what was injected, what came of it, and the seed that does it again."""
        table = Table(title="faults that took effect")
        table.add_column("where")
        table.add_column("what")
        table.add_column("count", justify="right")
        for (where, what), count in sorted(self.faults.items()):
            table.add_row(where, what, str(count))
        table.add_section()
        table.add_row("all", "", str(self.total))
        console.print(table)
        console.print(f"rounds: {self.rounds}, messages delivered: {self.messages}, roll-ups owed: {self.rollups}")
        console.print(f"planned faults whose byte never came (not counted): {self.unreached}")
        console.print(f"losses: {len(self.losses)}, duplicates: {len(self.duplicates)}, wrong: {len(self.wrong)}")
        console.print(f"errors that no job expected: {len(self.uncaught)}")
        console.print(f"second copies where the account keeps none to look up: {self.unknowable}")
        for breach in self.broken[:20]:
            console.print(f"  {breach}", style="red", markup=False)
        console.print(f"seed: {self.seed}")
