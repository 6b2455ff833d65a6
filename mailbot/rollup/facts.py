"""The facts of a roll-up: frozen values, all times local to the campaign, ready to be shown in any form.

`gather` fills them from the store; sections, workbook and subject only read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from mailbot.domain.campaign import Campaign

RollupKind = Literal["daily", "final", "extra"]
"""The day's roll-up; the one after the deadline; one that somebody asked for besides."""


class Phase(StrEnum):
    """Where the campaign stands against its deadline at the roll-up's moment."""

    BEFORE = "before"
    DAY = "day"
    AFTER = "after"


class Quota(StrEnum):
    """Whether a respondent has the people that were asked for; `UNKNOWN` where its figures cannot tell."""

    MET = "met"
    MISSED = "missed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is stated: the message's number, the locator in it, the snippet of text."""

    letter: int
    locator: str
    snippet: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and the places that state it; a sum has no places of its own."""

    value: int
    places: tuple[Place, ...] = ()


Figures = Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Respondent:
    """A respondent's current figures. `organisation` and `key` are None for the municipality's own statement."""

    municipality: str
    organisation: str | None
    key: str | None
    figures: Figures
    letter: int
    sent_at: datetime
    late: bool = False
    audience: Mapping[str, int] = field(default_factory=dict)
    quota: Quota = Quota.UNKNOWN

    @property
    def name(self) -> str:
        """What a person calls it: the organisation, or the municipality as a whole."""
        return self.organisation or self.municipality


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a message needs a person: the finding's code, its Russian sentence, and the places."""

    code: str
    message: str
    places: tuple[Place, ...] = ()


