"""Mails within a mail: which of them each block of a body belongs to, who sent it, and whether it was passed on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from mailbot.domain.campaign import Campaign
from mailbot.domain.document import Block, Paragraph
from mailbot.domain.interpretation import Envelope
from mailbot.reading.passages.quoting import Mark, find_mark

MailKind = Literal["new", "quoted", "forwarded"]

_FORWARDING = re.compile(r"^\s*(?:fwd?|пер|пересл|пересылка|wg|i)\s*(?:\[\d+\])?:", re.IGNORECASE)
_ANSWERING = re.compile(r"^\s*(?:re|отв|ответ|на|ha|aw)\s*(?:\[\d+\])?:", re.IGNORECASE)
_PREFIX = re.compile(r"^\s*(?:re|fwd?|отв|ответ|пер|пересл|на|ha|aw|wg)\s*(?:\[\d+\])?:\s*", re.IGNORECASE)
_COVERING_NOTE = 300
"""Characters that «направляем информацию» and a greeting take at most; a longer text, or figures, is an answer."""


@dataclass(frozen=True, slots=True)
class Context:
    """A mail within the mail.

    `floor` is the depth of quotation below which it has ended, `base` the depth of the mark that introduced it; where
    they are equal nothing but its header lines sets it off. `announced` is false where no line introduced it.
    """

    kind: MailKind
    floor: int = 0
    base: int = 0
    sender: Envelope | None = None
    subject: str = ""
    ours: bool = False
    announced: bool = True


@dataclass(frozen=True, slots=True)
class Placed:
    """A block, the mail that it belongs to, how many mails deep that is, and whether it is one of its header lines."""

    block: Block
    context: Context
    depth: int
    is_header: bool = False


@dataclass(slots=True)
class Nesting:
    """Finds the mails in a body's blocks.

    `subject` is the mail's own, `own_names` the authority's, case folded; `tells` says whether a line gives a figure.
    """

    campaign: Campaign
    subject: str
    own_names: Sequence[str]
    tells: Callable[[str], bool]

    def place(self, blocks: Sequence[Block], letter: Sequence[bool]) -> Iterator[Placed]:
        """Each block in its order with the mail that it belongs to; `letter` tells which are the campaign letter's."""
        stack = [Context("new", subject=self.subject)]
        left: list[Context] = []
        is_note = True
        written = 0
        at = 0
        while at < len(blocks):
            block = blocks[at]
            if block.quote < stack[-1].floor:
                left = stack
                stack = [context for context in stack if context.floor <= block.quote]
            mark = None if letter[at] else find_mark(blocks, at)
            if mark is None:
                stack = _deepened(stack, left, block.quote)
                yield Placed(block, stack[-1], len(stack) - 1)
                if len(stack) == 1 and isinstance(block, Paragraph):
                    written += len(block.text)
                    is_note &= written < _COVERING_NOTE and not self.tells(block.text)
                at += 1
                continue
            lines = blocks[at : at + mark.length]
            at += mark.length
            left = []
            if mark.kind == "end":
                stack = _ended(stack, block.quote)
            else:
                following = blocks[at].quote if at < len(blocks) else lines[-1].quote
                stack = self._entered(stack, mark, lines, following, is_note=is_note)
            yield from (Placed(line, stack[-1], len(stack) - 1, is_header=True) for line in lines)

    def _entered(
        self, stack: Sequence[Context], mark: Mark, lines: Sequence[Block], following: int, *, is_note: bool
    ) -> list[Context]:
        """The stack with the mail that `lines` introduce; one that an equally deep mark introduced has ended."""
        base = lines[0].quote
        outer = list(stack)
        while len(outer) > 1 and outer[-1].base > base:
            outer.pop()
        parent = outer[-1]
        ours = self._is_ours(mark.sender) or (mark.to_you and parent.kind == "new")
        sender = mark.sender
        subject = sender.subject if sender and sender.subject else _PREFIX.sub("", parent.subject, count=1)
        floor = base + 1 if max(lines[-1].quote, following) > base else base
        kind = self._kind(mark, parent, ours=ours, is_note=is_note)
        return [*outer, Context(kind, floor, base, sender, subject, ours)]

    def _kind(self, mark: Mark, parent: Context, *, ours: bool, is_note: bool) -> MailKind:
        """Forwarded or quoted: by the mark's own words, else by the subject of the mail that it stands in."""
        if ours or parent.kind == "quoted":
            return "quoted"
        if mark.kind == "forward" or _FORWARDING.match(parent.subject):
            return "forwarded"
        if mark.kind == "attribution" or _ANSWERING.match(parent.subject):
            return "quoted"
        return "forwarded" if is_note else "quoted"

    def _is_ours(self, sender: Envelope | None) -> bool:
        if sender is None:
            return False
        if sender.sender_address:
            return sender.sender_address in {address.casefold() for address in self.campaign.own_addresses}
        name = sender.sender_name.casefold()
        return bool(name) and any(own in name for own in self.own_names)


def _deepened(stack: list[Context], left: Sequence[Context], quote: int) -> list[Context]:
    """The stack for a block this deep: a mail that was left for an answer between its lines goes on.

    Deeper quotation that nothing introduces is a mail of its own.
    """
    if quote <= stack[-1].floor or not stack[-1].announced:
        return stack
    resumed = [context for context in left[len(stack) :] if context.floor <= quote]
    if resumed and list(left[: len(stack)]) == stack:
        return _deepened([*stack, *resumed], (), quote)
    return [*stack, Context("quoted", quote, quote - 1, subject=stack[-1].subject, announced=False)]


def _ended(stack: list[Context], quote: int) -> list[Context]:
    """Leave the innermost mail that was introduced at this depth or above."""
    for i in range(len(stack) - 1, 0, -1):
        if stack[i].base <= quote:
            return stack[:i]
    return stack[:1]
