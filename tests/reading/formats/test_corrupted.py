"""Corrupted variants of genuine files: each gives documents or troubles, never an exception."""

import random
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from mailbot.domain.document import Attachment, Limits
from mailbot.reading.formats import open_attachment
from mailbot.reading.opening import open_all
from tests.reading.formats.test_table import GENUINE

FILES = Path("tests/files")
WHOLE = {name: content for name, (content, _) in GENUINE.items()} | {
    path.name: path.read_bytes() for path in sorted(FILES.iterdir()) if path.is_file() and path.suffix != ".md"
}
VARIANTS = 30


def cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def flipped(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 5, 50))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def spliced(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))] + content[chance.randrange(len(content)) :]


def inside(content: bytes, chance: random.Random) -> bytes:
    """Flip bytes of one part of a zip, and zip it again with a true checksum."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        victim = chance.choice([name for name in old.namelist() if old.read(name)])
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, flipped(part, chance) if name == victim else part)
    return buffer.getvalue()


@pytest.mark.parametrize("name", WHOLE)
def test_no_corruption_raises(name):
    chance = random.Random(name)
    ways = [cut, flipped, spliced] + [inside] * 3 * WHOLE[name].startswith(b"PK\x03\x04")
    for number in range(VARIANTS):
        variant = chance.choice(ways)(WHOLE[name], chance)
        opening = open_all([Attachment(name, variant)], open_attachment, Limits())
        assert opening.names[0] == name, number


@pytest.mark.parametrize(
    "name", [name for name in WHOLE if name.endswith(("x", ".ods", ".odt", ".7z", ".rar", ".zip"))]
)
def test_a_flipped_bit_of_a_file_with_checksums_gives_no_other_figures(name):
    chance = random.Random(name)
    intact = {block for document in opened(WHOLE[name], name) for block in document.blocks}
    for _ in range(VARIANTS):
        changed = bytearray(WHOLE[name])
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        read = {block for document in opened(bytes(changed), name) for block in document.blocks}
        assert all(block in intact for block in read) or not same_names(read, intact)


def opened(content: bytes, name: str):
    return open_all([Attachment(name, content)], open_attachment, Limits()).documents


def same_names(read, intact) -> bool:
    """True where the blocks stand under the same names: a flipped bit of a member's name is no other figure."""
    return {block.locator for block in read} <= {block.locator for block in intact}
