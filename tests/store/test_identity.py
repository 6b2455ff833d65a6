"""The same mail is known again by its bytes."""

import pytest

from mailbot.store.identity import identify

MAIL = (
    b"Received: from a by b; Mon, 16 Aug 2021 12:00:00 +0300\r\n"
    b"X-Spam: no\r\n"
    b"Message-ID: <1@school>\r\n"
    b"From: =?utf-8?B?0KjQutC+0LvQsA==?= <school@example.org>\r\n"
    b"Date: Mon, 16 Aug 2021 12:00:00 +0300\r\n"
    b"Subject: =?utf-8?B?0J7RgtGH0ZHRgg==?=\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"\r\n"
    b"\xd0\x92\xd0\x9a - 35\r\n"
)


@pytest.mark.parametrize(
    "other",
    [
        MAIL.replace(b"from a by b", b"from c by d"),
        MAIL.replace(b"X-Spam: no\r\n", b"X-Spam: yes\r\nX-Yandex-Forward: 17\r\nDelivered-To: x\r\n"),
        MAIL.replace(b"\r\n", b"\n"),
        MAIL.replace(b"; charset", b";\r\n\tcharset"),
        MAIL.replace(b"Message-ID", b"Message-Id"),
        MAIL + b"\r\n\r\n",
    ],
    ids=["received", "x-headers", "line ends", "folded", "case of a name", "blank lines at the end"],
)
def test_two_deliveries_of_one_mail_have_one_fingerprint(other):
    assert identify(other).fingerprint == identify(MAIL).fingerprint
    assert identify(other).sha256 != identify(MAIL).sha256


@pytest.mark.parametrize(
    "other",
    [
        MAIL.replace(b"- 35", b"- 36"),
        MAIL.replace(b"<1@school>", b"<2@school>"),
        MAIL.replace(b"0J7RgtGH0ZHRgg==", b"0JLQmiAzNQ=="),
        MAIL.replace(b"utf-8\r\n\r\n", b"koi8-r\r\n\r\n"),
        MAIL.replace(b"12:00:00 +0300\r\nSubject", b"12:00:01 +0300\r\nSubject"),
        MAIL.replace(b"school@", b"lyceum@"),
    ],
    ids=["a figure", "message-id", "subject", "charset", "date", "sender"],
)
def test_another_mail_has_another_fingerprint(other):
    assert identify(other).fingerprint != identify(MAIL).fingerprint


def test_without_a_message_id_only_the_bytes_tell():
    bare = MAIL.replace(b"Message-ID: <1@school>\r\n", b"")
    assert identify(bare).fingerprint is None
    assert identify(bare).sha256 == identify(bytes(bare)).sha256


@pytest.mark.parametrize(
    "raw", [b"", b"\r\n", b"no header at all", b"\xff\xfe\x00", b"Message-ID:\r\n\r\n", b":\r\n\r\nx"]
)
def test_anything_has_an_identity(raw):
    assert len(identify(raw).sha256) == 64
    assert identify(raw).fingerprint is None
