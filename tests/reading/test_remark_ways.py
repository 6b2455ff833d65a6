"""What is said beside figures, or in place of one: as many, nobody, how many there are in all."""

import pytest

from mailbot.domain.interpretation import FindingCode, Status
from tests.reading.samples import message, read, rows

HEAD = "Арский район, школа №5. "


@pytest.mark.parametrize(
    ("said", "figures"),
    [
        ("В ВК 30 человек, в Инстаграме столько же, в Одноклассниках 22.", (30, 30, 22)),
        ("34 человека в ВК, столько же в инстаграм, 20 в ОК", (34, 34, 20)),
        ("ВК 34, столько же на Инстаграм, на ОК - 31", (34, 34, 31)),
        ("ВК 30, инстаграм – столько же, ОК – столько же", (30, 30, 30)),
        ("вк 30, инста тоже столько же, ок 28", (30, 30, 28)),
    ],
)
def test_as_many_is_the_number_before(said, figures):
    answer = read(message(HEAD + said))
    vk, instagram, ok = figures
    [(_, _, stated, _)] = rows(answer)
    assert (stated, answer.status) == ({"vk": vk, "instagram": instagram, "ok": ok}, Status.ACCEPTED)


@pytest.mark.parametrize(
    "said",
    [
        "Столько же в ВК, сколько вчера. Инстаграм 30, ОК 20",
        "ВК столько же, инстаграм 30, ОК 20",
        "ВК 30, инстаграм почти столько же, ОК 20",
    ],
)
def test_as_many_as_nothing_before_it_goes_to_a_person(said):
    assert read(message(HEAD + said)).status is Status.REVIEW


@pytest.mark.parametrize(
    "said",
    [
        "ВК 33, Инстаграм 36. Подписчики в Одноклассниках отсутствуют.",
        "ВКонтактеда 33 кеше, Инстаграмда 36 кеше, Одноклассникида бер кеше дә юк.",
        "ВК 33, инста 36, ОК-та беркем дә юк",
        "ВК 33, инстаграм 36, ОК никто",
    ],
)
def test_nobody_is_zero(said):
    answer = read(message(HEAD + said))
    assert (rows(answer)[0][2], answer.status) == ({"vk": 33, "instagram": 36, "ok": 0}, Status.ACCEPTED)


@pytest.mark.parametrize(
    "said",
    [
        "Сотрудников 38, подписались: ВК 30, Инстаграм 36, ОК 31.",
        "Учеников 112, учителей 24. ВК-30, Инстаграм-36, ОК-31",
        "Учителей в школе 42, подписались из них на ВК 30, на инстаграм 36, на ОК 31.",
        "Педагогов в школе 52.\nВК – 30 чел. (79%)\nинстаграм – 36 чел. (73%)\nОК – 31 чел. (58%)",
        "Педагогов у нас 52.\nВК 30, инстаграм 36, ОК 31",
        "ВК - 30 (85 %), Instagram - 36 (90 %), ОК - 31 (75 %) от 40 сотрудников.",
        "Учителей: 24. Подписано: ВК 30, инстаграм 36, ОК 31",
    ],
)
def test_how_many_there_are_before_it_begins_is_no_split(said):
    answer = read(message(HEAD + said))
    assert (rows(answer)[0][2:], answer.status) == (({"vk": 30, "instagram": 36, "ok": 31}, {}), Status.ACCEPTED)


@pytest.mark.parametrize(
    "said",
    [
        "Благодарю, письмо получила, ознакомлю коллектив (34 человека) и родителей.",
        "Спасибо, доведу до сведения коллектива (34 чел.)",
        "Письмо получили, проинформируем педагогов (25).",
        "Принято. Оповестим сотрудников (40 человек).",
        "Получили, спасибо. Сообщим всем учителям (52).",
    ],
)
def test_whom_the_letter_will_be_told_is_no_report(said):
    assert read(message(said)).status is Status.IGNORED


@pytest.mark.parametrize(
    "said",
    [
        "Получили. Ознакомили коллектив (34 человека), подписались все.",
        "Ознакомили учителей. Подписались: 30 учителей, 40 родителей.",
    ],
)
def test_whom_it_was_told_and_that_they_subscribed_goes_to_a_person(said):
    assert read(message(HEAD + said)).status is Status.REVIEW


