"""Municipalities that an e-mail address tells: roo.almet@…, Sch5.Bui@…, «arsk-rono@…», «uo@baltasi-ik.ru»."""

from __future__ import annotations

import re

from mailbot.domain.directory import Directory
from mailbot.reading.who.gazetteer import Gazetteer, Rank, gazetteer
from mailbot.reading.who.inflection import skeleton

# Words of an address that say what an office is, not where; a name of a place may be glued to one of them.
_OFFICE = (
    "school|shkola|shkol|sosh|sch|oosh|gimnaziya|gimnazia|gimn|gym|licey|liceum|lyceum|lyc|lic|detsad|detskiysad|mbdou|mbou|mdou"
    "|madou|maou|dou|sad|roono|rono|roo|ruo|gorono|upr|uoidm|metod|metodist|metodkabinet|metodkab|edu|obr|obrazovanie"
    "|otdel|priem|kanc|sekretar|college|colledge|kolledzh|tehnikum|press|info|svod|minobr|rmk|imc|rmm"
)
_OFFICE_WORD = re.compile(rf"(?:{_OFFICE}|s|sh|shk|g|ds|uo|oo|ik|ukon|uon)")
_GLUED = re.compile(rf"^(?:{_OFFICE}|ds|uo|oo)|(?:{_OFFICE}|ds|uo|oo)$")
_PROVIDERS = frozenset(
    [
        "tatar",
        "tatarstan",
        "yandex",
        "mail",
        "gmail",
        "bk",
        "list",
        "inbox",
        "rambler",
        "icloud",
        "ya",
        "googlegroups",
        "narod",
        "hotmail",
        "outlook",
        "live",
        "mailru",
        "ru",
        "com",
        "org",
        "net",
        "edu",
        "info",
        "rf",
        "rt",
        "tat",
    ]
)
# Beginnings that are as well a first name (Оля, Аня, Яна, Алия), or stand for «новый», «верхний»…
_TELLS_NOTHING = frozenset(
    [
        "aleks",
        "alek",
        "ale",
        "nov",
        "novo",
        "verh",
        "verhn",
        "niz",
        "nizh",
        "nizhne",
        "star",
        "bol",
        "bolsh",
        "vis",
        "mal",
        "kam",
        "kamsk",
        "kamski",
        "nur",
        "spa",
        "kaz",
        "men",
        "tat",
        "mama",
        "ola",
        "ana",
        "ala",
        "sab",
        "sabina",
        "rib",
        "ela",
        "mus",
        "tuk",
        "bog",
        "baz",
    ]
) - {"mus", "tuk", "men"}
_SURNAME = ("ov", "ev", "in", "ova", "eva", "ina")
_WHOLE = 5
_MISSING = 2


def places_in_address(address: str, directory: Directory) -> tuple[str, ...]:
    """The canonical names that an address tells; more than one where it names several, none where it tells nothing.

    Words of the local part, then those of the domain, are compared with the directory's codes, then taken as
    transliterated beginnings (three letters or more in an office's address, five in a person's) that fit one
    municipality. Examples: «S5.Bui@tatar.ru» tells Буинский, «dou12_chelny@mail.ru» Набережные Челны.
    """
    local, _, domain = address.lower().partition("@")
    tables = gazetteer(directory)
    words = re.findall(r"[a-z]+", local)
    office = any(_OFFICE_WORD.fullmatch(w) for w in words) or bool(re.search(r"(?:^|[.-])(?:tatar|edu)\b", domain))
    found = _told(words, tables, office=office)
    if not found:
        labels = [w for label in domain.split(".")[:-1] for w in re.findall(r"[a-z]+", label) if w not in _PROVIDERS]
        found = _told(labels, tables, office=True)
    return tuple(sorted(found))


def _told(words: list[str], tables: Gazetteer, *, office: bool) -> set[str]:
    """What the words tell; a whole name comes before letters («alkeevo-nsh» is no Новошешминск)."""
    told = [(word, name) for word in words if (name := _word(word, tables, office=office))]
    whole = [pair for pair in told if len(pair[0]) >= _WHOLE]
    return {name for _, name in whole or told}


def _word(word: str, tables: Gazetteer, *, office: bool) -> str | None:
    if word in tables.codes:
        return tables.codes[word]
    if _OFFICE_WORD.fullmatch(word) or word in _PROVIDERS:
        return None
    bare = _GLUED.sub("", word)
    if bare != word and bare in tables.codes:
        return tables.codes[bare]
    for candidate in dict.fromkeys((word, bare)):
        name = _beginning(skeleton(candidate), tables, 3 if office or bare != word else _WHOLE)
        if name:
            return name
    return _inside(skeleton(word), tables)


def _beginning(key: str, tables: Gazetteer, least: int) -> str | None:
    """The only municipality whose name, or one of whose aliases, begins so; of a settlement, nearly the whole name."""
    if len(key) < least or key in _TELLS_NOTHING:
        return None
    person = least == _WHOLE and key.endswith(_SURNAME)
    fitting = {
        name
        for stem, name, rank in tables.stems.get(key[:3], ())
        if rank in (Rank.MUNICIPALITY, Rank.CENTRE) and stem.startswith(key) and not (person and stem != key)
    }
    if not fitting and len(key) >= _WHOLE:
        fitting = {
            name
            for stem, name, rank in tables.stems.get(key[:3], ())
            if rank is Rank.SETTLEMENT and stem.startswith(key) and len(stem) - len(key) <= _MISSING
        }
    return fitting.pop() if len(fitting) == 1 else None


def _inside(key: str, tables: Gazetteer) -> str | None:
    """The only municipality whose centre's name lies in a longer word: «leninogorsksosh»."""
    fitting = {name for stem, name in tables.towns if len(stem) >= _WHOLE and stem in key}
    return fitting.pop() if len(fitting) == 1 else None
