"""«Организации»: the current figures of every respondent, each with its evidence; she can amend them here.

The hidden column says which respondent a row is and what it said when the workbook was made, wherever she sorts it to:
a row whose stamp no longer fits the store is stale.
"""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from mailbot.rollup.facts import Facts, Place, Quota, Respondent
from mailbot.rollup.russian import place
from mailbot.rollup.workbook.cells import evidence, keys, respondent_stamp
from mailbot.rollup.workbook.table import Column, Item, Noted, figure_width, fill

WHOLE = "(муниципалитет в целом)"
COMMENTED = 500
"""As many rows have their evidence in comments too; a comment costs ten times a cell, and the columns have it all."""

_QUOTA = {Quota.MET: "есть", Quota.MISSED: "нет", Quota.UNKNOWN: "сказать нельзя"}


def write(sheet: Worksheet, facts: Facts) -> None:
    """Fill the sheet."""
    senders = {letter.number: letter for letter in facts.letters}
    rows = []
    for number, respondent in enumerate(facts.respondents):
        letter = senders.get(respondent.letter)
        sender = letter.address or letter.sender if letter else ""
        rows.append(_row(respondent, facts, sender, commented=number < COMMENTED))
    columns = _columns(facts)
    printed = [column.title for column in columns].index("Письмо №") + 1
    fill(sheet, columns, rows, empty="Цифр пока нет.", frozen=2, printed=printed)


def _columns(facts: Facts) -> list[Column]:
    editable = "Эту ячейку можно исправить: впишите верное и отметьте решение «исправить»."
    quota = facts.campaign.quota
    return [
        Column("Муниципалитет", 20, "text", "municipality", note=editable),
        Column("Организация", 48, "wrapped", "text", note=editable),
        *(
            Column(field.title, figure_width(field.title), "figure", "figure", note=editable)
            for field in facts.campaign.fields
        ),
        Column(
            "Решение",
            12,
            "text",
            "amendment",
            note="«исправить» — принять ваши цифры и названия из этой строки; «исключить» — больше не учитывать.",
        ),
        *(Column(f"в т. ч. {group.title}", figure_width(group.title), "figure") for group in facts.campaign.audience),
        Column(f"Есть {quota} человек", 15, hidden=not quota),
        Column("Получено", 17, "time"),
        Column("В срок", 10),
        Column("Письмо №", 10, "figure"),
        Column("Отправитель", 28, "wrapped"),
        Column("Где стоит", 90),
        Column("mailbot", 10, hidden=True),
    ]


def _row(r: Respondent, facts: Facts, sender: str, *, commented: bool) -> list[Item]:
    return [
        r.municipality,
        r.organisation or WHOLE,
        *(_figure(r, field.name, commented=commented) for field in facts.campaign.fields),
        None,
        *(r.audience.get(group.name) for group in facts.campaign.audience),
        _QUOTA[r.quota] if r.organisation else "",
        r.sent_at,
        "опоздал" if r.late else "да",
        r.letter,
        sender,
        _where(r, facts),
        keys(r.municipality, r.key, respondent_stamp(r)),
    ]


def _figure(r: Respondent, name: str, *, commented: bool) -> Item:
    if name not in r.figures:
        return None
    figure = r.figures[name]
    return Noted(figure.value, evidence(figure)) if commented else figure.value


def _where(r: Respondent, facts: Facts) -> str:
    """«ВК: svod.xlsx!Лист1!C7; ОК: № 3, письмо, абзац 2»: the places of each figure.

    The message's number stands where it is not the row's own: a correction left that figure standing.
    """
    return "; ".join(
        f"{field.heading}: {', '.join(_place(each, r) for each in r.figures[field.name].places)}"
        for field in facts.campaign.fields
        if field.name in r.figures
    )


def _place(each: Place, r: Respondent) -> str:
    return place(each.locator) if each.letter == r.letter else f"№ {each.letter}, {place(each.locator)}"
