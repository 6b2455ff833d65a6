"""Copying what the configuration says of the campaign and its respondents into the database.

New fields, another quota, an added roster need no migration: they are rows. What the configuration no longer names
becomes inactive; figures that were given for it stay in the history.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mailbot.domain.campaign import Campaign
from mailbot.domain.directory import Directory, Municipality, Organisation
from mailbot.domain.weights import Weights
from mailbot.store import current, respondents
from mailbot.store.engine import take_turns
from mailbot.store.fields import Field, doubled, fields_of
from mailbot.store.respondents import Respondent
from mailbot.store.tables import CampaignRow, FieldRow, MunicipalityRow, OrganisationRow, WeightRow
from mailbot.store.view_origin import are_made

_Known = dict[tuple[int, str], OrganisationRow]


def synchronise(
    session: Session,
    campaign: Campaign,
    directory: Directory,
    key_of: Callable[[str], str],
    now: datetime,
    weights: Weights = Weights(),  # noqa: B008 - frozen
    authserv_ids: Sequence[str] = (),
) -> None:
    """Make the database say what the configuration says, and the public views show its fields.

    `key_of` folds an organisation's name to its key, as the reader does; `weights` are the thermometer's; `authserv_ids` the names of our own mail
    server in Authentication-Results. Run at every start: without a change it
    writes next to nothing. Raises `ValueError` where a field's name can't be a column of the public views, or the
    roster names a municipality that the directory hasn't.
    """
    fields = fields_of(campaign)
    take_turns(session, "campaign")
    respondents.take_turn(session)
    _put_campaign(session, campaign, authserv_ids, now)
    _put_weights(session, weights)
    kinds_changed = _put_fields(session, fields)
    _put_municipalities(session, directory.municipalities)
    respondents.lock(session, session.scalars(select(MunicipalityRow.id)))
    renamed = _put_roster(session, directory.organisations, key_of)
    if kinds_changed:
        current.rebuild(session)
    elif renamed:
        current.refresh(session, renamed)
    session.flush()
    _put_views(session, fields)


def _put_campaign(session: Session, campaign: Campaign, authserv_ids: Sequence[str], now: datetime) -> None:
    row = session.get(CampaignRow, 1) or CampaignRow(id=1)
    row.name, row.title = campaign.name, campaign.title
    row.quota, row.deadline = campaign.quota, campaign.deadline
    row.shared_domains, row.own_addresses = list(campaign.shared_domains), list(campaign.own_addresses)
    row.authserv_ids, row.synchronised_at = list(authserv_ids), now
    session.add(row)
    session.flush()


def _put_weights(session: Session, weights: Weights) -> None:
    for name, value in asdict(weights).items():
        session.merge(WeightRow(name=name, value=value))
    session.flush()


def _put_fields(session: Session, wanted: Sequence[Field]) -> bool:
    """Write the fields and audience groups; True where something is counted as something else than before."""
    if several := doubled([field.name for field in wanted]):
        raise ValueError(f"these names stand for several fields or audience groups: {several}")
    rows = {row.name: row for row in session.scalars(select(FieldRow))}
    changed = any(field.name in rows and rows[field.name].kind != field.kind for field in wanted)
    for row in rows.values():
        row.active = False
    for position, field in enumerate(wanted):
        row = rows.get(field.name) or FieldRow(name=field.name)
        row.kind, row.title, row.position, row.active = field.kind, field.title, position, True
        session.add(row)
    session.flush()
    return changed


def _put_views(session: Session, fields: Sequence[Field]) -> None:
    """Make the public views show the fields, where they don't yet. Raises `ValueError` for a name that is taken there."""
    take_turns(session, "views")
    if are_made(session.connection(), fields):
        return
    from mailbot.store import views  # noqa: PLC0415 - 3 MB and 0.1 s, which a start with nothing new does without

    views.check_names(fields)
    views.refresh(session.connection())


def _put_municipalities(session: Session, municipalities: Sequence[Municipality]) -> None:
    rows = {row.name: row for row in session.scalars(select(MunicipalityRow))}
    for row in rows.values():
        row.active = False
    for position, municipality in enumerate(municipalities):
        row = rows.get(municipality.canonical) or MunicipalityRow(name=municipality.canonical)
        row.kind, row.centre = municipality.kind, municipality.centre
        row.position, row.active = position, True
        session.add(row)
    session.flush()


def _put_roster(session: Session, roster: Sequence[Organisation], key_of: Callable[[str], str]) -> set[Respondent]:
    """Write the roster; returns the respondents whose figures may count for another one now."""
    places = dict(session.execute(select(MunicipalityRow.name, MunicipalityRow.id)).all())
    if unknown := {organisation.municipality for organisation in roster} - places.keys():
        raise ValueError(f"the roster names municipalities that were not asked: {', '.join(sorted(unknown))}")
    known = {(row.municipality_id, row.key): row for row in session.scalars(select(OrganisationRow))}
    for row in known.values():
        row.on_roster = False
    mains = [(_row(known, places[item.municipality], key_of(item.name), item.name), item) for item in roster]
    for row, item in mains:
        row.name, row.kind, row.on_roster = item.name, item.kind, True
    aliases = [
        (_row(known, row.municipality_id, key_of(name), name), row) for row, item in mains for name in item.aliases
    ]
    session.add_all(known.values())
    session.flush()
    touched = _point_aliases(list(known.values()), [(row, main) for row, main in aliases if not row.on_roster])
    session.flush()
    return touched


def _row(known: _Known, place: int, key: str, name: str) -> OrganisationRow:
    """The organisation's row: the one that is there, else a new one, added to `known`."""
    return known.setdefault((place, key), OrganisationRow(municipality_id=place, key=key, name=name, on_roster=False))


def _point_aliases(
    known: Sequence[OrganisationRow], aliases: Sequence[tuple[OrganisationRow, OrganisationRow]]
) -> set[Respondent]:
    """Let each alias be another name of its main organisation; what a person made the same stays so."""
    wanted = {row.id: main.same_as_id or main.id for row, main in aliases}
    touched: set[Respondent] = set()
    for row in known:
        target = wanted.get(row.id)
        if row.same_as_by == "person" or target in (row.same_as_id, row.id):
            continue
        touched |= {Respondent(row.municipality_id, who) for who in (row.id, row.same_as_id, target) if who is not None}
        row.same_as_id, row.same_as_by = target, None if target is None else "roster"
        for other in known:
            if target is not None and other.same_as_id == row.id:
                other.same_as_id = target
    return touched
