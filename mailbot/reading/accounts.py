"""A quick look, before the reading proper, at whether a line names an account of the campaign and a number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mailbot.domain.campaign import Campaign, CampaignField
from mailbot.domain.document import Block, Paragraph
from mailbot.reading.kept import kept

_NUMBER = re.compile(r"\d")
_MOMENT = re.compile(
    r"\d{1,2}[:.]\d{2}(?:[:.]\d{2,4})?|\d{1,2}\s+(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)[а-я]*(?:\s+\d{4})?",
    re.IGNORECASE,
)


def _names(fields: Iterable[CampaignField]) -> str:
    names = {name.casefold() for field in fields for name in (field.title, *field.aliases, *field.links) if name}
    longest_first = sorted(names, key=len, reverse=True)
    return rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})(?!\w)"


@kept
def account_pattern(campaign: Campaign) -> re.Pattern[str]:
    """Matches the accounts' titles, aliases and links as whole words."""
    return re.compile(_names(campaign.accounts), re.IGNORECASE)


@kept
def figure_pattern(campaign: Campaign) -> re.Pattern[str]:
    """Matches a field's name with a number right after it: «ВК – 35», «всего 107»."""
    return re.compile(rf"{_names(campaign.fields)}\W{{0,12}}\d", re.IGNORECASE)


def tells(figures: re.Pattern[str], text: str) -> bool:
    """True where `text` gives a figure, by a `figure_pattern`; quick for the many lines without a digit."""
    return bool(_NUMBER.search(text) and figures.search(text))


def carry_figures(lines: Sequence[str], campaign: Campaign) -> bool:
    """True where a line names an account, and it or the next line holds a number beside the name, which is no date."""
    accounts = account_pattern(campaign)
    named = [bool(accounts.search(line)) for line in lines]
    numbered = [bool(_NUMBER.search(_MOMENT.sub("", accounts.sub("", line)))) for line in lines]
    following = [*numbered[1:], False]
    return any(name and (number or after) for name, number, after in zip(named, numbered, following, strict=True))


def lines_of(blocks: Iterable[Block]) -> list[str]:
    """The paragraphs of `blocks` as lines, each table as one."""
    return [
        block.text if isinstance(block, Paragraph) else " | ".join(cell.text for row in block.rows for cell in row)
        for block in blocks
    ]
