"""Two names, one organisation: the reports of a name that is merely another's count for that other."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mailbot.store import current, respondents
from mailbot.store.respondents import Respondent
from mailbot.store.tables import OrganisationRow


def same_organisation(session: Session, other: int, main: int) -> None:
    """Let the organisation numbered `other` be another name of `main`: their figures count as one respondent's.

    Raises `LookupError` for a number that isn't there, `ValueError` where they lie in different municipalities or are
    one already.
    """
    rows = _locked(session, other, main)
    if rows[0].municipality_id != rows[1].municipality_id:
        raise ValueError(f"organisations {other} and {main} lie in different municipalities")
    target = rows[1].same_as_id or rows[1].id
    if target == other:
        raise ValueError(f"organisation {main} is another name of {other} already")
    session.execute(update(OrganisationRow).where(OrganisationRow.same_as_id == other).values(same_as_id=target))
    rows[0].same_as_id, rows[0].same_as_by = target, "person"
    current.refresh(session, [Respondent(rows[0].municipality_id, target)])


def separate(session: Session, other: int) -> None:
    """Let the organisation numbered `other` be one of its own again."""
    (row,) = _locked(session, other)
    main, row.same_as_id, row.same_as_by = row.same_as_id, None, None
    concerned = [Respondent(row.municipality_id, number) for number in (other, main) if number is not None]
    current.refresh(session, concerned)


def _locked(session: Session, *numbers: int) -> list[OrganisationRow]:
    respondents.take_turn(session)
    rows = {row.id: row for row in session.scalars(select(OrganisationRow).where(OrganisationRow.id.in_(numbers)))}
    if missing := set(numbers) - rows.keys():
        raise LookupError(f"no organisation {sorted(missing)}")
    respondents.lock(session, (row.municipality_id for row in rows.values()))
    for row in rows.values():
        session.refresh(row)
    return [rows[number] for number in numbers]
