"""Folders of reading processes: what a killed one leaves behind goes at the next start, and nobody else's does."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from mailbot.reading.folders import make_folder, remove_leftovers

OWNER = """
import sys
from mailbot.domain.document import Attachment
from mailbot.reading.sandbox import Sandbox
sandbox = Sandbox()
sandbox.open(Attachment("a.csv", b"1,2"))
print(sandbox._worker.folder, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def directory(tmp_path, monkeypatch):
    """A directory for temporary files of our own: another service on this machine has its own leftovers."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


@pytest.fixture
def owner():
    """A process with a warm sandbox."""
    process = subprocess.Popen([sys.executable, "-c", OWNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.communicate()


def test_a_killed_readers_folder_is_removed_and_a_living_ones_is_not(owner):
    folder = Path(owner.stdout.readline().strip())
    (folder / "left").write_text("by the reader")
    assert remove_leftovers() == 0
    assert folder.exists()
    owner.kill()
    os.waitid(os.P_PID, owner.pid, os.WEXITED | os.WNOWAIT)
    assert remove_leftovers() == 1
    assert not folder.exists()
    assert remove_leftovers() == 0


def test_our_own_stay(directory):
    folder = make_folder()
    assert folder.parent == directory
    assert remove_leftovers() == 0
    assert folder.exists()


@pytest.mark.parametrize("part", ["space", "started"])
def test_a_number_means_nothing_in_another_namespace_and_little_at_another_time(directory, part):
    head, space, pid, started, tail = make_folder().name.rsplit("-", 4)
    other = {"space": (head, "1", "4194305", started, tail), "started": (head, space, pid, "1", tail)}[part]
    folder = directory / "-".join(other)
    folder.mkdir()
    assert remove_leftovers() == (part == "started")
    assert folder.exists() is (part == "space")


def test_what_is_called_otherwise_is_none_of_ours(directory):
    for name in ("mailbot-reading-old", "mailbot-dovecot-1-4194305-1-x"):
        (directory / name).mkdir()
    assert remove_leftovers() == 0
    assert len(list(directory.iterdir())) == 2


def test_a_link_is_not_followed(directory):
    (directory / "precious").mkdir()
    _, space, _, _, tail = make_folder().name.rsplit("-", 4)
    link = directory / f"mailbot-reading-{space}-4194305-1-{tail}"
    link.symlink_to(directory / "precious")
    remove_leftovers()
    assert (directory / "precious").exists()
