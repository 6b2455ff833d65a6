"""Figures in an order: a field's name and a whole number beside it, «ВК 120», «120 в ВК», «ВКонтакте — 1 250 чел.»."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mailbot.domain.campaign import Campaign
from mailbot.reading.text.fold import fold_script

MOST = 50_000_000
_NUMBER = r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)|\d+"
_UNIT = r"(?:\s*(?:чел(?:\.|овек\w*)?|подписчик\w*|подписал\w*))?"
_CYRILLIC = str.maketrans("aceopxkymtbh", "асеорхкумтвн")


class FigureWords:
    """The campaign's fields by all their names."""

    def __init__(self, campaign: Campaign) -> None:
        self._names = {
            _same(name): field.name
            for field in campaign.fields
            for name in (field.title, field.short, *field.aliases)
            if name
        }
        longest_first = sorted(self._names, key=len, reverse=True)
        name = rf"(?<!\w)(?P<name>{'|'.join(map(re.escape, longest_first))})(?!\w)"
        number = rf"(?<![\d.,])(?P<number>{_NUMBER})(?![\d]|[.,]\d)"
        between = r"[\s:=—–\-]*(?:(?:должно\s+быть|будет|на|равно|поставить)\s+)?"
        self._name_first = re.compile(name + between + number + _UNIT)
        self._number_first = re.compile(number + _UNIT + r"\s*(?:[—–\-]\s*|в\s+|на\s+)?" + name)

    def take(self, text: str) -> tuple[str, Mapping[str, int], str]:
        """The folded text without its figures, the figures by field, and a Russian sentence where they make no sense.

        Two ways of reading («ВК 120 ОК 80» from the left, «120 ВК 80 ОК» from the right) must not both be possible.
        """
        alike = _same(text)
        ways = [self._taken(alike, pattern) for pattern in (self._name_first, self._number_first)]
        complete = [way for way in ways if not re.search(r"\d", way[0]) and not self._names_in(way[0])]
        chosen = next((way for way in complete if way[1]), ways[0])
        if len(complete) > 1 and complete[0][1] and complete[1][1] and complete[0][1] != complete[1][1]:
            return text, {}, "Непонятно, какая цифра к какой сети относится: пишите «ВК 120, ОК 80»."
        rest = "".join(own if kept != " " else " " for own, kept in zip(text, chosen[0], strict=True))
        return rest, chosen[1], chosen[2]

    def _taken(self, text: str, pattern: re.Pattern[str]) -> tuple[str, dict[str, int], str]:
        figures: dict[str, int] = {}
        problem = ""
        for match in list(pattern.finditer(text)):
            field, value = self._names[match["name"]], int(re.sub(r"\D", "", match["number"]))
            if figures.get(field, value) != value:
                problem = f"Для «{match['name']}» указаны разные цифры."
            if value > MOST:
                problem = f"Цифра {match['number']} слишком велика."
            figures[field] = value
            text = text[: match.start()] + " " * (match.end() - match.start()) + text[match.end() :]
        return text, figures, problem

    def _names_in(self, text: str) -> bool:
        return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in self._names)


def _same(text: str) -> str:
    """Folded, with Latin letters that look like Cyrillic ones as those, so that «BK» and «OK» may be typed in either."""
    return fold_script(text).translate(_CYRILLIC)
