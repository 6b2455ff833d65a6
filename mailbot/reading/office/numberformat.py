"""Numbers as a spreadsheet shows them: number-format codes of Excel (ECMA-376 part 1, 18.8.30), the Russian way.

Thousands are not separated («1250»), the decimal mark is a comma, a percentage is «95 %», a date «16.08.2021».
"""

from __future__ import annotations

import math
import operator
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "dd.mm.yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm", 19: "h:mm:ss", 20: "h:mm", 21: "h:mm:ss",
    22: "dd.mm.yyyy h:mm", 37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
"""Codes of the built-in formats by their number (ECMA-376 part 1, 18.8.30); others count as General."""

UNSHOWN = "########"
"""What a spreadsheet shows for a number that its date format cannot express."""

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|[_*].|\[(?P<bracket>[^\]]*)\]|(?P<general>(?i:General|Основной|Standard))'
    r"|(?P<digits>[0#?])|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)|(?P<power>[Ee][+-])|(?P<ampm>AM/PM|A/P)"
    r"|(?P<date>[dDmMyYhHsSгГчЧ]+)|(?P<at>@)|(?P<fraction>/)|(?P<other>.)",
    re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_OPERATORS = {
    "<=": operator.le, ">=": operator.ge, "<>": operator.ne, "<": operator.lt, ">": operator.gt, "=": operator.eq,
}  # fmt: skip
_MOST_DIGITS = 26
_LAST_SERIAL = 2_958_466  # the day after 31.12.9999


@dataclass(frozen=True, slots=True)
class _Section:
    """A compiled section of a code: literal and placeholder tokens, and what they make of a number."""

    tokens: tuple[tuple[str, str], ...]
    condition: tuple[str, float] | None
    general: bool
    date: bool
    time: bool
    elapsed: bool
    percent: int
    thousands: int
    special: bool


def show_plain(value: float) -> str:
    """Return a number as the format General shows it: «35», «33,5», «0,3333333333».

    >>> show_plain(35.0), show_plain(33.5), show_plain(1250.0)
    ('35', '33,5', '1250')
    """
    if not math.isfinite(value):
        return UNSHOWN
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    text = f"{value:.10g}"
    if "e" in text:
        return text.replace(".", ",")
    return text.replace(".", ",")


def show(value: float, code: str, *, epoch_1904: bool = False) -> str:
    """Return a number as a person sees it in a cell whose format is `code`.

    >>> show(0.95, "0%"), show(1250, "# ##0"), show(44424, "dd.mm.yyyy"), show(35, '0" чел."')
    ('95 %', '1250', '16.08.2021', '35 чел.')
    """
    if not math.isfinite(value):
        return UNSHOWN
    if code in {"", "General", "@"}:
        return show_plain(value)
    section, value = _select(_compile(code), value)
    if section is None:
        return ""
    if section.date or section.time:
        return _show_date(value, section, epoch_1904=epoch_1904)
    if section.general or section.special:
        literals = "".join(text for kind, text in section.tokens if kind == "literal") if section.general else ""
        return (show_plain(value) + literals).strip()
    return _show_digits(value, section)


def hides_text(code: str) -> bool:
    """True where a code shows no text at all: «;;;» makes a cell look empty."""
    if code.count(";") < 3:
        return False
    sections = _compile(code)
    return len(sections) > 3 and not sections[3].tokens and not sections[3].special


@lru_cache(maxsize=512)
def _compile(code: str) -> tuple[_Section, ...]:
    return tuple(_compile_section(text) for text in _split(code))


def _split(code: str) -> list[str]:
    sections, depth, quoted, skip = [""], 0, False, False
    for letter in code:
        if skip or letter in "\\_*":
            skip = not skip and not quoted
        elif letter == '"':
            quoted = not quoted
        elif not quoted:
            depth += {"[": 1, "]": -1}.get(letter, 0)
            if letter == ";" and depth <= 0:
                sections.append("")
                continue
        sections[-1] += letter
    return sections


def _compile_section(text: str) -> _Section:
    tokens: list[tuple[str, str]] = []
    condition = None
    flags = {"general": False, "day": False, "hour": False, "elapsed": False, "special": False}
    percent = 0
    for match in _TOKEN.finditer(text):
        kind, value = str(match.lastgroup or ""), match.group(match.lastgroup or 0)
        if kind in {"quoted", "escaped", "other"}:
            tokens.append(("literal", value))
        elif kind in {"digits", "point", "comma"}:
            tokens.append((kind, value))
        elif kind == "percent":
            percent += 1
            tokens.append((kind, value))
        elif kind == "bracket":
            condition = _condition(value) or condition
            flags["elapsed"] |= value.lower() in {"h", "hh", "m", "mm", "s", "ss", "ч", "чч"}
            if value.startswith("$"):
                tokens.append(("literal", value[1:].partition("-")[0]))
        elif kind == "date":
            flags["day"] |= value[0].lower() in "dyг"
            flags["hour"] |= value[0].lower() in "hsч"
            flags["special"] |= value[0].lower() == "m"
        elif kind == "general":
            flags["general"] = True
        elif kind in {"power", "fraction", "at"}:
            flags["special"] = True
    hour = flags["hour"] or flags["elapsed"]
    month = flags["special"] and not any(kind == "digits" for kind, _ in tokens) and not hour and "m" in text.lower()
    stripped = tuple(tokens)
    return _Section(
        tokens=stripped,
        condition=condition,
        general=flags["general"],
        date=flags["day"] or month,
        time=hour,
        elapsed=flags["elapsed"],
        percent=percent,
        thousands=_scale(stripped),
        special=flags["special"],
    )


