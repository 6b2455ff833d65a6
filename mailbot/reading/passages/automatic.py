"""Mail that no person wrote: bounces, receipts, automatic replies, invitations, registration notices, bulk mail, spam.

By structure first (RFC 3464, 3834, 8098, 5546), which decides whatever the text says. Wording decides only where the
mail carries no figures for the campaign: «я в отпуске до 20-го» may stand in a person's report.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailbot.domain.campaign import Campaign
from mailbot.domain.document import Paragraph
from mailbot.reading.accounts import carry_figures, lines_of
from mailbot.reading.kept import kept
from mailbot.reading.message.mail import Mail
from mailbot.reading.passages.reply import Passage, split_bodies
from mailbot.reading.text.worded import Begun

BOUNCE = "уведомление почтовой системы о доставке"
RECEIPT = "уведомление о прочтении"
AUTOREPLY = "автоматический ответ"
CALENDAR = "приглашение календаря или ответ на него"
NOTICE = "уведомление, составленное программой"
BULK = "массовая рассылка"
NETWORK = "уведомление социальной сети"
SPAM = "реклама или мошенничество"

_AUTOREPLY_HEADERS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-reply",
    "x-autoreply-from",
    "x-mail-autoreply",
    "x-yandex-autoreply",
    "x-vacation",
)
_DAEMON = re.compile(
    r"^(?:mailer[-_.]?daemon|mail[-_.]?daemon|postmaster|microsoftexchange[0-9a-f]+|double-bounce|bounces?)(?:\+.*)?@",
    re.IGNORECASE,
)
_ROBOT = Begun(
    r"(?:no|not|non|donot|do-not)[-_.]?reply|noreply|robot|notif|mailer|autoreply|automat|уведомлен|рассылк",
    "admnrру",
    ignore_case=True,
)
_BOUNCE_SUBJECT = re.compile(
    r"undeliver|delivery (?:status|failure|has failed|report|notification)|failure notice|mail delivery|returned mail|delayed mail|"
    r"mail (?:failure|system error)|недоставленн|не удал?[аёо]\w* доставить|не удается доставить|не доставлено|сбой доставки|ошибка доставки|"
    r"сообщение не доставлено|доставка задерж|хат җибәрелмәде|тапшырылмады",
    re.IGNORECASE,
)
_BOUNCE_TEXT = re.compile(
    r"could ?n[o']t be delivered|wasn't able to deliver|(?:delivery|message).{0,60}(?:failed|delayed)|permanent (?:fatal )?error|"
    r"undeliverable|user unknown|unknown user|mailbox (?:is )?full|over quota|returned to sender|не может быть\s+(?:доставлено|отправлено)|"
    r"не удалось доставить|не удается доставить|не было доставлено|не доставлено следующим|ящик (?:получателя )?переполнен|"
    r"получател\w+ не (?:найден|существует)|ошибка доставки",
    re.IGNORECASE,
)
_RECEIPT_SUBJECT = re.compile(
    r"^\s*(?:прочтено|прочитано|не прочтено|не прочитано|read|not read|доставлено|delivered|deleted|удалено без прочтения|укылды)\s*:|"
    r"уведомление о (?:прочтении|доставке|получении)|подтверждение (?:о )?прочтени|read receipt|return receipt|disposition notification",
    re.IGNORECASE,
)
_RECEIPT_TEXT = re.compile(
    r"(?:прочтено|прочитано|прочитан\w*|удалено без прочтения|доставлено|открыто|отображен\w*|показано)\b|was (?:read|displayed|opened|deleted)|"
    r"return receipt|read receipt|уведомление о прочтении|укылды",
    re.IGNORECASE,
)
_ABSENCE_SUBJECT = re.compile(
    r"^\s*(?:re:\s*)?(?:авто(?:матический |матик )?[-\s]?(?:ответ|җавап)\w*|out of (?:the )?office|automatic reply|auto[- ]?(?:reply|response|matic reply)|"
    r"вне офиса|отсутстви\w+ на рабочем месте|нет на (?:рабочем )?месте|я в отпуске|в отпуске|vacation|away|отпуск\b|офистан тыш)",
    re.IGNORECASE,
)
_ABSENCE_TEXT = re.compile(
    r"(?:нахожусь|буду|я|ушла?|сотрудник) (?:сейчас )?(?:в|на) (?:очередном |ежегодном |трудовом |оплачиваемом |учебном |декретном |отгул\w* |длительн\w+ )*"
    r"(?:отпуск\w*|командировк\w*|больничн\w+)|(?:буду|меня) (?:не будет )?отсутств\w+|меня (?:нет|не будет) на рабочем месте|отсутствую на рабочем месте|"
    r"out of (?:the )?office|on (?:annual )?(?:leave|vacation)|away from my (?:desk|mail)|limited access to|"
    r"отпускта\w*|ялда\b|командировкада|больничныйда|авырыйм",
    re.IGNORECASE,
)
_MACHINE_TEXT = Begun(
    r"(?:письмо|сообщение|уведомление|ответ) (?:\w+ )?(?:сформирован\w+|создан\w+|отправлен\w+|сгенерирован\w+) (?:почтовым )?(?:автоматически|роботом|системой)|"
    r"это (?:\w+ )?автоматическ\w+ (?:ответ|сообщение|письмо|уведомление|рассылка)|автоматическое уведомление|"
    r"(?:пожалуйста, )?не отвечайте на (?:это|данное|него)|отвечать на (?:него|это письмо|данное письмо|это сообщение) не (?:нужно|следует|надо|требуется)|"
    r"не требует ответа|(?:this is an )?automat(?:ic|ed|ically) (?:reply|response|message|generated|e-?mail)|do not reply|"
    r"автоматик (?:рәвештә|җавап)|бу хатка җавап бирмәгез|җавап бирү кирәкми",
    "adtабнопсуэҗ",
    ignore_case=True,
)
_REGISTERED = re.compile(
    r"ваш(?:е|а|и)? (?:\w+ )?(?:письмо|обращение|сообщение|документ|заявк\w|запрос)\w*(?: \w+){0,6} (?:зарегистрирован\w*|принят\w*|получен\w*|доставлен\w*|поступил\w*)|"
    r"(?:документ|обращение|письмо|сообщение) (?:№ ?\S+ )?(?:успешно )?(?:зарегистрирован|принят|доставлен)\w*|"
    r"регистраци\w+ (?:документ|обращени|письма)|рег(?:истрационный|\.)? ?(?:номер|№)|заявк[аи] № ?\d|обращение № ?\d|"
    r"хатыгыз (?:теркәлде|кабул ителде)",
    re.IGNORECASE,
)
_UNSUBSCRIBE = Begun(
    r"отписаться|отказаться от (?:рассылки|подписки|получения)|отменить подписку|управлять подпиской|unsubscribe|вы получили это письмо, потому что|отключить уведомления",
    "uвоу",
    ignore_case=True,
)
_PRICE = re.compile(r"\d[\d\s\xa0]*(?:[.,]\d\d)?\s?(?:руб|р\.|₽|тыс\.\s?руб|\$|€|usd|eur)", re.IGNORECASE)
_SELLING = Begun(
    r"скидк|гаранти|акци[яи]|закаж|заказать|купить|купите|недорого|по выгодн|выгодн|прайс|в наличии|бесплатн\w+ (?:доставк|консультац)|официальный договор|"
    r"раскрут|накрут|продвижени|кредит|займ|за[её]м|выигра|приз|заработ|инвестиц|оплат|доставка|обучение дистанционно|удостоверени|сертификат|"
    r"успейте|предложени[ея] (?:ограничен|действует)|пишите в (?:телеграм|whatsapp|вотсап)|наш сайт",
    "абвгдзикнопрсу",
    ignore_case=True,
)
_PHISHING = Begun(
    r"(?:ящик|аккаунт|уч[её]тн\w+ запис\w+|квота|пароль|mailbox|account|password)\w*(?:[^.]{0,80})(?:заполнен|переполнен|заблокир|приостановлен|отключ[её]н|истека|исчерпан|suspend|expire|full|verify|block)|"
    r"подтвердите (?:вашу? )?(?:уч[её]тн|данные|аккаунт|личност|адрес)|verify your (?:account|mailbox)|использовано .{0,20} из .{0,10}(?:гб|gb)",
    "ampvаикпуя",
    ignore_case=True,
)
_CALENDARS = frozenset(["text/calendar", "application/ics"])
_DISCUSSION = ("list-post", "x-beenthere", "x-mailman-version", "x-google-group-id")


def recognise(mail: Mail, campaign: Campaign, split: Sequence[Sequence[Passage]] | None = None) -> str | None:
    """Why this is automatic mail, in Russian words for the roll-up; None for a person's mail.

    A person's report that came through a mailing list is none. `split` are the passages of its bodies, where they are
    known already.
    """
    structural = _by_report(mail) or _by_calendar(mail, attached=False) or _by_sender(mail) or _by_headers(mail)
    if structural:
        return structural
    bodies = split_bodies(mail, campaign) if split is None else split
    passages = tuple(passage for body in bodies for passage in body)
    text = _new_text(passages)
    figures = _carries_figures(mail, passages, campaign)
    bulk = _bulk(mail, text, campaign, figures=figures)
    if bulk:
        return bulk
    if _is_spam(mail, text):
        return SPAM
    if figures or _has_documents(mail):
        return None
    return _by_calendar(mail, attached=True) or _by_wording(mail, text)


def _new_text(passages: tuple[Passage, ...]) -> str:
    return "\n".join(
        block.text
        for passage in passages
        if passage.kind in {"new", "signature", "client"}
        for block in passage.blocks
        if isinstance(block, Paragraph)
    )


def _carries_figures(mail: Mail, passages: tuple[Passage, ...], campaign: Campaign) -> bool:
    """True where the subject, or the sender's own or forwarded text, gives a number beside an account's name."""
    lines = [mail.envelope.subject, ""]
    for passage in passages:
        if passage.kind in {"new", "signature", "forwarded"}:
            lines += lines_of(passage.blocks)
    return carry_figures(lines, campaign)


def _by_report(mail: Mail) -> str | None:
    """multipart/report (RFC 6522): delivery status (3464), disposition notification (8098), abuse feedback (5965)."""
    root = mail.parts[0]
    types = {part.content_type for part in mail.parts}
    kind = root.parameters.get("report-type", "").lower()
    if root.content_type != "multipart/report" and not (
        types & {"message/disposition-notification", "message/delivery-status"} and _from_machine(mail)
    ):
        return None
    if "disposition" in kind or types & {"message/disposition-notification", "message/global-disposition-notification"}:
        return RECEIPT
    return BOUNCE


def _by_calendar(mail: Mail, *, attached: bool) -> str | None:
    """An invitation or an answer to one (iMIP, RFC 6047): the calendar is the message, or a file `attached` to it."""
    for part in mail.parts:
        if part.content_type != "text/calendar" or (part.disposition == "attachment") != attached:
            continue
        method = part.parameters.get("method", "") or "".join(re.findall(r"(?m)^METHOD:(\w+)", part.text)[:1])
        if method.upper() in {"REQUEST", "REPLY", "CANCEL", "COUNTER", "DECLINECOUNTER", "ADD", "REFRESH"}:
            return CALENDAR
    return CALENDAR if "calendarmessage" in mail.header("content-class").lower() else None


def _null_return_path(mail: Mail) -> bool:
    return mail.header("return-path").replace(" ", "") == "<>"


def _from_machine(mail: Mail) -> bool:
    return bool(_DAEMON.match(mail.envelope.sender_address)) or _null_return_path(mail)


def _by_sender(mail: Mail) -> str | None:
    """Bounces without MIME structure: by the mail system's own address, with nothing but bounce wording."""
    if "x-failed-recipients" in mail.headers:
        return BOUNCE
    if not _from_machine(mail):
        return None
    top = "\n".join(
        block.text for body in mail.bodies[:1] for block in body.blocks[:12] if isinstance(block, Paragraph)
    )
    worded = _BOUNCE_SUBJECT.search(mail.envelope.subject) or _BOUNCE_TEXT.search(top)
    return BOUNCE if worded else None


