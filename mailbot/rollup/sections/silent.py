"""Who has not answered, with the time that is left."""

from __future__ import annotations

from mailbot.rollup import plain, russian
from mailbot.rollup.facts import Facts, Phase
from mailbot.rollup.sections.section import Context, Section

_TEMPLATE = """
{% from "macros.html" import card %}
{% call card(title, note, tone) %}
{% if names %}<p class="line">{{ names }}.</p>{% endif %}
{% if checked %}<p class="note">{{ checked }}</p>{% endif %}
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


def _context(facts: Facts) -> Context:
    return {
        "title": _title(facts),
        "note": left(facts) if facts.silent else "",
        "tone": "" if facts.silent else "good",
        "names": ", ".join(m.name.replace(" ", russian.HARD_SPACE) for m in facts.silent),
        "checked": _checked(facts),
    }


def _text(facts: Facts) -> str:
    if not facts.silent:
        return plain.heading(_title(facts))
    names = ", ".join(m.name for m in facts.silent)
    return plain.lines(
        plain.heading(_title(facts)), plain.wrap(left(facts)), plain.wrap(f"{names}."), plain.wrap(_checked(facts))
    )


SECTION = Section(name="silent", template=_TEMPLATE, context=_context, text=_text)
