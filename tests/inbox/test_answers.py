from datetime import UTC, datetime

import pytest

from mailbot.inbox.answers import (
    Listed,
    parse_bodies,
    parse_internaldate,
    parse_listing,
    parse_status,
    parse_uids,
    uid_set,
)


@pytest.mark.parametrize(
    ("data", "uids"),
    [([b"3 1 2"], [1, 2, 3]), ([b""], []), ([None], []), ([b"1 2", b"9"], [1, 2, 9]), ([b"1 x 2"], [1, 2])],
)
def test_search(data, uids):
    assert parse_uids(data) == uids


def test_a_listing_in_any_order_of_its_parts_with_news_of_others_between():
    data = [
        b'1 (UID 4 RFC822.SIZE 120 INTERNALDATE "17-Aug-2021 15:00:00 +0300")',
        b"9 (FLAGS (\\Seen))",
        b'2 (INTERNALDATE " 7-aug-2021 05:00:00 -0530" RFC822.SIZE 80 UID 6)',
        None,
        b"3 (UID 7 RFC822.SIZE 9)",
    ]
    assert parse_listing(data) == [
        Listed(4, 120, datetime(2021, 8, 17, 12, tzinfo=UTC)),
        Listed(6, 80, datetime(2021, 8, 7, 10, 30, tzinfo=UTC)),
        Listed(7, 9, None),
    ]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b'INTERNALDATE "31-Jun-2021 15:00:00 +0300"',
        b'INTERNALDATE "17-Abc-2021 15:00:00 +0300"',
        b'INTERNALDATE "17-Aug-2021 25:00:00 +0300"',
        b'INTERNALDATE "17-Aug-2021 15:00:00 +9900"',
        b'INTERNALDATE "01-Jan-0001 00:00:00 +1200"',
        b"INTERNALDATE NIL",
    ],
)
def test_an_internal_date_that_makes_no_sense_is_none(text):
    assert parse_internaldate(text) is None


def test_bodies_with_the_uid_before_or_after_the_literal():
    data = [
        (b"1 (UID 4 BODY[] {3}", b"abc"),
        b")",
        (b"2 (FLAGS (\\Seen) BODY[] {2}", b"de"),
        b" UID 6)",
        b"5 (FLAGS (\\Deleted) UID 99)",
        b"3 (UID 7 BODY[] NIL)",
        b'4 (UID 8 BODY[] "")',
        (b"6 (UID 9 BODY[] {0}", b""),
        b")",
    ]
    assert parse_bodies(data) == {4: b"abc", 6: b"de"}


def test_a_uid_inside_of_a_message_is_not_taken_for_its_own():
    data = [(b"2 (BODY[] {12}", b"x UID 4711 y"), b" UID 6)"]
    assert parse_bodies(data) == {6: b"x UID 4711 y"}


def test_several_literals_in_one_answer():
    data = [(b"2 (UID 6 ENVELOPE (NIL {1}", b"s"), (b") BODY[] {3}", b"raw"), b")"]
    assert parse_bodies(data) == {6: b"raw"}


def test_header_fields():
    data = [(b"1 (UID 4 BODY[HEADER.FIELDS (MESSAGE-ID)] {22}", b"Message-ID: <1@x>\r\n\r\n"), b")"]
    assert parse_bodies(data) == {4: b"Message-ID: <1@x>\r\n\r\n"}


@pytest.mark.parametrize(
    "line",
    [b"INBOX (MESSAGES 3 UIDNEXT 8 UIDVALIDITY 1)", b'"odd (name) 1" (uidnext 8 Messages 3 UIDVALIDITY 1 NEW x)'],
)
def test_status(line):
    assert parse_status(line) == {"MESSAGES": 3, "UIDNEXT": 8, "UIDVALIDITY": 1}


@pytest.mark.parametrize(("uids", "text"), [([], ""), ([5], "5"), ([1, 2, 3, 7, 9, 10], "1:3,7,9:10"), ([3, 1], "1,3")])
def test_uid_sets_are_short(uids, text):
    assert uid_set(uids) == text
