"""`mailbot doctor`: configuration, connections and external programs; each fault with its remedy, in one line."""

from __future__ import annotations

import ctypes.util
import os
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path

import click
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from mailbot.cli.exits import Exit
from mailbot.cli.options import with_config, with_debug
from mailbot.config import ConfigError, Settings, load
from mailbot.inbox.errors import ConnectionLostError, FolderMissingError, InboxError, LoginRefusedError
from mailbot.inbox.session import Connection, connect
from mailbot.inbox.settings import MailboxSettings
from mailbot.outbox import errors as sending
from mailbot.outbox import smtp
from mailbot.reading.ocr.engine import OcrUnavailable, engine
from mailbot.store import schema
from mailbot.store.engine import open_engine

_NETWORK = "проверьте host и port, сеть и межсетевой экран"
_LOG_IN = "проверьте user и пароль (Яндексу нужен пароль приложения с доступом к почте) или token_command"
_CERTIFICATE = "проверьте host; если сертификат выдан своим центром, укажите его в ca_file"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the diagnosis: what was looked at, what was found, and, where that is a fault, what to do."""

    what: str
    found: str
    remedy: str = ""

    def __str__(self) -> str:
        if not self.remedy:
            return f"ОК    {self.what}: {self.found}"
        return f"СБОЙ  {self.what}: {self.found}. Что делать: {self.remedy}"


@click.command("doctor")
@with_config()
@with_debug
def command(config: Path) -> Exit:
    """Проверить настройки, базу, почтовые серверы и внешние программы; код возврата 6, если найдены сбои."""
    healthy = True
    for check in _checks(config):
        click.echo(str(check))
        healthy = healthy and not check.remedy
    return Exit.OK if healthy else Exit.UNHEALTHY


def _checks(config: Path) -> Iterator[Check]:
    try:
        settings = load(config)
    except ConfigError as error:
        for line in error.lines:
            yield Check("настройки", line, f"исправьте этот ключ в {config} или в окружении")
        yield from _programs()
        return
    yield Check("настройки", f"{config}, кампания «{settings.campaign.name}», пояс {settings.model.report.zone}")
    yield _database(settings)
    for mailbox in settings.mailboxes:
        yield from _mailbox(mailbox)
    yield _smtp(settings)
    yield from _programs()


def _database(settings: Settings) -> Check:
    """Reachable, writable, and of the right schema; nothing is left behind."""
    what = "база данных"
    database = open_engine(settings.database_url.get_secret_value())
    shown = database.url.render_as_string(hide_password=True)
    file = Path(database.url.database or "") if database.dialect.name == "sqlite" else None
    if file is not None and not file.exists():  # connecting would make it
        if os.access(file.parent, os.W_OK):
            return Check(what, f"{shown}: файла ещё нет, он появится при первом запуске")
        return Check(what, f"{shown}: в папку {file.parent} нельзя писать", "дайте службе права на неё")
    try:
        with database.connect() as connection, connection.begin() as transaction:
            connection.execute(text("CREATE TABLE mailbot_doctor (probe INTEGER)"))
            transaction.rollback()
        revision, problems = schema.current(database), schema.check(database)
    except SQLAlchemyError as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        reason = str(cause).strip().partition("\n")[0]
        return Check(what, f"{shown}: {reason}", "проверьте database.url, работает ли сервер, права на запись и место")
    finally:
        database.dispose()
    if revision is None:
        return Check(what, f"{shown}: пуста, таблицы появятся при первом запуске")
    if problems:
        return Check(what, f"{shown}: {problems[0]}", "mailbot db upgrade")
    return Check(what, f"{shown}, схема {revision}")


def _mailbox(settings: MailboxSettings) -> Iterator[Check]:
    what = f"ящик {settings.name} ({settings.host}:{settings.port}, {settings.user})"
    try:
        connection = connect(settings)
    except LoginRefusedError as error:
        yield Check(what, str(error), _LOG_IN)
        return
    except ConnectionLostError as error:
        yield Check(what, str(error), _CERTIFICATE if "сертификат" in str(error) else _NETWORK)
        return
    try:
        yield from _folders(what, settings, connection)
    except InboxError as error:
        yield Check(what, str(error), "повторите; если не пройдёт, спросите администратора почты")
    finally:
        connection.close()


def _folders(what: str, settings: MailboxSettings, connection: Connection) -> Iterator[Check]:
    names, missing = connection.find_folders()
    counts = []
    for name in names:
        try:
            counts.append(f"«{name}» {connection.look(name).messages}")
        except FolderMissingError as error:
            remedy = f"исправьте mailbox.{settings.name}.folders; имена пишутся так, как их видно в почте"
            yield Check(what, str(error), remedy)
    for use in missing:
        remedy = f"укажите имя папки в mailbox.{settings.name}.folders вместо «{use}» или уберите его"
        yield Check(what, f"сервер не отметил ни одной папки как {use}", remedy)
    yield from _after_care(what, settings, connection)
    idle = "есть" if "IDLE" in connection.capabilities else "нет, новое находит опрос"
    yield Check(what, f"вход выполнен; писем в папках: {', '.join(counts) or 'папок нет'}; IDLE {idle}")


def _after_care(what: str, settings: MailboxSettings, connection: Connection) -> Iterator[Check]:
    """Whether read messages can be moved, where that is wanted. Whether flags are kept shows when the first is set."""
    wanted, key = settings.after_care, f"mailbox.{settings.name}.after_care"
    if wanted.action != "move":
        return
    if not connection.capabilities & {"MOVE", "UIDPLUS"}:
        yield Check(
            what, "сервер не умеет ни MOVE, ни UIDPLUS", f'уберите {key}.action = "move": письма не переместить'
        )
        return
    try:
        connection.look(wanted.folder)
    except FolderMissingError as error:
        yield Check(what, str(error), f"создайте папку в почте или исправьте {key}.folder")


def _smtp(settings: Settings) -> Check:
    own, model = settings.smtp, settings.model
    what = f"отправка ({own.host}:{own.port})"
    try:
        smtp.check(own, parseaddr(model.smtp.sender)[1], [parseaddr(to)[1] for to in model.report.to])
    except sending.LoginRefusedError as error:
        return Check(what, str(error), _LOG_IN)
    except sending.RefusedError as error:
        return Check(what, str(error), "проверьте smtp.sender и report.to; отправлять можно только со своего адреса")
    except sending.PutOffError as error:
        return Check(what, str(error), "сервер просит подождать: повторите позже")
    except sending.SendError as error:
        return Check(what, str(error), _CERTIFICATE if "сертификат" in str(error) else _NETWORK)
    return Check(what, f"сервер готов принять сводку для {', '.join(model.report.to)}")


def _programs() -> Iterator[Check]:
    yield _ocr()
    if ctypes.util.find_library("archive") is None:
        yield Check("архивы 7z и rar", "нет библиотеки libarchive", "установите пакет libarchive13")
    else:
        yield Check("архивы 7z и rar", "libarchive есть")


def _ocr() -> Check:
    what = "сканы и фотографии"
    try:
        languages = engine().languages
    except OcrUnavailable:
        return Check(what, "Tesseract не читает по-русски", "установите пакеты tesseract-ocr и tesseract-ocr-rus")
    if "tat" not in languages:
        return Check(what, "у Tesseract нет татарского языка", "установите пакет tesseract-ocr-tat")
    return Check(what, "Tesseract читает по-русски и по-татарски")
