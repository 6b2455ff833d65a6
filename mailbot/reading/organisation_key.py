"""One key for one organisation, however it is spelt, and the comparison of two names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz import fuzz

from mailbot.domain.directory import Organisation, OrganisationKind
from mailbot.reading.fold import fold

_KINDS: tuple[tuple[OrganisationKind, re.Pattern[str]], ...] = (
    (
        "kindergarten",
        re.compile(
            r"детск\w*\s+сад|дет\.?\s?сад|\bд\s?[/\\.-]\s?с|\bдс\b|\w*доу\b|\bцрр\b|развития ребенка|ясли|бакча|садик"
        ),
    ),
    (
        "other",
        re.compile(
            r"\bдюсш\b|\bдши\b|\bдмш\b|\bдхш\b|\bцдт\b|\bддю?т\b|\bцвр\b|\bцдод?\b|творчеств|искусств|внешкольн|дополнительн|\bму ?до\b|\bм[ба]у ?до\b|музыкальн|спортивн|художественн"
        ),
    ),
    ("college", re.compile(r"колледж|техникум|училищ|\bг[ба]поу\b|профессиональн")),
    (
        "school",
        re.compile(
            r"школ|\bсош\b|\bоош\b|\bнош\b|\bсш\b|гимнази|лице[йяюе]|лицее|интернат|мәктә|мэктэ|\bшк\b|\b[мг][бак]?оу\b|\bчоу\b|кадетск"
        ),
    ),
)


def kind_of(name: str) -> OrganisationKind:
    """What an organisation is, by its name: «МБДОУ «Чишмә»» is a kindergarten."""
    folded = fold(name)
    return next((kind for kind, pattern in _KINDS if pattern.search(folded)), "other")


_FORM = re.compile(
    r"\b(?:м[бак]?(?:с|в)?оу(?:до)?|м[бак]?доу|м[бак]у(?:\s*до)?|г[бак]?п?оу|г[бк]?доу|г[аб]у(?:\s*до)?|гкоу|чо?доу|чоу|ноу|фг[бак]+оу|ано(?:\s+(?:до|по|оо))?|мкоу)\b"
    r"|\b(?:муниципальн|государственн|частн)\w+\s+(?:\w+\s+){0,6}?учреждени\w*(?:\s+дополнительного\s+образования(?:\s+детей)?)?"
)
_NAMED = re.compile(
    r"\b(?:им\.?|имени)\s+(?:(?:героя|героев|дважды|советского|союза|российской|федерации|социалистического|труда|академика|поэта|писателя|генерала\w*|маршала|народного|артиста|заслуженного|учителя|летчика|космонавта|профессора|братьев)\s+)*"
    r"(?:(?:\w\.\s?){1,2}\w{2,}|\w{2,}\s+(?:\w\.\s?){1,2}|\w+(?:\s+\w+(?:а|я|ы|и|ой|ого))?)"
)
_SPELLINGS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:№+|#|\bn(?=\s?\d)|\bномер\b)\s*"), " "),
    (re.compile(r"\bцентр\w*\s+развития\s+ребенка\b|\bцрр\b"), " "),
    (
        re.compile(
            r"\bдетск\w+\s+сад\w*|\bдет\.?\s?сад\w*|\bд\s?[/\\.-]\s?с(?:ад)?\b|\bдс\b|\bсадик\w*|\b(?:балалар\s+)?бакча\w*|\bдоу\b|\bясли-сад\b"
        ),
        " дс ",
    ),
    (
        re.compile(
            r"\bс\s+угл\w*\.?\s+изуч\w*\.?(?:\s+отдельн\w+\s+предметов|\s+\w+\s+языка)?|\b(?:комбинированн|общеразвивающ|компенсирующ)\w+\s+вида\b"
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
            r"\b(?:сош|оош|нош|сш|шк)\b|\bшкол[аыеуой]\w{0,2}\b|\b(?:гомуми\s+)?(?:урта\s+)?(?:гомуми\s+)?(?:белем\s+бирү\s+)?м[әэ]кт[әэ][пб]\w*"
        ),
        " школа ",
    ),
    (re.compile(r"\bгимнази\w*"), " гимназия "),
    (re.compile(r"\bлице(?:й|я|ю|е|ем|ее)\b"), " лицей "),
    (re.compile(r"\bколледж\w*"), " колледж "),
    (re.compile(r"\bтехникум\w*"), " техникум "),
    (re.compile(r"\bинтернат\w*"), " интернат "),
)
_PLACE = re.compile(
    r"\b(?:г|с|д|п|пос|пгт|рп|гор|ст|города?|села?|деревн[яи]|поселка?|поселок)\b\.?\s*[^\W\d_]+(?:-[^\W\d_]+)?"
    r"|\b\w+(?:ого|ому)\s+(?:муниципального\s+|мун\.\s*)?(?:района|р-на|мр)\b|\b\w{1,3}мр\b|\bреспублики\s+татарстан\b|\bрт\b"
)
_ORDINAL = re.compile(r"(\d+)\s?-?\s?(?:я|ая|ой|й|го)\b")
_ENDING = re.compile(r"(?:ая|яя|ий|ый|ой|ое|ого|ому|им|ым|ом|ей|ую|а|я|о|е|ы|и|у|ю|ь)$")
_KIND_WORDS = frozenset({"дс", "школа", "гимназия", "лицей", "колледж", "техникум", "интернат"})


def _words(name: str) -> list[str]:
    """The words of a name that tell it from others, in one spelling each; kind words and numbers included."""
    folded = _ORDINAL.sub(r"\1 ", fold(name))
    form_kind = (
        " дс " if re.search(r"\b[мгч][бако]?доу\b|дошкольн", folded) and kind_of(name) == "kindergarten" else " "
    )
    folded = _FORM.sub(" ", folded) + form_kind
    folded = _NAMED.sub(" ", folded)
    for pattern, word in _SPELLINGS:
        folded = pattern.sub(word, folded)
    folded = _PLACE.sub(" ", folded)
    folded = re.sub(r"(?<=\w)-(?=\w)", "", folded)
    return re.findall(r"[^\W\d_]+|\d+", folded)


def organisation_key(name: str, municipality: str | None = None) -> str:
    """A folded name, equal for the spellings that a clerk takes for one organisation.

    Legal form, quotation marks, «№», «им. …», the kind of school in full or short, order and endings of words do not
    matter; numbers and kinds do. With a municipality, it begins the key. Example: «МБОУ «СОШ № 5»» and «школа номер
    5» are both «школа 5».
    """
    words = dict.fromkeys(_words(name))
    kinds = sorted(w for w in words if w in _KIND_WORDS)
    numbers = [w.lstrip("0") or "0" for w in words if w.isdigit()]
    rest = sorted(_ENDING.sub("", w) if len(w) > 4 else w for w in words if w not in _KIND_WORDS and not w.isdigit())
    key = " ".join([*kinds, *numbers, *rest])
    return f"{fold(municipality)}: {key}" if municipality else key


def same_organisation(a: str, b: str) -> bool:
    """Whether two names, in one municipality, mean one organisation.

    Kinds and numbers must be equal; then either the words are the same but for a slip of the pen, or one of the names
    has a number and no other words («Детский сад №7» and «Детский сад №7 «Золотая рыбка»»).
    """
    one, other = _parts(a), _parts(b)
    if one[0] != other[0] or one[1] != other[1]:
        return False
    if one[2] == other[2]:
        return True
    if one[1] and (not one[2] or not other[2]):
        return True
    return bool(one[2]) and bool(other[2]) and fuzz.ratio(one[2], other[2]) >= _CLOSE


_CLOSE = 90


def _parts(name: str) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    words = organisation_key(name).split()
    return (
        tuple(w for w in words if w in _KIND_WORDS),
        tuple(w for w in words if w.isdigit()),
        " ".join(w for w in words if w not in _KIND_WORDS and not w.isdigit()),
    )


def match_roster(name: str, municipality: str | None, organisations: Iterable[Organisation]) -> Organisation | None:
    """The one organisation of a roster that a name means, in a municipality if that is known; None if none or several.

    An equal key comes before a merely similar one.
    """
    near = [o for o in organisations if municipality is None or o.municipality == municipality]
    key = organisation_key(name)
    exact = [o for o in near if any(organisation_key(n) == key for n in (o.name, *o.aliases))]
    similar = exact or [o for o in near if any(same_organisation(name, n) for n in (o.name, *o.aliases))]
    return similar[0] if len(similar) == 1 else None
