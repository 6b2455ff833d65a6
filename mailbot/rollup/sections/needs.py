"""What needs her eye: letters to review, letters that could not be read, contradictions; the oldest first."""

from __future__ import annotations

from datetime import timedelta

from mailbot.domain.interpretation import Status
from mailbot.rollup import plain, russian
from mailbot.rollup.facts import Case, CaseSort, Facts
from mailbot.rollup.sections.section import Context, Section

SHOWN, CONTRADICTIONS_SHOWN = 8, 4
_REASONS_SHOWN, _NAMED = 3, 12
_LONG_OPEN = timedelta(days=1)
_LABEL = {CaseSort.REVIEW: "проверить", CaseSort.FAILED: "не прочитано", CaseSort.CONTRADICTION: "расхождение"}
_TONE = {CaseSort.REVIEW: "warn", CaseSort.FAILED: "over", CaseSort.CONTRADICTION: "calm"}

_TEMPLATE = """
{% from "macros.html" import card, chip, more %}
{% call card(title, note, tone) %}
{% for case in cases %}
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td class="item">
<p class="line">{{ chip(case.label, case.tone) }} <b>{{ case.title }}</b>
<span class="muted">{{ case.age }}</span></p>
{% if case.origin %}<p class="sub">{{ case.origin }}</p>{% endif %}
{% for reason in case.reasons %}<p class="line">{{ reason.message }}
{%- if reason.where %} <span class="sub">{{ reason.where }}</span>{% endif %}</p>
{% endfor %}
</td></tr></table>
{% endfor %}
{% if hidden %}{{ more(hidden, noun, "На проверку") }}{% endif %}
{% if incomplete %}<p class="note">{{ incomplete }}</p>{% endif %}
{% endcall %}
"""


def long_open(facts: Facts) -> int:
    """How many cases have been open for more than a day."""
    return sum(facts.moment - case.since > _LONG_OPEN for case in facts.cases)


def _heading(case: Case) -> str:
    number = f"№{russian.HARD_SPACE}{case.letter} · " if case.letter is not None else ""
    return f"{number}{case.title}"


def _origin(case: Case) -> str:
    parts = [russian.cut(case.sender, 60), f"«{russian.cut(case.subject, 70)}»" if case.subject else ""]
    return ", ".join(part for part in parts if part)


def _reasons(case: Case) -> list[tuple[str, str]]:
    """The first reasons as (sentence, place); the last says how many more there are."""
    shown = [
        (
            russian.cut(r.message, 180),
            russian.cut("; ".join(russian.place(place.locator) for place in r.places[:2]), 80),
        )
        for r in case.reasons[:_REASONS_SHOWN]
    ]
    left = len(case.reasons) - len(shown)
    return [*shown, (f"И ещё {russian.counted(left, russian.REMARKS)}.", "")] if left > 0 else shown


def _shown(facts: Facts) -> list[Case]:
    """The letters that have waited longest, then the first contradictions: many of these must not hide the letters."""
    letters = [case for case in facts.cases if case.letter is not None]
    others = [case for case in facts.cases if case.letter is None]
    return letters[:SHOWN] + others[:CONTRADICTIONS_SHOWN]


def _title(facts: Facts) -> str:
    return f"Нужен ваш взгляд: {russian.number(len(facts.cases))}" if facts.cases else "Проверять нечего"


def _note(facts: Facts) -> str:
    old, unread = long_open(facts), facts.account.by_status.get(Status.RECEIVED, 0)
    letters = sum(case.letter is not None for case in facts.cases)
    others = len(facts.cases) - letters
    parts = [
        "Противоречий нет." if not facts.cases else "",
        f"Писем — {russian.number(letters)}, расхождений в цифрах — {russian.number(others)}."
        if letters and others
        else "",
        "Цифры из этих писем пока не учтены." if letters else "",
        f"Больше суток {russian.form(old, russian.WAITS)} {russian.counted(old, russian.CASES)}." if old else "",
        f"Ещё не прочитано: {russian.counted(unread, russian.LETTERS)}." if unread else "",
    ]
    return " ".join(part for part in parts if part)


def _incomplete(facts: Facts) -> str:
    """The municipalities whose organisations add up to less than they state: worth knowing, nothing to decide."""
    names = [m.name for m in facts.municipalities if m.differences and not m.contradictions]
    if not names:
        return ""
    listed = ", ".join(names[:_NAMED]) + (" и другие" if len(names) > _NAMED else "")
    return (
        f"У {russian.counted(len(names), russian.OF_MUNICIPALITIES)} сумма по организациям меньше собственной цифры: "
        f"видимо, отдельно отчитались не все ({listed})."
    )


def _context(facts: Facts) -> Context:
    shown = _shown(facts)
    hidden = len(facts.cases) - len(shown)
    return {
        "title": _title(facts),
        "note": _note(facts),
        "tone": "alert" if facts.cases else "good",
        "cases": [
            {
                "label": _LABEL[case.sort],
                "tone": _TONE[case.sort],
                "title": _heading(case),
                "age": f"ждёт {russian.for_span(facts.moment - case.since)}",
                "origin": _origin(case),
                "reasons": [{"message": message, "where": where} for message, where in _reasons(case)],
            }
            for case in shown
        ],
        "hidden": russian.number(hidden) if hidden else 0,
        "noun": russian.form(hidden, russian.CASES),
        "incomplete": _incomplete(facts),
    }


def _text(facts: Facts) -> str:
    shown = _shown(facts)
    hidden = len(facts.cases) - len(shown)
    return plain.blocks(
        plain.lines(plain.heading(_title(facts)), plain.wrap(_note(facts))),
        *(_case_text(case, facts) for case in shown),
        f"Ещё {hidden} — в книге, лист «На проверку»." if hidden else "",
        plain.wrap(_incomplete(facts)),
    )


def _case_text(case: Case, facts: Facts) -> str:
    head = f"{_heading(case)} — {_LABEL[case.sort]}, ждёт {russian.for_span(facts.moment - case.since)}"
    return plain.lines(
        plain.wrap(head, hanging=2),
        plain.wrap(_origin(case), indent=2),
        *(
            plain.wrap(f"- {message}" + (f" [{where}]" if where else ""), indent=2, hanging=2)
            for message, where in _reasons(case)
        ),
    )


SECTION = Section(name="needs", template=_TEMPLATE, context=_context, text=_text)
