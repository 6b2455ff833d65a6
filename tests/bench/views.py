"""How long the public views take with 4,000 organisations and 20,000 messages, on SQLite and on Postgres.

    python -m tests.bench.views [--explain] [--organisations 4000] [--messages 20000]

For each query four times, each the best of nine. «answer»: the whole answer made inside the database, every column of
every row, none of it sent (Postgres: EXPLAIN ANALYZE with TIMING OFF; SQLite: a count of each column). «CPU»: the time
that its process had a processor for that, which is «answer» on a machine that does nothing else. «first 500»: as a
person looks, 500 rows fetched by Python. «all»: every row fetched by Python. What must hold is that each view's answer
takes under 100 ms, and for views without a line for each figure or message that ever came, all of it fetched too.
`--explain` prints the plans.
"""

from __future__ import annotations

import argparse
import math
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from mailbot.domain.directory import Directory, Municipality
from mailbot.store import current, schema, views
from mailbot.store.tables import (
    Base,
    CaseRow,
    EvidenceRow,
    FigureRow,
    FindingRow,
    FolderRow,
    LocationRow,
    MessageRow,
    MunicipalityRow,
    OrganisationRow,
    RawMessageRow,
    ReportRow,
)
from tests.servers.databases import Database, postgres_database, sqlite_database
from tests.servers.postgres import find_programs, running_postgres
from tests.store.builders import DEADLINE, NOW, set_up

MUNICIPALITIES = tuple(
    Municipality(canonical=f"Район {number:02}", kind="муниципальный район", centre="") for number in range(45)
)
LIMIT = 0.1
REPEATS = 9
WHOLE = [(name, f"SELECT * FROM {name}") for name in views.VIEW_NAMES]
LOGS = ("figure_history", "message_log")
"""Views with a line for each figure and message that ever came: to fetch all of it takes as long as its bytes do."""
PAGE = 500
PARTS = [
    ("message_log, the last 500", "SELECT * FROM message_log ORDER BY message_id DESC LIMIT 500"),
    ("message_log, one message", "SELECT * FROM message_log WHERE message_id = 777"),
    ("message_log, by status", "SELECT status, count(*) AS messages FROM message_log GROUP BY status"),
    ("figure_history, the last 500", "SELECT * FROM figure_history ORDER BY figure_id DESC LIMIT 500"),
    ("figure_history, counted by state", "SELECT state, count(*) AS figures FROM figure_history GROUP BY state"),
    ("figure_history, one municipality", "SELECT * FROM figure_history WHERE municipality = 'Район 07'"),
    (
        "figure_history, one organisation",
        "SELECT * FROM figure_history WHERE organisation = 'МБОУ «Средняя школа № 77»'",
    ),
    ("figure_history, one message", "SELECT * FROM figure_history WHERE message_id = 777"),
    ("current_figures, one municipality", "SELECT * FROM current_figures WHERE municipality = 'Район 07'"),
    ("to_review, the oldest 20", "SELECT * FROM to_review LIMIT 20"),
]


def fill(database: Database, organisations: int, messages: int) -> None:
    """Write `messages` replies as rows: most of one school, some of a whole municipality, with review and rubbish."""
    set_up(database, directory=Directory(municipalities=MUNICIPALITIES))
    dice = random.Random(1)
    with database.sessions.begin() as session:
        folder = FolderRow(mailbox="press", name="INBOX", last_uid=messages, uidvalidity=1)
        session.add(folder)
        places = list(session.scalars(select(MunicipalityRow.id).order_by(MunicipalityRow.position)))
        session.add_all(
            OrganisationRow(municipality_id=places[n % 45], key=f"{n}", name=f"МБОУ «Средняя школа № {n}»")
            for n in range(organisations)
        )
        session.flush()
        schools = session.execute(
            select(OrganisationRow.municipality_id, OrganisationRow.id).order_by(OrganisationRow.id)
        ).all()
        replies = [_reply(dice, number, schools) for number in range(1, messages + 1)]
        for table, rows in _rows(replies, folder.id, dice).items():
            session.execute(insert(table), rows)
        current.rebuild(session)


