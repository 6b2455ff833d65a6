"""From a decoded mail to material: all voices and files heard, each part with the respondent that it speaks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from mailbot.domain.campaign import Campaign
from mailbot.domain.directory import Directory
from mailbot.domain.document import Attachment, Block, Document, Limits, Paragraph, Trouble
from mailbot.domain.interpretation import Envelope
from mailbot.reading.figures.lexicon import lexicon_of
from mailbot.reading.figures.rows import Part
from mailbot.reading.figures.statements import Subject
from mailbot.reading.message.mail import Mail, decode
from mailbot.reading.opening import Budget, OpenOne, open_all
from mailbot.reading.passages.automatic import recognise
from mailbot.reading.passages.reply import Passage, split_bodies
from mailbot.reading.recognised import repaired
from mailbot.reading.text.fold import fold
from mailbot.reading.voices import Listener, Reading, Voice
from mailbot.reading.who.naming import namer_of
from mailbot.reading.who.organisation_key import kind_of, same_organisation
from mailbot.reading.who.places import Resolution, SourceRole, resolve

_OFFICE = re.compile(
    r"(?:отдел\w*|управлени\w*|департамент\w*|комитет\w*)\s+(?:\w+\s+){0,3}?образовани|(?<![а-я])(?:роо|руо|уо|оо\s+ик|гороно|районо|рмк|имц|имо|рмм)(?![а-я])|методкабинет|методическ\w+\s+кабинет|мәгариф\s+бүлеге|исполк"
)
_OF_THE_WHOLE = re.compile(
    r"(?<![а-я])по\s+(?:\S+\s+){0,2}(?:району|городу)\s+в\s+целом|в\s+целом\s+по\s+(?:\S+\s+){0,2}(?:району|городу)"
)
_FOR_A_DISTRICT = re.compile(r"(?<![а-я])(?:по|в)\s+(?:\S+\s+){0,3}(?:району|районе|мр|городу)(?![а-я])")
_TELLS_WHICH = re.compile(r"[№#«„“\"]|\d")

Bodies = Sequence[Sequence[Passage]]
"""The passages of each body of a mail."""

# What names a file's organisation where its text does not: the page's header, the sheet, the file's name.
_NAMING = (SourceRole.LETTERHEAD, SourceRole.SHEET, SourceRole.ATTACHMENT_NAME)


@dataclass(slots=True)
class Material:
    """All that a message holds, read: parts for the assembly, the sender's words, troubles, names of attachments."""

    envelope: Envelope
    parts: list[Part] = field(default_factory=list)
    own_text: str = ""
    all_text: str = ""
    typed_text: str = ""
    troubles: list[Trouble] = field(default_factory=list)
    attachments: tuple[str, ...] = ()
    readable_attachments: int = 0
    place_reason: str = ""
    place_conflict: bool = False
    links: tuple[str, ...] = ()
    recognised: tuple[str, ...] = ()


def gather(
    mail: Mail, bodies: Bodies, campaign: Campaign, directory: Directory, open_one: OpenOne, limits: Limits
) -> Material:
    """Read all passages and documents of `mail`, whose `bodies` are split; raises nothing for what they hold."""
    return _Gatherer(campaign, directory, open_one, limits).run(mail, bodies)


