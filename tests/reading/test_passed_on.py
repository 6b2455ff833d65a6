"""A mail passed on with the mail that it answers beneath: its figures are the answer, the demand below is none."""

from __future__ import annotations

import pytest

from mailbot.domain.interpretation import Status
from tests.reading.samples import message, read, rows

ABOVE = """Добрый день. Пересылаю.

-------- Перенаправленное сообщение --------
Тема: Подписка
Дата: Fri, 13 Aug 2021 15:22:10 +0300
От: Садик <sad5@example.ru>
Кому: roo@example.ru

Здравствуйте! Арский район, МБДОУ детский сад №5
ВК 35
Инстаграм 40
Одноклассники 31

"""
DEMANDS = {
    "a line that tells who wrote": "13.08.2021 9:05, roo@example.ru пишет:\n> Коллеги, срочно! Не менее 30!\n> Жду до 16.08.",
    "another program's": "пт, 13 авг. 2021 г. в 09:05, РОО <roo@example.ru>:\n> Нужно 30 человек в ВК и 30 в ОК\n> Жду.",
    "with an example of an answer": "13.08.2021 9:05, roo@example.ru пишет:\n> Образец:\n> СОШ №7\n> ВК 50\n> ОК 60",
    "header lines": "От: roo@example.ru\nКому: sad5@example.ru\nДата: 13 августа 2021 г.\nТема: Подписка\n\nНе менее 30 человек!",
}


@pytest.mark.parametrize("demand", DEMANDS)
def test_the_demand_below_a_forwarded_answer_is_no_answer(demand):
    answer = read(message(ABOVE + DEMANDS[demand], subject="Fwd: Подписка"))
    assert rows(answer) == [("Арский", "МБДОУ детский сад №5", {"vk": 35, "instagram": 40, "ok": 31}, {})]
    assert answer.status is Status.ACCEPTED, answer.findings


def test_figures_quoted_below_a_forward_without_any_are_passed_on():
    quoted = "13.08.2021 9:05, sad5@example.ru пишет:\n> ВК 35\n> Инстаграм 40\n> Одноклассники 31\n"
    note = ABOVE.replace("ВК 35\nИнстаграм 40\nОдноклассники 31\n", "Наши данные ниже.\n")
    note = note.replace("Пересылаю.", "Арский район, пересылаю.")
    assert [row[2] for row in rows(read(message(note + quoted, subject="Fwd: Подписка")))] == [
        {"vk": 35, "instagram": 40, "ok": 31}
    ]
