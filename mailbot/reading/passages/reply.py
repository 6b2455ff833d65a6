"""What of a body is new, and what is quoted, forwarded, the letter's own text, a signature, a mail program's line.

It marks and never cuts: figures stand in forwards, between quoted lines, and below signatures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mailbot.domain.campaign import Campaign
from mailbot.domain.document import Block, Paragraph, Table
from mailbot.domain.interpretation import Envelope
from mailbot.reading.accounts import account_pattern, teller
from mailbot.reading.message.mail import Mail
from mailbot.reading.passages.closings import closes, is_client_line, is_postscript
from mailbot.reading.passages.letter import are_of_letter, letter_spans
from mailbot.reading.passages.nesting import Context, Nesting

PassageKind = Literal["new", "quoted", "forwarded", "letter", "signature", "client", "header"]

_LONGEST_SIGNATURE = 14
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
class _Item:
    block: Block
    kind: PassageKind
    context: Context
    depth: int

    @property
    def text(self) -> str:
        return self.block.text if isinstance(self.block, Paragraph) else ""


def split(
    blocks: Sequence[Block], campaign: Campaign, subject: str = "", own_names: Sequence[str] = ()
) -> tuple[Passage, ...]:
    """Mark what each block of a body is. All blocks come back, in their order.

    `subject` is the mail's own subject («FW: …» tells a forward from an answer); `own_names` are display names that
    the authority is addressed by, for quotations that name no address.

    >>> campaign = Campaign.model_validate(
    ...     {"name": "x", "title": "x", "fields": [], "deadline": "2021-08-17T15:00+03:00"}
    ... )
    >>> lines = ["ВК - 35", "09.08.2021 14:32, Отдел пишет:", "сколько?"]
    >>> [p.kind for p in split([Paragraph(t, f"body:{i}", quote=i // 2) for i, t in enumerate(lines)], campaign)]
    ['new', 'header', 'quoted']
    """
    tells = teller(campaign)
    nesting = Nesting(campaign, subject, [name.casefold() for name in own_names if name], tells)
    of_letter = are_of_letter([block.text if isinstance(block, Paragraph) else "" for block in blocks], campaign.letter)
    items = [
        _Item(placed.block, "header" if placed.is_header else placed.context.kind, placed.context, placed.depth)
        for placed in nesting.place(blocks, of_letter)
    ]
    items = _mark_letter(items, of_letter)
    items = _mark_ours(items)
    items = _mark_answers(items, campaign)
    items = _mark_unannounced(items, tells)
    items = _mark_closings(items, tells)
    return tuple(_grouped(items))


def split_bodies(mail: Mail, campaign: Campaign) -> tuple[tuple[Passage, ...], ...]:
    """Mark the blocks of each body of a mail."""
    own = {address.casefold() for address in campaign.own_addresses}
    names = [recipient.name for recipient in mail.recipients if recipient.address in own]
    return tuple(split(body.blocks, campaign, mail.envelope.subject, names) for body in mail.bodies)


def split_mail(mail: Mail, campaign: Campaign) -> tuple[Passage, ...]:
    """Mark the blocks of all bodies of a mail, in order."""
    return tuple(passage for passages in split_bodies(mail, campaign) for passage in passages)


def _mark_letter(items: Sequence[_Item], flags: Sequence[bool]) -> list[_Item]:
    """Mark the letter's lines.

    At the sender's own level a single short line may be a heading of the answer; runs of lines, and long ones, are the
    letter pasted without marks of quotation.
    """
    result = list(items)
    start = 0
    while start < len(items):
        end = start
        while end < len(items) and flags[end] and items[end].kind != "header":
            end += 1
        run = items[start:end]
        words = sum(len(item.text.split()) for item in run)
        long_enough = words >= _LETTER_WORDS_ALONE or (len(run) > 1 and words >= _LETTER_WORDS)
        if run and (run[0].context.kind != "new" or long_enough):
            result[start:end] = [replace(item, kind="letter") for item in run]
        start = end + 1
    return result


def _mark_ours(items: Sequence[_Item]) -> list[_Item]:
    """A quoted mail that names no address, and holds the letter, is the authority's."""
    ours = {
        item.context: replace(item.context, kind="quoted", ours=True)
        for item in items
        if item.kind == "letter"
        and item.context.kind != "new"
        and not (item.context.sender and item.context.sender.sender_address)
    }
    return [
        replace(item, context=ours[item.context], kind="quoted" if item.kind == "forwarded" else item.kind)
        if item.context in ours
        else item
        for item in items
    ]


def _mark_answers(items: Sequence[_Item], campaign: Campaign) -> list[_Item]:
    """Mark answers inside the authority's quoted mail as new.

    They are the letter's lines filled in («ВКонтакте: https://… – 35») and, where no mark sets the quotation off, what
    stands below the letter and tells figures.
    """
    accounts, tells = account_pattern(campaign), teller(campaign)
    last_of_letter = {item.context: i for i, item in enumerate(items) if item.kind == "letter"}
    result = list(items)
    below: set[Context] = set()
    for i, item in enumerate(items):
        context = item.context
        if item.kind != "quoted" or not context.ours:
            continue
        unmarked = context.floor == context.base and i > last_of_letter.get(context, len(items))
        if unmarked and tells(item.text):
            below.add(context)
        if context in below or (accounts.is_in(item.text) and _is_filled_in(item.text, campaign.letter)):
            result[i] = replace(item, kind="new")
    return result


def _is_filled_in(text: str, letter: str) -> bool:
    """True for a line of the letter with a number added to it."""
    spans = letter_spans(text, letter)
    added = text
    for start, end in reversed(spans):
        added = added[:start] + added[end:]
    return any(char.isdigit() for char in added) and sum(end - start for start, end in spans) > len(text) // 2


def _mark_unannounced(items: Sequence[_Item], tells: Callable[[str], bool]) -> list[_Item]:
    """Mark quotation that nothing introduces as forwarded, in a mail that quotes nothing else and tells no figures.

    It is the sender's own way of setting off the answer, or a mail passed on.
    """
    if any(item.kind in {"header", "letter"} for item in items):
        return list(items)
    if any(item.kind == "new" and tells(item.text) for item in items):
        return list(items)
    return [
        replace(item, kind="forwarded") if item.kind == "quoted" and not item.context.announced else item
        for item in items
    ]


def _mark_closings(items: Sequence[_Item], tells: Callable[[str], bool]) -> list[_Item]:
    """Mark signatures and the lines that mail programs add. What counts stays: a postscript, a table, a figure."""
    result: list[_Item] = []
    left = 0
    context: Context | None = None
    for item in items:
        if item.context != context or isinstance(item.block, Table):
            left, context = 0, item.context
        text = item.text.strip()
        counts = tells(text)
        if item.kind not in {"new", "forwarded", "quoted"} or not text:
            result.append(item)
        elif is_client_line(text) and not counts:
            result.append(replace(item, kind="client"))
        else:
            if counts or is_postscript(text):
                left = 0
            elif closes(text):
                left = _LONGEST_SIGNATURE
            signed = left > 0 and item.kind != "quoted"
            left -= left > 0
            result.append(replace(item, kind="signature") if signed else item)
    return result


def _grouped(items: Sequence[_Item]) -> Iterator[Passage]:
    start = 0
    for i, item in enumerate(items):
        after = items[i + 1] if i + 1 < len(items) else None
        if after is not None and after.kind == item.kind and after.context == item.context:
            continue
        blocks = tuple(one.block for one in items[start : i + 1])
        own = item.kind == "new"
        sender = None if own else item.context.sender
        yield Passage(item.kind, blocks, sender, 0 if own else item.depth, item.context.ours and not own)
        start = i + 1
