import subprocess
import sys

import pytest

from mailbot.cli import COMMANDS, cli
from mailbot.cli.exits import Exit

HEAVY = "sqlalchemy pydantic structlog rich apscheduler imap_tools openpyxl numpy cv2 lxml"


def test_the_help_names_every_command_and_every_exit_code(run):
    done = run("--help")
    assert done.code == 0
    assert all(lazy.name in done.out for lazy in COMMANDS)
    assert all(f"{int(code):>3}  " in done.out for code in Exit)


def test_the_help_imports_nothing_heavy():
    code = f"""
import sys
from mailbot.cli import main
try:
    main(["--help"])
except SystemExit:
    print("loaded:", [name for name in {HEAVY.split()} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("loaded: []\n")


@pytest.mark.parametrize("name", [lazy.name for lazy in COMMANDS])
def test_every_command_can_be_imported_and_explains_itself(run, name):
    assert cli.get_command(None, name).help
    assert run(name, "--help").code == 0


def test_an_unknown_command_is_a_usage_error(run):
    done = run("fly")
    assert done.code == Exit.USAGE
    assert "fly" in done.err


def test_a_missing_configuration_is_one_line(run, tmp_path):
    done = run("poll", "-c", tmp_path / "absent.toml")
    assert done.code == Exit.CONFIGURATION
    assert done.err.count("\n") == 1
    assert "absent.toml" in done.err


def test_an_unreachable_database_is_one_line_without_a_password(run, config):
    done = run("poll", "-c", config(url="postgresql://mailbot:s3cret@127.0.0.1:1/mailbot"))
    assert done.code == Exit.DATABASE
    assert done.err.count("\n") == 1
    assert done.err.startswith("mailbot: база данных: ")
    assert "s3cret" not in done.err


def test_an_unreachable_server_is_told_and_the_rest_is_done(run, config):
    done = run("poll", "-c", config())
    assert done.code == Exit.SERVER
    assert "press: localhost:1: соединение отклонено" in done.err
    assert "прочтено писем: 0" in done.out


def test_an_internal_error_is_one_line_and_with_debug_a_traceback(run, config, monkeypatch):
    def broken(*_):
        raise RuntimeError("оно сломалось\nи ещё строка")

    monkeypatch.setattr("mailbot.cli.poll._receive", broken)
    done = run("poll", "-c", config())
    assert done.code == Exit.FAULT
    assert done.err.splitlines()[-1] == "mailbot: внутренняя ошибка: RuntimeError: оно сломалось (подробнее: --debug)"
    with pytest.raises(RuntimeError):
        cli.main(["poll", "--debug", "-c", str(config())], standalone_mode=False)


def test_the_schema_is_made_by_the_first_command_that_needs_it_and_checked_by_db_check(run, config):
    path = config()
    assert run("db", "check", "-c", path).code == Exit.UNHEALTHY
    assert run("db", "upgrade", "-c", path).code == 0
    assert run("db", "check", "-c", path).code == 0


def test_status_says_what_is_wrong_and_sets_the_exit_code(run, config):
    path = config()
    assert run("status", "-c", path).code == Exit.DATABASE
    run("poll", "-c", path)
    done = run("status", "-c", path)
    assert done.code == Exit.UNHEALTHY, done.err
    assert any(line.startswith("! получение press: localhost:1") for line in done.out.splitlines())
