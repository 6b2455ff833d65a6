"""Text files of any kind: whether they are text at all, and what they say."""

from __future__ import annotations

from mailbot.domain.document import Limits, Trouble
from mailbot.domain.interpretation import FindingCode
from mailbot.reading.text import charset
from mailbot.reading.troubles import TooLarge

_SAMPLE = 8192
_CONTROLS = frozenset(map(chr, range(32))) - frozenset("\t\n\v\f\r\x1a\x1b")
_CONTROL_SHARE = 200
"""Of so many characters one may be a control character: a file of real text holds next to none."""


def looks_like_text(data: bytes) -> bool:
    """True for bytes that are text in some charset: decoded, they hold next to no control characters."""
    text = charset.decode(data[:_SAMPLE]).text.rstrip("\0")
    controls = sum(letter in _CONTROLS for letter in text)
    return bool(text) and controls * _CONTROL_SHARE <= len(text)


def decode(data: bytes, name: str, limits: Limits, declared: str = "") -> tuple[str, tuple[Trouble, ...]]:
    """Return a text file's text, and a trouble where letters are lost for good; raises `TooLarge`."""
    if len(data) > 4 * limits.text_chars:
        raise TooLarge("в файле слишком много текста")
    decoded = charset.decode(data, declared)
    if len(decoded.text) > limits.text_chars:
        raise TooLarge("в файле слишком много текста")
    if not decoded.lost:
        return decoded.text, ()
    return decoded.text, (Trouble(str(FindingCode.TEXT_LOST), f"«{name}»: часть букв в файле утрачена", name),)
