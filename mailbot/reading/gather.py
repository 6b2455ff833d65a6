"""From a decoded mail to material: its passages and documents read into parts, each with the respondent it speaks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from mailbot.domain.campaign import Campaign
from mailbot.domain.directory import Directory
from mailbot.domain.document import Attachment, Block, Document, Limits, Paragraph, Table, Trouble
from mailbot.domain.interpretation import Envelope
from mailbot.reading.automatic import recognise
from mailbot.reading.figures.assemble import Part
from mailbot.reading.figures.columns import Heading
from mailbot.reading.figures.layouts import draw_tables
from mailbot.reading.figures.lexicon import lexicon_of
from mailbot.reading.figures.lines import Line
from mailbot.reading.figures.prose import ProseReader
from mailbot.reading.figures.statements import Extract, Subject
from mailbot.reading.figures.tables import TableReader
from mailbot.reading.fold import fold
from mailbot.reading.mail import Mail, decode
from mailbot.reading.opening import OpenOne, open_all
from mailbot.reading.reply import Passage, split
from mailbot.reading.who.naming import Namer
from mailbot.reading.who.places import PlaceSource, SourceRole, resolve

_INSIDE = re.compile(
    r"ответ\w*\s+(?:\w+\s+){0,2}(?:ниже|в\s+тексте|внутри|в\s+(?:вашем\s+|самом\s+)?письме|по\s+тексту)|(?:синим|красным|зелен\w+|жирным|цветом|курсивом)|вписал\w*|заполнил\w*\s+(?:прямо\s+)?в\s+(?:тексте|письме)|жаваплар\s+(?:астарак|эчендә)"
)
_MAILING_LIST = re.compile(
    r"mailing\s+list|рассылк|отписат|unsubscribe|listinfo|googlegroups|конфиденциальн|confidential|проверено\s+антивирус|virus"
)
_OFFICE = re.compile(
    r"(?:отдел\w*|управлени\w*|департамент\w*|комитет\w*)\s+(?:\w+\s+){0,3}?образовани|(?<![а-я])(?:роо|руо|уо|оо\s+ик|гороно|районо|рмк|имц|имо|рмм)(?![а-я])|методкабинет|методическ\w+\s+кабинет|мәгариф\s+бүлеге|исполк"
)


@dataclass(slots=True)
class Voice:
    """One sender's words within a message: the mail itself, a forwarded letter, an attached message."""

    envelope: Envelope
    text: list[str] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)
    places: list[PlaceSource] = field(default_factory=list)
    parts: list[tuple[str, Extract, list[PlaceSource], str]] = field(default_factory=list)
    signature: list[str] = field(default_factory=list)
    contradictory: bool = False


@dataclass(slots=True)
class Material:
    """All that a message holds, read: parts for the assembly, the sender's words, troubles, names of attachments."""

    envelope: Envelope
    parts: list[Part] = field(default_factory=list)
    own_text: str = ""
    all_text: str = ""
    troubles: list[Trouble] = field(default_factory=list)
    attachments: tuple[str, ...] = ()
    readable_attachments: int = 0
    recognised_texts: int = 0
    place_reason: str = ""
    place_conflict: bool = False
    links: tuple[str, ...] = ()
    headings: set[str] = field(default_factory=set)


def gather(mail: Mail, campaign: Campaign, directory: Directory, open_one: OpenOne, limits: Limits) -> Material:
    """Read all passages and documents of `mail`; raises nothing for what they hold."""
    return _Gatherer(campaign, directory, open_one, limits).run(mail)


