"""What the contact person does with a roll-up: she answers it, and so decides about two letters that waited for her."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import format_datetime

from mailbot.demo.folder import CONTACT, OURS, SERVER
from mailbot.demo.replies import Reply
from mailbot.domain.interpretation import FindingCode

_DECISIONS = {
    FindingCode.MUNICIPALITY_UNKNOWN: "№ {number}: муниципалитет Менделеевский, детский сад «Ромашка», ВК 31, Инст 30, ОК 30, принять",
    FindingCode.WORDS_MISMATCH: "№ {number}: ВК 45, принять",
    FindingCode.APPROXIMATE: "№ {number} уточню завтра",
}
"""For what is the matter with a letter, what she writes about it; the last is no decision, and she is told so."""


def contact_answer(rollup: bytes, cases: Mapping[str, int], when: datetime) -> Reply:
    """Her answer to the roll-up, which it quotes; `cases` are numbers of letters by the code of what is the matter."""
    answered = message_from_bytes(rollup, EmailMessage, policy=default)
    lines = [line.format(number=cases[code]) for code, line in _DECISIONS.items() if code in cases]
    body = answered.get_body(("plain",))
    quoted = [f"> {line}" for line in body.get_content().splitlines()] if body is not None else []
    mail = EmailMessage(policy=SMTP)
    mail["Received"] = f"from mail.{SERVER} by mx.{SERVER}; {format_datetime(when)}"
    mail["Authentication-Results"] = f"mx.{SERVER}; dkim=pass header.d={SERVER}"
    mail["From"], mail["To"], mail["Date"] = f"Контактное лицо <{CONTACT}>", OURS, format_datetime(when)
    mail["Subject"] = f"Re: {answered['Subject']}"
    mail["Message-ID"] = f"<answer-1@{SERVER}>"
    mail["In-Reply-To"] = mail["References"] = answered["Message-ID"]
    mail.set_content("\n".join(["Добрый день!", "", *lines, "", *quoted]) + "\n", cte="base64")
    return Reply("answer", "INBOX", mail.as_bytes(), when)
