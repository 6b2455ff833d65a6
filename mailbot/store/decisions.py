"""What a person decides about a message. It stands until she decides otherwise; reading again doesn't undo it.

`accept` keeps the figures as they were when she saw them, `set` those that she gives, `reject` none. The figures of a
decision are rows of their own, apart from what the reader reads; so a better reader can't change them behind her back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mailbot.domain.interpretation import Kind, Report
from mailbot.store import cases, current, interpretations, rejudging, respondents, verdicts
from mailbot.store.interpretations import Said
from mailbot.store.tables import DecisionRow, EvidenceRow, FigureRow, MessageRow, ReportRow

_Row = TypeVar("_Row", ReportRow, FigureRow, EvidenceRow)
Action = Literal["accept", "reject", "set"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided: the action, who, by which way («console», «workbook», «reply»), and the figures of `set`.

    `reports` are of the message's own kind (a correction's replace only what they give); `whole` replace all that their
    respondents said before, whatever the message is. `request` is what she sent, as it was understood; it is kept to
    answer for the decision later.
    """

    action: Action
    decided_by: str
    via: str
    reports: tuple[Report, ...] = ()
    whole: tuple[Report, ...] = ()
    note: str = ""
    request: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        """Refuse figures with an action that has none of its own, and `set` without figures."""
        given = len(self.reports) + len(self.whole)
        if (self.action == "set") != bool(given):
            raise ValueError(f"the decision «{self.action}» with {given} reports")


def decide(session: Session, message_id: int, decision: Decision, now: datetime) -> int:
    """Put a decision into force, in the place of an earlier one; returns its number.

    Raises `LookupError` where there is no such message or it was never read, `ValueError` where `accept` finds no
    figures to accept.
    """
    given = (*decision.reports, *decision.whole)
    message, concerned = _locked(session, message_id, (report.municipality for report in given))
    _end_standing(session, message_id)
    row = DecisionRow(
        message_id=message_id,
        action=decision.action,
        decided_by=decision.decided_by,
        decided_at=now,
        via=decision.via,
        note=decision.note,
        request=decision.request,
        standing=True,
    )
    session.add(row)
    session.flush()
    match decision.action:
        case "accept":
            _keep_as_read(session, message_id, row.id)
        case "set":
            kind: Literal["report", "correction"] = "correction" if message.kind == Kind.CORRECTION else "report"
            said = Said(message_id, decision.reports, kind, row.id), Said(message_id, decision.whole, "report", row.id)
            interpretations.put_reports(session, said)
        case "reject":
            pass
    verdicts.apply_status(session, message)
    interpretations.tally(session, message)
    cases.close(session, message_id, "person", row.id, now)
    concerned |= respondents.respondents_of(session, message_id)
    concerned |= rejudging.rejudge(session, {message_id: concerned}, now).touched
    current.refresh(session, concerned)
    return row.id


def withdraw(session: Session, message_id: int, now: datetime) -> None:
    """End the decision in force about a message: what the reader made of it holds again, and its case with it."""
    message, concerned = _locked(session, message_id, ())
    _end_standing(session, message_id)
    verdicts.apply_status(session, message)
    concerned |= rejudging.rejudge(session, {message_id: concerned}, now).touched
    interpretations.tally(session, message)
    cases.settle(session, [message], now)
    current.refresh(session, concerned)


def _locked(
    session: Session, message_id: int, municipalities: Iterable[str]
) -> tuple[MessageRow, set[respondents.Respondent]]:
    """The message, locked, and all whom it speaks of so far, with the municipalities named besides."""
    respondents.take_turn(session)
    query = select(MessageRow).where(MessageRow.id == message_id).execution_options(populate_existing=True)
    message = session.scalar(query.with_for_update())
    if message is None or message.reader_status is None:
        raise LookupError(f"no message {message_id} that was read")
    concerned = respondents.respondents_of(session, message_id)
    named = respondents.municipality_ids(session, municipalities)
    respondents.lock(session, {who.municipality for who in concerned} | set(named.values()))
    return message, concerned


def _end_standing(session: Session, message_id: int) -> None:
    session.execute(
        update(DecisionRow).where(DecisionRow.message_id == message_id, DecisionRow.standing).values(standing=False)
    )


def _keep_as_read(session: Session, message_id: int, decision_id: int) -> None:
    """Copy the reader's reports of a message, so that they stay as they are now."""
    query = select(ReportRow).where(ReportRow.message_id == message_id, ReportRow.decision_id.is_(None))
    reports = session.scalars(query.order_by(ReportRow.position)).all()
    if not reports:
        raise ValueError(f"message {message_id} has no figures to accept")
    for report in reports:
        copy = _copied(report, decision_id=decision_id)
        session.add(copy)
        session.flush()
        figures = session.scalars(select(FigureRow).where(FigureRow.report_id == report.id).order_by(FigureRow.id))
        for figure in figures.all():
            kept = _copied(figure, report_id=copy.id)
            session.add(kept)
            session.flush()
            evidence = session.scalars(select(EvidenceRow).where(EvidenceRow.figure_id == figure.id))
            session.add_all(_copied(item, figure_id=kept.id) for item in evidence.all())
    session.flush()


def _copied(row: _Row, **changes: int) -> _Row:
    """A new row like `row`, without its number, with `changes`."""
    names = [column.key for column in type(row).__table__.columns if column.key != "id"]
    return type(row)(**{name: changes.get(name, getattr(row, name)) for name in names})
