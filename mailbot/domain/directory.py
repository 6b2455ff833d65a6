"""The directory: who may answer. Municipalities, and optionally a roster of their organisations."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Municipality(BaseModel):
    """A municipality that was asked.

    `canonical` is its distinguishing word as the database shows it («Альметьевский»); `centre` its administrative
    centre in the nominative; `aliases` further names (Tatar, short); `settlements` places that lie in it and tell it;
    `codes` Latin abbreviations found in addresses («almet» in roo.almet@…). `centre_tells` is false where the centre
    is another municipality of its own (Тукаевский, seated in Набережные Челны).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    canonical: str
    kind: str = Field(description="«муниципальный район» or «городской округ»")
    centre: str
    centre_tells: bool = True
    aliases: tuple[str, ...] = ()
    settlements: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


OrganisationKind = Literal["school", "kindergarten", "college", "other"]


class Organisation(BaseModel):
    """An organisation of the optional roster."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    municipality: str
    name: str
    kind: OrganisationKind = "other"
    aliases: tuple[str, ...] = ()


class Directory(BaseModel):
    """All respondents of a campaign."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    municipalities: tuple[Municipality, ...]
    organisations: tuple[Organisation, ...] = ()
