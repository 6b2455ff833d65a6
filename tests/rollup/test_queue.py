"""The story of a roll-up on both databases: decided, composed, queued and recorded together, once."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes
from email.policy import default
from zoneinfo import ZoneInfo

import pytest

from mailbot.outbox.message import Content, File, outgoing
from mailbot.outbox.settings import Addresses
from mailbot.rollup import queue as story
from mailbot.rollup.compose import XLSX
from mailbot.rollup.due import Schedule
from mailbot.rollup.gather import gather
from mailbot.rollup.queue import Reporting, made_rollups, preview, queue_due, queue_extra
from mailbot.store.tables import OutboxRow
from tests.store.builders import CAMPAIGN, DEADLINE, answer, report, set_up

MOSCOW = ZoneInfo("Europe/Moscow")
SCHEDULE = Schedule(at=time(8), zone=MOSCOW, deadline=DEADLINE, final_at=time(15, 30))
EIGHT = datetime(2021, 8, 16, 5, 0, tzinfo=UTC)
ADDRESSES = Addresses("press@example.org", ("boss@example.org",))


def pack(mail, moment):
    files = (File(mail.workbook_name, mail.workbook, XLSX),)
    return outgoing("rollup", mail.identity, Content(mail.subject, mail.text, mail.html, files), ADDRESSES, moment)


@pytest.fixture
def reporting(database):
    set_up(database)
    return Reporting(database.sessions, CAMPAIGN, SCHEDULE, pack)


def mails(database):
    with database.reading() as session:
        rows = session.query(OutboxRow).order_by(OutboxRow.id).all()
        return [(row.message_id_header, row.subject) for row in rows]


def made(database):
    with database.reading() as session:
        return sorted(made_rollups(session))


def test_a_due_roll_up_is_queued_and_recorded_once(reporting, database):
    answer(database, report("Арский", vk=35))
    assert [each.kind for each in queue_due(reporting, EIGHT)] == ["daily"]
    assert queue_due(reporting, EIGHT + timedelta(hours=1)) == ()
    ((message_id, subject),) = mails(database)
    assert message_id == "<mailbot.rollup.subscribers.2021-08-16.daily@example.org>"
    assert subject.startswith("Сводка на 16.08.2021: ответил 1 из 3")
    assert made(database) == [(date(2021, 8, 16), "daily")]


def test_nothing_is_due_before_the_hour(reporting, database):
    assert queue_due(reporting, EIGHT - timedelta(seconds=1)) == ()
    assert mails(database) == []


def test_what_is_queued_is_a_whole_mail(reporting, database):
    queue_due(reporting, EIGHT)
    with database.reading() as session:
        mail = message_from_bytes(session.query(OutboxRow).one().payload, policy=default)
    assert mail["To"] == "boss@example.org"
    assert "Сводка" in mail.get_body(("html",)).get_content()
    assert "СВОДКА НА 16.08.2021" in mail.get_body(("plain",)).get_content()
    assert [part.get_filename() for part in mail.iter_attachments()] == ["svodka-2021-08-16.xlsx"]


def test_each_tells_what_changed_since_the_one_before(reporting, database):
    answer(database, report("Арский", vk=35))
    queue_due(reporting, EIGHT)
    answer(database, report("Бавлинский", vk=40))
    facts, mail = preview(reporting, EIGHT + timedelta(hours=20))
    assert facts.changes.answered == ("Бавлинский",)
    assert "Ответили впервые (1): Бавлинский." in mail.text
    queue_due(reporting, EIGHT + timedelta(days=1))
    facts, _ = preview(reporting, EIGHT + timedelta(days=1, hours=2))
    assert facts.changes.quiet


def test_after_downtime_each_missed_date_has_its_mail_and_says_that_it_is_late(reporting, database):
    queue_due(reporting, EIGHT)
    queued = queue_due(reporting, EIGHT + timedelta(days=3, hours=4))
    assert [(each.date.day, each.kind) for each in queued] == [
        (17, "daily"),
        (17, "final"),
        (18, "daily"),
        (19, "daily"),
    ]
    assert len(mails(database)) == 5
    with database.reading() as session:
        payloads = [row.payload for row in session.query(OutboxRow).order_by(OutboxRow.id)]
    texts = [message_from_bytes(p, policy=default).get_body(("plain",)).get_content() for p in payloads]
    assert ["служба не работала" in " ".join(text.split()) for text in texts] == [False, True, True, True, True]


def test_a_preview_leaves_no_trace(reporting, database):
    facts, mail = preview(reporting, EIGHT)
    assert facts.date == date(2021, 8, 16)
    assert mail.workbook.startswith(b"PK")
    assert mails(database) == []
    assert made(database) == []


def test_an_extra_one_does_not_replace_the_days(reporting, database):
    queue_extra(reporting, EIGHT - timedelta(hours=1))
    queue_extra(reporting, EIGHT - timedelta(hours=1))
    assert made(database) == [(date(2021, 8, 16), "extra-070000")]
    assert [each.kind for each in queue_due(reporting, EIGHT)] == ["daily"]
    assert len(mails(database)) == 2


class Killed(BaseException):
    """Stands for kill -9: nothing catches it."""


@pytest.mark.parametrize(("point", "there"), [("before-rollup-commit", 0), ("after-rollup-commit", 1)])
def test_a_kill_leaves_all_of_it_or_nothing(reporting, database, monkeypatch, point, there):
    def reach(name):
        if name == point:
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(story, "reach", reach)
        with pytest.raises(Killed):
            queue_due(reporting, EIGHT)
    assert len(mails(database)) == len(made(database)) == there
    queue_due(reporting, EIGHT)
    assert len(mails(database)) == len(made(database)) == 1


def test_a_roll_up_that_cannot_be_packed_is_not_recorded(reporting, database):
    def refuse(_mail, _moment):
        raise ValueError("no address")

    with pytest.raises(ValueError, match="no address"):
        queue_due(replace(reporting, pack=refuse), EIGHT)
    assert made(database) == []


def test_two_processes_make_it_once(postgres_database):
    """The other one makes and commits it while this one composes. (On SQLite it would wait: there is one writer.)"""
    set_up(postgres_database)
    other = Reporting(postgres_database.sessions, CAMPAIGN, SCHEDULE, pack)
    rounds = []

    def pack_slowly(mail, moment):
        if not rounds:
            rounds.append(queue_due(other, EIGHT))
        return pack(mail, moment)

    assert queue_due(replace(other, pack=pack_slowly), EIGHT) == ()
    assert [len(queued) for queued in rounds] == [1]
    assert len(mails(postgres_database)) == len(made(postgres_database)) == 1


def test_the_mail_is_of_one_moment(postgres_database, monkeypatch):
    """What lands while the mail is composed is for the next one: sums and rows of a mail agree."""
    set_up(postgres_database)
    answer(postgres_database, report("Арский", "СОШ № 1", vk=35))
    seen = []

    def gather_with_a_visitor(session, *arguments, **more):
        answer(postgres_database, report("Арский", "СОШ № 2", vk=100))
        facts = gather(session, *arguments, **more)
        seen.append((facts.total("vk"), len(facts.respondents)))
        return facts

    monkeypatch.setattr("mailbot.rollup.gather.gather", gather_with_a_visitor)
    queue_due(Reporting(postgres_database.sessions, CAMPAIGN, SCHEDULE, pack), EIGHT)
    assert seen == [(35, 1)]
