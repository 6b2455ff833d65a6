"""Builds genuine files of each kind, byte by byte where no library writes them, and shows what was read of them."""

import struct
import zipfile
from io import BytesIO

from mailbot.domain.document import Attachment, Document, Limits, Opened, Paragraph, Table
from mailbot.reading.formats import open_attachment

DEFAULT = Limits()
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def opened(data: bytes, name: str, limits: Limits = DEFAULT) -> Opened:
    return open_attachment(Attachment(name, data), limits)


def document(data: bytes, name: str, limits: Limits = DEFAULT) -> Document:
    result = opened(data, name, limits)
    assert result.troubles == ()
    assert len(result.documents) == 1
    return result.documents[0]


def tables(read: Document) -> list[Table]:
    return [block for block in read.blocks if isinstance(block, Table)]


def lines(read: Document) -> list[str]:
    return [block.text for block in read.blocks if isinstance(block, Paragraph)]


def rows(table: Table) -> list[list[str]]:
    """The cells' texts; a copy of a merged one is marked by «^»."""
    return [[("^" if cell.spanned else "") + cell.text for cell in row] for row in table.rows]


def code(result: Opened) -> str:
    """The one trouble's code; every trouble names its file."""
    (trouble,) = result.troubles
    assert trouble.message.startswith("«")
    return trouble.code


def zipped(parts: dict[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2021, 8, 16, 12, 0, 0)), content, compression)
    return buffer.getvalue()


def relations(**targets: str) -> str:
    """Relations by id: rId1="officeDocument word/document.xml"."""
    items = "".join(
        f'<Relationship Id="{key}" Type="{OFFICE}/{value.split(" ")[0]}" Target="{value.split(" ")[1]}"/>'
        for key, value in targets.items()
    )
    return f'<?xml version="1.0"?><Relationships xmlns="{RELATIONS}">{items}</Relationships>'


def xlsx(
    *sheets: str,
    states: tuple[str, ...] = (),
    strings: tuple[str, ...] = (),
    styles: str = "",
    extra: dict[str, str | bytes] | None = None,
    book: str = "",
) -> bytes:
    """A workbook of raw sheets: what stands inside <worksheet>; sheets are called Лист1, Лист2…"""
    names = [f"Лист{number}" for number in range(1, len(sheets) + 1)]
    listed = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}" state="{state}"/>'
        for number, (name, state) in enumerate(zip(names, states or ("visible",) * len(sheets), strict=True), 1)
    )
    targets = {f"rId{number}": f"worksheet worksheets/sheet{number}.xml" for number in range(1, len(sheets) + 1)}
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations(rId1="officeDocument xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}">{book}<sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(
            **targets, rId91="sharedStrings sharedStrings.xml", rId92="styles styles.xml"
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{SHEET}">{"".join(f"<si>{item}</si>" for item in strings)}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{SHEET}">{styles}</styleSheet>',
    }
    for number, content in enumerate(sheets, 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{SHEET}" xmlns:r="{OFFICE}">{content}</worksheet>'
        )
    return zipped(parts | (extra or {}))


def data(*listed: str) -> str:
    """Sheet data out of rows' cells."""
    return "<sheetData>" + "".join(f'<row r="{n}">{cells}</row>' for n, cells in enumerate(listed, 1)) + "</sheetData>"


def docx(body: str, *, extra: dict[str, str | bytes] | None = None, related: dict[str, str] | None = None) -> bytes:
    """A Word document of a raw body."""
    spaces = (
        f'xmlns:w="{WORD}" xmlns:r="{OFFICE}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wps="urn:wps" xmlns:wp="urn:wp" xmlns:v="urn:v" xmlns:m="urn:m"'
    )
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": relations(rId1="officeDocument word/document.xml"),
            "word/_rels/document.xml.rels": relations(**(related or {})),
            "word/document.xml": f"<w:document {spaces}><w:body>{body}</w:body></w:document>",
        }
        | (extra or {})
    )


def p(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


def r(text: str, look: str = "") -> str:
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def tc(content: str, settings: str = "") -> str:
    return f"<w:tc><w:tcPr>{settings}</w:tcPr>{content}</w:tc>"


def tbl(*table_rows: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in table_rows)}</w:tbl>"


