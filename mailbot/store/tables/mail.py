"""Messages: what was received, where it lies, and where each message stands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column

from mailbot.domain.interpretation import Kind, Status
from mailbot.store.columns import BigKey, one_of, partial_index
from mailbot.store.tables.base import Base

SENT_AT_SOURCES = ("received", "internaldate", "date", "landing")


class FolderRow(Base):
    """A folder of a mailbox, and how far it has been received."""

    __tablename__ = "folders"
    __table_args__ = (
        UniqueConstraint("mailbox", "name"),
        {"comment": "The mailbox folders that are received, and how far"},
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, comment="Number of the folder")
    mailbox: Mapped[str] = mapped_column(comment="Name of the mailbox in the configuration")
    name: Mapped[str] = mapped_column(comment="Name of the folder, decoded")
    uidvalidity: Mapped[int | None] = mapped_column(BigInteger, comment="UIDVALIDITY that the cursor belongs to")
    last_uid: Mapped[int] = mapped_column(BigInteger, comment="Every message up to this UID has a row")
    polled_at: Mapped[datetime | None] = mapped_column(comment="When the folder was last looked at with success")
    holds: Mapped[int | None] = mapped_column(comment="How many messages the server said the folder holds")
    stored: Mapped[int | None] = mapped_column(comment="How many of those the database had when they were counted")
    counted_at: Mapped[datetime | None] = mapped_column(comment="When server and database were last compared")


class MessageRow(Base):
    """One mail, wherever it lies."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("sha256"),
        UniqueConstraint("fingerprint"),
        one_of("status", Status),
        one_of("reader_status", Status),
        one_of("kind", Kind),
        one_of("sent_at_source", SENT_AT_SOURCES),
        partial_index("ix_messages_queued", "id", "queued"),  # SQLite: queued = 1, as SQLAlchemy asks for it there
        Index(None, "sent_at"),
        Index(None, "status"),
        {"comment": "Every message that was received, one row each, however many copies lie in the folders",
         "sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, comment="Number of the message, in order of arrival")
    status: Mapped[str] = mapped_column(
        comment="received: not read yet; accepted: its figures count; review: a person must look; "
        "ignored: nothing for us in it; failed: reading it crashed"
    )
    reader_status: Mapped[str | None] = mapped_column(
        comment="The status that the reader gave; differs from status where a person decided otherwise"
    )
    kind: Mapped[str | None] = mapped_column(
        comment="report, correction, question, auto (automatic mail) or other; null until read"
    )
    sender_name: Mapped[str] = mapped_column(server_default="", comment="The sender's name (From)")
    sender_address: Mapped[str] = mapped_column(server_default="", comment="The sender's address (From)")
    recipients: Mapped[str] = mapped_column(server_default="", comment="Addresses it was sent to, comma separated")
    subject: Mapped[str] = mapped_column(server_default="", comment="The subject, decoded")
    sent_at: Mapped[datetime] = mapped_column(
        comment="When it reached the authority's mail server: what the deadline and the order of replies go by"
    )
    sent_at_source: Mapped[str] = mapped_column(
        comment="What sent_at was taken from: the topmost Received header; else INTERNALDATE; "
        "else, for want of a server's word, the sender's Date header or the time of landing"
    )
    received_at: Mapped[datetime | None] = mapped_column(comment="Time of the topmost Received header")
    internal_date: Mapped[datetime | None] = mapped_column(comment="INTERNALDATE, the earliest of all copies")
    date_header: Mapped[datetime | None] = mapped_column(comment="The sender's Date header, which nothing depends on")
    landed_at: Mapped[datetime] = mapped_column(comment="When it came into this database")
    imported_from: Mapped[str | None] = mapped_column(comment="The file it was imported from, where it was")
    size: Mapped[int] = mapped_column(BigInteger, comment="Size in bytes")
    sha256: Mapped[str | None] = mapped_column(
        comment="SHA-256 of the raw bytes; null where the bytes could not be had (too large, refused)"
    )
    fingerprint: Mapped[str | None] = mapped_column(
        comment="Digest of Message-ID, sender, date, subject and body bytes: equal for the same mail delivered twice"
    )
    folder_id: Mapped[int | None] = mapped_column(
        BigKey, ForeignKey("folders.id"), comment="The folder where it was last met; null where it was imported"
    )
    report_count: Mapped[int] = mapped_column(
        server_default="0", comment="How many reports hold: those of the decision in force, else the reader's"
    )
    finding_count: Mapped[int] = mapped_column(server_default="0", comment="How many findings there are")
    attachment_count: Mapped[int] = mapped_column(server_default="0", comment="How many attachments it has")
    message_id_header: Mapped[str] = mapped_column(server_default="", comment="The Message-ID header")
    in_reply_to: Mapped[str] = mapped_column(server_default="", comment="The In-Reply-To header")
    reference_ids: Mapped[list[str] | None] = mapped_column(comment="The References header")
    authentication_results: Mapped[list[str] | None] = mapped_column(comment="The Authentication-Results headers")
    queued: Mapped[bool] = mapped_column(server_default=true(), comment="True while it waits to be read (again)")
    attempts: Mapped[int] = mapped_column(server_default="0", comment="How often reading it was begun since queued")
    claimed_by: Mapped[str | None] = mapped_column(comment="The worker that is reading it now")
    claimed_until: Mapped[datetime | None] = mapped_column(comment="When that worker is given up for dead")
    reader: Mapped[str] = mapped_column(server_default="", comment="Version of the reader that read it")
    read_at: Mapped[datetime | None] = mapped_column(comment="When it was last read to the end")
    error: Mapped[str | None] = mapped_column(comment="The traceback, where reading it failed")
    raw_purged_at: Mapped[datetime | None] = mapped_column(
        comment="When its bytes were removed because the time of keeping them was over; null while they are kept"
    )
    personal_purged_at: Mapped[datetime | None] = mapped_column(
        comment="When the personal data in it were removed for the same reason; null while they are kept"
    )


class RawMessageRow(Base):
    """The bytes of a message, apart from its row so that retention can remove them."""

    __tablename__ = "raw_messages"
    __table_args__ = ({"comment": "The raw bytes of the messages, kept to read them again"},)

    message_id: Mapped[int] = mapped_column(
        BigKey,
        ForeignKey("messages.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        comment="The message",
    )
    raw: Mapped[bytes] = mapped_column(LargeBinary, comment="RFC 5322 bytes exactly as the server gave them")


class LocationRow(Base):
    """A place where a copy of a message lies or lay."""

    __tablename__ = "message_locations"
    __table_args__ = (
        UniqueConstraint("folder_id", "uidvalidity", "uid"),
        Index(None, "message_id"),
        {"comment": "Where in the mailbox the copies of a message lie or lay"},
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, comment="Number of the location")
    message_id: Mapped[int] = mapped_column(BigKey, ForeignKey("messages.id"), comment="The message")
    folder_id: Mapped[int] = mapped_column(BigKey, ForeignKey("folders.id"), comment="The folder")
    uidvalidity: Mapped[int] = mapped_column(BigInteger, comment="UIDVALIDITY of the folder then")
    uid: Mapped[int] = mapped_column(BigInteger, comment="UID of the copy in it")
    internal_date: Mapped[datetime | None] = mapped_column(comment="INTERNALDATE of the copy")
    landed_at: Mapped[datetime] = mapped_column(comment="When the copy was met")
    gone: Mapped[bool] = mapped_column(
        server_default=false(), comment="True where the folder was later found not to hold it any more"
    )
    after_care: Mapped[str | None] = mapped_column(
        comment="What was done to the copy once it was read: seen, flag, keyword NAME, moved to FOLDER; null: nothing"
    )
    copied_from_uid: Mapped[int | None] = mapped_column(
        BigInteger,
        comment="While it is being moved by a copy (a server without MOVE): the UID from which on the copy is found",
    )


class AttachmentRow(Base):
    """The name of an attachment."""

    __tablename__ = "attachments"
    __table_args__ = ({"comment": "Names of the attachments of the messages, nested ones too"},)

    message_id: Mapped[int] = mapped_column(
        BigKey,
        ForeignKey("messages.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        comment="The message",
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="Order in the message, from 0")
    name: Mapped[str] = mapped_column(comment="Name of the file, as sent")
