"""The forms that a place's name takes in Russian and Tatar text, and its Latin skeleton.

The directory's names are few and known, and a dictionary of morphology guesses at them («Уруссу», «Тюлячи»); so the
forms are made once from endings, and a text is then only looked up. Everything here works on folded words (lower
case, «е» for «ё»).
"""

from __future__ import annotations

import re
from itertools import product

_ADJECTIVE = ("ий", "ого", "ому", "им", "ом", "ая", "ой", "ую", "ою", "ое", "ие", "их", "ими")
_ADJECTIVE_SHAPE = re.compile(rf"(\w+(?:[сц]к|ьн))(?:{'|'.join(_ADJECTIVE)}|ый|ым|ые|ых|ыми)")
_HUSH = "гкхжчшщ"

# Tatar cases, possessive and attributive endings that follow a name: «Буада», «Әлмәтнең», «Арчадагы».
_TATAR = [
    "да",
    "дә",
    "та",
    "тә",
    "дагы",
    "дәге",
    "тагы",
    "тәге",
    "дан",
    "дән",
    "тан",
    "тән",
    "нан",
    "нән",
    "ның",
    "нең",
    "га",
    "гә",
    "ка",
    "кә",
    "на",
    "нә",
    "ны",
    "не",
    "ча",
    "чә",
    "лы",
    "ле",
    "нда",
    "ндә",
    "ыннан",
]
_TATAR_PLAIN = str.maketrans("әөүҗңһ", "эоужнх")

_NOUN_ENDINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ское", ("ское", "ского", "скому", "ским", "ском")),
    ("ое", ("ое", "ого", "ому", "ым", "ом")),
    ("ее", ("ее", "его", "ему", "им", "ем")),
    ("ая", ("ая", "ой", "ую", "ою")),
    ("яя", ("яя", "ей", "юю")),
    ("ые", ("ые", "ых", "ым", "ыми")),
    ("ие", ("ие", "их", "им", "ими", "ия", "ию", "ием", "ии")),
    ("ский", tuple(f"ск{e}" for e in _ADJECTIVE)),
    ("ый", ("ый", "ого", "ому", "ым", "ом")),
    ("ий", ("ий", "его", "ему", "им", "ем", "ого", "ому", "ом", "ия", "ию", "ии")),
    ("ой", ("ой", "ого", "ому", "ым", "им", "ом")),
    ("ия", ("ия", "ии", "ию", "ией")),
    ("о", ("о", "а", "у", "ом", "е")),
    ("ье", ("ье", "ья", "ью", "ьем")),
    ("е", ("е", "я", "ю", "ем")),
    ("я", ("я", "и", "е", "ю", "ей")),
    ("ь", ("ь", "я", "ю", "ем", "е", "и", "ью")),
    ("й", ("й", "я", "ю", "ем", "е")),
    ("ы", ("ы", "ов", "ам", "ами", "ах")),
    ("и", ("и", "ей", "ов", "ам", "ями", "ах", "ям", "ами", "ях")),
    ("ец", ("ец", "ца", "цу", "цом", "це")),
    ("ок", ("ок", "ка", "ку", "ком", "ке")),
)


def noun_forms(word: str) -> frozenset[str]:
    """The case forms of one word of a place's name: «буинск» gives «буинска», «буинске»…; «уруссу» only itself."""
    if word.endswith("а"):
        plural = "и" if word[-2:-1] in _HUSH else "ы"
        return frozenset(word[:-1] + e for e in ("а", plural, "е", "у", "ой", "ою"))
    for ending, forms in _NOUN_ENDINGS:
        if word.endswith(ending) and len(word) > len(ending):
            stem = word.removesuffix(ending)
            found = {stem + form for form in forms}
            if ending == "и" and stem[-1:] in "жшч":
                found.add(stem)
            return frozenset(found)
    if word[-1:] in "уюэыеә":
        return frozenset({word})
    return frozenset(word + e for e in ("", "а", "у", "ом", "ем", "е"))


def adjective_forms(word: str) -> frozenset[str]:
    """All forms of an adjective in «-ский», «-ской»: «буинский» gives «буинская» and «буинского»."""
    stem = adjective_stem(word)
    return frozenset(stem + e for e in _ADJECTIVE) if stem else frozenset({word})


def adjective_stem(word: str) -> str:
    """The stem of a word that has the shape of an adjective in «-ский» or «-цкий», in any form, else an empty string.

    «буинского» gives «буинск».
    """
    found = _ADJECTIVE_SHAPE.fullmatch(word)
    return found[1] if found else ""


