"""`mailbot rollup`: looked at without a trace, sent on demand, and what a refusing server does to it."""

import pytest

from mailbot.cli import main
from mailbot.cli.exits import Exit
from tests.live.whole import SAMPLE, write_config
from tests.servers.smtp import running_sink


@pytest.fixture
def sink(dovecot):
    with running_sink(dovecot.certificates) as sink:
        yield sink


@pytest.fixture
def mailbot(dovecot, sink, tmp_path, capsys):
    """Runs a command on a mailbox with a few replies that have been received and read; returns its code and output."""
    config = write_config(tmp_path / "config.toml", dovecot, sink.port, f"sqlite:///{tmp_path}/mailbot.db")
    for path in SAMPLE[:4]:
        dovecot.deliver(path.read_bytes())

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "-c", str(config)])
        written = capsys.readouterr()
        return ended.value.code, written.out + written.err

    run("poll")
    return run


def test_a_preview_writes_three_files_and_leaves_no_trace(mailbot, sink, tmp_path):
    code, said = mailbot("rollup", "preview", "--folder", str(tmp_path / "look"))
    assert code == Exit.OK
    assert "Сводка на" in said
    names = sorted(path.name for path in (tmp_path / "look").iterdir())
    assert [name.rpartition(".")[2] for name in names] == ["html", "txt", "xlsx"]
    assert all((tmp_path / "look" / name).stat().st_size > 500 for name in names)
    assert sink.mails == []
    assert "последняя сводка: ещё не было" in mailbot("status")[1]


def test_a_roll_up_on_demand_is_sent_at_once(mailbot, sink):
    code, said = mailbot("rollup", "send")
    assert code == Exit.OK
    assert said.startswith("отправлено: 1, отложено: 0, отвергнуто: 0\n")
    assert len(sink.mails) == 1
    assert b".xlsx" in sink.mails[0]


def test_a_server_that_puts_it_off_or_refuses_it_is_told(mailbot, sink):
    sink.put_off = 1
    code, said = mailbot("rollup", "send")
    assert (code, sink.mails) == (Exit.SERVER, [])
    assert "пока не ушло" in said
    assert "451" in said


def test_a_refusal_for_good_is_told(mailbot, sink):
    sink.refuse = 1
    code, said = mailbot("rollup", "send")
    assert (code, sink.mails) == (Exit.SERVER, [])
    assert "554" in said
    assert "отвергнуто 1" in mailbot("status")[1]
