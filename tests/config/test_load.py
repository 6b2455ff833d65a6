import sys
from datetime import UTC, datetime

import pytest

from mailbot.config import ConfigError, load
from mailbot.config.sources import environment

MINIMAL = """
[mailbox.press]
host = "imap.example.org"
user = "press"
password = "s3cret-one"
[smtp]
host = "smtp.example.org"
sender = "mailbot <press@example.org>"
[report]
to = ["contact@example.org"]
"""


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch):
    for name in list(environment()):
        if name.startswith("MAILBOT_") or name == "CREDENTIALS_DIRECTORY":
            monkeypatch.delenv(name)


def write(tmp_path, text):
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(tmp_path, text):
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, text))
    return caught.value.lines


def test_the_shortest_configuration(tmp_path):
    settings = load(write(tmp_path, MINIMAL))
    assert settings.mailboxes[0].password.get_secret_value() == "s3cret-one"
    assert settings.database_url.get_secret_value() == f"sqlite:///{tmp_path}/mailbot.db"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('user = "press"', 'user = "press"\nport = "many"', "mailbox.press.port: нужно целое число"),
        ('user = "press"', 'user = "press"\nport = 70000', "mailbox.press.port: число должно быть не больше 65535"),
        ('user = "press"', "", "mailbox.press.user: ключ обязателен, но не задан"),
        ('user = "press"', 'usr = "press"\nuser = "press"', "mailbox.press.usr: такого ключа нет"),
        ('password = "s3cret-one"', "", "mailbox.press: нет пароля"),
        (
            'password = "s3cret-one"',
            'password = "s3cret-one"\npassword_file = "x"',
            "mailbox.press: задайте что-то одно",
        ),
        ('["contact@example.org"]', '["contact"]', "report.to.0: «contact» не похоже на адрес почты"),
        ('["contact@example.org"]', "[]", "report.to: нужно хотя бы одно значение"),
        ('["contact@example.org"]', repr([f"a{n}@example.org" for n in range(36)]), "report.to: 36 адресов, а сервер"),
        ("[report]", '[report]\nzone = "Europe/Kazan"', "report.zone: часовой пояс «Europe/Kazan» неизвестен"),
        ("[report]", '[report]\nat = "soon"', "report.at: нужно время"),
        ("[smtp]", '[smtp]\ntls = "ssl"', "smtp.tls: возможные значения: 'tls', 'starttls' or 'none'"),
        ("[smtp]", "[log]\nlevel = 3\n[smtp]", "log.level: возможные значения"),
        (
            "[smtp]",
            "[campaign]\ndeadline = 2021-08-17T15:00:00\n[smtp]",
            "campaign.deadline: у времени нужен часовой пояс",
        ),
        (
            "[smtp]",
            '[database]\nurl = "mysql://root:s3cret@db/x"\n[smtp]',
            "database.url: база «mysql» не поддерживается",
        ),
        ("[smtp]", '[campaign]\nfile = "no.toml"\n[smtp]', "campaign: не читается"),
        ("[smtp]", '[queue]\nengine = "procrastinate"\n[smtp]', "queue.engine: «procrastinate» работает только с Po"),
        ("[smtp]", '[queue]\nengine = "celery"\n[smtp]', "queue.engine: возможные значения"),
        ("[smtp]", '[mailbox.press.after_care]\nkeyword = "два слова"\n[smtp]', "after_care.keyword: строка должна"),
        ("[smtp]", '[mailbox.press.after_care]\nstatuses = ["received"]\n[smtp]', "after_care.statuses.0: возможные"),
        ("[smtp]", '[mailbox.press.after_care]\naction = "delete"\n[smtp]', "after_care.action: возможные значения"),
    ],
)
def test_a_wrong_value_is_one_line_with_the_key_and_without_the_secret(tmp_path, old, new, line):
    lines = faults(tmp_path, MINIMAL.replace(old, new, 1))
    assert len(lines) == 1
    assert line in lines[0]
    assert "s3cret" not in lines[0]


def test_all_faults_are_told_at_once(tmp_path):
    lines = faults(tmp_path, MINIMAL.replace("[report]", "[limits]\nparts = 0\ndepth = 0\n[report]"))
    assert [line.partition(": ")[2].partition(":")[0] for line in lines] == ["limits.parts", "limits.depth"]