def name_forms(name: str) -> frozenset[str]:
    """The forms of a name of one or several words, written together: «верхний услон» gives «верхнегоуслона».

    A name in «-ский» («пгт Актюбинский») takes the forms of an adjective.
    """
    words = re.findall(r"[^\W\d_]+", name)
    return frozenset("".join(parts) for parts in product(*(noun_forms(w) for w in words)))


def tatar_forms(name: str) -> frozenset[str]:
    """A Tatar name, written together, with case endings, and as typed on a Russian keyboard: «әлмәттә», «элмэт»."""
    base = "".join(re.findall(r"[^\W\d_]+", name))
    forms = {base, *(base + ending for ending in _TATAR)}
    return frozenset(forms | {form.translate(_TATAR_PLAIN) for form in forms})


def _two_stems(word: str) -> set[str]:
    """Stems that «-ский» may be put to: «рунга» gives «рунгин», «рунгов»…; «кузкеево» gives «кузкеев»."""
    if word.endswith("ск"):
        return {word[:-2]}
    if word.endswith(("ское", "ский", "ская", "ской")):
        return {word[:-4]}
    if word.endswith(("ое", "ее", "ая", "ые", "ие", "ый")):
        return {word[:-2], word[:-2] + "ов"}
    stem = word.rstrip("аоуыэеияюьйә")
    if not stem:
        return set()
    if word.endswith(("ово", "ево", "ино", "ыно")):
        return {stem}
    if word[-1] in "аяыи":
        short = {stem[:-1], stem[:-1] + "ь"} if stem.endswith("к") else set()
        return {stem, stem + "ин", stem + "ь", stem + "ев", stem + "ов"} | short
    if word[-1] in "ьй":
        return {stem + word[-1], stem, stem + "ев", stem + "ин"}
    if word[-1] in "еоуюэә":
        return {stem, word, stem + "ь", stem + "ин", word + "в", word + "н"}
    fleeting = {word[:-2] + word[-1]} if word.endswith(("ок", "ек", "ец")) else set()
    return {word, word + "ь", word + "ов", word + "ев", word + "ин", *fleeting}


def settlement_adjectives(name: str) -> frozenset[str]:
    """Masculine adjectives that a settlement may give, written together: «большая атня» gives «большеатнинский».

    More than one is made where the language could choose; the wrong ones are no words, and harm nothing.
    """
    words = re.findall(r"[^\W\d_]+", name)
    if not words:
        return frozenset()
    first = [""] if len(words) == 1 else ["".join(p) for p in product(*(_linking(w) for w in words[:-1]))]
    last = set()
    for stem in _two_stems(words[-1]):
        last.add(stem.removesuffix("с") + "ский" if stem.endswith("сс") else stem + "ский")
        if stem.endswith(("к", "ц", "ч")):
            last.add(stem[:-1] + "цкий")
    return frozenset(f + x for f in first for x in last)


def _linking(word: str) -> set[str]:
    """The first part of a compound: «большая» gives «больше», «старое» «старо», «русский» «русско»."""
    stem = re.sub(r"(?:ая|яя|ое|ее|ые|ие|ий|ый|ой)$", "", word)
    if stem == word:
        return {word, word + "о", word.rstrip("аоуыеияьй") + "о"}
    return {stem + "о", stem + "е"}


_LATIN = {
    **dict(zip("абвгдезийклмнопрстуфхцыэ", "abvgdeziiklmnoprstufhcie", strict=True)),
    "ж": "zh",
    "ч": "ch",
    "ш": "sh",
    "щ": "sh",
    "ъ": "",
    "ь": "",
    "ю": "u",
    "я": "a",
    "ә": "a",
    "ө": "o",
    "ү": "u",
    "җ": "zh",
    "ң": "n",
    "һ": "h",
    "ё": "e",
}
_SAME_SOUND = (
    (re.compile(r"['`ʹ’]"), ""),
    (re.compile(r"shch|sch"), "sh"),
    (re.compile(r"kh"), "h"),
    (re.compile(r"ts|tz|tc(?!h)"), "c"),
    (re.compile(r"dzh|dj"), "zh"),
    (re.compile(r"w"), "v"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"q"), "k"),
    (re.compile(r"[yj]"), "i"),
    (re.compile(r"zhi(?=[aeou])"), "zh"),
    (re.compile(r"i+(?=[aeou])"), ""),
    (re.compile(r"i{2,}"), "i"),
)


def skeleton(word: str) -> str:
    """A spelling-tolerant Latin form of a folded Cyrillic or Latin word.

    «almetyevsk», «almetevsk» and «альметьевск» are all «almetevsk»; «spasskij», «spasskiy» and «спасский» all «spasski».
    """
    latin = "".join(_LATIN.get(letter, letter) for letter in word)
    for pattern, sound in _SAME_SOUND:
        latin = pattern.sub(sound, latin)
    return latin