@dataclass(frozen=True)
class Reply:
    """A reply: number of the message, status, municipality, organisation (None: the municipality as a whole)."""

    number: int
    status: str
    municipality: int
    organisation: int | None


def _reply(dice: random.Random, number: int, schools: list[tuple[int, int]]) -> Reply:
    municipality, organisation = schools[number % len(schools)]
    status = dice.choices(("accepted", "review", "ignored"), (80, 5, 15))[0]
    return Reply(number, status, municipality, None if dice.random() < 0.02 else organisation)


def _rows(replies: list[Reply], folder: int, dice: random.Random) -> dict[type[Base], list[dict[str, Any]]]:
    """The rows that receiving and reading these replies would have written."""
    told = [reply for reply in replies if reply.status != "ignored"]
    reviewed = [reply for reply in replies if reply.status == "review"]
    figures = [(reply.number, field) for reply in told for field in ("vk", "instagram", "ok")]
    return {
        MessageRow: [_message(reply, folder) for reply in replies],
        RawMessageRow: [{"message_id": reply.number, "raw": b"x" * 500} for reply in replies],
        LocationRow: [
            {"message_id": r.number, "folder_id": folder, "uidvalidity": 1, "uid": r.number, "landed_at": NOW, "gone": False}
            for r in replies
        ],
        ReportRow: [
            {"id": r.number, "message_id": r.number, "position": 0, "kind": "report", "organisation_name": r.organisation and f"МБОУ «Средняя школа № {r.organisation}»",
             "municipality_id": r.municipality, "organisation_id": r.organisation}
            for r in told
        ],
        FigureRow: [
            {"id": n, "report_id": report, "field": field, "value": dice.randrange(60)}
            for n, (report, field) in enumerate(figures, 1)
        ],
        FindingRow: [
            {"message_id": r.number, "position": 0, "code": "total_mismatch", "severity": "blocks", "message": "Итого."}
            for r in reviewed
        ],
        CaseRow: [
            {"message_id": r.number, "state": "open", "reason": "total_mismatch", "explanation": "И.", "opened_at": NOW}
            for r in reviewed
        ],
        EvidenceRow: [
            {"figure_id": n, "position": 0, "locator": "svod.xlsx!Лист1!C7", "snippet": "35"}
            for n in range(1, len(figures) + 1)
        ],
    }  # fmt: skip


def _message(reply: Reply, folder: int) -> dict[str, Any]:
    return {
        "id": reply.number,
        "status": reply.status,
        "reader_status": reply.status,
        "kind": "other" if reply.status == "ignored" else "report",
        "sender_name": "Школа",
        "sender_address": f"school{reply.number % 4000}@example.org",
        "subject": "О количестве подписчиков",
        "sent_at": DEADLINE - timedelta(days=4) + timedelta(seconds=17 * reply.number),
        "sent_at_source": "internaldate",
        "landed_at": NOW,
        "size": 500,
        "sha256": f"{reply.number:064x}",
        "queued": False,
        "folder_id": folder,
        "report_count": 0 if reply.status == "ignored" else 1,
    }


@dataclass(frozen=True)
class Measured:
    """A query's name, how many rows it gives, and seconds: inside the database, on a processor, the first 500 rows, all."""

    name: str
    rows: int
    answer: float
    cpu: float
    first: float
    whole: float

    @property
    def promised(self) -> float:
        """The longest of what must be under the limit: the answer, its first page, and all of it but for the logs."""
        return max(min(self.answer, self.cpu), self.first, 0 if self.name.startswith(LOGS) else self.whole)


