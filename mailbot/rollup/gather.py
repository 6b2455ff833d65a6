"""From the store to the facts of a roll-up: the story of what is asked, and what follows from the answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from mailbot.domain.campaign import Campaign
from mailbot.domain.weights import Weights
from mailbot.rollup import russian, snapshot, thermometer
from mailbot.rollup.facts import (
    Case,
    CaseSort,
    Difference,
    Facts,
    Municipality,
    Occasion,
    Quota,
    Reason,
    Respondent,
)
from mailbot.rollup.queries import cases as case_queries
from mailbot.rollup.queries import letters as letter_queries
from mailbot.rollup.queries import respondents as respondent_queries
from mailbot.rollup.watched import Watched
from mailbot.store import views
from mailbot.store.outgoing import MadeRollup

LETTERS_SHOWN = 1000
"""How many messages the workbook lists; the view `message_log` has them all."""


def gather(
    session: Session,
    campaign: Campaign,
    now: datetime,
    zone: tzinfo,
    previous: MadeRollup | None,
    *,
    occasion: Occasion | None = None,
    weights: Weights | None = None,
    mailboxes: Sequence[Watched] = (),
) -> Facts:
    """All that the roll-up says at `now`, compared with the `previous` one; times in `zone`.

    Without an `occasion` it is the daily one for the date of `now`.
    """
    moment, deadline = now.astimezone(zone), campaign.deadline.astimezone(zone)
    occasion = occasion or Occasion(moment.date())
    respondents = respondent_queries.respondents(session, campaign, zone)
    municipalities, contradictions = _municipalities(session, campaign, respondents, zone)
    municipalities = _rated(municipalities, respondents, campaign, deadline, weights or Weights())
    cases = _oldest_first((*case_queries.open_cases(session, campaign, zone), *contradictions))
    account = replace(
        letter_queries.account(session, zone, previous.made_at if previous else None),
        unpolled=letter_queries.unpolled(session, mailboxes, moment),
    )
    taken = snapshot.take(moment, municipalities, respondents, cases, account.messages)
    return Facts(
        campaign=campaign,
        date=occasion.date,
        kind=occasion.kind,
        moment=moment,
        deadline=deadline,
        municipalities=municipalities,
        respondents=respondents,
        cases=cases,
        changes=snapshot.compare(previous.snapshot if previous else None, taken, campaign, zone),
        letters=letter_queries.letters(session, zone, LETTERS_SHOWN),
        account=account,
        silent_organisations=_silent_organisations(session),
        delayed=occasion.delayed,
        decisions=case_queries.decisions(session, zone, previous.made_at if previous else None),
    )


def snapshot_of(facts: Facts) -> dict[str, Any]:
    """What to keep of the facts for the next roll-up (JSON)."""
    return snapshot.take(facts.moment, facts.municipalities, facts.respondents, facts.cases, facts.account.messages)


def _silent_organisations(session: Session) -> tuple[tuple[str, str], ...]:
    rows = views.read(session, "not_answered")
    return tuple((row["municipality"], row["organisation"]) for row in rows if row["organisation"] is not None)


def _municipalities(
    session: Session, campaign: Campaign, respondents: Sequence[Respondent], zone: tzinfo
) -> tuple[tuple[Municipality, ...], list[Case]]:
    """Where each municipality stands, by the public view; and a case for each that contradicts its organisations."""
    rows, corrections = _by_municipality(respondents), respondent_queries.corrections(session)
    found = tuple(
        _municipality(row, campaign, rows[row["municipality"]], corrections.get(row["municipality"], 0), zone)
        for row in views.read(session, "municipality_summary")
    )
    contradictions = [_contradiction(m, campaign, rows[m.name]) for m in found]
    return found, [case for case in contradictions if case is not None]


def _municipality(
    row: RowMapping, campaign: Campaign, rows: Sequence[Respondent], corrections: int, zone: tzinfo
) -> Municipality:
    names = [field.name for field in campaign.fields]
    answered_at: datetime | None = row["first_sent_at"]
    figures = {name: row[name] for name in names if row[name] is not None}
    return Municipality(
        name=row["municipality"],
        answered_at=answered_at and answered_at.astimezone(zone),
        late=row["on_time"] == "no",
        organisations=row["organisations"],
        roster=row["organisations_asked"],
        figures=figures,
        partial=frozenset(_partial(figures, rows)),
        subscribers=_subscribers(figures, rows, campaign),
        below_quota=row["quota_missed"],
        cannot_tell=sum(r.organisation is not None and r.quota is Quota.UNKNOWN for r in rows),
        to_review=row["to_review"],
        corrections=corrections,
        differences=_differences(row, campaign),
    )


def _partial(figures: Mapping[str, int], rows: Sequence[Respondent]) -> Collection[str]:
    """The fields that are a sum over organisations of which not all give the figure."""
    own = next((row.figures for row in rows if row.organisation is None), {})
    organisations = [row for row in rows if row.organisation is not None]
    return {name for name in figures if name not in own and any(name not in row.figures for row in organisations)}


def _subscribers(figures: Mapping[str, int], rows: Sequence[Respondent], campaign: Campaign) -> int:
    """People, or for want of a stated total subscriptions: the municipality's own word, else its organisations'.

    A total that it stated for itself; else, where it gave figures of its own, the sum over the accounts; else the same
    for each of its organisations, added up.
    """
    accounts = [field.name for field in campaign.accounts]
    own = next((row.figures for row in rows if row.organisation is None), {})
    if campaign.total is not None and campaign.total.name in own:
        return own[campaign.total.name].value
    if any(name in own for name in accounts):
        return sum(figures.get(name, 0) for name in accounts)
    return sum(_people(row, campaign) for row in rows)


def _people(row: Respondent, campaign: Campaign) -> int:
    if campaign.total is not None and campaign.total.name in row.figures:
        return row.figures[campaign.total.name].value
    return sum(row.figures[field.name].value for field in campaign.accounts if field.name in row.figures)


def _differences(row: RowMapping, campaign: Campaign) -> tuple[Difference, ...]:
    """The fields that the public view names as differing, with both figures."""
    names = set((row["differs"] or "").split(", "))
    return tuple(
        Difference(field.name, row[f"{field.name}_stated"], row[f"{field.name}_organisations"])
        for field in campaign.fields
        if field.name in names
    )


def _contradiction(m: Municipality, campaign: Campaign, rows: Sequence[Respondent]) -> Case | None:
    """A case where the municipality contradicts its own organisations."""
    own = next((r for r in rows if r.organisation is None), None)
    if own is None or not m.contradictions:
        return None
    titles = {field.name: field.title for field in campaign.fields}
    reasons = tuple(
        Reason(
            "sources_disagree",
            f"{titles[d.field]}: муниципалитет указал {russian.number(d.stated)}, "
            f"по организациям выходит {russian.number(d.summed)}.",
            own.figures[d.field].places if d.field in own.figures else (),
        )
        for d in m.contradictions
    )
    return Case(CaseSort.CONTRADICTION, max(r.sent_at for r in rows), m.name, reasons, municipality=m.name)


def _rated(
    municipalities: Sequence[Municipality],
    respondents: Sequence[Respondent],
    campaign: Campaign,
    deadline: datetime,
    weights: Weights,
) -> tuple[Municipality, ...]:
    rows = _by_municipality(respondents)
    return tuple(
        replace(m, rating=thermometer.rate(m, rows[m.name], campaign, deadline, weights)) for m in municipalities
    )


def _by_municipality(respondents: Sequence[Respondent]) -> Mapping[str, list[Respondent]]:
    rows: dict[str, list[Respondent]] = defaultdict(list)
    for respondent in respondents:
        rows[respondent.municipality].append(respondent)
    return rows


def _oldest_first(cases: Sequence[Case]) -> tuple[Case, ...]:
    """The letters first, since somebody waits for an answer to them; then what contradicts itself."""
    return tuple(sorted(cases, key=lambda case: (case.letter is None, case.since, case.identity)))
