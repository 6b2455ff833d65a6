"""Taking messages apart: structure, damage, hostile shapes; compared with the standard library's parser."""

from __future__ import annotations

import email
from email.message import EmailMessage
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.domain.document import Limits
from mailbot.reading.message.mime import bare_name, parse, split_header

LIMITS = Limits()


def shape(part):
    return (part.content_type, [shape(child) for child in part.children]) if part.children else part.content_type


def test_nested_parts():
    raw = (
        b'Content-Type: multipart/mixed; boundary="a"\n\npreamble\n--a\n'
        b"Content-Type: multipart/alternative; boundary=a-1\n\n--a-1\n\nplain\n--a-1\nContent-Type: text/html\n\n<p>\n"
        b"--a-1--\n--a\nContent-Type: message/rfc822\n\nSubject: x\n\nbody\n--a--\nepilogue\n"
    )
    tree = parse(raw, LIMITS)
    assert shape(tree.root) == (
        "multipart/mixed",
        [("multipart/alternative", ["text/plain", "text/html"]), "message/rfc822"],
    )
    assert [part.body for part in tree.root.walk()] == [b"", b"", b"plain", b"<p>", b"Subject: x\n\nbody"]
    assert not tree.exceeded
    assert not any(part.cut for part in tree.root.walk())


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r", b"\r\r\n"])
def test_line_ends(end):
    raw = b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n--b--\n"
    tree = parse(raw.replace(b"\n", end), LIMITS)
    assert [part.body for part in tree.root.children] == [b"one", b"two"]


def test_closing_boundary_missing():
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\nContent-Type: text/html\n\ntw"
    root = parse(raw, LIMITS).root
    assert root.cut
    assert [part.body for part in root.children] == [b"one", b"tw"]


def test_boundary_that_never_comes():
    root = parse(b"Content-Type: multipart/mixed; boundary=b\n\nall the text\n", LIMITS).root
    assert root.children == ()
    assert root.body == b"all the text\n"


@pytest.mark.parametrize(
    "head", [b"", b"Content-Type: multipart/mixed\n", b'Content-Type: multipart/mixed; boundary="other"\n']
)
def test_boundary_that_is_not_declared(head):
    raw = b"Subject: x\n" + head + b"\n--b\nContent-Type: text/html\n\n<p>\n--b--\n"
    assert shape(parse(raw, LIMITS).root) == ("multipart/mixed", ["text/html"])


def test_header_fields():
    raw = (
        b"From nobody Mon Aug  9 14:32:12 2021\nSubject: a\n b\nReceived: one\nreceived: two\nX-Empty:\n"
        b"Broken line without a colon\nDate: today\n\nbody"
    )
    fields, body = split_header(raw)
    assert fields["subject"] == (b"a b",)
    assert fields["received"] == (b"one", b"two")
    assert fields["x-empty"] == (b"Broken line without a colon",)
    assert fields["date"] == (b"today",)
    assert body == b"body"


def test_body_without_an_empty_line_before_it():
    fields, body = split_header("Subject: x\nПодписчики 35\nеще\n\nконец".encode())
    assert fields == {"subject": (b"x",)}
    assert body.decode() == "Подписчики 35\nеще\n\nконец"


def test_digest_holds_messages():
    raw = b"Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\ny\n--b--\n"
    assert shape(parse(raw, LIMITS).root) == ("multipart/digest", ["message/rfc822"])


@pytest.mark.parametrize(("value", "kind"), [("text", "text/plain"), ("HTML", "text/html"), ("a/b/c", "text/plain")])
def test_malformed_content_type(value, kind):
    assert parse(f"Content-Type: {value}\n\nx".encode(), LIMITS).root.content_type == kind


def nested(depth):
    head = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(depth))
    return head + b"\ntext\n" + b"".join(b"--b%d--\n" % i for i in reversed(range(depth)))


def test_depth_is_bounded():
    assert not parse(nested(9), LIMITS).exceeded
    tree = parse(nested(5000), LIMITS)
    assert tree.exceeded
    assert sum(1 for _ in tree.root.walk()) == LIMITS.depth + 1


def test_number_of_parts_is_bounded():
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 10_000 + b"--b--\n"
    tree = parse(raw, LIMITS)
    assert tree.exceeded
    assert len(tree.root.children) == LIMITS.parts


HOSTILE = {
    "header lines": b"a:b\n" * 300_000,
    "broken header lines": b"Subject: x\n" + b"broken\n" * 200_000 + b"Date: x\n\n",
    "folds": b"Subject: x\n" + b" y\n" * 300_000,
    "boundaries": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b" * 300_000,
    "almost boundaries": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--bb\n" * 300_000,
    "parameters": b"Content-Type: text/plain" + b";a*1=b" * 200_000 + b"\n\n",
    "empty lines": b"\n" * 1_000_000,
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_hostile_messages_are_read_in_time(raw):
    started = process_time()
    parse(raw, LIMITS)
    assert process_time() - started < 3


def test_names_of_files_are_no_paths():
    assert bare_name("../../etc/passwd") == "passwd"
    assert bare_name("C:\\Users\\Анна\\свод.xlsx") == "свод.xlsx"
    assert bare_name("a\0b\n.txt") == "ab.txt"
    assert len(bare_name("а" * 5000 + ".xlsx")) <= 200


@given(st.binary(max_size=400))
def test_never_raises(raw):
    parse(raw, LIMITS)
    parse(b"Content-Type: multipart/mixed; boundary=b\n\n" + raw, LIMITS)


@st.composite
def messages(draw, depth=2):
    mail = EmailMessage()
    kind = draw(st.integers(0, 2))
    if depth == 0 or kind == 0:
        mail.set_content(draw(st.text("abc \n", max_size=30)))
        return mail
    mail.make_mixed() if kind == 1 else mail.make_alternative()
    for _ in range(draw(st.integers(1, 3))):
        mail.attach(draw(messages(depth - 1)))
    return mail


@given(messages())
def test_same_structure_as_the_standard_library(mail):
    raw = mail.as_bytes()

    def theirs(message):
        if message.is_multipart():
            return message.get_content_type(), [theirs(part) for part in message.get_payload()]
        return message.get_content_type(), message.get_payload()

    def ours(part):
        if part.children:
            return part.content_type, [ours(child) for child in part.children]
        return part.content_type, part.body.decode()

    assert ours(parse(raw, LIMITS).root) == theirs(email.message_from_bytes(raw))
