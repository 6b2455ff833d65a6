"""The public views: right against an independent ledger, and the same on both databases."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from mailbot.domain.directory import Organisation
from mailbot.store import views
from mailbot.store.decisions import Decision, decide
from mailbot.store.organisations import same_organisation
from mailbot.store.receiving import import_file, record_counts
from mailbot.store.tables import Base, MunicipalityRow, OrganisationRow
from tests.store import ledger
from tests.store.builders import (
    CAMPAIGN,
    DEADLINE,
    DIRECTORY,
    NOW,
    answer,
    finding,
    landed,
    raw_mail,
    read_all,
    reading,
    report,
    set_up,
)

NAMES = ["Арский", "Ютазинский", "Бавлинский"]
SILENT = tuple(Organisation(municipality="Арский", name=name) for name in ("Ёлка", "елка", "Яблоня", "A", "я"))
START = DEADLINE - timedelta(hours=40)


def reply_with(database, reply):
    reports = [
        report(
            row.municipality,
            row.organisation,
            {name: value for name, value in row.values.items() if name in ledger.AUDIENCE},
            **{name: value for name, value in row.values.items() if name in ledger.FIGURES},
        )
        for row in reply.rows
    ]
    findings = (finding(),) if reply.status == "review" else ()
    answer(database, *reports, when=reply.sent_at, status=reply.status, kind=reply.kind, findings=findings)


def view(database, name):
    with database.reading() as session:
        return [dict(row) for row in views.read(session, name)]


def yes_no(condition):
    return "yes" if condition else "no"


def columns(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


def sort_key(who):
    municipality, organisation = who
    return NAMES.index(municipality), organisation or ""


@pytest.mark.parametrize("seed", [1, 2])
def test_the_views_agree_with_a_ledger_kept_independently(database, seed):
    set_up(database)
    replies = ledger.random_replies(seed, NAMES, START, 40)
    for reply in replies:
        reply_with(database, reply)
    book = ledger.standing(replies)
    assert view(database, "current_figures") == expected_figures(book)
    assert view(database, "municipality_summary") == expected_summary(book, replies)
    assert columns(view(database, "below_quota"), "municipality", "organisation", "people_at_most", "short_by") == [
        (*who, most, ledger.QUOTA - most)
        for who, entry in sorted(book.items(), key=lambda item: sort_key(item[0]))
        for _, most in [ledger.bounds(entry.values)]
        if who[1] is not None and ledger.verdict(entry.values) == "missed"
    ]
    assert columns(view(database, "not_answered"), "municipality", "organisation") == [
        (name, None) for name in NAMES if not any(who[0] == name for who in book)
    ]
    assert columns(view(database, "to_review"), "message_id") == [
        (number,) for number, reply in enumerate(replies, 1) if reply.status == "review"
    ]
    check_history(view(database, "figure_history"), replies, book)


def expected_figures(book):
    return [
        {
            "municipality": who[0],
            "organisation": who[1],
            **{name: entry.values.get(name) for name in (*ledger.FIGURES, *ledger.AUDIENCE)},
            "people_at_least": ledger.bounds(entry.values)[0],
            "people_at_most": ledger.bounds(entry.values)[1],
            "quota": None if who[1] is None else ledger.verdict(entry.values),
            "sent_at": entry.replies[-1][1],
            "on_time": yes_no(entry.replies[-1][1] <= DEADLINE),
            "first_sent_at": entry.replies[0][1],
            "statements": len(entry.replies),
            "sender_address": "",
            "message_id": entry.replies[-1][0],
        }
        for who, entry in sorted(book.items(), key=lambda item: sort_key(item[0]))
    ]


def expected_summary(book, replies):
    return [expected_line(name, {w[1]: e for w, e in book.items() if w[0] == name}, replies) for name in NAMES]


def expected_line(name, entries, replies):
    schools = [entry for who, entry in entries.items() if who is not None]
    own = entries[None].values if None in entries else {}
    first = min((entry.replies[0][1] for entry in entries.values()), default=None)
    line = {
        "municipality": name,
        "kind": "муниципальный район",
        "answered": yes_no(entries),
        "first_sent_at": first,
        "last_sent_at": max((entry.replies[-1][1] for entry in entries.values()), default=None),
        "on_time": None if first is None else yes_no(first <= DEADLINE),
        "late": sum(entry.replies[-1][1] > DEADLINE for entry in entries.values()),
        "organisations": len(schools),
        "organisations_asked": None,
    }
    differing = []
    for field in ledger.FIGURES:
        given = [entry.values[field] for entry in schools if field in entry.values]
        total = sum(given) if given else None
        line |= {field: own.get(field, total), f"{field}_stated": own.get(field), f"{field}_organisations": total}
        if field in own and total is not None and own[field] != total:
            differing.append(field)
    line["differs"] = ", ".join(differing) or None
    verdicts = [ledger.verdict(entry.values) for entry in schools]
    for word in ("met", "missed", "cannot tell", "no data"):
        line[f"quota_{word.replace(' ', '_')}"] = verdicts.count(word)
    line["to_review"] = sum(r.status == "review" and any(row.municipality == name for row in r.rows) for r in replies)
    return line


def check_history(history, replies, book):
    stated = [
        (row.municipality, row.organisation, field, value, number)
        for number, reply in enumerate(replies, 1)
        for row in reply.rows
        for field, value in row.values.items()
    ]
    assert sorted(map(str, columns(history, "municipality", "stated_name", "field", "value", "message_id"))) == sorted(
        map(str, stated)
    )
    current = [row for row in history if row["state"] == "current"]
    assert {(row["municipality"], row["organisation"], row["field"]): row["value"] for row in current} == {
        (*who, field): value for who, entry in book.items() for field, value in entry.values.items()
    }
    assert len(current) == sum(len(entry.values) for entry in book.values())
    counted = {number for number, reply in enumerate(replies, 1) if reply.status == "accepted"}
    assert {row["message_id"] for row in history if row["state"] == "not counted"}.isdisjoint(counted)


def test_both_databases_show_the_same_in_every_view(sqlite_database, postgres_database):
    both = sqlite_database, postgres_database
    for database in both:
        set_up(database, directory=DIRECTORY.model_copy(update={"organisations": SILENT}))
        for reply in ledger.random_replies(7, NAMES, START, 25):
            reply_with(database, reply)
        with database.sessions.begin() as session:
            decide(session, 1, Decision("reject", "Гульчачак", "console"), NOW)
            decide(session, 2, Decision("set", "Гульчачак", "reply", reports=(report("Арский", vk=1),)), NOW)
            query = select(OrganisationRow.id).join(
                MunicipalityRow, MunicipalityRow.id == OrganisationRow.municipality_id
            )
            main, other, *_ = session.scalars(
                query.where(MunicipalityRow.name == "Арский").order_by(OrganisationRow.id)
            )
            same_organisation(session, other, main)
            landed(session, b"Message-ID: <same@example.org>\r\n\r\nx", uid=901)
            landed(session, b"Message-ID: <same@example.org>\r\n\r\nx", uid=1, folder="Спам")
            import_file(session, "archive.mbox", b"Message-ID: <file@example.org>\r\n\r\nx", NOW)
            record_counts(session, "press", "INBOX", 1, 1, NOW, uids=[901])
    for name in views.VIEW_NAMES:
        ours, theirs = (view(database, name) for database in both)
        assert ours, f"{name} shows nothing: the comparison is empty"
        assert list(map(typed, ours)) == list(map(typed, theirs)), name


def typed(row):
    """The values with their types: 1, True, 1.0 and Decimal(1) are equal in Python. Sizes are chance here."""
    return [(name, type(value), value) for name, value in row.items() if name != "size"]


def test_a_city_s_own_figure_and_its_schools_are_never_added(database):
    set_up(database)
    answer(database, report("Арский", vk=100), report("Арский", "Школа", vk=60, ok=5), report("Арский", "Лицей", vk=50))
    (line, *_) = view(database, "municipality_summary")
    assert (line["vk"], line["vk_stated"], line["vk_organisations"], line["differs"]) == (100, 100, 110, "vk")
    assert (line["ok"], line["ok_stated"], line["ok_organisations"]) == (5, None, 5)


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({"vk": 30}, "met"),
        ({"vk": 29}, "missed"),
        ({"vk": 10, "ok": 10, "instagram": 9}, "missed"),
        ({"vk": 10, "ok": 10, "instagram": 10}, "cannot tell"),
        ({"vk": 29, "ok": 29}, "cannot tell"),
        ({"vk": 35, "total": 29}, "missed"),
        ({"vk": 5, "total": 30}, "met"),
        ({"vk": 0}, "missed"),
    ],
)
def test_the_quota(sqlite_database, figures, expected):
    set_up(sqlite_database)
    answer(sqlite_database, report("Арский", "Школа", **figures))
    assert columns(view(sqlite_database, "current_figures"), "quota") == [(expected,)]


def test_on_time_is_to_the_second_of_the_deadline(database):
    set_up(database)
    answer(database, report("Арский", vk=1), when=DEADLINE)
    answer(database, report("Бавлинский", vk=1), when=DEADLINE + timedelta(seconds=1))
    assert columns(view(database, "current_figures"), "on_time") == [("yes",), ("no",)]


def test_a_late_correction_is_shown_and_the_answer_stays_on_time(database):
    set_up(database)
    answer(database, report("Арский", vk=1))
    answer(database, report("Арский", vk=2), when=DEADLINE + timedelta(days=1), kind="correction")
    assert columns(view(database, "municipality_summary"), "on_time", "late")[0] == ("yes", 1)


def test_the_sender_s_own_date_makes_nothing_on_time(database):
    set_up(database)
    with database.sessions.begin() as session:
        import_file(session, "1.eml", raw_mail(), NOW)
        read_all(session, reading(report("Арский", vk=1), date=DEADLINE - timedelta(days=5)))
    assert columns(view(database, "current_figures"), "on_time", "sent_at") == [(None, DEADLINE - timedelta(days=5))]
    assert columns(view(database, "municipality_summary"), "answered", "on_time")[0] == ("yes", None)


def test_a_reply_under_review_is_no_answer_but_is_pointed_to(database):
    set_up(database)
    answer(database, report("Арский", "Школа", vk=1), status="review", findings=(finding(),))
    assert columns(view(database, "not_answered"), "municipality", "to_review") == [
        ("Арский", 1),
        ("Ютазинский", 0),
        ("Бавлинский", 0),
    ]


def test_before_the_campaign_is_known_the_views_are_there_and_empty(database):
    assert {name: view(database, name) for name in views.VIEW_NAMES} == {name: [] for name in views.VIEW_NAMES}


def test_a_view_that_was_removed_by_hand_is_made_anew_and_an_unchanged_one_is_left_alone(database):
    set_up(database)
    with database.engine.begin() as connection:
        assert not views.refresh(connection)
        connection.exec_driver_sql("DROP VIEW below_quota")
    with database.engine.begin() as connection:
        assert views.refresh(connection)
    assert view(database, "below_quota") == []


def test_no_such_view(database):
    with pytest.raises(KeyError), database.reading() as session:
        views.read(session, "nonsense")


def test_every_column_says_what_it_means():
    for definition in views.definitions(views.fields_of(CAMPAIGN)):
        assert definition.comment
        assert definition.order
        assert all(column.comment for column in definition.columns)


def test_postgres_has_the_comments(postgres_database):
    set_up(postgres_database)
    with postgres_database.engine.connect() as connection:
        query = "SELECT obj_description('{0}'::regclass), col_description('{0}'::regclass, 6)"
        table = connection.exec_driver_sql(query.format("messages")).one()
        made = connection.exec_driver_sql(query.format("current_figures")).one()
    assert table == (
        "Every message that was received, one row each, however many copies lie in the folders",
        "The sender's address (From)",
    )
    assert made[0].startswith("The figures that count now")
    assert made[1] == "People: Всего, 100 %"


BASE_TABLES = frozenset(Base.metadata.tables)
SMALL = frozenset({"campaign", "folders", "municipalities", "organisations", "thermometer_weights", "fields"})
"""Tables of a campaign's own size; the others grow with every message."""


