"""Organisations that certainly have fewer people than was asked for, and those whose figures cannot tell."""

from __future__ import annotations

from mailbot.rollup import plain, russian
from mailbot.rollup.facts import Facts, Quota, Respondent
from mailbot.rollup.sections.section import Context, Section

SHOWN = 12

_TEMPLATE = """
{% from "macros.html" import card, heads, more %}
{% call card(title, note) %}
{% if rows %}
<table class="data" width="100%" cellpadding="0" cellspacing="0">
{{ heads(headings) }}
{% for row in rows %}
<tr align="right" valign="top"><td class="row" align="left">{{ row.name }}<br><span class="sub">{{ row.municipality }}</span></td>
{%- for cell in row.cells %}<td class="fig">{{ cell }}</td>{% endfor %}</tr>
{% endfor %}
</table>
{% endif %}
{% if hidden %}{{ more(hidden, noun, "Ниже квоты") }}{% endif %}
{% endcall %}
"""


def _note(facts: Facts) -> str:
    unknown = sum(r.quota is Quota.UNKNOWN for r in facts.organisations)
    if not unknown:
        return ""
    about = russian.about(unknown, russian.ABOUT_ORGANISATIONS)
    return (
        f"{'Ещё ' + about if facts.below_quota else about.capitalize()} "
        "по цифрам сказать нельзя: один человек может быть подписан в нескольких сетях."
    )


def _cells(row: Respondent, facts: Facts) -> list[str]:
    return [
        russian.number(row.figures[field.name].value) if field.name in row.figures else "—"
        for field in facts.campaign.fields
    ]


def _title(facts: Facts) -> str:
    count = len(facts.below_quota)
    if not count:
        return f"Меньше {facts.campaign.quota} человек: нигде"
    return f"Меньше {facts.campaign.quota} человек: {russian.counted(count, russian.ORGANISATIONS)}"


def _context(facts: Facts) -> Context | None:
    if not facts.campaign.quota or not facts.organisations:
        return None
    hidden = max(0, len(facts.below_quota) - SHOWN)
    return {
        "title": _title(facts),
        "note": _note(facts),
        "headings": [field.heading for field in facts.campaign.fields],
        "rows": [
            {"name": russian.cut(row.name, 80), "municipality": row.municipality, "cells": _cells(row, facts)}
            for row in facts.below_quota[:SHOWN]
        ],
        "hidden": russian.number(hidden) if hidden else 0,
        "noun": russian.form(hidden, russian.ORGANISATIONS),
    }


def _text(facts: Facts) -> str:
    if not facts.campaign.quota or not facts.organisations:
        return ""
    hidden = len(facts.below_quota) - SHOWN
    rows = [["", *(field.heading for field in facts.campaign.fields)]]
    rows += [
        [russian.cut(f"{row.municipality}: {row.name}", 44), *_cells(row, facts)] for row in facts.below_quota[:SHOWN]
    ]
    return plain.blocks(
        plain.heading(_title(facts)),
        plain.columns(rows) if len(rows) > 1 else "",
        f"Ещё {hidden} — в книге, лист «Ниже квоты»." if hidden > 0 else "",
        plain.wrap(_note(facts)),
    )


SECTION = Section(name="below", template=_TEMPLATE, context=_context, text=_text)
