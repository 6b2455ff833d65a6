"""Opening all that a message carries: attachments, what archives and documents hold, within one budget for the tree."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from mailbot.domain.document import Attachment, Document, Limits, Opened, Trouble
from mailbot.reading.troubles import TooLarge, trouble

OpenOne = Callable[[Attachment, Limits], Opened]
MAIL_TYPE = "message/rfc822"


@dataclass(frozen=True, slots=True)
class Opening:
    """What all attachments hold. `mails` are nested messages, named by their path, for the caller to decode.

    `names` are the paths of all attachments met («архив.zip/школа.xlsx»), in the order of opening.
    """

    documents: tuple[Document, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    mails: tuple[Attachment, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class Budget:
    """What may still be opened: bytes and parts, and what was opened already (its digest, and whether as a mail)."""

    bytes_left: int
    parts_left: int
    seen: set[tuple[bytes, bool]] = field(default_factory=set)

    @classmethod
    def of(cls, limits: Limits) -> Budget:
        """Return the whole budget that `limits` allow."""
        return cls(limits.unpacked_bytes, limits.parts)


@dataclass(slots=True)
class _Walk:
    """The walk's state, and what it has found."""

    open_one: OpenOne
    limits: Limits
    budget: Budget
    documents: list[Document] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    mails: list[Attachment] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


def open_all(
    attachments: Sequence[Attachment],
    open_one: OpenOne,
    limits: Limits,
    *,
    depth: int = 0,
    budget: Budget | None = None,
) -> Opening:
    """Open attachments and, in turn, what is inside them; children are named «архив.zip/школа.xlsx».

    A child without a name of its own (the mail that an .eml file is) stands for its parent under the same name.

    `limits.depth`, `limits.unpacked_bytes` and `limits.parts` hold for the whole tree; what lies beyond is a trouble
    `attachment_too_large`. Identical bytes are opened once. Nested mails are not opened but returned in `mails`;
    whoever decodes one passes its attachments here again, with the `depth` that they are at and the same `budget`.

    >>> open_all((), lambda attachment, limits: Opened(), Limits()).names
    ()
    """
    walk = _Walk(open_one, limits, budget or Budget.of(limits))
    for attachment in attachments:
        _open(walk, attachment, depth)
    return Opening(tuple(walk.documents), tuple(walk.troubles), tuple(walk.mails), tuple(walk.names))


def _open(walk: _Walk, attachment: Attachment, depth: int) -> None:
    is_mail = attachment.content_type == MAIL_TYPE
    if not walk.names or walk.names[-1] != attachment.name:
        walk.names.append(attachment.name)
    seen_as = (hashlib.sha256(attachment.data).digest(), is_mail)
    if attachment.data and seen_as in walk.budget.seen:
        return
    walk.budget.seen.add(seen_as)
    walk.budget.parts_left -= 1
    walk.budget.bytes_left -= len(attachment.data)
    reason = _beyond(walk, depth)
    if reason:
        walk.troubles.append(trouble(TooLarge(reason), attachment.name))
        return
    if is_mail:
        walk.mails.append(attachment)
        return
    opened = walk.open_one(attachment, walk.limits)
    walk.documents += opened.documents
    walk.troubles += opened.troubles
    for child in opened.children:
        path = "/".join(filter(None, (attachment.name, child.name)))
        _open(walk, replace(child, name=path), depth + 1)


def _beyond(walk: _Walk, depth: int) -> str:
    """Return which bound is crossed, in words, or ""."""
    if depth > walk.limits.depth:
        return "слишком глубокая вложенность архивов"
    if walk.budget.parts_left < 0:
        return "в письме слишком много вложенных файлов"
    if walk.budget.bytes_left < 0:
        return "после распаковки вложения слишком велики"
    return ""
