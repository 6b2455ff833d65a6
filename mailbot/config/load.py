"""From a configuration file to the settings that every room works with."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from pydantic import SecretStr, ValidationError
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from mailbot.config.campaign import build_campaign, build_directory
from mailbot.config.faults import describe
from mailbot.config.model import (
    Account,
    CampaignSection,
    MailboxSection,
    MetricsSection,
    QueueSection,
    ReportSection,
    SmtpSection,
)
from mailbot.config.secrets import read_secret, token_source
from mailbot.config.sources import Model, read_model
from mailbot.domain.campaign import Campaign
from mailbot.domain.directory import Directory
from mailbot.domain.document import Limits
from mailbot.inbox.settings import AfterCare, MailboxSettings
from mailbot.outbox.settings import SmtpSettings
from mailbot.service.listen import Listen
from mailbot.service.purging import Retention

T = TypeVar("T")


class ConfigError(Exception):
    """The configuration can't be used; `lines` are its faults, each with the key's path."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration, checked and built. `model` holds the plain values that need no building."""

    path: Path
    model: Model
    mailboxes: tuple[MailboxSettings, ...]
    smtp: SmtpSettings
    database_url: SecretStr
    campaign: Campaign
    directory: Directory
    limits: Limits
    listen: Listen | None
    retention: Retention


def load(path: Path) -> Settings:
    """Read and check the configuration at `path`. Raises ConfigError with every fault that was found."""
    base = path.resolve().parent
    model = _read(path)
    database_url = _database_url(model.database.url, base)
    _require_room(model.report, model.smtp)
    _require_queue(model.queue, database_url)
    return Settings(
        path=path,
        model=model,
        mailboxes=tuple(_mailbox(name, section, model, base) for name, section in model.mailbox.items()),
        smtp=_smtp(model.smtp, base),
        database_url=database_url,
        campaign=load_campaign(model.campaign, base),
        directory=load_directory(model.campaign, base),
        limits=Limits(**model.limits.model_dump()),
        listen=_checked("metrics.listen", lambda: _listen(model.metrics)),
        retention=_checked("retention", lambda: Retention(**model.retention.model_dump())),
    )


def load_for_reading(path: Path | None) -> tuple[Campaign, Directory, Limits]:
    """What reading needs, without secrets and servers; with no configuration, the built-in campaign."""
    if path is None:
        section, limits, base = CampaignSection(), Limits(), Path()
    else:
        model, base = _read(path), path.resolve().parent
        section, limits = model.campaign, Limits(**model.limits.model_dump())
    return load_campaign(section, base), load_directory(section, base), limits


def load_campaign(section: CampaignSection, base: Path) -> Campaign:
    """The campaign, or ConfigError."""
    return _checked("campaign", lambda: build_campaign(section, base))


def load_directory(section: CampaignSection, base: Path) -> Directory:
    """The respondents, or ConfigError."""
    return _checked("campaign", lambda: build_directory(section, base))


