"""The bytes of a mail, read back by the standard library's parser."""

from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.policy import default
from email.utils import parsedate_to_datetime

import pytest

from mailbot.outbox.message import Content, File, build, outgoing
from mailbot.outbox.settings import Addresses

SUBJECT = "Сводка на 16.08.2021: ответили 38 из 45, 12\N{NO-BREAK SPACE}840 подписчиков, 3 на проверку"
SENDER = '"Сбор ответов, mailbot" <monrt16@yandex.ru>'
DATE = datetime(2021, 8, 16, 18, 0, tzinfo=timezone(timedelta(hours=3)))
CONTENT = Content(
    subject=SUBJECT,
    text="Ответили 38 из 45.\n.точка\n",
    html="<p>Ответили <b>38</b> из 45 — «да»</p>",
    files=(
        File("svodka.xlsx", b"PK\x03\x04\n.\n", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ),
)


def made(**changes):
    sender, recipients = (
        changes.pop("sender", SENDER),
        changes.pop("recipients", ("boss@минобр.рф", "second@example.org")),
    )
    arguments = {
        "content": CONTENT,
        "addresses": Addresses(sender, recipients),
        "date": DATE,
        "message_id": "<mailbot.rollup.2021-08-16@yandex.ru>",
    }
    return build(**(arguments | changes))


def test_a_reader_gets_back_what_was_put_in():
    mail = message_from_bytes(made(), policy=default)
    assert mail["Subject"] == SUBJECT
    assert mail["From"].addresses[0].display_name == "Сбор ответов, mailbot"
    domains = [address.domain.encode().decode("idna") for address in mail["To"].addresses]
    assert domains == ["минобр.рф", "example.org"]
    assert parsedate_to_datetime(mail["Date"]) == DATE
    assert mail["Message-ID"] == "<mailbot.rollup.2021-08-16@yandex.ru>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "multipart/mixed"
    assert mail.get_body(("plain",)).get_content().splitlines() == CONTENT.text.splitlines()
    assert mail.get_body(("html",)).get_content().strip() == CONTENT.html
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("svodka.xlsx", CONTENT.files[0].data)


def test_the_bytes_are_plain_ascii_lines_that_any_server_takes():
    raw = made()
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert not any(line == b"." for line in raw.split(b"\r\n"))


def test_the_same_mail_is_the_same_bytes():
    assert made() == made()


def test_an_answer_names_what_it_answers():
    mail = message_from_bytes(made(in_reply_to="<question@example.org>"), policy=default)
    assert mail["In-Reply-To"] == mail["References"] == "<question@example.org>"


def test_without_html_and_files_it_is_plain_text():
    mail = message_from_bytes(made(content=Content("Квитанция", "Принято.\n")), policy=default)
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().strip() == "Принято."


def test_no_header_can_be_smuggled_in():
    content = Content("Сводка\r\nBcc: evil@example.org", "x")
    mail = message_from_bytes(made(content=content, sender="a\r\nBcc: evil <a@example.org>"), policy=default)
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Сводка Bcc: evil@example.org"


@pytest.mark.parametrize("address", ["nobody", "@example.org", "a@", "а@example.org", "a@x.ru\r\nBcc: b@x.ru"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ValueError, match=r".+"):
        made(recipients=(address,))


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="zone"):
        made(date=datetime(2021, 8, 16, 18, 0))  # noqa: DTZ001 - the naive time is the point


def test_the_same_thing_has_the_same_message_id_at_any_time():
    addresses = Addresses("Пресс-служба <press@example.org>", ("Начальник <boss@example.org>",))
    first, second = (outgoing("rollup", "rollup.x", CONTENT, addresses, date) for date in (DATE, DATE.astimezone(UTC)))
    assert first.message_id == second.message_id == "<mailbot.rollup.x@example.org>"
    assert (first.sender, first.recipients) == ("press@example.org", ("boss@example.org",))
    assert first.subject == SUBJECT
    assert message_from_bytes(first.payload, policy=default)["Message-ID"] == first.message_id
