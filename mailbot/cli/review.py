"""`mailbot review`: the decisions about messages that need a person, from the console."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from mailbot.cli.application import jobs
from mailbot.cli.exits import Exit
from mailbot.cli.options import with_config, with_debug
from mailbot.desk.carry_out import Hand
from mailbot.desk.figures import MOST
from mailbot.desk.orders import Action, Outcome, Spoken
from mailbot.desk.reports import OrderError, municipality_named, said
from mailbot.desk.standing import Standing
from mailbot.rollup import russian
from mailbot.rollup.queries.cases import sender
from mailbot.service.jobs import Jobs
from mailbot.store import views
from mailbot.store.holding import reports_of
from mailbot.store.schema import require_head
from mailbot.store.tables import CaseRow, DecisionRow, EvidenceRow, FindingRow, MessageRow

_BY = click.option("--by", default="", help="Кто решает; без неё — пользователь системы.")
_NUMBERS = click.argument("numbers", nargs=-1, required=True, type=click.IntRange(min=1), metavar="№...")
_STATES = {"open": "ждёт", "closed": "закрыт"}
_CLOSED_BY = {"person": "решение человека", "reader": "прочитано заново, вопросов нет"}


@click.group("review")
def command() -> None:
    """Письма, которым нужен человек: список, подробности, решения.

    Код возврата 1: хотя бы одно решение не принято (причина — в stderr), или письма с таким номером нет.
    """


@command.command("list")
@click.option("--all", "closed_too", is_flag=True, help="И закрытые, с решением.")
@with_config()
@with_debug
def list_(closed_too: bool, config: Path) -> Exit:
    """Показать открытые вопросы, самые старые сначала."""
    with jobs(config, prepare=False) as made:
        require_head(made.engine)
        with made.reading_sessions() as session:
            lines = _cases(session, made, closed_too=closed_too)
    for line in lines or ["Проверять нечего."]:
        click.echo(line)
    return Exit.OK


@command.command("show")
@click.argument("number", type=click.IntRange(min=1), metavar="№")
@with_config()
@with_debug
def show(number: int, config: Path) -> Exit:
    """Показать письмо: причины, что предлагается, решения."""
    with jobs(config, prepare=False) as made:
        require_head(made.engine)
        with made.reading_sessions() as session:
            lines = _details(session, made, number)
    if not lines:
        click.echo(f"mailbot: письма № {number} нет", err=True)
        return Exit.FAULT
    for line in lines:
        click.echo(line)
    return Exit.OK


@command.command("accept")
@_NUMBERS
@_BY
@with_config()
@with_debug
def accept(numbers: tuple[int, ...], by: str, config: Path) -> Exit:
    """Учесть цифры писем такими, как они прочитаны."""
    return _carry_out(config, by, lambda _: Spoken("accept", "accept", numbers))


@command.command("reject")
@_NUMBERS
@_BY
@with_config()
@with_debug
def reject(numbers: tuple[int, ...], by: str, config: Path) -> Exit:
    """Не учитывать письма: это не отчёты."""
    return _carry_out(config, by, lambda _: Spoken("reject", "reject", numbers))


@command.command("undo")
@_NUMBERS
@_BY
@with_config()
@with_debug
def undo(numbers: tuple[int, ...], by: str, config: Path) -> Exit:
    """Отменить решения: письма снова таковы, какими их прочла программа."""
    return _carry_out(config, by, lambda _: Spoken("undo", "undo", numbers))


@command.command("set")
@click.argument("number", type=click.IntRange(min=1), metavar="№")
@click.argument("figures", nargs=-1, metavar="[ПОЛЕ=ЧИСЛО]...")
@click.option("--municipality", help="Чьё это письмо (название, как в книге: «Буинский»).")
@click.option("--organisation", help="О какой организации речь.")
@_BY
@with_config()
@with_debug
def set_(
    number: int, figures: tuple[str, ...], municipality: str | None, organisation: str | None, by: str, config: Path
) -> Exit:
    """Учесть письмо с исправлениями, например: review set 18 vk=120 ok=80 --municipality Буинский."""

    def order(made: Jobs) -> Spoken:
        fields = {field.name for field in made.settings.campaign.fields}
        given: dict[str, int] = {}
        for figure in figures:
            name, _, value = figure.partition("=")
            if name not in fields or not value.isdecimal() or int(value) > MOST:
                raise click.UsageError(f"«{figure}»: нужно ПОЛЕ=ЧИСЛО, поля: {', '.join(sorted(fields))}")
            given[name] = int(value)
        if not (given or municipality or organisation):
            raise click.UsageError("Укажите, что исправить: цифры, --municipality или --organisation.")
        try:
            place = municipality and municipality_named(municipality, made.settings.directory)
        except OrderError as error:
            raise click.UsageError(str(error)) from error
        words = " ".join(filter(None, ("set", *figures, municipality, organisation)))
        return Spoken(words, "accept", (number,), place or None, organisation or None, given)

    return _carry_out(config, by, order)


def _carry_out(config: Path, by: str, order: Callable[[Jobs], Spoken]) -> Exit:
    with jobs(config) as made:
        wanted = order(made)
        with made.sessions.begin() as session:
            standing = Standing(session, made.settings.campaign)
            standing.lock()
            who = by or getpass.getuser()
            hand = Hand(session, made.settings.campaign, who, "console", "консоль", made.clock(), standing)
            outcomes = hand.carry_out([wanted])
    return _told(outcomes, wanted.action)


def _told(outcomes: tuple[Outcome, ...], action: Action) -> Exit:
    for outcome in outcomes:
        if outcome.done:
            click.echo(outcome.what)
        else:
            click.echo(f"mailbot: {action}: {outcome.what}", err=True)
    return Exit.OK if all(outcome.done for outcome in outcomes) else Exit.FAULT


def _cases(session: Session, made: Jobs, *, closed_too: bool) -> list[str]:
    query = (
        select(CaseRow, MessageRow, DecisionRow)
        .join(MessageRow, MessageRow.id == CaseRow.message_id)
        .outerjoin(DecisionRow, DecisionRow.id == CaseRow.decision_id)
        .order_by(CaseRow.opened_at, MessageRow.id)
    )
    if not closed_too:
        query = query.where(CaseRow.state == "open")
    return [_case(case, message, decision, made) for case, message, decision in session.execute(query)]


def _case(case: CaseRow, message: MessageRow, decision: DecisionRow | None, made: Jobs) -> str:
    age = russian.plain(russian.for_span((case.closed_at or made.clock()) - case.opened_at))
    state = (
        f"{_STATES[case.state]} {age}" if case.state == "open" else f"закрыт через {age}: {_settled(case, decision)}"
    )
    who = sender(message.sender_name, message.sender_address)
    return f"№ {message.id}\t{state}\t{case.reason}\t{who}\t{case.explanation}"


def _settled(case: CaseRow, decision: DecisionRow | None) -> str:
    if decision is None:
        return _CLOSED_BY[case.closed_by or "reader"]
    return f"{decision.action}, {decision.decided_by}"


def _details(session: Session, made: Jobs, number: int) -> list[str]:
    message = session.get(MessageRow, number)
    if message is None:
        return []
    log = next(row for row in views.read(session, "message_log") if row["message_id"] == number)
    zone = made.settings.zone
    lines = [
        f"№ {number}: {log['status']}, {log['kind'] or 'не прочитано'}",
        f"От: {sender(message.sender_name, message.sender_address)}",
        f"Тема: {message.subject}",
        f"Получено: {message.sent_at.astimezone(zone):%d.%m.%Y %H:%M}",
    ]
    findings = session.scalars(select(FindingRow).where(FindingRow.message_id == number).order_by(FindingRow.position))
    for finding in findings:
        places = session.scalars(select(EvidenceRow.locator).where(EvidenceRow.finding_id == finding.id))
        lines.append(f"- {finding.code}: {finding.message} {'; '.join(map(russian.place, places))}".rstrip())
    lines += [f"  {russian.plain(said(each.report, made.settings.campaign))}" for each in reports_of(session, number)]
    decided = select(DecisionRow).where(DecisionRow.message_id == number).order_by(DecisionRow.id)
    lines += [
        f"Решение {row.decided_at.astimezone(zone):%d.%m.%Y %H:%M}: {row.action}, {row.decided_by}, {row.via}"
        f"{'' if row.standing else ' (больше не действует)'}"
        for row in session.scalars(decided)
    ]
    return lines
