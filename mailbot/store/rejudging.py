"""Mails that would override another sender's figures: they go to a person (`overrides_other_sender`).

The reader sees one mail at a time and cannot know. So it is judged here, when a reading or a decision is saved: each
mail against what stood before it in order of time. Mails that came later are judged anew where what stood before them
has changed. Hence the outcome follows from the mails and the decisions alone, not from the order in which they arrived
here or were read. What a person decided about is not judged: she knows whom she believes.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from mailbot.domain.interpretation import Status
from mailbot.store import cases, flagging, respondents, verdicts
from mailbot.store.bulk import table_of
from mailbot.store.flagging import Flag, Found
from mailbot.store.overriding import Houses, Ledger
from mailbot.store.respondents import Respondent, in_chunks
from mailbot.store.superseding import Statement
from mailbot.store.tables import CampaignRow, FieldRow, MessageRow, OrganisationRow, ReportRow
from mailbot.store.testimony import Moment, Testimony, later

_REPORTS, _ORGANISATIONS = (table_of(row).c for row in (ReportRow, OrganisationRow))
_FIELDS, _CAMPAIGN = (table_of(row).c for row in (FieldRow, CampaignRow))
_FIELDS_KNOWN = select(_FIELDS.name, _FIELDS.kind, _FIELDS.title)
_CAMPAIGN_KNOWN = select(_CAMPAIGN.shared_domains, _CAMPAIGN.own_addresses, _CAMPAIGN.authserv_ids)
_FIRST_AND_LAST = (func.min(_REPORTS.message_id), func.max(_REPORTS.message_id))
_NUMBERS: BindParameter[Any] = bindparam("numbers", expanding=True)
_SPEAK_OF_MUNICIPALITIES = (
    select(_REPORTS.municipality_id, *_FIRST_AND_LAST)
    .where(and_(_REPORTS.organisation_id.is_(None), _REPORTS.municipality_id.in_(_NUMBERS)))
    .group_by(_REPORTS.municipality_id)
)
_SPEAK_OF_ORGANISATIONS = (
    select(_REPORTS.organisation_id, *_FIRST_AND_LAST)
    .where(_REPORTS.organisation_id.in_(_NUMBERS))
    .group_by(_REPORTS.organisation_id)
)
_SAME = select(_ORGANISATIONS.id, _ORGANISATIONS.same_as_id).where(
    _ORGANISATIONS.same_as_id.is_not(None),
    or_(_ORGANISATIONS.id.in_(_NUMBERS), _ORGANISATIONS.same_as_id.in_(_NUMBERS)),
)
_ROWS = select(MessageRow).where(MessageRow.id.in_(_NUMBERS))


@dataclass(frozen=True, slots=True)
class Judged:
    """Of whom those messages speak whose judgement has changed; and all that counts now of the respondents looked at."""

    touched: frozenset[Respondent] = frozenset()
    histories: Mapping[Respondent, Sequence[Statement]] = field(default_factory=dict)


def rejudge(
    session: Session,
    concerned: Mapping[int, Collection[Respondent]],
    now: datetime,
    since: datetime | None = None,
) -> Judged:
    """Judge messages, and every later one that speaks of the same respondents, and so on where a judgement changes.

    `concerned`: for the number of each message all of whom it spoke before or speaks now. `since`: from when on others
    are affected, where that is earlier than the messages' time (it has moved). The caller has what stands for those
    touched computed anew (`current.refresh`). It has the turn (`respondents.take_turn`), and has locked the municipalities
    of `concerned`.
    """
    session.flush()
    numbers = others_speak(session, concerned) | flagging.flagged(session, sorted(concerned))
    if not numbers:
        return Judged()
    run = _Run(session, now)
    run.begin(numbers, {who for number in numbers for who in concerned[number]}, since)
    run.judge_all()
    return Judged(frozenset(run.touched), run.histories)


class _Run:
    """One run of judging: messages wait in order of time, and what they need is here before they are judged."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.touched: set[Respondent] = set()
        self._session = session
        self._now = now
        fields = session.execute(_FIELDS_KNOWN).all()
        self._kinds = {name: kind for name, kind, _ in fields}
        self._titles = {name: title for name, _, title in fields}
        shared, own, servers = session.execute(_CAMPAIGN_KNOWN).first() or ([], [], [])
        self._houses = Houses(frozenset(map(str.casefold, shared)), frozenset(map(str.casefold, own)))
        self._testimony = Testimony(session, servers)
        self._messages: dict[int, MessageRow] = {}
        self._speak_of: dict[int, set[Respondent]] = {}
        self._decided: set[int] = set()
        self._flagged: set[int] = set()
        self._waiting: list[Moment] = []
        self._locked: set[int] = set()
        self._followed: set[Respondent] = set()
        """Of whom all later messages wait, or have been judged."""

    @property
    def histories(self) -> Mapping[Respondent, Sequence[Statement]]:
        """What counts after the run, of all respondents that it met."""
        return self._testimony.histories

    def begin(self, numbers: Collection[int], concerned: Collection[Respondent], since: datetime | None) -> None:
        """These messages wait, and all that are later than the first of them (or `since`) and speak of `concerned`."""
        self._locked = {who.municipality for who in concerned}
        self._take_up(numbers)
        first = min(self._messages[number].sent_at for number in numbers)
        self._follow(concerned, (min(first, since or first), 0))

    def judge_all(self) -> None:
        """Judge what waits, in order of time; then write what was found."""
        flags: list[Flag] = []
        while self._waiting:
            moment = heapq.heappop(self._waiting)
            flag = self._judge(moment)
            if flag is None:
                continue
            flags.append(flag)
            number = moment[1]
            if bool(flag.found) == flag.again:
                continue
            self._testimony.count(number, counts=not flag.found)
            self.touched |= self._speak_of[number]
            self._follow(self._speak_of[number], moment)
        if flags:
            flagging.put(self._session, flags, self._titles)
            cases.settle(self._session, [flag.message for flag in flags], self._now)

    def _follow(self, concerned: Collection[Respondent], moment: Moment) -> None:
        """Have all messages behind `moment` that speak of these wait too, unless they are known to."""
        new = set(concerned) - self._followed
        self._followed |= new
        if new:
            self._take_up(later(self._session, new, moment))

    def _take_up(self, numbers: Collection[int]) -> None:
        """Have these messages wait, those that didn't yet, and ask all that is needed to judge them."""
        new = sorted(set(numbers) - self._messages.keys())
        for chunk in in_chunks(new):
            self._messages |= {row.id: row for row in self._session.scalars(_ROWS, {"numbers": chunk})}
            self._decided |= verdicts.standing_actions(self._session, chunk).keys()
            self._speak_of |= respondents.spoken_of(self._session, chunk)
        self._flagged |= flagging.flagged(self._session, new)
        self._testimony.take_up([number for number in new if number not in self._decided])
        for number in new:
            heapq.heappush(self._waiting, (self._messages[number].sent_at, number))

    def _judge(self, moment: Moment) -> Flag | None:
        """What was found of a message now; None where there is nothing to write."""
        number = moment[1]
        message = self._messages[number]
        if number in self._decided:
            return None
        found = self._found(moment) if message.reader_status == Status.ACCEPTED else []
        if not found and number not in self._flagged:
            return None
        if unlocked := {who.municipality for who in self._speak_of[number]} - self._locked:
            respondents.lock(self._session, unlocked)
            self._locked |= unlocked
        message.status = verdicts.status_of(message, None, is_flagged=bool(found))
        return Flag(message, self._testimony.senders[number], found, again=number in self._flagged)

    def _found(self, moment: Moment) -> Sequence[Found]:
        """The figures of others that the message of that moment would override, by respondent."""
        sender, found = self._testimony.senders[moment[1]], []
        for who, statement in self._testimony.of(moment[1]).items():
            ledger = Ledger(self._kinds, self._houses)
            for earlier in self._testimony.before(who, moment):
                ledger.note(earlier, self._testimony.senders[earlier.message])
            overrides = ledger.overrides(statement, sender)
            if overrides:
                told = [statement.figures[each.field].figure for each in overrides if each.field in statement.figures]
                found.append(Found(who, overrides, tuple(told or [next(iter(statement.figures.values())).figure])))
        return found


