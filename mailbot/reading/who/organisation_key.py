"""One key for one organisation, however it is spelt, and the comparison of two names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from mailbot.domain.directory import Organisation, OrganisationKind
from mailbot.reading.text.fold import fold

_KINDS: tuple[tuple[OrganisationKind, re.Pattern[str]], ...] = (
    (
        "kindergarten",
        re.compile(
            r"детск\w*\s+сад|дет\.?\s?сад|\bд\s?[/\\.-]\s?с\b|\bдс\b|\w*доу\b|\bцрр\b|развития ребенка|ясли|бакча|садик"
        ),
    ),
    (
        "other",
        re.compile(
            r"\bдюсш\b|\bдши\b|\bдмш\b|\bдхш\b|\bцдт\b|\bддю?т\b|\bцвр\b|\bцдод?\b|творчеств|искусств|внешкольн"
            r"|дополнительн|\bм[ба]у ?до\b|музыкальн|спортивн|художественн"
        ),
    ),
    ("college", re.compile(r"колледж|техникум|училищ|\bг[ба]поу\b|профессиональн")),
    (
        "school",
        re.compile(
            r"школ|\bсош\d*\b|\bоош\b|\bнош\b|\bсш\b|гимнази|лице[йяюе]|интернат|мәктә|мэктэ|\bшк\b|\b[мг][бак]?оу\b|\bчоу\b"
            r"|кадетск"
        ),
    ),
)


def kind_of(name: str) -> OrganisationKind:
    """What an organisation is, by its name: «МБДОУ «Чишмә»» is a kindergarten."""
    folded = fold(name)
    return next((kind for kind, pattern in _KINDS if pattern.search(folded)), "other")


_FORM = re.compile(
    r"\b(?:м[бак]?(?:с|в)?оу(?:до)?|м[бак]?доу|м[бак]у(?:\s*до)?|г[бак]?п?оу|г[бк]?доу|г[аб]у(?:\s*до)?|гкоу|чо?доу|чоу|ноу"
    r"|фг[бак]+оу|ано(?:\s+(?:до|по|оо))?|мкоу)\b"
    r"|\b(?:муниципальн|государственн|частн)\w+\s+(?:\w+\s+){0,6}?учреждени\w*"
    r"(?:\s+дополнительного\s+образования(?:\s+детей)?)?"
)
_NAMED = re.compile(
    r"\b(?:имени\b|им\b\.?)\s*(?:(?:героя|героев|дважды|советского|союза|российской|федерации|социалистического|труда|академика|поэта"
    r"|писателя|генерала\w*|маршала|народного|артиста|заслуженного|учителя|летчика|космонавта|профессора|братьев)\s+)*"
    r"(?:(?:\w\.\s?){1,2}\w{2,}|\w{2,}\s+(?:\w\.\s?){1,2}|\w+(?:\s+\w+(?:а|я|ы|и|ой|ого))?)"
)
_SPELLINGS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:№+|#|\bn(?=\s?\d)|\bномер\b)\s*"), " "),
    (re.compile(r"\bцдт\b"), " центр детского творчества "),
    (re.compile(r"\bддт\b"), " дом детского творчества "),
    (re.compile(r"\bдюсш\b"), " детско-юношеская спортивная школа "),
    (re.compile(r"\bдши\b"), " детская школа искусств "),
    (re.compile(r"\bцентр\w*\s+развития\s+ребенка\b|\bцрр\b"), " "),
    (
        re.compile(
            r"\bдетск\w+\s+сад\w*|\bдет\.?\s?сад\w*|\bд\s?[/\\-]\s?с(?:ад)?\b|\bд\.\s?с\b\.?|\bдс(?=\b|\d)|\bсадик\w*"
            r"|\b(?:балалар\s+)?бакча\w*|\bдоу\b|\bясли-сад\b"
        ),
        " дс ",
    ),
    (
        re.compile(
            r"\bс\s+угл\w*\.?\s+изуч\w*\.?(?:\s+отдельн\w+\s+предметов|\s+\w+\s+языка)?"
            r"|\b(?:комбинированн|общеразвивающ|компенсирующ)\w+\s+вида\b"
        ),
        " ",
    ),
    (
        re.compile(
            r"\b(?:средн|основн|начальн)\w+(?:\s+общеобразовательн\w+)?(?=\s+школ)|\bобщеобразовательн\w+(?=\s+школ)"
        ),
        " ",
    ),
    (
        re.compile(
            r"\b(?:сош|оош|нош|сш|шк)(?=\b|\d)|\bшкол[аыеуой]\w{0,2}\b"
            r"|\b(?:гомуми\s+)?(?:урта\s+)?(?:гомуми\s+)?(?:белем\s+бирү\s+)?м[әэ]кт[әэ][пб]\w*"
        ),
        " школа ",
    ),
    (re.compile(r"\bгимнази\w*"), " гимназия "),
    (re.compile(r"\bлице(?:й|я|ю|ем|е)\w{0,2}\b"), " лицей "),
    (re.compile(r"\bколледж\w*"), " колледж "),
    (re.compile(r"\bтехникум\w*"), " техникум "),
    (re.compile(r"\bинтернат\w*"), " интернат "),
)
# A town and a district only repeat the municipality; a village or a settlement tells one school from another.
_TOWN = re.compile(
    r"\b(?:г|гор|города?)\b\.?\s*[^\W\d_]{3,}(?:-[^\W\d_]+)?(?:\s+(?:челны|челнов|челнах))?"
    r"|\b\w+(?:ого|ому|ий)\s+(?:муниципальн\w+\s+|мун\.\s*)?(?:район\w*|р-н\w?|мр)\b|\b\w{1,3}мр\b|\bреспублики\s+татарстан\b|\bрт\b"
)
_VILLAGE_MARK = re.compile(
    r"\b(?:с|д|п|пос|пгт|п\.г\.т|рп|ст|села?|деревн[яи]|поселка?|поселок)\b\.?(?=\s*[^\W\d_]{3})"
)
_ORDINAL_ENDING = re.compile(r"(\d+)\s?-?\s?(?:я|ая|ой|й|го|нче|нчы|енче|ынчы)\b(?:\s+номерлы)?")
_UNITS = {
    "один": 1,
    "два": 2,
    "три": 3,
    "четыре": 4,
    "пять": 5,
    "шесть": 6,
    "семь": 7,
    "восемь": 8,
    "девять": 9,
    "десять": 10,
    "одиннадцать": 11,
    "двенадцать": 12,
    "тринадцать": 13,
    "четырнадцать": 14,
    "пятнадцать": 15,
    "шестнадцать": 16,
    "семнадцать": 17,
    "восемнадцать": 18,
    "девятнадцать": 19,
    "двадцать": 20,
    "тридцать": 30,
    "сорок": 40,
}
_NUMBER_WORD = re.compile(
    rf"\bномер\s+({'|'.join(sorted(_UNITS, key=len, reverse=True))})(?:\s+({'|'.join(list(_UNITS)[:9])}))?\b"
)
_ORDINALS = {
    "перв": 1,
    "втор": 2,
    "трет": 3,
    "четверт": 4,
    "пят": 5,
    "шест": 6,
    "седьм": 7,
    "восьм": 8,
    "девят": 9,
    "десят": 10,
    "одиннадцат": 11,
    "двенадцат": 12,
    "тринадцат": 13,
    "четырнадцат": 14,
    "пятнадцат": 15,
    "двадцат": 20,
}
_ORDINAL_WORD = re.compile(
    rf"\b({'|'.join(_ORDINALS)})(?:ая|ья|ый|ой|ий|ей|ую|ого)\b(?=\s+(?:школ|гимнази|лице|детск|сош))"
)
_ENDING = re.compile(r"(?:ая|яя|ий|ый|ой|ое|ого|ому|им|ым|ом|ей|ую|а|я|о|е|ы|и|у|ю|ь)$")
_KIND_WORDS = frozenset({"дс", "школа", "гимназия", "лицей", "колледж", "техникум", "интернат"})
_SHORT = 4
_SIMILAR = 90


@dataclass(frozen=True, slots=True)
class _Parts:
    kinds: tuple[str, ...]
    numbers: tuple[str, ...]
    words: tuple[str, ...]


def _spelt_out(match: re.Match[str]) -> str:
    return f" {_UNITS[match[1]] + (_UNITS[match[2]] if match[2] else 0)} "


def _stem(word: str) -> str:
    """A word without its ending, an adjective of place without its suffix: «кузкеевская», «кузкеево» give «кузкеев»."""
    if len(word) <= _SHORT:
        return word
    bare = _ENDING.sub("", word)
    return bare.removesuffix("ск") if len(bare) > _SHORT + 2 else bare


@lru_cache(maxsize=4096)
def _parts(name: str) -> _Parts:
    """The words of a name that tell it from others, in one spelling each: kinds, numbers, the rest."""
    folded = _NUMBER_WORD.sub(_spelt_out, fold(name))
    folded = _ORDINAL_WORD.sub(lambda m: f" {_ORDINALS[m[1]]} ", folded)
    folded = _ORDINAL_ENDING.sub(r"\1 ", folded)
    kindergarten = kind_of(name) == "kindergarten"
    folded = _FORM.sub(" ", folded) + (" дс " if kindergarten else " ")
    folded = _NAMED.sub(" ", folded)
    for pattern, word in _SPELLINGS:
        folded = pattern.sub(word, folded)
    folded = _VILLAGE_MARK.sub(" ", _TOWN.sub(" ", folded))
    folded = re.sub(r"(?<=[^\W\d_])-(?=[^\W\d_])", "", folded)
    words = dict.fromkeys(re.findall(r"[^\W\d_]+|\d+", folded))
    return _Parts(
        kinds=tuple(sorted(w for w in words if w in _KIND_WORDS)),
        numbers=tuple(w.lstrip("0") or "0" for w in words if w.isdigit()),
        words=tuple(sorted({_stem(w) for w in words if w not in _KIND_WORDS and not w.isdigit()})),
    )


@lru_cache(maxsize=4096)
def organisation_key(name: str, municipality: str | None = None) -> str:
    """A folded name, equal for the spellings that a clerk takes for one organisation.

    Legal form, quotation marks, «№», «им. …», the kind of school in full or short, the town, order and endings of
    words do not matter; numbers, kinds and villages do. With a municipality, it begins the key. Example: «МБОУ «СОШ №
    5»» and «школа номер пять» are both «школа 5».
    """
    parts = _parts(name)
    key = " ".join([*parts.kinds, *parts.numbers, *parts.words])
    return f"{fold(municipality)}: {key}" if municipality else key


def same_organisation(a: str, b: str, municipality: str | None = None) -> bool:
    """Whether two names, in one municipality, mean one organisation.

    Kinds and numbers must be equal; then either the words are the same but for a slip of the pen, or both have a
    number and one of them no more words («Детский сад №7» and «Детский сад №7 «Золотая рыбка»»). An adjective of
    place is a difference («СОШ №1» is not «Актюбинская СОШ №1») unless it is the municipality's own.
    """
    one, other = _parts(a), _parts(b)
    if one.kinds != other.kinds or one.numbers != other.numbers:
        return False
    own = {_stem(fold(municipality).replace("-", ""))} if municipality else set[str]()
    mine, yours = (tuple(w for w in parts.words if w not in own) for parts in (one, other))
    if mine == yours:
        return True
    if not mine or not yours:
        return bool(one.numbers) and not _place(a) and not _place(b)
    from rapidfuzz import fuzz  # noqa: PLC0415 - a service at rest needs the key of a name, not likeness

    return fuzz.ratio(" ".join(mine), " ".join(yours)) >= _SIMILAR


def _place(name: str) -> bool:
    """Whether an adjective of place or a village tells the organisation."""
    folded = fold(name)
    return bool(re.search(r"\b\w{4,}(?:ск|цк)(?:ая|ий|ой|ое|ого|ую)\b", re.sub(r"\bдетск\w+", " ", folded))) or bool(
        _VILLAGE_MARK.search(_FORM.sub(" ", folded))
    )


def match_roster(name: str, municipality: str | None, organisations: Iterable[Organisation]) -> Organisation | None:
    """The one organisation of a roster that a name means, in a municipality if that is known; None if none or several.

    An equal key comes before a merely similar one.
    """
    parts = _parts(name)
    near = [
        (organisation, listed)
        for organisation, listed in _roster(tuple(organisations)).get((parts.kinds, parts.numbers), ())
        if municipality is None or organisation.municipality == municipality
    ]
    exact = {id(o): o for o, listed in near if _parts(listed) == parts}
    similar = exact or {id(o): o for o, listed in near if same_organisation(name, listed, o.municipality)}
    return next(iter(similar.values())) if len(similar) == 1 else None


_Roster = dict[tuple[tuple[str, ...], tuple[str, ...]], list[tuple[Organisation, str]]]


@lru_cache(maxsize=4)
def _roster(organisations: tuple[Organisation, ...]) -> _Roster:
    """The names of a roster by kinds and numbers, which must be equal anyway."""
    index: _Roster = defaultdict(list)
    for organisation in organisations:
        for listed in (organisation.name, *organisation.aliases):
            parts = _parts(listed)
            index[parts.kinds, parts.numbers].append((organisation, listed))
    return index
