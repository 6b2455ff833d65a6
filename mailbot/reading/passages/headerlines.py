"""Header fields written into a text above what is quoted: «От: … Отправлено: … Кому: … Тема: …», as lines or a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailbot.domain.document import Block, Paragraph, Table
from mailbot.domain.interpretation import Envelope
from mailbot.reading.message.headers import decode_text
from mailbot.reading.passages.stated import DATE, TIME, stated_time

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LABELS = {
    "from": ("от", "от кого", "from", "отправитель", "кемнән", "автор"),
    "date": ("отправлено", "sent", "дата", "date", "отправленные", "дата отправки", "послано", "дата и время"),
    "to": ("кому", "to", "получатель", "получатели", "кемгә"),
    "cc": ("копия", "cc", "копии", "скрытая копия", "bcc", "күчермә"),
    "subject": ("тема", "subject", "тема письма", "темасы", "предмет", "хат темасы"),
}
_OTHER = (
    *("ответить", "reply-to", "важность", "importance", "вложения", "вложение", "attachments", "приоритет", "priority"),
    *("организация", "категории", "categories", "message-id", "x-mailer", "mime-version", "user-agent", "content-type"),
    *("content-transfer-encoding", "in-reply-to", "references", "кому отвечать"),
)
_TATAR_DATE = ("җибәрелде", "җибәрелгән", "вакыты", "датасы")
_LABEL_OF = {name: label for label, names in _LABELS.items() for name in names}
_LABEL_OF |= dict.fromkeys(_TATAR_DATE, "date") | dict.fromkeys(_OTHER, "other")
_LABELLED = re.compile(r"^\W{0,3}([А-Яа-яЁёӘәҖҗҢңӨөҮүҺһA-Za-z-]+(?: [а-яёәҗңөүһa-z]+){0,2})\s*:[\s*]*(.*)$", re.DOTALL)
_BRACKETED = re.compile(r"[<\[(]\s*(?:mailto:)?[^<>\[\]()]*@[^<>\[\]()]*[>\])]|<[^>]*>")
_MOST_LINES = 14
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Header:
    """Header lines: how many blocks they take, and what they say."""

    length: int
    sender: Envelope


def header_block(blocks: Sequence[Block], at: int) -> Header | None:
    """The header lines that start at block `at`, or None; a long value may go on in the next line.

    A person's own «Тема: … Дата: 16.08.2021» is none: mail programs name an address, or a day with a time.
    """
    first = _label(blocks[at])
    if first is None or first[0] in {"cc", "other"}:
        return None
    found: dict[str, str] = {}
    last = ""
    end = at
    for end in range(at, min(len(blocks), at + _MOST_LINES)):
        block = blocks[end]
        labelled = _label(block)
        if labelled is not None and block.quote == blocks[at].quote:
            last = labelled[0]
            found.setdefault(last, labelled[1])
        elif isinstance(block, Paragraph) and _goes_on(blocks, end, found.get(last, "")):
            found[last] = f"{found[last]} {block.text.strip()}"
        else:
            break
    else:
        end += 1
    return Header(end - at, _envelope(found)) if _is_header(found) else None


def header_table(table: Table) -> Header | None:
    """A header block that the program laid out as a table of labels and values (Thunderbird, Lotus Notes), or None."""
    found: dict[str, str] = {}
    for row in table.rows:
        cells = [cell.text for cell in row if not cell.spanned and cell.text]
        label = _LABEL_OF.get(cells[0].strip(" :*\xa0").casefold()) if cells else None
        if label is None:
            return None
        found.setdefault(label, " ".join(cells[1:]))
    return Header(1, _envelope(found)) if _is_header(found) else None


def _label(block: Block) -> tuple[str, str] | None:
    if not isinstance(block, Paragraph) or not (match := _LABELLED.match(block.text.strip())):
        return None
    label = _LABEL_OF.get(match[1].casefold())
    return (label, match[2].strip()) if label else None


def _goes_on(blocks: Sequence[Block], at: int, value: str) -> bool:
    """True where an unlabelled line continues the labelled one above: it is empty so far, or addresses go on."""
    block = blocks[at]
    if not isinstance(block, Paragraph) or at + 1 >= len(blocks):
        return False
    followed = _label(blocks[at + 1]) is not None
    return (not value and followed) or value.endswith((",", ";")) or (followed and bool(ADDRESS.search(block.text)))


def _is_header(found: dict[str, str]) -> bool:
    if not {"from", "date"} & found.keys() or len(found.keys() - {"other"}) < _FEWEST:
        return False
    stated = found.get("date", "")
    return bool(DATE.search(stated) and TIME.search(DATE.sub(" ", stated))) or bool(
        ADDRESS.search(found.get("from", "") + " " + found.get("to", ""))
    )


def _envelope(found: dict[str, str]) -> Envelope:
    sender = _decoded(found.get("from", ""))
    address = ADDRESS.search(sender)
    name = _BRACKETED.sub(" ", sender)
    name = ADDRESS.sub(" ", name) if address else name
    return Envelope(
        sender_name=re.sub(r"\s+", " ", name).strip(" \"'«»,;*"),
        sender_address=address[0].lower() if address else "",
        recipients=tuple(found_address.lower() for found_address in ADDRESS.findall(found.get("to", ""))),
        subject=_decoded(found.get("subject", "")),
        date=stated_time(found.get("date", "")),
    )


def _decoded(value: str) -> str:
    """A raw header line («=?utf-8?B?…?=») in a bounce's or a forward's text is shown as what it says."""
    return decode_text(value.encode()) if "=?" in value else value
