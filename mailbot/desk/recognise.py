"""Is this message the contact person's answer to a roll-up? Pure: looks at the decoded mail and the token only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mailbot.desk.settings import DeskSettings
from mailbot.desk.token import RollupName, Signer, find_tokens
from mailbot.domain.authentication import fault
from mailbot.domain.document import Block, Paragraph
from mailbot.reading.message.mail import Mail

_ANSWERS_ROLLUP = re.compile(
    r"^\s*(?:(?:re|fw|fwd|ответ|отв|на|пересл)\s*(?:\[\d+\])?:\s*)+(?:итоговая\s+)?сводка\s+на\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class NotOurs:
    """No answer to a roll-up: to be read as any other message."""


@dataclass(frozen=True, slots=True)
class Genuine:
    """The contact person's answer to the roll-up."""

    rollup: RollupName


@dataclass(frozen=True, slots=True)
class Refused:
    """Pretends to be one, or comes from somebody else: nothing of it may be done; `reason` is a Russian sentence.

    `by_contact` tells that it bears the contact person's address: then it is no respondent's report either.
    """

    reason: str
    by_contact: bool


Verdict = NotOurs | Genuine | Refused


def recognise(
    mail: Mail, settings: DeskSettings, signer: Signer, inside: Callable[[], Iterable[str]] = lambda: ()
) -> Verdict:
    """What the mail is to the desk.

    `inside` finds the tokens in its attached workbooks; it is called only for a sender who is beyond doubt, since a
    stranger's files are opened in the sandbox alone.
    """
    tokens = tokens_of(mail)
    sender = mail.envelope.sender_address.lower()
    if sender not in settings.contacts:
        who = f"отправитель {sender}" if sender else "отправитель не указан и"
        reason = f"Письмо отвечает на сводку, но {who} не вправе вносить исправления."
        return Refused(reason, by_contact=False) if tokens else NotOurs()
    doubt = _doubt(mail, settings, sender)
    if not tokens and not doubt:
        tokens = tuple(inside())
    if not tokens and _ANSWERS_ROLLUP.match(mail.envelope.subject):
        reason = "В письме нет подписи сводки, на которую оно отвечает: ответьте на саму сводку."
        return Refused(reason, by_contact=True)
    if not tokens:
        return NotOurs()
    rollup = next((name for name in map(signer.check, tokens) if name is not None), None)
    if rollup is None:
        return Refused("Подпись сводки в письме неверна: такую сводку программа не отправляла.", by_contact=True)
    return Refused(doubt, by_contact=True) if doubt else Genuine(rollup)


def _doubt(mail: Mail, settings: DeskSettings, sender: str) -> str:
    """Why the mail may not be from its sender, or an empty string."""
    if len(mail.headers.get("from", ())) != 1:
        return "Отправитель не подтверждён: в письме не одна строка «От»."
    if not settings.require_authentication:
        return ""
    reason = fault(mail.envelope.authentication_results, settings.authserv_ids, sender)
    return f"Отправитель не подтверждён. {reason}" if reason else ""


def tokens_of(mail: Mail) -> tuple[str, ...]:
    """What looks like a token: in the references, then in the text with its quotations."""
    envelope = mail.envelope
    texts = [*envelope.references, envelope.in_reply_to]
    for body in (*mail.bodies, *mail.alternatives):
        texts += _lines(body.blocks)
    found = [token for text in texts for token in find_tokens(text)]
    return tuple(dict.fromkeys(found))


def _lines(blocks: Iterable[Block]) -> Iterable[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.text
        else:
            yield from (cell.text for row in block.rows for cell in row)
