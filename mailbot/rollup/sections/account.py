"""The account of messages: what the folders hold, what the database has, what was ignored and why, any difference."""

from __future__ import annotations

from mailbot.domain.interpretation import Kind, Status
from mailbot.rollup import plain, russian
from mailbot.rollup.facts import Account, Facts, Folder, Unsent
from mailbot.rollup.sections.section import Context, Section

STATUSES = {
    Status.ACCEPTED: "учтены",
    Status.REVIEW: "на проверке",
    Status.IGNORED: "не относятся к запросу",
    Status.FAILED: "не удалось прочитать",
    Status.RECEIVED: "ещё не прочитаны",
}
KINDS = {
    Kind.REPORT: "отчёт",
    Kind.CORRECTION: "исправление",
    Kind.QUESTION: "вопрос",
    Kind.AUTO: "автоматическое",
    Kind.OTHER: "другое",
}
_IGNORED = {
    Kind.AUTO: "автоматические и рассылки",
    Kind.OTHER: "без цифр по этому запросу",
    Kind.QUESTION: "вопросы",
    Kind.REPORT: "отчёты, отклонённые при проверке",
    Kind.CORRECTION: "исправления, отклонённые при проверке",
}

_TEMPLATE = """
{% from "macros.html" import card %}
{% call card("Учёт писем", note, tone) %}
{% for line in folders %}<p class="line">{{ line }}</p>
{% endfor %}
{% for line in unsent %}<p class="line alert">{{ line }}</p>
{% endfor %}
<table class="data" width="100%" cellpadding="0" cellspacing="0">
{% for row in rows %}<tr><td class="row{{ " " ~ row.tone if row.tone }}">{{ row.label }}</td><td class="fig" width="20%" align="right">{{ row.count }}</td></tr>
{% endfor %}
</table>
{% endcall %}
"""


def folder_line(folder: Folder) -> str:
    """«INBOX: на сервере 412, в базе 412 — сходится», or what is missing, and as of when."""
    have = russian.number(folder.in_database)
    if folder.on_server is None:
        return f"{folder.name}: в базе {have}, с сервером ещё не сверяли."
    when = f" (сверено {russian.moment(folder.counted_at)})" if folder.counted_at else ""
    head = f"{folder.name}: на сервере {russian.number(folder.on_server)}, в базе {have}"
    if folder.difference > 0:
        return f"{head} — не хватает {russian.number(folder.difference)}{when}; служба получит их при следующем опросе."
    if folder.difference < 0:
        return (
            f"{head} — {russian.number(-folder.difference)} на сервере удалены или перенесены, в базе сохранены{when}."
        )
    return f"{head} — сходится{when}."


def balanced(account: Account) -> bool:
    """Whether no folder holds a message that the database has not."""
    return all(folder.difference <= 0 for folder in account.folders)


def _unsent_line(mail: Unsent) -> str:
    return f"Не ушло {russian.moment(mail.at)}: «{russian.cut(mail.subject, 80)}» — {russian.cut(mail.error, 200)}"


def _rows(account: Account) -> list[tuple[str, int, bool]]:
    """(label, count, whether it is a part of the line above)."""
    rows = [("Всего разных писем", account.messages, False)]
    for status, label in STATUSES.items():
        count = account.by_status.get(status, 0)
        if count:
            rows.append((label, count, False))
        if status is Status.IGNORED:
            rows += [
                (words, account.ignored_by_kind[kind], True)
                for kind, words in _IGNORED.items()
                if account.ignored_by_kind.get(kind)
            ]
    return rows


def _note(account: Account) -> str:
    if not account.folders:
        return "Папки почтового ящика ещё не опрашивались."
    if account.unpolled:
        return f"Новое из {', '.join(one.address for one in account.unpolled)} сюда не вошло: ящик сейчас недоступен."
    if not balanced(account):
        return "Есть расхождение с сервером, оно названо ниже."
    return "Ничего не потеряно: каждое письмо с сервера есть в базе." if _counted(account) else ""


def _counted(account: Account) -> bool:
    return all(folder.on_server is not None for folder in account.folders)


def _context(facts: Facts) -> Context:
    account = facts.account
    return {
        "note": _note(account),
        "tone": "" if balanced(account) and not account.unpolled else "alert",
        "folders": [folder_line(folder) for folder in account.folders],
        "unsent": [_unsent_line(mail) for mail in account.unsent],
        "rows": [
            {"label": label, "count": russian.number(count), "tone": "part muted" if part else ""}
            for label, count, part in _rows(account)
        ],
    }


def _text(facts: Facts) -> str:
    rows = [(f"  {label}" if part else label, russian.number(count)) for label, count, part in _rows(facts.account)]
    return plain.blocks(
        plain.lines(plain.heading("Учёт писем"), plain.wrap(_note(facts.account))),
        plain.lines(*(plain.wrap(folder_line(folder), hanging=2) for folder in facts.account.folders)),
        plain.lines(*(plain.wrap(_unsent_line(mail), hanging=2) for mail in facts.account.unsent)),
        plain.columns(rows),
    )


SECTION = Section(name="account", template=_TEMPLATE, context=_context, text=_text)
