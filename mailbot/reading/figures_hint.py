"""A quick look, before the reading proper: does this mail carry figures for the campaign at all?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from mailbot.domain.campaign import Campaign
from mailbot.domain.document import Block, Paragraph
from mailbot.reading.mail import Mail
from mailbot.reading.reply import Passage

_NUMBER = re.compile(r"\d")
_PERSONAL = {"new", "signature", "forwarded"}


@lru_cache(maxsize=8)
def _accounts(campaign: Campaign) -> re.Pattern[str]:
    names = {
        name.casefold() for field in campaign.accounts for name in (field.title, *field.aliases, *field.links) if name
    }
    return (
        re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})", re.I)
        if names
        else re.compile(r"(?!)")
    )


def carries_figures(mail: Mail, passages: Sequence[Passage], campaign: Campaign) -> bool:
    """True where the sender's own (or forwarded) text names an account of the campaign with a number near it.

    The number may stand in the same line, the line after, or the same table; the subject counts too.
    """
    accounts = _accounts(campaign)
    lines = [mail.envelope.subject, ""]
    for passage in passages:
        if passage.kind in _PERSONAL:
            lines.extend(_lines(passage.blocks))
    named = [bool(accounts.search(line)) for line in lines]
    numbered = [bool(_NUMBER.search(accounts.sub("", line))) for line in lines]
    return any(
        name and (number or following)
        for name, number, following in zip(named, numbered, [*numbered[1:], False], strict=True)
    )


def _lines(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.text
        else:
            yield " | ".join(cell.text for row in block.rows for cell in row)
