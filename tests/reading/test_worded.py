"""A pattern's words stand in all that it matches, and it begins with its letters: no match is missed for want of one."""

import importlib
import pkgutil
from pathlib import Path

import mailbot.reading
from mailbot.domain.document import Limits, Paragraph
from mailbot.reading.accounts import account_pattern
from mailbot.reading.message.mail import decode
from mailbot.reading.text.fold import fold
from mailbot.reading.text.worded import Begun, Worded
from tests.reading.samples import default_campaign

REPLIES = Path(__file__).parents[1] / "replies"


def every(kind):
    """All of a kind by name, wherever they stand in a module of the reader."""
    for module in pkgutil.walk_packages(mailbot.reading.__path__, "mailbot.reading."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, kind):
                yield f"{module.name}.{name}", value


def lines():
    for path in sorted(REPLIES.rglob("*.eml"))[::3]:
        mail = decode(path.read_bytes(), Limits())
        yield mail.envelope.subject
        for body in (*mail.bodies, *mail.alternatives):
            yield from (block.text for block in body.blocks if isinstance(block, Paragraph))


def texts():
    """The lines of replies, as written and folded, and their beginnings, as a number's words before it are."""
    whole = sorted({text for line in lines() for text in (line, fold(line))})
    return [*whole, *[text[: i + 1] for text in whole for i in range(len(text)) if text[i] == " "][::9]]


def test_no_match_is_missed_for_want_of_a_word():
    worded = dict(every(Worded))
    assert len(worded) > 5
    for text in texts():
        for name, one in worded.items():
            assert (one.search(text) is None) == (one.pattern.search(text) is None), (name, text)


def test_no_match_is_missed_for_what_it_begins_with():
    begun = {**dict(every(Begun)), "accounts": account_pattern(default_campaign())}
    assert len(begun) > 5
    for text in texts():
        for name, one in begun.items():
            wanted = [match.span() for match in one.pattern.finditer(text)]
            assert [match.span() for match in one.finditer(text)] == wanted, (name, text)
            first = one.search(text)
            assert one.is_in(text) == bool(wanted), (name, text)
            assert [first.span() if first else None] == (wanted[:1] or [None]), (name, text)


def test_letters_that_only_ignoring_case_makes_equal_are_begun_with_too():
    kelvin, long_s = "\u212a", "\u017f"
    for text in ("k1", "K1", f"{kelvin}1", "s1", f"{long_s}1", "x1"):
        one = Begun(r"(?<!\w)[ks]\d", "ks", ignore_case=True)
        assert one.is_in(text) == bool(one.pattern.search(text))
