"""From raw bytes to bodies, attachments, envelope and troubles."""

from __future__ import annotations

from base64 import encodebytes
from email.message import EmailMessage
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.domain.document import Limits, Paragraph, Table
from mailbot.reading.message.mail import decode

TABLE = "<table><tr><td>ВК</td><td>ОК</td></tr><tr><td>35</td><td>40</td></tr></table>"


def texts(mail):
    return [[block.text for block in body.blocks if isinstance(block, Paragraph)] for body in mail.bodies]


def codes(mail):
    return [trouble.code for trouble in mail.troubles]


def alternatives(plain, html):
    mail = EmailMessage()
    mail["Subject"] = "Подписка"
    mail.set_content(plain)
    mail.add_alternative(html, subtype="html")
    return mail.as_bytes()


def test_envelope():
    raw = (
        b"Received: from a by b; Mon, 9 Aug 2021 14:34:17 +0300\nReceived: from c by a; Mon, 9 Aug 2021 11:00:00 +0000\n"
        b"Authentication-Results: mx.yandex.net; spf=pass\nAuthentication-Results: other; spf=none\n"
        b"From: =?utf-8?B?0JLQmg==?= <VK@Tatar.ru>\nTo: Press <monrt16@yandex.ru>, a@b.ru\nCc: c@d.ru\n"
        b"Subject: =?utf-8?B?0JLQmg==?=\nDate: Mon, 9 Aug 2021 14:30:00 +0300\nMessage-ID: <1@tatar.ru>\n"
        b"In-Reply-To: <0@yandex.ru>\nReferences: <a@yandex.ru>\n <0@yandex.ru>\n\nx\n"
    )
    mail = decode(raw)
    envelope = mail.envelope
    assert (envelope.sender_name, envelope.sender_address) == ("ВК", "vk@tatar.ru")
    assert envelope.recipients == ("monrt16@yandex.ru", "a@b.ru", "c@d.ru")
    assert mail.recipients[0].name == "Press"
    assert envelope.subject == "ВК"
    assert envelope.received.isoformat() == "2021-08-09T14:34:17+03:00"
    assert envelope.date.isoformat() == "2021-08-09T14:30:00+03:00"
    assert (envelope.message_id, envelope.in_reply_to) == ("1@tatar.ru", "0@yandex.ru")
    assert envelope.references == ("a@yandex.ru", "0@yandex.ru")
    assert envelope.authentication_results == ("mx.yandex.net; spf=pass", "other; spf=none")
    assert mail.header("subject") == "ВК"
    assert mail.headers["received"][1].startswith("from c")


def test_envelope_of_a_message_without_headers():
    mail = decode("Подписка: ВК 35\nвсе\n\nконец".encode("cp1251"))
    assert mail.envelope.sender_address == ""
    assert mail.envelope.date is None


def test_empty_message():
    mail = decode(b"")
    assert mail.bodies == ()
    assert mail.attachments == ()
    assert mail.parts[0].content_type == "text/plain"


def test_plain_text_and_its_locators():
    mail = decode("Subject: x\nContent-Type: text/plain; charset=utf-8\n\nодин\n\n> два\n".encode())
    assert mail.bodies[0].blocks == (Paragraph("один", "body:1"), Paragraph("два", "body:2", quote=1))


@pytest.mark.parametrize(
    ("plain", "html", "kind"),
    [
        ("ВК 35", "<p>ВК 35</p>", "text"),
        ("ВК ОК 35 40", TABLE, "html"),
        ("ВК 30 35", "<p>ВК <s>30</s> 35</p>", "html"),
        ("", "<p>ВК 35</p>", "html"),
        ("ВК 35, ОК 40, инстаграм 41", "<p></p>", "text"),
        ("ВК 35, ОК 40, инстаграм 41", "<p>ВК 35</p>", "text"),
        ("??? ??? ???? ?? 35", "<p>Подписались ВК 35</p>", "html"),
        (
            "Направляем информацию о том, сколько человек подписалось на аккаунты ВК -\n35",
            "<p>Направляем информацию о том, сколько человек подписалось на аккаунты ВК - 35</p>",
            "html",
        ),
        ("ВК<https://vk.com/public174961040> 35", "<p><a href='https://vk.com/public174961040'>ВК</a> 35</p>", "text"),
    ],
)
def test_choice_between_alternatives(plain, html, kind):
    mail = decode(alternatives(plain, html))
    assert mail.bodies[0].format == kind
    for other in mail.alternatives:
        assert other.format != kind
        assert other.blocks[0].locator.startswith(f"body({other.format}):1")


