"""Words that do not belong beside a figure: «Приглашения разослали: ВК 120», «ВК 53 аннулируйте».

People report with few verbs (`data/reporting_verbs.txt`): some seventy in fifteen hundred labelled replies. A sentence with another one may still be
a report, but what was done there nobody here can tell: a person must look.
"""

from __future__ import annotations

import re
from importlib import resources

from mailbot.reading.text.morphology import noun_of, verb_of

_NEXT = re.compile(r"\s+([а-яё]{4,})(?![а-яёәөүҗңһ-])")
_WORD = re.compile(r"(?<![а-яёәөүҗңһ-])[а-яё]{4,}(?![а-яёәөүҗңһ-])")


def _words(file: str) -> frozenset[str]:
    text = resources.files("mailbot.data").joinpath(file).read_text("utf-8")
    return frozenset(word for line in text.splitlines() for word in line.partition("#")[0].split())


REPORTING = _words("reporting_verbs.txt")
COUNTED = _words("reporting_nouns.txt")
_MEANWHILE = re.compile(
    r"(?<![а-я])а\s+(?:пока|так|сейчас|на\s+сегодня\w*)(?![а-я])"
)  # what comes before is another matter
_OF_ANOTHER_LETTER = frozenset(["аннулировать", "отзывать", "отозвать", "отменить", "отменять"])


def strange_verb(folded: str, *, heading: bool = False) -> str:
    """The first verb in a folded sentence with which nobody reports figures, as it stands there; or "".

    In a heading it may be another letter that is taken back: «Прошлое письмо аннулируем, верно так:».
    """
    known = REPORTING | _OF_ANOTHER_LETTER if heading else REPORTING
    for match in _WORD.finditer(_MEANWHILE.split(folded)[-1]):
        verb = verb_of(match.group())
        if verb is not None and verb not in known:
            return match.group()
    return ""


def strange_noun(folded: str, at: int) -> str:
    """The noun right after a number that ends at `at`, if it is none that counts people; or ""."""
    match = _NEXT.match(folded, at)
    noun = noun_of(match.group(1)) if match else None
    return match.group(1) if match and noun is not None and noun not in COUNTED else ""
