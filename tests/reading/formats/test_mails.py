"""Mails in other shapes: .eml, .msg, winmail.dat, signed mail."""

import base64
import struct
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID

from mailbot.domain.document import Limits
from mailbot.reading.message.mail import decode
from tests.reading.formats.builders import code, compound, lines, mapi, opened, tnef

EML = "From: a@b.ru\r\nTo: c@d.ru\r\nSubject: ВК\r\nMIME-Version: 1.0\r\n\r\nВК: 35\r\n".encode()


def mail(data: bytes, name: str):
    """The decoded mail that the file stands for."""
    (child,) = opened(data, name).children
    assert (child.content_type, child.name) == ("message/rfc822", "")
    return decode(child.data)


def test_a_mail_as_a_file_stands_for_itself():
    assert mail(EML, "письмо.eml").envelope.subject == "ВК"
    assert mail(b"From nobody Mon Aug 16\n" + EML, "письмо").envelope.sender_address == "a@b.ru"
    assert code(opened(EML, "письмо.eml", Limits(message_bytes=10))) == "attachment_damaged"


def test_text_with_a_colon_is_no_mail():
    assert opened("Кому: всем\nТема: ВК\n\n35\n".encode(), "ответ.txt").documents[0].format == "text"
    assert opened(b"Date: 16.08.2021\nSubject: VK\nOK: 35\n", "ответ.txt").documents[0].format == "text"


def stream(key: str, text: str, base: str = "") -> dict[str, bytes]:
    return {f"{base}__substg1.0_{key}001F": text.encode("utf-16-le")}


def properties(header: int, **fixed: bytes) -> bytes:
    entries = b"".join(struct.pack("<II", int(tag[1:], 16), 6) + value for tag, value in fixed.items())
    return bytes(header) + entries


