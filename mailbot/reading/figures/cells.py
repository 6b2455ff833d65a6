"""What one cell of a table holds: nothing, a dash, a number, words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from mailbot.domain.document import Cell
from mailbot.reading.figures.masks import Role
from mailbot.reading.figures.tokens import Number, numbers
from mailbot.reading.kept import remembered
from mailbot.reading.text.fold import fold


class CellKind(StrEnum):
    """`DASH`: nothing given. `NUMBER`: one whole number with nothing but its unit. `ERROR`: a spreadsheet's error."""

    EMPTY = "empty"
    DASH = "dash"
    NUMBER = "number"
    ERROR = "error"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Content:
    """A cell's content; `number` where it holds one; `other` are numbers of other roles in it."""

    kind: CellKind
    cell: Cell
    number: Number | None = None
    contradiction: str = ""


_PLAIN = re.compile(r"\s*([0-9]{1,5})\s*")  # longer ones may be postcodes, numbers of letters
_NEGATIVE = re.compile(r"\s*[-−]\d+\s*")  # no number of people; with a space it is a dash before one
_DITTO = re.compile(
    r"\s*(?:[-–—]*\s*(?://|\"|''|,,)\s*[-–—]*|[\"«»„“”]|то\s+же(?:\s+самое)?|аналогично|так\s+же)\s*", re.IGNORECASE
)
_DASH = re.compile(
    r"^[\s\-_.*/|\\]*$|^\s*(?:н/?д|н\.д\.|нет\s+данных|не\s+предоставлен\w*|не\s+заполн\w*|x|х|n/a|прочерк)\s*$"
)
# «данные позже», «пришлём завтра», «уточняется»: the sender says that there is no number yet.
_LATER = re.compile(
    r"\s*(?:(?:данные|сведения|информация|отчет|цифры|число)\s+)?(?:(?:буд(?:ет|ут)|придет|придут|пришл(?:ем|ют|ю)|предостав(?:им|ят|лю)|представ(?:им|ят|лю)|сдадут|сдадим|дошлем|дошлю|вышлем|вышлют|сообщ(?:им|ат|у))\s+)?"
    r"(?:позже|позднее|попозже|завтра|потом|после\s+обеда|вечером|к\s+вечеру|до\s+вечера)\s*[.!]?\s*"
    r"|(?:данные\s+|сведения\s+|информация\s+|еще\s+)?(?:уточня(?:ется|ются|ем)|собира(?:ется|ются|ем)|ждем|в\s+работе)\s*[.!]?\s*"
    r"|(?:пока\s+|еще\s+)?(?:нет\s+(?:сведений|информации|отчета|ответа)|не\s+(?:отчита(?:лись|лся|лась)|сдал(?:и|а)?|прислал(?:и|а)?|ответил(?:и|а)?)|не\s+предоставил(?:и|а)?)\s*[.!]?\s*"
)
_ZERO = re.compile(
    r"^\s*(?:нет|нету|юк|нол[ья]|нуль|отсутству[ею]т|подписчиков\s+нет|нет\s+подпис\w+|не\s+подписан\w*|никого|ни\s+одного|никто\s+не\s+подписался)\s*\.?\s*$"
)
_ERROR = re.compile(
    r"^\s*#(?:ref|ссылка|n/a|н/д|value|знач|div/0|дел/0|name|имя|null|пусто|num|число|nocache|spill|перенос)[!?]?",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"(?<=\d)\s*(?:чел\w*\.?\s*)?\(\s*\d{1,3}(?:[.,]\d+)?\s*%\s*\*{0,2}\s*\)\s*$"
)  # «33 (92 %)», «30 (120%*)»: of whom, is not asked
_REST = re.compile(r"^[\s.,;:()«»\"'*=\-]*(?:(?:чел|человек\w*|подпис\w*|кеше\w*|шт|из\s+них|людей|п)[\s.,;:()\"*]*)*$")


def is_ditto(text: str) -> bool:
    """Whether a cell says «the same as above»: «-//-», «то же»."""
    return _DITTO.fullmatch(text) is not None


def content_of(cell: Cell) -> Content:
    """What `cell` holds. «35 чел.», «1 250», «тридцать пять», «нет» are numbers; «-» and «н/д» are dashes."""
    kind, number, contradiction = _held(cell.text)
    return Content(kind, cell, number, contradiction)


@remembered
def _held(text: str) -> tuple[CellKind, Number | None, str]:
    """What a cell with this text holds: its kind, its number, and the text where words and digits contradict."""
    if plain := _PLAIN.fullmatch(text):  # most cells of most tables
        start, end = plain.span(1)
        return CellKind.NUMBER, Number(start, end, plain[1], int(plain[1]), Role.FIGURE), ""
    if "%" in text and (share := _SHARE.search(text)):
        return _held(text[: share.start()])
    folded = fold(text)
    if not folded.strip():
        return CellKind.EMPTY, None, ""
    if _NEGATIVE.fullmatch(text) or is_ditto(text):
        return CellKind.TEXT, None, ""
    if _ERROR.match(folded):
        return CellKind.ERROR, None, ""
    if _DASH.match(folded) or _LATER.fullmatch(folded):
        return CellKind.DASH, None, ""
    if _ZERO.match(folded):
        return CellKind.NUMBER, Number(0, len(text), text, 0, Role.FIGURE, people=True), ""
    if len(folded) > 80 and not any(map(str.isdigit, folded)):
        return CellKind.TEXT, None, ""
    return _told(text, folded)


def _told(text: str, folded: str) -> tuple[CellKind, Number | None, str]:
    """What a cell's words come to: one number, perhaps in digits and in words, with nothing but its unit; or text."""
    found = numbers(text)
    figures = [n for n in found if n.role in (Role.FIGURE, Role.PROSE)]
    if len(figures) == 2 and figures[0].words != figures[1].words and len(found) == 2:
        rest = _without(folded, figures)
        if _REST.match(rest):
            differ = figures[0].value != figures[1].value
            digits = next(f for f in figures if not f.words)
            return CellKind.NUMBER, digits, text if differ else ""
    if len(found) == 1 and len(figures) == 1:
        rest = _without(folded, figures)
        if _REST.match(rest) or (figures[0].vague and len(rest) < 30 and not _named_before(folded, figures[0])):
            return CellKind.NUMBER, figures[0], ""
    return CellKind.TEXT, None, ""


def _named_before(folded: str, figure: Number) -> bool:
    """Whether a vague number belongs to words before it: a heading «ВК (не менее 30 чел.)», not «примерно 40 вместе»."""
    return any(c.isalpha() for c in folded[: figure.start].replace(fold(figure.vague), ""))


def _without(folded: str, figures: list[Number]) -> str:
    """The text without the numbers."""
    out, position = [], 0
    for figure in figures:
        out.append(folded[position : figure.start])
        position = figure.end
    return "".join([*out, folded[position:]])
