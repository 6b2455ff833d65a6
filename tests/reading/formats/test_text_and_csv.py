import pytest

from mailbot.domain.document import Limits
from tests.reading.formats.builders import code, document, lines, opened, rows, tables

SVOD = "ОО;ВК;Инстаграм\nСредняя школа;35;40\nДетский сад Березка;30;31\n"


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "cp866", "koi8-r"])
@pytest.mark.parametrize("separator", [";", "\t", ",", "|"])
def test_tables_in_every_charset_with_every_separator(charset, separator):
    text = SVOD.replace(";", separator)
    read = document(text.encode(charset), "svod.csv")
    (table,) = tables(read)
    assert (read.format, rows(table)[0]) == ("csv", ["ОО", "ВК", "Инстаграм"])
    assert [row[1:] for row in rows(table)[1:]] == [["35", "40"], ["30", "31"]]
    assert table.rows[1][1].locator == "svod.csv!B2"


def test_quotes_and_commas_in_fields_and_a_declared_separator():
    text = 'sep=;\nОО;ВК\n"МБОУ ""СОШ, № 1""";35\n\n;\nИтого;35\n'
    (table,) = tables(document(text.encode(), "svod.csv"))
    assert rows(table) == [["ОО", "ВК"], ['МБОУ "СОШ, № 1"', "35"], ["", ""], ["Итого", "35"]]


def test_unicode_text_of_excel_is_a_table_whatever_its_name():
    text = 'Спасский район\nОО\tВК\tОК\n"МБОУ ""СОШ"""\t43\t45\nТрехозерская\t30\t30\n'
    read = document(text.encode("utf-16"), "Книга1.txt")
    assert read.format == "csv"
    assert rows(tables(read)[0])[2] == ['МБОУ "СОШ"', "43", "45"]


def test_prose_with_semicolons_stays_prose():
    text = "СОШ 1: ВК – 35; Инст – 31; ОК – 30\nСОШ 2: ВК – 36; Инст – 32; ОК – 31\nСОШ 3: ВК – 37; Инст – 33; ОК – 3\n"
    read = document(text.encode(), "ответ.txt")
    assert read.format == "text"
    assert lines(read) == text.splitlines()


def test_lines_keep_their_own_numbers_and_inner_blanks():
    read = document("ВК:   35\r\n\r\nОК:\t30\r\n".encode("cp1251"), "ответ.txt")
    assert [(block.text, block.locator) for block in read.blocks] == [
        ("ВК:   35", "ответ.txt:1"),
        ("ОК:\t30", "ответ.txt:3"),
    ]


def test_lost_letters_are_told():
    result = opened("Подписчики: 35 челов".encode()[:-1] + b"\xd0\n" + "ВК: 35 ".encode() * 5, "ответ.txt")
    assert code(result) == "text_lost"
    assert result.documents


@pytest.mark.parametrize("name", ["ответ.txt", "svod.csv"])
def test_blank_and_endless_files(name):
    assert code(opened(b" \r\n ; \n".replace(b";", b" "), name)) == "attachment_empty"
    assert code(opened("СОШ;35\n".encode() * 100, name, Limits(text_chars=100))) == "attachment_too_large"


def test_a_blank_part_that_a_mail_program_made_up_is_nothing():
    assert opened(b"", "ATT00001.txt").troubles == ()
    assert opened(b"\r\n", "ATT00002.txt").troubles == ()


def test_bytes_that_are_no_text():
    assert code(opened(bytes(range(256)) * 8, "ответ.txt")) == "attachment_damaged"
    assert code(opened(bytes(range(256)) * 8, "ответ.bin")) == "attachment_unsupported"
