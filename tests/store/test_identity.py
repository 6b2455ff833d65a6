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


@pytest.mark.parametrize(
    ("body", "fingerprint"),
    [
        (b"\xd0\x92\xd0\x9a - 35\r\n", "16b6614ffaad5433c5ca91b09a7f3b61b22a488471cb69c2e181fcee00763af2"),
        (b"a\rb\r\n", "224a887f684313e68c97a80e2dca12699c404610629bd14c0e3f24dd195ae857"),
        (b"a\r\nb\r", "16370bddafaf2ff8927fe63eac0ee0c0dbc09722b9ea73976c09f862d423ab98"),
        (b"\r\r\n\r\n", "06f83bfd67b2ebfbfa38160cbbb6aa44cd6eaa6bbacd2570d4af6573c5a7285c"),
        (b"", "6f29f1cb4f6e073e71ab3fd30b01835515a4b8f3d4ac38f1d9071d671ac3b7bb"),
    ],
    ids=["crlf", "a lone cr", "a cr at the end", "cr before crlf", "no body"],
)
def test_a_fingerprint_is_what_it_was_in_earlier_versions(body, fingerprint):
    """Databases hold them: another way of computing them would make every mail that comes again a new one."""
    assert identify(MAIL.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + body).fingerprint == fingerprint


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
