"""What a mask says of its matches holds: no match that holds a digit is missed for want of a sign or of digits."""

from pathlib import Path

import pytest

from mailbot.domain.document import Limits, Paragraph
from mailbot.reading.figures.masks import DIGIT, MASKS, masks_for
from mailbot.reading.message.mail import decode
from mailbot.reading.text.fold import fold

REPLIES = Path(__file__).parents[1] / "replies"
SPOKEN = (
    "на 01.08.21 г., 5 авгутса 2021 г., 1.1.21, 2021-08-16, 16 августа, 5 май, 12 гыйнвар, aug 16, 16 Aug 2021, с 12 по 16 августа",
    "2020-2021 уч. год, 2021 г., 2021/22, к 15-00, до 15.00, в 8:30, 15 часов, 40 мин.",
    "тел. 8 (843) 292-40-01, т.5-12-34, +79172345678, 89172345678, доб. 12, вн.105, (84371) 2-12-34, исп. 21-12-34",
    "Иванова А. 31-12-12, 8-84371-2-12-34, 22-33-44, 192.168.0.1, 1.2.3.4.5, +0300",
    "a1@mail.ru, https://vk.com/x1, www.a1.ru, school5.edu.tatar.su, мон1.рф/2, image001.png, [cid:1], otchet2.xlsx, 7z, mp3",
    "7.А. Петров, количество страниц 3, кол-во листов: 2, 512 байт, 300 dpi, 3 кб, 5 mb, отчет на 3 стр., скан 2 страницы",
    "ИНН 1655012345, р/с 4070281, СНИЛС 112-233, covid-19, SARS-CoV-2, iPhone 12, k-9, Windows 10, 1С:Предприятие 8",
    "форма № 9б, ст. 12, 152-ФЗ, приложение 2, п. 3.1, пункт 4, лист 2, таблица 1, часть 2, 2-я часть",
    "форма 21-08, ф. 3.1, ID 100247, ид: 4455, версия 3.12, лист 1 / 1, стр. 2/3, страница 1/12",
    "исх. № 123/1, вх. 45, на № 7, письмо 123-4, запрос от 1234/21, № 5, #6, N 7, №№ 1, 2 и 3",
    "420111, ул. Ленина, 5, проспект Победы, д. 12, Набережная улица, 7, г. Казань, 12/4, Тукай урамы, 3, дом 5а, каб. 12",
    "(+5), прирост: 5, динамика +3, на 5 человек больше, на 3 чел. меньше, чем, (план 30), при норме 30, план 30 выполнен, минимум (30 человек) нами выполнен, строка 6",
    "28 түгел, норматив - 30 человек, 17 августа, 12.00",
    "до 16го, к 17му, 1ый, на 5м этаже, до 16 числа, к 17 числу",
    "5 школ из 12, 3 из 7 организаций, 100%, 45 проц., 5-й, 11-летний, 9-11 классы, 5 кл., классный руководитель 9Б, 16.08",
)


def lines_of(folder):
    for path in sorted((REPLIES / folder).glob("*.eml")):
        mail = decode(path.read_bytes(), Limits())
        yield mail.envelope.subject
        for body in (*mail.bodies, *mail.alternatives):
            for block in body.blocks:
                if isinstance(block, Paragraph):
                    yield block.text
                else:
                    yield from (cell.text for row in block.rows for cell in row)


def folded_with_digits(texts):
    return sorted({folded for text in texts if DIGIT.search(folded := fold(text))})


def missed(lines):
    for folded in lines:
        fitting = {id(mask) for mask in masks_for(folded)}
        for mask in MASKS:
            wanted = [m.span() for m in mask.pattern.finditer(folded) if DIGIT.search(m.group())]
            if wanted != (list(mask.spans(folded)) if id(mask) in fitting else []):
                yield mask.pattern.pattern, folded


@pytest.mark.parametrize("folder", ["bodies", "third"])
def test_no_match_is_missed_in_the_labelled_replies(folder):
    lines = folded_with_digits(lines_of(folder))
    assert len(lines) > 200
    assert list(missed(lines)) == []


def test_no_match_is_missed_in_what_each_mask_is_for():
    lines = folded_with_digits([*SPOKEN, *(part for text in SPOKEN for part in text.split(", "))])
    assert list(missed(lines)) == []
    idle = [mask.pattern.pattern for mask in MASKS if not any(mask.pattern.search(line) for line in lines)]
    assert idle == [], "each mask has an example"
