"""The table of municipalities: who answered and when, late or not, organisations, figures, a bar to compare by."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from mailbot.rollup import plain, russian
from mailbot.rollup.facts import Facts, Municipality
from mailbot.rollup.sections.section import Context, Section

_TEMPLATE = """
{% from "macros.html" import card, bar, chip, heads %}
{% call card("Муниципалитеты", note) %}
<table class="data" width="100%" cellpadding="0" cellspacing="0">
{{ heads(headings) }}
{% for row in rows %}
{% if row.answered %}
<tr align="right" valign="top"><td class="row" align="left">{{ row.name }}{% if row.late %} {{ chip("опоздал", "warn") }}{% endif %}
<br><span class="sub">{{ row.sub }}</span>{{ bar(row.percent) }}</td>
{%- for cell in row.cells %}<td class="fig">{{ cell }}</td>{% endfor -%}
{% if row.below is not none %}<td class="fig alert">{{ row.below }}</td>{% endif %}</tr>
{% else %}
<tr><td class="row muted" colspan="{{ headings|length + 1 }}">{{ row.names }} <span class="sub">— ответа нет</span></td></tr>
{% endif %}
{% endfor %}
<tr align="right"><td class="sum name" align="left">Всего</td>{% for cell in sums %}<td class="sum">{{ cell }}</td>{% endfor %}</tr>
</table>
{% if partial %}<p class="note">{{ partial }}</p>{% endif %}
{% endcall %}
"""

DASH = "—"


def quota_heading(facts: Facts) -> str:
    """«<30»: the heading of the column that counts organisations below the quota; empty without a quota."""
    return f"<{facts.campaign.quota}" if facts.campaign.quota else ""


def figure(municipality: Municipality, name: str) -> str:
    """The figure; a dash where there is none, an asterisk where not all organisations give it."""
    value = municipality.figures.get(name)
    if value is None:
        return DASH
    return russian.number(value) + ("*" if name in municipality.partial else "")


def _partial(facts: Facts) -> str:
    some = any(m.partial for m in facts.municipalities)
    return "* эту цифру указали не все организации муниципалитета, здесь сумма по тем, кто указал." if some else ""


def _sub(m: Municipality) -> str:
    parts = [russian.moment(m.answered_at)] if m.answered_at else []
    if m.organisations:
        of = f" из {m.roster}" if m.roster else ""
        parts.append(f"{russian.number(m.organisations)}{of}{russian.HARD_SPACE}орг.")
    if m.to_review:
        parts.append(f"на{russian.HARD_SPACE}проверке:{russian.HARD_SPACE}{m.to_review}")
    return ", ".join(parts)


def _row(m: Municipality, facts: Facts, most: int) -> Context:
    return {
        "name": m.name,
        "late": m.late,
        "answered": True,
        "sub": _sub(m),
        "percent": 100 * m.subscribers / most if most else 0,
        "cells": [figure(m, field.name) for field in facts.campaign.fields],
        "below": (russian.number(m.below_quota) if m.below_quota else "") if facts.campaign.quota else None,
    }


def _rows(facts: Facts, most: int) -> Iterator[Context]:
    """A row for each that answered; neighbours that did not share one, or a first day would be a screen of dashes."""
    for answered, together in groupby(facts.municipalities, key=lambda m: m.answered):
        if answered:
            yield from (_row(m, facts, most) for m in together)
        else:
            yield {"answered": False, "names": ", ".join(_silent(m) for m in together)}


def _silent(m: Municipality) -> str:
    name = m.name.replace(" ", russian.HARD_SPACE)
    return f"{name} (на{russian.HARD_SPACE}проверке:{russian.HARD_SPACE}{m.to_review})" if m.to_review else name


def _sums(facts: Facts) -> list[str]:
    sums = [russian.number(facts.total(f.name)) if facts.gives(f.name) else DASH for f in facts.campaign.fields]
    if facts.campaign.quota:
        sums.append(russian.number(sum(m.below_quota for m in facts.municipalities)))
    return sums


def _note(facts: Facts) -> str:
    quota = (
        f" «{quota_heading(facts)}» — сколько организаций набрали меньше {facts.campaign.quota} человек."
        if facts.campaign.quota
        else ""
    )
    return f"Полоска — подписчики по сравнению с самым активным муниципалитетом.{quota}"


def _headings(facts: Facts) -> list[str]:
    quota = quota_heading(facts)
    return [field.heading for field in facts.campaign.fields] + ([quota] if quota else [])


def _context(facts: Facts) -> Context:
    most = max((m.subscribers for m in facts.municipalities), default=0)
    return {
        "note": _note(facts),
        "headings": _headings(facts),
        "rows": list(_rows(facts, most)),
        "sums": _sums(facts),
        "partial": _partial(facts),
    }


def _text(facts: Facts) -> str:
    rows = [["", "Ответ", "Орг.", *_headings(facts)]]
    for m in facts.municipalities:
        if m.answered_at is None:
            rows.append([m.name, "нет", *[""] * (len(rows[0]) - 2)])
            continue
        late = " опоздал" if m.late else ""
        figures = [figure(m, field.name) for field in facts.campaign.fields]
        below = [russian.number(m.below_quota) if m.below_quota else ""] if facts.campaign.quota else []
        organisations = russian.number(m.organisations) if m.organisations else ""
        rows.append([m.name, russian.moment(m.answered_at) + late, organisations, *figures, *below])
    organisations = russian.number(len(facts.organisations))
    rows.append(["Всего", f"{len(facts.answered)} из {len(facts.municipalities)}", organisations, *_sums(facts)])
    return plain.blocks(plain.heading("Муниципалитеты"), plain.columns(rows, left=2), plain.wrap(_partial(facts)))


SECTION = Section(name="municipalities", template=_TEMPLATE, context=_context, text=_text)
