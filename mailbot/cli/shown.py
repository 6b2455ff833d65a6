"""Interpretations as people and programs see them: a table, or lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from mailbot.domain.interpretation import Claim, Interpretation, Report, Severity, Status

_STYLES = {Status.ACCEPTED: "green", Status.REVIEW: "yellow", Status.IGNORED: "dim", Status.FAILED: "red"}


def json_line(file: str, reading: Interpretation) -> str:
    """One object on one line: file, status, kind, rows, issues."""
    shown = {
        "file": file,
        "status": reading.status.value,
        "kind": reading.kind.value,
        "rows": [_row(report) for report in reading.reports],
        "issues": [{"code": finding.code.value, "message": finding.message} for finding in reading.findings],
    }
    return json.dumps(shown, ensure_ascii=False)


def answers_table(readings: Sequence[tuple[str, Interpretation]]) -> Table:
    """A row for each respondent, or one that says why a message has none."""
    table = Table(header_style="bold", expand=False)
    for heading in ("Файл", "Статус", "Вид", "Муниципалитет", "Организация", "Цифры", "Замечания"):
        table.add_column(heading, overflow="fold")
    for file, reading in readings:
        issues = escape("\n".join(finding.message for finding in reading.findings))
        style = _STYLES[reading.status]
        first = [escape(Path(file).name), f"[{style}]{reading.status.value}[/{style}]", reading.kind.value]
        rows: Sequence[Report | None] = reading.reports or (None,)
        for number, report in enumerate(rows):
            head, tail = (first, issues) if number == 0 else (["", "", ""], "")
            table.add_row(*head, *_cells(report), tail)
    return table


def explained(file: str, reading: Interpretation) -> Group:
    """How a message was read: the figures with their evidence, the findings, and the role of every number in it."""
    style = _STYLES[reading.status]
    title = Text.assemble((Path(file).name, "bold"), "  ", (reading.status.value, style), f"  {reading.kind.value}")
    figures = Table(header_style="bold")
    for heading in ("Респондент", "Поле", "Число", "Где", "Текст"):
        figures.add_column(heading, overflow="fold")
    for report in reading.reports:
        who = f"{report.municipality}: {report.organisation or 'в целом'}"
        for claim in (*report.figures, *report.audience):
            for place in claim.evidence:
                figures.add_row(*map(escape, (who, claim.name, str(claim.value), place.locator, place.snippet)))
    numbers = Table(header_style="bold")
    for heading in ("Число", "Роль", "Почему", "Где"):
        numbers.add_column(heading, overflow="fold")
    for number in reading.numbers:
        numbers.add_row(*map(escape, (number.text, number.role, number.reason, number.locator)))
    found = [
        Text(
            f"{'!' if f.severity is Severity.BLOCKS else '·'} {f.code.value}: {f.message}"
            + "".join(f"\n    {e.locator}: {e.snippet}" for e in f.evidence)
        )
        for f in reading.findings
    ]
    return Group(title, figures, *found, numbers)


def _cells(report: Report | None) -> tuple[str, str, str]:
    if report is None:
        return "", "", ""
    figures = " ".join(f"{claim.name}={claim.value}" for claim in (*report.figures, *report.audience))
    return escape(report.municipality), escape(report.organisation or "— в целом"), figures


def _row(report: Report) -> dict[str, Any]:
    return {
        "municipality": report.municipality,
        "organisation": report.organisation,
        "figures": _values(report.figures),
        "audience": _values(report.audience) or None,
    }


def _values(claims: Sequence[Claim]) -> dict[str, int]:
    return {claim.name: claim.value for claim in claims}
