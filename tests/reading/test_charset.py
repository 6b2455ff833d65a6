"""Charsets: as declared, mislabelled, undeclared, doubly encoded; and what is really lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.reading.text.charset import decode, plausibility, repair
from mailbot.reading.text.codepages import SINGLE_BYTE, known, try_decode, try_encode

TEXT = "Добрый день! Подписчики ВКонтакте: 35 чел., Одноклассники – 40. МБОУ «СОШ № 5», Альметьевский район"
TATAR = "Исәнмесез! Түбән Кама районы: язылучылар саны 46 кеше, барлыгы 112. Хөрмәт белән, Гөлназ"
SHORT = ["ВК - 35", "Всего подписалось 107", "СОШ №5", "инстаграм 40", "Кукмор", "МБОУ СОШ", "градусник"]
CHARSETS = ["utf-8", "cp1251", "koi8-r", "iso8859-5", "cp866", "mac-cyrillic", "utf-16"]
LABELS = ["utf-8", "windows-1251", "koi8-r", "iso-8859-1", "us-ascii", "", "unknown-8bit", "x-unknown", "cp-1251"]


def encoded(text, charset):
    return text.replace("–", "-").replace("№", "N").replace("«", '"').replace("»", '"').encode(charset)


MISLABELLED = [(charset, label) for charset in CHARSETS for label in LABELS]
MISLABELLED.remove(("mac-cyrillic", "windows-1251"))  # they differ in capitals alone, and the declared one is kept


@pytest.mark.parametrize(("charset", "label"), MISLABELLED)
def test_whatever_the_label(charset, label):
    decoded = decode(encoded(TEXT, charset), label)
    assert decoded.text == encoded(TEXT, "utf-8").decode()
    assert not decoded.lost


@pytest.mark.parametrize("charset", ["cp1251", "koi8-r", "utf-8"])
@pytest.mark.parametrize("text", SHORT)
def test_short_texts_keep_a_right_label(text, charset):
    assert decode(encoded(text, charset), charset).text == encoded(text, "utf-8").decode()


@pytest.mark.parametrize("label", ["utf-8", "windows-1251", "iso-8859-1", ""])
def test_tatar(label):
    assert decode(TATAR.encode(), label).text == TATAR


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
def test_wide_without_a_mark(name):
    assert decode(TEXT.encode(name), "utf-8").text == TEXT


def test_byte_order_mark_is_no_character():
    assert decode(TEXT.encode("utf-8-sig")).text == TEXT


def test_utf16_cut_in_the_middle_of_a_letter():
    assert decode(TEXT.encode("utf-16")[:-1]).text == TEXT[:-1]


def test_utf7():
    assert decode("Привет".encode("utf-7"), "utf-7").text == "Привет"


def test_all_capitals_in_utf8_stay():
    for text in ("МБОУ", "СОШ", "ГБПОУ ВК", "ЁЛКА", "МАОУ СОШ"):
        assert decode(text.encode(), "utf-8").text == text


def test_three_bytes_that_are_by_chance_utf8():
    assert decode("фак".encode("cp866")).text == "фак"


DOUBLE = [
    ("utf-8", "cp1251"),
    ("utf-8", "cp1252"),
    ("utf-8", "latin-1"),
    ("utf-8", "koi8-u"),
    ("utf-8", "cp866"),
    ("cp1251", "cp1252"),
    ("koi8-u", "cp1252"),
    ("koi8-u", "cp1251"),
    ("cp1251", "koi8-u"),
]


@pytest.mark.parametrize(("right", "wrong"), DOUBLE)
def test_doubly_encoded_text_is_undone(right, wrong):
    text = encoded(TEXT, "utf-8").decode()
    garbled = try_decode(text.encode(right), wrong)
    assert decode(garbled.encode()).text == text


def test_encoded_three_times_over():
    text = "Подписчики ВКонтакте: 35"
    garbled = try_decode(try_decode(text.encode(), "cp1251").encode(), "cp1251")
    assert repair(garbled) == text


def test_garbled_line_in_a_clean_text():
    garbled = try_decode("Подписчики: 35".encode(), "cp1252")
    assert repair(f"Добрый день!\n{garbled}\nСпасибо, «Школа»") == "Добрый день!\nПодписчики: 35\nСпасибо, «Школа»"


def test_no_break_space_that_became_a_blank_on_the_way():
    garbled = try_decode("Район Истоки: Резеда".encode(), "cp1251").replace("\xa0", " ")
    assert repair(garbled) == "Район Истоки: Резеда"


def test_undefined_byte_that_became_a_question_mark():
    garbled = try_decode("Итого Инстаграм".encode(), "cp1251").replace("\x98", "?")
    assert repair(garbled) == "Итого Инстаграм"


def test_footer_in_another_charset():
    data = "Подписчики: 35\n".encode() + "Рассылка отдела образования\n".encode("cp1251")
    decoded = decode(data, "utf-8")
    assert decoded.text == "Подписчики: 35\nРассылка отдела образования\n"
    assert not decoded.lost


def test_letter_cut_in_half_is_lost():
    decoded = decode("Подписчики: 32 чел., Инстаг".encode() + b"\xd1", "utf-8")
    assert decoded.lost
    assert decoded.text.startswith("Подписчики: 32 чел., Инстаг")


@pytest.mark.parametrize("name", ["base64", "rot13", "zlib", "undefined", "idna", "no such", "unicode_escape"])
def test_names_that_are_no_charsets_of_text(name):
    assert known(name) == ""


@given(st.binary(max_size=200), st.sampled_from([*LABELS, "utf-16", "big5", "utf-7", "shift_jis"]))
def test_never_raises(data, label):
    assert isinstance(decode(data, label).text, str)


@pytest.mark.parametrize("codepage", ["cp866", "cp1251", "utf-8"])
def test_a_table_of_an_old_program_tells_its_charset(codepage):
    table = "┌────────────────┬──────┐\n│Школа           │   ВК │\n├────────────────┼──────┤\n│Омгинская ООШ   │   24 │\n└────────────────┴──────┘"
    text = table if codepage != "cp1251" else table.translate(str.maketrans(dict.fromkeys("┌─┬┐│├┼┤└┴┘", "-")))
    assert decode(text.encode(codepage)).text == text


@given(st.text(st.characters(exclude_characters="\0\4"), max_size=80))  # these two make it look like UTF-16
def test_utf8_of_any_text_without_garbling_comes_back(text):
    if plausibility(text) > -0.5:
        assert decode(text.encode("utf-8", "surrogatepass"), "utf-8").text.lstrip("\ufeff") == text.lstrip("\ufeff")


@given(st.binary(min_size=1, max_size=50), st.sampled_from(SINGLE_BYTE))
def test_single_byte_charsets_are_reversible(data, charset):
    assert try_encode(try_decode(data, charset), charset) == data
