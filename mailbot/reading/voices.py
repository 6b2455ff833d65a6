"""Voices: whose words are whose within a message. The sender's, those of mails passed on, those of files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from mailbot.domain.campaign import Campaign
from mailbot.domain.document import Block, Document, Paragraph, Table
from mailbot.domain.interpretation import Envelope
from mailbot.reading.blocks import Marked, joined, read_blocks
from mailbot.reading.figures.lexicon import lexicon_of
from mailbot.reading.figures.statements import Extract
from mailbot.reading.message.mail import Mail
from mailbot.reading.passages.reply import Passage, split
from mailbot.reading.text.fold import fold
from mailbot.reading.who.naming import Namer
from mailbot.reading.who.places import PlaceSource, SourceRole

BODY, SUBJECT = "body", "тема"
_REPLY_MARKS = re.compile(r"^\s*(?:(?:re|fwd?|отв|ответ|пересл)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
_INSIDE = re.compile(
    r"ответ\w*\s+(?:\w+\s+){0,2}(?:ниже|в\s+тексте|внутри|в\s+(?:вашем\s+|самом\s+)?письме|по\s+тексту)|(?:синим|красным|зелен\w+|жирным|цветом|курсивом)|вписал\w*|заполнил\w*\s+(?:прямо\s+)?в\s+(?:тексте|письме)|жаваплар\s+(?:астарак|эчендә)"
)
_MAILING_LIST = re.compile(
    r"mailing\s+list|рассылк|отписат|unsubscribe|listinfo|googlegroups|конфиденциальн|confidential|проверено\s+антивирус|virus"
)
_LONG_WORD = re.compile(r"[а-я]{4,}")
_PEOPLE = re.compile(r"\d+\s*(?:чел|человек|подпис)")


@dataclass(slots=True)
class Reading:
    """One source read: what it states, and for a file what may tell its own respondent, and its text."""

    name: str
    extract: Extract
    places: list[PlaceSource] = field(default_factory=list)
    text: str = ""


@dataclass(slots=True)
class Voice:
    """One sender's words within a message. `text` are lines of prose, `attached` the texts of tables and titles."""

    envelope: Envelope
    text: list[str] = field(default_factory=list)
    signature: list[str] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)
    places: list[PlaceSource] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)

    def introduce(self) -> None:
        """What the envelope says of the place: subject, sender's name and address."""
        for role, text in (
            (SourceRole.SUBJECT, self.envelope.subject),
            (SourceRole.SENDER_NAME, self.envelope.sender_name),
            (SourceRole.ADDRESS, self.envelope.sender_address),
        ):
            if text:
                self.places.append(PlaceSource(role, text))

    def say(self, passage: Passage) -> None:
        """Add a passage's words to what the voice says, or to its signature."""
        signed = passage.kind == "signature"
        texts = [b.text for b in passage.blocks if isinstance(b, Paragraph)]
        (self.signature if signed else self.text).extend(texts)
        self.attached.extend(joined([b]) for b in passage.blocks if isinstance(b, Table))
        locator = passage.blocks[0].locator if passage.blocks else ""
        role = SourceRole.SIGNATURE if signed else SourceRole.BODY
        self.places.append(PlaceSource(role, joined(passage.blocks), locator))