def record(kind: int, content: bytes = b"") -> bytes:
    """A record of a binary workbook."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, encoded = len(content), bytearray()
    while True:
        encoded.append(size & 0x7F | (0x80 if size > 0x7F else 0))
        size >>= 7
        if not size:
            return head + bytes(encoded) + content


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file ([MS-CFB], version 3) with streams by their paths; small ones lie in the mini stream."""
    entries: list[dict[str, object]] = [{"name": "Root Entry", "type": 5, "path": ""}]
    folders = dict.fromkeys("/".join(path.split("/")[:n]) for path in streams for n in range(1, path.count("/") + 1))
    entries += [{"name": path.split("/")[-1], "type": 1, "path": path} for path in folders]
    entries += [{"name": path.split("/")[-1], "type": 2, "path": path, "data": data} for path, data in streams.items()]
    sectors: list[bytes] = []
    chain: list[int] = []

    def put(content: bytes) -> int:
        if not content:
            return 0xFFFFFFFE
        start = len(sectors)
        pieces = [content[at : at + 512].ljust(512, b"\0") for at in range(0, len(content), 512)]
        sectors.extend(pieces)
        chain.extend([*range(start + 1, start + len(pieces)), 0xFFFFFFFE])
        return start

    mini, mini_chain = bytearray(), []
    for entry in entries:
        content = entry.get("data")
        if not isinstance(content, bytes):
            continue
        if len(content) >= 4096:
            entry["start"] = put(content)
        else:
            entry["start"] = len(mini) // 64 if content else 0xFFFFFFFE
            count = -(-len(content) // 64)
            mini_chain += [*range(len(mini) // 64 + 1, len(mini) // 64 + count), 0xFFFFFFFE][: count or 0]
            mini += content.ljust(count * 64, b"\0")
    entries[0] |= {"start": put(bytes(mini)), "data": bytes(mini)}
    mini_fat = put(struct.pack(f"<{len(mini_chain)}I", *mini_chain).ljust(-(-len(mini_chain) // 128) * 512, b"\xff"))
    directory = put(b"".join(_entry(entry, entries) for entry in entries))
    fat_at = len(sectors)
    count = 1
    while (fat_at + count) > count * 128:
        count += 1
    chain += [0xFFFFFFFD] * count
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(count * 512, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, count, directory, 0, 4096, mini_fat, 1 if mini_chain else 0, 0xFFFFFFFE, 0)
    header += struct.pack(f"<{count}I", *range(fat_at, fat_at + count))
    return header.ljust(512, b"\xff") + b"".join(sectors) + fat


def _entry(entry: dict[str, object], entries: list[dict[str, object]]) -> bytes:
    path = str(entry["path"])
    parent = path.rpartition("/")[0]
    siblings = [e for e in entries[1:] if str(e["path"]).rpartition("/")[0] == parent and path]
    later = siblings[siblings.index(entry) + 1 :] if path else []
    inside = [e for e in entries[1:] if str(e["path"]).rpartition("/")[0] == path] if entry["type"] != 2 else []
    name = str(entry["name"]).encode("utf-16-le") + b"\0\0"
    content = entry.get("data", b"")
    return (
        name.ljust(64, b"\0")
        + struct.pack("<HBB", len(name), int(str(entry["type"])), 1)
        + struct.pack(
            "<III",
            0xFFFFFFFF,
            entries.index(later[0]) if later else 0xFFFFFFFF,
            entries.index(inside[0]) if inside else 0xFFFFFFFF,
        )
        + bytes(36)
        + struct.pack("<IQ", int(str(entry.get("start", 0))), len(content) if isinstance(content, bytes) else 0)
    )


def tnef_attribute(level: int, identifier: int, content: bytes) -> bytes:
    return struct.pack("<BHHI", level, identifier, 6, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)


def tnef(*files: tuple[str, bytes], message: bytes = b"") -> bytes:
    """A winmail.dat with files, and the message's MAPI properties."""
    parts = [struct.pack("<IH", 0x223E9F78, 1), tnef_attribute(1, 0x9007, struct.pack("<II", 1251, 0))]
    if message:
        parts.append(tnef_attribute(1, 0x9003, message))
    for name, content in files:
        parts.append(tnef_attribute(2, 0x9002, bytes(14)))
        parts.append(tnef_attribute(2, 0x8010, name.encode("cp1251") + b"\0"))
        parts.append(tnef_attribute(2, 0x800F, content))
    return b"".join(parts)


def mapi(*properties: tuple[int, int, bytes]) -> bytes:
    """MAPI properties of variable size: type, identifier, value."""
    packed = b"".join(
        struct.pack("<HHII", kind, identifier, 1, len(value)) + value.ljust(len(value) + -len(value) % 4, b"\0")
        for kind, identifier, value in properties
    )
    return struct.pack("<I", len(properties)) + packed
