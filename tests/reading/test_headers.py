"""Header fields as mail programs write them, right and wrong."""

from __future__ import annotations

import itertools
from base64 import b64encode
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.reading.message.headers import Address, addresses, date, decode_text, message_ids, parameters


def words(data, charset, *cuts):
    """An encoded text in several «B» words that are cut at these bytes."""
    edges = [0, *cuts, len(data)]
    parts = [data[a:b] for a, b in itertools.pairwise(edges)]
    return b"\r\n ".join(b"=?" + charset + b"?B?" + b64encode(part) + b"?=" for part in parts)


TEXTS = {
    "plain": (b"Re: podpiska", "Re: podpiska"),
    "base64": (words("Подписка ВК".encode(), b"utf-8"), "Подписка ВК"),
    "a letter cut in half": (words("Подписка ВК".encode(), b"UTF-8", 3, 7, 10), "Подписка ВК"),
    "a letter cut, and a language": (words("Подписка".encode(), b"utf-8*ru", 5), "Подписка"),
    "quoted-printable": (b"=?utf-8?Q?=D0=92=D0=9A_35?= =?utf-8?Q?=2C_=D0=9E=D0=9A?=", "ВК 35, ОК"),
    "question mark inside": (b"=?utf-8?Q?=D0=92=D0=9A?=D0=9E?=", "ВК?О"),
    "two charsets": (
        words("Отчёт ".encode("koi8-r"), b"koi8-r") + b" " + words("школы".encode(), b"utf-8"),
        "Отчёт школы",
    ),
    "text between words": (b"Fwd: =?utf-8?B?0JLQmg==?= and =?utf-8?B?0J7Qmg==?=", "Fwd: ВК and ОК"),
    "no padding": (b"=?utf-8?B?0JLQmg?=", "ВК"),
    "too much of it": (b"=?utf-8?B?0JLQmg====?=", "ВК"),
    "unknown charset": (b"=?x-unknown?B?" + b64encode("Подписка школы".encode("cp1251")) + b"?=", "Подписка школы"),
    "wrong charset": (b"=?utf-8?B?" + b64encode("Подписка школы".encode("cp1251")) + b"?=", "Подписка школы"),
    "raw windows-1251": ("Подписка на аккаунты".encode("cp1251"), "Подписка на аккаунты"),
    "raw utf-8": ("Подписка на аккаунты".encode(), "Подписка на аккаунты"),
    "folded": (b"Re:\r\n\tpodpiska", "Re: podpiska"),
    "blanks": (b"  a \t b  ", "a b"),
    "not a word": (b"=?utf-8?X?abc?= 2=3", "=?utf-8?X?abc?= 2=3"),
    "never closed": (b"=?utf-8?B?0JLQmg==", "=?utf-8?B?0JLQmg=="),
}


@pytest.mark.parametrize(("raw", "text"), TEXTS.values(), ids=TEXTS)
def test_unstructured_text(raw, text):
    assert decode_text(raw) == text


def test_raw_text_in_the_charset_of_the_body():
    assert decode_text("ДОУ".encode("koi8-r"), "koi8-r") == "ДОУ"


