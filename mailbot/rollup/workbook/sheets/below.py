"""«Ниже квоты»: the organisations that certainly have too few people, then those whose figures cannot tell."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from mailbot.rollup.facts import Facts, Quota, Respondent
from mailbot.rollup.workbook.cells import evidence
from mailbot.rollup.workbook.table import Column, Item, Noted, figure_width, fill


def write(sheet: Worksheet, facts: Facts) -> None:
    """Fill the sheet."""
    unknown = [r for r in facts.organisations if r.quota is Quota.UNKNOWN] if facts.campaign.quota else []
    columns = [
        Column("Муниципалитет", 22),
        Column("Организация", 48, "wrapped"),
        *(Column(field.title, figure_width(field.title), "figure") for field in facts.campaign.fields),
        Column("Вывод", 16, note="«сказать нельзя»: один человек может быть подписан в нескольких сетях."),
        Column("Получено", 17, "time"),
        Column("Письмо №", 10, "figure"),
    ]
    rows = [_row(r, "ниже квоты", facts) for r in facts.below_quota] + [
        _row(r, "сказать нельзя", facts) for r in unknown
    ]
    fill(sheet, columns, rows, empty="Таких организаций нет.", frozen=2)


def _row(r: Respondent, verdict: str, facts: Facts) -> list[Item]:
    figures: list[Item] = [
        Noted(r.figures[f.name].value, evidence(r.figures[f.name])) if f.name in r.figures else None
        for f in facts.campaign.fields
    ]
    return [r.municipality, r.name, *figures, verdict, r.sent_at, r.letter]
