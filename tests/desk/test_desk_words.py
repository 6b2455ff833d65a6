"""Orders in words, carried out: decisions, figures, receipts."""

from datetime import timedelta

from sqlalchemy import select

from mailbot.rollup.queue import preview
from mailbot.store.reading_queue import requeue
from mailbot.store.tables import CaseRow, DecisionRow
from tests.desk.conftest import CONTACT, DOUBT, SENT, report

BAVLY = ("Бавлинский", None)


def reviewed(office, *reports):
    return office.answered(*reports, status="review", findings=DOUBT)


def decisions(office):
    with office.database.reading() as session:
        rows = session.scalars(select(DecisionRow).order_by(DecisionRow.id))
        return [(row.message_id, row.action, row.standing) for row in rows]


def test_a_municipality_s_figures_accepted_with_corrections(office):
    reviewed(office, report("Бавлинский", vk=112, ok=80, total=190, instagram=5))
    told = office.say("Добрый день!", "Бавлы: ВК 120, ОК 80, принять")
    assert office.figures() == {BAVLY: {"vk": 120, "ok": 80, "instagram": 5}}
    assert "Применено: 1 указание" in told
    assert "Бавлинский: ВК 120, Инст. 5, ОК 80" in told
    assert "отменить № 1" in told
    with office.database.reading() as session:
        row, case = session.scalar(select(DecisionRow)), session.scalar(select(CaseRow))
    assert (row.action, row.decided_by, row.note) == ("set", f"Гульчачак <{CONTACT}>", "Бавлы: ВК 120, ОК 80, принять")
    assert row.via.startswith("reply answer")
    assert (case.state, case.closed_by) == ("closed", "person")


def test_accepted_as_read_rejected_and_undone(office):
    first = reviewed(office, report("Бавлинский", vk=112))
    second = reviewed(office, report("Арский", vk=1))
    office.say(f"№ {first} принять", f"№ {second} — не отчёт")
    assert office.figures() == {BAVLY: {"vk": 112}}
    assert decisions(office) == [(first, "accept", True), (second, "reject", True)]
    told = office.say(f"отменить {first}")
    assert office.figures() == {}
    assert f"решение по письму № {first} отменено" in told
    assert [row["message_id"] for row in office.view("to_review")] == [first]
    assert "отменять нечего" in office.say(f"отменить {first}")


def test_another_municipality_for_a_whole_letter(office):
    number = reviewed(office, report("Арский", "СОШ № 1", vk=35), report("Арский", "СОШ № 2", vk=36))
    office.say(f"№ {number}: муниципалитет Буинский, принять")
    assert office.figures() == {("Буинский", "СОШ № 1"): {"vk": 35}, ("Буинский", "СОШ № 2"): {"vk": 36}}


def test_one_organisation_of_a_letter(office):
    number = reviewed(office, report("Арский", "СОШ № 1", vk=35), report("Арский", "СОШ № 5", vk=36))
    office.say(f"№ {number}: школа № 5, ВК 40, принять")
    assert office.figures() == {("Арский", "СОШ № 1"): {"vk": 35}, ("Арский", "СОШ № 5"): {"vk": 40}}
    told = office.say(f"№ {number}: ВК 50, принять")
    assert "назовите, о какой речь" in told
    assert office.figures()["Арский", "СОШ № 5"] == {"vk": 40}


def test_a_letter_in_which_nothing_was_found(office):
    number = reviewed(office)
    assert "не нашла цифр" in office.say(f"№ {number} принять")
    assert "Не указан муниципалитет" in office.say(f"№ {number}: ВК 5, принять")
    office.say(f"№ {number}: Бавлы, ВК 5, принять")
    assert office.figures() == {BAVLY: {"vk": 5}}


def test_current_figures_are_amended_and_taken_out(office):
    office.answered(report("Бавлинский", {"teachers": 3}, vk=1, ok=2)) if False else office.answered(
        report("Бавлинский", vk=1, ok=2)
    )
    office.say("Бавлы: ВК 10, принять")
    assert office.figures() == {BAVLY: {"vk": 10, "ok": 2}}
    office.say("Бавлы исключить")
    assert office.figures() == {}


def test_what_cannot_be_done_says_why(office):
    office.answered(report("Бавлинский", vk=1))
    first, second = (reviewed(office, report("Арский", vk=value)) for value in (1, 2))
    school = reviewed(office, report("Буинский", "СОШ № 1", vk=5))
    told = office.say(
        "№ 999 принять", "Арск: ВК 5, принять", "Казань: ВК 5, принять", "Буинск: ВК 5, принять", "№ 1 принять", "Арск?"
    )
    assert "Письма № 999 нет" in told
    assert f"несколько писем (№ {first}, № {second})" in told
    assert "Казань: нет ни письма на проверке" in told
    assert f"В письме № {school} указаны цифры организаций" in told
    assert "Письмо № 1 уже учтено" in told
    assert "Примеры указаний" in told
    assert decisions(office) == []


def test_an_order_that_contradicts_an_earlier_one_of_the_same_mail_is_not_carried_out(office):
    number = reviewed(office, report("Арский", vk=1))
    told = office.say(f"№ {number} принять", f"№ {number} отклонить")
    assert office.figures() == {("Арский", None): {"vk": 1}}
    assert "уже есть решение" in told


def test_nothing_said_is_answered_too(light_office):
    assert "не нашла ни указаний" in light_office.say("Спасибо!")


def test_the_receipt_can_be_answered_like_the_roll_up(office):
    number = reviewed(office, report("Бавлинский", vk=112))
    office.say(f"№ {number} принять")
    office.take(office.reply(office.receipts()[-1], f"отменить {number}"))
    assert office.figures() == {}
    assert len(office.receipts()) == 2
    assert office.receipts()[0]["In-Reply-To"].startswith("<answer")
    assert office.receipts()[0]["To"] == CONTACT


def test_decisions_and_the_reply_survive_reading_again(office):
    number = reviewed(office, report("Бавлинский", vk=112))
    office.say("Бавлы: ВК 120, принять")
    with office.database.sessions.begin() as session:
        requeue(session, [number + 1])
    assert office.answer(pytest_fails)
    assert office.figures() == {BAVLY: {"vk": 120}}
    assert len(office.receipts()) == 1
    assert len(decisions(office)) == 1


def pytest_fails():
    raise AssertionError("a reply to the roll-up was read as a respondent's")


def test_the_next_roll_up_shows_the_new_figures(office):
    reviewed(office, report("Бавлинский", vk=112))
    office.say("Бавлы: ВК 120, принять")
    facts = office.facts()
    assert facts.changes.answered == ("Бавлинский",)
    assert facts.cases == ()
    assert [(each.letter, each.action) for each in facts.decisions] == [(1, "set")]
    rollup = preview(office.reporting, office.now)[1]
    for form in (rollup.text, rollup.html):
        assert "принято с исправлениями: Гульчачак" in " ".join(form.split())
    office.now += timedelta(days=1)
    office.rollup()
    assert office.facts().decisions == ()


def test_a_case_that_waits_longer_than_a_day_is_said_so(office):
    reviewed(office, report("Бавлинский", vk=112))
    office.now = SENT + timedelta(days=1, minutes=1)
    assert "Больше суток ждёт 1 вопрос." in " ".join(preview(office.reporting, office.now)[1].text.split())
