"""What stands after several statements."""

from mailbot.store.superseding import Stated, Statement, supersede

KINDS = {"vk": "account", "ok": "account", "total": "total", "teachers": "audience", "parents": "audience"}


def says(correction=False, **figures):
    return Statement(0, correction, {name: Stated(value, 0) for name, value in figures.items()})


def corrects(**figures):
    return says(correction=True, **figures)


def after(*statements):
    return {name: stated.value for name, stated in supersede(statements, KINDS).items()}


def test_nothing_was_said():
    assert after() == {}


def test_a_later_report_replaces_the_earlier_one_wholly():
    assert after(says(vk=34, ok=10), says(vk=35)) == {"vk": 35}


def test_a_correction_replaces_only_what_it_gives():
    assert after(says(vk=34, ok=10), corrects(vk=35)) == {"vk": 35, "ok": 10}


def test_a_correction_ends_a_total_and_a_split_that_it_does_not_restate():
    assert after(says(vk=34, ok=10, total=40, teachers=40), corrects(vk=35)) == {"vk": 35, "ok": 10}


def test_a_correction_that_restates_the_total_has_it():
    assert after(says(vk=34, total=34), corrects(vk=35, total=35)) == {"vk": 35, "total": 35}


def test_a_correction_that_changes_nothing_ends_nothing():
    assert after(says(vk=34, total=34, teachers=34), corrects(vk=34)) == {"vk": 34, "total": 34, "teachers": 34}


def test_a_corrected_total_leaves_the_accounts_and_ends_the_split():
    assert after(says(vk=34, total=34, teachers=34), corrects(total=35)) == {"vk": 34, "total": 35}


def test_a_corrected_split_is_replaced_as_one():
    assert after(says(total=34, teachers=4, parents=30), corrects(teachers=34)) == {"total": 34, "teachers": 34}


def test_a_correction_with_nothing_before_it_stands_for_itself():
    assert after(corrects(vk=35)) == {"vk": 35}


def test_a_correction_that_adds_an_account_ends_the_total():
    assert after(says(vk=34, total=34), corrects(ok=3)) == {"vk": 34, "ok": 3}


def test_a_report_after_a_correction_replaces_both():
    assert after(says(vk=1, ok=2), corrects(vk=3), says(ok=4)) == {"ok": 4}


def test_a_figure_keeps_the_number_of_the_row_that_states_it():
    first = Statement(1, correction=False, figures={"vk": Stated(1, 11), "ok": Stated(2, 12)})
    second = Statement(2, correction=True, figures={"vk": Stated(3, 13)})
    assert supersede([first, second], KINDS) == {"vk": Stated(3, 13), "ok": Stated(2, 12)}
