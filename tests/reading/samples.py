"""The default campaign and directory, and a way to read a message written in a line or two."""

from __future__ import annotations

import tomllib
from email.message import EmailMessage
from functools import lru_cache
from pathlib import Path

from mailbot.domain.campaign import Campaign
from mailbot.domain.directory import Directory
from mailbot.domain.interpretation import Interpretation
from mailbot.reading.read import interpret
from mailbot.reading.who.directory_file import load_municipalities

DATA = Path(__file__).parents[2] / "mailbot" / "data"


@lru_cache
def default_campaign() -> Campaign:
    settings = tomllib.loads((DATA / "campaign.toml").read_text("utf-8"))
    return Campaign(**settings, letter=(DATA / "letter.txt").read_text("utf-8"))


@lru_cache
def default_directory() -> Directory:
    return Directory(municipalities=load_municipalities((DATA / "municipalities.csv").read_text("utf-8")))


def message(body: str, *, html: str = "", subject: str = "Re: О подписке на аккаунты МОиН РТ") -> bytes:
    """A plain reply with this body, and perhaps an HTML alternative."""
    mail = EmailMessage()
    mail["From"] = "Анна <anna@example.ru>"
    mail["To"] = "monrt16@yandex.ru"
    mail["Subject"] = subject
    mail["Date"] = "Mon, 16 Aug 2021 10:00:00 +0300"
    mail["Message-ID"] = "<reply@example.ru>"
    mail.set_content(body)
    if html:
        mail.add_alternative(html, subtype="html")
    return mail.as_bytes()


def read(raw: bytes) -> Interpretation:
    return interpret(raw, default_campaign(), default_directory())


def rows(interpretation: Interpretation) -> list[tuple[str, str | None, dict[str, int], dict[str, int]]]:
    """Reports as plain values: municipality, organisation, figures, audience."""
    return [
        (r.municipality, r.organisation, {c.name: c.value for c in r.figures}, {c.name: c.value for c in r.audience})
        for r in interpretation.reports
    ]
