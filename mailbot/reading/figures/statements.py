"""What prose and tables hand to the assembly: one stated figure, with who, when and where."""

from __future__ import annotations

from dataclasses import dataclass, field

from mailbot.domain.interpretation import Evidence, Finding, NumberRole
from mailbot.reading.figures.lexicon import LabelKind


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a figure is about: an organisation as the sender writes it, and a municipality where the place says so.

    Both None: the text does not say; the message's own respondent is meant. `by_locality`: only a village or a town
    beside the name says so, and many villages have namesakes: what the sender says of the whole comes first.
    """

    organisation: str | None = None
    municipality: str | None = None
    by_locality: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """One stated figure.

    `kind` and `name` tell what it counts. `group` marks a total over several respondents («Итого по школам»).
    `loose_total` marks a total that may belong to the organisation above it or to the whole list: arithmetic decides.
    `order` is the date that it is stated for, as sortable (year or 0, month, day). `vague` is why it is inexact.
    """

    subject: Subject
    kind: LabelKind
    name: str
    value: int
    evidence: Evidence
    group: bool = False
    loose_total: bool = False
    order: tuple[int, int, int] | None = None
    vague: str = ""
    doubtful: bool = False
    per_field: str = ""

    def of(self, subject: Subject) -> Statement:
        """The same of another subject; `dataclasses.replace` takes three times as long."""
        return Statement(
            *(subject, self.kind, self.name, self.value, self.evidence, self.group, self.loose_total, self.order),
            *(self.vague, self.doubtful, self.per_field),
        )


@dataclass(slots=True)
class Extract:
    """Everything that one document or passage yields: statements, roles of numbers, findings, subjects named.

    `untold`: networks that a line with figures names without a number, of which organisation, and where. `headed`: of
    each table with figures the title, and the headings of the networks' columns. `beside`: what stands in its columns
    that count nothing, heading and cells.
    """

    statements: list[Statement] = field(default_factory=list)
    roles: list[NumberRole] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    subjects: list[Subject] = field(default_factory=list)
    untold: list[tuple[str, str | None, Evidence]] = field(default_factory=list)
    headed: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    beside: set[str] = field(default_factory=set)

    def extend(self, other: Extract) -> None:
        """Append all that `other` holds."""
        self.statements.extend(other.statements)
        self.roles.extend(other.roles)
        self.findings.extend(other.findings)
        self.subjects.extend(other.subjects)
        self.untold.extend(other.untold)
        self.headed.extend(other.headed)
        self.beside |= other.beside
