"""What a person would look at when the demonstration is over: answers, doubts, files, and a query to try."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from mailbot.demo.folder import CONTACT, Receipt, Rollup
from mailbot.domain.campaign import Campaign
from mailbot.domain.interpretation import FindingCode
from mailbot.rollup.russian import LETTERS, counted
from mailbot.service.jobs import Jobs
from mailbot.store.tables import FindingRow, FolderRow
from mailbot.store.views import read

QUERY: Final = """\
SELECT stated_name, value, state, place
FROM figure_history
WHERE municipality = 'Альметьевский'
  AND organisation LIKE '%№4' AND field = 'vk'"""
"""One school that was reported twice, under two spellings: which figure counts, and where each of them stands."""

_QUOTA: Final[Mapping[str | None, str]] = {"met": "да", "missed": "[red]нет[/red]", "cannot tell": "?", None: ""}
_KINDS: Final = {"auto": "автоматическое", "other": "о другом"}


def show(console: Console, jobs: Jobs, folder: Path, arrived: Sequence[Rollup | Receipt]) -> None:
    """Print it all."""
    with jobs.reading_sessions() as session:
        for part in _parts(session, jobs.settings.campaign, jobs.settings.zone, folder, arrived):
            console.print(part)
            console.print()


def _parts(
    session: Session, campaign: Campaign, zone: ZoneInfo, folder: Path, arrived: Sequence[Rollup | Receipt]
) -> Iterator[RenderableType]:
    letters = read(session, "message_log")
    yield _account(session, letters)
    yield _answers(session, campaign, zone)
    yield _doubts(session)
    if session.scalar(select(func.count()).where(FindingRow.code == FindingCode.OCR_UNAVAILABLE)):
        yield (
            "[yellow]На этом компьютере нет Tesseract с русским языком, поэтому скан ушёл на проверку. Чтобы сканы "
            "читались, установите пакеты tesseract-ocr, tesseract-ocr-rus и tesseract-ocr-tat.[/yellow]"
        )
    yield _ignored(letters)
    yield from (_corrections(each) for each in arrived if isinstance(each, Receipt))
    yield _files(folder, [each for each in arrived if isinstance(each, Rollup)])
    yield _query(session, folder)


def _account(session: Session, letters: Sequence[Mapping[Any, Any]]) -> str:
    """What the folders hold against what the database has."""
    held = session.scalar(select(func.sum(FolderRow.holds))) or 0
    statuses = [letter["status"] for letter in letters]
    twice = f" (пришедшее дважды считается один раз: {held - len(letters)})" if held > len(letters) else ""
    return (
        f"[bold]В ящике {counted(held, LETTERS)}, в базе {len(letters)}[/bold]{twice}: "
        f"принято {statuses.count('accepted')}, на проверку {statuses.count('review')}, "
        f"без цифр для нас {statuses.count('ignored')}, не прочитано {statuses.count('failed')}."
    )


def _answers(session: Session, campaign: Campaign, zone: ZoneInfo) -> Table:
    table = _table("Ответы: цифры, которые считаются сейчас", "Кто")
    for field in campaign.fields:
        table.add_column(field.heading, justify="right")
    table.add_column("Норма", justify="center")
    table.add_column("Прислано")
    heading = None
    for row in read(session, "current_figures"):
        municipality, organisation = row["municipality"], row["organisation"]
        if organisation and municipality != heading:
            table.add_row(f"[bold]{escape(municipality)}[/bold]")
        heading = municipality
        whole = f"[bold]{escape(municipality)}[/bold] в целом"
        who = Padding(escape(organisation), (0, 0, 0, 2)) if organisation else whole
        figures = ("" if row[field.name] is None else str(row[field.name]) for field in campaign.fields)
        late = " [red]поздно[/red]" if row["on_time"] == "no" else ""
        sent = f"{row['sent_at'].astimezone(zone):%d.%m}{late}"
        table.add_row(who, *figures, _QUOTA.get(row["quota"], ""), sent)
    return table


def _doubts(session: Session) -> Table:
    table = _table("На проверку человеку: что и почему", "№", "От кого", "Тема", "Почему")
    for row in read(session, "to_review"):
        sender = row["sender_name"] or row["sender_address"]
        table.add_row(str(row["message_id"]), escape(sender), escape(row["subject"]), escape(row["explanation"]))
    return table


def _ignored(letters: Sequence[Mapping[Any, Any]]) -> Table:
    table = _table("Без цифр для нас: в сводке только счётом", "№", "Тема", "Что это")
    for row in letters:
        if row["status"] == "ignored":
            what = "ответ на сводку" if row["sender_address"] == CONTACT else _KINDS.get(row["kind"], row["kind"])
            table.add_row(str(row["message_id"]), escape(row["subject"]), what)
    return table


def _corrections(receipt: Receipt) -> Group:
    """What the contact person decided by answering a roll-up, as the service told her; the foot is left out."""
    told = receipt.text.partition("\nЧтобы отменить")[0].strip()
    return Group("[bold]Контактное лицо ответило на сводку; программа написала ей, что сделано[/bold]", escape(told))


def _files(folder: Path, rollups: Sequence[Rollup]) -> Table:
    """Where things lie, and the subject of each roll-up."""
    table = Table.grid(padding=(0, 2))
    for rollup in rollups:
        table.add_row(
            "[bold]Сводка[/bold]", f"{escape(rollup.subject)}\n{escape(str(rollup.html))} и рядом .txt, .xlsx, .eml"
        )
    table.add_row("[bold]База[/bold]", escape(str(folder / "mailbot.db")))
    table.add_row("[bold]Настройки[/bold]", escape(str(folder / "config.toml")))
    return table


def _query(session: Session, folder: Path) -> Group:
    result = session.execute(text(QUERY))
    table = _table("", *result.keys())
    for row in result:
        table.add_row(*(escape(str(value)) for value in row))
    command = f'sqlite3 {folder / "mailbot.db"} "{QUERY}"'
    return Group(
        "[bold]Запрос на пробу: где сказана каждая цифра и какая из них считается[/bold] (пакет sqlite3)",
        escape(command),
        table,
    )


def _table(title: str, *headings: str) -> Table:
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
    )
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table
