"""The whole round, as processes, on Dovecot and the SMTP sink: roll-up out, answer in, figures changed, receipt out."""

import base64
import io
import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from mailbot.store import views
from mailbot.store.tables import CaseRow, DecisionRow, DeskReplyRow, MessageRow, OutboxRow
from tests.live.whole import write_config
from tests.servers.smtp import running_sink

ROOT = Path(__file__).parents[2]
WHEN = datetime(2021, 8, 15, 9, 30, tzinfo=UTC)
ACCEPTED = (
    "Received: from mx.tatar.ru by mx.example.org; Sun, 15 Aug 2021 12:30:00 +0300\r\n"
    "Message-ID: <1@tatar.ru>\r\nFrom: roo.bavly@tatar.ru\r\nTo: press@example.org\r\nSubject: =?utf-8?B?0L7RgtGH0LXRgg==?=\r\n"
    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    "Бавлинский муниципальный район. ВКонтакте - 112, Instagram - 40, Одноклассники - 80\r\n"
).encode()
DOUBTFUL = ACCEPTED.replace(b"<1@", b"<2@").replace(b"bavly", b"arsk").replace(
    "Бавлинский муниципальный район. ВКонтакте - 112".encode(), "Арский муниципальный район. ВКонтакте - около 50".encode()
)  # fmt: skip
VOUCHED = "mx.example.org; dkim=pass header.d=example.org; spf=pass smtp.mailfrom=contact@example.org"


@pytest.fixture
def sink(dovecot):
    with running_sink(dovecot.certificates) as sink:
        yield sink


