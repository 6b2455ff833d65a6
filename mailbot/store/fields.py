"""The configured fields, as the store knows them: what is counted, in the campaign's order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from mailbot.domain.campaign import Campaign
from mailbot.store.tables import FieldRow


@dataclass(frozen=True, slots=True)
class Field:
    """A configured field or audience group: `kind` is account, total or audience."""

    name: str
    kind: str
    title: str


def fields_of(campaign: Campaign) -> tuple[Field, ...]:
    """What a campaign counts: its fields, then its audience groups, each in the configured order."""
    figures = (Field(field.name, field.kind, field.title) for field in campaign.fields)
    return (*figures, *(Field(group.name, "audience", group.title) for group in campaign.audience))


def active_fields(session: Session | Connection) -> tuple[Field, ...]:
    """The configured fields as the database knows them."""
    query = select(FieldRow.name, FieldRow.kind, FieldRow.title).where(FieldRow.active).order_by(FieldRow.position)
    return tuple(Field(*row) for row in session.execute(query))


def doubled(names: Sequence[str]) -> str:
    """The names that stand there more than once, with commas between them; empty where none does."""
    return ", ".join(sorted({name for name in names if names.count(name) > 1}))
