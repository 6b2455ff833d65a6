"""The directory read from CSV text, and what our own list of municipalities must hold."""

from collections import Counter
from importlib.resources import files

import pytest

from mailbot.domain.directory import Municipality
from mailbot.reading.text.fold import fold
from mailbot.reading.who.directory_file import DirectoryError, load_municipalities, load_organisations

HEAD = "canonical,kind,centre,centre_tells,aliases,settlements,codes,notes\n"


@pytest.fixture(scope="module")
def tatarstan():
    return load_municipalities((files("mailbot") / "data" / "municipalities.csv").read_text("utf-8"))


def test_a_row_becomes_a_municipality():
    text = HEAD + "Буинский,муниципальный район,Буинск,yes,Буа; Буа районы,Рунга;Кият,Bui;buinsk,a note\n"
    assert load_municipalities(text) == (
        Municipality(
            canonical="Буинский",
            kind="муниципальный район",
            centre="Буинск",
            aliases=("Буа", "Буа районы"),
            settlements=("Рунга", "Кият"),
            codes=("bui", "buinsk"),
        ),
    )


def test_the_minimal_columns_are_enough_and_a_byte_order_mark_is_none_of_them():
    (one,) = load_municipalities("\ufeffcanonical,kind,centre\nАрский,муниципальный район,Арск\n")
    assert (one.canonical, one.centre, one.centre_tells, one.aliases) == ("Арский", "Арск", True, ())


@pytest.mark.parametrize(
    ("word", "tells"), [("yes", True), ("да", True), ("", True), ("no", False), ("нет", False), ("0", False)]
)
def test_a_flag_is_read_in_both_languages(word, tells):
    (one,) = load_municipalities(HEAD + f"Арский,район,Арск,{word},,,,\n")
    assert one.centre_tells is tells


BROKEN = [
    ("canonical,kind\nАрский,район\n", "line 1: no column centre"),
    ("", "line 1: no column canonical, kind, centre"),
    (HEAD + ",район,Арск,yes,,,,\n", "line 2: canonical is empty"),
    (HEAD + "Арский,район,Арск,yes,,,,\nАрский,район,Арск,yes,,,,\n", "line 3: Арский is listed twice"),
    (HEAD + "Арский,район,Арск,perhaps,,,,\n", "line 2, centre_tells: «perhaps» is neither yes nor no"),
]


@pytest.mark.parametrize(("text", "message"), BROKEN)
def test_a_wrong_file_is_named_by_line_and_column(text, message):
    with pytest.raises(DirectoryError) as error:
        load_municipalities(text)
    assert str(error.value) == message


def test_our_list_holds_the_45_municipalities(tatarstan):
    assert len(tatarstan) == 45
    assert Counter(m.kind for m in tatarstan) == {"муниципальный район": 43, "городской округ": 2}
    assert [m.canonical for m in tatarstan if not m.centre_tells] == ["Тукаевский"]


def test_each_district_of_our_list_has_settlements_and_codes(tatarstan):
    districts = [m for m in tatarstan if m.kind == "муниципальный район"]
    assert [m.canonical for m in districts if len(m.settlements) < 10] == []
    assert [m.canonical for m in tatarstan if not m.codes] == []


@pytest.mark.parametrize("column", ["settlements", "codes", "aliases"])
def test_no_name_of_our_list_tells_two_municipalities(tatarstan, column):
    names = Counter(fold(name) for m in tatarstan for name in set(getattr(m, column)))
    assert [name for name, times in names.items() if times > 1] == []


def test_a_settlement_of_our_list_is_no_centre(tatarstan):
    centres = {fold(m.centre) for m in tatarstan}
    assert [s for m in tatarstan for s in m.settlements if fold(s) in centres] == []


ROSTER = [
    ["Муниципалитет", "Наименование организации", "Вид", "Другие названия"],
    ["Арский", "МБОУ «Арская СОШ №1»", "школа", "СОШ 1; Арская школа"],
    [None, None, None, None],
    ["буинский муниципальный район", "Детский сад №7", "детский сад", ""],
    ["Казань", "КРМК", "колледж", None],
]


def test_a_roster_is_read_with_russian_headings(tatarstan):
    found = load_organisations(ROSTER, tatarstan)
    assert [(o.municipality, o.name, o.kind, o.aliases) for o in found] == [
        ("Арский", "МБОУ «Арская СОШ №1»", "school", ("СОШ 1", "Арская школа")),
        ("Буинский", "Детский сад №7", "kindergarten", ()),
        ("Казань", "КРМК", "college", ()),
    ]


def test_a_roster_needs_municipality_and_name_alone(tatarstan):
    (one,) = load_organisations([["name", "municipality"], ["СОШ №1", "Арский район"]], tatarstan)
    assert (one.municipality, one.name, one.kind) == ("Арский", "СОШ №1", "other")


BROKEN_ROSTERS = [
    ([], "line 1: no column municipality, name"),
    ([["name"]], "line 1: no column municipality"),
    ([["name", "municipality"], ["СОШ №1", "Московский"]], "line 2: «Московский» is no municipality of the directory"),
    ([["name", "municipality"], ["", "Арский"]], "line 2: name is empty"),
    ([["name", "municipality", "kind"], ["СОШ №1", "Арский", "завод"]], "line 2: «завод» is no kind of organisation"),
]


@pytest.mark.parametrize(("rows", "message"), BROKEN_ROSTERS)
def test_a_wrong_roster_is_named_by_line(tatarstan, rows, message):
    with pytest.raises(DirectoryError) as error:
        load_organisations(rows, tatarstan)
    assert str(error.value) == message
