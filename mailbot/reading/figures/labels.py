"""Labels of a line made ready: repetitions are one, a genitive belongs to its noun, «всего» after a network qualifies."""

from __future__ import annotations

import re

from mailbot.reading.figures.lexicon import Label
from mailbot.reading.figures.masks import Role
from mailbot.reading.figures.tokens import Number

_OUT_OF = re.compile(
    r"(?:^|[^\d\s.])\s*(?<![а-я])(?<!чел )(?<!человек )из\s+\d+\s+(?:(?!подпис)[а-яё-]+\s+){0,4}$|(?:%|процент\w*)\s+(?:от\s+)?(?:(?:наш|вс|педагогическ)\w+\s+)?$"
)  # «из 58 педагогов подписались 41»
_AMONG = re.compile(r"\s*(?:чел\w*\.?|человек\w*)\s*(?:из|от)\s+(?:[а-я]+\s+){0,2}")
_REMARK = re.compile(r"\d\s*(?:чел\w*\.?|человек\w*)\s*\(([^)\d]*)\)")  # «36 человек (сотрудники и родители)»
_AND_AMONG = re.compile(r"\s*(?:,|и)\s*(?:[а-я]+\s+){0,2}")


def distinct(labels: list[Label]) -> list[Label]:
    """Labels without repetition of a name («Вконтакте (vk.com/public…)» is one)."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for label in labels:
        if (label.kind, label.name) not in seen:
            seen.add((label.kind, label.name))
            kept.append(label)
    return kept


def merge_repeats(labels: list[Label], values: list[Number]) -> list[Label]:
    """Neighbouring labels of one name with no number between are one label, as wide as both."""
    merged: list[Label] = []
    for label in labels:
        last = merged[-1] if merged else None
        if (
            last
            and (last.kind, last.name) == (label.kind, label.name)
            and not any(last.end <= v.start < label.start for v in values)
        ):
            merged[-1] = Label(last.kind, last.name, last.start, label.end, last.link)
            continue
        merged.append(label)
    return merged


def head_nouns(folded: str, labels: list[Label]) -> list[Label]:
    """«родители воспитанников 35»: of two groups with only spaces between, the first is counted, the other its genitive."""
    kept: list[Label] = []
    for label in labels:
        last = kept[-1] if kept else None
        if last and last.kind == label.kind == "audience" and not folded[last.end : label.start].strip():
            kept[-1] = Label(last.kind, last.name, last.start, label.end)
        else:
            kept.append(label)
    return kept


def without_qualifiers(folded: str, labels: list[Label]) -> list[Label]:
    """«в Одноклассниках всего 9»: right after a network «всего» only qualifies its number."""
    return [
        label
        for i, label in enumerate(labels)
        if not (
            i
            and label.kind == "total"
            and labels[i - 1].kind == "field"
            and re.fullmatch(
                r"[\s\-]*(?:подписал\w+|подписан\w*|у\s+нас|пока|уже)?[\s]*", folded[labels[i - 1].end : label.start]
            )
        )
    ]


def without_sources(folded: str, labels: list[Label], values: list[Number]) -> list[Label]:
    """«112 человек из нашего коллектива и числа родителей на ВКонтакте»: who they are among; the number is the network's.

    Only where there are networks enough for all numbers: else «72 из числа педагогов» is a split.
    """
    remarks = [m.span(1) for m in _REMARK.finditer(folded)]
    labels = [x for x in labels if x.kind != "audience" or not any(s <= x.start < e for s, e in remarks)]
    labels = [x for x in labels if x.kind != "audience" or not _OUT_OF.search(folded[max(0, x.start - 90) : x.start])]
    if len([v for v in values if v.role is Role.FIGURE]) > len([x for x in labels if x.kind == "field"]):
        return labels
    kept: list[Label] = []
    told = -1  # where the last source ended
    for label in labels:
        ends = [v.end for v in values if v.end <= label.start]
        since = folded[ends[-1] : label.start] if ends else ""
        among = _AMONG.fullmatch(since) or (told >= 0 and _AND_AMONG.fullmatch(folded, told, label.start))
        if label.kind == "audience" and among:
            told = label.end
        else:
            kept.append(label)
    return kept


def mostly(label: Label, folded: str) -> bool:
    """Whether a label makes up most of its line: a heading rather than a word in a sentence."""
    return label.end - label.start >= 0.5 * len(folded.strip(" :-.•*|\t"))
