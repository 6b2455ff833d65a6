"""Closings of a letter, and the lines that mail programs add below it: «С уважением», «Отправлено с iPhone»."""

from __future__ import annotations

import re

_CLIENT = re.compile(
    r"^\W*(?:отправлено (?:(?:из|с|со|через|при помощи|с помощью) (?:мобильн|моб\.|почт|приложени|яндекс|yandex|typeapp|mail|mymail|gmail|outlook|моего|моей|"
    r"смартфон|телефон|планшет|iphone|ipad|android|айфон|андроид|galaxy|samsung|huawei|honor|xiaomi|redmi|poco|realme|nokia|windows|"
    r"aqua|blue|spark|the bat|thunderbird|rambler|icloud|proton)|мобильн|почтой|безопасно)|sent (?:from|with|using|via)\b|get outlook for\b"
    r"|(?:скачать|загрузить|получить|получите) outlook\b|послано с\b|написано с (?:телефона|iphone)|отправка с (?:телефона|мобильного)"
    r"|.{1,40}['’]?(?:дан|дән|тан|тән|нан|нән) җибәрелде\W*$|(?:outlook|яндекс|почта) для (?:ios|android)"
    r"|без вирусов\b|virus-free\b|это (?:сообщение|письмо) (?:не содержит вирусов|свободно от вирусов|(?:было )?проверено)"
    r"|this e-?mail has been checked|внимание:? (?:это )?внешн\w+ (?:письмо|отправитель))",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^\W*(?:с (?:глубоким |искренним |наилучшими |большим |огромным )?(?:уважением|пожеланиями|признательностью|почтением)"
    r"|с ув\.|заранее (?:спасибо|благодар\w*)|(?:best |kind |warm )?regards|sincerely"
    r"|(?:олы |зур |тирән )?(?:хөрмәт|ихтирам|ихтирамнар) белән)\b",
    re.IGNORECASE,
)
_DELIMITER = re.compile(r"^--\s?$")
_POSTSCRIPT = re.compile(
    r"^\W*(?:p\.?\s?\.?p?\.?\s?s\b\.?|п\.?\s?с\b\.|п\.?\s?с\.?\s*:|з\.?\s?ы\b\.?|постскриптум|дополнение|забыла? (?:написать|указать|добавить))",
    re.IGNORECASE,
)
_LONGEST_CLOSING = 160


def is_client_line(text: str) -> bool:
    """True for a line that a mail program or a virus scanner adds.

    >>> is_client_line("Отправлено из мобильной Яндекс Почты"), is_client_line("Отправлено 35 приглашений")
    (True, False)
    """
    return bool(_CLIENT.match(text))


def closes(text: str) -> bool:
    """True for the line that begins a signature: «-- », «С уважением, …»."""
    return bool(_DELIMITER.match(text)) or (len(text) <= _LONGEST_CLOSING and bool(_CLOSING.match(text)))


def is_postscript(text: str) -> bool:
    """True for a line that goes on after the signature: «P.S. …», «З.Ы.»."""
    return bool(_POSTSCRIPT.match(text))
