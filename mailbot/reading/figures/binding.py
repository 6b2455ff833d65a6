"""Binding numbers to labels within a stretch of text: «ВК 34, Инстаграм 31» and «34 (ВК), 31 (Инст.)» alike.

Labels and numbers stand in a row; each number belongs to a neighbour, before it or after it. Of all ways to pair every
number with a neighbouring label the cheapest is taken, where a pair costs little if only a dash or a colon stands
between, and much across a comma or the end of a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailbot.reading.figures.lexicon import Label
from mailbot.reading.figures.tokens import Number

_FILLER = (
    r"(?:подписал\w*|подписан\w*|подписчик\w*|подписк\w*|подписок|подпис\w*|количеств\w*|кол-во|человек\w*|чел|составля\w+|составил\w*|число|стало|сейчас|теперь|на\s+данный\s+момент"
    r"|имеется|есть|у\s+нас|там|факт(?:ически)?|верно|правильно|будет|насчитыва\w+|официальн\w+|групп\w*|сообществ\w*|страниц\w*|аккаунт\w*|министерств\w*|моин|рт|мон|в\s+соц\w*\.?\s*сет\w*|соц\w*\.?\s*сет\w*|социальн\w*|сет[иь]|пока|всего|уже|ровно|только|лишь"
    r"|в|во|на|из|по|от|буенча|язылучы\w*|язылган\w*|язылды|саны|кеше|и|а|это)"
)
_BEFORE = re.compile(rf"[\s:=\-(\[|«»\"',>*•._]*?(?:{_FILLER}[\s:=\-|\"()«»._]*)*[\s:=\-(|_]*")
_AFTER = re.compile(
    r"[\s)\-\"|]*(?:(?:чел|человек\w*|подпис\w*|кеше\w*|чел\.)[\s.\-]*)?[\s\-(\[:«\"]*(?:(?:в|во|на|из|по|от|для|с)\s+)?(?:(?:соц\w*\.?\s*сет\w*|групп\w*|страниц\w*|аккаунт\w*|сети)\s+)?[«\"(]?"
)
_BREAK = re.compile(r"[),;.]\s")
_END = re.compile(r"[;\n]|(?<!чел)(?<!подп)[.!?](?=\s+[^\s\d])")
_WORD = re.compile(r"[а-яa-z]{3,}")
_SKIP = {"field": 1.2, "total": 0.3, "audience": 0.2, "foreign": 0.6}  # a label that no number needs
_UNBOUND = 5.0  # a number that is left alone, for a person to look at


@dataclass(frozen=True, slots=True)
class Pair:
    """A number and the label that it belongs to; `label` is None where no neighbour fits."""

    number: Number
    label: Label | None


def bind(text: str, labels: list[Label], numbers: list[Number]) -> tuple[list[Pair], list[Label]]:
    """Pair every number of `text` with a neighbouring label, as cheaply as possible.

    `text` is folded; labels and numbers are in order and don't overlap. Returns the pairs in the order of the numbers
    and the labels that stayed alone.
    """
    row: list[Label | Number] = sorted([*labels, *numbers], key=lambda item: item.start)
    if _in_brackets(text, row):
        labelled = zip(row[1::2], row[::2], strict=True)
        return [Pair(n, x) for n, x in labelled if isinstance(n, Number) and isinstance(x, Label)], []
    best: list[tuple[float, tuple[tuple[int, int], ...]]] = [(0.0, ())]
    for index, item in enumerate(row):
        cost, pairs = best[index]
        alone = _SKIP[item.kind] if isinstance(item, Label) else _UNBOUND
        options = [(cost + alone, pairs)]
        if index and isinstance(item, Label) != isinstance(row[index - 1], Label):
            before_cost, before_pairs = best[index - 1]
            pair_cost = _gap_cost(text, row[index - 1], item)
            options.append((before_cost + pair_cost, (*before_pairs, (index - 1, index))))
        best.append(min(options, key=lambda option: option[0]))
    chosen = dict(best[-1][1])
    partner = chosen | {right: left for left, right in chosen.items()}
    pairs_out, unused = [], []
    for index, item in enumerate(row):
        other = row[partner[index]] if index in partner else None
        if isinstance(item, Number):
            pairs_out.append(Pair(item, other if isinstance(other, Label) else None))
        elif other is None:
            unused.append(item)
    return pairs_out, unused


def _in_brackets(text: str, row: list[Label | Number]) -> bool:
    """«(вк) 18 (инст) 14 (ок) 22»: each label stands in brackets of its own before its number."""
    alternate = len(row) % 2 == 0 and all(isinstance(item, Number) == bool(i % 2) for i, item in enumerate(row))
    return (
        alternate
        and len(row) > 2
        and all(text[x.start - 1 : x.start] == "(" and text[x.end : x.end + 1] == ")" for x in row[::2])
    )


def _gap_cost(text: str, left: Label | Number, right: Label | Number) -> float:
    """What it costs to pair two neighbours, by what stands between them."""
    gap = text[left.end : right.start]
    label_first = isinstance(left, Label)
    pattern = _BEFORE if label_first else _AFTER
    if pattern.fullmatch(gap) and not (label_first and _BREAK.search(gap[:3])) and "\n" not in gap.strip(" "):
        base = 0.0 if label_first else 0.5
    else:
        base = 2.0 if label_first else 3.0
    base += 3.0 * len(_END.findall(gap))
    base += 1.0 * gap.count(",") + 1.5 * gap.count(")" if label_first else "(") * (1 if label_first else 0)
    return base + 0.15 * len(_WORD.findall(gap))
