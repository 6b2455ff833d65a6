"""A message's rows in the making: one respondent's values with the statements behind them, and what was found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from mailbot.domain.campaign import Campaign
from mailbot.domain.interpretation import Finding, FindingCode, Severity
from mailbot.reading.figures.statements import Extract, Statement, Subject

Name = tuple[str, str]  # kind, name


@dataclass(slots=True)
class Part:
    """One source of figures in a message: the body, a sheet, a forwarded letter; with its own respondent, if it has one."""

    name: str
    extract: Extract
    respondent: Subject = field(default_factory=Subject)
    text: str = ""


@dataclass(slots=True)
class Row:
    """One respondent's values; several statements of one value are its evidence."""

    subject: Subject
    values: dict[Name, list[Statement]] = field(default_factory=lambda: defaultdict(list))

    def value(self, kind: str, name: str) -> int | None:
        """The stated number, or None."""
        found = self.values.get((kind, name))
        return found[0].value if found else None

    def of_kind(self, kind: str) -> dict[str, int]:
        """All values of a kind by name."""
        return {n: s[0].value for (k, n), s in self.values.items() if k == kind and s}


@dataclass(slots=True)
class Assembly:
    """Rows and findings of one message."""

    rows: list[Row] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def finding(self, code: FindingCode, message: str, statements: Iterable[Statement]) -> None:
        """Add a blocking finding with the places of `statements`."""
        evidence = tuple(dict.fromkeys(s.evidence for s in statements))
        self.findings.append(Finding(code=code, severity=Severity.BLOCKS, message=message, evidence=evidence))


def title_of(campaign: Campaign, kind: str, name: str) -> str:
    """How the campaign calls a figure, in quotation marks: «ВКонтакте»."""
    names = {f.name: f.title for f in campaign.fields} | {g.name: g.title for g in campaign.audience}
    return f"«{names.get(name.split('/', maxsplit=1)[0], name or kind)}»"
