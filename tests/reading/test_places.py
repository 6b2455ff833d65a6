"""Which municipality a reply speaks for: what is stated, where, and what contradicts what."""

from functools import lru_cache
from importlib.resources import files

import pytest

from mailbot.domain.directory import Directory, Organisation
from mailbot.reading.who.directory_file import load_municipalities
from mailbot.reading.who.places import PlaceSource, SourceRole, place_of, resolve

BODY, SIGNATURE, LETTERHEAD, ATTACHMENT = (
    SourceRole.BODY,
    SourceRole.SIGNATURE,
    SourceRole.LETTERHEAD,
    SourceRole.ATTACHMENT,
)
SUBJECT, SENDER, SHEET, FILE, ADDRESS = (
    SourceRole.SUBJECT,
    SourceRole.SENDER_NAME,
    SourceRole.SHEET,
    SourceRole.ATTACHMENT_NAME,
    SourceRole.ADDRESS,
)


@lru_cache
def tatarstan():
    text = (files("mailbot") / "data" / "municipalities.csv").read_text("utf-8")
    return Directory(municipalities=load_municipalities(text))


def answer(*sources):
    return resolve([PlaceSource(role, text) for role, text in sources], tatarstan())


FOUND = [
    # one source
    ([(BODY, "По Буинскому району: ВК 34")], "Буинский"),
    ([(SIGNATURE, "Методист, Муслюмовский район")], "Муслюмовский"),
    ([(LETTERHEAD, "Исполнительный комитет Арского муниципального района")], "Арский"),
    ([(ATTACHMENT, "Отчёт по Заинскому району")], "Заинский"),
    ([(SUBJECT, "Подписка, Азнакаево")], "Азнакаевский"),
    ([(SENDER, "РОО Балтаси")], "Балтасинский"),
    ([(SHEET, "Камское Устье")], "Камско-Устьинский"),
    ([(FILE, "Бавлы подписка")], "Бавлинский"),
    ([(ADDRESS, "roo.almet@tatar.ru")], "Альметьевский"),
    ([(BODY, "e-mail: sch5.bui@tatar.ru")], "Буинский"),
    # agreement of several
    ([(BODY, "г. Буинск"), (SIGNATURE, "Буинский район"), (ADDRESS, "uo.buinsk@tatar.ru")], "Буинский"),
    ([(BODY, "пгт Джалиль"), (SUBJECT, "Сармановский район")], "Сармановский"),
    # the office's city is not the district
    ([(LETTERHEAD, "Тукаевский муниципальный район, г. Набережные Челны, пр. Мира")], "Тукаевский"),
    ([(BODY, "Тукаевский район"), (SIGNATURE, "г. Набережные Челны")], "Тукаевский"),
    ([(BODY, "МБОУ СОШ, с. Кузкеево"), (SIGNATURE, "Набережные Челны")], "Тукаевский"),
    ([(BODY, "г. Набережные Челны, МБОУ СОШ №30")], "Набережные Челны"),
    ([(BODY, "Высокогорский район"), (SIGNATURE, "420000, г. Казань, ул. Мира")], "Высокогорский"),
    ([(BODY, "с. Столбище"), (SIGNATURE, "г. Казань")], "Лаишевский"),
    ([(BODY, "Советский район г. Казани"), (SIGNATURE, "ул. Альметьевская, 3")], "Казань"),
    ([(BODY, "Советский район г. Казани, учимся вместе с с. Шали")], "Казань"),
    # a place that the sender is only at
    (
        [(BODY, "По району 300 человек. Методист на семинаре в Казани."), (ADDRESS, "roo.almet@tatar.ru")],
        "Альметьевский",
    ),
    ([(BODY, "Пишу из Казани, я на курсах. Буинский район")], "Буинский"),
    ([(BODY, "Мы на экскурсии в Болгаре, отвечаю с телефона. МБОУ «Апастовская СОШ»")], "Апастовский"),
    # the name of an organisation is weaker than a statement
    ([(BODY, "МБОУ «Кайбицкая ООШ»: 24"), (SIGNATURE, "Буинский район")], "Буинский"),
    ([(BODY, "Буинский муниципальный район\nМБОУ «Кайбицкая ООШ»")], "Буинский"),
    ([(BODY, "МБОУ «Нурлатская СОШ»"), (SUBJECT, "Буинск")], "Буинский"),
    ([(BODY, "МБОУ «Кузкеевская СОШ»")], "Тукаевский"),
    ([(SENDER, "МБОУ «Апастовская СОШ»"), (ADDRESS, "apsosh2012@yandex.ru")], "Апастовский"),
    ([(BODY, "МБОУ «Большеатнинская гимназия»"), (ADDRESS, "gimn.atn@tatar.ru")], "Атнинский"),
    ([(BODY, "Кайбицкая ООШ\nРунгинская СОШ"), (ADDRESS, "uo.buinsk@tatar.ru")], "Буинский"),
    # a file's own text comes before its name
    ([(ATTACHMENT, "Арский район"), (FILE, "свод Буинск")], "Арский"),
    ([(SUBJECT, "Арск"), (FILE, "свод")], "Арский"),
    # one of several
    ([(BODY, "Агрызский\nАрский\nБуинский\nЧистопольский 34"), (SENDER, "Чистополь УО")], "Чистопольский"),
    ([(BODY, "Агрызский\nАрский\nЧистопольский 34"), (ADDRESS, "chistopol-uo@yandex.ru")], "Чистопольский"),
    ([(BODY, "вместе с Арским районом"), (SIGNATURE, "")], "Арский"),
    # a district that the text states, from another's mailbox
    ([(BODY, "Буинский район"), (ADDRESS, "roo.almet@tatar.ru")], "Буинский"),
    ([(SENDER, "Отдел образования Буинского района"), (ADDRESS, "roo.almet@tatar.ru")], "Буинский"),
    # a settlement beside a district
    ([(BODY, "Буинский район, с. Кузкеево")], "Буинский"),
]


