"""What mailbot is measured against: the least programs that do the same work, without its promises."""

from __future__ import annotations

import email
import email.header
import imaplib
import io
import json
import sqlite3
import ssl
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench.measure import Stopwatch


def log_in(at: dict[str, Any], folder: str) -> tuple[imaplib.IMAP4_SSL, int]:
    """A client on the folder, read-only, and how many messages it holds."""
    context = ssl.create_default_context(cafile=at["ca"])
    client = imaplib.IMAP4_SSL(at["host"], at["port"], ssl_context=context, timeout=60)
    quoted = at["password"].replace("\\", "\\\\").replace('"', '\\"').encode()
    client.authenticate("PLAIN", lambda _: b"\0" + at["user"].encode() + b"\0" + quoted)
    _, data = client.select(f'"{folder}"', readonly=True)
    return client, int(data[0] or 0)


def fetched(client: imaplib.IMAP4_SSL, count: int, batch: int) -> Iterator[bytes]:
    """All messages, raw, `batch` in each command."""
    for first in range(1, count + 1, batch):
        _, data = client.fetch(f"{first}:{min(count, first + batch - 1)}", "(UID BODY.PEEK[])")
        yield from (item[1] for item in data if isinstance(item, tuple))


def fetch_and_drop(at: dict[str, Any], folder: str, batch: int) -> dict[str, Any]:
    """Fetch a folder with imaplib in batches and drop it."""
    client, count = log_in(at, folder)
    watch = Stopwatch()
    messages = size = 0
    for raw in fetched(client, count, batch):
        messages, size = messages + 1, size + len(raw)
    return watch.stop(messages=messages, bytes=size)


def lean(at: dict[str, Any], folder: str, batch: int) -> dict[str, Any]:
    """The cells of every .xlsx in a database, with no understanding at all: imaplib, the standard MIME, calamine, SQL."""
    import python_calamine  # noqa: PLC0415 - before the watch starts

    client, count = log_in(at, folder)
    with TemporaryDirectory() as scratch:
        watch = Stopwatch()
        database = sqlite3.connect(Path(scratch) / "lean.db", isolation_level=None)
        for line in ("pragma journal_mode = wal", "pragma synchronous = full"):
            database.execute(line)
        database.execute("create table mails (id text unique, sender text, subject text, date text)")
        database.execute("create table cells (mail text, position integer, data text)")
        mails: list[tuple[str, ...]] = []
        cells: list[tuple[str, int, str]] = []
        total = 0
        for number, raw in enumerate(fetched(client, count, batch), 1):
            mail = email.message_from_bytes(raw)
            subject = str(email.header.make_header(email.header.decode_header(mail["subject"])))
            mails.append((mail["message-id"], mail["from"], subject, mail["date"]))
            for part in mail.walk():
                if part.get_content_type().endswith("sheet"):
                    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(part.get_payload(decode=True)))
                    head, *rows = book.get_sheet_by_index(0).to_python()
                    cells += [
                        (mail["message-id"], n, json.dumps(dict(zip(head, row, strict=False)), ensure_ascii=False))
                        for n, row in enumerate(rows)
                    ]
            if number % batch == 0 or number == count:
                total += len(cells)
                database.execute("begin immediate")
                database.executemany("insert into mails values (?, ?, ?, ?)", mails)
                database.executemany("insert into cells values (?, ?, ?)", cells)
                database.execute("commit")
                mails, cells = [], []
        return watch.stop(messages=count, rows=total)
