"""Messages cut short, with bytes flipped, nested in one another: never an exception, never a figure that is not there.

Only messages whose figures stand in zipped files (with checksums) are flipped: a flipped byte of plain text may be
another digit, and nobody could tell.
"""

from __future__ import annotations

import random
from collections import Counter
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailbot.domain.interpretation import Interpretation, Status
from tests.reading.samples import read, rows
from tests.replies.score import row_key

ATTACHMENTS = Path(__file__).parents[1] / "replies" / "attachments"
ZIPPED = [
    "001-arsk-xlsx-plain",
    "002-almet-merged-header",
    "004-menzel-transposed-ods",
    "006-chist-xlsm-form",
    "007-bugulma-three-sheets",
    "012-aksub-gaps",
    "013-apast-org-per-sheet",
    "034-yutaz-docx-table",
    "036-muslum-odt-list",
    "064-arsk-zip-per-school",
    "066-kukmor-zip-in-zip",
]
VARIANTS = 45


def keys(interpretation: Interpretation) -> Counter[tuple[object, ...]]:
    return Counter(
        row_key({"municipality": m, "organisation": o, "figures": f, "audience": a})
        for m, o, f, a in rows(interpretation)
    )


def flipped(raw: bytes, rng: random.Random) -> bytes:
    """Up to eight bytes of the attachment's base64 lines changed to others of its alphabet, or to rubbish."""
    changed = bytearray(raw)
    start = raw.rfind(b"base64")
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(start + 40, len(raw) - 60)
        if changed[at] not in b"\r\n-=":
            changed[at] = rng.choice(b"ABCDEFGHIJabcdefghij0123456789+/\x00\xff")
    return bytes(changed)


def nested(raw: bytes, depth: int) -> bytes:
    """The message inside messages, `depth` deep."""
    for level in range(depth):
        outer = EmailMessage()
        outer["From"] = f"kanc{level}@example.ru"
        outer["Subject"] = "Fwd"
        outer.set_content("Пересылаю")
        outer.add_attachment(raw, maintype="application", subtype="octet-stream", filename="letter.eml")
        raw = outer.as_bytes()
    return raw


@pytest.mark.parametrize("name", ZIPPED)
def test_what_is_accepted_is_what_the_whole_message_says(name):
    raw = (ATTACHMENTS / f"{name}.eml").read_bytes()
    intact = read(raw)
    assert intact.status is Status.ACCEPTED
    rng = random.Random(name)
    for number in range(VARIANTS):
        variant = raw[: rng.randrange(len(raw) // 3, len(raw) - 200)] if number % 3 == 0 else flipped(raw, rng)
        answer = read(variant)
        if answer.status is Status.ACCEPTED:
            assert keys(answer) == keys(intact), number


def test_nesting_is_bounded():
    raw = (ATTACHMENTS / "001-arsk-xlsx-plain.eml").read_bytes()
    assert keys(read(nested(raw, 3))) == keys(read(raw))
    deep = read(nested(raw, 14))
    assert deep.status is not Status.ACCEPTED


@pytest.mark.parametrize("seed", range(60))
def test_rubbish_is_never_an_exception(seed):
    rng = random.Random(seed)
    raw = rng.randbytes(rng.randrange(0, 4000))
    assert read(raw).status is not Status.ACCEPTED
