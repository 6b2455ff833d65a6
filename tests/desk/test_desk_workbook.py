"""The workbook that comes back: what she changed is carried out, what can't be is answered."""

import io
import zipfile

import pytest
from sqlalchemy import select

from mailbot.desk.workbook import ORGANISATIONS, REVIEW, WorkbookError, open_book
from mailbot.store.reading_queue import claim, requeue, save
from mailbot.store.tables import DecisionRow, EvidenceRow
from tests.desk.conftest import DOUBT, EIGHT, Interpretation, book_of, cell, edited, report, timedelta

FIRST, SECOND = ("Арский", "СОШ № 1"), ("Арский", "СОШ № 2")


def put(sheet, row, **values):
    """An edit that writes the values under their headings."""
    names = {"vk": "ВКонтакте", "ok": "Одноклассники", "total": "Всего человек", "decision": "Решение",
             "place": "Муниципалитет", "who": "Организация"}  # fmt: skip

    def edit(book):
        for name, value in values.items():
            cell(book, sheet, row, names[name]).value = value

    return edit


def both(*edits):
    def edit(book):
        for one in edits:
            one(book)

    return edit


def reviewed(office, *reports):
    return office.answered(*reports, status="review", findings=DOUBT)


def test_rows_accepted_with_corrections(office):
    number = reviewed(office, report(*FIRST, vk=35, ok=3), report(*SECOND, {"teachers": 4}, vk=36))
    told = office.send_back(
        both(put(REVIEW, 2, vk=40, place="Буинский", decision="принять"), put(REVIEW, 3, decision="принять"))
    )
    assert office.figures() == {("Буинский", "СОШ № 1"): {"vk": 40, "ok": 3}, SECOND: {"vk": 36}}
    assert f"письмо № {number} принято" in told
    with office.database.reading() as session:
        decision = session.scalar(select(DecisionRow))
        places = set(session.scalars(select(EvidenceRow.locator)))
    assert (decision.action, decision.via.split()[0]) == ("set", "workbook")
    assert any("лист «На проверку», строка 2" in place for place in places)


def test_rows_accepted_as_they_are_and_a_letter_rejected(office):
    first = reviewed(office, report(*FIRST, vk=35))
    second = reviewed(office, report("Буинский", vk=36))
    office.send_back(both(put(REVIEW, 2, decision="принять"), put(REVIEW, 3, decision="не отчёт")))
    assert office.figures() == {FIRST: {"vk": 35}}
    with office.database.reading() as session:
        rows = session.execute(select(DecisionRow.message_id, DecisionRow.action)).all()
    assert sorted(map(tuple, rows)) == [(first, "accept"), (second, "reject")]


def test_some_rows_of_a_letter_accepted_and_some_not(office):
    reviewed(office, report(*FIRST, vk=35), report(*SECOND, vk=36))
    office.send_back(both(put(REVIEW, 2, decision="принять"), put(REVIEW, 3, decision="не отчёт")))
    assert office.figures() == {FIRST: {"vk": 35}}


def test_a_letter_with_a_row_undecided_waits(office):
    reviewed(office, report(*FIRST, vk=35), report(*SECOND, vk=36))
    assert "не хватает 1" in office.send_back(put(REVIEW, 2, decision="принять"))
    assert office.figures() == {}


def test_figures_for_a_letter_in_which_nothing_was_found(office):
    reviewed(office)
    office.send_back(put(REVIEW, 2, place="Буинский", vk=12, decision="принять"))
    assert office.figures() == {("Буинский", None): {"vk": 12}}


def test_current_figures_amended_renamed_and_taken_out(office):
    office.answered(report(*FIRST, vk=35, ok=3), report(*SECOND, vk=36), report("Буинский", vk=7))
    office.answered(report(*SECOND, ok=1), kind="correction", when=EIGHT - timedelta(hours=2))
    assert office.figures()[SECOND] == {"vk": 36, "ok": 1}
    told = office.send_back(
        both(
            put(ORGANISATIONS, 2, vk=50, ok=None, decision="исправить"),
            put(ORGANISATIONS, 3, who="Гимназия № 2", decision="исправить"),
            put(ORGANISATIONS, 4, decision="исключить"),
        )
    )
    assert office.figures() == {FIRST: {"vk": 50}, ("Арский", "Гимназия № 2"): {"vk": 36, "ok": 1}}
    assert "Применено: 3 указания" in told


def test_a_corrected_correction_replaces_the_whole(office):
    office.answered(report(*FIRST, vk=35, ok=3))
    office.answered(report(*FIRST, ok=4), kind="correction", when=EIGHT - timedelta(hours=2))
    office.send_back(put(ORGANISATIONS, 2, vk=None, decision="исправить"))
    assert office.figures() == {FIRST: {"ok": 4}}


def test_a_stale_row_is_answered_with_the_difference_and_the_others_are_applied(office):
    office.answered(report(*FIRST, vk=35))
    office.answered(report(*SECOND, vk=36))
    rollup = office.rollup()
    office.answered(report(*FIRST, vk=41), when=EIGHT + timedelta(minutes=5))
    told = office.send_back(
        both(put(ORGANISATIONS, 2, vk=50, decision="исправить"), put(ORGANISATIONS, 3, vk=51, decision="исправить")),
        rollup,
    )
    assert office.figures() == {FIRST: {"vk": 41}, SECOND: {"vk": 51}}
    assert (
        "Цифры изменились после отправки сводки. Сейчас: ВК 41 (письмо № 3); вы указали: Арский, СОШ № 1: ВК 50" in told
    )


