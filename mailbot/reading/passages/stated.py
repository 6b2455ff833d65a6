"""Dates and times as mail programs write them in the lines above a quotation; Russian, English, ISO."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

MONTH = r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[а-яa-z]*\.?"
DATE = re.compile(
    rf"\b\d{{4}}-\d\d-\d\d\b|\b\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?[\s-]+{MONTH}|\b{MONTH}\s+\d{{1,2}}\b",
    re.IGNORECASE,
)
TIME = re.compile(r"\b\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s*[ap]m\b)?", re.IGNORECASE)
_CLOCK = re.compile(r"\b(\d{1,2}):(\d\d)(?::\d\d)?(?:\s*([ap])m\b)?", re.IGNORECASE)
_OFFSET = re.compile(r"(?:(?:GMT|UTC)\s*)?([+-])(\d{2}):?(\d{2})\b")
_ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_DOTTED = re.compile(r"\b(\d{1,2})[./](\d{1,2})[./](\d{4}|\d\d)\b")
_WORDED = re.compile(rf"\b(\d{{1,2}})[\s-]+({MONTH})[\s,]+(\d{{4}})", re.IGNORECASE)
_ENGLISH = re.compile(rf"\b({MONTH})\s+(\d{{1,2}}),?\s+(\d{{4}})", re.IGNORECASE)
_MONTHS = {
    start: i
    for names in ("янв фев мар апр ма июн июл авг сен окт ноя дек", "jan feb mar apr may jun jul aug sep oct nov dec")
    for i, start in enumerate(names.split(), 1)
}
_MOSCOW = timezone(timedelta(hours=3))
_CENTURY = 2000


def stated_time(text: str) -> datetime | None:
    """The time that a line states, in its own offset or, without one, in Moscow time; None where it states no day.

    >>> stated_time("Понедельник, 9 августа 2021, 14:32 +03:00 от Отдела").isoformat()
    '2021-08-09T14:32:00+03:00'
    """
    day = _day(text)
    if day is None:
        return None
    clock = _CLOCK.search(text)
    hour, minute = (int(clock[1]), int(clock[2])) if clock else (0, 0)
    if clock and clock[3]:
        hour = hour % 12 + (12 if clock[3].lower() == "p" else 0)
    try:
        return datetime(*day, hour, minute, tzinfo=_zone(text))
    except ValueError:
        return None


def _zone(text: str) -> timezone:
    """The offset stated; raises `ValueError` for one of a day or more."""
    offset = _OFFSET.search(text)
    if offset is None:
        return _MOSCOW
    shift = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
    return timezone(-shift if offset[1] == "-" else shift)


def _day(text: str) -> tuple[int, int, int] | None:
    if iso := _ISO.search(text):
        return int(iso[1]), int(iso[2]), int(iso[3])
    if dotted := _DOTTED.search(text):
        year = int(dotted[3])
        return year if year > 99 else year + _CENTURY, int(dotted[2]), int(dotted[1])
    if worded := _WORDED.search(text):
        return int(worded[3]), _month(worded[2]), int(worded[1])
    if english := _ENGLISH.search(text):
        return int(english[3]), _month(english[1]), int(english[2])
    return None


def _month(name: str) -> int:
    """The number of a month by its name's beginning; 0 for none."""
    lower = name.lower()
    return _MONTHS.get(lower[:3]) or _MONTHS.get(lower[:2], 0)
