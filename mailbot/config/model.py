"""What can be configured: one class for each table of the TOML file. `config.example.toml` shows and explains each key."""

from __future__ import annotations

from datetime import time
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    model_validator,
)

from mailbot.domain.campaign import AudienceGroup, CampaignField

MEGABYTE = 1024 * 1024
T = TypeVar("T")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"часовой пояс «{name}» неизвестен; пример: Europe/Moscow") from None
    return name


def _address(text: str) -> str:
    _, address = parseaddr(text)
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or any(sign.isspace() for sign in address):
        raise ValueError(f"«{text}» не похоже на адрес почты")
    return text


def _listed(value: object) -> object:
    """The environment has only strings: «INBOX, Архив» is a list there."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _some(values: tuple[T, ...]) -> tuple[T, ...]:
    if not values:  # as a validator after the items', so that a wrong item isn't told twice
        raise ValueError("нужно хотя бы одно значение")
    return values


Words = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Address = Annotated[str, AfterValidator(_address)]
Zone = Annotated[str, AfterValidator(_zone)]
Port = Annotated[int, Field(ge=1, le=65535)]
TlsMode = Literal["tls", "starttls", "none"]


class Section(BaseModel):
    """A table of the file: unknown keys are errors, and no error repeats a value (it may be a secret)."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Account(Section):
    """How to reach a mail server and log in: the same for IMAP and SMTP."""

    host: str = Field(min_length=1)
    port: Port
    tls: TlsMode = "tls"
    ca_file: Path | None = None
    user: str | None = None
    password: SecretStr | None = None
    password_file: Path | None = None
    token_command: Words | None = Field(default=None, min_length=1)
    timeout_seconds: PositiveFloat = 30

    @model_validator(mode="after")
    def _one_secret(self) -> Self:
        given = [name for name in ("password", "password_file", "token_command") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"задайте что-то одно: {', '.join(given)}")
        if self.user and not given:
            raise ValueError("нет пароля: задайте password_file, password или token_command")
        return self


class AfterCareSection(Section):
    """`[mailbox.NAME.after_care]`: what is done in the mailbox to a message that has been read; nothing by default."""

    action: Literal["none", "seen", "flag", "keyword", "move"] = "none"
    keyword: str = Field(default="mailbot", pattern=r"^[!#$&'+,\-./0-9:;<=>?@A-Z^_`a-z|~]+$")
    folder: str = Field(default="mailbot", min_length=1)
    statuses: Annotated[
        tuple[Literal["accepted", "review", "ignored", "failed"], ...], BeforeValidator(_listed), AfterValidator(_some)
    ] = ("accepted",)


class MailboxSection(Account):
    """`[mailbox.NAME]`: an IMAP mailbox; NAME is its stable name in the database."""

    port: Port = 993
    user: str = Field(min_length=1)
    folders: Words = Field(default=("INBOX", "\\Junk"), min_length=1)
    poll_seconds: float = Field(default=60, ge=5)
    idle: bool = True
    idle_renew_seconds: float = Field(default=540, ge=10, le=1740)
    recheck_seconds: float = Field(default=3600, ge=60)
    command_seconds: PositiveFloat = 600
    batch_bytes: PositiveInt = 4 * MEGABYTE
    batch_count: int = Field(default=200, ge=1, le=1000)
    after_care: AfterCareSection = AfterCareSection()


class SmtpSection(Account):
    """`[smtp]`: the server that the roll-up leaves by."""

    port: Port = 465
    sender: Address
    daily_recipients: PositiveInt = 400
    mail_recipients: PositiveInt = 35


class DatabaseSection(Section):
    """`[database]`."""

    url: SecretStr = SecretStr("sqlite:///mailbot.db")


class ReportSection(Section):
    """`[report]`: the daily roll-up."""

    to: Annotated[tuple[Address, ...], BeforeValidator(_listed), AfterValidator(_some)]
    at: time = time(8, 0)
    final_at: time | None = time(15, 30)
    zone: Zone = "Europe/Moscow"


class RepliesSection(Section):
    """`[replies]`: corrections by reply to the roll-up."""

    contacts: Annotated[tuple[Address, ...], BeforeValidator(_listed)] = ()
    authserv_ids: Words = ()
    require_authentication: bool = True
    key: SecretStr | None = Field(default=None, min_length=16)


class WeightsSection(Section):
    """`[rollup.weights]`: what the parts of the thermometer weigh, and the scales inside them."""

    speed: NonNegativeFloat = 3.0
    completeness: NonNegativeFloat = 3.0
    quota: NonNegativeFloat = 3.0
    steadiness: NonNegativeFloat = 1.0
    early_days: NonNegativeFloat = 3.0
    late_days: NonNegativeFloat = 3.0
    correction_cost: NonNegativeFloat = 0.25
    contradiction_cost: NonNegativeFloat = 0.5


class RollupSection(Section):
    """`[rollup]`."""

    weights: WeightsSection = WeightsSection()


class CampaignSection(Section):
    """`[campaign]`: which letter is answered. Keys given here replace those of the campaign's file."""

    file: Path | None = None
    municipalities_file: Path | None = None
    roster_file: Path | None = None
    letter_file: Path | None = None
    name: str | None = None
    title: str | None = None
    quota: NonNegativeInt | None = None
    deadline: AwareDatetime | None = None
    own_addresses: Words | None = None
    shared_domains: Words | None = None
    topic: Words | None = None
    foreign_accounts: Words | None = None
    fields: tuple[CampaignField, ...] | None = None
    audience: tuple[AudienceGroup, ...] | None = None


class LimitsSection(Section):
    """`[limits]`: bounds at the entrances, for mail that means harm."""

    message_bytes: PositiveInt = 50 * MEGABYTE
    unpacked_bytes: PositiveInt = 200 * MEGABYTE
    parts: PositiveInt = 500
    depth: int = Field(default=10, ge=1, le=100)
    cells: PositiveInt = 300_000
    pages: PositiveInt = 60
    text_chars: PositiveInt = 2_000_000
    pixels: PositiveInt = 60_000_000


class ReadingSection(Section):
    """`[reading]`: the bounded processes that open attachments."""

    workers: int = Field(default=1, ge=1, le=64)
    wall_seconds: PositiveFloat = 150
    cpu_seconds: PositiveInt = 60
    memory_bytes: int = Field(default=1024 * MEGABYTE, ge=256 * MEGABYTE)


class QueueSection(Section):
    """`[queue]`: who reads and sends."""

    engine: Literal["embedded", "procrastinate"] = "embedded"


class RetentionSection(Section):
    """`[retention]`: for how many days things are kept; without a number, for ever."""

    raw_days: PositiveInt | None = None
    personal_days: PositiveInt | None = None


class MetricsSection(Section):
    """`[metrics]`: the endpoint for monitors; off without `listen`."""

    listen: str | None = Field(default=None, pattern=r"^(\[[0-9a-fA-F:.]+\]|[0-9.]+|localhost):[0-9]{1,5}$")
    beyond_this_machine: bool = False


class LogSection(Section):
    """`[log]`."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["text", "json"] = "text"