class Round:
    """The commands as processes, and the contact person."""

    def __init__(self, dovecot, sink, database, folder):
        self.dovecot, self.sink, self.database = dovecot, sink, database
        self.config = write_config(folder / "config.toml", dovecot, sink.port, database.url)
        text = self.config.read_text(encoding="utf-8")
        self.config.write_text(text + '\n[replies]\nauthserv_ids = ["mx.example.org"]\n', encoding="utf-8")
        self.answers = 0

    def run(self, *command, crash_at="", expected=0):
        environment = os.environ | ({"MAILBOT_CRASH_AT": crash_at} if crash_at else {})  # noqa: TID251 - for the child
        done = subprocess.run(
            [sys.executable, "-m", "mailbot", *command, "-c", str(self.config)],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == expected, done.stdout + done.stderr
        return done.stdout

    def roll_up(self):
        """Send one; returns the mail as it arrived."""
        before = len(self.sink.mails)
        self.run("rollup", "send")
        sent = [message_from_bytes(raw, policy=default) for raw in self.sink.mails[before:]]
        (rollup,) = [mail for mail in sent if "mailbot.rollup" in mail["Message-ID"]]
        return rollup

    def answer(self, rollup, text, book=None, **changes):
        """Put her answer into the mailbox, with the headers that her program and our server give it."""
        self.answers += 1
        given = {
            "Authentication-Results": VOUCHED,
            "Received": "from mx.example.com by mx.example.org; Mon, 16 Aug 2021 09:00:00 +0300",
            "From": "Contact <contact@example.org>",
            "To": "press@example.org",
            "Message-ID": f"<answer{self.answers}@example.org>",
            "In-Reply-To": rollup["Message-ID"],
            "References": rollup["Message-ID"],
            "Subject": "Re: roll-up",
            "MIME-Version": "1.0",
        } | {name.replace("_", "-"): value for name, value in changes.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
        parts = [
            f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n".encode()
        ]
        if book is not None:
            parts.append(
                b'Content-Type: application/octet-stream; name="svodka.xlsx"\r\n'
                b'Content-Disposition: attachment; filename="svodka.xlsx"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
                + base64.encodebytes(book)
            )
        body = b"".join(b"--frontier\r\n" + part + b"\r\n" for part in parts) + b"--frontier--\r\n"
        raw = head.encode() + b"Content-Type: multipart/mixed; boundary=frontier\r\n\r\n" + body
        self.dovecot.deliver(raw, when=datetime(2021, 8, 16, 6, 0, tzinfo=UTC))

    def figures(self, municipality):
        with self.database.reading() as session:
            rows = views.read(session, "current_figures")
        return [(row["vk"], row["instagram"], row["ok"]) for row in rows if row["municipality"] == municipality]

    def receipts(self):
        """The receipts as they arrived."""
        mails = [message_from_bytes(raw, policy=default) for raw in self.sink.mails]
        return [mail for mail in mails if "mailbot.receipt" in mail["Message-ID"]]

    def told(self):
        return " ".join(self.receipts()[-1].get_body(("plain",)).get_content().split())

    def all(self, query):
        with self.database.reading() as session:
            return [tuple(row) for row in session.execute(query)]


@pytest.fixture
def campaign(dovecot, sink, empty_database, tmp_path):
    """Two replies have come and are read; one of them waits for a person."""
    made = Round(dovecot, sink, empty_database, tmp_path)
    dovecot.deliver(ACCEPTED, when=WHEN)
    dovecot.deliver(DOUBTFUL, when=WHEN)
    made.run("poll")
    assert made.figures("Бавлинский") == [(112, 40, 80)]
    assert made.figures("Арский") == []
    return made


def book_of(rollup):
    (part,) = rollup.iter_attachments()
    return part.get_content()


def by_openpyxl(book, sheet, **values):
    opened = load_workbook(io.BytesIO(book))
    heads = [cell.value for cell in opened[sheet][1]]
    for heading, value in values.items():
        opened[sheet].cell(2, heads.index(heading) + 1).value = value
    stream = io.BytesIO()
    opened.save(stream)
    return stream.getvalue()


def by_libreoffice(book, folder):
    """The same workbook, opened and saved by LibreOffice."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed: a workbook saved by it is not tested (Debian: libreoffice-calc)")
    (folder / "in").mkdir()
    (folder / "in" / "svodka.xlsx").write_bytes(book)
    subprocess.run(
        [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
         "--outdir", str(folder / "out"), str(folder / "in" / "svodka.xlsx")],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return (folder / "out" / "svodka.xlsx").read_bytes()


def deliver(campaign):
    campaign.run("rollup", "send")  # sends whatever waits, the receipts too


@pytest.mark.parametrize("program", ["openpyxl", "libreoffice"])
def test_a_workbook_comes_back(campaign, program, tmp_path):
    rollup = campaign.roll_up()
    book = by_openpyxl(book_of(rollup), "Организации", ВКонтакте=120, Решение="исправить")
    book = by_openpyxl(book, "На проверку", ВКонтакте=50, Решение="принять")
    if program == "libreoffice":
        book = by_libreoffice(book, tmp_path)
    campaign.answer(rollup, "Исправления в книге", book)
    campaign.run("poll")
    assert campaign.figures("Бавлинский") == [(120, 40, 80)]
    assert campaign.figures("Арский") == [(50, 40, 80)]
    deliver(campaign)
    deliver(campaign)
    assert len(campaign.receipts()) == 1
    assert "Применено: 2 указания" in campaign.told()
    assert campaign.receipts()[0]["To"] == "contact@example.org"
    assert campaign.receipts()[0]["In-Reply-To"] == "<answer1@example.org>"
    text = campaign.roll_up().get_body(("plain",)).get_content()
    assert "ПРОВЕРЯТЬ НЕЧЕГО" in text


def test_in_words_and_the_next_roll_up_shows_it(campaign):
    rollup = campaign.roll_up()
    campaign.answer(rollup, "Добрый день!\r\nБавлы: ВК 121, принять\r\n№ 2 — не отчёт\r\nа что с Казанью?")
    campaign.run("poll")
    assert campaign.figures("Бавлинский") == [(121, 40, 80)]
    text = " ".join(campaign.roll_up().get_body(("plain",)).get_content().split())
    assert "Цифры изменились: - Бавлинский, ВК: 112 → 121 РЕШЕНИЯ" in text
    assert "- № 1 — принято с исправлениями: Contact <contact@example.org>," in text
    assert "- № 2 — не учитывается: Contact <contact@example.org>," in text
    assert "Не применено: 1 указание" in campaign.told()
    assert len(campaign.receipts()) == 1
    assert campaign.all(select(DecisionRow.action).order_by(DecisionRow.id)) == [("set",), ("reject",)]


def test_forged_and_stale_answers_are_refused_and_reported(campaign):
    rollup = campaign.roll_up()
    bad = str(rollup["Message-ID"])
    bad = bad.replace(bad.split("@", maxsplit=1)[0][-4:], "0000")
    campaign.answer(rollup, "Бавлы: ВК 1, принять", From="someone@evil.ru")
    campaign.answer(rollup, "Бавлы: ВК 2, принять", In_Reply_To=bad, References=bad)
    campaign.answer(
        rollup, "Бавлы: ВК 3, принять", Authentication_Results="mx.example.org; dkim=fail header.d=example.org"
    )
    campaign.answer(rollup, "Бавлы: ВК 121, принять")
    stale = by_openpyxl(book_of(rollup), "Организации", ВКонтакте=130, Решение="исправить")
    campaign.run("poll")
    campaign.answer(rollup, "Книга", stale)
    campaign.run("poll")
    assert campaign.figures("Бавлинский") == [(121, 40, 80)]
    assert len(campaign.all(select(DecisionRow.id))) == 1
    text = " ".join(campaign.roll_up().get_body(("plain",)).get_content().split())
    for reason in ("не вправе вносить исправления", "Подпись сводки в письме неверна", "Отправитель не подтверждён"):
        assert reason in text
    assert len(campaign.receipts()) == 2
    assert "Цифры изменились после отправки сводки. Сейчас: ВК 121" in campaign.told()
    verdicts = campaign.all(select(DeskReplyRow.verdict).order_by(DeskReplyRow.message_id))
    assert [verdict for (verdict,) in verdicts] == ["refused", "refused", "refused", "applied", "applied"]
    assert len(campaign.all(select(CaseRow.id).where(CaseRow.state == "open"))) == 4  # with the letter from Arsk


@pytest.mark.parametrize("point", ["before-desk-commit", "after-desk-commit"])
def test_killed_between_the_figures_and_the_receipt_there_is_one_of_each(campaign, point):
    rollup = campaign.roll_up()
    campaign.answer(rollup, "Бавлы: ВК 121, принять")
    campaign.run("poll", crash_at=point, expected=-signal.SIGKILL)
    campaign.run("poll")
    deliver(campaign)
    campaign.run("reread")
    deliver(campaign)
    assert campaign.figures("Бавлинский") == [(121, 40, 80)]
    assert len(campaign.all(select(DecisionRow.id))) == 1
    assert len(campaign.receipts()) == 1
    assert campaign.all(select(OutboxRow.state).where(OutboxRow.kind == "receipt")) == [("sent",)]
    assert campaign.all(select(MessageRow.status).where(MessageRow.message_id_header.contains("answer"))) == [
        ("ignored",)
    ]
