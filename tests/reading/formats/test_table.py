"""The table of formats: each genuine file is claimed by the formats that are documented to claim it, in that order."""

import ctypes
import sys
from pathlib import Path

import pytest

from mailbot.domain.document import Attachment, Limits, Opened
from mailbot.reading import formats
from mailbot.reading.formats import FORMATS, open_attachment
from mailbot.reading.troubles import Unsupported
from tests.reading.formats.builders import compound, data, docx, p, r, tnef, xlsx, zipped

FILES = Path("tests/files")
GENUINE = {
    "svod.xlsx": (xlsx(data('<c r="A1"><v>35</v></c>')), ["xlsx", "zip_archive"]),
    "ответ.docx": (docx(p(r("35"))), ["docx", "zip_archive"]),
    "sheet.ods": ((FILES / "sheet.ods").read_bytes(), ["ods", "zip_archive"]),
    "letter.odt": ((FILES / "letter.odt").read_bytes(), ["odt", "zip_archive"]),
    "архив.zip": (zipped({"a.csv": b"a;1"}), ["zip_archive"]),
    "sheet.xls": ((FILES / "sheet.xls").read_bytes(), ["xls", "compound"]),
    "letter.doc": ((FILES / "letter.doc").read_bytes(), ["doc", "compound"]),
    "a.msg": (compound({"__properties_version1.0": bytes(32)}), ["msg", "compound"]),
    "letter.rtf": ((FILES / "letter.rtf").read_bytes(), ["rtf", "text"]),
    "schools.7z": ((FILES / "schools.7z").read_bytes(), ["archive"]),
    "schools.rar": ((FILES / "schools.rar").read_bytes(), ["archive"]),
    "winmail.dat": (tnef(("a.csv", b"a;1")), ["tnef"]),
    "a.vcf": (b"BEGIN:VCARD\r\nEND:VCARD\r\n", ["sidecar", "text"]),
    "a.htm": (b"<html><body>35", ["html", "text"]),
    "a.eml": (b"From: a@b.ru\nTo: c@d.ru\nSubject: x\n\n35", ["eml", "text"]),
    "a.csv": ("ОО;ВК\nСОШ;35\n".encode(), ["csv", "text"]),
    "a.txt": ("ВК: 35\n".encode(), ["text"]),
}


def name_of(kind) -> str:
    return kind.__name__.rpartition(".")[2]


@pytest.mark.parametrize("name", GENUINE)
def test_who_claims_what_is_documented_by_the_order(name):
    content, expected = GENUINE[name]
    assert [name_of(kind) for kind in FORMATS if kind.sniff(content, name)] == expected


@pytest.mark.parametrize("name", GENUINE)
def test_the_name_decides_nothing_but_ties(name):
    content, expected = GENUINE[name]
    claims = [name_of(kind) for kind in FORMATS if kind.sniff(content, "document.bin")]
    assert claims[0] == (expected[0] if expected[0] != "csv" else "text")


def test_each_format_stands_once_in_the_table():
    assert len(FORMATS) == len(set(FORMATS))
    modules = {path.stem for path in Path(formats.__file__).parent.glob("*.py")} - {"__init__"}
    assert {name_of(kind) for kind in FORMATS} == modules


def test_a_fault_becomes_a_trouble_that_names_the_file(monkeypatch):
    class Refusing:
        def sniff(self, content: bytes, name: str) -> bool:
            return content == b"x" and name == "a.b"

        def read(self, attachment: Attachment, limits: Limits) -> Opened:
            raise Unsupported(f"{attachment.name}, {limits.depth}")

    monkeypatch.setattr(formats, "FORMATS", (Refusing(),))
    (trouble,) = open_attachment(Attachment("a.b", b"x"), Limits(depth=3)).troubles
    assert (trouble.code, trouble.message, trouble.name) == ("attachment_unsupported", "«a.b»: a.b, 3", "a.b")


def test_a_missing_library_is_told_with_its_remedy(monkeypatch):
    def missing(name, *_, **__):
        raise OSError(name)

    for module in [module for module in sys.modules if module.partition(".")[0] == "libarchive"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setattr(ctypes.cdll, "LoadLibrary", missing)
    (trouble,) = open_attachment(Attachment("a.7z", GENUINE["schools.7z"][0]), Limits()).troubles
    assert (trouble.code, "libarchive13" in trouble.message) == ("attachment_unsupported", True)
