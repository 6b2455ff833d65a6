"""Mail to measure with: a mixture like an office's inbox, and replies with figures in an .xlsx. The same for the same seed.

Sizes are those of the decoded payload: text 4 kB, HTML 15 kB, xlsx 12 kB, docx 25 kB, PDF 120 kB, JPEG 1.5 MB, so that
a message of the mixture has about 70 kB on the wire. Attachments come from a small pool; the headers differ in each.
"""

from __future__ import annotations

import io
import random
import zipfile
from base64 import encodebytes
from collections.abc import Iterator
from email.header import Header
from email.utils import encode_rfc2231, formatdate
from itertools import islice

import openpyxl

SHARES = {"text": 30, "html": 25, "xlsx": 25, "docx": 8, "pdf": 10, "jpg": 2}
POOL = {"jpg": 4, "pdf": 16}
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
}
DISTRICTS = ("Арский", "Бавлинский", "Ютазинский", "Агрызский", "Азнакаевский", "Аксубаевский", "Актанышский")
WORDS = [
    "добрый",
    "день",
    "направляем",
    "информацию",
    "письмо",
    "приказ",
    "срок",
    "исполнение",
    "приложение",
    "таблица",
    "отдел",
    "образования",
    "школа",
    "подписка",
    "аккаунты",
    "сведения",
    "просим",
    "принять",
    "уточнить",
    "руководитель",
    "заместитель",
    "контактный",
    "исполнитель",
    "спасибо",
]
EPOCH = 1_628_500_000  # 9 August 2021, within the default campaign


def mixed(count: int, seed: int = 1) -> Iterator[bytes]:
    """`count` messages of the mixture (RFC 5322, CRLF)."""
    dice = random.Random(f"{seed}/order")
    kinds = list(SHARES)
    pool = {
        kind: [_body(kind, random.Random(f"{seed}/{kind}/{n}"), n) for n in range(POOL.get(kind, 48))] for kind in kinds
    }
    for number in range(count):
        kind = dice.choices(kinds, list(SHARES.values()))[0]
        yield _headers(number, dice, seed, "Сведения по приказу") + pool[kind][number % len(pool[kind])]


def replies(count: int, seed: int = 1, rows: int = 20) -> Iterator[bytes]:
    """`count` answers to the campaign's letter, each a district's .xlsx of `rows` schools with figures and a total."""
    dice = random.Random(f"{seed}/replies")
    for number in range(count):
        district = DISTRICTS[number % len(DISTRICTS)]
        text = f"Добрый день!\r\n\r\nНаправляем сведения по {district[:-2]}ому району.\r\n"
        book = reply_book(dice, rows)
        yield _headers(number, dice, seed, f"О количестве подписчиков, {district} район") + _with_file(
            text, book, "xlsx", f"Сведения {number}.xlsx", dice
        )