def test_broken_toml_and_a_missing_file(tmp_path):
    assert "ошибка в записи TOML" in faults(tmp_path, "[mailbox")[0]
    with pytest.raises(ConfigError, match="файла настроек нет"):
        load(tmp_path / "absent.toml")


def test_the_environment_comes_before_credentials_and_these_before_the_file(tmp_path, monkeypatch):
    path = write(tmp_path, MINIMAL)
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "mailbox.press.password").write_text("12345678\n")
    (credentials / "smtp.host").write_text("from-credential")
    (credentials / "unrelated").write_text("someone else's")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    monkeypatch.setenv("MAILBOT_SMTP__HOST", "from-environment")
    monkeypatch.setenv("MAILBOT_MAILBOX__PRESS__FOLDERS", "INBOX, Архив")
    monkeypatch.setenv("MAILBOT_CRASH_AT", "after-fetch")
    settings = load(path)
    assert settings.mailboxes[0].password.get_secret_value() == "12345678"
    assert settings.mailboxes[0].folders == ("INBOX", "Архив")
    assert settings.model.smtp.host == "from-environment"


def test_a_token_command_runs_at_each_log_in_and_never_tells_what_it_printed(tmp_path):
    script = tmp_path / "token.py"
    script.write_text("print('t0ken')")
    command = f'token_command = ["{sys.executable}", "{script}"]'
    settings = load(write(tmp_path, MINIMAL.replace('password = "s3cret-one"', command)))
    fetch = settings.mailboxes[0].token
    assert fetch().get_secret_value() == "t0ken"
    script.write_text("import sys; print('t0ken'); sys.exit(3)")
    with pytest.raises(OSError, match="код возврата 3") as caught:
        fetch()
    assert "t0ken" not in str(caught.value)


def test_the_campaign_is_data(tmp_path):
    (tmp_path / "own.toml").write_text(
        'name = "own"\ntitle = "Своя"\ndeadline = 2022-01-01T00:00:00Z\nletter = "Просим"\n'
        '[[fields]]\nname = "books"\ntitle = "Книги"\n',
        encoding="utf-8",
    )
    own = load(write(tmp_path, MINIMAL + '[campaign]\nfile = "own.toml"\nquota = 5\n')).campaign
    assert (own.name, own.quota, own.letter, own.deadline) == ("own", 5, "Просим", datetime(2022, 1, 1, tzinfo=UTC))
    assert [field.name for field in own.fields] == ["books"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1251"])
def test_a_roster_from_csv(tmp_path, encoding):
    (tmp_path / "roster.csv").write_bytes(
        "Район;Наименование;Вид\nАльметьевский;МБОУ «СОШ № 5»;школа\n".encode(encoding)
    )
    roster = load(write(tmp_path, MINIMAL + '[campaign]\nroster_file = "roster.csv"\n')).directory.organisations
    assert [(one.municipality, one.name, one.kind) for one in roster] == [("Альметьевский", "МБОУ «СОШ № 5»", "school")]


def test_a_roster_from_a_workbook(tmp_path):
    from openpyxl import Workbook  # noqa: PLC0415 - only this test writes a workbook

    book = Workbook()
    book.active.append(["Район", "Наименование"])
    book.active.append(["Бавлинский", "Гимназия № 4"])
    book.save(tmp_path / "roster.xlsx")
    roster = load(write(tmp_path, MINIMAL + '[campaign]\nroster_file = "roster.xlsx"\n')).directory.organisations
    assert [one.name for one in roster] == ["Гимназия № 4"]


def test_a_roster_with_an_unknown_municipality_is_one_clear_line(tmp_path):
    (tmp_path / "roster.csv").write_text("municipality,name\nNowhere,School\n")
    lines = faults(tmp_path, MINIMAL + '[campaign]\nroster_file = "roster.csv"\n')
    assert len(lines) == 1
    assert lines[0].startswith("campaign: ")
    assert "Nowhere" in lines[0]


def test_a_queue_without_its_library_is_a_line(tmp_path, monkeypatch):
    text = MINIMAL + '[queue]\nengine = "procrastinate"\n[database]\nurl = "postgresql://me@localhost/x"\n'
    assert load(write(tmp_path, text)).model.queue.engine == "procrastinate"
    monkeypatch.setitem(sys.modules, "procrastinate", None)
    assert faults(tmp_path, text) == ["queue.engine: библиотека не установлена: pip install 'mailbot[procrastinate]'"]