class _Gatherer:
    def __init__(self, campaign: Campaign, directory: Directory, open_one: OpenOne, limits: Limits) -> None:
        self._campaign = campaign
        self._directory = directory
        self._open_one = open_one
        self._limits = limits
        self._lexicon = lexicon_of(campaign)
        self._namer = Namer(directory)

    def run(self, mail: Mail) -> Material:
        material = Material(mail.envelope)
        material.links = tuple(link.href for link in mail.links)
        voices = self._mail(mail, material, depth=0)
        main = voices[0]
        outer = self._respondent(main, None, material)
        for voice in voices:
            subject = outer if voice is main else self._respondent(voice, outer, None)
            for name, extract, own_places, text in voice.parts:
                respondent = self._part_respondent(extract, own_places, subject, contradictory=voice.contradictory)
                material.parts.append(Part(name, extract, respondent, text))
        material.own_text = "\n".join(main.text)
        material.all_text = "\n".join(t for v in voices for t in (*v.text, *v.attached))
        return material

    # -- reading ------------------------------------------------------------------------------------------------

    def _mail(self, mail: Mail, material: Material, depth: int) -> list[Voice]:
        """The voices of a mail: its own first, then the forwarded and the attached ones."""
        voice = Voice(mail.envelope)
        forwarded: list[Voice] = []
        material.troubles.extend(mail.troubles)
        for body in mail.bodies:
            forwarded.extend(self._body(body, voice))
        self._subject_line(mail, voice)
        opening = open_all(mail.attachments, self._open_one, self._limits, depth=depth)
        material.troubles.extend(opening.troubles)
        material.attachments += opening.names
        for document in opening.documents:
            self._document(document, voice, material)
        for attached in opening.mails:
            forwarded.extend(self._attached(attached, material, depth + 1))
        voice.places.extend(
            [
                PlaceSource(SourceRole.SUBJECT, mail.envelope.subject),
                PlaceSource(SourceRole.SENDER_NAME, mail.envelope.sender_name),
                PlaceSource(SourceRole.ADDRESS, mail.envelope.sender_address),
            ]
        )
        return [voice, *forwarded]

    def _attached(self, attached: Attachment, material: Material, depth: int) -> list[Voice]:
        """The voices of an attached message; the authority's own letter and automatic mail say nothing."""
        if depth > self._limits.depth:
            return []
        mail = decode(attached.data, self._limits)
        if mail.envelope.sender_address.lower() in self._campaign.own_addresses or recognise(mail, self._campaign):
            return []
        named = replace(mail, bodies=tuple(_renamed(b, attached.name) for b in mail.bodies))
        return self._mail(named, material, depth)

    def _body(self, body: Document, voice: Voice) -> list[Voice]:
        """Read the sender's own passages; forwarded ones become voices of their own."""
        passages = split(body.blocks, self._campaign)
        forwarded: list[Voice] = []
        own: list[tuple[Block, bool]] = []
        seen_new = any(p.kind == "new" for p in passages)
        inside = self._points_into_quotation(passages)
        for index, passage in enumerate(passages):
            if passage.kind == "forwarded" or self._counts_as_forwarded(passage, own):
                forwarded.append(self._forwarded(passage, body.name))
            elif passage.kind in ("new", "signature") or (inside and passage.kind == "quoted"):
                own.extend(
                    (b, False)
                    for b in passage.blocks
                    if not (isinstance(b, Paragraph) and _MAILING_LIST.search(fold(b.text)))
                )
                texts = [b.text for b in passage.blocks if isinstance(b, Paragraph)]
                (voice.signature if passage.kind == "signature" else voice.text).extend(texts)
                role = SourceRole.SIGNATURE if passage.kind == "signature" else SourceRole.BODY
                voice.places.append(
                    PlaceSource(role, _joined(passage.blocks), passage.blocks[0].locator if passage.blocks else "")
                )
                voice.attached.extend(_joined([b]) for b in passage.blocks if isinstance(b, Table))
            elif (
                passage.kind in ("quoted", "letter")
                and seen_new
                and any(p.kind == "new" for p in passages[index + 1 :])
            ):
                own.extend((b, True) for b in passage.blocks)
        extract = self._read_blocks(own)
        voice.parts.append((body.name, extract, [], ""))
        return forwarded

    def _points_into_quotation(self, passages: Sequence[Passage]) -> bool:
        """«См. ответы синим в Вашем письме»: the sender wrote into our text, and only colour told the two apart."""
        text = fold("\n".join(_joined(p.blocks) for p in passages if p.kind == "new"))
        return _INSIDE.search(text) is not None

    def _counts_as_forwarded(self, passage: Passage, own: list[tuple[Block, bool]]) -> bool:
        """A quoted letter of somebody else than us, above which the sender gives no figures, is passed on to us."""
        if passage.kind != "quoted" or passage.sender is None or not passage.sender.sender_address:
            return False
        if passage.sender.sender_address.lower() in self._campaign.own_addresses:
            return False
        return not self._read_blocks([b for b in own if not b[1]]).statements

    def _forwarded(self, passage: Passage, name: str) -> Voice:
        voice = Voice(passage.sender or Envelope())
        voice.text.extend(b.text for b in passage.blocks if isinstance(b, Paragraph))
        voice.places.append(PlaceSource(SourceRole.BODY, _joined(passage.blocks)))
        if passage.sender:
            voice.places.append(PlaceSource(SourceRole.SUBJECT, passage.sender.subject))
            voice.places.append(PlaceSource(SourceRole.SENDER_NAME, passage.sender.sender_name))
            voice.places.append(PlaceSource(SourceRole.ADDRESS, passage.sender.sender_address))
        voice.parts.append((name, self._read_blocks([(b, False) for b in passage.blocks]), [], ""))
        return voice

    def _subject_line(self, mail: Mail, voice: Voice) -> None:
        """Figures in the subject count where the body has none: «СОШ №6: ВК-31, Инстаграм-30, ОК-33»."""
        subject = re.sub(
            r"^\s*(?:(?:re|fwd?|отв|ответ|пересл)\s*(?:\[\d+\])?\s*:\s*)+",
            "",
            mail.envelope.subject,
            flags=re.IGNORECASE,
        )
        labels = {x.name for x in self._lexicon.labels(subject) if x.kind == "field"}
        people = re.search(r"\d+\s*(?:чел|человек|подпис)", fold(subject))
        if not any(c.isdigit() for c in subject) or not (labels or people):
            return
        extract = self._reader().read([Line(subject, "тема")])
        if any(s.kind in ("field", "total") for s in extract.statements):
            voice.parts.append(("тема", extract, [], ""))

    def _document(self, document: Document, voice: Voice, material: Material) -> None:
        """An attachment's document: its own letterhead, names and title may tell whose figures these are."""
        if self._is_letter(document):
            return
        material.readable_attachments += bool(document.blocks)
        material.recognised_texts += document.recognised and bool(document.blocks)
        passages = split(document.blocks, self._campaign)
        blocks = [(b, False) for p in passages if p.kind not in ("letter", "client") for b in p.blocks]
        extract = self._read_blocks(blocks, draw=document.format not in ("xlsx", "xls"))
        places = [PlaceSource(SourceRole.LETTERHEAD, t) for t in document.running]
        places.append(PlaceSource(SourceRole.ATTACHMENT, _joined([b for b, _ in blocks])))
        places.append(
            PlaceSource(
                SourceRole.ATTACHMENT_NAME,
                re.sub(r"\.\w{2,5}$", "", document.name.rsplit("/", 1)[-1]).replace("_", " "),
            )
        )
        titles = {b.title for b, _ in blocks if isinstance(b, Table) and b.title} | (
            {document.title} if document.title else set()
        )
        places.extend(PlaceSource(SourceRole.SHEET, t) for t in sorted(titles))
        voice.text.extend(b.text for b, _ in blocks if isinstance(b, Paragraph))
        voice.attached.extend(_joined([b]) for b, _ in blocks if isinstance(b, Table))
        voice.attached.extend(sorted(titles))
        voice.parts.append((document.name, extract, places, _joined([b for b, _ in blocks]) + "\n" + document.name))

    def _is_letter(self, document: Document) -> bool:
        """The authority's own letter sent back: most of its words are the letter's."""
        letter = set(re.findall(r"[а-я]{4,}", fold(self._campaign.letter)))
        words = re.findall(r"[а-я]{4,}", fold(_joined(document.blocks)))
        if len(words) < 40 or not letter:
            return False
        return sum(w in letter for w in words) / len(words) > 0.85 and "подписать" in words

    def _reader(self) -> ProseReader:
        return ProseReader(self._campaign, self._namer.names)

    def _read_blocks(self, blocks: Sequence[tuple[Block, bool]], *, draw: bool = True) -> Extract:
        """Read paragraphs and tables in their order; quoted blocks only tell what the answers between them are about."""
        drawn: list[tuple[Block, bool]] = []
        for quoted in _runs(blocks):
            run = [b for b, _ in quoted]
            done = draw_tables(run, self._lexicon) if draw and not quoted[0][1] else tuple(run)
            drawn.extend((b, quoted[0][1]) for b in done)
        reader, extract = self._reader(), Extract()
        lines: list[Line] = []
        headings: tuple[Heading, ...] = ()
        for block, quoted_block in drawn:
            if isinstance(block, Paragraph):
                lines.append(Line(block.text, block.locator, block.doubtful, quoted=quoted_block))
            elif not quoted_block:
                reader.read(unwrapped(lines))
                lines = []
                table = TableReader(self._campaign, self._namer.names, self._namer.place)
                found, headings = table.read(block, headings, reader.announced)
                reader.absorb(found)
        reader.read(unwrapped(lines))
        extract.extend(reader.finish())
        return extract

    # -- whose --------------------------------------------------------------------------------------------------

    def _respondent(self, voice: Voice, outer: Subject | None, material: Material | None) -> Subject:
        """Whom a voice speaks for: its municipality by all it says, its organisation by where it names one."""
        own_files = [p for _, _, places, _ in voice.parts for p in places]
        answer = resolve([*voice.places, *own_files], self._directory)
        place = answer.municipality
        voice.contradictory = answer.conflict
        if material is not None:
            material.place_reason, material.place_conflict = answer.reason, answer.conflict
        if place is None and outer is not None and not answer.conflict:
            place = outer.municipality
        return Subject(self._organisation(voice), place)

    def _part_respondent(
        self, extract: Extract, places: list[PlaceSource], voice: Subject, *, contradictory: bool
    ) -> Subject:
        """A file's own organisation and municipality come before those of the mail that carries it."""
        if not places:
            return voice
        named = _one_organisation([s.organisation for s in extract.subjects if s.organisation])
        title = next(
            (
                self._namer.names(p.text)
                for p in places
                if p.role in (SourceRole.SHEET, SourceRole.ATTACHMENT_NAME) and self._namer.names(p.text)
            ),
            (),
        )
        organisation = named or (
            title[0].subject.organisation
            if title and not any(s.subject.organisation for s in extract.statements)
            else None
        )
        own = resolve(places, self._directory)
        place = own.municipality if voice.municipality is None and not contradictory else voice.municipality
        return Subject(organisation or voice.organisation, place)

    def _organisation(self, voice: Voice) -> str | None:
        """The one organisation that a voice names for itself: in the text, the signature, the sender's name, the subject."""
        body = "\n".join(voice.text[:40])
        for text in (
            "\n".join(voice.text),
            "\n".join(voice.signature),
            voice.envelope.sender_name,
            voice.envelope.subject,
        ):
            names = [n.subject.organisation for n in self._namer.names(text) if n.subject.organisation]
            one = _one_organisation([n for n in names if n])
            if one:
                return one
            if names:
                return None
            if text is voice.envelope.sender_name and _OFFICE.search(fold(text)):
                return None
            if _OFFICE.search(fold(body)) or re.search(
                r"(?<![а-я])(?:по|в)\s+(?:\S+\s+){0,3}(?:району|районе|мр|городу)(?![а-я])", fold(body)
            ):
                return None
        return None


