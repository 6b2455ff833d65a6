"""A pattern's words stand in all that it matches: no match is missed for want of one."""

import importlib
import pkgutil
from pathlib import Path

import mailbot.reading
from mailbot.domain.document import Limits, Paragraph
from mailbot.reading.message.mail import decode
from mailbot.reading.text.fold import fold
from mailbot.reading.text.worded import Worded

REPLIES = Path(__file__).parents[1] / "replies"


def every_worded():
    """All of them by name, wherever they stand in a module of the reader."""
    for module in pkgutil.walk_packages(mailbot.reading.__path__, "mailbot.reading."):
        for name, value in vars(importlib.import_module(module.name)).items():
            for one in value if isinstance(value, tuple) else (value,):
                if isinstance(one, Worded):
                    yield f"{module.name}.{name}", one


def lines():
    for path in sorted(REPLIES.rglob("*.eml"))[::3]:
        mail = decode(path.read_bytes(), Limits())
        yield mail.envelope.subject
        for body in (*mail.bodies, *mail.alternatives):
            yield from (block.text for block in body.blocks if isinstance(block, Paragraph))


def test_no_match_is_missed_in_the_labelled_replies():
    worded = dict(every_worded())
    assert len(worded) > 5
    texts = sorted({fold(line) for line in lines()})
    starts = [text[: i + 1] for text in texts for i in range(len(text)) if text[i] == " "][::7]
    for name, one in worded.items():
        for text in (*texts, *starts):
            assert (one.search(text) is None) == (one.pattern.search(text) is None), (name, text)