def _condition(text: str) -> tuple[str, float] | None:
    match = _CONDITION.fullmatch(text.strip())
    return (match.group(1), float(match.group(2))) if match else None


def _scale(tokens: tuple[tuple[str, str], ...]) -> int:
    """Return how many thousands the trailing commas divide by: «0,» shows 1250 as 1."""
    kinds = [kind for kind, _ in tokens if kind in {"digits", "comma", "point"}]
    whole = kinds[: kinds.index("point")] if "point" in kinds else kinds
    return len(whole) - len([*_rstrip(whole)])


def _rstrip(kinds: list[str]) -> list[str]:
    while kinds and kinds[-1] == "comma":
        kinds = kinds[:-1]
    return kinds


def _select(sections: tuple[_Section, ...], value: float) -> tuple[_Section | None, float]:
    """Return the section for a value, and the value without its sign where the section writes the sign itself."""
    numeric = sections[:3]
    if any(section.condition for section in numeric):
        for section in numeric:
            if section.condition is None or _OPERATORS[section.condition[0]](value, section.condition[1]):
                return section, value
        return None, value
    if value < 0 and len(numeric) > 1:
        chosen, value = numeric[1], -value
    elif value == 0 and len(numeric) == 3:
        chosen = numeric[2]
    else:
        chosen = numeric[0]
    blank = not chosen.tokens and not (chosen.general or chosen.date or chosen.time or chosen.special)
    return (None if blank and len(sections) > 1 else _plain_if_blank(chosen, blank=blank)), value


def _plain_if_blank(section: _Section, *, blank: bool) -> _Section:
    return _compile("General")[0] if blank else section


def _show_date(value: float, section: _Section, *, epoch_1904: bool) -> str:
    if not 0 <= value < _LAST_SERIAL:
        return UNSHOWN
    if section.elapsed:
        minutes = round(value * 24 * 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    epoch = datetime(1904, 1, 1) if epoch_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - sheets know no zones
    shift = 1 if not epoch_1904 and value < 60 else 0
    try:
        moment = epoch + timedelta(days=int(value) + shift, seconds=round((value - int(value)) * 86_400))
    except OverflowError:
        return UNSHOWN
    shown = [f"{moment:%d.%m.%Y}"] if section.date else []
    if section.time:
        shown.append(f"{moment:%H:%M}")
    return " ".join(shown)


def _show_digits(value: float, section: _Section) -> str:
    """Fill the placeholders: literals stand where the code has them, also between digits («000-000»)."""
    kinds = [kind for kind, _ in section.tokens]
    if "digits" not in kinds:
        return "".join("%" if kind == "percent" else text for kind, text in section.tokens).strip()
    point = kinds.index("point") if "point" in kinds else len(kinds)
    places = sum(kind == "digits" for kind in kinds[point:])
    optional = sum(text != "0" for kind, text in section.tokens[point:] if kind == "digits")
    number = Decimal(f"{abs(value):.15g}").scaleb(2 * section.percent - 3 * section.thousands)
    if number.adjusted() + places > _MOST_DIGITS:
        return show_plain(value)
    whole, _, fraction = f"{number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}".partition(".")
    fraction = fraction[: places - optional] + fraction[places - optional :].rstrip("0")
    shown = _fill(section.tokens[:point], "" if whole == "0" else whole) + ("," + fraction if fraction else "")
    tail = "".join(text for kind, text in section.tokens[point:] if kind in {"literal", "percent"})
    shown = (shown + tail).strip()
    shown = re.sub(r"\s*%", " %", shown).strip()
    return f"-{shown}" if value < 0 and any(digit != "0" for digit in whole + fraction) else shown


def _fill(tokens: tuple[tuple[str, str], ...], digits: str) -> str:
    """Fill the whole part's placeholders from the right; what is left over goes to the leftmost one."""
    shown: list[str] = []
    left = sum(kind == "digits" for kind, _ in tokens)
    for place in reversed(range(len(tokens))):
        kind, text = tokens[place]
        if kind == "digits":
            left -= 1
            take = len(digits) if left == 0 else 1
            shown.append(digits[-take:] if digits and take else "0" if text == "0" else "")
            digits = digits[:-take] if take else digits
        elif kind in {"literal", "percent"} and not (text.isspace() and _between_digits(tokens, place)):
            shown.append(text)
    return "".join(reversed(shown))


def _between_digits(tokens: tuple[tuple[str, str], ...], place: int) -> bool:
    around = tokens[max(0, place - 1) : place + 2 : 2]
    return place > 0 and [kind for kind, _ in around] == ["digits", "digits"]