@pytest.mark.parametrize(
    "said",
    [
        "Спасибо. Педагоги – 30, родители – 40.",
        "Принято, учителей 34, родителей 40.",
        "Подписались 30 человек. Подписку на антивирус оформим позже.",
        "30 человек. Совещание проведено.",
    ],
)
def test_people_told_beside_thanks_or_before_another_matter_are_seen(said):
    assert read(message(HEAD + said)).status is not Status.IGNORED


@pytest.mark.parametrize(
    "said",
    [
        "В школе 2 корпуса (старый и новый), 112 работников. ВК 30, Инстаграм 36, ОК 31.",
        "У нас 2 корпуса (5 групп), 52 педагога. ВК-30, Инстаграм-36, ОК-31",
        "В школе работает 112 педагогов (из двух сёл). ВК 30, инст 36, ок 31",
    ],
)
def test_how_many_there_are_after_brackets_is_no_split(said):
    answer = read(message(HEAD + said))
    assert rows(answer) == [("Арский", "школа №5", {"vk": 30, "instagram": 36, "ok": 31}, {})]
    assert answer.status is Status.ACCEPTED, answer.findings


@pytest.mark.parametrize(
    "said",
    [
        "Учителей 20, родителей 16. ВК-36, Инстаграм-31, ОК-30",
        "Подписались: учителей 20, родителей 15. ВК-36, Инстаграм-31, ОК-30",
    ],
)
def test_what_may_be_a_split_goes_to_a_person(said):
    assert read(message(HEAD + said)).status is Status.REVIEW


@pytest.mark.parametrize(
    "said",
    [
        "Извините, отправила не туда, письмо было для нашей бухгалтерии",
        "Письмо ушло вам по ошибке, извините",
        "Я в отпуске до 23 августа. По срочным вопросам звоните 8 (85595) 5-12-40.",
        "Отпуск до 30 августа, телефон замещающего 2-34-35, Апастово",
    ],
)
def test_a_mail_for_somebody_else_and_a_mere_absence_are_nothing_to_do(said):
    assert read(message(said)).status is Status.IGNORED


@pytest.mark.parametrize(
    "said",
    [
        "Прошлое письмо отправлено по ошибке",
        "Отчёт отправили не туда, извините",
        "Я в отпуске, сведений от нас не будет",
        "Извините, отправила не туда. Арский район, школа №5: ВК 30",
    ],
)
def test_a_report_taken_back_or_refused_is_not(said):
    assert read(message(said)).status is not Status.IGNORED


@pytest.mark.parametrize(
    "said",
    [
        "Лаишевский район: школы - 640, детские сады - 410, итого подписчиков по району 1050",
        "Отдел образования Лаишевского района. По детским садам 410 подписок, по школам 640, всего по району 1 050.",
        "По Лаишевскому району подписаны: школы 600 чел., сады 410 чел., учреждения допобразования 40 чел. Всего 1050 чел.",
    ],
)
def test_kinds_of_institutions_that_add_up_are_parts_of_the_district_s_figure(said):
    answer = read(message(said))
    assert (rows(answer), answer.status) == ([("Лаишевский", None, {"total": 1050}, {})], Status.ACCEPTED)


def test_kinds_that_do_not_add_up_go_to_a_person():
    assert read(message("Лаишевский район: школы - 640, детские сады - 400, итого 1050")).status is Status.REVIEW


@pytest.mark.parametrize(
    "said",
    [
        "Для сведения: копия ответа в Госавтоинспекцию о подписке на их страницы.",
        "Направляем копию нашего ответа для Росгвардии.",
        "Копия письма в исполком, о подписчиках.",
        "Подписались на их аккаунты, отчитываемся.",
        "Копию отчета в МЧС прикладываем.",
    ],
)
def test_what_was_told_to_somebody_else_is_not_taken_unseen(said):
    assert read(message(f"Арский район, школа №5. {said} ВК 34, Инстаграм 30, ОК 31")).status is not Status.ACCEPTED


@pytest.mark.parametrize(
    "said",
    [
        "Копия письма в министерство во вложении.",
        "Направляем копию ответа в МОиН РТ.",
        "Отчет отправлен по расписанию.",
    ],
)
def test_what_was_told_to_the_ministry_is_taken(said):
    answer = read(message(f"Арский район, школа №5. ВК 34, Инстаграм 30, ОК 31. {said}"))
    assert answer.status is Status.ACCEPTED or [f.code for f in answer.findings] == [FindingCode.ATTACHMENT_MISSING], (
        answer.findings
    )