def test_cells_of_the_form_not_chosen_have_its_locators():
    html = f"{TABLE}<p>коротко</p>"
    mail = decode(alternatives("длинный текст, в котором сказано куда больше, чем в таблице рядом с ним", html))
    table = mail.alternatives[0].blocks[0]
    assert isinstance(table, Table)
    assert table.rows[0][0].locator == "body(html):1!A1"


def test_several_bodies_and_a_file_between():
    mail = EmailMessage()
    mail.make_mixed()
    for text in ("до файла", "после файла"):
        part = EmailMessage()
        part.set_content(text)
        mail.attach(part)
        if text == "до файла":
            mail.add_attachment(b"PK", maintype="application", subtype="zip", filename="свод.zip")
    decoded = decode(mail.as_bytes())
    assert texts(decoded) == [["до файла"], ["после файла"]]
    assert [body.name for body in decoded.bodies] == ["body", "body2"]
    assert decoded.attachments[0].name == "свод.zip"
    assert not decoded.attachments[0].inline


def test_inline_parts_are_attachments():
    mail = EmailMessage()
    mail.set_content("<p>ВК 35 <img src='cid:1'></p>", subtype="html")
    mail.add_related(
        b"\x89PNG", maintype="image", subtype="png", cid="<1>", filename="image001.png", disposition="inline"
    )
    mail.make_mixed()
    mail.add_attachment("<html></html>", subtype="html", filename="ATT00001.htm", disposition="inline")
    decoded = decode(mail.as_bytes())
    assert texts(decoded) == [["ВК 35"]]
    assert [(a.name, a.inline) for a in decoded.attachments] == [("image001.png", True), ("ATT00001.htm", True)]


def test_picture_that_the_body_shows_is_inline_whatever_it_says():
    raw = (
        b"Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>35<img src='cid:logo@1'>\n"
        b"--b\nContent-Type: image/png; name=a.png\nContent-ID: <logo@1>\nContent-Disposition: attachment\n\nP\n"
        b"--b\nContent-Type: image/png; name=b.png\nContent-ID: <scan@1>\nContent-Disposition: attachment\n\nP\n--b--\n"
    )
    assert [(a.name, a.inline) for a in decode(raw).attachments] == [("a.png", True), ("b.png", False)]


def test_body_that_has_a_name():
    """As GroupWise and Notes write it."""
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; name=TEXT.txt\n"
        b"Content-Disposition: inline; filename=TEXT.txt\n\nVK 35\n--b\nContent-Type: text/plain; name=a.txt\n"
        b"Content-Disposition: inline; filename=a.txt\n\nOK 40\n--b--\n"
    )
    mail = decode(raw)
    assert texts(mail) == [["VK 35"]]
    assert [a.name for a in mail.attachments] == ["a.txt"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<html><body><p>VK 35</p></body></html>", ["VK 35"]),
        ("<div>VK<br>35</div>\n", ["VK", "35"]),
        ("<VK> 35 </VK>", ["<VK> 35 </VK>"]),
        ("VK < 35 and <b>OK</b>", ["VK < 35 and <b>OK</b>"]),
    ],
)
def test_html_labelled_as_plain_text(text, shown):
    assert texts(decode(b"Content-Type: text/plain\n\n" + text.encode())) == [shown]


