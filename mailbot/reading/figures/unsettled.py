"""Over the lines of a text: numbers that are no figures yet, or only came on top, and whether the figure is told elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mailbot.domain.interpretation import FindingCode
from mailbot.reading.figures.lexicon import Label
from mailbot.reading.figures.lines import Line
from mailbot.reading.figures.masks import Role
from mailbot.reading.figures.recorder import Recorder
from mailbot.reading.figures.tense import (
    Unsettled,
    is_future,
    is_increment,
    is_mere,
    tells_now,
    tells_result,
    without_future,
    without_increments,
    without_past,
)
from mailbot.reading.figures.tokens import Number

_WHY = {
    Role.PROMISE: "этого ещё нет",
    Role.INCREMENT: "это прибавка, а не сколько всего",
    Role.EARLIER: "так было раньше",
}
_HEADING_END = re.compile(r"[:–—\-]\s*$")


class Unsettling:
    """Sets such numbers aside, line by line; at the end a network of which nothing else was told goes to a person."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._heading: tuple[Role, str] | None = None
        self._found: dict[tuple[str, str], tuple[Line, Unsettled, str | None]] = {}

    def without(
        self, line: Line, folded: str, tokens: list[Number], labels: list[Label], whose: str | None
    ) -> list[Number]:
        """The numbers of a line with the role of each that is no figure told; the line may be a heading of such.

        `whose`: the organisation that the line speaks of, if one is named.
        """
        if not any(t.role in (Role.FIGURE, Role.STAFF) for t in tokens):
            self._heading = _heading(folded)
            return tokens
        heading = self._heading
        if heading is not None and (tells_now(folded) if heading[0] is Role.PROMISE else tells_result(folded)):
            heading = None
        first = not self._recorder.out.statements
        tokens, later = without_future(tokens, folded, labels)
        tokens, past = without_past(tokens, folded, labels)
        tokens, added = without_increments(tokens, folded, labels, first=first)
        for each in (*later, *past, *added, *_under(heading, tokens, labels)):
            key = line.locator, each.word
            known = self._found[key][1] if key in self._found else each
            merged = replace(each, names=each.names | known.names, surely=each.surely or known.surely)
            self._found[key] = line, merged, whose
        if heading is not None:
            tokens = [replace(t, role=heading[0]) if t.role is Role.FIGURE else t for t in tokens]
        return tokens

    def finish(self) -> None:
        """Write down a finding for each of them that nothing else settles, where it is more than a mere promise."""
        for line, each, whose in self._found.values():
            if each.surely or each.names - self._stated(whose) or not (self._recorder.out.statements or _is_mere(each)):
                message = f"Число не взято: {_WHY[each.role]} («{each.word}»)"
                self._recorder.finding(FindingCode.NO_EXACT_FIGURE, message, line)

    def forget(self) -> None:
        """What a heading began ends here."""
        self._heading = None

    def _stated(self, whose: str | None) -> set[str]:
        """The networks that have figures: of this organisation, where several are named."""
        found = [s for s in self._recorder.out.statements if s.kind == "field"]
        if whose is not None and {s.subject.organisation for s in found} - {None, whose}:
            found = [s for s in found if s.subject.organisation == whose]
        return {s.name for s in found}


def _is_mere(each: Unsettled) -> bool:
    return each.role is Role.PROMISE and is_mere(each.word)


def _under(heading: tuple[Role, str] | None, tokens: Sequence[Number], labels: Sequence[Label]) -> list[Unsettled]:
    """What the heading above a line makes of its numbers."""
    if heading is None or not any(t.role is Role.FIGURE for t in tokens):
        return []
    role, word = heading
    names = frozenset(x.name for x in labels if x.kind == "field")
    return [Unsettled(names, word, role, surely=role is Role.INCREMENT)]


def _heading(folded: str) -> tuple[Role, str] | None:
    """«Планируем подписать:», «Добавилось за сегодня –»: what the lines below it tell."""
    if not _HEADING_END.search(folded):
        return None
    role = Role.PROMISE if is_future(folded) else Role.INCREMENT if is_increment(folded) else None
    return None if role is None else (role, folded.strip(" :–—-"))
