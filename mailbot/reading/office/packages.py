"""Zipped office packages (OOXML, OpenDocument): bounded reading of their parts, relations, and safe XML.

Tolerant where real producers err: the case of part names, backslashes for slashes, absolute targets.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Self

from mailbot.domain.document import Attachment, Limits
from mailbot.reading.troubles import Damaged, Protected, TooLarge

if TYPE_CHECKING:
    from lxml.etree import _Element

ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
MAX_ENTRIES = 20_000
MAX_XML_BYTES = 48 * 1024 * 1024
ENCRYPTED_FLAG = 0x1
_BROKEN_PART = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
"""What zipfile raises on a part whose bytes or place are not what the directory says."""

DAMAGED = "файл повреждён или обрезан, прочитать его не удалось"


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation of a part: `kind` is the last word of its type («image», «worksheet»), `target` a part's name."""

    kind: str
    target: str
    external: bool


def part_names(data: bytes) -> frozenset[str]:
    """Return the folded names («xl/workbook.xml») of a zip's parts, or nothing where `data` is no readable zip."""
    if not data.startswith(ZIP_MAGIC):
        return frozenset()
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return frozenset(_fold(name) for name in archive.namelist()[:MAX_ENTRIES])
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return frozenset()


def _fold(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


_END = b"PK\x05\x06"
_MANY = 0xFFFF  # a zip of so many entries keeps their number elsewhere (APPNOTE 4.3.14)


def is_complete(data: bytes, archive: zipfile.ZipFile) -> bool:
    """Whether a zip lists as many entries as its end says (APPNOTE 4.3.16).

    zipfile goes through the directory until its bytes are used up: one flipped length there swallows entries silently.
    """
    end = data.rfind(_END)
    said = int.from_bytes(data[end + 10 : end + 12], "little") if end >= 0 else _MANY
    return said in (_MANY, len(archive.infolist()))


class Package:
    """An opened package; parts are named without the leading slash and in any case."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        """Open `data`; raises `Damaged` for what is no zip, `TooLarge` for absurd numbers of parts."""
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise Damaged(DAMAGED) from error
        entries = self._zip.infolist()
        if not is_complete(data, self._zip):
            raise Damaged(DAMAGED)
        if len(entries) > MAX_ENTRIES:
            raise TooLarge(f"внутри файла {len(entries)} частей, это слишком много")
        self._entries = {_fold(entry.filename): entry for entry in entries}
        self._budget = limits.unpacked_bytes

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @property
    def names(self) -> tuple[str, ...]:
        """The folded names of all parts, in the package's order."""
        return tuple(self._entries)

    def read(self, name: str) -> bytes | None:
        """Return a part's bytes, or None where there is no such part; all reading shares one budget of bytes."""
        entry = self._entries.get(_fold(name))
        if entry is None:
            return None
        if entry.flag_bits & ENCRYPTED_FLAG:
            raise Protected("файл защищён паролем")
        try:
            with self._zip.open(entry) as part:
                data = part.read(self._budget + 1)
        except _BROKEN_PART as error:
            raise Damaged(DAMAGED) from error
        self._budget -= len(data)
        if self._budget < 0:
            raise TooLarge("после распаковки файл слишком велик")
        return data

    def xml(self, name: str) -> _Element | None:
        """Return a part's root element, or None where there is no such part."""
        data = self.read(name)
        return None if data is None else parse_xml(data)

    def relations(self, part: str) -> dict[str, Relation]:
        """Return the relations of `part` by their id; `part` is "" for the package itself."""
        folder, base = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{base}.rels"))
        if root is None:
            return {}
        found = {}
        for element in root:
            kind = element.get("Type", "").rpartition("/")[2]
            target = element.get("Target", "").replace("\\", "/")
            external = element.get("TargetMode") == "External"
            if not external:
                target = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
            found[element.get("Id", "")] = Relation(kind, target, external)
        return found

    def main_part(self, fallback: str) -> str:
        """Return the name of the package's main part: by its relation «officeDocument», else `fallback`."""
        for relation in self.relations("").values():
            if relation.kind == "officeDocument" and _fold(relation.target) in self._entries:
                return relation.target
        return fallback

    def embedded(self, parts: Iterable[str]) -> list[Attachment]:
        """Return the named parts as attachments, each once; the missing and the empty are left out."""
        found = ((part, self.read(part)) for part in dict.fromkeys(parts))
        return [Attachment(posixpath.basename(part), data, inline=True) for part, data in found if data]

    def title(self) -> str:
        """Return the document's title from its properties, or ""."""
        root = self.xml("docProps/core.xml")
        if root is None:
            return ""
        return next((str(element.text or "").strip() for element in root if local_name(element) == "title"), "")


def parse_xml(data: bytes) -> _Element:
    """Parse XML without entities, network and DTD; raises `Damaged` (also for a DOCTYPE) and `TooLarge`."""
    from lxml import etree  # noqa: PLC0415 - heavy; loaded when the format is met

    if len(data) > MAX_XML_BYTES:
        raise TooLarge("документ внутри файла слишком велик")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Damaged(DAMAGED) from error
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise Damaged("внутри файла недопустимое описание XML (DOCTYPE), файл не открыт")
    return root


def local_name(element: _Element) -> str:
    """Return an element's name without its namespace: «row»."""
    return _without_namespace(str(element.tag))


@lru_cache(maxsize=4096)
def _without_namespace(name: str) -> str:
    return name.rpartition("}")[2]


def attribute(element: _Element, name: str) -> str:
    """Return an attribute by its local name, whatever its namespace (strict and transitional alike), or ""."""
    for key, value in element.items():
        if _without_namespace(str(key)) == name:
            return str(value)
    return ""
