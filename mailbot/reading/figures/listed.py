"""Lists of organisations of which something is told once: what all of them are, the network that the numbers are of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailbot.reading.figures.lexicon import Label, Lexicon
from mailbot.reading.figures.lines import Named
from mailbot.reading.figures.statements import Subject
from mailbot.reading.figures.tokens import Number

_KINDS = re.compile(
    r"(?:^|[\s,.:;–—-])(?:(?:дет(?:ски[ем]м?|\.)\s+)?(?:сад(?:ы|ам)|садик(?:и|ам))|детсад(?:ы|ам)|балалар\s+бакчалары|бакчалар)\s*[:.–—-]*\s*$"
    r"|(?:^|[\s,.:;–—-])(?:школ(?:ы|ам)|доу|д/с|дошкольные\s+(?:[а-я]+\s+)?(?:учреждения|организации)|гимназии|лице[йи]|колледжи|техникумы)\s*:\s*$"
)
_QUOTED = re.compile(
    r"[\s*•\-–—]*(?:\d{1,3}\s?[.)]\s*)?([«\"„“][^«»\"„“”\n:;\d]{2,40}[»\"”])(?=\s*(?:[:,–—-]|\(|\d|$)|\s+[^\W\d]+[\s:–—-]*\d)"
)

# What stands between a network and the first name: «(117): », «(всего 65): », «– 65 чел. (».
_ITS_SUM = re.compile(
    r"(?:\s*[-–—,:]?\s*|\s*\(\s*)(?:(?:всего|итого)\s*[-–—:]?\s*)?\d[\d ]*(?:\s*чел[а-я]*\.?)?(?:\s*\)\s*[:–—-]|\s*:|\s*\()\s*"
)


def heads_names(folded: str) -> bool:
    """Whether a line without figures says what kind the names below it are of: «Атнинский район, садики:»."""
    return _KINDS.search(folded) is not None


def quoted_alone(text: str, lexicon: Lexicon) -> Named | None:
    """The name in quotation marks alone that a line begins with: ««Гөлбакча»: инст 20, вк 11», but no network's."""
    found = _QUOTED.match(text)
    if found is None or lexicon.labels(found[1]) or lexicon.on_topic(found[1]):
        return None
    return Named(Subject(found[1]), found.start(1), found.end(1))


def sum_ahead(folded: str, names: Sequence[Named], labels: Sequence[Label], figures: Sequence[Number]) -> Number | None:
    """The first number of «Инстаграм (117): лицей – 51, гимназия – 66», where it is the sum of the others."""
    if len(names) < 2 or len(figures) != len(names) + 1 or figures[0].end > names[0].start or not labels:
        return None
    if labels[0].kind != "field" or not _ITS_SUM.fullmatch(folded, labels[0].end, names[0].start):
        return None
    return figures[0] if figures[0].value == sum(f.value for f in figures[1:]) else None