class _Gatherer:
    def __init__(self, campaign: Campaign, directory: Directory, open_one: OpenOne, limits: Limits) -> None:
        self._campaign = campaign
        self._directory = directory
        self._open_one = open_one
        self._limits = limits
        self._budget = Budget.of(limits)
        self._namer = namer_of(directory, lexicon_of(campaign))
        self._listener = Listener(campaign, self._namer)

    def run(self, mail: Mail, bodies: Bodies) -> Material:
        """The material of a message: its own voice first, then those that it passes on."""
        material = Material(mail.envelope, links=tuple(link.href for link in mail.links))
        main, *others = self._voices(mail, bodies, material, depth=0)
        where = self._where(main)
        material.place_reason, material.place_conflict = where.reason, where.conflict
        outer = Subject(self._organisation(main), where.municipality)
        self._add_parts(material, main, outer, contradictory=where.conflict)
        for voice in others:
            where = self._where(voice)
            place = where.municipality or (None if where.conflict else outer.municipality)
            speaks_for = Subject(self._organisation(voice), place)
            self._add_parts(material, voice, speaks_for, contradictory=where.conflict)
        material.own_text = "\n".join(main.text)
        written = [r.text for v in (main, *others) for r in v.readings if r.name not in material.recognised]
        pictured = {
            line
            for v in (main, *others)
            for r in v.readings
            if r.name in material.recognised
            for line in r.text.split("\n")
        }
        said = [t for v in (main, *others) for t in (*v.text, *v.signature) if t not in pictured]
        material.typed_text = "\n".join([*said, *written])
        material.all_text = "\n".join(t for v in (main, *others) for t in (*v.text, *v.attached))
        return material

    def _voices(self, mail: Mail, bodies: Bodies, material: Material, depth: int) -> list[Voice]:
        """The voices of a mail: its own first, then the forwarded and the attached ones."""
        voice = Voice(mail.envelope)
        others: list[Voice] = []
        material.troubles.extend(mail.troubles)
        for body, passages in zip(mail.bodies, bodies, strict=True):
            others.extend(self._listener.body(body.name, passages, voice))
        self._listener.subject(mail, voice)
        opening = open_all(mail.attachments, self._open_one, self._limits, depth=depth, budget=self._budget)
        material.troubles.extend(opening.troubles)
        material.attachments += opening.names
        for document in opening.documents:
            if document.recognised:
                material.recognised += (document.name,)
            if self._listener.document(repaired(document) if document.recognised else document, voice):
                material.readable_attachments += bool(document.blocks)
        for attached in opening.mails:
            others.extend(self._attached(attached, material, depth + 1))
        voice.introduce()
        return [voice, *others]

    def _attached(self, attached: Attachment, material: Material, depth: int) -> list[Voice]:
        """The voices of an attached message; the authority's own letter and automatic mail say nothing."""
        if depth > self._limits.depth:
            return []
        mail = decode(attached.data, self._limits)
        mail = replace(mail, bodies=tuple(_renamed(b, attached.name) for b in mail.bodies))
        bodies = split_bodies(mail, self._campaign)
        ours = mail.envelope.sender_address.lower() in self._campaign.own_addresses
        return [] if ours or recognise(mail, self._campaign, bodies) else self._voices(mail, bodies, material, depth)

    # -- whose --------------------------------------------------------------------------------------------------

    def _add_parts(self, material: Material, voice: Voice, speaks_for: Subject, *, contradictory: bool) -> None:
        for reading in voice.readings:
            respondent = (
                self._of_file(reading, speaks_for, contradictory=contradictory) if reading.places else speaks_for
            )
            material.parts.append(Part(reading.name, reading.extract, respondent, reading.text))

    def _where(self, voice: Voice) -> Resolution:
        """The municipality that a voice speaks for, by all it says and all its files say."""
        files = [place for reading in voice.readings for place in reading.places]
        return resolve([*voice.places, *files], self._directory)

    def _of_file(self, reading: Reading, voice: Subject, *, contradictory: bool) -> Subject:
        """A file's own organisation comes before that of the mail; its place where the mail tells none."""
        own = _one_organisation(s.organisation for s in reading.extract.subjects)
        if own is None and not any(s.subject.organisation for s in reading.extract.statements):
            titles = [p.text for p in reading.places if p.role in _NAMING]
            named = [n.subject.organisation for title in titles for n in self._namer.names(title)]
            own = named[0] if named else self._only_one(reading.text)
        place = voice.municipality
        if place is None and not contradictory:
            place = resolve(reading.places, self._directory).municipality
        return Subject(own or voice.organisation, place)

    def _organisation(self, voice: Voice) -> str | None:
        """The one organisation that a voice names for itself: in its text, signature, tables, sender's name or subject.

        Where the text speaks for a district, the names after it don't count: «По району: …», signed by a head teacher.
        """
        body = fold("\n".join(voice.text[:40]))
        district = bool(_OFFICE.search(body) or _FOR_A_DISTRICT.search(body))
        envelope = voice.envelope
        for text in ("\n".join(voice.text), "\n".join(voice.signature), envelope.sender_name, envelope.subject):
            if text is envelope.sender_name and (in_tables := self._only_one("\n".join(voice.attached))):
                return in_tables  # a letterhead that is laid out as a table
            names = [n.subject.organisation for n in self._namer.names(text)]
            if names and not _OF_THE_WHOLE.search(body):
                one = _one_organisation(names)
                return self._better_told(one, envelope.subject) if text is envelope.sender_name else one
            if district or (text is envelope.sender_name and _OFFICE.search(fold(text))):
                return None
        return None

    def _only_one(self, text: str) -> str | None:
        """The organisation of a text that names no other."""
        return _one_organisation(n.subject.organisation for n in self._namer.names(text))

    def _better_told(self, name: str | None, subject: str) -> str | None:
        """The organisation of a sender's name, as the subject tells it where only that tells which: «Детский сад Кукмор»."""
        if name is None or _TELLS_WHICH.search(name):
            return name
        told = self._only_one(subject)
        better = told and _TELLS_WHICH.search(told) and kind_of(told) == kind_of(name)
        return told if better else name


def _one_organisation(names: Iterable[str | None]) -> str | None:
    """The organisation, if the names are all of one."""
    distinct = [n for n in dict.fromkeys(names) if n]
    if not distinct:
        return None
    return distinct[0] if all(same_organisation(distinct[0], other) for other in distinct[1:]) else None


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
