"""Figures told once more of the same organisation, after words that may be another one's name.

«СОШ №1 – ВК 30, ОК 30 / Кар.СОШ – ВК 30, ОК 30»: where the second name is not known as one, its figures seem the first
one's, and as they are equal nothing contradicts; in the other order they seem the district's. A person must look.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from mailbot.reading.figures.lexicon import Label
from mailbot.reading.figures.recorder import TOTAL_FIRST, Order
from mailbot.reading.figures.statements import Statement, Subject
from mailbot.reading.figures.tokens import Number
from mailbot.reading.text.fold import fold

_LONGEST = 60  # characters of a name that may begin a line, or be one
_WORD = re.compile(r"[а-яёәөүҗңһ]{2,}|№")
_NO_NAME = re.compile(
    r"подпис|язылу|язылд|колич|кол-во|человек|(?<![а-я])чел|соц|сет[иьях]|аккаунт|страниц|групп|министер|моин|сегодня|состояни"
    r"|(?<![а-я])на\s+\d|данн|сведени|информаци|отчет|сообща|направля|тем\s+самым|район|город|муниц|итог|всего|общ|таким\s+образом"
    r"|(?<![а-я])(?:в|во|на|по|из|и|у\s+нас|это|так|что|также|мы|нас)\s*$"
)

_KINDS = ("field", "total")
_Told = tuple[Subject, str, int, Order | None]


class Retelling:
    """Remembers what lines of running text told, and notices where one tells the same again for nobody known."""

    def __init__(self) -> None:
        self._told: set[_Told] = set()
        self._nobodys: dict[_Told, str] = {}  # what was told of no organisation, and the words before it
        self._heading = ""

    def heading(self, text: str, *, named: bool) -> None:
        """A line without figures: it may hold a name that nobody knows as one. `named`: it holds one that is known."""
        self._heading = "" if named or not _may_name(text) else text

    def named(self, stated: Sequence[Statement]) -> str:
        """Words that may be a name, before which the figures stood that a line with a known one states; or ""."""
        found = [_told(s) for s in stated if s.kind in _KINDS]
        self._told.update(found)
        self._heading = ""
        leads = {self._nobodys.get((Subject(), *told[1:]), "") for told in found}
        return leads.pop() if len(leads) == 1 else ""

    def unnamed(self, text: str, labels: Sequence[Label], values: Sequence[Number], stated: Sequence[Statement]) -> str:
        """The words that may be a name, before figures that are told of the same subject already; or ""."""
        found = [_told(s) for s in stated if s.kind in _KINDS]
        if not found or TOTAL_FIRST.match(fold(text)):
            return ""
        starts = [x.start for x in labels] + [x.start for x in values]
        lead = next((_bare(words) for words in (text[: min(starts, default=0)], self._heading) if _may_name(words)), "")
        again = all(told in self._told for told in found)
        self._nobodys.update({told: lead for told in found if told[0] == Subject()})
        self._told.update(found)
        self._heading = self._heading if again else ""
        return lead if again else ""

    @staticmethod
    def within(stated: Sequence[Statement]) -> bool:
        """Whether one line tells two networks or more twice, alike: «…; Кар.СОШ: ВК 30, ОК 30» after a known name."""
        counted = Counter(_told(s) for s in stated if s.kind == "field")
        return sum(count > 1 for count in counted.values()) > 1


def _told(statement: Statement) -> _Told:
    return statement.subject, statement.name, statement.value, statement.order


def _may_name(words: str) -> bool:
    folded = fold(words)
    return len(folded.strip()) <= _LONGEST and bool(_WORD.search(folded)) and not _NO_NAME.search(folded)


def _bare(words: str) -> str:
    return words.strip(" \t*•–—-:,.(")
