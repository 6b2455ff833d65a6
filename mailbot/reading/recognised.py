"""Names read from pictures: which of them may be taken. Recognition puts one letter for another where digits are checked."""

from __future__ import annotations

import re

from mailbot.domain.directory import Directory
from mailbot.domain.document import Block, Cell, Document, Paragraph, Table
from mailbot.reading.paper.words import ABBREVIATIONS
from mailbot.reading.text.fold import fold
from mailbot.reading.text.morphology import is_word
from mailbot.reading.who.organisation_key import kind_of, same_organisation
from mailbot.reading.who.organisations import find_organisations
from mailbot.reading.who.places import find_places

_LOOKALIKES = str.maketrans("ABCEHKMOPTXYaceopxy", "АВСЕНКМОРТХУасеорху")
_FORMS = {"МВОУ": "МБОУ", "МВДОУ": "МБДОУ", "МЬОУ": "МБОУ", "ГВОУ": "ГБОУ", "СОШl": "СОШ", "СОLL": "СОШ", "COLL": "СОШ"}
_LATIN_CAPITALS = re.compile(r"(?<![\w])[A-ZА-ЯЁ]{3,6}(?![\w])")
_LATIN = re.compile(r"[A-Za-z]")
_WORD = re.compile(r"[а-яёәөүҗңһ]{3,}")
_TWO_LINES = re.compile(r"район|республик|муниципальный|исполком|тел\.|\d{5,}")  # the other column of a letterhead
_ADJECTIVE = re.compile(r"(?:ая|яя|ий|ый|ой|ого|ей|ое)$")


def repaired(document: Document) -> Document:
    """A recognised document with capitals of either alphabet made Cyrillic: «MBOY» is «МБОУ»."""
    return Document(
        document.name,
        document.role,
        document.format,
        tuple(_repaired_block(b) for b in document.blocks),
        tuple(_repaired(t) for t in document.running),
        document.title,
        document.recognised,
    )


def _repaired_block(block: Block) -> Block:
    if isinstance(block, Paragraph):
        return Paragraph(_repaired(block.text), block.locator, block.quote, block.doubtful)
    rows = tuple(tuple(Cell(_repaired(c.text), c.locator, c.spanned, c.doubtful) for c in row) for row in block.rows)
    return Table(rows, block.locator, block.title, block.quote)


def _repaired(text: str) -> str:
    def cyrillic(match: re.Match[str]) -> str:
        word = match.group().translate(_LOOKALIKES)
        return _FORMS.get(word, word) if not re.search(r"[A-Z]", word) or word in _FORMS else match.group()

    return _LATIN_CAPITALS.sub(cyrillic, text)


def is_confirmed(name: str, municipality: str | None, said_elsewhere: str, directory: Directory) -> bool:
    """Whether an organisation's name read from a picture may be taken with no person looking.

    It may where the mail names the same organisation in text, where the roster has it, or where each word of it is a
    place that the directory knows or a word of the language: «Тюлячинская СОШ», «Детский сад №2 «Ромашка»»; not
    «Красноборская COI».
    """
    if kind_of(name) == "other" or not find_organisations(name) or _TWO_LINES.search(fold(name)):
        return False
    others = [m.text for m in find_organisations(said_elsewhere, directory)]
    others += [o.name for o in directory.organisations if municipality in (None, o.municipality)]
    if any(same_organisation(name, other, municipality) for other in others):
        return True
    return not _LATIN.search(name) and all(_is_known(word, directory) for word in _WORD.findall(fold(name)))


def _is_known(word: str, directory: Directory) -> bool:
    if find_places(f"{word.capitalize()} школа", directory):
        return True
    if _ADJECTIVE.search(word) and not is_word(word):
        return False
    return word in ABBREVIATIONS or is_word(word)
