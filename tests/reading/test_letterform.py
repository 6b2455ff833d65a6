import struct

import pytest

from mailbot.domain.document import Attachment
from mailbot.reading.message.mail import decode
from mailbot.reading.office import lzfu
from mailbot.reading.passages.letterform import Letter, to_bytes
from mailbot.reading.troubles import Damaged, TooLarge

LETTER = Letter(
    [
        ("From", "Иванова А. А. <a@b.ru>"),
        ("Subject", "Подписка: ВК\r\nBcc: x@y.ru"),
        ("Date", "Mon, 16 Aug 2021 12:00:00 +0300"),
    ],
    text="ВК: 35",
    html="<p>ВК: <b>35</b></p>",
    attachments=[
        Attachment("свод\r\n.xlsx", b"PK\x03\x04", "x/y\r\nz"),
        Attachment("письмо.eml", b"From: a", "message/rfc822"),
    ],
)


def test_a_letter_is_a_mail_that_the_decoder_reads():
    mail = decode(to_bytes(LETTER))
    assert mail.envelope.subject == "Подписка: ВК Bcc: x@y.ru"
    assert mail.envelope.sender_address == "a@b.ru"
    assert [attachment.name for attachment in mail.attachments] == ["свод .xlsx", "письмо.eml"]
    assert mail.attachments[0].data == b"PK\x03\x04"
    assert mail.bodies[0].blocks[0].text == "ВК: 35"


def test_the_same_letter_gives_the_same_bytes_and_broken_text_is_no_error():
    assert to_bytes(LETTER) == to_bytes(LETTER)
    assert decode(to_bytes(Letter(text="\ud800"))).bodies[0].blocks[0].text == "?"


def packed(content: bytes, kind: int = 0x75465A4C, size: int | None = None) -> bytes:
    return struct.pack("<IIII", len(content) + 12, len(content) if size is None else size, kind, 0) + content


def test_compressed_rtf_of_the_specification():
    """The example of [MS-OXRTFCP] 3.1: literals, references into the dictionary and to what was just written."""
    example = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert lzfu.decompress(example, 1000) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    repeated = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert lzfu.decompress(repeated, 1000) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


def test_uncompressed_cut_foreign_and_endless_rtf():
    assert lzfu.decompress(packed(b"{\\rtf1}", 0x414C454D), 100) == b"{\\rtf1}"
    assert lzfu.decompress(packed(b"\x01\x00"), 100) == b""
    for data in (b"", packed(b"", 0x12345678)):
        with pytest.raises(Damaged):
            lzfu.decompress(data, 100)
    with pytest.raises(TooLarge):
        lzfu.decompress(packed(b"", size=1000), 100)
