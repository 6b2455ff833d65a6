"""What leads to the figures: only this may say that they answer another request, not what stands beside them or after.

A report is ignored unseen only where a clerk would do so from its title: «Реестр страниц школ», «Обращений ВКонтакте».
A remark, a column of links or a sentence after the figures makes nobody lay it aside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mailbot.reading.figures.rows import Part
from mailbot.reading.gather import Material
from mailbot.reading.intent import Intent, intent_of
from mailbot.reading.text.fold import fold

# «Направляем статистику собственных страниц», «сведения о страницах школ»: what is sent, right before what it is about.
_SENT = re.compile(
    r"(?<![а-я])(?:статистик|сведени|мониторинг|реестр|данн|отчет|информаци|запрос|подписчик|подписавш|итог|количеств|числ|список|списк|ответ(?!ств)|свод|таблиц|копи)\w*\s+(?:(?:о|об|обо|по|про|за|с)\s+)?(?:[а-я-]+\s+)?$"
)
_DONE = ("размещен", "опубликован", "отработан")  # «Информация размещена»: what was done with it, not what it is about
_SUBSCRIBED = re.compile(r"подписал|подписан|подписавш|подписчик|язылучы|язылган")
_SENTENCE_END = re.compile(r"[.!?]\s")


def leads_elsewhere(material: Material) -> bool:
    """Whether what leads to the figures under the networks' names speaks of another matter: subject, title, heading."""
    subject = material.envelope.subject
    if _is_of_another(intent_of("", subject)) or intent_of(subject).other_accounts:
        return True
    if any(_is_of_another(intent_of(text)) for text in _sentences(material)):
        return True
    if any(_is_headed_elsewhere(*headed) for part in material.parts for headed in part.extract.headed):
        return True
    return _says_what_is_sent(fold(material.own_text))


def holds_figures(material: Material, parts: Iterable[Part]) -> bool:
    """Whether a number stands anywhere under a network's name or beside it, or under «Количество подписавшихся».

    In a picture of the authority's page «1 204 подписчика» are not who subscribed here.
    """
    return any(
        s.kind == "field" or (part.name not in material.recognised and _SUBSCRIBED.search(fold(s.evidence.snippet)))
        for part in parts
        for s in part.extract.statements
    )


def _is_of_another(intent: Intent) -> bool:
    return bool(intent.other_accounts or intent.other_measure or intent.other_subject)


def _is_headed_elsewhere(title: str, headings: tuple[str, ...]) -> bool:
    """Whether a table's title, or each of its networks' headings, is another matter's: «ВК исполкома | ОК исполкома»."""
    return _is_of_another(intent_of(title)) or (
        bool(headings) and all(_is_of_another(intent_of(heading)) for heading in headings)
    )


def _sentences(material: Material) -> Iterator[str]:
    """Of running text with figures each sentence down to the figure."""
    for part in material.parts:
        for statement in part.extract.statements:
            if "!" not in statement.evidence.locator:
                yield _SENTENCE_END.split(_down_to(statement.evidence.snippet, statement.value, material.own_text))[-1]


def _down_to(snippet: str, value: int, text: str) -> str:
    """The words of `text` down to the number in `snippet`."""
    said = snippet.strip("…")
    position = text.find(said)
    number = said.find(str(value))
    return text[: position + max(number, 0)] if position >= 0 else said


def _says_what_is_sent(folded: str) -> bool:
    """Whether the covering words call what is sent another matter's."""
    intent = intent_of(folded)
    words = {intent.other_accounts, intent.other_measure, intent.other_subject} - {""}
    return any(
        _SENT.search(folded[max(0, match.start() - 80) : match.start()])
        for word in words
        if not word.startswith(_DONE)
        for match in re.finditer(re.escape(word), folded)
    )
