"""Fourteen days of a campaign, on both databases: what each roll-up says, held against a clerk's ledger.

Corrections, copies in two folders, the same reply sent twice, late ones and such as turn up days after they were sent,
and a person's decisions. The ledger (`tests/rollup/fortnight.py`) works from the labels, with nothing of the store's or
the roll-up's code; what is compared is the mail itself: subject, text, HTML, and the cells of the workbook.
"""

import io
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from lxml import html as lxml_html
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from mailbot.domain.interpretation import FindingCode
from mailbot.reading.who.organisation_key import organisation_key
from mailbot.rollup.due import Schedule
from mailbot.rollup.queue import Reporting, queue_due
from mailbot.rollup.russian import plain
from mailbot.store import reading_queue, views
from mailbot.store.campaign import synchronise
from mailbot.store.decisions import Decision, decide
from mailbot.store.receiving import Incoming, land, record_counts
from tests.reading.samples import default_campaign, default_directory
from tests.rollup import fortnight
from tests.rollup.fortnight import DAYS, FIELDS, MOSCOW, START, page
from tests.rollup.test_queue import pack

NAMES = [each.canonical for each in default_directory().municipalities]
TITLES = {each.name: each.title for each in default_campaign().fields}
FINAL = datetime(2021, 8, 17, 15, 30, tzinfo=MOSCOW)
MOMENTS = sorted([*(START + timedelta(days=number) for number in range(DAYS)), FINAL])
SCHEDULE = Schedule(at=time(8), zone=MOSCOW, deadline=fortnight.DEADLINE, final_at=time(15, 30))


class Campaign:
    """The store and the mailbox, from one roll-up to the next."""

    def __init__(self, database):
        self.database, self.mails = database, []
        self.letters = [replace(each) for each in fortnight.campaign()]
        self.reporting = Reporting(database.sessions, default_campaign(), SCHEDULE, self._pack)
        self.uids = {"INBOX": 0, "Спам": 0}
        self.done = START - timedelta(days=30)
        with database.sessions.begin() as session:
            synchronise(session, default_campaign(), default_directory(), organisation_key, START)

    def _pack(self, mail, moment):
        self.mails.append(mail)
        return pack(mail, moment)

    def go_on_until(self, moment):
        """What is found until then lands and is read; she decides; the roll-up that is due is made and returned."""
        found = [(each.found_at, each.folder, each) for each in self.letters]
        found += [(each.twin_at, fortnight.other(each.folder), each) for each in self.letters if each.twin_at]
        with self.database.sessions.begin() as session:
            for at, folder, letter in sorted(found, key=lambda item: item[0]):
                if self.done < at <= moment:
                    self._land(session, at, folder, letter)
            self._read(session, moment)
            self._decide(session, moment)
            for folder, holds in self.uids.items():
                if holds:
                    record_counts(session, "press", folder, 1, holds, moment.astimezone(UTC))
        self.done = moment
        (due,) = queue_due(self.reporting, moment.astimezone(UTC))
        return due, self.mails[-1]

    def _land(self, session, at, folder, letter):
        self.uids[folder] += 1
        arrived = Incoming(uid=self.uids[folder], raw=letter.raw, internaldate=at, size=len(letter.raw))
        result = land(session, "press", folder, 1, [arrived], at)
        if letter.number:
            assert (result.landed, result.duplicates) == ((), 1)
        else:
            (letter.number,) = result.landed

    def _read(self, session, moment):
        while claimed := reading_queue.claim(session, "reader", moment, 50, timedelta(minutes=5)):
            for each in claimed:
                assert reading_queue.save(session, each, fortnight.reading(each.raw), moment)

    def _decide(self, session, moment):
        """On every third day: the oldest doubtful letter is taken, the next is no report; an accepted one is withdrawn."""
        day = (moment - START).days
        if day % 3 or day == 0 or moment == FINAL:
            return
        here = [each for each in self.letters if each.number and not each.decided]
        doubtful = [each for each in here if each.status == "review" and each.proposed]
        for letter, action in zip(doubtful[:2], ("accept", "reject"), strict=False):
            self._settle(session, letter, action, moment)
        settled = [each for each in here if each.status == "accepted" and each.kind == "report"]
        self._settle(session, settled[day], "reject", moment)

    def _settle(self, session, letter, action, moment):
        decide(session, letter.number, Decision(action, "она", "console"), moment.astimezone(UTC))
        letter.decided = action
        if action == "accept":
            letter.status, letter.rows = "accepted", letter.proposed
        else:
            letter.status, letter.rows = "ignored", ()


@pytest.fixture(scope="module")
def seen():
    """What each database's views gave, roll-up by roll-up."""
    return {}


