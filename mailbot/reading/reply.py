"""What of a body is new, and what is quoted, forwarded, the letter's own text, a signature, a mail program's line.

It marks and never cuts: figures stand in forwards, between quoted lines, and below signatures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mailbot.domain.campaign import Campaign
from mailbot.domain.document import Block, Paragraph, Table
from mailbot.domain.interpretation import Envelope
from mailbot.reading.letter import are_of_letter
from mailbot.reading.mail import Mail
from mailbot.reading.quoting import Mark, find_mark

PassageKind = Literal["new", "quoted", "forwarded", "letter", "signature", "client", "header"]

_FORWARDING = re.compile(r"^\s*(?:fwd?|пер|пересл|пересылка|wg|i)\s*(?:\[\d+\])?:", re.I)
_ANSWERING = re.compile(r"^\s*(?:re|отв|ответ|на|ha|aw)\s*(?:\[\d+\])?:", re.I)
_PREFIX = re.compile(r"^\s*(?:re|fwd?|отв|пер|пересл|на|ha|aw|wg)\s*(?:\[\d+\])?:\s*", re.I)
_CLIENT = re.compile(
    r"^\W*(?:отправлено (?:из|с|со|через|при помощи)\b|отправлено (?:мобильн|почтой|безопасно)|sent (?:from|with|using|via)\b|get outlook for|скачать outlook|"
    r"загрузить outlook|послано с|написано с|пересылка с телефона|отправка с (?:телефона|мобильного)|\S+['’]?(?:дан|дән|тан|тән|нан|нән) җибәрелде|"
    r"без вирусов|virus-free|это (?:сообщение|письмо) (?:не содержит вирусов|свободно от вирусов|было проверено|проверено)|"
    r"this e-?mail has been checked|(?:outlook|яндекс|почта) для (?:ios|android))",
    re.I,
)
_SIGNATURE = re.compile(
    r"^\W*(?:с (?:глубоким |искренним |наилучшими |большим )?(?:уважением|пожеланиями|признательностью)|заранее (?:спасибо|благодар)\w*|"
    r"(?:best|kind|warm)?\s*regards|sincerely|(?:хөрмәт|ихтирам|олы хөрмәт|зур хөрмәт|тирән ихтирам) белән)\b",
    re.I,
)
_DELIMITER = re.compile(r"^(?:--|—|__+)\s?$")
_POSTSCRIPT = re.compile(
    r"^\W*(?:p\.?\s?\.?p?\.?\s?s\b\.?|п\.?\s?с\b\.?|з\.?\s?ы\b\.?|постскриптум|дополнение|забыл)", re.I
)
_LONGEST_CLOSING = 160
_LONGEST_SIGNATURE = 14
_COVER = 300
_LETTER_WORDS = 20
_LETTER_WORDS_ALONE = 40


@dataclass(frozen=True, slots=True)
class Passage:
    """Neighbouring blocks of one kind.

    `new`: what this mail's sender writes. `quoted`: an earlier mail, `forwarded`: a mail passed on, both with the
    `sender` that the header lines name (None where nothing names one). `header`: those header lines themselves.
    `letter`: the campaign letter's own text. `signature`, `client`: below a closing, added by a program. `depth` counts
    how many mails deep it stands. `ours` is true where the authority wrote it.
    """

    kind: PassageKind
    blocks: tuple[Block, ...]
    sender: Envelope | None = None
    depth: int = 0
    ours: bool = False


@dataclass(frozen=True, slots=True)
class _Context:
    """A mail within the mail: its kind, its sender, and the depth of quotation below which it has ended."""

    kind: Literal["new", "quoted", "forwarded"]
    floor: int
    sender: Envelope | None = None
    subject: str = ""
    ours: bool = False
    base: int = 0
    """The depth of the mark that introduced it."""


def split(
    blocks: Sequence[Block], campaign: Campaign, subject: str = "", own_names: Sequence[str] = ()
) -> tuple[Passage, ...]:
    """Mark what each block of a body is. All blocks come back, in their order.

    `subject` is the mail's own subject («FW: …» tells a forward from an answer); `own_names` are display names that
    the authority is addressed by, for quotations that name no address.

    >>> campaign = Campaign.model_validate({"name": "x", "title": "x", "fields": [], "deadline": "2021-08-17T15:00+03:00"})
    >>> lines = ["ВК - 35", "09.08.2021 14:32, Отдел пишет:", "сколько?"]
    >>> [p.kind for p in split([Paragraph(t, f"body:{i}", quote=i // 2) for i, t in enumerate(lines)], campaign)]
    ['new', 'header', 'quoted']
    """
    splitter = _Splitter(campaign, tuple(name.casefold() for name in own_names if name), subject)
    marked = list(splitter.mark(blocks))
    marked = _mark_letter(marked, campaign.letter)
    marked = _mark_ours(marked)
    marked = _mark_closings(marked, campaign)
    return tuple(_grouped(marked))


def split_mail(mail: Mail, campaign: Campaign) -> tuple[Passage, ...]:
    """Mark the blocks of all bodies of a mail, in order."""
    own = {address.casefold() for address in campaign.own_addresses}
    names = [recipient.name for recipient in mail.recipients if recipient.address in own]
    return tuple(
        passage for body in mail.bodies for passage in split(body.blocks, campaign, mail.envelope.subject, names)
    )


@dataclass(frozen=True, slots=True)
class _Marked:
    block: Block
    kind: PassageKind
    context: _Context
    depth: int


@dataclass(slots=True)
class _Splitter:
    campaign: Campaign
    own_names: tuple[str, ...]
    subject: str

    def mark(self, blocks: Sequence[Block]) -> Iterator[_Marked]:
        stack = [_Context("new", 0, subject=self.subject)]
        written = 0
        at = 0
        while at < len(blocks):
            block = blocks[at]
            while len(stack) > 1 and block.quote < stack[-1].floor:
                stack.pop()
            found = find_mark(blocks, at)
            if found is None:
                if block.quote > stack[-1].floor and not self._is_known_depth(stack, block.quote):
                    stack.append(self._unattributed(stack[-1], block.quote))
                yield _Marked(block, stack[-1].kind, stack[-1], len(stack) - 1)
                written += len(block.text) if isinstance(block, Paragraph) and stack[-1].kind == "new" else 0
                at += 1
                continue
            lines = blocks[at : at + found.length]
            at += found.length
            if found.kind == "end":
                stack = self._ended(stack, block.quote)
                yield from (_Marked(line, "header", stack[-1], len(stack)) for line in lines)
                continue
            following = blocks[at].quote if at < len(blocks) else lines[-1].quote
            stack = self._entered(stack, found, lines, following, short=written < _COVER)
            yield from (_Marked(line, "header", stack[-1], len(stack) - 1) for line in lines)

    @staticmethod
    def _is_known_depth(stack: Sequence[_Context], quote: int) -> bool:
        return len(stack) > 1 and stack[-1].sender is None and stack[-1].floor >= quote

    @staticmethod
    def _unattributed(parent: _Context, quote: int) -> _Context:
        """Deeper quotation that nothing introduces: by the respondent's own correspondents, or by us."""
        return _Context("quoted", quote, subject=parent.subject, base=quote - 1)

    @staticmethod
    def _ended(stack: list[_Context], quote: int) -> list[_Context]:
        """Leave the innermost mail that was introduced at this depth."""
        for i in range(len(stack) - 1, 0, -1):
            if stack[i].base <= quote:
                return stack[:i]
        return stack[:1]

    def _entered(
        self, stack: list[_Context], mark: Mark, lines: Sequence[Block], following: int, *, short: bool
    ) -> list[_Context]:
        base, inner = lines[0].quote, lines[-1].quote
        stack = list(stack)
        while len(stack) > 1 and stack[-1].base > base:
            stack.pop()
        floor = base + 1 if max(inner, following) > base else base
        parent = stack[-1]
        ours = self._is_ours(mark.sender) or (mark.to_you and parent.kind == "new")
        kind = self._kind(mark, parent, ours=ours, short=short)
        subject = (
            mark.sender.subject if mark.sender and mark.sender.subject else _PREFIX.sub("", parent.subject, count=1)
        )
        return [*stack, _Context(kind, floor, mark.sender, subject, ours, base)]

    def _kind(self, mark: Mark, parent: _Context, *, ours: bool, short: bool) -> Literal["quoted", "forwarded"]:
        """Forwarded or quoted: by the mark's own words, else by the subject of the mail that it stands in."""
        if ours or parent.kind == "quoted":
            return "quoted"
        if mark.kind == "forward" or _FORWARDING.match(parent.subject):
            return "forwarded"
        if mark.kind == "attribution" or _ANSWERING.match(parent.subject):
            return "quoted"
        return "forwarded" if short else "quoted"

    def _is_ours(self, sender: Envelope | None) -> bool:
        if sender is None:
            return False
        if sender.sender_address:
            return sender.sender_address in {address.casefold() for address in self.campaign.own_addresses}
        name = sender.sender_name.casefold()
        return bool(name) and any(name == own or own in name for own in self.own_names)


def _mark_letter(marked: Sequence[_Marked], letter: str) -> list[_Marked]:
    """Mark the letter's lines. At the sender's own level a single short line may be a heading of the answer; runs of
    lines, and long ones, are the letter pasted without marks of quotation."""
    flags = are_of_letter([item.block.text if isinstance(item.block, Paragraph) else "" for item in marked], letter)
    result = list(marked)
    start = 0
    while start < len(marked):
        end = start
        while end < len(marked) and flags[end]:
            end += 1
        run = marked[start:end]
        words = sum(len(item.block.text.split()) for item in run if isinstance(item.block, Paragraph))
        if run and (
            run[0].context.kind != "new" or words >= _LETTER_WORDS_ALONE or (len(run) > 1 and words >= _LETTER_WORDS)
        ):
            result[start:end] = [replace(item, kind="letter") if item.kind != "header" else item for item in run]
        start = end + 1
    return result


def _mark_ours(marked: Sequence[_Marked]) -> list[_Marked]:
    """A quoted mail that names no address, and holds the letter, is the authority's."""
    ours = {
        item.context: replace(item.context, kind="quoted", ours=True)
        for item in marked
        if item.kind == "letter" and item.context.kind != "new" and not (item.context.sender and item.context.sender.sender_address)
    }
    return [
        replace(item, context=ours[item.context], kind="quoted" if item.kind == "forwarded" else item.kind)
        if item.context in ours
        else item
        for item in marked
    ]


def _mark_closings(marked: Sequence[_Marked], campaign: Campaign) -> list[_Marked]:
    """Mark signatures and the lines that mail programs add. What counts stays: a postscript, a table, a figure."""
    result: list[_Marked] = []
    left = 0
    context: _Context | None = None
    for item in marked:
        if item.context != context:
            left, context = 0, item.context
        block = item.block
        if item.kind in {"header", "letter"} or isinstance(block, Table):
            left = 0 if isinstance(block, Table) else left
            result.append(item)
            continue
        text = block.text.strip()
        if _CLIENT.match(text):
            result.append(replace(item, kind="client"))
            continue
        if _POSTSCRIPT.match(text) or (left and _tells_figures(text, campaign)):
            left = 0
        elif _DELIMITER.match(block.text) or (
            _SIGNATURE.match(text) and len(text) <= _LONGEST_CLOSING and not _tells_figures(text, campaign)
        ):
            left = _LONGEST_SIGNATURE
        if left and item.kind in {"new", "forwarded"}:
            left -= 1
            result.append(replace(item, kind="signature"))
        else:
            result.append(item)
    return result


def _tells_figures(text: str, campaign: Campaign) -> bool:
    """True for a line that names one of the campaign's accounts and a number beside it."""
    folded = text.casefold()
    if not any(char.isdigit() for char in folded):
        return False
    return any(
        re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)\W{{0,12}}\d", folded)
        for field in campaign.fields
        for name in (field.title, *field.aliases)
        if name
    )


def _grouped(marked: Sequence[_Marked]) -> Iterator[Passage]:
    start = 0
    for i, item in enumerate(marked):
        last = marked[i + 1] if i + 1 < len(marked) else None
        if last is not None and last.kind == item.kind and last.context == item.context:
            continue
        blocks = tuple(one.block for one in marked[start : i + 1])
        yield Passage(item.kind, blocks, item.context.sender, item.depth, item.context.ours)
        start = i + 1
