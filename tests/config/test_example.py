"""The example is the reference: it loads as it stands, with every comment lifted, and it shows every key."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from mailbot.config import load
from mailbot.config.sources import Model, environment

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
ALTERNATIVES = ("password", "password_file", "token_command")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch):
    for name in list(environment()):
        if name.startswith("MAILBOT_") or name == "CREDENTIALS_DIRECTORY":
            monkeypatch.delenv(name)


def keys(model: type[BaseModel], path: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if name == "mailbox":
            yield from keys(get_args(inner)[1], "mailbox.press.")
        elif isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from keys(inner, f"{path}{name}.")
        else:
            yield f"{path}{name}"


def shown(tree: Mapping[str, Any], path: str = "") -> Iterator[str]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from shown(value, f"{path}{name}.")
        else:
            yield f"{path}{name}"


def lifted() -> str:
    return re.sub(r"(?m)^#(?=[a-z_]+ = )", "", EXAMPLE.read_text(encoding="utf-8"))


def test_the_example_loads(tmp_path):
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "mailbox-password").write_text("hunter2\n")
    (tmp_path / "config.toml").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    settings = load(tmp_path / "config.toml")
    assert [mailbox.name for mailbox in settings.mailboxes] == ["press"]
    assert settings.mailboxes[0].folders == ("INBOX", "\\Junk")
    assert len(settings.directory.municipalities) == 45
    assert settings.campaign.quota == 30
    assert "hunter2" not in repr(settings)


def test_every_key_stands_in_the_example():
    assert sorted(shown(tomllib.loads(lifted()))) == sorted(keys(Model))


def test_every_commented_value_is_valid_and_scalar_ones_are_the_defaults(tmp_path):
    text = "\n".join(line for line in lifted().splitlines() if not line.startswith(("password =", "token_command =")))
    for name in ("ca.pem", "letter.txt"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "mailbox-password").write_text("hunter2\n")
    text = re.sub(r"(?m)^(campaign_|municipalities_|roster_)?file = .*$", "", text)
    (tmp_path / "lifted.toml").write_text(text, encoding="utf-8")
    (tmp_path / "plain.toml").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    lifted_model, plain = load(tmp_path / "lifted.toml").model, load(tmp_path / "plain.toml").model
    for section in ("database", "limits", "reading", "log", "report"):
        assert getattr(lifted_model, section) == getattr(plain, section)
    same = {"ca_file"}
    assert lifted_model.smtp.model_dump(exclude=same) == plain.smtp.model_dump(exclude=same)
    assert lifted_model.mailbox["press"].model_dump(exclude=same) == plain.mailbox["press"].model_dump(exclude=same)
