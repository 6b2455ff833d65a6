"""Facts to the two bodies of the mail: HTML with its styles inlined, and the plain-text twin. Pure."""

from __future__ import annotations

import re
from functools import cache

import css_inline
from markupsafe import Markup

from mailbot.rollup import plain, russian
from mailbot.rollup.facts import Facts
from mailbot.rollup.sections import SECTIONS
from mailbot.rollup.sections.section import environment
from mailbot.rollup.sections.standing import letters_to_review, title

_FOOTER = (
    "Книга Excel приложена: все цифры с указанием письма, файла и ячейки. Сводку составила программа mailbot; "
    "она ничего не додумывает: всё, в чём не уверена, стоит в разделе «Нужен ваш взгляд»."
)


_ANSWER = (
    "Исправить можно ответом на это письмо: приложите книгу с правками в жёлтых ячейках или напишите строкой, например "
    "«Бавлы: ВК 120, ОК 80, принять» или «№\N{NO-BREAK SPACE}17 — не отчёт». Строку ниже не удаляйте: по ней программа узнаёт сводку."
)


def subject(facts: Facts) -> str:
    """The standing in a line: «Сводка на 16.08.2021: ответили 38 из 45, 12 840 подписчиков, 3 на проверку»."""
    answered, review = len(facts.answered), letters_to_review(facts)
    return (
        f"{title(facts)}: {russian.form(answered, russian.ANSWERED)} {answered} из {len(facts.municipalities)}, "
        f"{russian.counted(facts.subscribers, russian.SUBSCRIBERS)}, "
        + (f"{russian.number(review, russian.HARD_SPACE)} на проверку" if review else "проверять нечего")
    )


def html(facts: Facts, token: str = "") -> str:
    """The HTML body: one column, tables, inlined styles, nothing external, no script."""
    page = environment().get_template("page.html")
    # Each section was rendered by the same autoescaping environment, so what it returns is already safe.
    sections = [Markup(section.html(facts)) for section in SECTIONS]  # noqa: S704 - escaped by Jinja2 above
    source = page.render(
        subject=subject(facts), preheader=_preheader(facts), sections=sections, footer=_footer(token), token=token
    )
    return _squeeze(_inliner().inline(source))


def text(facts: Facts, token: str = "") -> str:
    """The plain-text body: the same sections from the same facts."""
    return plain.blocks(*(section.text(facts) for section in SECTIONS), plain.wrap(_footer(token)), token) + "\n"


def _footer(token: str) -> str:
    return f"{_FOOTER} {_ANSWER}" if token else _FOOTER


def _preheader(facts: Facts) -> str:
    """What a mail client shows beside the subject in its list."""
    if facts.changes.since is not None and facts.changes.quiet:
        return "Новых ответов нет, цифры прежние."
    new = len(facts.changes.answered)
    return f"Ответили впервые: {new}. Не ответили: {len(facts.silent)}."


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_at_rules=True, minify_css=True, load_remote_stylesheets=False)


def _squeeze(page: str) -> str:
    """Without the white space between lines, and without tags that HTML implies: Gmail cuts a mail at 102 kB."""
    page = page.replace("<tbody>", "").replace("</tbody>", "")  # the inliner's; text has its brackets escaped
    return re.sub(r"\n\s*\n+", "\n", re.sub(r"[ \t]+\n", "\n", page))
