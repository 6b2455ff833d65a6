"""The sections of the roll-up, in the order in which she reads them. A new section: its file, and its line here."""

from __future__ import annotations

from mailbot.rollup.sections import (
    account,
    below,
    changes,
    decided,
    municipalities,
    needs,
    rating,
    silent,
    standing,
    totals,
)
from mailbot.rollup.sections.section import Section

SECTIONS: tuple[Section, ...] = (
    standing.SECTION,
    needs.SECTION,
    changes.SECTION,
    decided.SECTION,
    municipalities.SECTION,
    totals.SECTION,
    silent.SECTION,
    below.SECTION,
    rating.SECTION,
    account.SECTION,
)
