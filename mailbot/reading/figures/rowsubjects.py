"""Whose a table's row is: the organisation as its cells write it, the municipality that a cell beside it tells."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from mailbot.reading.figures.cellgrid import FIGURE_COLUMNS, first_text, is_kind, sole_label
from mailbot.reading.figures.cells import CellKind, Content
from mailbot.reading.figures.columns import LOCALITY, ColumnRole, heading_of
from mailbot.reading.figures.lexicon import Label, Lexicon
from mailbot.reading.figures.lines import Named, NameFinder
from mailbot.reading.figures.shapes import Shape
from mailbot.reading.figures.statements import Subject
from mailbot.reading.text.fold import fold

PlaceFinder = Callable[[str], str | None]

_INSTITUTION = re.compile(
    r"(?<![а-яәөүҗңһ])(?:сош|оош|нош|нш-?дс|сш|доу|д/с|црр|гимназия|лицей|школа|детский\s+сад|детсад|сад|колледж|техникум"
    r"|м[әе]кт[әе][пб]е?|бакчасы|гимназиясе|лицее)(?![а-яәөүҗңһ])"
)
_NUMBERED = re.compile(r"\d\W*$")
# A column «Тип» may sort the organisations instead of naming them: «Школы | МБОУ «СОШ №2»».
_SORT = re.compile(
    r"\s*(?:(?:город|сель)ск(?:ая|ой|ие|ое)(?:\s+\S+)?|школы|гимназии|лицеи|(?:детские\s+)?сады|детсады|колледжи|техникумы"
    r"|\S*(?:\s+\S+)?\s*(?:организации|учреждения)(?:\s+\S+){0,3}|(?:дошкольное|общее|среднее|дополнительное|профессиональное)(?:\s+\S+)?\s+образование)\s*"
)
_FORM = re.compile(r"(?<![а-я])(?:[мгч](?:[абк]|ад|бд)?(?:оу|доу|удо|у)|доу|оу)(?![а-я])")
_SUBSCRIBERS = re.compile(r"\s*(?:всего\s+)?(?:подписано|подписалось|подписались|подписчик\w*)(?:\s+[а-я]+){0,4}\s*$")
_UNIT = re.compile(r"\s*\((?:дошкольн|структурн|начальн|филиал|корпус|отделени)[^()\n]{0,60}\)", re.IGNORECASE)
_TELLS_WHICH = re.compile(r"№\s*\d|[«„“\"]\w")
_PARTED = re.compile(r"[,;:(\[|]|\s[-–—]\s")
_NO_NAME = re.compile(
    r"директор|заведу|руковод|ответств|(?<![а-я])тел|(?<![а-я])(?:вк|ок|инст|одн|vk|ok)(?![а-я])|вконтакт|итог|всего|подпис|кол-во|колич|@|\d{3}|[а-я]\.\s?[а-я]\."
)
_LOCALITY_LINE = re.compile(
    r"\s*\n\s*(?=\d{6}(?!\d)|(?:адрес|ул|тел|индекс)(?:[.:\s])|(?:г|с|д|п|пос|пгт|п\.г\.т|рп|н\.п|ст|дер)\.\s?[А-ЯЁ]|[А-ЯЁ][а-яё-]+(?:ий|ого)\s+(?:муниципальн\w+\s+)?(?:район|р-н))"
)
_MOSTLY = 0.8  # of a cell that a group's name takes up, where the cell is that name
_REST = 60  # characters that a name may have beyond what its words tell


class RowSubjects:
    """Tells whose a row is, by its own cells; what a title or the sender says of all rows is the caller's."""

    def __init__(self, lexicon: Lexicon, find_names: NameFinder, find_place: PlaceFinder) -> None:
        self._lexicon = lexicon
        self._names = find_names
        self._place = find_place
        self._known: dict[int, tuple[list[Content], Shape, str | None]] = {}  # by the row's identity, which is held

    def name_of(self, row: list[Content], shape: Shape) -> str | None:
        """The organisation's name as written: type and number in two columns are joined in the order of the columns."""
        known = self._known.get(id(row))
        if known is None or known[0] is not row or known[1] is not shape:
            known = self._known[id(row)] = row, shape, self._name_of(row, shape)
        return known[2]

    @staticmethod
    def _name_of(row: list[Content], shape: Shape) -> str | None:
        parts: list[str] = []
        for content, heading in zip(row, shape.headings, strict=True):
            if heading.role is ColumnRole.ORGANISATION and content.kind in (CellKind.TEXT, CellKind.NUMBER):
                text = content.cell.text
                text = " ".join((_LOCALITY_LINE.sub(", ", text) if "\n" in text else text).split())
                number = content.kind is CellKind.NUMBER
                if text and text not in parts and not (number and (not parts or _NUMBERED.search(parts[-1]))):
                    parts.append(text)
        return " ".join(without_categories(parts)) or None

    def subject(self, row: list[Content], shape: Shape, name: str, section_place: str | None, base: Subject) -> Subject:
        """Whose row it is; the place from a column of districts, from one of localities, or from the section's title."""
        place = self.place_of(row, shape)
        locality = None if place else self.place_of(row, shape, LOCALITY)
        subject = self._named(name, place or section_place or locality, base)
        by_locality = locality is not None and section_place is None and subject.municipality == locality
        return subject if subject.by_locality == by_locality else replace(subject, by_locality=by_locality)

    def heading_of_names(self, shape: Shape) -> str:
        """The heading that says that its column holds organisations; nothing where only their names can tell."""
        names = [h.text for h in shape.headings if h.role is ColumnRole.ORGANISATION]
        return next((t for t in names if heading_of([t], self._lexicon).role is ColumnRole.ORGANISATION), "")

    def _named(self, name: str, place: str | None, base: Subject) -> Subject:
        named = self._names(name)
        if named:
            first = named[0]
            whole = len(named) == 1 and first.start <= 3
            text = _in_full(name, first) if whole else name
            return Subject(text, first.subject.municipality or place)
        district = self._place(name)
        if district and not is_kind(name):
            return Subject(name if _INSTITUTION.search(fold(name)) else None, district)
        if is_kind(name):
            return Subject(name, place)
        if self.is_label(name):
            return replace(base, municipality=base.municipality or place)
        return Subject(name, place)

    def is_label(self, name: str) -> bool:
        """Whether a row's first cell names a network or a group, not an organisation; «Дом школьников» is one."""
        if _SUBSCRIBERS.match(fold(name)):
            return True
        role = heading_of([name], self._lexicon).role
        if role is ColumnRole.AUDIENCE:
            labels = self._lexicon.labels(name)
            return sum(x.end - x.start for x in labels) >= _MOSTLY * len(name.strip())
        return role in (*FIGURE_COLUMNS, ColumnRole.NETWORK)

    def place_of(self, row: list[Content], shape: Shape, column: str = "") -> str | None:
        """The municipality told by the row's cell in a column of districts, or in one of localities."""
        for content, heading in zip(row, shape.headings, strict=True):
            if heading.role is ColumnRole.PLACE and heading.name == column and content.kind is CellKind.TEXT:
                text = content.cell.text
                found: str | None = None if column else self._place(text + " район")
                found = found or self._place(text)
                if found:
                    return found
        return None

    def section(
        self, row: list[Content], place: str | None, label: Label | None, subject: Subject
    ) -> tuple[str | None, Label | None, Subject]:
        """A row with words only: a district, a network, or an organisation for the rows below it."""
        text = first_text(row)
        sole = sole_label(next((c for c in row if c.kind is CellKind.TEXT), row[0]), self._lexicon)
        if sole is not None and sole.kind == "field":
            return place, sole, Subject()
        named = self._names(text)
        if named:
            return place, label, named[0].subject
        found = self._place(text)
        return found or place, label, Subject() if found else subject


