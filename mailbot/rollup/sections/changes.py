"""What changed since the last roll-up: who answered, which figures differ, what was decided."""

from __future__ import annotations

from collections import Counter

from mailbot.rollup import plain, russian
from mailbot.rollup.facts import Changes, Facts
from mailbot.rollup.sections.section import Context, Section

SHOWN = 8

_TEMPLATE = """
{% from "macros.html" import card, more %}
{% call card(title, note) %}
{% for line in lines %}<p class="line"><b>{{ line.label }}</b> {{ line.text }}</p>
{% endfor %}
{% if figures %}
<table class="data" width="100%" cellpadding="0" cellspacing="0">
<tr align="right" valign="bottom"><th class="name" align="left">Цифры изменились</th><th>было</th><th>стало</th></tr>
{% for change in figures %}
<tr align="right" valign="top"><td class="row" align="left">{{ change.who }} <span class="sub">{{ change.field }}</span></td>
<td class="fig muted">{{ change.before }}</td><td class="fig"><b>{{ change.after }}</b></td></tr>
{% endfor %}
</table>
{% endif %}
{% if hidden %}{{ more(hidden, noun, "Изменения") }}{% endif %}
{% endcall %}
"""


def _title(facts: Facts) -> str:
    changes = facts.changes
    if changes.since is None:
        return "Это первая сводка"
    if changes.quiet:
        return "Новых ответов нет"
    return f"Что изменилось с {russian.moment(changes.since)}"


def _note(facts: Facts) -> str:
    changes = facts.changes
    if changes.since is None:
        return "Сравнивать пока не с чем: изменения появятся в следующей."
    if changes.quiet:
        return f"С {russian.moment(changes.since)} писем не приходило, цифры прежние. Служба работает."
    return f"Пришло {russian.counted(changes.letters, russian.LETTERS)}." if changes.letters else "Писем не приходило."


def _lines(changes: Changes) -> list[tuple[str, str]]:
    """The changes that fit in a sentence, as (label, text)."""
    if changes.since is None:
        return []
    lines = []
    if changes.answered:
        lines.append((f"Ответили впервые ({len(changes.answered)}):", _listed(list(changes.answered), 15) + "."))
    if changes.organisations:
        count = russian.counted(len(changes.organisations), russian.ORGANISATIONS)
        by_municipality = Counter(municipality for municipality, _ in changes.organisations)
        dash = f"{russian.HARD_SPACE}—{russian.HARD_SPACE}"
        listed = _listed([f"{name}{dash}{russian.number(n)}" for name, n in sorted(by_municipality.items())], 10)
        lines.append(("Добавились:", f"{count} ({listed})."))
    if changes.withdrawn:
        # «; » between them: the municipality and its organisation have a comma, and «СОШ № 3» alone could be anybody's.
        names = [_who(municipality, organisation) for municipality, organisation in changes.withdrawn]
        lines.append(("Больше не учитываются:", _listed(names, 6, "; ") + "."))
    if changes.new_cases or changes.closed_cases:
        parts = [
            f"появилось {russian.number(changes.new_cases)}" if changes.new_cases else "",
            f"закрыто {russian.number(changes.closed_cases)}" if changes.closed_cases else "",
        ]
        lines.append(("На проверку:", ", ".join(part for part in parts if part) + "."))
    return lines


def _listed(names: list[str], limit: int, comma: str = ", ") -> str:
    shown = comma.join(names[:limit])
    return f"{shown} и ещё {len(names) - limit}" if len(names) > limit else shown


def value(figure: int | None) -> str:
    """The figure, or a dash where there is none."""
    return "—" if figure is None else russian.number(figure)


def _who(municipality: str, organisation: str | None) -> str:
    return russian.cut(f"{municipality}, {organisation}" if organisation else municipality, 72)


def _context(facts: Facts) -> Context:
    titles = {field.name: field.heading for field in facts.campaign.fields}
    hidden = max(0, len(facts.changes.figures) - SHOWN)
    return {
        "title": _title(facts),
        "note": _note(facts),
        "lines": [{"label": label, "text": text} for label, text in _lines(facts.changes)],
        "figures": [
            {
                "who": _who(change.municipality, change.organisation),
                "field": titles.get(change.field, change.field),
                "before": value(change.before),
                "after": value(change.after),
            }
            for change in facts.changes.figures[:SHOWN]
        ],
        "hidden": russian.number(hidden) if hidden else 0,
        "noun": russian.form(hidden, russian.FIGURES),
    }


def _text(facts: Facts) -> str:
    titles = {field.name: field.heading for field in facts.campaign.fields}
    hidden = len(facts.changes.figures) - SHOWN
    figures = [
        f"- {_who(c.municipality, c.organisation)}, {titles.get(c.field, c.field)}: "
        f"{value(c.before)}{russian.HARD_SPACE}→{russian.HARD_SPACE}{value(c.after)}"
        for c in facts.changes.figures[:SHOWN]
    ]
    return plain.blocks(
        plain.lines(plain.heading(_title(facts)), plain.wrap(_note(facts))),
        plain.lines(*(plain.wrap(f"{label} {text}", hanging=2) for label, text in _lines(facts.changes))),
        plain.lines("Цифры изменились:" if figures else "", *(plain.wrap(line, hanging=2) for line in figures)),
        f"Ещё {hidden} — в книге, лист «Изменения»." if hidden > 0 else "",
    )


SECTION = Section(name="changes", template=_TEMPLATE, context=_context, text=_text)
