"""The answer to her reply: what was done, what not and why, and how to undo it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from mailbot.desk.orders import Outcome
from mailbot.rollup import plain, russian
from mailbot.rollup.russian import Noun

_ORDERS = Noun("указание", "указания", "указаний")
EXAMPLES = (
    "Бавлы: ВК 120, ОК 80, принять",
    "№ 17 — не отчёт",
    "№ 18: муниципалитет Буинский, принять",
    "№ 18: школа № 5, ВК 35, принять",
    "отклонить 19",
    "отменить 17",
)
_FOOT = (
    "Каждое указание — отдельной строкой, или правкой в жёлтых ячейках книги Excel из сводки. На это письмо можно ответить "
    "так же, как на сводку. Следующая сводка покажет новые цифры."
)
_NOTHING = (
    "В вашем ответе программа не нашла ни указаний, ни правок в книге: ничего не изменено. Если правки были, "
    "проверьте, что книга сохранена и приложена и что в столбце «Решение» сделан выбор."
)


def subject(outcomes: Sequence[Outcome]) -> str:
    """«Исправления: применено 2, не применено 1»."""
    done = sum(each.done for each in outcomes)
    if not outcomes:
        return "Исправления: указаний не найдено"
    left = len(outcomes) - done
    return f"Исправления: применено {done}" + (f", не применено {left}" if left else "")


def text(outcomes: Sequence[Outcome], token: str) -> str:
    """The plain text; the token at its foot makes it answerable."""
    done = [each for each in outcomes if each.done]
    left = [each for each in outcomes if not each.done]
    undo = [each.undo for each in done if each.undo]
    return (
        plain.blocks(
            "" if outcomes else plain.wrap(_NOTHING),
            _listed(f"Применено: {russian.counted(len(done), _ORDERS, ' ')}", done) if done else "",
            _listed(f"Не применено: {russian.counted(len(left), _ORDERS, ' ')}", left) if left else "",
            _undo(undo),
            plain.lines("Примеры указаний:", *(f"  {example}" for example in EXAMPLES)) if left or not outcomes else "",
            plain.wrap(_FOOT),
            token,
        )
        + "\n"
    )


def html(outcomes: Sequence[Outcome], token: str) -> str:
    """The same in HTML: plain paragraphs that every mail program shows."""
    paragraphs = text(outcomes, token).rstrip("\n").split("\n\n")
    body = "".join(f"<p>{escape(paragraph).replace(chr(10), '<br>')}</p>" for paragraph in paragraphs)
    return (
        '<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"></head>'
        f'<body style="font-family: Arial, sans-serif; font-size: 14px; line-height: 20px">{body}</body></html>'
    )


def _listed(heading: str, outcomes: Sequence[Outcome]) -> str:
    return plain.lines(f"{heading}.", *(_line(each) for each in outcomes))


def _line(each: Outcome) -> str:
    words = russian.cut(each.said, 160)
    return plain.wrap(f"- «{words}» — {russian.plain(each.what)}".replace("««", "«").replace("»»", "»"), hanging=2)


def _undo(undo: Sequence[str]) -> str:
    if not undo:
        return ""
    lines = dict.fromkeys(line for each in undo for line in each.split("; "))
    return plain.lines(
        plain.wrap("Чтобы отменить, ответьте на это письмо строкой (письмо станет таким, каким его прочла программа):"),
        *(f"  {line}" for line in lines),
    )