def test_an_outlook_message_becomes_a_mail():
    ticks = int((datetime(2021, 8, 16, 12, 0, tzinfo=UTC) - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10**7
    attached = "__attach_version1.0_#00000000/"
    inner = "__attach_version1.0_#00000001/__substg1.0_3701000D/"
    read = mail(
        compound(
            stream("0037", "Подписка, Арск")
            | stream("0C1A", "РОО Арск")
            | stream("5D01", "roo.arsk@tatar.ru")
            | stream("1000", "ВК: 35\r\nОК: 30")
            | {"__properties_version1.0": properties(32, x00390040=struct.pack("<Q", ticks))}
            | stream("3707", "свод.csv", attached)
            | {f"{attached}__substg1.0_37010102": "ОО;ВК\n1;35".encode()}
            | stream("0037", "Вложенное", inner)
            | stream("1000", "текст", inner)
            | {f"{inner}__properties_version1.0": properties(24)}
        ),
        "письмо.msg",
    )
    assert (read.envelope.subject, read.envelope.sender_address) == ("Подписка, Арск", "roo.arsk@tatar.ru")
    assert read.envelope.date == datetime(2021, 8, 16, 12, 0, tzinfo=UTC)
    assert lines(read.bodies[0]) == ["ВК: 35", "ОК: 30"]
    assert [attachment.name for attachment in read.attachments] == ["свод.csv", "вложенное письмо.eml"]
    assert decode(read.attachments[1].data).envelope.subject == "Вложенное"


def test_an_outlook_message_with_transport_headers_and_html_in_eight_bits():
    headers = "From: =?utf-8?B?0JDRgNGB0Lo=?= <a@b.ru>\r\nReceived: from x\r\n\tby y; Mon, 16 Aug 2021 12:00:00 +0300\r\nX-Own: 1\r\n"
    read = mail(
        compound(
            stream("007D", headers)
            | {"__substg1.0_0037001E": "Отчёт".encode("cp1251"), "__substg1.0_10130102": "<p>ВК: 35".encode("cp1251")}
            | {"__properties_version1.0": properties(32, x3FFD0003=struct.pack("<Q", 1251))}
        ),
        "письмо.msg",
    )
    assert (read.envelope.sender_name, read.envelope.subject) == ("Арск", "Отчёт")
    assert lines(read.bodies[0]) == ["ВК: 35"]
    assert "x-own" not in read.headers


def test_an_outlook_message_of_rtf_alone():
    rtf = rb"{\rtf1\ansi BK: 35\par}"
    packed = struct.pack("<IIII", len(rtf) + 12, len(rtf), 0x414C454D, 0) + rtf
    read = mail(compound({"__properties_version1.0": bytes(32), "__substg1.0_10090102": packed}), "письмо.msg")
    assert [(attachment.name, attachment.data) for attachment in read.attachments] == [("текст письма.rtf", rtf)]


def test_winmail_holds_attachments():
    result = opened(tnef(("свод.csv", b"a;35"), ("скан.jpg", b"\xff\xd8\xff")), "winmail.dat")
    assert [(child.name, child.data) for child in result.children] == [
        ("свод.csv", b"a;35"),
        ("скан.jpg", b"\xff\xd8\xff"),
    ]


def test_the_text_of_winmail_counts_where_it_holds_a_table():
    def packed(rtf: bytes) -> bytes:
        return mapi((0x102, 0x1009, struct.pack("<IIII", len(rtf) + 12, len(rtf), 0x414C454D, 0) + rtf))

    table = opened(tnef(message=packed(rb"{\rtf1 a\cell\row}")), "winmail.dat")
    assert [child.name for child in table.children] == ["текст письма.rtf"]
    assert opened(tnef(message=packed(rb"{\rtf1 a\par}")), "winmail.dat").children == ()
    html = opened(tnef(message=mapi((0x102, 0x1013, b"<TABLE><tr><td>35</table>"))), "winmail.dat")
    assert [child.name for child in html.children] == ["текст письма.html"]


def test_broken_winmail():
    whole = tnef(("свод.csv", b"a;35"))
    assert code(opened(whole[:-8], "winmail.dat")) == "attachment_damaged"
    assert code(opened(tnef(message=b"\xff\xff\xff\xff\x99\x00\x01\x00"), "winmail.dat")) == "attachment_damaged"
    assert code(opened(tnef(*[("a", b"b")] * 9), "winmail.dat", Limits(parts=5))) == "attachment_too_large"


@pytest.fixture(scope="module")
def signer():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "РОО")])
    builder = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    )
    builder = builder.not_valid_before(datetime(2021, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2031, 1, 1, tzinfo=UTC)
    )
    certificate = builder.sign(key, hashes.SHA256())

    def sign(content: bytes, *options, encoding=Encoding.DER) -> bytes:
        signed = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(certificate, key, hashes.SHA256())
        return signed.sign(encoding, [pkcs7.PKCS7Options.Binary, *options])

    return sign


def test_a_detached_signature_is_nothing_and_no_trouble(signer):
    detached = signer(b"x", pkcs7.PKCS7Options.DetachedSignature)
    for data in (detached, base64.encodebytes(detached), b"-----BEGIN PGP SIGNATURE-----\nabc"):
        result = opened(data, "ответ.docx.sig")
        assert (result.documents, result.children, result.troubles) == ((), (), ())


def test_an_opaque_signature_gives_its_content(signer):
    (child,) = opened(signer("ВК;35".encode()), "папка/свод.csv.p7s").children
    assert (child.name, child.data) == ("свод.csv", "ВК;35".encode())
    (armoured,) = opened(signer(b"BK;35", encoding=Encoding.PEM), "свод.csv.sig").children
    assert armoured.data == b"BK;35"


def test_a_signed_mail_is_a_mail(signer):
    entity = b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + "ВК: 35".encode()
    assert lines(mail(signer(entity), "smime.p7m").bodies[0]) == ["ВК: 35"]


def test_an_encrypted_file_is_protected_and_a_broken_one_damaged(signer):
    enveloped = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80"
    assert code(opened(enveloped, "smime.p7m")) == "attachment_protected"
    assert code(opened(b"-----BEGIN PGP MESSAGE-----\n", "a.asc")) == "attachment_protected"
    assert code(opened(signer(b"x" * 500)[:200], "a.p7s")) == "attachment_damaged"


def test_a_genuine_winmail_of_outlook():
    data = Path("tests/files/winmail.dat").read_bytes()
    assert [child.name for child in opened(data, "winmail.dat").children] == ["image001.png", "соц сети.xlsx"]
