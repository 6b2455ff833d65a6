"""An interpretation: all that reading a message returns."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NonNegativeInt


class Status(StrEnum):
    """Where a message stands. `received` is set by RECEIVE, the others by READ (or by a person's decision)."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    REVIEW = "review"
    IGNORED = "ignored"
    FAILED = "failed"


class Kind(StrEnum):
    """What a message is; corpus words: a report, a correction of one, a question, automatic mail, anything else."""

    REPORT = "report"
    CORRECTION = "correction"
    QUESTION = "question"
    AUTO = "auto"
    OTHER = "other"


class Severity(StrEnum):
    """`blocks`: a person must look before the figures count. `note`: worth showing, stops nothing."""

    BLOCKS = "blocks"
    NOTE = "note"


class FindingCode(StrEnum):
    """Why something cannot simply be taken. The Russian sentence goes with each finding."""

    UNEXPLAINED_NUMBER = "unexplained_number"
    TOTAL_MISMATCH = "total_mismatch"
    AUDIENCE_MISMATCH = "audience_mismatch"
    WORDS_MISMATCH = "words_mismatch"
    SOURCES_DISAGREE = "sources_disagree"
    DUPLICATE_ORGANISATION = "duplicate_organisation"
    APPROXIMATE = "approximate"
    NO_EXACT_FIGURE = "no_exact_figure"
    NO_FIGURES = "no_figures"
    FIELD_UNKNOWN = "field_unknown"
    MUNICIPALITY_UNKNOWN = "municipality_unknown"
    ORGANISATION_UNKNOWN = "organisation_unknown"
    MUNICIPALITY_AMBIGUOUS = "municipality_ambiguous"
    QUESTION = "question"
    TEXT_LOST = "text_lost"
    TRUNCATED = "truncated"
    ATTACHMENT_MISSING = "attachment_missing"
    ATTACHMENT_PROTECTED = "attachment_protected"
    ATTACHMENT_DAMAGED = "attachment_damaged"
    ATTACHMENT_EMPTY = "attachment_empty"
    ATTACHMENT_UNSUPPORTED = "attachment_unsupported"
    ATTACHMENT_TOO_LARGE = "attachment_too_large"
    ATTACHMENT_TIMEOUT = "attachment_timeout"
    OCR_UNAVAILABLE = "ocr_unavailable"
    OCR_DOUBTFUL = "ocr_doubtful"
    CLOUD_LINK = "cloud_link"
    UNREADABLE_MESSAGE = "unreadable_message"
    MESSAGE_TOO_LARGE = "message_too_large"
    MESSAGE_UNAVAILABLE = "message_unavailable"
    READER_CRASHED = "reader_crashed"
    FIGURES_NOT_OURS = "figures_not_ours"
    PARTIAL = "partial"
    REPLY_REFUSED = "reply_refused"
    DESK_REPLY = "desk_reply"
    OVERRIDES_OTHER_SENDER = "overrides_other_sender"


class Evidence(BaseModel):
    """Where a figure or a finding comes from: «svod.xlsx!Лист1!C7» or «body:4», and the snippet of text."""

    model_config = ConfigDict(frozen=True)

    locator: str
    snippet: str = ""


class Claim(BaseModel):
    """One figure found: a field's (or an audience group's) name, a whole number, and every place that states it."""

    model_config = ConfigDict(frozen=True)

    name: str
    value: NonNegativeInt = Field(le=50_000_000)
    evidence: tuple[Evidence, ...] = Field(min_length=1)


class Report(BaseModel):
    """One respondent's validated claims from one message. `organisation` is None for the municipality as a whole.

    `key` is the organisation's folded name: equal for spellings that a clerk would take for one and the same.
    """

    model_config = ConfigDict(frozen=True)

    municipality: str
    organisation: str | None = None
    key: str | None = None
    figures: tuple[Claim, ...] = Field(min_length=1)
    audience: tuple[Claim, ...] = ()


class Finding(BaseModel):
    """Why something cannot simply be taken: code, severity, a Russian sentence for a person, and places."""

    model_config = ConfigDict(frozen=True)

    code: FindingCode
    severity: Severity
    message: str
    evidence: tuple[Evidence, ...] = ()


class NumberRole(BaseModel):
    """The role that a number in the message was given, and why: what `parse --explain` shows."""

    model_config = ConfigDict(frozen=True)

    text: str
    locator: str
    role: str
    reason: str = ""


class Envelope(BaseModel):
    """What the headers say, decoded. Times are aware; `received` is the topmost Received header's time, if readable."""

    model_config = ConfigDict(frozen=True)

    message_id: str = ""
    sender_name: str = ""
    sender_address: str = ""
    recipients: tuple[str, ...] = ()
    subject: str = ""
    date: AwareDatetime | None = None
    received: AwareDatetime | None = None
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    authentication_results: tuple[str, ...] = ()


class Interpretation(BaseModel):
    """All that reading returns. Equal for equal bytes, campaign, directory and version (promise 9)."""

    model_config = ConfigDict(frozen=True)

    status: Literal[Status.ACCEPTED, Status.REVIEW, Status.IGNORED, Status.FAILED]
    kind: Kind
    envelope: Envelope = Envelope()
    reports: tuple[Report, ...] = ()
    findings: tuple[Finding, ...] = ()
    numbers: tuple[NumberRole, ...] = ()
    attachments: tuple[str, ...] = ()
    reader: str = Field(default="", description="version of the reader")
