"""Totals by network: the sum over the municipalities, how many of them give the figure, what was added."""

from __future__ import annotations

from mailbot.domain.campaign import CampaignField
from mailbot.rollup import plain, russian
from mailbot.rollup.facts import Facts
from mailbot.rollup.sections.section import Context, Section

_TEMPLATE = """
{% from "macros.html" import card, bar %}
{% call card("По сетям", note) %}
<table class="data" width="100%" cellpadding="0" cellspacing="0">
{% for row in rows %}
<tr><td class="row" width="34%">{{ row.title }}<br><span class="sub">{{ row.given }}</span></td>
<td class="row">{{ bar(row.percent) }}</td>
<td class="fig" width="22%" align="right"><b>{{ row.sum }}</b>
{%- if row.added %}<br><span class="sub good">{{ row.added }}</span>{% endif %}</td></tr>
{% endfor %}
</table>
{% endcall %}
"""


def _added(facts: Facts, field: CampaignField) -> str:
    change = facts.changes.totals.get(field.name, 0)
    if facts.changes.since is None or not change:
        return ""
    return f"{'+' if change > 0 else '−'}{russian.number(abs(change))}"


def _sum(facts: Facts, field: CampaignField) -> str:
    """A dash where nobody gave the figure: it is not known to be 0."""
    return russian.number(facts.total(field.name)) if facts.gives(field.name) else "—"


def _given(facts: Facts, field: CampaignField) -> str:
    count = facts.gives(field.name)
    return f"указали {russian.number(count)}" if count else "никто не указал"


def _note(facts: Facts) -> str:
    total = facts.campaign.total
    return f"«{total.title}» — только то, что указали сами; программа его не складывает." if total else ""


def _context(facts: Facts) -> Context:
    most = max((facts.total(field.name) for field in facts.campaign.fields), default=0)
    return {
        "note": _note(facts),
        "rows": [
            {
                "title": field.title,
                "sum": _sum(facts, field),
                "given": _given(facts, field),
                "added": _added(facts, field),
                "percent": 100 * facts.total(field.name) / most if most else 0,
            }
            for field in facts.campaign.fields
        ],
    }


def _text(facts: Facts) -> str:
    rows = [(f.title, _sum(facts, f), _added(facts, f), _given(facts, f)) for f in facts.campaign.fields]
    return plain.blocks(plain.heading("По сетям"), plain.columns(rows), plain.wrap(_note(facts)))


SECTION = Section(name="totals", template=_TEMPLATE, context=_context, text=_text)