def plan(database, query):
    """SQLite's account of how it answers, a line for each step, the aliases of tables undone."""
    aliases = {
        "main_organisation": "organisations",
        "first_message": "messages",
        "maker": "decisions",
        "corrector": "messages",
    }
    with database.engine.connect() as connection:
        lines = [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}")]
    return [re.sub(r"\b\w+\b", lambda word: aliases.get(word[0], word[0]), line) for line in lines]


@pytest.mark.parametrize("name", views.VIEW_NAMES)
def test_no_view_lacks_an_index(sqlite_database, name):
    """SQLite makes an index for the query where a table that is joined has none: each time anew, over all its rows."""
    set_up(sqlite_database)
    steps = plan(sqlite_database, f"SELECT * FROM {name}")
    made = [re.match(r"(?:SEARCH|SCAN) (\w+) USING AUTOMATIC", step) for step in steps]
    assert not {match[1] for match in made if match} & BASE_TABLES
    assert len(steps) > 3


@pytest.mark.parametrize("name", ["message_log", "figure_history"])
def test_the_first_rows_of_what_grows_come_before_the_last_is_known(sqlite_database, name):
    """In the order of the primary key, so nothing is sorted: a page of 500 costs 500 rows, however many there are."""
    set_up(sqlite_database)
    for query in (f"SELECT * FROM {name}", f"SELECT * FROM {name} WHERE message_id = 7"):
        assert not [step for step in plan(sqlite_database, query) if "ORDER BY" in step]
    scanned = {step.split()[1] for step in plan(sqlite_database, f"SELECT * FROM {name}") if step.startswith("SCAN")}
    assert len(scanned - SMALL) == 1, "more than one table is read from end to end"
