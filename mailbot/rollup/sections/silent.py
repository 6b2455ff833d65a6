"""Who has not answered, with the time that is left."""

from __future__ import annotations

from collections import Counter

from mailbot.rollup import plain, russian
from mailbot.rollup.facts import Facts, Phase
from mailbot.rollup.sections.section import Context, Section

_MOST_NAMED = 8

_TEMPLATE = """
{% from "macros.html" import card %}
{% call card(title, note, tone) %}
{% if names %}<p class="line">{{ names }}.</p>{% endif %}
{% if checked %}<p class="note">{{ checked }}</p>{% endif %}
{% if organisations %}<p class="line">{{ organisations }}</p>{% endif %}
{% endcall %}
"""


def _title(facts: Facts) -> str:
    count = len(facts.silent)
    if not count:
        return "Ответили все"
    return f"Не {russian.form(count, russian.ANSWERED)}: {russian.counted(count, russian.MUNICIPALITIES)}"


def left(facts: Facts) -> str:
    """How much time is left to answer, or for how long the answer has been due."""
    if facts.phase is Phase.AFTER:
        return f"Просрочено на {russian.for_span(facts.moment - facts.deadline)}."
    return f"{russian.remaining(facts.deadline - facts.moment)}."


def _checked(facts: Facts) -> str:
    """Those among the silent whose letters wait for review: they need no reminder."""
    names = [m.name for m in facts.silent if m.to_review]
    return f"Из них прислали письмо, но оно ещё на проверке: {', '.join(names)}." if names else ""


def _organisations(facts: Facts) -> str:
    """How many organisations of the roster are silent, the municipalities with the most of them first."""
    count = len(facts.silent_organisations)
    if not count:
        return ""
    by_municipality = Counter(municipality for municipality, _ in facts.silent_organisations)
    most = sorted(by_municipality.items(), key=lambda item: (-item[1], item[0]))[:_MOST_NAMED]
    listed = ", ".join(f"{name}{russian.HARD_SPACE}— {russian.number(n)}" for name, n in most)
    more = ", …" if len(by_municipality) > _MOST_NAMED else ""
    verb = russian.form(count, russian.REPORTED)
    return (
        f"Из списка не {verb} {russian.counted(count, russian.ORGANISATIONS)} ({listed}{more}). "
        "Все — в книге, лист «Не ответили»."
    )


def _context(facts: Facts) -> Context:
    return {
        "title": _title(facts),
        "note": left(facts) if facts.silent else "",
        "tone": "" if facts.silent else "good",
        "names": ", ".join(m.name.replace(" ", russian.HARD_SPACE) for m in facts.silent),
        "checked": _checked(facts),
        "organisations": _organisations(facts),
    }


def _text(facts: Facts) -> str:
    names = ", ".join(m.name for m in facts.silent)
    return plain.lines(
        plain.heading(_title(facts)),
        plain.wrap(left(facts)) if names else "",
        plain.wrap(f"{names}.") if names else "",
        plain.wrap(_checked(facts)),
        plain.wrap(_organisations(facts)),
    )


SECTION = Section(name="silent", template=_TEMPLATE, context=_context, text=_text)