def _read(path: Path) -> Model:
    if not path.is_file():
        raise ConfigError([f"{path}: файла настроек нет; возьмите за образец config.example.toml"])
    try:
        return read_model(path)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path}: ошибка в записи TOML: {error}"]) from error
    except ValidationError as error:
        raise ConfigError([f"{path}: {line}" for line in describe(error)]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: не читается: {_reason(error)}"]) from error


def _mailbox(name: str, section: MailboxSection, model: Model, base: Path) -> MailboxSettings:
    password, token = _secret(f"mailbox.{name}", section, base)
    build = partial(
        MailboxSettings,
        name=name,
        host=section.host,
        user=section.user,
        port=section.port,
        tls=section.tls,
        ca_file=_existing(f"mailbox.{name}.ca_file", section.ca_file, base),
        password=password,
        token=token,
        folders=section.folders,
        idle=section.idle,
        poll_seconds=section.poll_seconds,
        idle_renew_seconds=section.idle_renew_seconds,
        recheck_seconds=section.recheck_seconds,
        timeout_seconds=section.timeout_seconds,
        command_seconds=section.command_seconds,
        message_bytes=model.limits.message_bytes,
        batch_bytes=section.batch_bytes,
        batch_count=section.batch_count,
        after_care=AfterCare(**section.after_care.model_dump()),
    )
    return _checked(f"mailbox.{name}", build)


def _smtp(section: SmtpSection, base: Path) -> SmtpSettings:
    password, token = _secret("smtp", section, base)
    ca_file = _existing("smtp.ca_file", section.ca_file, base)
    build = partial(
        SmtpSettings,
        host=section.host,
        port=section.port,
        tls=section.tls,
        ca_file=ca_file,
        user=section.user or "",
        password=password,
        token=token,
        timeout_seconds=section.timeout_seconds,
        daily_recipients=section.daily_recipients,
    )
    return _checked("smtp", build)


def _secret(path: str, account: Account, base: Path) -> tuple[SecretStr | None, Callable[[], SecretStr] | None]:
    """The account's password, or the function that fetches its token."""
    if account.token_command:
        return None, token_source(account.token_command)
    if account.password_file is None:
        return account.password, None
    file = base / account.password_file
    return _checked(f"{path}.password_file", lambda: read_secret(file)), None


def _existing(path: str, file: Path | None, base: Path) -> Path | None:
    if file is not None and not (base / file).is_file():
        raise ConfigError([f"{path}: файла {base / file} нет"])
    return None if file is None else base / file


def _database_url(url: SecretStr, base: Path) -> SecretStr:
    """The URL; a relative path of an SQLite file starts at the configuration, wherever the service was started."""
    try:
        parsed = make_url(url.get_secret_value())
    except ArgumentError:
        raise ConfigError(["database.url: нужен адрес вида sqlite:///mailbot.db или postgresql://…"]) from None
    backend = parsed.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise ConfigError([f"database.url: база «{backend}» не поддерживается: sqlite или postgresql"])
    if backend == "sqlite" and parsed.database not in (None, "", ":memory:"):
        parsed = parsed.set(database=str(base / str(parsed.database)))
    return SecretStr(parsed.render_as_string(hide_password=False))


def _require_room(report: ReportSection, smtp: SmtpSection) -> None:
    """Refuse more recipients than the server takes in one mail: it would refuse each roll-up, or drop the last of them."""
    count = len(set(report.to))
    if count > smtp.mail_recipients:
        most = f"а сервер берёт в одном письме не больше {smtp.mail_recipients} (smtp.mail_recipients)"
        raise ConfigError([f"report.to: {count} адресов, {most}: заведите общий адрес или список рассылки"])


def _require_queue(section: QueueSection, url: SecretStr) -> None:
    """Refuse a queue that can't be had here: it lives in Postgres, and its library is an optional one."""
    if section.engine == "embedded":
        return
    if make_url(url.get_secret_value()).get_backend_name() != "postgresql":
        raise ConfigError(["queue.engine: «procrastinate» работает только с PostgreSQL (см. database.url)"])
    if find_spec("procrastinate") is None:
        raise ConfigError(["queue.engine: библиотека не установлена: pip install 'mailbot[procrastinate]'"])


def _listen(section: MetricsSection) -> Listen | None:
    """Where the endpoint for monitors listens, if it does. Raises ValueError for what is no address."""
    if section.listen is None:
        return None
    host, _, port = section.listen.rpartition(":")
    address = {"localhost": "127.0.0.1"}.get(host, host.strip("[]"))
    if int(port) > 65535:
        raise ValueError(f"порта {port} не бывает")
    return Listen(address, int(port), section.beyond_this_machine)


def _checked(path: str, build: Callable[[], T]) -> T:
    try:
        return build()
    except ValidationError as error:
        raise ConfigError(describe(error, [path])) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path}.file: ошибка в записи TOML: {error}"]) from error
    except OSError as error:
        raise ConfigError([f"{path}: не читается {error.filename}: {_reason(error)}"]) from error
    except ValueError as error:
        raise ConfigError([f"{path}: {error}"]) from error


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
