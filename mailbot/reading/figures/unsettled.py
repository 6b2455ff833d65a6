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
    tells_result,
    without_future,
    without_increments,
    without_past,
)
from mailbot.reading.figures.tokens import Number

_HEADING_END = re.compile(r"[:–—\-]\s*$")


class Unsettling:
    """Sets such numbers aside, line by line; at the end a network of which nothing else was told goes to a person."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._heading: tuple[Role, str] | None = None
        self._found: dict[tuple[str, str], tuple[Line, Unsettled]] = {}

    def without(self, line: Line, folded: str, tokens: list[Number], labels: list[Label]) -> list[Number]:
        """The numbers of a line with the role of each that is no figure told; the line may be a heading of such."""
        if not any(t.role in (Role.FIGURE, Role.STAFF) for t in tokens):
            self._heading = _heading(folded)
            return tokens
        heading = None if tells_result(folded) else self._heading
        first = not self._recorder.out.statements
        tokens, later = without_future(tokens, folded, labels)
        tokens, past = without_past(tokens, folded, labels)
        tokens, added = without_increments(tokens, folded, labels, first=first)
        for each in (*later, *past, *added, *_under(heading, tokens, labels)):
            known = self._found.setdefault((line.locator, each.word), (line, each))[1]
            self._found[line.locator, each.word] = line, replace(each, names=each.names | known.names)
        if heading is not None:
            tokens = [replace(t, role=heading[0]) if t.role is Role.FIGURE else t for t in tokens]
        return tokens

    def finish(self) -> None:
        """Write down a finding for each of them that nothing else settles."""
        stated = {s.name for s in self._recorder.out.statements if s.kind == "field"}
        for line, each in self._found.values():
            if each.surely or each.names - stated:
                message = f"Число не взято: {each.why} («{each.word}»)"
                self._recorder.finding(FindingCode.NO_EXACT_FIGURE, message, line)


def _under(heading: tuple[Role, str] | None, tokens: Sequence[Number], labels: Sequence[Label]) -> list[Unsettled]:
    """What the heading above a line makes of its numbers."""
    if heading is None or not any(t.role is Role.FIGURE for t in tokens):
        return []
    role, word = heading
    why = "этого ещё нет" if role is Role.PROMISE else "это прибавка, а не сколько всего"
    names = frozenset(x.name for x in labels if x.kind == "field")
    return [Unsettled(names, word, why, surely=role is Role.INCREMENT)]


def _heading(folded: str) -> tuple[Role, str] | None:
    """«Планируем подписать:», «Добавилось за сегодня –»: what the lines below it tell."""
    if not _HEADING_END.search(folded):
        return None
    role = Role.PROMISE if is_future(folded) else Role.INCREMENT if is_increment(folded) else None
    return None if role is None else (role, folded.strip(" :–—-"))
