"""What was asked, and of whom: a copy of the configuration, so that the database can be queried by itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from mailbot.store.columns import BigKey, one_of
from mailbot.store.tables.base import Base


class CampaignRow(Base):
    """The campaign; one row, since a database serves one campaign."""

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        {"comment": "What was asked: one row, copied from the configuration at every start"},
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="Always 1")
    name: Mapped[str] = mapped_column(comment="Short stable identifier of the campaign")
    title: Mapped[str] = mapped_column(comment="What people call the campaign")
    quota: Mapped[int | None] = mapped_column(comment="People required of each organisation; null where none are")
    deadline: Mapped[datetime] = mapped_column(comment="Replies sent to the server up to this moment are on time")
    shared_domains: Mapped[list[str]] = mapped_column(
        server_default=text("'[]'"),
        comment="Mail domains that many respondents share: there, only equal addresses are one sender",
    )
    own_addresses: Mapped[list[str]] = mapped_column(
        server_default=text("'[]'"), comment="The authority's own addresses"
    )
    authserv_ids: Mapped[list[str]] = mapped_column(
        server_default=text("'[]'"),
        comment="The names under which the mailbox's own server adds Authentication-Results",
    )
    restored_at: Mapped[datetime | None] = mapped_column(
        comment="When this database was last restored from a backup; null where it never was"
    )
    synchronised_at: Mapped[datetime] = mapped_column(comment="When the configuration was last copied here")


class FieldRow(Base):
    """A figure that the letter asks for, or an audience group that senders may split it by."""

    __tablename__ = "fields"
    __table_args__ = (
        one_of("kind", ("account", "total", "audience")),
        {"comment": "The figures that are counted: one for each column of the public views"},
    )

    name: Mapped[str] = mapped_column(primary_key=True, comment="Name of the column in the public views")
    kind: Mapped[str] = mapped_column(
        comment="account: people in one network; total: people over all networks, as stated; "
        "audience: a group of people that a respondent's figure is split by"
    )
    title: Mapped[str] = mapped_column(comment="The heading that people read")
    position: Mapped[int] = mapped_column(comment="Order of the columns, from 0")
    active: Mapped[bool] = mapped_column(
        server_default=true(), comment="False where the configuration no longer has it; its figures stay in the history"
    )


class MunicipalityRow(Base):
    """A municipality that was asked (or, inactive, that was asked once)."""

    __tablename__ = "municipalities"
    __table_args__ = (
        UniqueConstraint("name"),
        {"comment": "The municipalities that were asked, copied from the configuration"},
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, comment="Number of the municipality")
    name: Mapped[str] = mapped_column(comment="The canonical name, for example «Альметьевский»")
    kind: Mapped[str] = mapped_column(comment="«муниципальный район» or «городской округ»")
    centre: Mapped[str] = mapped_column(comment="Its administrative centre")
    position: Mapped[int] = mapped_column(comment="Order in the configuration, from 0")
    active: Mapped[bool] = mapped_column(
        server_default=true(), comment="False where the configuration no longer has it"
    )


class OrganisationRow(Base):
    """An organisation in a municipality: from the roster, or known because it reported."""

    __tablename__ = "organisations"
    __table_args__ = (
        UniqueConstraint("municipality_id", "key"),
        Index(None, "same_as_id"),
        CheckConstraint("same_as_id <> id", name="same_as_another"),
        CheckConstraint("(same_as_id IS NULL) = (same_as_by IS NULL)", name="same_as_by_whom"),
        one_of("same_as_by", ("roster", "person")),
        {"comment": "The organisations of the roster and those that reported; one row for each spelling's key"},
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, comment="Number of the organisation")
    municipality_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("municipalities.id"), comment="The municipality that it lies in"
    )
    key: Mapped[str] = mapped_column(comment="Its folded name: equal for spellings of one and the same")
    name: Mapped[str] = mapped_column(comment="Its name for people: the roster's, else as last reported")
    kind: Mapped[str | None] = mapped_column(comment="school, kindergarten, college, other; null where unknown")
    on_roster: Mapped[bool] = mapped_column(server_default=false(), comment="True where the roster names it")
    same_as_id: Mapped[int | None] = mapped_column(
        BigKey,
        ForeignKey("organisations.id"),
        comment="The organisation that this one is merely another name of; its reports count there",
    )
    same_as_by: Mapped[str | None] = mapped_column(comment="Who says so: roster or person; null where it is its own")
