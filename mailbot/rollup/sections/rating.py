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

SHOWN = 10
"""So many of the warmest and so many of the coldest; Gmail cuts a mail at 102 kB."""

_TEMPLATE = """
{% from "macros.html" import card, bar %}
{% call card("Градусник", note) %}
<table class="data" width="100%" cellpadding="1" cellspacing="0">
{% for row in rows %}
{% if row.gap %}
<tr><td class="muted" colspan="3">{{ row.gap }}</td></tr>
{% else %}
<tr><td width="36%">{{ row.name }}</td><td>{{ bar(row.points, row.degree) }}</td>
<td width="14%" align="right"><b>{{ row.points }}°</b></td></tr>
{% endif %}
{% endfor %}
</table>
{% if silent %}<p class="note">{{ silent }}</p>{% endif %}
{% endcall %}
"""

_Rated = tuple[Municipality, int]


def rated(facts: Facts) -> list[_Rated]:
    """The municipalities that answered, with their points, the best first; equal ones by name."""
    pairs = [(m, m.rating.points) for m in facts.answered if m.rating is not None]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0].name))


def _parts(facts: Facts) -> tuple[list[_Rated], int, list[_Rated]]:
    """The warmest, how many lie between, the coldest."""
    pairs = rated(facts)
    if len(pairs) <= 2 * SHOWN:
        return pairs, 0, []
    return pairs[:SHOWN], len(pairs) - 2 * SHOWN, pairs[-SHOWN:]


def _between(count: int) -> str:
    return f"… ещё {russian.counted(count, russian.MUNICIPALITIES)} — в книге, лист «Муниципалитеты» …"


def _silent(facts: Facts) -> str:
    count = len(facts.silent)
    return f"Ещё {russian.counted(count, russian.MUNICIPALITIES)} без ответа — 0°." if count else ""


def _row(pair: _Rated) -> Context:
    return {"gap": "", "name": pair[0].name, "points": pair[1], "degree": degree(pair[1])}


def _context(facts: Facts) -> Context | None:
    best, between, worst = _parts(facts)
    if not best:
        return None
    rows = [_row(pair) for pair in best]
    if between:
        rows += [{"gap": _between(between)}, *(_row(pair) for pair in worst)]
    return {"note": NOTE, "rows": rows, "silent": _silent(facts)}


def _text(facts: Facts) -> str:
    best, between, worst = _parts(facts)
    if not best:
        return ""
    lines = plain.columns([_tube(pair) for pair in (*best, *worst)]).split("\n")
    if between:
        lines.insert(len(best), plain.wrap(_between(between)))
    return plain.blocks(
        plain.lines(plain.heading("Градусник"), plain.wrap(NOTE)), plain.lines(*lines), plain.wrap(_silent(facts))
    )


def _tube(pair: _Rated) -> tuple[str, str, str]:
    filled = round(pair[1] / 5)
    return pair[0].name, f"{pair[1]}°", "▮" * filled + "▯" * (20 - filled)


SECTION = Section(name="rating", template=_TEMPLATE, context=_context, text=_text)
