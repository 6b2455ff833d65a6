"""A desk over a database of each kind: the default campaign, a roll-up that was sent, and replies to it."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from mailbot.config.campaign import build_campaign, build_directory
from mailbot.config.model import CampaignSection
from mailbot.desk.desk import Desk
from mailbot.desk.settings import DeskSettings
from mailbot.desk.token import Signer
from mailbot.domain.document import Limits
from mailbot.domain.interpretation import Claim, Evidence, Finding, FindingCode, Interpretation, Report, Severity
from mailbot.outbox.settings import Addresses
from mailbot.reading.message.mail import decode
from mailbot.reading.who.organisation_key import organisation_key
from mailbot.rollup.due import Schedule
from mailbot.rollup.queue import Reporting, preview, queue_due
from mailbot.service.reporting import packer, receipt_packer
from mailbot.store import views
from mailbot.store.campaign import synchronise
from mailbot.store.reading_queue import claim, save
from mailbot.store.receiving import Incoming, land
from mailbot.store.tables import OutboxRow

CAMPAIGN = build_campaign(CampaignSection(), Path())
DIRECTORY = build_directory(CampaignSection(), Path())
SENT = datetime(2021, 8, 15, 9, tzinfo=UTC)
EIGHT = datetime(2021, 8, 16, 5, 30, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")
CONTACT, OURS = "gulchachak@tatar.ru", "press@example.org"
AUTHENTICATED = "mx.example.org; spf=pass smtp.mailfrom=gulchachak@tatar.ru; dkim=pass header.d=tatar.ru"
SETTINGS = DeskSettings((CONTACT,), ("mx.example.org",))
DOUBT = (Finding(code=FindingCode.TOTAL_MISMATCH, severity=Severity.BLOCKS, message="Итого не сходится."),)
_numbers = count(1)


def report(municipality, organisation=None, audience=None, **figures):
    place = (Evidence(locator="body:1", snippet="ВК – 35"),)
    return Report(
        municipality=municipality,
        organisation=organisation,
        key=organisation and organisation_key(organisation),
        figures=tuple(Claim(name=name, value=value, evidence=place) for name, value in figures.items()),
        audience=tuple(Claim(name=name, value=value, evidence=place) for name, value in (audience or {}).items()),
    )


@dataclass
class Office:
    """The desk, its database, and what a contact person does."""

    database: object
    settings: DeskSettings = SETTINGS

    def __post_init__(self):
        self.now = EIGHT
        self.signer = Signer(b"k" * 32, CAMPAIGN.name)
        addresses = Addresses(f"mailbot <{OURS}>", (CONTACT,))
        schedule = Schedule(time(8), MOSCOW, CAMPAIGN.deadline)
        self.reporting = Reporting(
            self.database.sessions,
            CAMPAIGN,
            schedule,
            packer(addresses),
            sign=self.signer.sign,
        )
        self.desk = Desk(
            self.database.sessions, CAMPAIGN, DIRECTORY, self.settings, lambda: self.signer, Limits(),
            receipt_packer(addresses, lambda: self.now), lambda: self.now,
        )  # fmt: skip
        with self.database.sessions.begin() as session:
            synchronise(session, CAMPAIGN, DIRECTORY, organisation_key, SENT)

    def land(self, raw):
        with self.database.sessions.begin() as session:
            uid = next(_numbers)
            (number,) = land(
                session,
                "press",
                "INBOX",
                1,
                [Incoming(uid=uid, raw=raw, internaldate=self.now, size=len(raw))],
                self.now,
            ).landed
        return number

    def claim(self):
        with self.database.sessions.begin() as session:
            (claimed,) = claim(session, "reader", self.now, 1, timedelta(minutes=5))
        return claimed

    def answered(self, *reports, status="accepted", kind="report", findings=(), when=SENT):
        """A respondent's reply, read; returns its number."""
        before, self.now = self.now, when
        number = self.land(b"Message-ID: <%d@example.org>\r\nFrom: roo@tatar.ru\r\n\r\nx\r\n" % next(_numbers))
        read = Interpretation(status=status, kind=kind, reports=reports, findings=findings, reader="1")
        with self.database.sessions.begin() as session:
            (claimed,) = claim(session, "reader", self.now, 1, timedelta(minutes=5))
            assert save(session, claimed, read, self.now)
        self.now = before
        return number

    def rollup(self):
        """Make the day's roll-up; returns it as it was sent."""
        queue_due(self.reporting, self.now)
        with self.database.reading() as session:
            query = select(OutboxRow.payload).where(OutboxRow.kind == "rollup").order_by(OutboxRow.id.desc())
            return message_from_bytes(session.scalars(query).first(), policy=default)

    def reply(self, rollup, text="", book=None, **changes):
        """The bytes of her answer to the roll-up; keyword arguments forge it."""
        mail = EmailMessage(policy=SMTP)
        given = {
            "Authentication-Results": AUTHENTICATED,
            "Message-ID": f"<answer{next(_numbers)}@tatar.ru>",
            "From": f"Гульчачак <{CONTACT}>",
            "To": OURS,
            "Subject": f"Re: {rollup['Subject']}",
            "Date": "Mon, 16 Aug 2021 09:00:00 +0300",
            "In-Reply-To": rollup["Message-ID"],
            "References": rollup["Message-ID"],
        }
        given |= {name.replace("_", "-"): value for name, value in changes.items()}
        threads = {name: given.pop(name) for name in ("In-Reply-To", "References")}
        for name, value in given.items():
            if value:
                mail[name] = value
        mail.set_content(text + "\n")
        if book is not None:
            mail.add_attachment(book, maintype="application", subtype="octet-stream", filename="svodka.xlsx")
        head = "".join(
            f"{name}: {value}\r\n" for name, value in threads.items() if value
        )  # the library would fold them
        return head.encode() + mail.as_bytes()

    def take(self, raw, read=None):
        """Land the mail and let the desk deal with it; returns its number, and whether the desk did."""
        number = self.land(raw)
        reading = read or Interpretation(status="accepted", kind="report", reports=(), reader="1")
        return number, self.answer(lambda: reading)

    def answer(self, read):
        """Let the desk deal with what waits; returns whether it did."""
        claimed = self.claim()
        return self.desk.answer(claimed, decode(claimed.raw), read)

    def say(self, *lines):
        """Answer the day's roll-up in words; returns the receipt's text."""
        rollup = self.rollup()
        _, taken = self.take(self.reply(rollup, "\n".join(lines)))
        assert taken
        return self.receipt()

    def send_back(self, edit, rollup=None):
        """Answer with the workbook as `edit` leaves it; returns the receipt's text."""
        rollup = rollup or self.rollup()
        _, taken = self.take(self.reply(rollup, "Исправления в книге", edited(book_of(rollup), edit)))
        assert taken
        return self.receipt()

    def receipts(self):
        with self.database.reading() as session:
            query = select(OutboxRow.payload).where(OutboxRow.kind == "receipt").order_by(OutboxRow.id)
            return [message_from_bytes(payload, policy=default) for payload in session.scalars(query)]

    def receipt(self):
        """The last receipt's text, on one line."""
        return " ".join(self.receipts()[-1].get_body(("plain",)).get_content().split())

    def view(self, name):
        with self.database.reading() as session:
            return [dict(row) for row in views.read(session, name)]

    def figures(self):
        return {
            (row["municipality"], row["organisation"]): {
                field.name: row[field.name] for field in CAMPAIGN.fields if row[field.name] is not None
            }
            for row in self.view("current_figures")
        }

    def facts(self):
        return preview(self.reporting, self.now)[0]


def book_of(rollup):
    (part,) = rollup.iter_attachments()
    return part.get_content()


def edited(book, edit):
    """The workbook's bytes after `edit(openpyxl workbook)`."""
    opened = load_workbook(io.BytesIO(book))
    edit(opened)
    stream = io.BytesIO()
    opened.save(stream)
    return stream.getvalue()


def cell(book, sheet, row, heading):
    """The cell of a row (from 2) under a heading."""
    heads = [one.value for one in book[sheet][1]]
    return book[sheet].cell(row, heads.index(heading) + 1)


@pytest.fixture
def office(database):
    return Office(database)


@pytest.fixture
def light_office(sqlite_database):
    """The same on SQLite alone, for what no database can change."""
    return Office(sqlite_database)
