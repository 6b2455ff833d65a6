"""«Муниципалитеты»: where each stands, its figures with their evidence, and its place on the thermometer."""

from __future__ import annotations

from openpyxl.formatting.rule import DataBarRule
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from mailbot.domain.campaign import CampaignField
from mailbot.rollup import russian
from mailbot.rollup.facts import Difference, Facts, Municipality, Rating, Respondent
from mailbot.rollup.workbook.cells import evidence
from mailbot.rollup.workbook.table import Column, Item, Noted, figure_width, fill


def write(sheet: Worksheet, facts: Facts) -> None:
    """Fill the sheet."""
    own = {r.municipality: r for r in facts.respondents if r.organisation is None}
    columns = _columns(facts)
    titles = [column.title for column in columns]
    last = fill(
        sheet,
        columns,
        (_row(m, own.get(m.name), facts) for m in facts.municipalities),
        empty="Никого не спрашивали.",
        printed=titles.index("Градусник, °") + 1,  # what it is made of would halve the print
    )
    for heading, colour in (("Подписчики", "2E75B6"), ("Градусник, °", "D98E1F")):
        letter = get_column_letter(titles.index(heading) + 1)
        rule = DataBarRule(
            "num", 0, "max" if heading == "Подписчики" else "num", 100, colour, minLength=0, maxLength=100
        )  # type: ignore[no-untyped-call]  # the stubs lack it
        sheet.conditional_formatting.add(f"{letter}2:{letter}{max(last, 2)}", rule)


def _columns(facts: Facts) -> list[Column]:
    quota = facts.campaign.quota
    return [
        Column("Муниципалитет", 20),
        Column("Ответ", 10),
        Column("Первый ответ", 17, "time", note="По времени почтового сервера, не по дате в письме."),
        Column("Организаций ответило", 14, "figure"),
        Column(
            "Организаций в списке",
            14,
            "figure",
            hidden=all(m.roster is None for m in facts.municipalities),
        ),
        *(Column(field.title, figure_width(field.title), "figure") for field in facts.campaign.fields),
        Column(
            "Подписчики",
            13,
            "figure",
            note="Заявленный итог, а где его нет — сумма по сетям; один человек может быть подписан в нескольких.",
        ),
        Column(f"Меньше {quota} человек", 11, "figure", hidden=not quota, note="Сколько организаций точно ниже квоты."),
        Column(
            "Сказать нельзя", 10, "figure", hidden=not quota, note="Сколько организаций: по цифрам квоту не проверить."
        ),
        Column("На проверке", 11, "figure"),
        Column("Исправлений", 14, "figure"),
        Column("Градусник, °", 13, "figure", note="Баллы от 0 до 100; из чего они сложены — в столбцах правее."),
        Column("Скорость", 12, "share"),
        Column("Полнота", 10, "share"),
        Column("Квота", 10, "share"),
        Column("Ровность", 10, "share", note="Без исправлений и противоречий — 100 %."),
        Column(
            "Сам / по организациям",
            46,
            "wrapped",
            note="Где собственная цифра и сумма по организациям разные. Меньше по организациям — видимо, отчитались не все.",
        ),
    ]


def _row(m: Municipality, own: Respondent | None, facts: Facts) -> list[Item]:
    return [
        m.name,
        ("опоздал" if m.late else "ответил") if m.answered else "нет",
        m.answered_at,
        m.organisations or None,
        m.roster,
        *(_figure(m, own, field) for field in facts.campaign.fields),
        m.subscribers if m.answered else None,
        m.below_quota or None,
        m.cannot_tell or None,
        m.to_review or None,
        m.corrections or None,
        *_rating(m.rating if m.answered else None),
        "; ".join(_difference(d, facts) for d in m.differences),
    ]


def _difference(d: Difference, facts: Facts) -> str:
    title = next(field.heading for field in facts.campaign.fields if field.name == d.field)
    return f"{title}: {d.stated} / {d.summed}"


def _rating(rating: Rating | None) -> list[Item]:
    if rating is None:
        return [0, None, None, None, None]
    return [rating.points, rating.speed, rating.completeness, rating.quota, rating.steadiness]


def _figure(m: Municipality, own: Respondent | None, field: CampaignField) -> Item:
    """The figure with a comment: the places of the municipality's own word, or that it is a sum."""
    if field.name not in m.figures:
        return None
    if own is not None and field.name in own.figures:
        return Noted(m.figures[field.name], evidence(own.figures[field.name]))
    note = f"Сумма по организациям ({russian.plain(russian.counted(m.organisations, russian.ORGANISATIONS))}), см. лист «Организации»."
    if field.name in m.partial:
        note += " Указали не все: здесь сумма по тем, кто указал."
    return Noted(m.figures[field.name], note)
