"""The folder that the demonstration leaves behind: its configuration, the database, the roll-ups as they arrived."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from mailbot.demo.mailbox import PASSWORD, SPAM, USER
from mailbot.demo.ports import HOST

SERVER = "ministry.example"
OURS, CONTACT = f"press@{SERVER}", f"contact@{SERVER}"

_CONFIG = f"""\
# Настройки показа («mailbot demo»). Почтовых серверов, которые здесь названы, после показа уже нет: это был временный
# ящик на этом же компьютере. Для настоящей работы возьмите config.example.toml.
[mailbox.press]
host = "{HOST}"
port = {{imap}}
tls = "none"
user = "{USER}"
password = "{PASSWORD}"
folders = ["INBOX", "{SPAM}"]

[database]
url = "sqlite:///mailbot.db"

[smtp]
host = "{HOST}"
port = {{smtp}}
tls = "none"
sender = "mailbot <{OURS}>"

[report]
to = ["{CONTACT}"]

[replies]
authserv_ids = ["mx.{SERVER}"]

[log]
level = "warning"
"""
_OWN = ("config.toml", "mailbot.db", "mailbot.db-wal", "mailbot.db-shm", "svodka-*", "kvitanciya.txt")


@dataclass(frozen=True, slots=True)
class Rollup:
    """A roll-up as it arrived: its subject, its HTML, and the whole mail; text and workbook lie beside them."""

    subject: str
    html: Path
    mail: Path


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the contact person was told about her corrections."""

    subject: str
    text: str


def prepare(folder: Path) -> Path:
    """Make the folder, or empty it of an earlier demonstration.

    Raises FileExistsError for a folder that holds anything else: nobody's database is overwritten by a demonstration.
    """
    folder.mkdir(parents=True, exist_ok=True)
    own = {path for pattern in _OWN for path in folder.glob(pattern)}
    if set(folder.iterdir()) - own or (own and not _is_ours(folder / "config.toml")):
        raise FileExistsError(errno.EEXIST, "в папке лежит что-то другое; укажите пустую: --folder", str(folder))
    for path in own:
        path.unlink()
    return folder


def write_config(folder: Path, imap_port: int, smtp_port: int) -> Path:
    """Write the demonstration's configuration; returns its path."""
    path = folder / "config.toml"
    path.write_text(_CONFIG.format(imap=imap_port, smtp=smtp_port), encoding="utf-8")
    return path


def keep_mail(folder: Path, raw: bytes) -> Rollup | Receipt:
    """Write a mail that arrived, and what it consists of, into the folder.

    A roll-up becomes «svodka-2021-08-16» with .eml, .html, .txt and .xlsx; what has no workbook is a receipt.
    """
    mail = message_from_bytes(raw, EmailMessage, policy=default)
    workbook = next(mail.iter_attachments(), None)
    if workbook is None:
        receipt = Receipt(mail["Subject"], _body(mail, "plain"))
        (folder / "kvitanciya.txt").write_text(receipt.text, encoding="utf-8")
        return receipt
    stem = folder / (workbook.get_filename() or "svodka").removesuffix(".xlsx")
    rollup = Rollup(mail["Subject"], stem.with_suffix(".html"), stem.with_suffix(".eml"))
    rollup.mail.write_bytes(raw)
    rollup.html.write_text(_body(mail, "html"), encoding="utf-8")
    stem.with_suffix(".txt").write_text(_body(mail, "plain"), encoding="utf-8")
    stem.with_suffix(".xlsx").write_bytes(workbook.get_content())
    return rollup


def _body(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    content: str = body.get_content() if body is not None else ""
    return content


def _is_ours(config: Path) -> bool:
    return config.is_file() and config.read_text(encoding="utf-8").startswith(_CONFIG.partition("\n")[0])