def without_categories(parts: list[str]) -> list[str]:
    """The parts of a name without what only sorts or counts organisations, where the rest is a name by itself.

    «ДОУ | 4 | Детский сад №11 «Росинка»» has the table's own number. «Школы | МБОУ «СОШ №2»» and «СОШ | МБОУ «СОШ №2»» are sorted; «СОШ | №2», «МБОУ | СОШ №2», «ДОУ | «Чишмэ»» are joined.
    """
    if len(parts) < 2:
        return parts
    if _TELLS_WHICH.search(parts[-1]):
        parts = [part for part in parts if not part.isdigit()]
    kept = []
    for part in parts:
        rest = fold(" ".join(p for p in parts if p is not part))
        folded = fold(part)
        worded = any(len(w) > 2 for w in re.findall(r"[а-яәөүҗңһ]+", rest)) and not _SORT.fullmatch(rest)
        if _FORM.fullmatch(folded.strip()) and not (folded.strip() == "доу" and _INSTITUTION.search(rest)):
            sorts = _FORM.search(rest) is not None
        elif _SORT.fullmatch(folded):
            sorts = worded
        else:
            sorts = _INSTITUTION.fullmatch(folded.strip()) is not None and (
                _INSTITUTION.search(rest) is not None or _FORM.search(rest) is not None
            )
        if not sorts:
            kept.append(part)
    return kept or parts


def _in_full(text: str, named: Named) -> str | None:
    """A name in a cell of its own, to the end of the cell or to what parts a place from it.

    «СОШ №25 им. 70-летия нефти Татарстана» and «СОШ №3 с УИОП» are names whole; «СОШ №3, с. Актаныш» ends at the comma.
    """
    if unit := _UNIT.match(text, named.end):  # «(дошкольная группа)» has figures of its own
        return text[named.start : unit.end()]
    rest = _PARTED.split(text[named.end :], maxsplit=1)[0].rstrip(" .-–—")
    folded = fold(rest).strip()
    if not folded or len(rest) > _REST or not rest[0].isspace() or _NO_NAME.search(folded):
        return named.subject.organisation
    if _INSTITUTION.fullmatch(folded):  # the kind of institution from a column of its own
        return named.subject.organisation
    return text[named.start : named.end] + rest
