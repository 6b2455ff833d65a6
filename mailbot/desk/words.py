"""Orders in words, line by line: «Бавлы: ВК 120, ОК 80, принять», «№ 17 — не отчёт», «отклонить 19». Pure.

A line is an order only where every word and number of it has a known role: a message's number, a municipality, an
organisation, a field with its figure, a decision, or a word that says nothing. What is left over makes the whole line
misunderstood; so «около 120» or «120?» is asked about, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailbot.desk.figures import FigureWords
from mailbot.desk.orders import Action, Misunderstood, Spoken
from mailbot.domain.campaign import Campaign
from mailbot.domain.directory import Directory
from mailbot.reading.text.fold import fold
from mailbot.reading.who.organisations import find_organisations
from mailbot.reading.who.places import Strength, find_places

_REJECT = (
    r"(?:это\s+)?не\s+(?:явля\w+\s+)?отч[её]т\w*|отклон\w+|не\s+прин[яи]\w+|не\s+учитыв\w+|не\s+уч[её]сть|не\s+счита\w+"
    r"|исключ\w+|(?:про)?игнорир\w+|спам|не\s+по\s+теме|не\s+ответ"
)
_UNDO = r"отмен\w+(?:\s+решени[еяй])?|верн(?:уть|и|ите)(?:\s+на\s+проверку|\s+как\s+было)?|откат\w+"
_ACCEPT = (
    r"прин(?:ять|имаю|имаем|ято|яли?|яты|ята|имай(?:те)?|имать|ми|мите)|уч[её]сть|учти(?:те)?|учитывать|учитывайте"
    r"|засчита\w+|(?:вс[её]\s+)?верно|(?:вс[её]\s+)?правильно|соглас(?:на|ен)|подтвержда\w+|одобр\w+"
    r"|исправ(?:ить|ь|ьте|ляю|лено)(?:\s+на)?|заменить\s+на"
)
_WORDS: tuple[tuple[Action, str], ...] = (("undo", _UNDO), ("reject", _REJECT), ("accept", _ACCEPT))
_VERBS = tuple((action, re.compile(rf"(?<!\w)(?:{words})(?!\w)")) for action, words in _WORDS)
_SIGN = r"(?:№+|#|номер\w*|no?\.?(?=\s*\d))"
_NUMBERS = rf"{_SIGN}?\s*\d{{1,7}}(?:\s*(?:,\s*(?:и\s+)?|и\s+|-\s*|по\s+)\s*{_SIGN}?\s*\d{{1,7}}(?!\s*\d))*"
_LETTER_WORD = r"(?:(?:по|в|для)\s+)?(?:письм\w+|сообщени\w+|строк\w+|случа\w+|вопрос\w*)"
_LEADING = re.compile(
    rf"[\s\-*•—)]*(?:{_LETTER_WORD}\s*)?(?P<numbers>{_NUMBERS})(?!\s*\d|\w)\s*(?P<end>[:.)—–\-,;]|(?=\s)|$)"
)
_AFTER_VERB = re.compile(rf"\s*:?\s*(?:{_LETTER_WORD}\s*)?(?P<numbers>{_NUMBERS})(?!\w)\s*[:.,;—–\-]?")
_ENUMERATED = re.compile(r"^\s*\d{1,2}[.)]\s+(?=№|#|письм|отклон|прин|отмен)")
_INSTEAD = re.compile(r"(?<=\d)\s*(?:чел\w*\.?)?\s*(?:вместо|,?\s*а\s+не)\s+\d[\d\s]*(?=\D|$)")
_FILLER = re.compile(
    r"(?<!\w)(?:это|это\s+письмо|письм\w+|по|в|во|на|и|а|для|от|из|с|со|за|же|у|так|там|нужно|надо|просьба|прошу|пожалуйста"
    r"|муниципалитет\w*|муниципальн\w+|район\w*|городск\w+|округ\w*|город\w*|г|рт|республик\w+|татарстан\w*|организаци\w+"
    r"|цифр\w+|данны\w+|как\s+есть|исправлени\w+|подписчик\w*|подписал\w*|чел|человек\w*|должно\s+быть|будет|равно"
    r"|правильн\w+|верн\w+|их|его|е[её]|вс[её]|все|целиком|в\s+целом|отдел\w*|управлени\w+|образовани\w+|решени\w+)(?!\w)\.?"
)
_POLITE = re.compile(
    r"\W*(?:(?:добр(?:ый|ого|ое|ой)|здравствуйте|приветствую|привет|уважаем\w+|коллег\w+|день|дня|вечер\w*|утр\w*|доброго|времени|суток"
    r"|спасибо|благодарю|большое|заранее|с\s+уважением|ответ\w*\s+(?:ниже|в\s+(?:файле|книге|приложении))"
    r"|(?:исправления|правки|книга|сводка|файл)(?:\s+(?:в|во)\s+(?:приложении|вложении|книге|файле))?|(?:в|во)\s+(?:приложении|вложении)"
    r"|отправляю|направляю|прилагаю|исправленн\w+|книгу|файл|сводку|внесла|внес|исправления|правки)\W*)+",
    re.IGNORECASE,
)
_NOTHING_LEFT = re.compile(r"[\s,.;:—–\-()«»\"'!]*")
_SENTENCE = re.compile(r"[.!]\s+(?=(?:№|#|письм|отклон|прин[яи]|отмен)[^\n]*)", re.IGNORECASE)
_MOST_LETTERS = 200

NO_DECISION = "Не сказано, что сделать: добавьте «принять», «не отчёт» или «отменить»."
NO_TARGET = "Не сказано, о ком или о каком письме речь: назовите номер («№ 17») или муниципалитет («Бавлы»)."
SEVERAL_DECISIONS = "В одной строке несколько разных решений: напишите каждое отдельной строкой."
SEVERAL_PLACES = "Названо несколько муниципалитетов: напишите о каждом отдельной строкой."
SEVERAL_ORGANISATIONS = "Названо несколько организаций: напишите о каждой отдельной строкой."
BAD_RANGE = "Номера писем указаны так, что их не перечислить."
FIGURES_WITHOUT_ACCEPT = "Цифры указаны при решении, которому они не нужны."


@dataclass(frozen=True, slots=True)
class _Line:
    """A line being taken apart: its words, and the same folded, where what was understood is blanked out."""

    said: str
    rest: str

    def without(self, start: int, end: int) -> _Line:
        return _Line(self.said, self.rest[:start] + " " * (end - start) + self.rest[end:])


class Listener:
    """Understands orders about one campaign and its respondents."""

    def __init__(self, campaign: Campaign, directory: Directory) -> None:
        self._figures = FigureWords(campaign)
        self._directory = directory

    def listen(self, lines: Iterable[str]) -> tuple[Spoken | Misunderstood, ...]:
        """The orders in her lines, in order; politeness is passed over.

        A line that names a target and decides nothing goes on in the next ones, up to the decision.
        """
        heard: list[Spoken | Misunderstood] = []
        waiting = ""
        for fragment in _fragments(lines):
            whole = f"{waiting}, {fragment}" if waiting else fragment
            if waiting and self._names_target(fragment):
                heard.append(self._understood(waiting))
                whole = fragment
            if self._names_target(whole) and not _decides(whole):
                waiting = whole
                continue
            waiting = ""
            heard.append(self._understood(whole))
        if waiting:
            heard.append(self._understood(waiting))
        return tuple(heard)

    def _names_target(self, text: str) -> bool:
        line, letters = _letters(_Line(text, fold(text)))
        return bool(letters) or self._place(line)[1] != ()

    def _understood(self, said: str) -> Spoken | Misunderstood:
        text = _ENUMERATED.sub("", said)
        folded = _INSTEAD.sub(lambda match: " " * len(match[0]), fold(text))
        line, letters = _letters(_Line(text, folded))
        if letters is None:
            return Misunderstood(said, BAD_RANGE)
        line, organisations = self._organisations(line)
        line, places = self._place(line)
        line, actions = _actions(line)
        rest, figures, problem = self._figures.take(line.rest)
        left = _FILLER.sub(" ", rest)
        reason = _objection(letters, organisations, places, actions, bool(figures), problem, left)
        if reason is not None:
            return Misunderstood(said, reason)
        return Spoken(
            said,
            actions[0],
            letters,
            places[0] if places else None,
            organisations[0] if organisations else None,
            figures,
        )

    def _organisations(self, line: _Line) -> tuple[_Line, tuple[str, ...]]:
        text = _unmasked(line)
        found = []
        for mention in find_organisations(text, self._directory):
            start, end = mention.span
            found.append(line.said[start:end].strip(" ,;:"))
            line = line.without(start, end)
        return line, tuple(dict.fromkeys(found))

    def _place(self, line: _Line) -> tuple[_Line, tuple[str, ...]]:
        found = []
        for mention in find_places(_unmasked(line), self._directory):
            if mention.strength >= Strength.ORGANISATION:
                found.append(mention.municipality)
                line = line.without(*mention.span)
        return line, tuple(dict.fromkeys(found))


def _unmasked(line: _Line) -> str:
    """Her own words where nothing was understood yet: names are told by their capitals."""
    return "".join(own if kept != " " else " " for own, kept in zip(line.said, line.rest, strict=True))


def _fragments(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        for sentence in _SENTENCE.split(line):
            for part in sentence.split(";"):
                text = " ".join(part.split())
                if text and not _NOTHING_LEFT.fullmatch(text) and not _POLITE.fullmatch(text):
                    yield text


def _decides(text: str) -> bool:
    return bool(_actions(_Line(text, fold(text)))[1])


def _actions(line: _Line) -> tuple[_Line, tuple[Action, ...]]:
    found: list[Action] = []
    for action, pattern in _VERBS:
        while match := pattern.search(line.rest):
            found.append(action)
            line = line.without(*match.span())
    return line, tuple(dict.fromkeys(found))


def _letters(line: _Line) -> tuple[_Line, tuple[int, ...] | None]:
    """The messages' numbers: at the head of the line, or right behind the decision; None where they make no list."""
    match = _LEADING.match(line.rest)
    if match is None or not _is_reference(line.rest, match):
        match = None
        for _, pattern in _VERBS:
            verb = pattern.search(line.rest)
            match = match or (_AFTER_VERB.match(line.rest, verb.end()) if verb else None)
    if match is None:
        return line, ()
    return line.without(*match.span("numbers")), _listed(match["numbers"])