def others_speak(session: Session, spoken: Mapping[int, Collection[Respondent]]) -> set[int]:
    """Those of the messages, given with whom they speak of, of whose respondents another message speaks too.

    Most mails are the first of whom they speak, and need no judging. An organisation that has other names counts as
    spoken of.
    """
    every = {who for each in spoken.values() for who in each}
    organisations = sorted({who.organisation for who in every if who.organisation is not None})
    places = sorted({who.municipality for who in every if who.organisation is None})
    speakers: dict[Respondent | int | None, tuple[int, int]] = {}
    renamed: set[int | None] = set()
    for chunk in in_chunks(places):
        rows = session.execute(_SPEAK_OF_MUNICIPALITIES, {"numbers": chunk})
        speakers |= {Respondent(place, None): (first, last) for place, first, last in rows}
    for chunk in in_chunks(organisations):
        rows = session.execute(_SPEAK_OF_ORGANISATIONS, {"numbers": chunk})
        speakers |= {organisation: (first, last) for organisation, first, last in rows}
        renamed.update(number for row in session.execute(_SAME, {"numbers": chunk}) for number in row)

    def is_alone(message: int, who: Respondent) -> bool:
        ends = speakers.get(who if who.organisation is None else who.organisation, (message, message))
        return ends == (message, message) and who.organisation not in renamed

    return {message for message, own in spoken.items() if not all(is_alone(message, who) for who in own)}