def measure(database: Database, *, explain: bool) -> Iterator[Measured]:
    """Time each query."""
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    with database.reading() as session:
        connection = session.connection()
        for name, query in (*WHOLE, *PARTS):
            if explain:
                print_plan(connection, name, query)
            page = query if "LIMIT" in query else f"{query} LIMIT {PAGE}"
            rows = len(connection.exec_driver_sql(query).all())
            answer, cpu = answer_time(connection, query)
            yield Measured(name, rows, answer, cpu, fetch_time(connection, page), fetch_time(connection, query))


def fetch_time(connection: Connection, query: str) -> float:
    """Seconds until Python has all the rows, the best of nine."""
    best = math.inf
    for _ in range(REPEATS):
        begun = time.perf_counter()
        connection.exec_driver_sql(query).all()
        best = min(best, time.perf_counter() - begun)
    return best


def answer_time(connection: Connection, query: str) -> tuple[float, float]:
    """Seconds until the database has made every column of every row, and those on a processor; nothing is sent."""
    if connection.dialect.name == "sqlite":
        names = connection.exec_driver_sql(f"{query}{'' if 'LIMIT' in query else ' LIMIT 1'}").keys()
        inside = f"SELECT {', '.join(f'count({name})' for name in names)} FROM ({query})"
        cpu = math.inf
        for _ in range(REPEATS):
            begun = time.thread_time()
            connection.exec_driver_sql(inside).all()
            cpu = min(cpu, time.thread_time() - begun)
        return fetch_time(connection, inside), cpu
    explain = f"EXPLAIN (ANALYZE, TIMING OFF) {query}"
    process = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    best = cpu = math.inf
    for _ in range(REPEATS):
        begun = _on_processor(process)
        said = str(connection.exec_driver_sql(explain).all()[-1][0])  # Execution Time: 12.3 ms
        best, cpu = min(best, float(said.split()[2]) / 1000), min(cpu, _on_processor(process) - begun)
    return best, cpu


def _on_processor(process: int) -> float:
    """Seconds that a process had a processor for, as Linux counts them."""
    return int(Path(f"/proc/{process}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9


def print_plan(connection, name, query):
    """The database's own account of how it answers."""
    sqlite = connection.dialect.name == "sqlite"
    plan = connection.exec_driver_sql(("EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN ANALYZE ") + query).all()
    print(f"\n-- {name} ({connection.dialect.name})")  # noqa: T201 - a script's output
    for line in plan:
        print("  ", line[-1])  # noqa: T201 - a script's output


def main() -> None:
    """Measure both databases and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--explain", action="store_true", help="print the plans")
    parser.add_argument("--organisations", type=int, default=4000)
    parser.add_argument("--messages", type=int, default=20000)
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        databases = [stack.enter_context(sqlite_database(folder / "bench.db"))]
        programs = find_programs()
        if programs is None:
            print("Postgres is not installed: SQLite alone")  # noqa: T201 - a script's output
        else:
            server = stack.enter_context(running_postgres(programs))
            databases.append(stack.enter_context(postgres_database(server)))
        for database in databases:
            schema.upgrade(database.engine)
            begun = time.perf_counter()
            fill(database, given.organisations, given.messages)
            print(f"{database.kind}: filled in {time.perf_counter() - begun:.0f} s")  # noqa: T201 - a script's output
            print(f"{database.kind:10} {'ms':36} {'rows':>7} {'answer':>8} {'CPU':>8} {'first 500':>9} {'all':>8}")  # noqa: T201 - a script's output
            for each in measure(database, explain=given.explain):
                times = f"{each.answer * 1000:8.1f} {each.cpu * 1000:8.1f} {each.first * 1000:9.1f} {each.whole * 1000:8.1f}"
                verdict = "  over 100 ms" if each.promised >= LIMIT else ""
                print(f"{database.kind:10} {each.name:36} {each.rows:7} {times}{verdict}")  # noqa: T201 - a script's output


if __name__ == "__main__":
    main()