@pytest.mark.parametrize(("sources", "name"), FOUND)
def test_the_municipality_is_what_is_stated_most_firmly(sources, name):
    result = answer(*sources)
    assert (result.municipality, result.conflict, result.candidates) == (name, False, (name,))
    assert result.reason
    assert any(e.mention.municipality == name for e in result.evidence)


CONFLICTS = [
    # the text and the signature, the letterhead, a file
    ([(BODY, "Отдел образования Мамадышского муниципального района"),
      (SIGNATURE, "Управление образования Менделеевского муниципального района")], {"Мамадышский", "Менделеевский"}),
    ([(BODY, "Буинский район"), (SIGNATURE, "г. Чистополь")], {"Буинский", "Чистопольский"}),
    ([(BODY, "г. Буинск"), (LETTERHEAD, "Апастовский муниципальный район")], {"Буинский", "Апастовский"}),
    ([(BODY, "Буинский район"), (ATTACHMENT, "Апастовский район")], {"Буинский", "Апастовский"}),
    # the text and the subject or the sender's name
    ([(BODY, "Буинский район"), (SUBJECT, "Апастовский район")], {"Буинский", "Апастовский"}),
    ([(BODY, "Буинский район"), (SENDER, "РОО Апастово")], {"Буинский", "Апастовский"}),
    ([(SUBJECT, "Буинск"), (SENDER, "РОО Апастово")], {"Буинский", "Апастовский"}),
    ([(BODY, "По Тюлячинскому району 512 человек.\nОтдел образования исполнительного комитета Сабинского района")],
     {"Тюлячинский", "Сабинский"}),
    # several, and nothing that chooses
    ([(BODY, "Буинский район, Апастовский район")], {"Буинский", "Апастовский"}),
    ([(BODY, "Буинский и Апастовский районы"), (ADDRESS, "roo.almet@tatar.ru")], {"Буинский", "Апастовский"}),
    # a town only, and another's address
    ([(BODY, "По району 300 человек. Казань, 16 августа."), (ADDRESS, "roo.almet@tatar.ru")],
     {"Казань", "Альметьевский"}),
    ([(BODY, "Встречались в Чистополе"), (ADDRESS, "roo.nsh@tatar.ru")], {"Чистопольский", "Новошешминский"}),
    # an organisation's name, and another's address
    ([(BODY, "МБОУ «Нурлатская СОШ»"), (ADDRESS, "uo.buinsk@tatar.ru")], {"Нурлатский", "Буинский"}),
    ([(BODY, "Рунгинская СОШ, Кузкеевская СОШ")], {"Буинский", "Тукаевский"}),
    # a settlement in the text, a district in the subject
    ([(BODY, "с. Кузкеево"), (SUBJECT, "Буинский район")], {"Тукаевский", "Буинский"}),
    ([(BODY, "с. Кузкеево и д. Рунга")], {"Тукаевский", "Буинский"}),
]  # fmt: skip


@pytest.mark.parametrize(("sources", "names"), CONFLICTS)
def test_statements_that_are_equally_firm_and_differ_are_for_a_person(sources, names):
    result = answer(*sources)
    assert (result.municipality, result.conflict) == (None, True)
    assert set(result.candidates) == names
    assert all(name in result.reason for name in names)


UNKNOWN = [
    [(BODY, "МБОУ «СОШ №1»: ВК 36"), (SENDER, "Анна М."), (ADDRESS, "anna.m.school@gmail.com")],
    [(BODY, "Детский сад «Солнышко»")],
    [(BODY, "ул. Казанская, 5"), (SIGNATURE, "Арский И.И.")],
    [],
]


@pytest.mark.parametrize("sources", UNKNOWN)
def test_where_nothing_tells_nothing_is_guessed(sources):
    result = answer(*sources)
    assert (result.municipality, result.conflict, result.candidates) == (None, False, ())


def test_an_address_that_disagrees_is_told_in_the_reason():
    result = answer((BODY, "Буинский район"), (ADDRESS, "roo.almet@tatar.ru"))
    assert "Альметьевский" in result.reason


def test_the_order_of_sources_does_not_matter():
    sources = [(ADDRESS, "roo.almet@tatar.ru"), (SIGNATURE, "Буинский район"), (BODY, "МБОУ «Нурлатская СОШ»")]
    assert answer(*sources).municipality == answer(*sources[::-1]).municipality == "Буинский"


def test_a_roster_tells_whose_an_organisation_is():
    roster = (
        Organisation(municipality="Буинский", name="МБДОУ «Детский сад «Айгуль»"),
        Organisation(municipality="Буинский", name="МБОУ «Лицей №2»"),
        Organisation(municipality="Арский", name="МБОУ «Лицей №2»"),
    )
    directory = Directory(municipalities=tatarstan().municipalities, organisations=roster)
    told = resolve([PlaceSource(BODY, "детский сад Айгуль: ВК 33")], directory)
    assert told.municipality == "Буинский"
    assert resolve([PlaceSource(BODY, "Лицей №2: ВК 33")], directory).municipality is None


CELLS = [
    ("Кукморский", "Кукморский"),
    ("Кукморский муниципальный район", "Кукморский"),
    ("г.Казань", "Казань"),
    ("Казань", "Казань"),
    ("Наб. Челны", "Набережные Челны"),
    ("МБОУ «Нурлатская СОШ», Буинский район", "Буинский"),
    ("Арский и Атнинский районы", None),
    ("Итого", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "name"), CELLS)
def test_a_cell_names_one_municipality_or_none(text, name):
    assert place_of(text, tatarstan()) == name