def test_every_roll_up_of_a_fortnight_agrees_with_the_ledger(database, seen):
    campaign, before, decided, shown = Campaign(database), None, 0, []
    for moment in MOMENTS:
        due, mail = campaign.go_on_until(moment)
        assert due.kind == ("final" if moment == FINAL else "daily")
        now = page(campaign.letters, moment, NAMES)
        check_subject(mail.subject, now, moment)
        check_text(mail.text, now, before)
        check_html(mail.html, now)
        check_book(mail.workbook, now, before)
        before = now
        with database.reading() as session:
            shown.append(
                {name: [tuple(row.values()) for row in views.read(session, name)] for name in views.VIEW_NAMES}
            )
        decided += sum(bool(each.decided) for each in campaign.letters)
    check_evidence(mail.workbook, now)
    assert decided
    assert now.by_status["accepted"] > 100
    assert any(place.first and place.first > fortnight.DEADLINE for place in now.places.values())
    for other in seen.values():
        assert other == shown
    seen[str(database.url)] = shown


def number(value):
    return f"{value:,}".replace(",", " ")


def words(text):
    return " ".join(plain(text).split())


def check_subject(subject, now, moment):
    head = "Итоговая сводка" if moment == FINAL else "Сводка"
    found = re.fullmatch(
        r"(\D+) на ([\d.]+): ответил[и]? (\d+) из (\d+), ([\d ]+) подписчик\w*, (?:(\d+) на проверку|проверять нечего)",
        plain(subject),
    )
    assert found, subject
    review = now.by_status["review"]
    assert found.groups() == (
        head, f"{moment:%d.%m.%Y}", str(len(now.answered)), str(len(NAMES)), number(now.people),
        str(review) if review else None,
    )  # fmt: skip


def section(text, title):
    """The lines of the section with this heading, up to the next one."""
    parts = re.split(r"(?m)^(.+)\n-+$", text)
    return next(body for head, body in zip(parts[1::2], parts[2::2], strict=True) if re.match(title, head))


def check_text(text, now, before):
    review = now.by_status["review"]
    assert f"Ответили:     {len(now.answered)} из {len(NAMES)}" in text
    assert re.search(rf"Подписчиков:  {number(now.people)}(\n| \()", text)
    assert f"На проверку:  {review}\n" in text
    contradictions = sum(place.contradicts for place in now.places.values())
    cases = review + contradictions
    assert (f"НУЖЕН ВАШ ВЗГЛЯД: {cases}\n" if cases else "ПРОВЕРЯТЬ НЕЧЕГО") in text
    if before is not None:
        came = now.letters - before.letters
        assert (f"Пришло {came} пис" in text) == bool(came)
        delta = now.people - before.people
        assert (f"{'+' if delta > 0 else '−'}{number(abs(delta))} с прошлой сводки" in words(text)) == bool(delta)
    rows = [re.split(r"\s{2,}", line.strip()) for line in section(text, "МУНИЦИПАЛИТЕТЫ").splitlines()]
    shown = {row[0]: row[1:] for row in rows if row[0] in now.places}
    assert shown == {name: text_row(place) for name, place in now.places.items()}
    for name in FIELDS:
        line = next(line for line in section(text, "ПО СЕТЯМ").splitlines() if line.startswith(TITLES[name]))
        cells = re.split(r"\s{2,}", line)
        given = now.gives(name)
        expected = (number(now.total(name)), f"указали {given}") if given else ("—", "никто не указал")
        assert (cells[1], cells[-1]) == expected
    check_account(text, now)


def text_row(place):
    if place.first is None:
        return ["нет"]
    late = " опоздал" if place.first > fortnight.DEADLINE else ""
    count, below = len(place.organisations), sum(each.quota == "нет" for each in place.organisations)
    row = [f"{place.first:%d.%m %H:%M}{late}", number(count) if count else "", *(shown(place, name) for name in FIELDS)]
    return [cell for cell in (*row, str(below) if below else "") if cell]


def shown(place, name):
    value = place.figure(name)
    return "—" if value is None else number(value) + ("*" if place.partial(name) else "")


def check_account(text, now):
    part = section(text, "УЧЁТ ПИСЕМ")
    counted = {
        " ".join(line.split()[:-1]): int(line.split()[-1]) for line in part.splitlines() if re.search(r"  \d+$", line)
    }
    expected = {
        "Всего разных писем": now.letters, "учтены": now.by_status["accepted"], "на проверке": now.by_status["review"],
        "не относятся к запросу": now.by_status["ignored"],
        "автоматические и рассылки": now.ignored_by_kind["auto"],
        "без цифр по этому запросу": now.ignored_by_kind["other"], "вопросы": now.ignored_by_kind["question"],
        "отчёты, отклонённые при проверке": now.ignored_by_kind["report"],
        "исправления, отклонённые при проверке": now.ignored_by_kind["correction"],
    }  # fmt: skip
    assert counted == {label: count for label, count in expected.items() if count or label == "Всего разных писем"}
    for folder, holds in now.folders.items():
        assert f"{folder}: на сервере {holds}, в базе {holds} — сходится" in words(part)


