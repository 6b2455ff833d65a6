"""«Градусник»: the municipalities by how well they answer, as a thermometer that any mail client can draw."""

from __future__ import annotations

from mailbot.rollup import plain, russian
from mailbot.rollup.facts import Facts, Municipality
from mailbot.rollup.sections.section import Context, Section
from mailbot.rollup.thermometer import degree

NOTE = (
    "Баллы от 0 до 100: скорость ответа, полнота цифр, доля организаций, выполнивших квоту, "
    "отсутствие исправлений и противоречий."
)

_TEMPLATE = """
{% from "macros.html" import card, bar %}
{% call card("Градусник", note) %}
<table class="data" width="100%" cellpadding="1" cellspacing="0">
{% for row in rows %}
<tr><td width="36%">{{ row.name }}</td><td>{{ bar(row.points, row.degree) }}</td>
<td width="14%" align="right"><b>{{ row.points }}°</b></td></tr>
{% endfor %}
</table>
{% if silent %}<p class="note">{{ silent }}</p>{% endif %}
{% endcall %}
"""


def rated(facts: Facts) -> list[tuple[Municipality, int]]:
    """The municipalities that answered, with their points, the best first; equal ones by name."""
    pairs = [(m, m.rating.points) for m in facts.answered if m.rating is not None]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0].name))


def _silent(facts: Facts) -> str:
    count = len(facts.silent)
    return f"Ещё {russian.counted(count, russian.MUNICIPALITIES)} без ответа — 0°." if count else ""


def _context(facts: Facts) -> Context | None:
    rows = rated(facts)
    if not rows:
        return None
    return {
        "note": NOTE,
        "rows": [{"name": m.name, "points": points, "degree": degree(points)} for m, points in rows],
        "silent": _silent(facts),
    }


def _text(facts: Facts) -> str:
    rows = rated(facts)
    if not rows:
        return ""
    tube = [(m.name, f"{points}°", "▮" * round(points / 5) + "▯" * (20 - round(points / 5))) for m, points in rows]
    return plain.blocks(
        plain.lines(plain.heading("Градусник"), plain.wrap(NOTE)), plain.columns(tube), plain.wrap(_silent(facts))
    )


SECTION = Section(name="rating", template=_TEMPLATE, context=_context, text=_text)
