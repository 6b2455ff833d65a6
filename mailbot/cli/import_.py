"""`mailbot import`: mail from files into the database."""

from __future__ import annotations

import mailbox
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from mailbot.cli.application import jobs
from mailbot.cli.exits import Exit
from mailbot.cli.options import with_config, with_debug
from mailbot.service.jobs import Jobs
from mailbot.store.receiving import import_file

COMMITTED_AT_ONCE = 50


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@with_config()
@with_debug
def command(paths: tuple[Path, ...], config: Path) -> Exit:
    """Занести в базу письма из mbox, Maildir, файлов .eml или папок с ними и прочесть их; известные не повторяются."""
    with jobs(config) as made, ExitStack() as boxes, Progress(console=Console(stderr=True)) as progress:
        sources = [source for path in paths for source in _sources(path, boxes)]
        bar = progress.add_task("Письма", total=len(sources))
        new = _store(made, sources, lambda: progress.advance(bar))
        reading = progress.add_task("Чтение", total=new)
        reader = made.reader(lambda count: progress.advance(reading, count))
        try:
            reader.read_waiting()
        finally:
            reader.close()
    click.echo(f"писем в файлах: {len(sources)}, новых: {new}")
    return Exit.OK


Source = tuple[str, Callable[[], bytes]]
"""What a mail is called (the file, and the place in it), and how its bytes are had."""


def _store(made: Jobs, sources: Iterable[Source], done: Callable[[], None]) -> int:
    """Record the mails, some in each transaction; how many were new. Too large ones are told and passed over."""
    new = 0
    for batch in _batched(sources, COMMITTED_AT_ONCE):
        with made.sessions.begin() as session:
            for name, raw_of in batch:
                raw = raw_of()
                if len(raw) > made.settings.limits.message_bytes:
                    click.echo(f"mailbot: {name}: письмо больше предела limits.message_bytes, пропущено", err=True)
                else:
                    _, is_new = import_file(session, name, raw, made.clock())
                    new += is_new
                done()
    return new


def _batched(sources: Iterable[Source], count: int) -> Iterator[list[Source]]:
    """The sources in lists of up to `count`."""
    iterator = iter(sources)
    while batch := list(islice(iterator, count)):
        yield batch


def _sources(path: Path, boxes: ExitStack) -> Iterator[Source]:
    """All mails of a Maildir, of a folder with .eml files, of an .eml file, or of an mbox, which `boxes` will close."""
    if path.is_dir() and (path / "cur").is_dir():
        files = sorted(file for part in ("cur", "new") for file in (path / part).iterdir() if file.is_file())
        yield from ((str(file), file.read_bytes) for file in files)
    elif path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.suffix.lower() == ".eml" and file.is_file())
        yield from ((str(file), file.read_bytes) for file in files)
    elif _is_mbox(path):
        box = mailbox.mbox(path, create=False)
        boxes.callback(box.close)
        yield from ((f"{path}#{key}", partial(box.get_bytes, key)) for key in box.keys())  # noqa: SIM118 - a mailbox iterates over messages
    else:
        yield str(path), path.read_bytes


def _is_mbox(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(5) == b"From "
