"""Whose word counts: forged answers are refused, told, and never carried out; what is no answer is left alone."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from mailbot.desk.token import Signer, find_tokens
from mailbot.domain.authentication import fault
from mailbot.domain.interpretation import Interpretation
from mailbot.store.tables import DecisionRow, DeskReplyRow
from tests.desk.conftest import AUTHENTICATED, CONTACT, SETTINGS, Office, report

DAY = date(2021, 8, 16)
OURS = ["mx.example.org"]


def test_a_token_is_genuine_only_with_the_key_and_for_what_it_names():
    signer = Signer(b"key", "campaign")
    token = signer.sign(DAY, "daily")
    assert str(signer.check(token)) == "2021-08-16 daily"
    assert str(signer.check(token.upper().replace("DAILY", "daily"))) == "2021-08-16 daily"
    assert str(signer.check(signer.sign(DAY, "extra-070000"))) == "2021-08-16 extra-070000"
    assert Signer(b"other", "campaign").check(token) is None
    assert Signer(b"key", "another").check(token) is None
    assert signer.check(token.replace("08-16", "08-17")) is None
    assert signer.check(token.replace("daily", "final")) is None
    assert signer.check(token[:-1]) is None
    assert find_tokens(f"> {token}\n<mailbot.rollup.c.{token}@example.org>") == (token,)


VOUCHED = [
    "mx.example.org; dkim=pass header.d=tatar.ru",
    "mx.example.org 1; dkim=pass (2048-bit key; unprotected) header.i=@tatar.ru header.b=xyz",
    "MX.example.org; spf=pass smtp.mailfrom=gulchachak@tatar.ru",
    'mx.example.org; spf=pass (mx: domain of tatar.ru designates 1.2.3.4, rule=[ip4]) smtp.mail="g@tatar.ru"',
    "mx.example.org; dkim=fail header.d=tatar.ru; spf=pass smtp.mailfrom=tatar.ru",
]
NOT_VOUCHED = [
    "mx.example.org; none",
    "mx.example.org; dkim=fail header.d=tatar.ru; spf=softfail smtp.mailfrom=tatar.ru",
    "mx.example.org; dkim=pass header.d=evil.ru",
    "mx.example.org; dkim=pass header.d=evil-tatar.ru",
    "mx.example.org; dkim=pass header.d=sub.tatar.ru",
    "mx.example.org; dkim=pass header.d=ru",
    "mx.example.org; spf=pass smtp.helo=tatar.ru",
    "mx.example.org; dkim=pass (header.d=tatar.ru) header.d=evil.ru",
    "mx.evil.org; dkim=pass header.d=tatar.ru",
    "mx.example.org.evil.org; dkim=pass header.d=tatar.ru",
    "",
]


@pytest.mark.parametrize("value", VOUCHED)
def test_our_server_vouches(value):
    assert fault([value], OURS, CONTACT) is None


@pytest.mark.parametrize("value", NOT_VOUCHED)
def test_our_server_does_not_vouch(value):
    assert fault([value], OURS, CONTACT)


def test_only_the_topmost_header_of_our_server_counts():
    good, bad = "mx.example.org; dkim=pass header.d=tatar.ru", "mx.example.org; dkim=fail header.d=tatar.ru"
    assert fault([bad, good], OURS, CONTACT)
    assert fault([good, bad], OURS, CONTACT) is None
    assert fault(["other.example.org; dkim=fail", good], OURS, CONTACT) is None
    assert fault(["front7.example.org; dkim=pass header.d=tatar.ru"], ["*.example.org"], CONTACT) is None
    assert "authserv_ids" in fault([good], (), CONTACT)
    assert fault(["mx.example.org; dkim=pass header.d=tatar.ru"], OURS, "boss@roo.tatar.ru") is None


FORGED = [
    ({"From": "roo@evil.ru"}, "не вправе вносить исправления"),
    ({"Authentication_Results": None}, "не отметил"),
    ({"Authentication_Results": "mx.example.org; dkim=fail header.d=tatar.ru"}, "не подтвердили"),
    ({"Authentication_Results": "mx.evil.ru; dkim=pass header.d=tatar.ru"}, "не отметил"),
]


def refused(office, raw, read=None):
    """The mail is refused; returns the reason that the case gives."""
    number, taken = office.take(raw, read)
    assert taken
    with office.database.reading() as session:
        assert session.get(DeskReplyRow, number).verdict == "refused"
        assert session.scalars(select(DecisionRow)).all() == []
    assert office.receipts() == []
    (case,) = [case for case in office.facts().cases if case.letter == number]
    assert case.reasons[0].code == "reply_refused"
    return case.reasons[0].message


@pytest.mark.parametrize(("forgery", "reason"), FORGED)
def test_a_forged_answer_is_refused_and_told_in_the_next_roll_up(office, forgery, reason):
    office.answered(report("Бавлинский", vk=1))
    raw = office.reply(office.rollup(), "Бавлы: ВК 120, принять", **forgery)
    assert reason in refused(office, raw)
    assert office.figures() == {("Бавлинский", None): {"vk": 1}}


def test_a_bad_token_is_refused(office):
    rollup = office.rollup()
    good = office.signer.sign(DAY, "daily")
    bad = str(rollup["Message-ID"]).replace(good, good[:-4] + "0000")
    assert "неверна" in refused(office, office.reply(rollup, "№ 1 принять", In_Reply_To=bad, References=bad))


def test_an_answer_without_its_token_is_refused_and_a_token_in_the_quoted_foot_is_enough(light_office):
    rollup = light_office.rollup()
    bare = {"In_Reply_To": None, "References": None}
    assert "нет подписи" in refused(light_office, light_office.reply(rollup, "№ 1 принять", **bare))
    foot = rollup.get_body(("plain",)).get_content().strip().splitlines()[-1]
    quoted = f"№ 7 принять\n\n16.08.2021 8:30, mailbot пишет:\n> {foot}"
    light_office.take(light_office.reply(rollup, quoted, **bare))
    assert "Письма № 7 нет" in light_office.receipt()


def test_a_respondent_s_answer_to_a_forwarded_roll_up_is_not_lost(office):
    raw = office.reply(office.rollup(), "Наши цифры: ВК 5", From="roo@tatar.ru")
    read = Interpretation(status="accepted", kind="report", reports=(report("Арский", vk=5),), reader="1")
    refused(office, raw, read)
    assert office.figures() == {}
    assert office.view("to_review")[0]["municipality"] == "Арский"


def test_what_is_no_answer_is_left_to_the_reader(light_office):
    rollup = light_office.rollup()
    bare = {"In_Reply_To": None, "References": None}
    for raw in (
        light_office.reply(rollup, "ВК 5", From="roo@tatar.ru", Subject="отчёт", **bare),
        light_office.reply(rollup, "Пересылаю ответ школы", Subject="Fwd: отчёт", **bare),
        light_office.reply(rollup, "Я в отпуске", Auto_Submitted="auto-replied"),
    ):
        number, taken = light_office.take(raw)
        assert not taken
        with light_office.database.reading() as session:
            assert session.get(DeskReplyRow, number) is None


def test_without_the_demand_for_authentication_the_token_is_enough(sqlite_database):
    office = Office(sqlite_database, replace(SETTINGS, require_authentication=False))
    number, _ = office.take(office.reply(office.rollup(), "№ 9 принять", Authentication_Results=None))
    with office.database.reading() as session:
        assert session.get(DeskReplyRow, number).verdict == "applied"


def test_two_senders_are_none(light_office):
    raw = light_office.reply(light_office.rollup(), "№ 9 принять")
    assert "не одна строка" in refused(light_office, b"From: <" + CONTACT.encode() + b">\r\n" + raw)


def test_the_headers_of_the_tests_are_those_of_a_server():
    assert fault([AUTHENTICATED], OURS, CONTACT) is None


def test_a_name_never_means_a_refused_mail(office):
    office.answered(report("Бавлинский", vk=1, ok=2))
    rollup = office.rollup()
    read = Interpretation(status="accepted", kind="report", reports=(report("Бавлинский", vk=999),), reader="1")
    refused(office, office.reply(rollup, "Бавлы: ВК 999", From="roo@evil.ru"), read)
    office.take(office.reply(rollup, "Бавлы: ВК 121, принять"))
    assert office.figures() == {("Бавлинский", None): {"vk": 121, "ok": 2}}
