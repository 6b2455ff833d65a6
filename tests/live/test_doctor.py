"""`mailbot doctor` on a sound set-up and on broken ones: each names the fault and the remedy in one line."""

import pytest

from mailbot.cli import main
from mailbot.cli.exits import Exit
from mailbot.reading.ocr.engine import OcrUnavailable
from mailbot.store import schema
from mailbot.store.engine import open_engine
from tests.live.whole import write_config
from tests.servers.dovecot import free_port
from tests.servers.smtp import running_sink


@pytest.fixture
def sink(dovecot):
    with running_sink(dovecot.certificates) as sink:
        yield sink


@pytest.fixture
def config(dovecot, sink, tmp_path):
    return write_config(tmp_path / "config.toml", dovecot, sink.port, f"sqlite:///{tmp_path}/mailbot.db")


@pytest.fixture
def doctor(config, capsys):
    """Changes the configuration, runs the doctor, and returns its exit code and the lines that name a fault."""

    def run(*changes):
        text = config.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        config.write_text(text, encoding="utf-8")
        with pytest.raises(SystemExit) as ended:
            main(["doctor", "-c", str(config)])
        lines = capsys.readouterr().out.splitlines()
        assert not any("секрет" in line for line in lines)
        return ended.value.code, [line for line in lines if not line.startswith("ОК ")]

    return run


def test_a_sound_set_up(doctor, config):
    assert doctor() == (Exit.OK, [])
    assert not (config.parent / "mailbot.db").exists()


def test_a_wrong_password(doctor, dovecot):
    code, faults = doctor(
        (
            f'user = "{dovecot.user}"\n        password = "{dovecot.password}"\n        ca_file',
            'user = "press@example.org"\n        password = "неверный"\n        ca_file',
        )
    )
    assert code == Exit.UNHEALTHY
    assert len(faults) == 2  # the mailbox and the outgoing server share the line's text
    assert all("отклонён" in fault and "Что делать: проверьте user и пароль" in fault for fault in faults)


def test_an_untrusted_certificate(doctor, dovecot):
    code, faults = doctor((f'ca_file = "{dovecot.certificates.authority}"', ""))
    assert code == Exit.UNHEALTHY
    assert all("сертификат сервера не подтверждён" in fault and "ca_file" in fault for fault in faults)
    assert len(faults) == 2


def test_a_closed_port(doctor, dovecot):
    code, faults = doctor((f"port = {dovecot.port}", f"port = {free_port()}"))
    assert code == Exit.UNHEALTHY
    assert len(faults) == 1
    assert "порт закрыт" in faults[0]
    assert "проверьте host и port" in faults[0]


def test_a_missing_folder_to_move_to(doctor):
    care = '[mailbox.press.after_care]\naction = "move"\nfolder = "Нет такой"\n'
    code, faults = doctor(("[database]", f"{care}[database]"))
    assert code == Exit.UNHEALTHY
    assert len(faults) == 1
    assert "Нет такой" in faults[0]
    assert "mailbox.press.after_care.folder" in faults[0]


def test_a_missing_folder(doctor):
    code, faults = doctor(("[database]", 'folders = ["INBOX", "Нет такой"]\n[database]'))
    assert code == Exit.UNHEALTHY
    assert len(faults) == 1
    assert "Нет такой" in faults[0]
    assert "mailbox.press.folders" in faults[0]


def test_a_database_that_cannot_be_made(doctor, tmp_path):
    code, faults = doctor((f"sqlite:///{tmp_path}/", f"sqlite:///{tmp_path}/absent/"))
    assert code == Exit.UNHEALTHY
    assert len(faults) == 1
    assert "база данных" in faults[0]


def test_a_database_server_that_is_not_there(doctor, tmp_path):
    url = f"postgresql://mailbot:s3cret@127.0.0.1:{free_port()}/mailbot"
    code, faults = doctor((f"sqlite:///{tmp_path}/mailbot.db", url))
    assert code == Exit.UNHEALTHY
    assert len(faults) == 1
    assert "s3cret" not in faults[0]


def test_an_old_schema(doctor, tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path}/mailbot.db")
    schema.upgrade(engine, "0001")
    engine.dispose()
    code, faults = doctor()
    assert code == Exit.UNHEALTHY
    assert len(faults) == 1
    assert "mailbot db upgrade" in faults[0]


def test_no_tesseract(doctor, monkeypatch):
    def engine():
        raise OcrUnavailable("нет")

    monkeypatch.setattr("mailbot.cli.doctor.engine", engine)
    code, faults = doctor()
    assert code == Exit.UNHEALTHY
    assert len(faults) == 1
    assert "tesseract-ocr-rus" in faults[0]


def test_a_bad_time_zone(doctor):
    code, faults = doctor(
        ("[report]", '[report]\n        zone = "Europe/Kazan"\n        #'), ('zone = "Etc', '#zone = "Etc')
    )
    assert code == Exit.UNHEALTHY
    assert len(faults) == 1
    assert "report.zone" in faults[0]


def test_an_smtp_server_that_refuses_the_contact(doctor, sink):
    sink.unknown.add("contact@example.org")
    code, faults = doctor()
    assert code == Exit.UNHEALTHY
    assert len(faults) == 1
    assert "contact@example.org" in faults[0]
    assert "report.to" in faults[0]


def test_a_contact_that_is_no_address(doctor):
    code, faults = doctor(('"contact@example.org"', '"contact"'))
    assert code == Exit.UNHEALTHY
    assert len(faults) == 1
    assert "report.to.0" in faults[0]