def test_the_same_workbook_twice_is_applied_once(office):
    office.answered(report(*FIRST, vk=35))
    rollup = office.rollup()
    edit = put(ORGANISATIONS, 2, vk=50, decision="исправить")
    office.send_back(edit, rollup)
    assert "Цифры изменились" in office.send_back(edit, rollup)
    with office.database.reading() as session:
        assert len(session.scalars(select(DecisionRow)).all()) == 1


def test_a_case_that_was_decided_or_read_anew_meanwhile_is_stale(office):
    first, second = reviewed(office, report(*FIRST, vk=35)), reviewed(office, report(*SECOND, vk=36))
    rollup = office.rollup()
    office.say(f"№ {first} отклонить")
    with office.database.sessions.begin() as session:
        requeue(session, [second])
        (claimed,) = claim(session, "reader", office.now, 1, timedelta(minutes=5))
        again = Interpretation(status="review", kind="report", reports=(report(*SECOND, vk=99),), findings=DOUBT)
        save(session, claimed, again, office.now)
    told = office.send_back(both(put(REVIEW, 2, decision="принять"), put(REVIEW, 3, decision="принять")), rollup)
    assert office.figures() == {}
    assert f"Письмо № {first} уже не ждёт решения: отклонено — Гульчачак" in told
    assert "прочитано иначе. Теперь в нём: Арский, СОШ № 2: ВК 99" in told


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        ({"vk": "около 40", "decision": "исправить"}, "«около 40» — не целое число"),
        ({"vk": 35.5, "decision": "исправить"}, "«35.5» — не целое число"),
        ({"vk": -1, "decision": "исправить"}, "число вне пределов"),
        ({"vk": 10**9, "decision": "исправить"}, "число вне пределов"),
        ({"vk": "=20+20", "decision": "исправить"}, "«=20+20» — не целое число"),
        ({"vk": 40}, "в столбце «Решение» ничего не выбрано"),
        ({"vk": 40, "decision": "может быть"}, "Решение «может быть» непонятно"),
        ({"decision": "исправить"}, "ничего не изменено"),
        ({"vk": 40, "place": "Нарния", "decision": "исправить"}, "Муниципалитета «Нарния» нет в списке"),
        ({"place": None, "decision": "исправить"}, "Муниципалитет стёрт"),
        ({"vk": None, "decision": "исправить"}, "Нет ни одной цифры"),
    ],
)
def test_values_that_cannot_be_are_answered_with_the_reason(light_office, edit, reason):
    light_office.answered(report(*FIRST, vk=35))
    told = light_office.send_back(put(ORGANISATIONS, 2, **edit))
    assert reason in told
    assert "не применено 1" in light_office.receipts()[-1]["Subject"]
    assert light_office.figures() == {FIRST: {"vk": 35}}


def test_numbers_as_text_and_rows_in_another_order(light_office):
    light_office.answered(report(*FIRST, vk=35), report(*SECOND, vk=36))

    def edit(book):
        sheet = book[ORGANISATIONS]
        first, second = ([one.value for one in sheet[row]] for row in (2, 3))
        for column, (one, other) in enumerate(zip(first, second, strict=True), start=1):
            sheet.cell(2, column).value, sheet.cell(3, column).value = other, one
        put(ORGANISATIONS, 2, vk=" 1 250 ", decision="Исправить")(book)
        sheet.row_dimensions[2].hidden = True

    light_office.send_back(edit)
    assert light_office.figures() == {FIRST: {"vk": 35}, SECOND: {"vk": 1250}}


def test_a_row_of_her_own_and_a_row_copied_are_told(light_office):
    light_office.answered(report(*FIRST, vk=35))

    def edit(book):
        sheet = book[ORGANISATIONS]
        for column, one in enumerate([each.value for each in sheet[2]], start=1):
            sheet.cell(3, column).value = one
        put(ORGANISATIONS, 3, vk=99, decision="исправить")(book)
        sheet.cell(4, 1).value, sheet.cell(4, 2).value = "Арский", "Новая школа"

    told = light_office.send_back(edit)
    assert "Строка повторяет другую" in told
    assert "Строка добавлена" in told
    assert light_office.figures() == {FIRST: {"vk": 35}}


def test_a_foreign_workbook_and_other_files_are_told(light_office):
    light_office.answered(report(*FIRST, vk=35))

    def foreign(book):
        del book["_mailbot"]

    assert "нет служебного листа" in light_office.send_back(foreign)


def test_a_fresh_mail_with_nothing_but_the_workbook(light_office):
    light_office.answered(report(*FIRST, vk=35))
    rollup = light_office.rollup()
    book = edited(book_of(rollup), put(ORGANISATIONS, 2, vk=50, decision="исправить"))
    raw = light_office.reply(rollup, "Здравствуйте!", book, In_Reply_To=None, References=None, Subject="правки")
    assert light_office.take(raw)[1]
    assert light_office.figures() == {FIRST: {"vk": 50}}


def test_what_unpacks_to_too_much_is_not_opened():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sheet.xml", b"\0" * (201 * 1024 * 1024))
    with pytest.raises(WorkbookError, match="слишком велика"):
        open_book(stream.getvalue())
    with pytest.raises(WorkbookError, match="не книга"):
        open_book(b"nonsense")