class Listener:
    """Hears the voices of bodies and files for one campaign."""

    def __init__(self, campaign: Campaign, namer: Namer) -> None:
        self._campaign = campaign
        self._namer = namer
        self._lexicon = lexicon_of(campaign)

    def body(self, name: str, passages: Sequence[Passage], voice: Voice) -> list[Voice]:
        """Read the sender's own passages of a body into `voice`; the mails passed on are returned as voices."""
        inside = _INSIDE.search(fold("\n".join(joined(p.blocks) for p in passages if p.kind == "new"))) is not None
        between = inside or _is_interleaved(passages)
        own: list[Marked] = []
        passed_on: dict[tuple[int, str, str], tuple[Voice, list[Marked]]] = {}
        for passage in passages:
            if passage.kind in ("client", "header"):
                continue
            above = [b for (depth, _, _), (_, said) in passed_on.items() if depth < passage.depth for b in said]
            if self._is_passed_on(passage, [*own, *above]):
                self._pass_on(passage, passed_on)
            elif (passage.kind in ("new", "signature") and not passage.depth) or (inside and passage.kind == "quoted"):
                voice.say(passage)
                own.extend((b, False) for b in passage.blocks if not _is_footer(b))
            elif between and passage.kind in ("quoted", "letter"):
                own.extend((b, True) for b in passage.blocks)
        voice.readings.append(Reading(name, read_blocks(own, self._campaign, self._namer)))
        for other, blocks in passed_on.values():
            other.readings.append(Reading(name, read_blocks(blocks, self._campaign, self._namer)))
        return [other for other, _ in passed_on.values()]

    def _is_passed_on(self, passage: Passage, above: list[Marked]) -> bool:
        """A forwarded mail; or one quoted, not the authority's, where the mails that it stands in give no figures."""
        if passage.kind == "forwarded" or (passage.kind in ("new", "signature") and passage.depth):
            return not passage.ours
        if passage.kind != "quoted" or passage.ours or passage.sender is None or not passage.sender.sender_address:
            return False
        if passage.sender.sender_address.lower() in self._campaign.own_addresses:
            return False
        said = [marked for marked in above if not marked[1]]
        return not read_blocks(said, self._campaign, self._namer).statements

    def _pass_on(self, passage: Passage, passed_on: dict[tuple[int, str, str], tuple[Voice, list[Marked]]]) -> None:
        """Give a passage to the voice of its own sender; a signature belongs to the mail that it closes."""
        sender = passage.sender or Envelope()
        key = (passage.depth, sender.sender_address, str(sender.date))
        if key not in passed_on:
            voice = Voice(sender)
            voice.introduce()
            passed_on[key] = (voice, [])
        voice, blocks = passed_on[key]
        voice.say(passage)
        blocks.extend((b, False) for b in passage.blocks if not _is_footer(b))

    def subject(self, mail: Mail, voice: Voice) -> None:
        """Figures in the subject alone count: «СОШ №6: ВК-31, Инстаграм-30, ОК-33»."""
        subject = _REPLY_MARKS.sub("", mail.envelope.subject)
        if not any(map(str.isdigit, subject)):
            return
        if not (self._lexicon.names_field(subject) or _PEOPLE.search(fold(subject))):
            return
        extract = read_blocks([(Paragraph(subject, SUBJECT), False)], self._campaign, self._namer)
        if any(s.kind in ("field", "total") for s in extract.statements):
            voice.readings.append(Reading(SUBJECT, extract))

    def document(self, document: Document, voice: Voice) -> bool:
        """Read a file into `voice`; False where it is the authority's own letter sent back."""
        if self._is_letter(document):
            return False
        passages = split(document.blocks, self._campaign)
        blocks = [b for p in passages if p.kind not in ("letter", "client") for b in p.blocks]
        titles = sorted({b.title for b in blocks if isinstance(b, Table) and b.title} | {document.title} - {""})
        text = joined(blocks)
        places = [PlaceSource(SourceRole.LETTERHEAD, t) for t in document.running]
        places.append(PlaceSource(SourceRole.ATTACHMENT, text))
        places.append(PlaceSource(SourceRole.ATTACHMENT_NAME, _bare_name(document.name)))
        places.extend(PlaceSource(SourceRole.SHEET, t) for t in titles)
        voice.text.extend(b.text for b in blocks if isinstance(b, Paragraph))
        voice.attached.extend([*(joined([b]) for b in blocks if isinstance(b, Table)), *titles])
        marked: list[Marked] = [(b, False) for b in blocks]
        extract = read_blocks(marked, self._campaign, self._namer, draw=document.format not in ("xlsx", "xls"))
        voice.readings.append(Reading(document.name, extract, places, f"{text}\n{document.name}"))
        return True

    def _is_letter(self, document: Document) -> bool:
        """The authority's own letter sent back: most of its words are the letter's."""
        words = _LONG_WORD.findall(fold(joined(document.blocks)))
        if len(words) < 40 or "подписать" not in words:
            return False
        letter = set(_LONG_WORD.findall(fold(self._campaign.letter)))
        return sum(w in letter for w in words) / len(words) > 0.85


def _is_interleaved(passages: Sequence[Passage]) -> bool:
    """Answers stand between the lines of a quotation where the sender's own words follow quoted ones twice or more."""
    turns = [p.kind for p in passages if p.kind in ("new", "quoted", "letter")]
    return sum(a in ("quoted", "letter") and b == "new" for a, b in pairwise(turns)) >= 2


def _is_footer(block: Block) -> bool:
    """A line that a mailing list, a lawyer or an antivirus program adds."""
    return isinstance(block, Paragraph) and _MAILING_LIST.search(fold(block.text)) is not None


def _bare_name(path: str) -> str:
    return re.sub(r"\.\w{2,5}$", "", path.rsplit("/", 1)[-1]).replace("_", " ")