def _by_headers(mail: Mail) -> str | None:
    """Automatic-reply headers (RFC 3834 and those before it).

    What a program sent with a document attached is left to the reader: scanners and accounting programs send reports.
    """
    submitted = re.split(r"[\s;(]", mail.header("auto-submitted").strip().lower() or "no")[0]
    if submitted == "auto-replied" or mail.header("precedence").strip().lower() in {"auto_reply", "auto-reply"}:
        return AUTOREPLY
    if any(mail.header(name).strip().lower() not in {"", "no", "false"} for name in _AUTOREPLY_HEADERS):
        return AUTOREPLY
    if mail.header("x-autogenerated").strip().lower() == "reply":
        return AUTOREPLY
    if submitted.startswith("auto-") and _ABSENCE_SUBJECT.search(mail.envelope.subject):
        return AUTOREPLY
    return NOTICE if submitted.startswith("auto-") and not _has_documents(mail) else None


def _has_documents(mail: Mail) -> bool:
    return any(
        attachment.data and not attachment.inline and attachment.content_type not in _CALENDARS
        for attachment in mail.attachments
    )


def _is_answer(mail: Mail) -> bool:
    return bool(mail.envelope.in_reply_to or mail.envelope.references)


def _bulk(mail: Mail, text: str, campaign: Campaign, *, figures: bool) -> str | None:
    """Newsletters and notifications: sent to many, or by the network itself; not a discussion list's mail."""
    domain = mail.envelope.sender_address.rpartition("@")[2]
    if any(domain == network or domain.endswith("." + network) for network in _networks(campaign)) and _ROBOT.search(
        f"{mail.envelope.sender_address} {text}"
    ):
        return NETWORK
    if mail.header("precedence").lower().strip() == "list" or any(name in mail.headers for name in _DISCUSSION):
        return None
    if _is_answer(mail) and figures:
        return None
    precedence = mail.header("precedence").lower().strip() in {"bulk", "junk"}
    unsubscribe = "list-unsubscribe" in mail.headers or "feedback-id" in mail.headers
    offered = bool(_UNSUBSCRIBE.search(text))
    if (unsubscribe and (precedence or offered or _ROBOT.search(mail.envelope.sender_address))) or (
        precedence and offered
    ):
        return BULK
    return BULK if unsubscribe and not figures and not _is_answer(mail) and not _has_documents(mail) else None


