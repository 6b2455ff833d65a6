"""Who speaks and for whom, where several places of a mail tell it."""

import pytest

from tests.reading.samples import message, read, rows

FIGURES = "ВК 35, инстаграм 33, ОК 31"


@pytest.mark.parametrize(
    ("sender", "subject", "name"),
    [
        ("Детский сад Кукмор", "МБДОУ «Ручеёк» г. Кукмор", "МБДОУ «Ручеёк» г. Кукмор"),
        ("Детский сад Кукмор", "Детский сад №4 г. Кукмор", "Детский сад №4 г. Кукмор"),
        ("Детский сад №2 Кукмор", "Детский сад №4 г. Кукмор", "Детский сад №2 Кукмор"),
        ("Детский сад Кукмор", "школа №4 г. Кукмор", "Детский сад Кукмор"),
        ("Детский сад Кукмор", "О подписке, Кукмор", "Детский сад Кукмор"),
    ],
)
def test_the_subject_tells_which_one_it_is_where_the_sender_s_name_does_not(sender, subject, name):
    raw = message(FIGURES, subject=subject)
    head, body = raw.split(b"\n\n", 1)
    lines = [line for line in head.split(b"\n") if not line.startswith(b"From:")]
    raw = b"\n".join([f"From: {sender} <x@mail.ru>".encode(), *lines]) + b"\n\n" + body
    assert rows(read(raw)) == [("Кукморский", name, {"vk": 35, "instagram": 33, "ok": 31}, {})]


@pytest.mark.parametrize("end", ["директор Соколова Е.П., 5710882", "Исп. Иванова А.А. 2945102"])
def test_seven_digits_after_a_name_with_initials_are_a_telephone(end):
    answer = read(message(f"г. Казань, МБОУ «Школа №82»\n{FIGURES}\n{end}"))
    assert (answer.status.value, len(rows(answer))) == ("accepted", 1)