def _one_organisation(names: Iterable[str]) -> str | None:
    """The organisation, if the names are all of one."""
    distinct = list(dict.fromkeys(names))
    if not distinct:
        return None
    from mailbot.reading.who.organisation_key import same_organisation

    first = distinct[0]
    return first if all(same_organisation(first, other) for other in distinct[1:]) else None


def _joined(blocks: Iterable[Block]) -> str:
    """The text of blocks: paragraphs as lines, a table's rows as lines of cells."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            lines.append(block.text)
        else:
            lines.extend(" | ".join(c.text for c in row if c.text and not c.spanned) for row in block.rows)
    return "\n".join(lines)


def _renamed(document: Document, name: str) -> Document:
    """A nested message's body under the attachment's name: «вложенное.eml/body:4»."""
    blocks: list[Block] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            blocks.append(replace(block, locator=f"{name}/{block.locator}"))
        else:
            rows = tuple(tuple(replace(c, locator=f"{name}/{c.locator}") for c in row) for row in block.rows)
            blocks.append(replace(block, rows=rows, locator=f"{name}/{block.locator}"))
    return replace(document, name=f"{name}/{document.name}", blocks=tuple(blocks))


def _runs(blocks: Sequence[tuple[Block, bool]]) -> list[list[tuple[Block, bool]]]:
    """Consecutive blocks with the same mark."""
    runs: list[list[tuple[Block, bool]]] = []
    for item in blocks:
        if runs and runs[-1][-1][1] == item[1]:
            runs[-1].append(item)
        else:
            runs.append([item])
    return runs


_OPEN_END = re.compile(r"(?:[\-–—,(]|\s(?:в|во|на|и|а|по|из|от|с|к|для|что|же))\s*$")


def unwrapped(lines: Sequence[Line]) -> list[Line]:
    """Lines that a mail client broke at some 72 characters are one again: the next goes on in lower case or a digit."""
    out: list[Line] = []
    for line in lines:
        last = out[-1] if out else None
        if (
            last is not None
            and not line.quoted
            and not last.quoted
            and 55 <= len(last.text.rsplit("\n", 1)[-1]) <= 100
            and (_OPEN_END.search(last.text) or re.search(r"[а-яёәөүҗңһa-z]$", last.text))
            and re.match(r"\s*(?!\d{1,3}\s*[.)]\s)[а-яёәөүҗңһa-z\d(«\"]", line.text)
            and "\t" not in last.text + line.text
        ):
            out[-1] = replace(last, text=last.text.rstrip() + " " + line.text.lstrip())
        else:
            out.append(line)
    return out
