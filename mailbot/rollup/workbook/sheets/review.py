"""«На проверку»: what needs her decision, a row for each respondent that the reader proposes, the oldest case first.

She corrects figures, municipality and organisation in the marked cells, and chooses a decision. The hidden column says
which message and report a row is, and what it said when the workbook was made.
"""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl.worksheet.worksheet import Worksheet

from mailbot.rollup.facts import Case, CaseSort, Facts, Proposal
from mailbot.rollup.russian import plain, span
from mailbot.rollup.workbook.cells import case_stamp, evidence, keys, where
from mailbot.rollup.workbook.sheets.organisations import WHOLE
from mailbot.rollup.workbook.table import Column, Fixed, Item, Noted, figure_width, fill

_SORTS = {
    CaseSort.REVIEW: "проверить",
    CaseSort.FAILED: "не прочитано",
    CaseSort.CONTRADICTION: "расхождение",
}


def write(sheet: Worksheet, facts: Facts) -> None:
    """Fill the sheet."""
    fill(sheet, _columns(facts), _rows(facts), empty="Проверять нечего.", frozen=2)


def _columns(facts: Facts) -> list[Column]:
    editable = "Эту ячейку можно исправить."
    return [
        Column("Письмо №", 9, "figure"),
        Column("Что", 14),
        Column("Ждёт", 10, "wrapped"),
        Column("Отправитель", 21, "wrapped"),
        Column("Тема", 15, "wrapped"),
        Column("Причина", 31, "wrapped"),
        Column("Где", 16, "wrapped"),
        Column("Муниципалитет", 17, "text", "municipality", note=editable),
        Column("Организация", 23, "wrapped", "text", note=f"{editable} Для района целиком: {WHOLE}."),
        *(
            Column(field.title, figure_width(field.title), "figure", "figure", note=editable)
            for field in facts.campaign.fields
        ),
        Column(
            "Решение",
            12,
            "text",
            "decision",
            note="«принять» — учесть цифры этой строки, с вашими исправлениями; «не отчёт» — письмо не учитывать.",
        ),
        Column("mailbot", 8, hidden=True),
    ]


def _rows(facts: Facts) -> Iterator[list[Item]]:
    for case in facts.cases:
        for proposal in case.proposals or (None,):
            key = keys(case.letter, proposal.report if proposal else None, case_stamp(case, proposal))
            yield [*_about(case, facts), *_answer(case, proposal, facts), key]


def _about(case: Case, facts: Facts) -> list[Item]:
    return [
        case.letter,
        _SORTS[case.sort],
        plain(span(facts.moment - case.since)),
        case.sender,
        case.subject,
        "\n".join(reason.message for reason in case.reasons),
        "\n".join(where(reason.places) for reason in case.reasons if reason.places),
    ]


def _answer(case: Case, proposal: Proposal | None, facts: Facts) -> list[Item]:
    """The editable cells; a contradiction is settled by the letters themselves, so its cells are closed."""
    if case.letter is None:
        return [Fixed(case.municipality), *[Fixed(None)] * (len(facts.campaign.fields) + 2)]
    if proposal is None:
        return [case.municipality, *[None] * (len(facts.campaign.fields) + 2)]
    figures: list[Item] = [
        Noted(proposal.figures[f.name].value, evidence(proposal.figures[f.name]))
        if f.name in proposal.figures
        else None
        for f in facts.campaign.fields
    ]
    return [proposal.municipality, proposal.organisation or WHOLE, *figures, None]
