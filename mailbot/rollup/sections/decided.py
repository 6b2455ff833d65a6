"""What persons decided since the last roll-up: about which letter, what, who, when."""

from __future__ import annotations

from mailbot.rollup import plain, russian
from mailbot.rollup.facts import Decided, Facts
from mailbot.rollup.sections.section import Context, Section

SHOWN = 10
_ACTIONS = {"accept": "принято", "reject": "не учитывается", "set": "принято с исправлениями"}
_TITLE = "Решения с прошлой сводки"

_TEMPLATE = """
{% from "macros.html" import card %}
{% call card(title, "") %}
{% for line in lines %}<p class="line">{{ line }}</p>
{% endfor %}
{% if hidden %}<p class="note">{{ hidden }}</p>{% endif %}
{% endcall %}
"""


def _line(each: Decided) -> str:
    number = f"№{russian.HARD_SPACE}{each.letter}"
    return f"{number} — {_ACTIONS[each.action]}: {russian.cut(each.by, 60)}, {russian.moment(each.at)}"


def _hidden(facts: Facts) -> str:
    left = len(facts.decisions) - SHOWN
    return f"И ещё {russian.number(left)}." if left > 0 else ""


def _context(facts: Facts) -> Context | None:
    """The latest decisions; nothing where there were none."""
    if not facts.decisions:
        return None
    return {
        "title": _TITLE,
        "lines": [_line(each) for each in facts.decisions[-SHOWN:]],
        "hidden": _hidden(facts),
    }


def _text(facts: Facts) -> str:
    if not facts.decisions:
        return ""
    lines = (plain.wrap(f"- {_line(each)}", hanging=2) for each in facts.decisions[-SHOWN:])
    return plain.blocks(plain.lines(plain.heading(_TITLE), *lines), _hidden(facts))


SECTION = Section(name="decided", template=_TEMPLATE, context=_context, text=_text)
