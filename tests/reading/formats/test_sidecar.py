import struct

import pytest

from mailbot.domain.document import Opened
from tests.reading.formats.builders import code, compound, opened

OWNER = bytes([7]) + "Гузель ".encode("cp1251") + b" " * 46 + b"\7\0" + "Гузель ".encode("utf-16-le") + b" \0" * 46


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("визитка.vcf", "BEGIN:VCARD\r\nFN:Иванова\r\nTEL:8-917-000-11-22\r\nEND:VCARD".encode()),
        ("invite.ics", b"\xef\xbb\xbfBEGIN:VCALENDAR\r\nEND:VCALENDAR"),
        ("._свод.xlsx", b"\x00\x05\x16\x07\x00"),
        (".DS_Store", b"\x00\x00\x00\x01Bud1\x00"),
        ("ответ.pdf.sig", b"\x30\x82\x05\x10" + bytes(range(1, 250)) * 5),
        ("Thumbs.db", compound({"Catalog": b"x"})),
    ],
)
def test_cards_invitations_and_litter_are_nothing(name, data):
    result = opened(data, name)
    assert (result.documents, result.children, result.troubles) == ((), (), ())


@pytest.mark.parametrize(("name", "size"), [("ответ.pdf.sig", 200_000), ("ответ.pdf.bin", 1300)])
def test_what_only_resembles_a_signature_is_told(name, size):
    assert code(opened(b"\x30\x82\x05\x10" + bytes([7, 1, 250, 3]) * (size // 4), name)) == "attachment_unsupported"


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("свод.xlsx - Ярлык.lnk", b"\x4c\0\0\0\x01\x14\x02\0" + bytes(100), "ярлык"),
        ("~$вет.docx", OWNER.ljust(162, b"\0"), "служебный файл"),
        (".~lock.свод.ods#", ",РОО,pc,16.08.2021 10:00,file:///home;".encode(), "служебный файл"),
        ("setup.exe", b"MZ\x90\0\3" + bytes(100), "программа"),
        ("run.sh", b"#!/bin/sh\nrm -rf", "программа"),
    ],
)
def test_shortcuts_owner_files_and_programs_are_told(name, data, word):
    result = opened(data, name)
    assert code(result) == "attachment_unsupported"
    assert word in result.troubles[0].message


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("свод.url", b"[InternetShortcut]\r\nURL=https://disk.yandex.ru/i/abc\r\n"),
        (
            "свод.webloc",
            b'<?xml version="1.0"?><plist><dict><key>URL</key><string>https://disk.yandex.ru/i/abc</string>',
        ),
        ("свод.gsheet", b'{"url": "https://disk.yandex.ru/i/abc", "doc_id": "1"}'),
        ("свод.desktop", b"[Desktop Entry]\nType=Link\nURL=https://disk.yandex.ru/i/abc\n"),
    ],
)
def test_links_instead_of_files_are_told_with_their_address(name, data):
    result = opened(data, name)
    assert code(result) == "cloud_link"
    assert "https://disk.yandex.ru/i/abc" in result.troubles[0].message


def test_compound_files_that_nothing_reads():
    assert code(opened(compound({"EncryptedPackage": b"x"}), "свод.xlsx")) == "attachment_protected"
    assert code(opened(compound({"PowerPoint Document": b"x"}), "отчет.ppt")) == "attachment_unsupported"
    assert code(opened(compound({"Workbook": b"x"})[:600], "свод.xls")) == "attachment_damaged"


def native(name: bytes, content: bytes) -> bytes:
    body = b"\2\0" + name + b"\0" + b"C:\\" + name + b"\0" + b"\0\0\3\0" + struct.pack("<I", 4) + b"tmp\0"
    return struct.pack("<I", len(body)) + body + struct.pack("<I", len(content)) + content


def test_embedded_objects_give_the_file_that_they_are_made_of():
    name = "свод.csv".encode("cp1251")
    (child,) = opened(compound({"\x01Ole10Native": native(name, b"a;35")}), "oleObject1.bin").children
    assert (child.name, child.data) == ("свод.csv", b"a;35")
    assert [child.data for child in opened(compound({"Package": b"PK inner"}), "oleObject1.bin").children] == [
        b"PK inner"
    ]
    assert opened(compound({"Equation Native": b"x"}), "oleObject1.bin") == Opened()
    assert code(opened(compound({"\x01Ole10Native": b"\0\0\0\0\2\0abc"}), "oleObject1.bin")) == "attachment_damaged"
