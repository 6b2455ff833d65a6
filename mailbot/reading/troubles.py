"""Why an attachment could not be read: the faults that readers raise and the sentences that a person gets.

A reader raises a `Fault`; `formats.open_attachment` turns it into a `Trouble` in one place.
"""

from __future__ import annotations

from mailbot.domain.document import Trouble
from mailbot.domain.interpretation import FindingCode


class Fault(Exception):  # noqa: N818 - the fault is the file's, not an error of ours
    """An attachment cannot be read; `code` is the finding's code, the argument is the Russian reason."""

    code = FindingCode.ATTACHMENT_DAMAGED


class Damaged(Fault):
    """The bytes are truncated or are not what the format demands."""


class Protected(Fault):
    """The content is encrypted."""

    code = FindingCode.ATTACHMENT_PROTECTED


class Empty(Fault):
    """There is nothing inside."""

    code = FindingCode.ATTACHMENT_EMPTY


class TooLarge(Fault):
    """A bound of `Limits` was crossed."""

    code = FindingCode.ATTACHMENT_TOO_LARGE


class Unsupported(Fault):
    """Nothing here can read the format."""

    code = FindingCode.ATTACHMENT_UNSUPPORTED


class CloudLink(Fault):
    """The content is not attached: it lies behind a link."""

    code = FindingCode.CLOUD_LINK


def trouble(fault: Fault, name: str) -> Trouble:
    """Return the trouble for the attachment `name`: «Файл «svod.xlsx» повреждён…».

    >>> trouble(Empty("файл пуст (0 байт)"), "svod.xlsx").message
    '«svod.xlsx»: файл пуст (0 байт)'
    """
    return Trouble(code=str(fault.code), message=f"«{name or 'вложение без имени'}»: {fault}", name=name)
