import pytest

from mailbot.cli import main
from mailbot.config.sources import environment


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch):
    for name in list(environment()):
        if name.startswith("MAILBOT_") or name == "CREDENTIALS_DIRECTORY":
            monkeypatch.delenv(name)


class Done:
    """What a command left behind."""

    def __init__(self, code, out, err):
        self.code = code
        self.out = out
        self.err = err


@pytest.fixture
def run(capsys):
    """Runs the command line in this process; returns its exit code and what it wrote."""

    def call(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        written = capsys.readouterr()
        return Done(ended.value.code, written.out, written.err)

    return call


@pytest.fixture
def config(tmp_path):
    """Makes a configuration whose servers are not there; keyword arguments replace lines of it."""

    def make(text="", **changes):
        values = {"imap_port": 1, "smtp_port": 1, "url": "sqlite:///mailbot.db"} | changes
        path = tmp_path / "config.toml"
        path.write_text(
            f"""
            [mailbox.press]
            host = "localhost"
            port = {values["imap_port"]}
            user = "press@example.org"
            password = "s3cret"
            [database]
            url = "{values["url"]}"
            [smtp]
            host = "localhost"
            port = {values["smtp_port"]}
            sender = "mailbot <press@example.org>"
            [report]
            to = ["contact@example.org"]
            """
            + text,
            encoding="utf-8",
        )
        return path

    return make
