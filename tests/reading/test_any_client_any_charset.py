"""One answer, sent by every client in every charset and transfer encoding: what is new in it is always the same."""

from __future__ import annotations

import binascii
from base64 import encodebytes
from html import escape

import pytest

from mailbot.domain.document import Paragraph
from mailbot.reading.message.mail import decode
from mailbot.reading.passages.reply import split_mail
from tests.reading.samples import default_campaign

ANSWER = ["Добрый день!", "МБОУ СОШ N 5, Арский район", "ВКонтакте - 35 чел.", "Инстаграм - 40 чел.", "Всего - 75"]
ASKED = ["Направляем для исполнения письмо (не менее 30 человек от каждой).", *default_campaign().letter.split("\n")]
TEXT = "\n".join(ANSWER)


def marked(lines, mark="> "):
    return "\n".join(mark + line for line in lines)


def paragraphs(lines):
    return "".join(f"<p class=MsoNormal>{escape(line) or '<o:p>&nbsp;</o:p>'}</p>" for line in lines)


PLAIN = {
    "yandex": f'{TEXT}\n\n09.08.2021, 14:32, "Пресс-служба" <monrt16@yandex.ru>:\n{marked(ASKED)}',
    "mail.ru": f"{TEXT}\n\nПонедельник, 9 августа 2021, 14:32 +03:00 от Пресса <monrt16@yandex.ru>:\n{marked(ASKED, '>')}",
    "gmail": f"{TEXT}\n\nOn Mon, Aug 9, 2021 at 2:32 PM Пресс-служба <monrt16@yandex.ru>\nwrote:\n\n{marked(ASKED)}",
    "thunderbird, below": f"09.08.2021 14:32, Пресс-служба пишет:\n{marked(ASKED)}\n\n{TEXT}",
    "outlook": f"{TEXT}\n\nОт: Пресса [mailto:monrt16@yandex.ru]\nОтправлено: 9 августа 2021 г. 14:32\nКому: x@y.ru\n"
    f"Тема: О подписке\n\n" + "\n".join(ASKED),
    "the bat": f"{TEXT}\n\nВы писали 9 августа 2021 г., 14:32:11:\n\n{marked(ASKED, 'П> ')}",
    "the letter pasted above": f"{default_campaign().letter}\n\n{TEXT}",
}
HTML = {
    "outlook": f"<div class=WordSection1>{paragraphs(ANSWER)}<div style='border-top:solid #E1E1E1 1.0pt'><p><b>From:</b> "
    "Пресса [mailto:monrt16@yandex.ru] <br><b>Sent:</b> Monday, August 09, 2021 2:32 PM<br><b>To:</b> x@y.ru<br>"
    f"<b>Subject:</b> О подписке</p></div>{paragraphs(ASKED)}</div>",
    "mail.ru": "<BODY>"
    + "<br>".join(map(escape, ANSWER))
    + "<blockquote style='border-left:1px solid #0857A6;margin:10px'>"
    "Понедельник, 9 августа 2021, 14:32 +03:00 от Пресса &lt;monrt16@yandex.ru&gt;:<br><div>"
    + "<br>".join(map(escape, ASKED))
    + "</div></blockquote></BODY>",
}
CHARSETS = [
    ("utf-8", "utf-8"),
    ("cp1251", "windows-1251"),
    ("koi8-r", "koi8-r"),
    ("iso8859-5", "iso-8859-5"),
    ("cp1251", "utf-8"),
    ("utf-8", "iso-8859-1"),
    ("koi8-r", "us-ascii"),
]
ENCODINGS = {"8bit": bytes, "base64": encodebytes, "quoted-printable": binascii.b2a_qp}
BODIES = [("plain", text) for text in PLAIN.values()] + [("html", text) for text in HTML.values()]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(("charset", "label"), CHARSETS)
@pytest.mark.parametrize(("kind", "body"), BODIES, ids=[*PLAIN, *(f"{name} in html" for name in HTML)])
def test_what_is_new_is_always_the_same(kind, body, charset, label, encoding):
    spelt = body.replace("«", '"').replace("»", '"').replace("–", "-").replace("№", "N")
    data = ENCODINGS[encoding](spelt.encode(charset))
    head = f"Subject: Re: x\nContent-Type: text/{kind}; charset={label}\nContent-Transfer-Encoding: {encoding}\n\n"
    mail = decode(head.encode() + data)
    new = [
        block.text
        for passage in split_mail(mail, default_campaign())
        if passage.kind == "new"
        for block in passage.blocks
        if isinstance(block, Paragraph)
    ]
    assert new == ANSWER
    assert mail.troubles == ()
