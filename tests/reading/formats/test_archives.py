import ast
import bz2
import gzip
import io
import lzma
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from mailbot.domain.document import Limits
from tests.reading.formats.builders import code, opened, zipped

FILES = Path("tests/files")
CSV = "ОО;ВК\nСОШ № 1;35\n".encode()


def names(result) -> list[str]:
    return [child.name for child in result.children]


def renamed(archive: bytes, stand_in: str, name: bytes) -> bytes:
    """Put raw bytes in the place of a member's name, without the mark of UTF-8."""
    assert len(stand_in) == len(name)
    return archive.replace(stand_in.encode(), name)


@pytest.mark.parametrize("charset", ["cp866", "cp1251", "utf-8", "koi8-r"])
def test_names_of_a_zip_in_every_charset(charset):
    name = "Отчёты по школам/Школа пятая.csv".encode(charset)
    archive = renamed(zipped({"x" * len(name): CSV}), "x" * len(name), name)
    result = opened(archive, "архив.zip")
    assert names(result) == ["Отчёты по школам/Школа пятая.csv"]
    assert result.children[0].data == CSV


def test_names_marked_as_unicode_and_names_in_the_extra_field():
    assert names(opened(zipped({"Школа.csv": CSV}), "архив.zip")) == ["Школа.csv"]
    entry = zipfile.ZipInfo("shkola.csv")
    unicode_path = "Школа № 5.csv".encode()
    entry.extra = b"\x75\x70" + (5 + len(unicode_path)).to_bytes(2, "little") + b"\x01\0\0\0\0" + unicode_path
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(entry, CSV)
    assert names(opened(buffer.getvalue(), "архив.zip")) == ["Школа № 5.csv"]


def test_litter_is_skipped_and_names_are_harmless():
    parts = {
        "__MACOSX/._свод.csv": b"x",
        ".DS_Store": b"x",
        "Thumbs.db": b"x",
        "папка/": b"",
        "../../etc/свод.csv": CSV,
    }
    assert names(opened(zipped(parts), "архив.zip")) == ["etc/свод.csv"]
    assert code(opened(zipped({".DS_Store": b"x"}), "архив.zip")) == "attachment_empty"


def test_a_protected_or_damaged_member_leaves_the_others():
    archive = bytearray(zipped({"a.csv": CSV, "b.csv": CSV, "c.csv": CSV}, zipfile.ZIP_STORED))
    for flags in (archive.index(b"PK\x01\x02") + 8, 6):
        archive[flags] |= 1
    second = archive.index(CSV, archive.index(CSV) + 1)
    archive[second] ^= 0xFF
    result = opened(bytes(archive), "архив.zip")
    assert names(result) == ["c.csv"]
    assert [(trouble.code, trouble.name) for trouble in result.troubles] == [
        ("attachment_protected", "архив.zip/a.csv"),
        ("attachment_damaged", "архив.zip/b.csv"),
    ]


def test_bombs_stop_at_the_limit_and_what_came_before_is_kept():
    archive = zipped({"a.csv": CSV, "bomb.csv": bytes(10_000_000)})
    result = opened(archive, "архив.zip", Limits(unpacked_bytes=1000))
    assert (names(result), code(result)) == (["a.csv"], "attachment_too_large")
    many = opened(zipped({f"{n}.csv": CSV for n in range(20)}), "архив.zip", Limits(parts=5))
    assert (len(many.children), code(many)) == (5, "attachment_too_large")


def test_damaged_zips_and_other_office_files():
    assert code(opened(zipped({"a.csv": CSV})[:40], "архив.zip")) == "attachment_damaged"
    slides = zipped({"[Content_Types].xml": "<Types/>", "visio/document.xml": "<p/>"})
    assert code(opened(slides, "схема.vsdx")) == "attachment_unsupported"


def test_seven_zip_and_rar():
    assert names(opened((FILES / "schools.7z").read_bytes(), "a.7z")) == ["Школы/СОШ 1.csv", "Школы/СОШ 2.csv"]
    rar = opened((FILES / "schools.rar").read_bytes(), "a.rar")
    assert names(rar) == ["детсады.xlsx", "школы.xlsx"]
    assert all(opened(child.data, child.name).documents for child in rar.children)


@pytest.mark.parametrize("name", ["protected.7z", "protected-names.7z"])
def test_passwords_of_seven_zip(name):
    assert code(opened((FILES / name).read_bytes(), name)) == "attachment_protected"


def test_truncated_archives_and_limits():
    rar = (FILES / "schools.rar").read_bytes()
    result = opened(rar[:7000], "a.rar")
    assert (names(result), code(result)) == (["детсады.xlsx"], "attachment_damaged")
    assert code(opened(rar, "a.rar", Limits(unpacked_bytes=6000))) == "attachment_too_large"
    assert code(opened(rar, "a.rar", Limits(parts=1))) == "attachment_too_large"
    assert code(opened((FILES / "schools.7z").read_bytes()[:100], "a.7z")) == "attachment_damaged"


def tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo("Школа.csv")
        entry.size = len(CSV)
        archive.addfile(entry, io.BytesIO(CSV))
    return buffer.getvalue()


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_compressed_files_and_a_tar_inside(pack):
    (child,) = opened(pack(tar()), "школы.tar.gz").children
    assert names(opened(child.data, child.name)) == ["Школа.csv"]
    assert code(opened(pack(tar())[:-12], "школы.tar.gz")) == "attachment_damaged"
    assert code(opened(pack(bytes(1_000_000)), "школы.gz", Limits(unpacked_bytes=1000))) == "attachment_too_large"


@pytest.mark.parametrize(
    ("name", "inner"),
    [("школы.tgz", "школы.tar"), ("свод.csv.gz", "свод.csv"), ("a/свод.csv.bz2", "свод.csv"), ("x", "x")],
)
def test_the_suffix_of_the_compression_goes(name, inner):
    assert names(opened(gzip.compress(CSV), name)) == [inner]


def test_names_do_not_depend_on_the_locale_of_the_service():
    program = (
        "from tests.reading.formats.builders import opened\n"
        "for name in ('schools.7z', 'schools.rar'):\n"
        "    print(ascii([child.name for child in opened(open('tests/files/' + name, 'rb').read(), name).children]))"
    )
    settings = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    run = subprocess.run([sys.executable, "-c", program], env=settings, capture_output=True, text=True, check=True)
    assert [ast.literal_eval(line) for line in run.stdout.splitlines()] == [
        ["Школы/СОШ 1.csv", "Школы/СОШ 2.csv"],
        ["детсады.xlsx", "школы.xlsx"],
    ]