@kept
def _networks(campaign: Campaign) -> frozenset[str]:
    """The networks' own domains."""
    links = (link for field in campaign.fields for link in field.links)
    return frozenset(re.split(r"[/:]", link)[0].removeprefix("www.") for link in links)


def _is_spam(mail: Mail, text: str) -> bool:
    """Prices and selling, or a threat to the mailbox with a link; never where it answers a mail of ours."""
    if _is_answer(mail):
        return False
    tables = "\n".join(
        cell.text
        for body in mail.bodies
        for block in body.blocks
        if not isinstance(block, Paragraph)
        for row in block.rows
        for cell in row
    )
    whole = f"{mail.envelope.subject}\n{text}\n{tables}"
    selling = len(set(map(str.lower, _SELLING.findall(whole))))
    if len(_PRICE.findall(whole)) + selling >= 3 and selling and _PRICE.search(whole):
        return True
    return bool(mail.links) and bool(_PHISHING.search(whole)) and not _has_documents(mail)


def _by_wording(mail: Mail, text: str) -> str | None:
    """Automatic mail without any header of its kind; only for mail with neither figures nor documents."""
    subject = mail.envelope.subject
    if _RECEIPT_SUBJECT.search(subject) and _RECEIPT_TEXT.search(text):
        return RECEIPT
    if _ABSENCE_SUBJECT.search(subject) or (_MACHINE_TEXT.search(text) and _ABSENCE_TEXT.search(text)):
        return AUTOREPLY
    if _BOUNCE_SUBJECT.search(subject) and _BOUNCE_TEXT.search(text):
        return BOUNCE
    if _MACHINE_TEXT.search(text) or (
        _REGISTERED.search(f"{subject}\n{text}")
        and _ROBOT.search(f"{mail.envelope.sender_address} {mail.envelope.sender_name}")
    ):
        return NOTICE
    if _null_return_path(mail) and (_ABSENCE_TEXT.search(text) or _REGISTERED.search(text)):
        return AUTOREPLY
    return None
