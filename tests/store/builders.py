"""Short ways to say what a test is about: a campaign, a reply, and what became of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

from mailbot.domain.campaign import AudienceGroup, Campaign, CampaignField
from mailbot.domain.directory import Directory, Municipality
from mailbot.domain.interpretation import (
    Claim,
    Envelope,
    Evidence,
    Finding,
    FindingCode,
    Interpretation,
    Report,
    Severity,
)
from mailbot.store import reading_queue
from mailbot.store.campaign import synchronise
from mailbot.store.receiving import Incoming, land

DEADLINE = datetime(2021, 8, 17, 12, tzinfo=UTC)
NOW = datetime(2021, 8, 16, 9, tzinfo=UTC)
LEASE = timedelta(minutes=5)

CAMPAIGN = Campaign(
    name="subscribers",
    title="Подписчики",
    fields=(
        CampaignField(name="vk", title="ВКонтакте"),
        CampaignField(name="instagram", title="Instagram"),
        CampaignField(name="ok", title="Одноклассники"),
        CampaignField(name="total", title="Всего, 100 %", kind="total"),
    ),
    audience=(AudienceGroup(name="teachers", title="педагоги"), AudienceGroup(name="parents", title="родители")),
    quota=30,
    deadline=DEADLINE,
)
MUNICIPALITIES = tuple(
    Municipality(canonical=name, kind="муниципальный район", centre=centre)
    for name, centre in (("Арский", "Арск"), ("Ютазинский", "Уруссу"), ("Бавлинский", "Бавлы"))
)
DIRECTORY = Directory(municipalities=MUNICIPALITIES)


def key_of(name):
    return name.casefold().replace("«", "").replace("»", "").replace(" ", "")


def set_up(database, campaign=CAMPAIGN, directory=DIRECTORY, now=NOW):
    with database.sessions.begin() as session:
        synchronise(session, campaign, directory, key_of, now)
    return database


def evidence(place="body:1"):
    return (Evidence(locator=place, snippet="ВК – 35"),)


def report(municipality, organisation=None, audience=None, **figures):
    return Report(
        municipality=municipality,
        organisation=organisation,
        key=None if organisation is None else key_of(organisation),
        figures=tuple(Claim(name=name, value=value, evidence=evidence()) for name, value in figures.items()),
        audience=tuple(Claim(name=name, value=n, evidence=evidence()) for name, n in (audience or {}).items()),
    )


def finding(code=FindingCode.TOTAL_MISMATCH, severity=Severity.BLOCKS, message="Итого не сходится."):
    return Finding(code=code, severity=severity, message=message, evidence=evidence("body:9"))


def reading(*reports, status="accepted", kind="report", findings=(), **envelope):
    return Interpretation(
        status=status,
        kind=kind,
        reports=reports,
        findings=findings,
        envelope=Envelope(**envelope),
        attachments=("svod.xlsx",),
        reader="1",
    )


_numbers = count(1)


def raw_mail(text="ВК – 35", message_id=None, received="by mx1; today"):
    number = next(_numbers)
    return (
        f"Received: {received}\r\nMessage-ID: <{message_id or number}@example.org>\r\nFrom: school@example.org\r\n"
        f"Date: Mon, 16 Aug 2021 12:00:00 +0300\r\nSubject: 1\r\n\r\n{text}\r\n"
    ).encode()


def incoming(uid, raw=None, when=NOW, **more):
    raw = raw or raw_mail()
    return Incoming(uid=uid, raw=raw, internaldate=when, size=len(raw), **more)


def landed(session, raw=None, when=NOW, uid=None, folder="INBOX", uidvalidity=1):
    """Land a mail in the folder (at its next UID); returns the number of its message."""
    arrived = incoming(uid or next(_numbers), raw, when)
    result = land(session, "press", folder, uidvalidity, [arrived], NOW)
    return result.landed[0] if result.landed else None


def read_all(session, interpretation, now=NOW):
    """Read everything that waits, with one and the same outcome."""
    for claimed in reading_queue.claim(session, "reader", now, 100, LEASE):
        assert reading_queue.save(session, claimed, interpretation, now)


def answer(database, *reports, when=NOW, status="accepted", kind="report", findings=(), **envelope):
    """A reply that reached the server at `when`, landed and read; returns the number of its message."""
    with database.sessions.begin() as session:
        number = landed(session, when=when)
        read_all(session, reading(*reports, status=status, kind=kind, findings=findings, **envelope))
    return number


def crash_after(database, work):
    """Do `work` in a transaction that dies before its commit."""
    with database.sessions.begin() as session:
        work(session)
        raise KeyboardInterrupt