def reply_book(dice: random.Random, rows: int) -> bytes:
    """A workbook with a heading, `rows` schools with a figure for each network, and the total."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Сведения"
    sheet.append(["№", "Наименование организации", "ВКонтакте", "Instagram", "Одноклассники"])
    sums = [0, 0, 0]
    first = dice.randrange(1, 400)
    for number in range(1, rows + 1):
        figures = [dice.randrange(5, 90) for _ in sums]
        sums = [old + new for old, new in zip(sums, figures, strict=True)]
        sheet.append([number, f"МБОУ «Средняя общеобразовательная школа № {first + number}»", *figures])
    sheet.append([None, "Итого", *sums])
    return _saved(book)


def tiny(count: int, seed: int = 1) -> Iterator[bytes]:
    """`count` plain messages of about 1 kB, for mailboxes of 100,000."""
    dice = random.Random(f"{seed}/tiny")
    pool = [_text(_prose(dice, 350)) for _ in range(48)]
    for number in range(count):
        yield _headers(number, dice, seed, "Сведения") + pool[number % len(pool)]


def _headers(number: int, dice: random.Random, seed: int, subject: str) -> bytes:
    date = formatdate(EPOCH + number * 37)
    sender = Header(f"Отдел образования {number % 500}", "utf-8").encode()
    return (
        f"Return-Path: <office{number % 500}@example.com>\r\n"
        f"Received: from mx{number % 7}.example.com (mx{number % 7}.example.com [192.0.2.{number % 250}])\r\n"
        f"\tby mx.example.org with ESMTPS id {dice.getrandbits(64):016x}\r\n\tfor <press@example.org>; {date}\r\n"
        f"DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=mail;\r\n\tb={dice.getrandbits(800):x}\r\n"
        f"Message-ID: <{seed}.{number}.{dice.getrandbits(48):x}@example.com>\r\nDate: {date}\r\n"
        f"From: {sender} <office{number % 500}@example.com>\r\nTo: <press@example.org>\r\n"
        f"Subject: {Header(subject, 'utf-8').encode()}\r\nMIME-Version: 1.0\r\n"
    ).encode()


def _body(kind: str, dice: random.Random, number: int) -> bytes:
    if kind == "text":
        return _text(_prose(dice, 4000), windows=number % 4 == 0)
    if kind == "html":
        page = "".join(f"<p style='margin:0'>{line}</p>" for line in _prose(dice, 13000).split("\r\n"))
        part = b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        coded = part + _base64(f"<html><body>{page}</body></html>".encode())
        return _multipart("alternative", dice, _text(_prose(dice, 1500)), coded)
    make = {"xlsx": _sheet, "docx": _letter, "pdf": _pdf, "jpg": _picture}[kind]
    return _with_file(_prose(dice, 600), make(dice), kind, f"Сведения {number}.{kind}", dice)


def _with_file(text: str, data: bytes, kind: str, name: str, dice: random.Random) -> bytes:
    head = (
        f"Content-Type: {TYPES[kind]}\r\nContent-Disposition: attachment; filename*={encode_rfc2231(name, 'utf-8')}\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return _multipart("mixed", dice, _text(text), head.encode() + _base64(data))


def _multipart(subtype: str, dice: random.Random, *parts: bytes) -> bytes:
    line = f"=_b{dice.getrandbits(60):x}".encode()
    head = b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n' % (subtype.encode(), line)
    return head + b"".join(b"--%s\r\n%s\r\n" % (line, part) for part in parts) + b"--%s--\r\n" % line


def _text(text: str, *, windows: bool = False) -> bytes:
    if windows:
        head = b"Content-Type: text/plain; charset=windows-1251\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        return head + text.encode("cp1251")
    head = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head + _base64(text.encode())


def _base64(data: bytes) -> bytes:
    return encodebytes(data).replace(b"\n", b"\r\n")


def _prose(dice: random.Random, size: int) -> str:
    """At least `size` bytes (UTF-8) of sentences."""
    lines: list[str] = []
    while sum(len(line) for line in lines) * 2 < size:
        lines.append(" ".join(dice.choices(WORDS, k=9)).capitalize() + ".")
    return "\r\n".join(lines)


def _sheet(dice: random.Random) -> bytes:
    book = openpyxl.Workbook()
    for row in islice(iter(lambda: [dice.randrange(500), " ".join(dice.choices(WORDS, k=4)), dice.random()], None), 20):
        book.active.append(row)
    other = book.create_sheet("Справочник")
    for _ in range(330):
        other.append([f"{dice.getrandbits(32):08x}", dice.randrange(10**6)])
    return _saved(book)


def _saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _letter(dice: random.Random, size: int = 25_000) -> bytes:
    """A .docx of a few paragraphs, with a picture that makes up the size."""
    space = "http://schemas.openxmlformats.org"
    paragraphs = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in _prose(dice, 9000).split("\r\n"))
    files = {
        "[Content_Types].xml": f'<Types xmlns="{space}/package/2006/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{space}/package/2006/relationships"><Relationship Id="rId1" Type='
        f'"{space}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{space}/wordprocessingml/2006/main"><w:body>{paragraphs}</w:body>'
        "</w:document>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
        package.writestr("word/media/image1.bin", dice.randbytes(size - 4300))
    return out.getvalue()


def _pdf(dice: random.Random, size: int = 120_000) -> bytes:
    """A PDF of one page of text, with a stream beside it that makes up the size."""
    lines = " ".join(f"(item-{dice.randrange(10**5)}) Tj T*" for _ in range(40))
    drawn = f"BT /F1 11 Tf 50 780 Td 14 TL {lines} ET".encode()
    noise = dice.randbytes(size - len(drawn) - 900)
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(noise), noise),
    )
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _picture(dice: random.Random, size: int = 1_500_000) -> bytes:
    """Bytes with the size and the entropy of a photograph; landing never looks inside."""
    return b"\xff\xd8\xff\xe0" + dice.randbytes(size) + b"\xff\xd9"
