"""What the documents refer to is there: links, files and folders by name, commands."""

import re
from pathlib import Path

import click
import pytest

from mailbot.cli import COMMANDS, cli
from mailbot.cli.exits import Exit

ROOT = Path(__file__).parents[2]
PATHS = [
    str(path)
    for folder in ("docs", "mailbot", "tests", "migrations", "deploy")
    for path in [ROOT / folder, *(ROOT / folder).rglob("*")]
]
STANDS_FOR = re.compile(r"NAME|NNN|^demo-output/$")
"""Names that stand for others, and what only a run leaves behind."""

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)|src=\"([^\"]+)\"")
NAMED = re.compile(r"`((?:[\w.-]+/)+(?:[\w-]+\.(?:py|toml|csv|md|json|txt|lock))?)`")
CODE = re.compile(r"`[^`\n]+`|^ {4}[^\n]+$|^```sh\n.*?^```$", re.MULTILINE | re.DOTALL)
CALLED = re.compile(r"(?:^|[/`\s])(?<!exec )mailbot ([a-z]+(?: [a-z-]+)?)", re.MULTILINE)


@pytest.fixture(params=DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def document(request):
    return request.param


def test_links_lead_somewhere(document):
    targets = [one or other for one, other in LINK.findall(document.read_text(encoding="utf-8"))]
    missing = [target for target in targets if "://" not in target and not (document.parent / target).exists()]
    assert missing == []


def test_files_that_are_named_exist(document):
    """In full, or from a room on: `reading/formats/` for `mailbot/reading/formats/`."""
    names = NAMED.findall(document.read_text(encoding="utf-8"))
    real = [name.rstrip("/") for name in names if not STANDS_FOR.search(name)]
    assert [name for name in real if not any(path.endswith(f"/{name}") for path in PATHS)] == []


def test_commands_that_are_named_exist(document):
    known = {lazy.name for lazy in COMMANDS}
    code = "\n".join(CODE.findall(document.read_text(encoding="utf-8")))
    for words in CALLED.findall(code):
        name, _, sub = words.partition(" ")
        assert name in known, f"mailbot {words}"
        command = cli.get_command(click.Context(cli), name)
        if isinstance(command, click.Group) and sub:
            assert sub in command.commands, f"mailbot {words}"


def test_the_readme_lists_every_command_and_exit_code():
    rows = re.findall(r"^\| (.+?) \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(Exit) <= {int(row) for row in rows if row.isdigit()}
    listed = {words.split()[0] for row in rows for words in re.findall(r"`([^`]+)`", row)}
    assert {lazy.name for lazy in COMMANDS} <= listed
