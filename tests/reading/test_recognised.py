"""Which names that were read from a picture stand without a person looking."""

import pytest

from mailbot.reading.recognised import is_confirmed
from tests.reading.samples import default_directory


@pytest.mark.parametrize(
    ("name", "said", "confirmed"),
    [
        ("МБОУ «Тюлячинская СОШ»", "", True),
        ("Детский сад №2 «Ромашка»", "", True),
        ("МБОУ «Красноборская COI»", "", False),
        ("МБОУ «Красноборская СОШ»", "", True),
        ("МБОУ «Шадккинская СОШ»", "", False),
    ],
)
def test_a_name_stands_where_its_words_are_known_and_russian_or_the_mail_tells_it(name, said, confirmed):
    assert is_confirmed(name, None, said, default_directory()) is confirmed
