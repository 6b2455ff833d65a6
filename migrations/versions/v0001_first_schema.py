"""The first schema."""

import sqlalchemy as sa
from alembic import op

from mailbot.store import columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False, comment="Always 1"),
        sa.Column("name", columns.CleanText(), nullable=False, comment="Short stable identifier of the campaign"),
        sa.Column("title", columns.CleanText(), nullable=False, comment="What people call the campaign"),
        sa.Column(
            "quota", sa.Integer(), nullable=True, comment="People required of each organisation; null where none are"
        ),
        sa.Column(
            "deadline",
            columns.UtcDateTime(),
            nullable=False,
            comment="Replies sent to the server up to this moment are on time",
        ),
        sa.Column(
            "synchronised_at",
            columns.UtcDateTime(),
            nullable=False,
            comment="When the configuration was last copied here",
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_campaign_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        comment="What was asked: one row, copied from the configuration at every start",
    )
    op.create_table(
        "fields",
        sa.Column("name", columns.CleanText(), nullable=False, comment="Name of the column in the public views"),
        sa.Column(
            "kind",
            columns.CleanText(),
            nullable=False,
            comment="account: people in one network; total: people over all networks, as stated; audience: a group of people that a respondent's figure is split by",
        ),
        sa.Column("title", columns.CleanText(), nullable=False, comment="The heading that people read"),
        sa.Column("position", sa.Integer(), nullable=False, comment="Order of the columns, from 0"),
        sa.Column(
            "active",
            sa.Boolean(),
            server_default=sa.true(),
            nullable=False,
            comment="False where the configuration no longer has it; its figures stay in the history",
        ),
        sa.CheckConstraint("kind IN ('account', 'total', 'audience')", name=op.f("ck_fields_kind")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_fields")),
        comment="The figures that are counted: one for each column of the public views",
    )
    op.create_table(
        "folders",
        sa.Column("id", columns.BigKey, nullable=False, comment="Number of the folder"),
        sa.Column("mailbox", columns.CleanText(), nullable=False, comment="Name of the mailbox in the configuration"),
        sa.Column("name", columns.CleanText(), nullable=False, comment="Name of the folder, decoded"),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=True, comment="UIDVALIDITY that the cursor belongs to"),
        sa.Column("last_uid", sa.BigInteger(), nullable=False, comment="Every message up to this UID has a row"),
        sa.Column(
            "polled_at", columns.UtcDateTime(), nullable=True, comment="When the folder was last looked at with success"
        ),
        sa.Column("holds", sa.Integer(), nullable=True, comment="How many messages the server said the folder holds"),
        sa.Column(
            "stored", sa.Integer(), nullable=True, comment="How many of those the database had when they were counted"
        ),
        sa.Column(
            "counted_at", columns.UtcDateTime(), nullable=True, comment="When server and database were last compared"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_folders")),
        sa.UniqueConstraint("mailbox", "name", name=op.f("uq_folders_mailbox_name")),
        comment="The mailbox folders that are received, and how far",
    )
    op.create_table(
        "messages",
        sa.Column("id", columns.BigKey, nullable=False, comment="Number of the message, in order of arrival"),
        sa.Column(
            "status",
            columns.CleanText(),
            nullable=False,
            comment="received: not read yet; accepted: its figures count; review: a person must look; ignored: nothing for us in it; failed: reading it crashed",
        ),
        sa.Column(
            "reader_status",
            columns.CleanText(),
            nullable=True,
            comment="The status that the reader gave; differs from status where a person decided otherwise",
        ),
        sa.Column(
            "kind",
            columns.CleanText(),
            nullable=True,
            comment="report, correction, question, auto (automatic mail) or other; null until read",
        ),
        sa.Column(
            "sender_name", columns.CleanText(), server_default="", nullable=False, comment="The sender's name (From)"
        ),
        sa.Column(
            "sender_address",
            columns.CleanText(),
            server_default="",
            nullable=False,
            comment="The sender's address (From)",
        ),
        sa.Column(
            "recipients",
            columns.CleanText(),
            server_default="",
            nullable=False,
            comment="Addresses it was sent to, comma separated",
        ),
        sa.Column("subject", columns.CleanText(), server_default="", nullable=False, comment="The subject, decoded"),
        sa.Column(
            "sent_at",
            columns.UtcDateTime(),
            nullable=False,
            comment="When it reached the authority's mail server: what the deadline and the order of replies go by",
        ),
        sa.Column(
            "sent_at_source",
            columns.CleanText(),
            nullable=False,
            comment="What sent_at was taken from: the topmost Received header; else INTERNALDATE; else, for want of a server's word, the sender's Date header or the time of landing",
        ),
        sa.Column("received_at", columns.UtcDateTime(), nullable=True, comment="Time of the topmost Received header"),
        sa.Column(
            "internal_date", columns.UtcDateTime(), nullable=True, comment="INTERNALDATE, the earliest of all copies"
        ),
        sa.Column(
            "date_header",
            columns.UtcDateTime(),
            nullable=True,
            comment="The sender's Date header, which nothing depends on",
        ),
        sa.Column("landed_at", columns.UtcDateTime(), nullable=False, comment="When it came into this database"),
        sa.Column(
            "imported_from", columns.CleanText(), nullable=True, comment="The file it was imported from, where it was"
        ),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="Size in bytes"),
        sa.Column(
            "sha256",
            columns.CleanText(),
            nullable=True,
            comment="SHA-256 of the raw bytes; null where the bytes could not be had (too large, refused)",
        ),
        sa.Column(
            "fingerprint",
            columns.CleanText(),
            nullable=True,
            comment="Digest of Message-ID, sender, date, subject and body bytes: equal for the same mail delivered twice",
        ),
        sa.Column(
            "message_id_header", columns.CleanText(), server_default="", nullable=False, comment="The Message-ID header"
        ),
        sa.Column(
            "in_reply_to", columns.CleanText(), server_default="", nullable=False, comment="The In-Reply-To header"
        ),
        sa.Column("reference_ids", columns.Document, nullable=True, comment="The References header"),
        sa.Column(
            "authentication_results", columns.Document, nullable=True, comment="The Authentication-Results headers"
        ),
        sa.Column(
            "queued",
            sa.Boolean(),
            server_default=sa.true(),
            nullable=False,
            comment="True while it waits to be read (again)",
        ),
        sa.Column(
            "attempts",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="How often reading it was begun since queued",
        ),
        sa.Column("claimed_by", columns.CleanText(), nullable=True, comment="The worker that is reading it now"),
        sa.Column(
            "claimed_until", columns.UtcDateTime(), nullable=True, comment="When that worker is given up for dead"
        ),
        sa.Column(
            "reader",
            columns.CleanText(),
            server_default="",
            nullable=False,
            comment="Version of the reader that read it",
        ),
        sa.Column("read_at", columns.UtcDateTime(), nullable=True, comment="When it was last read to the end"),
        sa.Column("error", columns.CleanText(), nullable=True, comment="The traceback, where reading it failed"),
        sa.CheckConstraint(
            "kind IN ('report', 'correction', 'question', 'auto', 'other')", name=op.f("ck_messages_kind")
        ),
        sa.CheckConstraint(
            "reader_status IN ('received', 'accepted', 'review', 'ignored', 'failed')",
            name=op.f("ck_messages_reader_status"),
        ),
        sa.CheckConstraint(
            "sent_at_source IN ('received', 'internaldate', 'date', 'landing')", name=op.f("ck_messages_sent_at_source")
        ),
        sa.CheckConstraint(
            "status IN ('received', 'accepted', 'review', 'ignored', 'failed')", name=op.f("ck_messages_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_messages_fingerprint")),
        sa.UniqueConstraint("sha256", name=op.f("uq_messages_sha256")),
        comment="Every message that was received, one row each, however many copies lie in the folders",
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_messages_queued",
        "messages",
        ["id"],
        unique=False,
        sqlite_where=sa.text("queued"),
        postgresql_where=sa.text("queued"),
    )
    op.create_index(op.f("ix_messages_sent_at"), "messages", ["sent_at"], unique=False)
    op.create_index(op.f("ix_messages_status"), "messages", ["status"], unique=False)

    op.create_table(
        "municipalities",
        sa.Column("id", columns.BigKey, nullable=False, comment="Number of the municipality"),
        sa.Column(
            "name", columns.CleanText(), nullable=False, comment="The canonical name, for example «Альметьевский»"
        ),
        sa.Column("kind", columns.CleanText(), nullable=False, comment="«муниципальный район» or «городской округ»"),
        sa.Column("centre", columns.CleanText(), nullable=False, comment="Its administrative centre"),
        sa.Column("position", sa.Integer(), nullable=False, comment="Order in the configuration, from 0"),
        sa.Column(
            "active",
            sa.Boolean(),
            server_default=sa.true(),
            nullable=False,
            comment="False where the configuration no longer has it",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipalities")),
        sa.UniqueConstraint("name", name=op.f("uq_municipalities_name")),
        comment="The municipalities that were asked, copied from the configuration",
    )
    op.create_table(
        "outbox",
        sa.Column("id", columns.BigKey, nullable=False, comment="Number of the mail"),
        sa.Column("kind", columns.CleanText(), nullable=False, comment="What it is: rollup, receipt…"),
        sa.Column(
            "message_id_header",
            columns.CleanText(),
            nullable=False,
            comment="Its Message-ID, the same at every attempt",
        ),
        sa.Column("sender", columns.CleanText(), nullable=False, comment="Address it is sent from"),
        sa.Column("recipients", columns.Document, nullable=False, comment="Addresses it is sent to"),
        sa.Column("subject", columns.CleanText(), nullable=False, comment="The subject, for people"),
        sa.Column(
            "payload", sa.LargeBinary(), nullable=False, comment="The mail: RFC 5322 bytes, the same at every attempt"
        ),
        sa.Column(
            "state",
            columns.CleanText(),
            nullable=False,
            comment="queued; sending: handed to the mail server, outcome not recorded yet; sent; refused for good",
        ),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False, comment="When it was queued"),
        sa.Column(
            "attempts", sa.Integer(), server_default="0", nullable=False, comment="How often sending it was begun"
        ),
        sa.Column(
            "next_attempt_at",
            columns.UtcDateTime(),
            nullable=False,
            comment="Not to be tried before; while sending: when the sender is given up for dead",
        ),
        sa.Column("claimed_by", columns.CleanText(), nullable=True, comment="The process that is sending it now"),
        sa.Column(
            "uncertain",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="True where an attempt ended without a record of its outcome: it may have arrived",
        ),
        sa.Column("last_error", columns.CleanText(), nullable=True, comment="What the mail server last answered"),
        sa.Column("finished_at", columns.UtcDateTime(), nullable=True, comment="When it was sent or refused for good"),
        sa.CheckConstraint("state IN ('queued', 'sending', 'sent', 'refused')", name=op.f("ck_outbox_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("message_id_header", name=op.f("uq_outbox_message_id_header")),
        comment="The mails that mailbot sends: a durable queue, and the record of what left",
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["next_attempt_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('queued', 'sending')"),
        postgresql_where=sa.text("state IN ('queued', 'sending')"),
    )

    op.create_table(
        "public_views",
        sa.Column("name", columns.CleanText(), nullable=False, comment="Name of the view"),
        sa.Column("definition", columns.CleanText(), nullable=False, comment="The SQL that it was created with"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_public_views")),
        comment="The public views as they were created, to know when they must be made anew",
    )
    op.create_table(
        "attachments",
        sa.Column("message_id", columns.BigKey, autoincrement=False, nullable=False, comment="The message"),
        sa.Column(
            "position", sa.Integer(), autoincrement=False, nullable=False, comment="Order in the message, from 0"
        ),
        sa.Column("name", columns.CleanText(), nullable=False, comment="Name of the file, as sent"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_attachments_message_id_messages"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", "position", name=op.f("pk_attachments")),
        comment="Names of the attachments of the messages, nested ones too",
    )
    op.create_table(
        "decisions",
        sa.Column("id", columns.BigKey, nullable=False, comment="Number of the decision"),
        sa.Column("message_id", columns.BigKey, nullable=False, comment="The message"),
        sa.Column(
            "action",
            columns.CleanText(),
            nullable=False,
            comment="accept: the figures count as read; reject: nothing in it counts; set: the person's figures count",
        ),
        sa.Column("decided_by", columns.CleanText(), nullable=False, comment="Who decided"),
        sa.Column("decided_at", columns.UtcDateTime(), nullable=False, comment="When"),
        sa.Column("via", columns.CleanText(), nullable=False, comment="How it reached us: console, workbook, reply"),
        sa.Column(
            "note", columns.CleanText(), server_default="", nullable=False, comment="A remark in the person's own words"
        ),
        sa.Column("request", columns.Document, nullable=True, comment="What the person sent, as it was understood"),
        sa.Column(
            "standing",
            sa.Boolean(),
            nullable=False,
            comment="True for the one that is in force; a later decision replaces it",
        ),
        sa.CheckConstraint("action IN ('accept', 'reject', 'set')", name=op.f("ck_decisions_action")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_decisions_message_id_messages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        comment="What persons decided about messages, and who, when and how; reading again doesn't undo it",
    )
    op.create_index(op.f("ix_decisions_message_id"), "decisions", ["message_id"], unique=False)
    op.create_index(
        "uq_decisions_standing",
        "decisions",
        ["message_id"],
        unique=True,
        sqlite_where=sa.text("standing"),
        postgresql_where=sa.text("standing"),
    )

    op.create_table(
        "findings",
        sa.Column("id", columns.BigKey, nullable=False, comment="Number of the finding"),
        sa.Column("message_id", columns.BigKey, nullable=False, comment="The message"),
        sa.Column("position", sa.Integer(), nullable=False, comment="Order in the message, from 0"),
        sa.Column(
            "code", columns.CleanText(), nullable=False, comment="Which kind of finding, for example total_mismatch"
        ),
        sa.Column(
            "severity", columns.CleanText(), nullable=False, comment="blocks: a person must look; note: worth showing"
        ),
        sa.Column("message", columns.CleanText(), nullable=False, comment="The reason in a Russian sentence"),
        sa.CheckConstraint("severity IN ('blocks', 'note')", name=op.f("ck_findings_severity")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_findings_message_id_messages"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
        sa.UniqueConstraint("message_id", "position", name=op.f("uq_findings_message_id_position")),
        comment="Why something in a message can't simply be taken, or is worth showing",
    )
    op.create_table(
        "message_locations",
        sa.Column("id", columns.BigKey, nullable=False, comment="Number of the location"),
        sa.Column("message_id", columns.BigKey, nullable=False, comment="The message"),
        sa.Column("folder_id", columns.BigKey, nullable=False, comment="The folder"),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False, comment="UIDVALIDITY of the folder then"),
        sa.Column("uid", sa.BigInteger(), nullable=False, comment="UID of the copy in it"),
        sa.Column("internal_date", columns.UtcDateTime(), nullable=True, comment="INTERNALDATE of the copy"),
        sa.Column("landed_at", columns.UtcDateTime(), nullable=False, comment="When the copy was met"),
        sa.Column(
            "gone",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="True where the folder was later found not to hold it any more",
        ),
        sa.ForeignKeyConstraint(["folder_id"], ["folders.id"], name=op.f("fk_message_locations_folder_id_folders")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_message_locations_message_id_messages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_locations")),
        sa.UniqueConstraint(
            "folder_id", "uidvalidity", "uid", name=op.f("uq_message_locations_folder_id_uidvalidity_uid")
        ),
        comment="Where in the mailbox the copies of a message lie or lay",
    )
    op.create_index(op.f("ix_message_locations_message_id"), "message_locations", ["message_id"], unique=False)

    op.create_table(
        "organisations",
        sa.Column("id", columns.BigKey, nullable=False, comment="Number of the organisation"),
        sa.Column("municipality_id", columns.BigKey, nullable=False, comment="The municipality that it lies in"),
        sa.Column(
            "key",
            columns.CleanText(),
            nullable=False,
            comment="Its folded name: equal for spellings of one and the same",
        ),
        sa.Column(
            "name",
            columns.CleanText(),
            nullable=False,
            comment="Its name for people: the roster's, else as last reported",
        ),
        sa.Column(
            "kind",
            columns.CleanText(),
            nullable=True,
            comment="school, kindergarten, college, other; null where unknown",
        ),
        sa.Column(
            "on_roster",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="True where the roster names it",
        ),
        sa.Column(
            "same_as_id",
            columns.BigKey,
            nullable=True,
            comment="The organisation that this one is merely another name of; its reports count there",
        ),
        sa.Column(
            "same_as_by",
            columns.CleanText(),
            nullable=True,
            comment="Who says so: roster or person; null where it is its own",
        ),
        sa.CheckConstraint("same_as_by IN ('roster', 'person')", name=op.f("ck_organisations_same_as_by")),
        sa.CheckConstraint(
            "(same_as_id IS NULL) = (same_as_by IS NULL)", name=op.f("ck_organisations_same_as_by_whom")
        ),
        sa.CheckConstraint("same_as_id <> id", name=op.f("ck_organisations_same_as_another")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_organisations_municipality_id_municipalities")
        ),
        sa.ForeignKeyConstraint(
            ["same_as_id"], ["organisations.id"], name=op.f("fk_organisations_same_as_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("municipality_id", "key", name=op.f("uq_organisations_municipality_id_key")),
        comment="The organisations of the roster and those that reported; one row for each spelling's key",
    )
    op.create_index(op.f("ix_organisations_same_as_id"), "organisations", ["same_as_id"], unique=False)

    op.create_table(
        "raw_messages",
        sa.Column("message_id", columns.BigKey, autoincrement=False, nullable=False, comment="The message"),
        sa.Column("raw", sa.LargeBinary(), nullable=False, comment="RFC 5322 bytes exactly as the server gave them"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_raw_messages_message_id_messages"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_raw_messages")),
        comment="The raw bytes of the messages, kept to read them again",
    )
    op.create_table(
        "rollups",
        sa.Column("id", columns.BigKey, nullable=False, comment="Number of the roll-up"),
        sa.Column("for_date", sa.Date(), nullable=False, comment="The date that it reports on, in the campaign's zone"),
        sa.Column("kind", columns.CleanText(), nullable=False, comment="daily, final…"),
        sa.Column("made_at", columns.UtcDateTime(), nullable=False, comment="When it was made and queued"),
        sa.Column("outbox_id", columns.BigKey, nullable=False, comment="The mail that carries it"),
        sa.Column(
            "snapshot", columns.Document, nullable=False, comment="What it said, to tell what is new in the next one"
        ),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_rollups_outbox_id_outbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollups")),
        sa.UniqueConstraint("for_date", "kind", name=op.f("uq_rollups_for_date_kind")),
        comment="The roll-ups that were made; one of a kind for a date",
    )
    op.create_index(op.f("ix_rollups_outbox_id"), "rollups", ["outbox_id"], unique=False)

    op.create_table(
        "cases",
        sa.Column("id", columns.BigKey, nullable=False, comment="Number of the case"),
        sa.Column("message_id", columns.BigKey, nullable=False, comment="The message"),
        sa.Column("state", columns.CleanText(), nullable=False, comment="open or closed"),
        sa.Column(
            "reason",
            columns.CleanText(),
            nullable=False,
            comment="Code of the finding that weighs most, for example total_mismatch",
        ),
        sa.Column("explanation", columns.CleanText(), nullable=False, comment="The reason in a Russian sentence"),
        sa.Column("opened_at", columns.UtcDateTime(), nullable=False, comment="Since when it waits"),
        sa.Column("closed_at", columns.UtcDateTime(), nullable=True, comment="When it was settled"),
        sa.Column(
            "closed_by",
            columns.CleanText(),
            nullable=True,
            comment="person: by a decision; reader: a later reading needs nobody",
        ),
        sa.Column("decision_id", columns.BigKey, nullable=True, comment="The decision, if any"),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_cases_closed_when")),
        sa.CheckConstraint("closed_by IN ('person', 'reader')", name=op.f("ck_cases_closed_by")),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_cases_state")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_cases_decision_id_decisions")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_cases_message_id_messages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("message_id", name=op.f("uq_cases_message_id")),
        comment="What needs a person, one row for each such message, and how it was settled",
    )
    op.create_index(op.f("ix_cases_state_opened_at"), "cases", ["state", "opened_at"], unique=False)

    op.create_table(
        "reports",
        sa.Column("id", columns.BigKey, nullable=False, comment="Number of the report"),
        sa.Column("message_id", columns.BigKey, nullable=False, comment="The message"),
        sa.Column(
            "decision_id",
            columns.BigKey,
            nullable=True,
            comment="The person's decision that these figures come from; null for what the reader read",
        ),
        sa.Column("position", sa.Integer(), nullable=False, comment="Order in the message, from 0"),
        sa.Column(
            "kind",
            columns.CleanText(),
            nullable=False,
            comment="report: replaces all that the respondent said before; correction: replaces only what it gives",
        ),
        sa.Column("municipality_id", columns.BigKey, nullable=False, comment="The municipality"),
        sa.Column(
            "organisation_id",
            columns.BigKey,
            nullable=True,
            comment="The organisation; null for the municipality as a whole",
        ),
        sa.Column(
            "organisation_name", columns.CleanText(), nullable=True, comment="The organisation as the sender writes it"
        ),
        sa.CheckConstraint("kind IN ('report', 'correction')", name=op.f("ck_reports_kind")),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_reports_decision_id_decisions")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_reports_message_id_messages")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_reports_municipality_id_municipalities")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_reports_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        comment="What one message says of one respondent; those of messages under review are proposals only",
    )
    op.create_index(op.f("ix_reports_decision_id"), "reports", ["decision_id"], unique=False)
    op.create_index(op.f("ix_reports_message_id_position"), "reports", ["message_id", "position"], unique=False)
    op.create_index(
        op.f("ix_reports_municipality_id_organisation_id"),
        "reports",
        ["municipality_id", "organisation_id"],
        unique=False,
    )
    op.create_index(op.f("ix_reports_organisation_id"), "reports", ["organisation_id"], unique=False)

    op.create_table(
        "standings",
        sa.Column("id", columns.BigKey, nullable=False, comment="Number of the standing"),
        sa.Column("municipality_id", columns.BigKey, nullable=False, comment="The municipality"),
        sa.Column(
            "organisation_id",
            columns.BigKey,
            nullable=True,
            comment="The organisation; null for the municipality as a whole",
        ),
        sa.Column("message_id", columns.BigKey, nullable=False, comment="The latest message that counts"),
        sa.Column("first_message_id", columns.BigKey, nullable=False, comment="The first message that counted"),
        sa.Column(
            "statements",
            sa.Integer(),
            nullable=False,
            comment="In how many messages the respondent gave figures that counted",
        ),
        sa.ForeignKeyConstraint(
            ["first_message_id"], ["messages.id"], name=op.f("fk_standings_first_message_id_messages")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_standings_message_id_messages")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_standings_municipality_id_municipalities")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_standings_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standings")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_standings_organisation_id")),
        comment="One row for each respondent whose figures count now; derived from reports, kept for speed",
    )
    op.create_index(op.f("ix_standings_message_id"), "standings", ["message_id"], unique=False)
    op.create_index(op.f("ix_standings_municipality_id"), "standings", ["municipality_id"], unique=False)
    op.create_index(
        "uq_standings_municipality_itself",
        "standings",
        ["municipality_id"],
        unique=True,
        sqlite_where=sa.text("organisation_id IS NULL"),
        postgresql_where=sa.text("organisation_id IS NULL"),
    )

    op.create_table(
        "figures",
        sa.Column("id", columns.BigKey, nullable=False, comment="Number of the figure"),
        sa.Column("report_id", columns.BigKey, nullable=False, comment="The report"),
        sa.Column("field", columns.CleanText(), nullable=False, comment="What is counted"),
        sa.Column("value", sa.Integer(), nullable=False, comment="Number of people"),
        sa.CheckConstraint("value >= 0", name=op.f("ck_figures_not_negative")),
        sa.ForeignKeyConstraint(["field"], ["fields.name"], name=op.f("fk_figures_field_fields")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_figures_report_id_reports"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figures")),
        sa.UniqueConstraint("report_id", "field", name=op.f("uq_figures_report_id_field")),
        comment="The figures of the reports, as the senders state them",
    )
    op.create_index(op.f("ix_figures_field"), "figures", ["field"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", columns.BigKey, nullable=False, comment="Number of the piece of evidence"),
        sa.Column("figure_id", columns.BigKey, nullable=True, comment="The figure that it is evidence for, or null"),
        sa.Column("finding_id", columns.BigKey, nullable=True, comment="The finding that it is evidence for, or null"),
        sa.Column("position", sa.Integer(), nullable=False, comment="Order, from 0"),
        sa.Column(
            "locator",
            columns.CleanText(),
            nullable=False,
            comment="The place, for example «svod.xlsx!Лист1!C7» or «body:4»",
        ),
        sa.Column("snippet", columns.CleanText(), nullable=False, comment="The text that stands there"),
        sa.CheckConstraint("(figure_id IS NULL) <> (finding_id IS NULL)", name=op.f("ck_evidence_of_one_thing")),
        sa.ForeignKeyConstraint(
            ["figure_id"], ["figures.id"], name=op.f("fk_evidence_figure_id_figures"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name=op.f("fk_evidence_finding_id_findings"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        comment="Where each figure and each finding stands: the place in the message and the snippet of text",
    )
    op.create_index(op.f("ix_evidence_figure_id_position"), "evidence", ["figure_id", "position"], unique=False)
    op.create_index(op.f("ix_evidence_finding_id_position"), "evidence", ["finding_id", "position"], unique=False)

    op.create_table(
        "standing_figures",
        sa.Column("standing_id", columns.BigKey, autoincrement=False, nullable=False, comment="The standing"),
        sa.Column("field", columns.CleanText(), nullable=False, comment="What is counted"),
        sa.Column("value", sa.Integer(), nullable=False, comment="Number of people"),
        sa.Column("figure_id", columns.BigKey, nullable=False, comment="The figure of the history that this is"),
        sa.ForeignKeyConstraint(["field"], ["fields.name"], name=op.f("fk_standing_figures_field_fields")),
        sa.ForeignKeyConstraint(
            ["figure_id"], ["figures.id"], name=op.f("fk_standing_figures_figure_id_figures"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["standing_id"],
            ["standings.id"],
            name=op.f("fk_standing_figures_standing_id_standings"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("standing_id", "field", name=op.f("pk_standing_figures")),
        comment="The figures that count now, with the figure of the history each comes from; derived from figures",
    )
    op.create_index(op.f("ix_standing_figures_figure_id"), "standing_figures", ["figure_id"], unique=False)


def downgrade() -> None:
    op.drop_table("standing_figures")
    op.drop_table("evidence")
    op.drop_table("figures")
    op.drop_table("standings")
    op.drop_table("reports")
    op.drop_table("cases")
    op.drop_table("rollups")
    op.drop_table("raw_messages")
    op.drop_table("organisations")
    op.drop_table("message_locations")
    op.drop_table("findings")
    op.drop_table("decisions")
    op.drop_table("attachments")
    op.drop_table("public_views")
    op.drop_table("outbox")
    op.drop_table("municipalities")
    op.drop_table("messages")
    op.drop_table("folders")
    op.drop_table("fields")
    op.drop_table("campaign")
