"""Small replies that are read quickly: each states three figures of one school; later ones supersede earlier ones."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

FIRST = datetime(2021, 3, 1, 6, tzinfo=UTC)
PLACES = ("Арский", "Агрызский", "Азнакаевский", "Аксубаевский", "Актанышский")
FILLER = 6000


def sent_at(number: int) -> datetime:
    """When the mail of this number reached the ministry's server."""
    return FIRST + timedelta(minutes=number)


def reply(dice: random.Random, number: int) -> bytes:
    """The mail of this number, filled up with header lines, so that a connection can break in mid-literal."""
    place, school = dice.choice(PLACES), dice.randint(1, 9)
    figures = [dice.randint(5, 400) for _ in range(3)]
    when = format_datetime(sent_at(number))
    filler = "".join(f"X-Filler-{line}: {'x' * 60}\n" for line in range(dice.randint(0, FILLER) // 75))
    return (
        f"Received: from school.example by mx.example.org with ESMTP id {number}; {when}\n"
        f"From: school{number}@example.org\nTo: press@example.org\nMessage-ID: <reply.{number}@example.org>\n"
        f"Subject: answer {number}\nDate: {when}\nMIME-Version: 1.0\n{filler}"
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
        f"Добрый день!\n\n{place} муниципальный район, МБОУ «Средняя школа № {school}».\n\n"
        f"ВКонтакте - {figures[0]}\nInstagram - {figures[1]}\nОдноклассники - {figures[2]}\n"
    ).encode()