def test_text_longer_than_we_read_is_told():
    for kind in (b"plain", b"html"):
        mail = decode(b"Content-Type: text/" + kind + b"\n\n" + b"word " * 100, Limits(text_chars=50))
        assert codes(mail) == ["message_too_large"]


def test_alternatives_with_files_inside_them():
    """As Apple Mail writes them: the HTML form is a mixture of texts and files."""
    raw = (
        b"Content-Type: multipart/alternative; boundary=a\n\n--a\n\nplain\n--a\n"
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n<table><tr><td>1<td>2</table>\n"
        b"--b\nContent-Type: application/pdf; name=x.pdf\n\n%PDF\n--b\nContent-Type: text/html\n\n<p>end\n--b--\n--a--\n"
    )
    mail = decode(raw)
    assert texts(mail) == [["end"]]
    assert [a.name for a in mail.attachments] == ["x.pdf"]
    assert [body.format for body in mail.alternatives] == ["text"]


def test_attached_message_keeps_its_bytes():
    inner = b"Subject: =?utf-8?B?0JLQmg==?=\nFrom: a@b.ru\n\n35\n"
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n" + inner + b"\n--b--\n"
    (attachment,) = decode(raw).attachments
    assert attachment.data == inner
    assert attachment.name == "ВК.eml"
    assert attachment.content_type == "message/rfc822"


def test_attached_message_in_base64():
    raw = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + encodebytes(
        "Subject: x\n\nПодписка".encode()
    )
    assert decode(raw).attachments[0].data == "Subject: x\n\nПодписка".encode()


def test_file_alone():
    raw = b"Content-Type: application/pdf\nContent-Disposition: attachment; filename=a.pdf\n\n%PDF"
    mail = decode(raw)
    assert mail.bodies == ()
    assert mail.attachments[0].data == b"%PDF"


def test_signed_mail():
    raw = (
        b"Content-Type: multipart/signed; boundary=b; protocol=x\n\n--b\n\nVK 35\n--b\n"
        b"Content-Type: application/pkcs7-signature; name=smime.p7s\n\nMII\n--b--\n"
    )
    mail = decode(raw)
    assert texts(mail) == [["VK 35"]]
    assert [a.content_type for a in mail.attachments] == ["application/pkcs7-signature"]


def test_uuencoded_file_in_the_text():
    raw = b"Subject: x\n\nhello\nbegin 644 a.txt\n#:&D*\n`\nend\n"
    mail = decode(raw)
    assert texts(mail) == [["hello"]]
    assert [(a.name, a.data) for a in mail.attachments] == [("a.txt", b"hi\n")]


def test_structure_for_those_who_judge_by_it():
    raw = (
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nsorry\n--b\n"
        b"Content-Type: message/delivery-status\n\nAction: failed\n--b--\n"
    )
    mail = decode(raw)
    assert [part.content_type for part in mail.parts] == ["multipart/report", "text/plain", "message/delivery-status"]
    assert mail.parts[0].parameters["report-type"] == "delivery-status"
    assert mail.parts[2].text == "Action: failed"
    assert mail.attachments == ()


MISLABELLED = {
    "meta tag against the header": (
        b"Content-Type: text/html; charset=windows-1251\n\n<meta charset=utf-8><p>" + "Подписка".encode("cp1251"),
        "Подписка",
    ),
    "meta tag alone": (b"Content-Type: text/html\n\n<meta charset=koi8-r><p>" + "Школа".encode("koi8-r"), "Школа"),
    "entities": (b"Content-Type: text/html; charset=us-ascii\n\n&#1042;&#1050;&nbsp;1&nbsp;250", "ВК\xa01\xa0250"),
    "no header at all": (b"Subject: x\n\n" + "Подписка школы".encode("koi8-r"), "Подписка школы"),
    "quoted-printable without a label": (
        b"Subject: x\n\n=D0=9F=D0=BE=D0=B4=D0=BF=D0=B8=D1=81=D0=BA=D0=B0 =D0=92=D0=9A",
        "Подписка ВК",
    ),
}


