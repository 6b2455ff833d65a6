"""Who speaks: a district's office, or one institution whose name was not recognised."""

from __future__ import annotations

import re

from mailbot.reading.text.fold import fold

_ONE_INSTITUTION = re.compile(
    r"(?<![а-яёәөүҗңһ-])(?<!\d )(?<!две )(?<!три )(?<!четыре )(?<!обе )(?<!все )(?:школа|школы|школе|школу|школой|гимназия|гимназии|лицей|лицея|лицеем|сош|оош|детский\s+сад|детского\s+сада|детском\s+саду|детсад\w?|д/с|садик\w?|доу|колледж\w?|техникум\w?|университет\w?|академи[яию]|интернат\w*|(?:школ\w|лице\w|гимнази\w|детск\w+\s+сад)-интернат\w*|школ\w-сад\w*|прогимнази\w|детдом\w*|детск(?:ий|ого|ом)\s+дом\w*|(?:дом|дворец|центр|станция)\w{0,2}\s+(?:детск|юн(?:ых|ошеск)|внешкольн|дополнительн|школьник|пионер|творчеств)\w*|филиал\w*|клуб\w?|дюсш|ддт|цдт|цвр|сют|сюн|дши|дмш|училищ\w+|м[әе]кт[әе][бп]\w*|бакчасы\w*|гимназиясе\w*|лицее)(?![а-яёәөүҗңһ-])"
    r"|(?<=[02-9] )(?:школа|гимназия|лицей|детский\s+сад|колледж|техникум|университет)(?![а-яёәөүҗңһ-])"  # no count: «ок 30 школа Арск»
)
_DISTRICT_SPEAKS = re.compile(
    r"(?:по|от|в|из)\s+(?:[^\s\d.:]+[^\S\n]+){0,3}(?:району|района|районе|р-ну|мр|городу|г\.)(?![а-я])|район\w*\s+буенча|шәһәр\w*\s+буенча|управлени\w+\s+образовани|отдел\w*\s+образовани|(?<![а-я])(?:роо|уо|оо\s+ик|имо|рмк|имц|рмм|рм[мо])(?![а-я])|исполком|свод\w*|методист|мәгариф\s+бүлеге|школы\s+и\s|школ\s|всего\s+по"
    r"|(?:^|\n)\s*(?:школы|детские\s+сады|сады|доу)\s*(?:[-–—:(]|\d)"
)
_DISTRICT_ANSWERS = re.compile(
    r"управлени\w+\s+образовани|отдел\w*\s+образовани|исполнительн\w+\s+комитет|(?:по|от)\s+(?:\S+\s+){0,3}(?:району|района|мр|городу)(?![а-я])"
)


def names_a_district(text: str) -> bool:
    """Whether a district answers: «по … району»; or one is named, and no institution beside it."""
    folded = fold(text)
    return _DISTRICT_ANSWERS.search(folded) is not None or ("район" in folded and not _ONE_INSTITUTION.search(folded))


def institution(text: str) -> str:
    """A single institution that the sender's words speak of, where no district office speaks: «наша школа»; or ""."""
    folded = fold(text)
    found = None if _DISTRICT_SPEAKS.search(folded) else _ONE_INSTITUTION.search(folded)
    return found.group().strip() if found else ""
