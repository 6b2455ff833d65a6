"""A quick look, before the reading proper, at whether a line names an account of the campaign and a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from mailbot.domain.campaign import Campaign, CampaignField
from mailbot.domain.document import Block, Paragraph
from mailbot.reading.kept import kept, remembered
from mailbot.reading.text.worded import Begun

_NUMBER = re.compile(r"\d")
_MOMENT = re.compile(
    r"\d{1,2}[:.]\d{2}(?:[:.]\d{2,4})?|\d{1,2}\s+(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)[а-я]*(?:\s+\d{4})?",
    re.IGNORECASE,
)


def _named(fields: Iterable[CampaignField], then: str = "") -> Begun:
    """Matches the fields' titles, aliases and links as whole words, followed by `then`."""
    names = {name.casefold() for field in fields for name in (field.title, *field.aliases, *field.links) if name}
    longest_first = sorted(names, key=len, reverse=True)
    letters = "".join(sorted({re.escape(name[0]) for name in names})) or "-"
    pattern = rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})(?!\w)"
    return Begun(pattern + then, letters, ignore_case=True)


@kept
def account_pattern(campaign: Campaign) -> Begun:
    """Matches the accounts' titles, aliases and links as whole words."""
    return _named(campaign.accounts)


@kept
def teller(campaign: Campaign) -> Callable[[str], bool]:
    """Says whether a line gives a figure: a field's name with a number right after it: «ВК – 35», «всего 107»."""
    figures = _named(campaign.fields, r"\W{0,12}\d")

    @remembered
    def tells(text: str) -> bool:
        return bool(_NUMBER.search(text)) and figures.is_in(text)

    return tells


def carry_figures(lines: Sequence[str], campaign: Campaign) -> bool:
    """True where a line names an account, and it or the next line holds a number beside the name, which is no date."""
    accounts = account_pattern(campaign)
    for line, following in pairwise([*lines, ""]):
        if accounts.is_in(line) and (_is_numbered(line, accounts) or _is_numbered(following, accounts)):
            return True
    return False


def _is_numbered(line: str, accounts: Begun) -> bool:
    """Whether a line holds a number that is neither in an account's name nor in a date or a time."""
    return bool(_NUMBER.search(line) and _NUMBER.search(_MOMENT.sub("", accounts.pattern.sub("", line))))


def lines_of(blocks: Iterable[Block]) -> list[str]:
    """The paragraphs of `blocks` as lines, each table as one."""
    return [
        block.text if isinstance(block, Paragraph) else " | ".join(cell.text for row in block.rows for cell in row)
        for block in blocks
    ]