@pytest.mark.parametrize(("raw", "text"), MISLABELLED.values(), ids=MISLABELLED)
def test_text_in_other_charsets_than_declared(raw, text):
    mail = decode(raw)
    assert texts(mail) == [[text]]
    assert codes(mail) == []


def test_raw_subject_in_the_charset_of_the_body():
    raw = (
        b"Subject: "
        + "ДОУ".encode("koi8-r")
        + b"\nContent-Type: text/plain; charset=koi8-r\n\n"
        + "Школа".encode("koi8-r")
    )
    assert decode(raw).envelope.subject == "ДОУ"


@pytest.mark.parametrize(
    "text", ["????????? - 412\n????????? - 460\n????????????? - 377", "Подпис\ufffd\ufffd 35", "?????? ????! ?? 35"]
)
def test_lost_letters_are_told(text):
    assert codes(decode(b"Content-Type: text/plain; charset=utf-8\n\n" + text.encode())) == ["text_lost"]


@pytest.mark.parametrize(
    "text", ["Когда срок??? Очень срочно!!!", "ВК 35\n> ????? ?? ?????? ????? ?????", "Как так?? Почему??"]
)
def test_question_marks_of_people_are_not(text):
    assert codes(decode(b"Content-Type: text/plain; charset=utf-8\n\n" + text.encode())) == []


def test_message_cut_off():
    whole = b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Transfer-Encoding: base64\n\n" + encodebytes(
        ("На аккаунты подписались: ВКонтакте 32, Инстаграм 40. " * 5).encode()
    )
    assert codes(decode(whole + b"--b--\n")) == []
    assert "truncated" in codes(decode(whole[:-60]))


def test_base64_text_cut_off_in_a_single_part():
    coded = encodebytes(("На аккаунты подписались: ВКонтакте 32. " * 5).encode())
    raw = b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" + coded
    assert codes(decode(raw)) == []
    assert "truncated" in codes(decode(raw[:-31]))


def test_attachment_cut_off():
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/pdf; name=a.pdf\n"
        b"Content-Transfer-Encoding: base64\n\nJVBERi0xLjUKJb\n--b--\n"
    )
    assert [(t.code, t.name) for t in decode(raw).troubles] == [("truncated", "a.pdf")]


def test_too_large_a_message_is_read_in_part():
    mail = decode(b"Subject: x\n\n" + b"word\n" * 1000, Limits(message_bytes=200))
    assert codes(mail) == ["message_too_large"]
    assert mail.envelope.subject == "x"


def test_too_many_parts():
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 1000 + b"--b--\n"
    assert codes(decode(raw)) == ["unreadable_message"]


def test_large_attachment_costs_little():
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: application/zip; name=a.zip\n"
        b"Content-Transfer-Encoding: base64\n\n" + encodebytes(bytes(10_000_000)) + b"--b--\n"
    )
    started = process_time()
    assert len(decode(raw).attachments[0].data) == 10_000_000
    assert process_time() - started < 1.5


@given(st.binary(max_size=500))
def test_never_raises(raw):
    decode(raw)
    decode(b"Content-Type: text/html\n\n" + raw)
    decode(b"Subject: " + raw + b"\nContent-Type: multipart/alternative; boundary=b\n\n--b\n" + raw)


@given(
    st.lists(
        st.sampled_from(
            [
                b"--b\n",
                b"--b--\n",
                b"Content-Type: multipart/mixed; boundary=b\n",
                b"\n",
                b"text\n",
                b"Content-Type: text/html\n",
                b"Content-Transfer-Encoding: base64\n",
                b"0JLQmg\n",
                b"Content-Type: message/rfc822\n",
                b"Content-Disposition: inline\n",
            ]
        ),
        max_size=25,
    )
)
def test_any_order_of_mime_lines(lines):
    decode(b"".join(lines))
