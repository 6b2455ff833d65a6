"""The log of messages, and the account of them: what the server's folders hold, what the database has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, tzinfo

from sqlalchemy import and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from mailbot.domain.interpretation import Status
from mailbot.rollup.facts import Account, Folder, Letter, Unpolled, Unsent
from mailbot.rollup.watched import Watched
from mailbot.store.health import conditions, polling
from mailbot.store.tables import (
    AttachmentRow,
    CaseRow,
    FolderRow,
    LocationRow,
    MessageRow,
    MunicipalityRow,
    OutboxRow,
    ReportRow,
)


def letters(session: Session, zone: tzinfo, limit: int) -> tuple[Letter, ...]:
    """The latest `limit` messages by number, the newest first."""
    query = (
        select(
            MessageRow.id,
            MessageRow.sent_at,
            MessageRow.sender_name,
            MessageRow.sender_address,
            MessageRow.subject,
            MessageRow.status,
            MessageRow.kind,
            CaseRow.explanation,
        )
        .outerjoin(CaseRow, and_(CaseRow.message_id == MessageRow.id, CaseRow.state == "open"))
        .order_by(MessageRow.id.desc())
        .limit(limit)
    )
    rows = session.execute(query).all()
    first = rows[-1][0] if rows else 0
    attachments = _listed(
        session, AttachmentRow.message_id, AttachmentRow.name, first, (AttachmentRow.message_id, AttachmentRow.position)
    )
    folders, municipalities = _folders(session, first), _municipalities(session, first)
    return tuple(
        Letter(
            number=number,
            sent_at=sent_at.astimezone(zone),
            sender=name or address,
            address=address,
            subject=subject,
            status=status,
            kind=kind or "",
            folders=tuple(folders.get(number, ())),
            attachments=tuple(attachments.get(number, ())),
            municipalities=tuple(municipalities.get(number, ())),
            remark=explanation or "",
        )
        for number, sent_at, name, address, subject, status, kind, explanation in rows
    )


def account(session: Session, zone: tzinfo, since: datetime | None) -> Account:
    """The account of messages as it stands now, and of our mails that were refused after `since`."""
    by_status: dict[str, int] = {}
    ignored: dict[str, int] = {}
    query = select(MessageRow.status, MessageRow.kind, func.count()).group_by(MessageRow.status, MessageRow.kind)
    for status, kind, count in session.execute(query):
        by_status[status] = by_status.get(status, 0) + count
        if status == Status.IGNORED and kind is not None:
            ignored[kind] = ignored.get(kind, 0) + count
    return Account(
        folders=_folder_accounts(session, zone),
        messages=sum(by_status.values()),
        by_status=by_status,
        ignored_by_kind=ignored,
        unsent=_unsent(session, zone, since),
    )


def unpolled(session: Session, mailboxes: Sequence[Watched], moment: datetime) -> tuple[Unpolled, ...]:
    """The mailboxes none of whose folders was looked at lately, as of `moment` and in its zone."""
    looked = select(FolderRow.mailbox, func.max(FolderRow.polled_at)).group_by(FolderRow.mailbox)
    looked_at = {mailbox: at for mailbox, at in session.execute(looked) if at is not None}
    overdue = [one for one in mailboxes if one.name not in looked_at or moment - looked_at[one.name] > one.patience]
    faults = {condition.component: condition.fault for condition in conditions(session)} if overdue else {}
    return tuple(
        Unpolled(one.address, since and since.astimezone(moment.tzinfo), faults.get(polling(one.name)) or "")
        for one in overdue
        for since in [looked_at.get(one.name)]
    )


def _unsent(session: Session, zone: tzinfo, since: datetime | None) -> tuple[Unsent, ...]:
    query = (
        select(OutboxRow.subject, OutboxRow.last_error, OutboxRow.finished_at)
        .where(OutboxRow.state == "refused", OutboxRow.finished_at.is_not(None))
        .order_by(OutboxRow.id)
    )
    if since is not None:
        query = query.where(OutboxRow.finished_at >= since)
    return tuple(
        Unsent(subject, error or "", at.astimezone(zone))
        for subject, error, at in session.execute(query)
        if at is not None
    )


def _folder_accounts(session: Session, zone: tzinfo) -> tuple[Folder, ...]:
    """Each folder: compared with the server where that was asked, else what the database has of it."""
    held = dict(
        session.execute(
            select(LocationRow.folder_id, func.count())
            .join(FolderRow, FolderRow.id == LocationRow.folder_id)
            .where(~LocationRow.gone, LocationRow.uidvalidity == FolderRow.uidvalidity)
            .group_by(LocationRow.folder_id)
        ).all()
    )
    return tuple(
        Folder(
            mailbox=row.mailbox,
            name=row.name,
            on_server=row.holds,
            in_database=held.get(row.id, 0) if row.stored is None else row.stored,
            counted_at=row.counted_at and row.counted_at.astimezone(zone),
        )
        for row in session.scalars(select(FolderRow).order_by(FolderRow.mailbox, FolderRow.id))
    )


def _folders(session: Session, first: int) -> dict[int, list[str]]:
    query = (
        select(LocationRow.message_id, FolderRow.name)
        .join(FolderRow, FolderRow.id == LocationRow.folder_id)
        .where(LocationRow.message_id >= first, ~LocationRow.gone, LocationRow.uidvalidity == FolderRow.uidvalidity)
        .distinct()
        .order_by(LocationRow.message_id, FolderRow.name)
    )
    return _grouped(session.execute(query).all())


def _municipalities(session: Session, first: int) -> dict[int, list[str]]:
    query = (
        select(ReportRow.message_id, MunicipalityRow.name)
        .join(MunicipalityRow, MunicipalityRow.id == ReportRow.municipality_id)
        .where(ReportRow.message_id >= first)
        .distinct()
        .order_by(ReportRow.message_id, MunicipalityRow.name)
    )
    return _grouped(session.execute(query).all())


def _listed(
    session: Session,
    message: InstrumentedAttribute[int],
    what: InstrumentedAttribute[str],
    first: int,
    order: Sequence[InstrumentedAttribute[int]],
) -> dict[int, list[str]]:
    return _grouped(session.execute(select(message, what).where(message >= first).order_by(*order)).all())


def _grouped(rows: Sequence[tuple[int, str]]) -> dict[int, list[str]]:
    groups: dict[int, list[str]] = defaultdict(list)
    for number, name in rows:
        groups[number].append(name)
    return groups
