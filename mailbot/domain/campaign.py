"""A campaign: what was asked, of whom, by when. It is data, read from the configuration."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NonNegativeInt

FieldKind = Literal["account", "total"]


class CampaignField(BaseModel):
    """One figure that the letter asks for.

    `kind` is `account` for a figure that is given per account (network), `total` for the number of people that a
    sender states over all accounts; a campaign has at most one total, and it is never one that we add up.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,29}$", description="the column's name in the database")
    title: str = Field(description="the heading that people read, in Russian")
    short: str = Field(default="", description="the heading of a narrow column («ВК»); the title where it is empty")
    kind: FieldKind = "account"
    aliases: tuple[str, ...] = Field(default=(), description="other names that senders use, case folded when compared")
    links: tuple[str, ...] = Field(default=(), description="addresses that stand for the field, without the scheme")

    @property
    def heading(self) -> str:
        """The heading where space is scarce: the short one, or the title."""
        return self.short or self.title


class AudienceGroup(BaseModel):
    """A group of people that a sender may split a row's figure by."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")
    title: str
    aliases: tuple[str, ...] = ()


class Campaign(BaseModel):
    """What was asked: fields and their names, audience groups, quota, deadline, the letter's own text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="short stable identifier, for example «subscribers-2021»")
    title: str
    fields: tuple[CampaignField, ...]
    audience: tuple[AudienceGroup, ...] = ()
    quota: NonNegativeInt | None = Field(default=None, description="people required of each organisation")
    deadline: AwareDatetime
    letter: str = Field(default="", description="the text of the letter, to know it again where it is quoted")
    own_addresses: tuple[str, ...] = Field(default=(), description="the authority's addresses: mail from them is ours")
    shared_domains: tuple[str, ...] = Field(
        default=(), description="mail domains that many respondents share: there, only equal addresses are one sender"
    )
    topic: tuple[str, ...] = Field(default=(), description="words that tell that a text is about this request")
    foreign_accounts: tuple[str, ...] = Field(default=(), description="accounts that were not asked for: YouTube…")

    @property
    def accounts(self) -> tuple[CampaignField, ...]:
        """The fields that are given for each account, in the campaign's order."""
        return tuple(f for f in self.fields if f.kind == "account")

    @property
    def total(self) -> CampaignField | None:
        """The field for the stated number of people over all accounts, if the campaign has one."""
        return next((f for f in self.fields if f.kind == "total"), None)