class CaseSort(StrEnum):
    """What sort of attention a case needs."""

    REVIEW = "review"
    FAILED = "failed"
    CONTRADICTION = "contradiction"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Figures that the reader found in a message under review; they do not count until a person takes them.

    `report` is the stored report's id. With `standing` they are given the figures that count now for that respondent.
    """

    report: int
    municipality: str
    organisation: str | None
    figures: Figures


@dataclass(frozen=True, slots=True)
class Case:
    """Something that needs her eye. `letter` is the message's number; a contradiction has none.

    `since` is when it came up: the time that the message was sent, or that the later of two statements was.
    """

    sort: CaseSort
    since: datetime
    title: str
    reasons: tuple[Reason, ...]
    letter: int | None = None
    sender: str = ""
    subject: str = ""
    municipality: str | None = None
    proposals: tuple[Proposal, ...] = ()

    @property
    def identity(self) -> str:
        """What makes it the same case in the next roll-up."""
        return f"{self.sort}:{self.letter if self.letter is not None else self.title}"


@dataclass(frozen=True, slots=True)
class Rating:
    """A municipality's place on the thermometer: points of 100 and the shares (0 to 1) that they are made of.

    A part is None where it does not apply, and then its weight is spread over the others.
    """

    points: int
    speed: float
    completeness: float
    quota: float | None
    steadiness: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which a municipality's own figure and the sum of its organisations' differ."""

    field: str
    stated: int
    summed: int


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality's standing: its figures are what it stated for itself, else the sum of its organisations'.

    `partial` names the fields whose sum lacks organisations, because not all of them give that figure.
    """

    name: str
    answered_at: datetime | None = None
    late: bool = False
    organisations: int = 0
    roster: int | None = None
    figures: Mapping[str, int] = field(default_factory=dict)
    partial: frozenset[str] = frozenset()
    subscribers: int = 0
    below_quota: int = 0
    cannot_tell: int = 0
    to_review: int = 0
    corrections: int = 0
    differences: tuple[Difference, ...] = ()
    rating: Rating | None = None

    @property
    def answered(self) -> bool:
        """Whether any figures of it count."""
        return self.answered_at is not None

    @property
    def contradictions(self) -> tuple[Difference, ...]:
        """The differences that cannot be explained by organisations that have not reported by themselves yet."""
        complete = self.roster is not None and self.organisations >= self.roster
        return tuple(d for d in self.differences if complete or d.summed > d.stated)


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure that differs from the last roll-up's; None where there was or is none."""

    municipality: str
    organisation: str | None
    field: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs from the roll-up before. `since` is its moment; None says that this one is the first."""

    since: datetime | None
    letters: int = 0
    answered: tuple[str, ...] = ()
    organisations: tuple[tuple[str, str], ...] = ()
    figures: tuple[FigureChange, ...] = ()
    withdrawn: tuple[tuple[str, str | None], ...] = ()
    new_cases: int = 0
    closed_cases: int = 0
    totals: Mapping[str, int] = field(default_factory=dict)
    subscribers: int = 0

    @property
    def quiet(self) -> bool:
        """Whether nothing came and nothing changed."""
        return not (
            self.letters
            or self.answered
            or self.organisations
            or self.figures
            or self.withdrawn
            or self.new_cases
            or self.closed_cases
        )


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as the log shows it."""

    number: int
    sent_at: datetime
    sender: str
    address: str
    subject: str
    status: str
    kind: str
    folders: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    municipalities: tuple[str, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder's account. `on_server` is what the server last said it holds, None where it has not been asked."""

    mailbox: str
    name: str
    on_server: int | None
    in_database: int
    counted_at: datetime | None = None

    @property
    def difference(self) -> int:
        """How many more messages the server holds than the database has; negative where it holds fewer."""
        return 0 if self.on_server is None else self.on_server - self.in_database


@dataclass(frozen=True, slots=True)
class Unpolled:
    """A mailbox that could not be looked at since then (None: never), and why, in a Russian sentence if it is known."""

    address: str
    since: datetime | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unsent:
    """A mail of ours that the mail server refused for good: its subject, the server's words, when."""

    subject: str
    error: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """The account of messages. `by_status` and `ignored_by_kind` count messages, folders count their copies.

    `unsent` are the mails of ours that were refused since the roll-up before, `unpolled` the mailboxes whose newest mail
    is not in here.
    """

    folders: tuple[Folder, ...] = ()
    messages: int = 0
    by_status: Mapping[str, int] = field(default_factory=dict)
    ignored_by_kind: Mapping[str, int] = field(default_factory=dict)
    unsent: tuple[Unsent, ...] = ()
    unpolled: tuple[Unpolled, ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """A person's decision that is in force: about which message, what («accept», «reject», «set»), by whom, when."""

    letter: int
    action: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a roll-up is made for: the date that it reports on, its kind, whether it missed its hour."""

    date: date
    kind: RollupKind = "daily"
    delayed: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a roll-up says. `silent_organisations` are those of the roster, as (municipality, organisation).

    `decisions` are those since the roll-up before, or all where there was none.
    """

    campaign: Campaign
    date: date
    kind: RollupKind
    moment: datetime
    deadline: datetime
    municipalities: tuple[Municipality, ...]
    respondents: tuple[Respondent, ...]
    cases: tuple[Case, ...]
    changes: Changes
    letters: tuple[Letter, ...]
    account: Account
    silent_organisations: tuple[tuple[str, str], ...] = ()
    delayed: bool = False
    decisions: tuple[Decided, ...] = ()

    @property
    def phase(self) -> Phase:
        """Before the deadline's day, on it (until the time is up), or after the deadline."""
        if self.moment >= self.deadline:
            return Phase.AFTER
        return Phase.DAY if self.moment.date() == self.deadline.date() else Phase.BEFORE

    @property
    def answered(self) -> tuple[Municipality, ...]:
        """The municipalities whose figures count."""
        return tuple(m for m in self.municipalities if m.answered)

    @property
    def silent(self) -> tuple[Municipality, ...]:
        """The municipalities that have not answered."""
        return tuple(m for m in self.municipalities if not m.answered)

    @property
    def organisations(self) -> tuple[Respondent, ...]:
        """The organisations with current figures."""
        return tuple(r for r in self.respondents if r.organisation is not None)

    @property
    def below_quota(self) -> tuple[Respondent, ...]:
        """The organisations that certainly have fewer people than the quota asks for."""
        return tuple(r for r in self.organisations if r.quota is Quota.MISSED)

    @property
    def subscribers(self) -> int:
        """People over all municipalities: stated totals, and where none is stated the sum over the accounts."""
        return sum(m.subscribers for m in self.municipalities)

    def total(self, name: str) -> int:
        """The sum of a field over all municipalities."""
        return sum(m.figures.get(name, 0) for m in self.municipalities)

    def gives(self, name: str) -> int:
        """How many municipalities give the field at all."""
        return sum(name in m.figures for m in self.municipalities)
