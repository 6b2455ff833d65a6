"""The demonstration: given once, and looked at from all sides."""

import contextlib
import gc
import hashlib
import io
import shutil
import sqlite3
import sys
from email import message_from_bytes

import pytest
from openpyxl import load_workbook
from rich.console import Console

from mailbot.cli import main
from mailbot.cli.application import service_settings
from mailbot.config import load
from mailbot.demo.errors import DemoError
from mailbot.demo.folder import prepare, write_config
from mailbot.demo.mailbox import running_mailbox
from mailbot.demo.replies import sample_replies
from mailbot.demo.shown import show
from mailbot.demo.story import MOMENTS, run
from mailbot.service.jobs import Jobs
from tests.demo.test_samples import label_of

pytestmark = pytest.mark.live


class Given:
    """A demonstration that was given: what it printed, and what it left behind."""

    def __init__(self, folder):
        self.folder = folder
        screen = io.StringIO()
        run(folder, lambda path: service_settings(load(path)), Console(file=screen, width=120))
        self.screen = screen.getvalue()

    def ask(self, query, *values):
        database = sqlite3.connect(self.folder / "mailbot.db")
        try:
            return database.execute(query, values).fetchall()
        finally:
            database.close()


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    return Given(tmp_path_factory.mktemp("demo") / "demo-output")


def test_each_reply_became_what_its_label_says(given):
    for reply in sample_replies():
        label = label_of(reply.name)
        digest = hashlib.sha256(reply.raw).hexdigest()
        found = given.ask("SELECT reader_status, kind FROM messages WHERE sha256 = ?", digest)
        assert found == [(label["expect"], label["kind"])], reply.name


def test_the_copy_in_the_spam_folder_counts_once(given):
    samples = sample_replies()
    assert len({reply.raw for reply in samples}) == len(samples) - 1
    answers = 1
    assert given.ask("SELECT count(*) FROM messages") == [(len(samples) - 1 + answers,)]
    assert given.ask("SELECT count(*) FROM message_locations") == [(len(samples) + answers,)]


def test_a_correction_replaces_what_it_names_and_nothing_else(given):
    query = "SELECT vk, instagram, ok FROM current_figures WHERE municipality = 'Бавлинский'"
    assert given.ask(query) == [(421, 388, 297)]


def test_a_later_reply_under_another_spelling_supersedes_the_earlier(given):
    query = "SELECT vk, instagram, ok, total FROM current_figures WHERE municipality = 'Альметьевский' AND {}"
    assert given.ask(query.format("organisation LIKE '%№4'")) == [(38, 40, 30, 108)]
    assert given.ask(query.format("organisation LIKE '%№ 4»'")) == []


def test_the_contact_person_s_answer_is_carried_out_and_answered(given):
    romashka = "SELECT vk, instagram, ok FROM current_figures WHERE municipality = 'Менделеевский'"
    assert given.ask(romashka) == [(31, 30, 30)]
    lyceum = "SELECT vk, instagram, ok FROM current_figures WHERE municipality = 'Зеленодольский'"
    assert given.ask(lyceum) == [(45, 33, 30)]
    decided = given.ask("SELECT decision, decided_by FROM message_log WHERE decision IS NOT NULL")
    assert decided == [("set", "Контактное лицо <contact@ministry.example>")] * 2
    receipt = (given.folder / "kvitanciya.txt").read_text(encoding="utf-8")
    assert "Применено: 2 указания" in receipt
    assert "«№ 20 уточню завтра» — Непонятно" in " ".join(receipt.split())


def test_lateness_and_the_missed_quota_are_shown(given):
    assert given.ask("SELECT municipality FROM current_figures WHERE on_time = 'no'") == [("Апастовский",)]
    below = {organisation for (organisation,) in given.ask("SELECT organisation FROM below_quota")}
    assert below == {"МБДОУ «Детский сад № 27 «Ивушка»", "МБОУ «Печищинская СОШ»"}


def test_each_of_three_roll_ups_arrived_once_and_whole(given):
    stems = ["svodka-2021-08-16", "svodka-2021-08-17", "svodka-2021-08-17-itog"]
    assert sorted(path.stem for path in given.folder.glob("svodka-*.eml")) == stems
    for stem in stems:
        mail = message_from_bytes((given.folder / f"{stem}.eml").read_bytes())
        assert mail["To"] == "contact@ministry.example"
        assert "Бавлинский" in (given.folder / f"{stem}.html").read_text(encoding="utf-8")
        assert "Бавлинский" in (given.folder / f"{stem}.txt").read_text(encoding="utf-8")
        assert len(load_workbook(given.folder / f"{stem}.xlsx").sheetnames) > 1


def test_it_ends_by_showing_answers_doubts_files_and_a_query(given):
    in_review = list(given.ask("SELECT subject, explanation FROM to_review"))
    assert in_review
    printed = " ".join(given.screen.split())
    for subject, _ in in_review:
        assert subject.split()[0] in printed
    for shown in (
        "МБОУ «Арская СОШ № 1»",
        "Итог 107 не равен",
        "mailbot.db",
        "superseded",
        "12.08.xlsx!Свод!C6",
        "Применено: 2",
    ):
        assert shown in printed


def test_where_tesseract_is_missing_it_says_so_and_how_to_get_it(given, tmp_path):
    copy = shutil.copytree(given.folder, tmp_path / "copy")
    with contextlib.closing(sqlite3.connect(copy / "mailbot.db")) as database, database:
        database.execute("UPDATE findings SET code = 'ocr_unavailable' WHERE id = (SELECT min(id) FROM findings)")
    screen = io.StringIO()
    jobs = Jobs(service_settings(load(copy / "config.toml")), lambda: MOMENTS[-1])
    show(Console(file=screen, width=120), jobs, copy, [])
    jobs.close()
    assert "tesseract-ocr-rus" in screen.getvalue()
    assert ("tesseract-ocr-rus" in given.screen) == (label_of("016-tetyushi-skan")["expect"] == "review")


def test_it_can_be_given_again_in_the_same_folder(given):
    assert prepare(given.folder) == given.folder
    assert list(given.folder.iterdir()) == []


def test_a_folder_with_anything_else_is_refused_and_left_alone(tmp_path):
    (tmp_path / "mailbot.db").write_text("a real database")
    with pytest.raises(FileExistsError):
        prepare(tmp_path)
    write_config(tmp_path, 1, 2)
    (tmp_path / "letter.txt").write_text("a letter")
    with pytest.raises(FileExistsError):
        prepare(tmp_path)
    assert (tmp_path / "mailbot.db").read_text() == "a real database"


def test_a_connection_to_the_mailbox_outlives_a_garbage_collection():
    with running_mailbox() as mailbox:
        for reply in sample_replies()[:2]:
            gc.collect()
            mailbox.deliver(reply.folder, reply.raw, reply.arrived)


def test_a_server_that_does_not_start_is_told_in_a_sentence(tmp_path, monkeypatch):
    async def broken(_arguments):
        raise RuntimeError("no such loop")

    monkeypatch.setattr("pymap.backend.dict.DictBackend.init", broken)
    with pytest.raises(DemoError, match=r"pymap не работает на Python 3\.\d+\.\d+.*no such loop"):
        run(tmp_path, lambda path: service_settings(load(path)))


def test_missing_packages_are_named_with_the_remedy(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "aiosmtpd.controller", None)
    with pytest.raises(SystemExit) as ending:
        main(["demo", "--folder", str(tmp_path)])
    assert ending.value.code == 1
    assert "pip install 'mailbot[demo]'" in capsys.readouterr().err