NAMES = {
    "quoted": (b'attachment; filename="a b.xlsx"', "a b.xlsx"),
    "bare, with blanks": (b"attachment; filename=a b.xlsx; size=3", "a b.xlsx"),
    "encoded word": (b'attachment; filename="=?utf-8?B?0JLQmi54bHN4?="', "ВК.xlsx"),
    "encoded word, bare": (b"attachment; filename==?utf-8?B?0JLQmi54bHN4?=", "ВК.xlsx"),
    "raw 8-bit": ('attachment; filename="Сводка школы.xlsx"'.encode("cp1251"), "Сводка школы.xlsx"),
    "rfc 2231": (b"attachment; filename*=utf-8''%D0%92%D0%9A.xlsx", "ВК.xlsx"),
    "rfc 2231, continued": (b"attachment; filename*0*=utf-8''%D0%92; filename*1*=%D0%9A; filename*2=.xlsx", "ВК.xlsx"),
    "rfc 2231, a letter cut": (b"attachment; filename*0*=utf-8''%D0%92%D0; filename*1*=%9A.xlsx", "ВК.xlsx"),
    "rfc 2231, out of order": (b"attachment; filename*1*=%D0%9A.xlsx; filename*0*=utf-8''%D0%92", "ВК.xlsx"),
    "rfc 2231, wrong charset": (
        b"attachment; filename*=utf-8''%CF%EE%E4%EF%E8%F1%EA%E0%20%F8%EA%EE%EB%FB.xls",
        "Подписка школы.xls",
    ),
    "semicolon within": (b'attachment; filename="a; b.xlsx"', "a; b.xlsx"),
    "escaped quotation mark": (b'attachment; filename="a \\"b\\".xlsx"', 'a "b".xlsx'),
    "unclosed quotation mark": (b'attachment; filename="a.xlsx', "a.xlsx"),
    "the old form beside the new": (b"attachment; filename=\"?.xlsx\"; filename*=utf-8''%D0%92.xlsx", "В.xlsx"),
}


@pytest.mark.parametrize(("raw", "name"), NAMES.values(), ids=NAMES)
def test_parameters(raw, name):
    value, found = parameters(raw)
    assert value == "attachment"
    assert found["filename"] == name


LISTS = {
    "name and address": (b'"VK" <A@Tatar.ru>', [Address("VK", "a@tatar.ru")]),
    "comma in a name": (b'"Li, A." <a@b.ru>, c@d.ru', [Address("Li, A.", "a@b.ru"), Address("", "c@d.ru")]),
    "encoded comma": (b"=?utf-8?Q?=D0=9E=D0=9A=2C_?= <a@b.ru>", [Address("ОК,", "a@b.ru")]),
    "encoded in quotation marks": (b'"=?utf-8?B?0JLQmg==?=" <a@b.ru>', [Address("ВК", "a@b.ru")]),
    "comment": (b"a@b.ru (Anna)", [Address("Anna", "a@b.ru")]),
    "group": (b"undisclosed-recipients:;", []),
    "semicolons": (b"a@b.ru; c@d.ru", [Address("", "a@b.ru"), Address("", "c@d.ru")]),
    "name alone": (b"Anna", [Address("Anna", "")]),
    "unclosed": (b"Anna <a@b.ru", [Address("Anna", "a@b.ru")]),
    "raw 8-bit name": ("Отдел образования <a@b.ru>".encode("cp1251"), [Address("Отдел образования", "a@b.ru")]),
    "empty": (b"", []),
}


@pytest.mark.parametrize(("raw", "found"), LISTS.values(), ids=LISTS)
def test_addresses(raw, found):
    assert list(addresses([raw])) == found


def test_dates():
    assert date(b"Mon, 9 Aug 2021 14:32:12 +0300 (MSK)").isoformat() == "2021-08-09T14:32:12+03:00"
    assert date(b"9 Aug 2021 11:33:59 -0000").utcoffset() == timedelta(0)


@pytest.mark.parametrize("raw", [b"", b"yesterday", b"Mon, 99 Aug 2021", b"9 Aug 2021 14:32 +9999999", b"\xff"])
def test_dates_that_are_none(raw):
    assert date(raw) is None


def test_message_ids():
    assert message_ids(b"<a@b> <c@d>") == ("a@b", "c@d")
    assert message_ids(b"a@b") == ("a@b",)
    assert message_ids(b"") == ()


@given(st.binary(max_size=200))
def test_never_raises(raw):
    decode_text(raw)
    parameters(raw)
    addresses([raw])
    date(raw)
    message_ids(raw)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("raw", [b"=?x?B?", b'a="', b"a*1*=b;", b"<", b"(", b"=?utf-8?Q?=", b'";', b"?="])
def test_hostile_repetition_is_read_in_time(raw):
    raw *= 100_000
    decode_text(raw)
    parameters(raw)
    addresses([raw])
