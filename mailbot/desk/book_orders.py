"""From the rows that she changed in the workbook to orders; what can't be one is answered with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mailbot.desk.orders import Amendment, CaseOrder, CaseRow, Outcome
from mailbot.desk.reports import Change, OrderError, changed, municipality_named, organisation_entered
from mailbot.desk.workbook import ORGANISATIONS, REVIEW, Book, Edited, edits
from mailbot.domain.campaign import Campaign
from mailbot.domain.directory import Directory
from mailbot.domain.interpretation import Evidence, Report
from mailbot.store.holding import Held

_CASE_KEY, _RESPONDENT_KEY = 3, 3
UNDECIDED = {
    REVIEW: "Ячейки исправлены, но в столбце «Решение» ничего не выбрано: отметьте «принять» или «не отчёт».",
    ORGANISATIONS: "Ячейки исправлены, но в столбце «Решение» ничего не выбрано: отметьте «исправить».",
}
CLOSED = "Это расхождение, а не письмо: исправьте цифры на листе «Организации»."


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a row is judged by: what was asked and of whom, and the reports and current figures that rows speak of."""

    campaign: Campaign
    directory: Directory
    held: Mapping[int, Mapping[int, Held]]
    current: Mapping[tuple[str, str | None], Report]
    source: str

    def evidence(self, place: str) -> Evidence:
        """Where a figure that she gives stands: her own mail, sheet and row."""
        return Evidence(locator=f"{self.source}: {place}", snippet="")


Ordered = CaseOrder | Amendment | Outcome


def understand(sent: Book, came: Book, known: Understanding) -> tuple[Ordered, ...]:
    """Every changed row of both sheets as an order, or as the outcome that says why it is none."""
    fields = {field.title: field.name for field in known.campaign.fields}
    cases = edits(sent, came, REVIEW, fields)
    amended = edits(sent, came, ORGANISATIONS, fields)
    faults = tuple(Outcome(False, "Книга", fault) for fault in came.faults)
    return (*faults, *_case_orders(cases, known, fields), *(_amendment(each, known, fields) for each in amended))


def letters_in(book: Book) -> set[int]:
    """The messages that the sheet of open cases speaks of."""
    return {
        row.key[0] for row in book.rows.get(REVIEW, ()) if len(row.key) == _CASE_KEY and isinstance(row.key[0], int)
    }


def _case_orders(rows: Sequence[Edited], known: Understanding, fields: Mapping[str, str]) -> Iterable[Ordered]:
    """The rows of a message are decided about together; one that can't be makes the whole message wait."""
    by_letter: dict[int, list[CaseRow]] = {}
    faulty: set[int] = set()
    for edited in rows:
        outcome = _objection(edited, REVIEW, _CASE_KEY)
        letter = edited.key[0] if edited.key else None
        if outcome is None and not isinstance(letter, int):
            outcome = Outcome(False, edited.place, CLOSED)
        if outcome is None and isinstance(letter, int):
            try:
                by_letter.setdefault(letter, []).append(_case_row(edited, known, fields))
                continue
            except OrderError as error:
                outcome = Outcome(False, edited.place, str(error))
        if outcome is not None:
            yield outcome
        if isinstance(letter, int):
            faulty.add(letter)
    for letter, decided in by_letter.items():
        if letter in faulty:
            yield Outcome(
                False,
                f"Письмо № {letter}",
                "Не применено: в одной из его строк ошибка, а решение нужно по всем строкам.",
            )
        else:
            yield CaseOrder(letter, tuple(decided))


def _case_row(edited: Edited, known: Understanding, fields: Mapping[str, str]) -> CaseRow:
    letter, number, stamp = edited.key
    if edited.decision == "не отчёт":
        return CaseRow(edited.place, "reject", stamp, number, None)
    held = known.held.get(letter, {}).get(number)
    change = _change(edited, known.directory, fields)
    if held is not None and change.empty:
        return CaseRow(edited.place, "accept", stamp, number, held.report)
    if held is None and number is not None:  # read anew since: the stamp will tell
        return CaseRow(edited.place, "accept", stamp, number, None)
    base = held.report if held else None
    result = changed(base, change, known.campaign, known.evidence(edited.place))
    return CaseRow(edited.place, "accept", stamp, number, result)


def _amendment(edited: Edited, known: Understanding, fields: Mapping[str, str]) -> Ordered:
    outcome = _objection(edited, ORGANISATIONS, _RESPONDENT_KEY)
    if outcome is not None:
        return outcome
    municipality, key, stamp = edited.key
    said = f"{edited.place} ({municipality})"
    if edited.decision == "исключить":
        return Amendment(said, municipality, key, stamp, None)
    if not edited.changed:
        return Outcome(False, said, "Отмечено «исправить», но в строке ничего не изменено.")
    base = known.current.get((municipality, key))
    try:
        change = _change(edited, known.directory, fields)
        result = changed(base, change, known.campaign, known.evidence(edited.place))
    except OrderError as error:
        return Outcome(False, said, str(error))
    return Amendment(said, municipality, key, stamp, result)


def _objection(edited: Edited, sheet: str, parts: int) -> Outcome | None:
    if edited.faults:
        return Outcome(False, edited.place, " ".join(edited.faults))
    if len(edited.key) != parts:
        return Outcome(False, edited.place, "Служебная ячейка строки повреждена.")
    return None if edited.decision else Outcome(False, edited.place, UNDECIDED[sheet])


def _change(edited: Edited, directory: Directory, fields: Mapping[str, str]) -> Change:
    """The changed cells; raises `OrderError` for names that can't be."""
    municipality = edited.changed.get("Муниципалитет")
    organisation = None
    if "Организация" in edited.changed:
        entered = edited.changed["Организация"]
        organisation = organisation_entered(None if entered is None else str(entered))
    if "Муниципалитет" in edited.changed and municipality is None:
        raise OrderError("Муниципалитет стёрт: выберите его из списка.")
    figures = {
        fields[heading]: value
        for heading, value in edited.changed.items()
        if heading in fields and not isinstance(value, str)
    }
    return Change(
        municipality_named(str(municipality), directory) if municipality is not None else None, organisation, figures
    )
