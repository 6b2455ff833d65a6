"""The head of the mail: what it is, how the campaign stands against its deadline, three figures that matter most."""

from __future__ import annotations

from mailbot.rollup import plain, russian
from mailbot.rollup.facts import Facts, Phase, Unpolled
from mailbot.rollup.sections.section import Context, Section

_MARK = {Phase.BEFORE: "calm", Phase.DAY: "warn", Phase.AFTER: "over"}

_TEMPLATE = """
{% from "macros.html" import bar, gap %}
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" bgcolor="#ffffff">
<tr><td class="inside">
<p class="overline">{{ campaign }}</p>
<h1 class="headline">{{ title }}</h1>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td class="deadline {{ mark }}">{{ deadline }}</td></tr></table>
{% if delayed %}<p class="note">{{ delayed }}</p>{% endif %}
{% for line in unpolled %}<p class="line alert">{{ line }}</p>
{% endfor %}
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr>
{% for tile in tiles %}
<td class="tile" width="{{ tile.width }}%" valign="top">
<p class="big{{ " " ~ tile.tone if tile.tone }}">{{ tile.figure }}{% if tile.of %}<span class="of"> {{ tile.of }}</span>{% endif %}</p>
<p class="sub">{{ tile.caption }}</p>
</td>
{% endfor %}
</tr></table>
{{ bar(percent) }}
<p class="note">{{ summary }}</p>
</td></tr></table>
{{ gap() }}
"""


def title(facts: Facts) -> str:
    """«Сводка на 16.08.2021», «Итоговая сводка на 17.08.2021»."""
    name = "Итоговая сводка" if facts.kind == "final" else "Сводка"
    return f"{name} на {russian.day(facts.date)}"


def deadline_sentence(facts: Facts) -> str:
    """Where the campaign stands against its deadline, as a sentence."""
    zone = {"MSK": "по московскому времени"}.get(facts.deadline.tzname() or "", facts.deadline.tzname() or "")
    hour = f"{facts.deadline:%H:%M} {zone}".strip()
    when = f"{hour} {russian.day_in_words(facts.deadline.date())}"
    if facts.phase is Phase.BEFORE:
        return f"До срока {russian.span(facts.deadline - facts.moment)}: ответы ждём до {when}."
    if facts.phase is Phase.DAY:
        left = russian.for_span(facts.deadline - facts.moment)
        return f"Сегодня последний день: срок — {hour}, через {left}."
    if facts.moment.date() == facts.deadline.date():
        return f"Срок истёк сегодня в {hour}. Ответы, пришедшие позже, принимаются с отметкой «опоздал»."
    ago = russian.for_span(facts.moment - facts.deadline)
    return f"Срок истёк {ago} назад, в {when}. Поздние ответы отмечены."


def delayed_sentence(facts: Facts) -> str:
    """Says that the roll-up goes out later than its hour, and that its figures are of now."""
    if not facts.delayed:
        return ""
    composed = f"{russian.day(facts.moment.date())} в {facts.moment:%H:%M}"
    return f"Сводка составлена с опозданием, {composed}: в назначенный час служба не работала. Цифры — на это время."


def unpolled_sentence(mailbox: Unpolled) -> str:
    """Says whose newest mail is not in the roll-up, since when, and that it is not lost."""
    why = f" ({russian.cut(mailbox.reason, 160)})" if mailbox.reason else ""
    if mailbox.since is None:
        return f"Ящик {mailbox.address} ещё ни разу не удалось просмотреть{why}: писем оттуда в этой сводке нет."
    return (
        f"Ящик {mailbox.address} не удаётся просмотреть с {russian.moment(mailbox.since)}{why}: "
        "пришедшее туда позже войдёт в следующую сводку."
    )


def letters_to_review(facts: Facts) -> int:
    """How many letters wait for a person; contradictions between letters are counted apart."""
    return sum(case.letter is not None for case in facts.cases)


def _summary(facts: Facts) -> str:
    on_time = sum(not m.late for m in facts.answered)
    late = len(facts.answered) - on_time
    parts = []
    if late:
        parts.append(f"В срок — {russian.number(on_time)}, с опозданием — {russian.number(late)}.")
    if facts.organisations:
        count = len(facts.organisations)
        verb = russian.form(count, russian.REPORTED)
        parts.append(f"Отдельно {verb} {russian.counted(count, russian.ORGANISATIONS)}.")
    total = facts.campaign.total
    stated = f"заявленный итог («{total.title}»), а где его нет — " if total else ""
    parts.append(f"Подписчики: {stated}сумма по сетям; один человек может быть подписан в нескольких.")
    return " ".join(parts)


def _delta(facts: Facts) -> str:
    if facts.changes.since is None or not facts.changes.subscribers:
        return ""
    sign = "+" if facts.changes.subscribers > 0 else "−"
    return f"{sign}{russian.number(abs(facts.changes.subscribers))} с прошлой сводки"


def _caption(answered: int, asked: int) -> str:
    of = russian.form(asked, russian.OF_MUNICIPALITIES)
    return f"{of} {russian.form(answered, russian.ANSWERED)}"


def _context(facts: Facts) -> Context:
    answered, asked = len(facts.answered), len(facts.municipalities)
    review, delta = letters_to_review(facts), _delta(facts)
    subscribers = russian.form(facts.subscribers, russian.SUBSCRIBERS)
    return {
        "campaign": facts.campaign.title,
        "title": title(facts),
        "deadline": deadline_sentence(facts),
        "mark": _MARK[facts.phase],
        "delayed": delayed_sentence(facts),
        "unpolled": [unpolled_sentence(mailbox) for mailbox in facts.account.unpolled],
        "tiles": (
            _tile(37, russian.number(answered), _caption(answered, asked), "accent", f"из {russian.number(asked)}"),
            _tile(37, russian.number(facts.subscribers), f"{subscribers}, {delta}" if delta else subscribers, ""),
            _tile(26, russian.number(review), "на проверку", "alert" if review else "good"),
        ),
        "percent": 100 * answered / asked if asked else 0,
        "summary": _summary(facts),
    }


def _tile(width: int, figure: str, caption: str, tone: str, of: str = "") -> Context:
    return {"width": width, "figure": figure, "caption": caption, "tone": tone, "of": of}


def _text(facts: Facts) -> str:
    answered, asked, review = len(facts.answered), len(facts.municipalities), letters_to_review(facts)
    subscribers, delta = russian.number(facts.subscribers), _delta(facts)
    return plain.blocks(
        plain.lines(plain.heading(title(facts)), plain.wrap(facts.campaign.title)),
        plain.lines(plain.wrap(deadline_sentence(facts)), plain.wrap(delayed_sentence(facts))),
        plain.lines(*(plain.wrap(unpolled_sentence(mailbox)) for mailbox in facts.account.unpolled)),
        plain.lines(
            f"Ответили:     {answered} из {asked}",
            plain.wrap(f"Подписчиков:  {subscribers}") + (f" ({plain.wrap(delta)})" if delta else ""),
            f"На проверку:  {review}",
        ),
        plain.wrap(_summary(facts)),
    )


SECTION = Section(name="standing", template=_TEMPLATE, context=_context, text=_text)
