"""Transfer encodings, right, damaged, and mislabelled."""

from __future__ import annotations

import binascii
from base64 import b64encode, encodebytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.reading.message.transfer import split_uu, unpack

DATA = ("Добрый день! На аккаунты подписались: ВКонтакте – 35, Инстаграм – 40. " * 3).encode()
CODED = encodebytes(DATA).rstrip()


def uuencoded(data, name):
    lines = [binascii.b2a_uu(data[i : i + 45]) for i in range(0, len(data), 45)]
    return b"begin 644 " + name + b"\n" + b"".join(lines) + b"`\nend\n"


BASE64 = {
    "lines": CODED,
    "crlf": CODED.replace(b"\n", b"\r\n"),
    "one line": b64encode(DATA),
    "no padding": CODED.rstrip(b"="),
    "junk between": CODED.replace(b"\n", b"!\n*"),
    "blanks at the ends of lines": CODED.replace(b"\n", b" \n"),
    "two encoded pieces": encodebytes(DATA[:50]) + encodebytes(DATA[50:]),
    "padding doubled": CODED.rstrip(b"=") + b"====",
}


@pytest.mark.parametrize("body", BASE64.values(), ids=BASE64)
def test_base64(body):
    unpacked = unpack(body, "base64", text=True)
    assert unpacked.data == DATA
    assert not unpacked.cut


def test_base64_cut_off():
    unpacked = unpack(CODED[:203], "base64", text=True)
    assert unpacked.cut
    assert DATA.startswith(unpacked.data)


def test_padding_forgotten_is_not_cut():
    for length in range(1, 12):
        unpacked = unpack(b64encode(DATA[:length]).rstrip(b"="), "base64", text=False)
        assert (unpacked.data, unpacked.cut) == (DATA[:length], False)


def test_plain_text_labelled_base64():
    assert unpack(DATA, "base64", text=True).data == DATA
    assert (
        unpack(b"VK 35, OK 40. All the best to you", "base64", text=True).data == b"VK 35, OK 40. All the best to you"
    )


def test_base64_without_a_label():
    assert unpack(CODED, "", text=True).data == DATA


def test_words_are_no_base64():
    assert unpack(b"podpiska", "", text=True).data == b"podpiska"


def test_quoted_printable():
    coded = binascii.b2a_qp(DATA)
    assert unpack(coded, "quoted-printable", text=True).data == DATA
    assert unpack(coded, "", text=True).data == DATA


def test_quoted_printable_with_errors():
    assert unpack(b"a =ZZ =D0=92 = \r\nb=", "quoted-printable", text=True).data == b"a =ZZ \xd0\x92 b"


def test_plain_text_labelled_quoted_printable():
    text = "ВК =35, ОК =40".encode()
    assert unpack(text, "quoted-printable", text=True).data == text


def test_uuencoded_part():
    assert unpack(uuencoded(DATA, b"a.txt"), "x-uuencode", text=False).data == DATA


def test_uuencoded_file_in_a_text():
    body = b"hello\n" + uuencoded(DATA, b"svod.xls") + b"bye\n"
    assert split_uu(body) == (b"hello\nbye\n", [(b"svod.xls", DATA)])


@pytest.mark.parametrize("body", [b"begin 644 a\nnever ends", b"begin 644 a\nno uu here\nend\n", b"let us begin 644\n"])
def test_text_that_only_looks_uuencoded(body):
    assert split_uu(body) == (body, [])


@given(
    st.binary(max_size=300), st.sampled_from(["base64", "quoted-printable", "x-uuencode", "", "7bit"]), st.booleans()
)
def test_never_raises(body, encoding, text):
    unpack(body, encoding, text=text)
    split_uu(body)


@given(st.binary(max_size=300))
def test_base64_of_anything_comes_back(data):
    assert unpack(encodebytes(data), "base64", text=False).data == data
    assert unpack(b64encode(data).rstrip(b"="), "base64", text=False).data == data
