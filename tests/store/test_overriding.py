import pytest

from mailbot.store.overriding import Houses, Ledger, Override, Sender
from mailbot.store.superseding import Stated, Statement

KINDS = {"vk": "account", "ok": "account", "total": "total", "teachers": "audience"}
HOUSES = Houses(frozenset({"mail.ru", "tatar.ru"}), frozenset({"press@mon.example"}))
SCHOOL, DISTRICT = Sender("s5@mail.ru", "1@mail.ru"), Sender("roo@mail.ru", "2@mail.ru")


@pytest.mark.parametrize(
    ("later", "earlier", "same"),
    [
        (Sender("S5@Mail.ru"), Sender("s5@mail.ru"), True),
        (Sender("a@mail.ru"), Sender("b@mail.ru"), False),
        (Sender("a@tatar.ru"), Sender("b@tatar.ru"), False),
        (Sender("a@uo-zai.ru"), Sender("b@uo-zai.ru"), True),
        (Sender("a@uo-zai.ru"), Sender("b@sub.uo-zai.ru"), False),
        (Sender("press@mon.example"), Sender("b@mail.ru"), True),
        (Sender("b@mail.ru"), Sender("press@mon.example"), True),
        (Sender("a@mail.ru", refers_to=frozenset({"1@x"})), Sender("b@mail.ru", "1@x"), True),
        (Sender("a@mail.ru", refers_to=frozenset({"2@x"})), Sender("b@mail.ru", "1@x"), False),
        (Sender("a@mail.ru", refers_to=frozenset({""})), Sender("b@mail.ru", ""), False),
        (Sender(""), Sender("b@uo-zai.ru"), False),
        (Sender("a@mail.ru"), Sender(""), False),
        (Sender(""), Sender(""), True),
        (Sender("nonsense"), Sender("nonsense too"), False),
        (Sender("s5@mail.ru", refuted=True), Sender("s5@mail.ru"), False),
        (Sender("press@mon.example", refuted=True), Sender("s5@mail.ru"), False),
        (Sender("a@uo-zai.ru", refuted=True), Sender("b@uo-zai.ru"), False),
        (Sender("a@mail.ru", refers_to=frozenset({"1@x"}), refuted=True), Sender("b@mail.ru", "1@x"), True),
        (Sender("s5@mail.ru"), Sender("s5@mail.ru", refuted=True), True),
    ],
)
def test_who_is_one_sender(later, earlier, same):
    assert HOUSES.is_same(later, earlier) is same


def statement(correction=False, **figures):
    return Statement(1, correction, {name: Stated(value, 1) for name, value in figures.items()})


@pytest.fixture
def ledger():
    made = Ledger(KINDS, HOUSES)
    made.note(statement(vk=35, ok=40, teachers=5), SCHOOL)
    return made


def fields(found):
    return [(each.field, each.stands, each.would_be) for each in found]


def test_the_first_word_and_a_senders_own_later_word_override_nobody(ledger):
    assert Ledger(KINDS, HOUSES).overrides(statement(vk=1), SCHOOL) == ()
    assert ledger.overrides(statement(vk=1), SCHOOL) == ()


def test_equal_figures_and_new_ones_override_nothing(ledger):
    assert ledger.overrides(statement(vk=35, ok=40), DISTRICT) == ()
    assert ledger.overrides(statement(vk=35, ok=40, total=50), DISTRICT) == ()


def test_other_figures_and_dropped_ones_do(ledger):
    assert ledger.overrides(statement(vk=36, ok=40), DISTRICT) == (Override("vk", 35, (SCHOOL,), 36),)
    assert fields(ledger.overrides(statement(vk=35), DISTRICT)) == [("ok", 40, None)]
    assert fields(ledger.overrides(statement(vk=35, ok=40, teachers=6), DISTRICT)) == [("teachers", 5, 6)]


def test_a_correction_overrides_only_what_it_gives(ledger):
    assert ledger.overrides(statement(correction=True, vk=35), DISTRICT) == ()
    assert fields(ledger.overrides(statement(correction=True, vk=36), DISTRICT)) == [("vk", 35, 36)]


def test_who_repeats_a_figure_answers_for_it_too(ledger):
    ledger.note(statement(vk=35, ok=40), DISTRICT)
    assert ledger.overrides(statement(vk=50, ok=40), SCHOOL) == ()
    assert ledger.overrides(statement(vk=50, ok=40), DISTRICT) == ()
    stranger = Sender("x@mail.ru")
    assert ledger.overrides(statement(vk=50, ok=40), stranger) == (Override("vk", 35, (SCHOOL, DISTRICT), 50),)


def test_what_the_school_has_corrected_an_older_table_of_the_district_does_not_bring_back(ledger):
    ledger.note(statement(vk=35, ok=40), DISTRICT)
    ledger.note(statement(vk=50, ok=40), SCHOOL)
    assert ledger.overrides(statement(vk=35, ok=40), DISTRICT) == (Override("vk", 50, (SCHOOL,), 35),)