def check_html(source, now):
    rows = {}
    for row in lxml_html.fromstring(source).iter("tr"):
        cells = [words(" ".join(cell.itertext())) for cell in row.findall("td")]
        if len(cells) == len(FIELDS) + 2:
            rows[next((name for name in NAMES if re.match(rf"{name}( опоздал)? \d\d\.\d\d", cells[0])), cells[0])] = (
                cells[1:]
            )
    for name, place in now.places.items():
        if place.first:
            below = sum(each.quota == "нет" for each in place.organisations)
            assert rows[name] == [*(shown(place, field) for field in FIELDS), str(below) if below else ""], name
        else:
            assert name not in rows
    given = [number(now.total(name)) if now.gives(name) else "—" for name in FIELDS]
    missed = sum(each.quota == "нет" for each in now.organisations().values())
    assert rows["Всего"] == [*given, number(missed)]


def sheet(book, name):
    """A sheet's rows by its headings; an empty cell is None."""
    heads, *rows = book.get_sheet_by_name(name).to_python()
    return [dict(zip(heads, (None if cell == "" else cell for cell in row), strict=True)) for row in rows]


def check_book(data, now, before):
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    places = {row["Муниципалитет"]: row for row in sheet(book, "Муниципалитеты")}
    for name, place in now.places.items():
        row, answered = places[name], place.first is not None
        assert [row[TITLES[field]] for field in FIELDS] == [place.figure(field) for field in FIELDS]
        assert (row["Подписчики"], row["Ответ"] != "нет") == (place.people if answered else None, answered)
        unknown = sum(each.quota == "сказать нельзя" for each in place.organisations)
        counts = (len(place.organisations), unknown, place.to_review, place.corrections)
        heads = ("Организаций ответило", "Сказать нельзя", "На проверке", "Исправлений")
        assert tuple(row[head] or 0 for head in heads) == counts, name
    check_organisations(book, now)
    silent = {row["Муниципалитет"] for row in sheet(book, "Не ответили")}
    assert silent == set(NAMES) - now.answered
    below = [r["Вывод"] for r in sheet(book, "Ниже квоты") if r["Вывод"]]
    verdicts = [each.quota for each in now.organisations().values()]
    assert (below.count("ниже квоты"), below.count("сказать нельзя")) == (
        verdicts.count("нет"),
        verdicts.count("сказать нельзя"),
    )
    assert len(sheet(book, "Сообщения")) == max(now.letters, 1)
    if before is not None:
        check_changes(book, now, before)


def check_organisations(book, now):
    """Every respondent's row: whose, the figures, when, by which letter, in time or not."""
    given = Counter(
        (row["Муниципалитет"], row["Организация"] == "(муниципалитет в целом)", *(row[TITLES[name]] for name in FIELDS),
         row["Получено"], row["Письмо №"], row["В срок"])
        for row in sheet(book, "Организации") if now.accounts
    )  # fmt: skip
    assert given == Counter(
        (who[0], who[1] is None, *(account.figures.get(name) for name in FIELDS), account.latest.replace(tzinfo=None),
         account.letter, "опоздал" if account.latest > fortnight.DEADLINE else "да")
        for who, account in now.accounts.items()
    )  # fmt: skip


def check_changes(book, now, before):
    rows = [r for r in sheet(book, "Изменения") if r["Муниципалитет"]]
    told = {
        (r["Муниципалитет"], r["Цифра"], r["Было"], r["Стало"])
        for r in rows
        if r["Что изменилось"] == "цифра изменилась"
    }
    changed = {
        (who[0], TITLES[name], before.accounts[who].figures.get(name), account.figures.get(name))
        for who, account in now.accounts.items()
        if who in before.accounts
        for name in FIELDS
        if before.accounts[who].figures.get(name) != account.figures.get(name)
    }
    assert told == changed
    first = {r["Муниципалитет"] for r in rows if r["Что изменилось"] == "ответил впервые"}
    assert first == now.answered - before.answered
    new = [r for r in rows if r["Что изменилось"] == "новая организация"]
    assert len(new) == len(now.organisations().keys() - before.organisations().keys())
    gone = [r for r in rows if r["Что изменилось"] == "больше не учитывается"]
    assert len(gone) == len(before.accounts.keys() - now.accounts.keys())


def check_evidence(data, now):
    """Each figure of a respondent has a comment that names a letter and a place in it."""
    rows = load_workbook(io.BytesIO(data))["Организации"]
    heads = [cell.value for cell in rows[1]]
    cells = [rows.cell(row, heads.index(TITLES[name]) + 1) for row in range(2, rows.max_row + 1) for name in FIELDS]
    figures = [cell for cell in cells if cell.value is not None]
    assert len(figures) == sum(len(each.figures) for each in now.accounts.values())
    assert all(re.match(r"Письмо № \d+, .+", cell.comment.text) for cell in figures)


def test_the_findings_that_the_campaign_meets_are_of_many_kinds():
    """The sample is no monoculture: without doubts of several kinds the ledger would prove little."""
    codes = {finding.code for each in fortnight.campaign() for finding in fortnight.reading(each.raw).findings}
    assert FindingCode.TOTAL_MISMATCH in codes
    assert len(codes) > 8