def _is_reference(text: str, match: re.Match[str]) -> bool:
    """Whether a leading number is a message's: it bears a sign or a word, or a decision follows («17 не отчёт»)."""
    if re.search(rf"{_SIGN}|{_LETTER_WORD}", text[: match.end()]):
        return True
    behind = text[match.end() :]
    return match["end"] in {":", "—", "–", "-"} or any(pattern.match(behind.lstrip(" ,-—")) for _, pattern in _VERBS)


def _listed(numbers: str) -> tuple[int, ...] | None:
    """The numbers of «17, 18 и 20-22»; None for a range that runs backwards or is absurdly long."""
    found: list[int] = []
    for first, last in re.findall(r"(\d+)(?:\s*(?:-|по)\s*\D{0,3}?(\d+))?", numbers):
        end = int(last or first)
        if end < int(first) or end - int(first) >= _MOST_LETTERS:
            return None
        found += range(int(first), end + 1)
    return tuple(dict.fromkeys(found))


def _objection(
    letters: tuple[int, ...],
    organisations: Sequence[str],
    places: Sequence[str],
    actions: Sequence[Action],
    has_figures: bool,
    problem: str,
    left: str,
) -> str | None:
    """Why the parts make no order, or None."""
    if problem:
        return problem
    if not _NOTHING_LEFT.fullmatch(left):
        return f"Непонятно: «{' '.join(left.split()).strip(' ,.;:-')}»."
    if len(actions) > 1:
        return SEVERAL_DECISIONS
    if not letters and not places:
        return NO_TARGET
    if not actions:
        return NO_DECISION
    if len(places) > 1:
        return SEVERAL_PLACES
    if len(organisations) > 1:
        return SEVERAL_ORGANISATIONS
    return FIGURES_WITHOUT_ACCEPT if has_figures and actions[0] != "accept" else None
