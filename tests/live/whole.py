"""The whole service against real servers: its configuration, the mail that it is given, and what comes of it."""

import re
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from mailbot.store.tables import FigureRow, LocationRow, MessageRow, OrganisationRow, OutboxRow, ReportRow
from tests.servers.smtp import Sink

ROOT = Path(__file__).parents[2]
PATIENCE = 60
"""Seconds that a test waits for what must come."""

REPLIES = sorted((Path(__file__).parents[1] / "replies").rglob("*.eml"))
WIDE = REPLIES[::24]
"""A good many of every sort, scans among them: for a test that runs the service once."""

_PICTURED = re.compile(rb"(?i)image/|application/pdf|\.pdf|\.jpe?g|\.png")
LIGHT = [path for path in REPLIES if not _PICTURED.search(path.read_bytes())]
"""All that are read quickly."""
SAMPLE = LIGHT[::64]
"""A few of them, for tests that run the service many times."""


def alternating(cases):
    """The cases on either database in turn: each runs the whole service twice, and `make chaos` kills it on both."""
    return [(case, ("sqlite", "postgres")[number % 2]) for number, case in enumerate(cases)]


def midday_zone():
    """A zone where it is about noon: the day doesn't end while a test runs, whenever it runs."""
    hour = datetime.now(UTC).hour  # noqa: TID251 - the process under test reads the real clock
    return f"Etc/GMT{hour - 12:+d}"


def write_config(path, dovecot, smtp_port, database_url):
    path.write_text(
        f"""
        [mailbox.press]
        host = "localhost"
        port = {dovecot.port}
        user = "{dovecot.user}"
        password = "{dovecot.password}"
        ca_file = "{dovecot.certificates.authority}"
        [database]
        url = "{database_url}"
        [smtp]
        host = "localhost"
        port = {smtp_port}
        user = "{Sink.user}"
        password = "{Sink.password}"
        ca_file = "{dovecot.certificates.authority}"
        sender = "mailbot <press@example.org>"
        [report]
        to = ["contact@example.org"]
        at = 00:00:00
        zone = "{midday_zone()}"
        """,
        encoding="utf-8",
    )
    return path


class Outcome:
    """What the database says, without what depends on the order of events.

    That are numbers, and the spelling of an organisation of which nothing counts yet: the first reading's.
    """

    def __init__(self, database):
        self._sessions = database.reading

    def _all(self, query):
        with self._sessions() as session:
            return sorted((tuple(row) for row in session.execute(query)), key=str)

    def is_done(self, messages):
        try:
            statuses = self._all(select(MessageRow.status, MessageRow.queued))
            outbox = self._all(select(OutboxRow.state))
        except Exception:  # noqa: BLE001 - the tables are only just being made
            return False
        return len(statuses) == messages and not any(row[1] for row in statuses) and outbox == [("sent",)]

    def rows(self):
        figures = (
            select(MessageRow.sha256, OrganisationRow.key, FigureRow.field, FigureRow.value)
            .join(ReportRow, ReportRow.message_id == MessageRow.id)
            .join(FigureRow, FigureRow.report_id == ReportRow.id)
            .outerjoin(OrganisationRow, OrganisationRow.id == ReportRow.organisation_id)
        )
        return {
            "messages": self._all(select(MessageRow.sha256, MessageRow.status, MessageRow.kind)),
            "places": self._all(select(LocationRow.uid, LocationRow.gone)),
            "figures": self._all(figures),
        }


def fill(dovecot, replies=SAMPLE):
    """Deliver these replies into the INBOX."""
    for path in replies:
        dovecot.deliver(path.read_bytes(), when=datetime(2021, 8, 15, 9, 30, tzinfo=UTC))
