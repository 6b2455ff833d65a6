"""What is made of a frozen value is made once, and never given for another."""

from __future__ import annotations

from mailbot.domain.directory import Directory, Municipality
from mailbot.reading.kept import kept


def directory(name: str) -> Directory:
    return Directory(municipalities=(Municipality(canonical=name, kind="", centre=name),))


def test_it_is_made_once_for_the_same_and_for_an_equal_value():
    asked = []
    name_of = kept(lambda given: asked.append(given) or [given.municipalities[0].canonical])
    one = directory("Арский")
    assert name_of(one) is name_of(one) is name_of(directory("Арский"))
    assert asked == [one]


def test_another_value_never_gets_it_wherever_it_lies_in_memory():
    name_of = kept(lambda given: given.municipalities[0].canonical)
    for number in range(200):  # each is gone before the next one is made, which may lie where it lay
        assert name_of(directory(f"Район {number}")) == f"Район {number}"
    again = directory("Район 0")
    assert name_of(again) == name_of(again) == "Район 0"
