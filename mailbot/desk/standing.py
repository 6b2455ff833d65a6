"""How things stand at the moment of an order: open cases, current figures, and the stamps that the workbook shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from mailbot.domain.campaign import Campaign
from mailbot.rollup.facts import Case, Respondent
from mailbot.rollup.queries.cases import open_cases
from mailbot.rollup.queries.respondents import respondents
from mailbot.rollup.workbook.cells import case_stamp, respondent_stamp
from mailbot.store import respondents as locks
from mailbot.store.tables import DecisionRow, DeskReplyRow, MessageRow, MunicipalityRow


@dataclass(frozen=True)
class Standing:
    """A look at the store, in the transaction of the orders, before the first of them."""

    session: Session
    campaign: Campaign

    def lock(self) -> None:
        """Let nobody else change figures until the transaction ends."""
        locks.lock(self.session, self.session.scalars(select(MunicipalityRow.id)))

    @cached_property
    def cases(self) -> dict[int, Case]:
        """The open cases by message."""
        found = open_cases(self.session, self.campaign, UTC)
        return {case.letter: case for case in found if case.letter is not None}

    @cached_property
    def refused(self) -> frozenset[int]:
        """The messages that were refused as answers to a roll-up: only their number may mean them, no mere name."""
        query = select(DeskReplyRow.message_id).where(DeskReplyRow.verdict == "refused")
        return frozenset(self.session.scalars(query))

    @cached_property
    def respondents(self) -> dict[tuple[str, str | None], Respondent]:
        """The current figures by municipality and organisation's key."""
        return {(row.municipality, row.key): row for row in respondents(self.session, self.campaign, UTC)}

    @cached_property
    def respondent_stamps(self) -> dict[tuple[str, str | None], str]:
        """The stamps of the rows of «Организации» as a workbook made now would have them."""
        return {who: respondent_stamp(row) for who, row in self.respondents.items()}

    def case_stamps(self, letter: int) -> dict[int | None, str]:
        """The stamps of the rows of «На проверку» about a message, by stored report."""
        case = self.cases.get(letter)
        if case is None:
            return {}
        proposals = case.proposals or (None,)
        return {None if each is None else each.report: case_stamp(case, each) for each in proposals}

    def message(self, letter: int) -> MessageRow | None:
        """The message, if there is one of that number."""
        return self.session.get(MessageRow, letter)

    def decision(self, letter: int) -> DecisionRow | None:
        """The decision in force about a message."""
        query = select(DecisionRow).where(DecisionRow.message_id == letter, DecisionRow.standing)
        return self.session.scalar(query)
