import json
import subprocess
import sys
from pathlib import Path

from mailbot.cli import reading
from mailbot.cli.exits import Exit

REPORT = """\
From: roo.almet@tatar.ru
To: monrt16@yandex.ru
Subject: =?utf-8?b?0J/QvtC00L/QuNGB0LrQsA==?=
Message-ID: <1@example.org>
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Альметьевский муниципальный район.
Подписались: ВКонтакте — 120, Instagram — 80, Одноклассники — 45.
"""
PROMISE = REPORT.replace("<1@", "<2@").partition("\n\n")[0] + "\n\nСпасибо, сведения пришлём завтра.\n"


def write(folder, **texts):
    for name, text in texts.items():
        (folder / f"{name}.eml").write_text(text, encoding="utf-8")
    return folder


def test_json_lines_in_the_order_of_the_files_with_the_paths_as_given(run, tmp_path):
    done = run("parse", "--format", "jsonl", "--jobs", 2, write(tmp_path, b=PROMISE, a=REPORT))
    first, second = (json.loads(line) for line in done.out.splitlines())
    assert done.code == 0
    assert [first["file"], second["file"]] == [str(tmp_path / "a.eml"), str(tmp_path / "b.eml")]
    assert (first["status"], first["kind"]) == ("accepted", "report")
    assert first["rows"] == [
        {
            "municipality": "Альметьевский",
            "organisation": None,
            "figures": {"vk": 120, "instagram": 80, "ok": 45},
            "audience": None,
        }
    ]
    assert set(first) == {"file", "status", "kind", "rows", "issues"}
    assert second["rows"] == []


def test_the_table_shows_the_same(run, tmp_path):
    done = run("parse", write(tmp_path, a=REPORT))
    assert done.code == 0
    assert "vk=120" in " ".join(done.out.split())


def test_one_file_that_cannot_be_read_stops_nothing(run, tmp_path):
    write(tmp_path, b=REPORT)
    (tmp_path / "a.eml").symlink_to(tmp_path / "nowhere")
    done = run("parse", "--format", "jsonl", tmp_path / "b.eml", tmp_path)
    assert [json.loads(line)["status"] for line in done.out.splitlines()] == ["accepted", "accepted"]
    assert run("parse", tmp_path / "a.eml").code == Exit.USAGE


def test_a_message_that_kills_its_reader_is_failed_and_the_next_is_read(run, tmp_path, monkeypatch):
    real = reading.interpret

    def broken(raw, *rest):
        if b"<2@" in raw:
            raise ZeroDivisionError("внутри")
        return real(raw, *rest)

    monkeypatch.setattr(reading, "interpret", broken)
    done = run("parse", "--format", "jsonl", "--jobs", 1, write(tmp_path, a=PROMISE, b=REPORT))
    assert [json.loads(line)["status"] for line in done.out.splitlines()] == ["failed", "accepted"]
    assert done.code == Exit.FAULT
    assert "ZeroDivisionError: внутри (test_parse.py:" in done.err


def test_progress_goes_to_stderr_and_only_answers_to_stdout(tmp_path):
    write(tmp_path, **{f"m{number}": REPORT for number in range(3)})
    done = subprocess.run(
        [sys.executable, "-m", "mailbot", "parse", "--format", "jsonl", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert len([json.loads(line) for line in done.stdout.splitlines()]) == 3
    assert "100%" in done.stderr


def test_an_own_campaign_is_taken_from_the_configuration_without_its_secrets(run, tmp_path):
    (tmp_path / "config.toml").write_text(
        """
        [mailbox.press]
        host = "imap.example.org"
        user = "press"
        password_file = "not-there"
        [smtp]
        host = "smtp.example.org"
        sender = "press@example.org"
        [report]
        to = ["contact@example.org"]
        [campaign]
        fields = [{ name = "likes", title = "Лайки", aliases = ["лайков"] }]
        """,
        encoding="utf-8",
    )
    text = REPORT.replace("ВКонтакте — 120, Instagram — 80, Одноклассники — 45", "лайков — 7")
    done = run("parse", "--format", "jsonl", "-c", tmp_path / "config.toml", write(tmp_path, a=text))
    assert json.loads(done.out)["rows"][0]["figures"] == {"likes": 7}


def test_explain_gives_every_number_its_role_and_every_figure_its_place(run, tmp_path):
    body = "Арский район, СОШ №5. ВК 35 (сорок пять), Инстаграм 40, ОК 31. Тел. 8 (84366) 3-11-22"
    path = tmp_path / "reply.eml"
    path.write_bytes(
        f"From: a@example.ru\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}".encode()
    )
    done = run("parse", "--explain", path)
    for expected in ("words_mismatch", "figure: vk", "figure: ok", "phone", "body:1", "СОШ №5"):
        assert expected in done.out
