"""DESK: the story of one reply, from top to bottom.

See whether it answers a roll-up. If it does not, it is nobody's business here. If it pretends to, it is refused: a
case that says why, and nothing of it is done. If it is the contact person's, her orders are carried out.
In one transaction: her decisions with the figures that follow, the record that this reply was carried out, the receipt
in the outbox, and the message itself taken off the reading queue. So it happens once, wherever the process dies; and
`reread` doesn't do it again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

import structlog
from sqlalchemy.orm import Session, sessionmaker

from mailbot.desk import receipt
from mailbot.desk.book_orders import Understanding, letters_in, understand
from mailbot.desk.carry_out import Hand, Order
from mailbot.desk.orders import Outcome
from mailbot.desk.recognise import Genuine, NotOurs, Refused, Verdict, recognise
from mailbot.desk.reports import current_report
from mailbot.desk.settings import DeskSettings, PackReceipt, Text
from mailbot.desk.standing import Standing
from mailbot.desk.token import RollupName, Signer
from mailbot.desk.words import Listener
from mailbot.desk.workbook import Book, WorkbookError, open_book
from mailbot.domain.campaign import Campaign
from mailbot.domain.crashpoint import reach
from mailbot.domain.directory import Directory
from mailbot.domain.document import Attachment, Limits, Paragraph
from mailbot.domain.interpretation import Finding, FindingCode, Interpretation, Kind, Severity, Status
from mailbot.reading.message.mail import Mail, decode
from mailbot.reading.passages.automatic import recognise as recognise_automatic
from mailbot.reading.passages.reply import split_mail
from mailbot.reading.read import READER_VERSION
from mailbot.store.desk import reply_of, sent_rollup
from mailbot.store.holding import reports_of
from mailbot.store.outgoing import OutgoingMail, enqueue
from mailbot.store.reading_queue import Claimed, save
from mailbot.store.tables import DeskReplyRow

SHEETS = (".xlsx", ".xlsm")
OTHER_SHEETS = (".xls", ".ods", ".xlsb", ".csv", ".numbers")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """All that the desk works with. `signer` gives what signs the roll-ups; `pack` makes the receipt's mail."""

    sessions: sessionmaker[Session]
    campaign: Campaign
    directory: Directory
    settings: DeskSettings
    signer: Callable[[], Signer]
    limits: Limits
    pack: PackReceipt
    clock: Callable[[], datetime]

    def answer(self, claimed: Claimed, mail: Mail, read: Callable[[], Interpretation]) -> bool:
        """Deal with a claimed message, if it is for the desk; false where it is to be read as any other.

        `mail` is the message decoded, `read` reads it as a respondent's; what a stranger sends in answer to a roll-up is
        read and left to a person.
        """
        verdict = self.judge(mail)
        with self.sessions.begin() as session:
            before = reply_of(session, claimed.id)
            carried_out = before is not None and before.verdict == "applied"
        if carried_out:  # it is being read again
            with self.sessions.begin() as session:
                save(session, claimed, _taken(mail), self.clock())
            return True
        match verdict:
            case NotOurs():
                return False
            case Refused():
                self._refuse(claimed, verdict, _unread(mail) if verdict.by_contact else read())
            case Genuine():
                self._carry_out(claimed, mail, verdict.rollup)
        return True

    def judge(self, mail: Mail) -> Verdict:
        """What a message is to the desk."""
        verdict = recognise(mail, self.settings, self.signer(), lambda: [t for b in _books(mail)[0] for t in b.tokens])
        if isinstance(verdict, NotOurs):  # nearly every mail: whether a program wrote it is the reader's business
            return verdict
        is_automatic = recognise_automatic(mail, self.campaign) is not None  # an absence notice quotes the token too
        return NotOurs() if is_automatic else verdict

    def _carry_out(self, claimed: Claimed, mail: Mail, rollup: RollupName) -> None:
        """Carry out a genuine reply and queue its receipt, unless the claim was lost meanwhile."""
        now = self.clock()
        with self.sessions.begin() as session:
            if not save(session, claimed, _taken(mail), now):
                return
            outcomes = self._outcomes(session, claimed.id, mail, rollup, now)
            number = enqueue(session, self._receipt(claimed.id, mail, rollup, outcomes), now)
            session.merge(
                DeskReplyRow(
                    message_id=claimed.id,
                    verdict="applied",
                    reason="",
                    rollup=str(rollup),
                    handled_at=now,
                    receipt_id=number,
                    outcome={"orders": [asdict(outcome) for outcome in outcomes]},
                )
            )
            session.flush()
            reach("before-desk-commit")
        reach("after-desk-commit")
        done = sum(outcome.done for outcome in outcomes)
        log.info("desk_applied", message=claimed.id, done=done, left=len(outcomes) - done)

    def _refuse(self, claimed: Claimed, verdict: Refused, interpretation: Interpretation) -> None:
        """Record a reply of which nothing may be done, as a case for a person; what was read is a proposal."""
        now = self.clock()
        finding = Finding(code=FindingCode.REPLY_REFUSED, severity=Severity.BLOCKS, message=verdict.reason)
        changes = {"status": Status.REVIEW, "findings": (finding, *interpretation.findings)}
        with self.sessions.begin() as session:
            if not save(session, claimed, interpretation.model_copy(update=changes), now):
                return
            row = DeskReplyRow(message_id=claimed.id, verdict="refused", reason=verdict.reason, handled_at=now)
            session.merge(row)
        log.warning("desk_refused", message=claimed.id, reason=verdict.reason)

    def _outcomes(
        self, session: Session, number: int, mail: Mail, rollup: RollupName, now: datetime
    ) -> tuple[Outcome, ...]:
        standing = Standing(session, self.campaign)
        standing.lock()
        by = mail.envelope.sender_name or mail.envelope.sender_address
        source = f"ответ на сводку, письмо № {number}"
        orders: list[Order] = list(Listener(self.campaign, self.directory).listen(_own_words(mail, self.campaign)))
        books, faults = _books(mail)
        hands = {
            via: Hand(session, self.campaign, f"{by} <{mail.envelope.sender_address}>", via, source, now, standing)
            for via in (f"workbook {mail.envelope.message_id}", f"reply {mail.envelope.message_id}")
        }
        in_book, in_words = hands.values()
        outcomes = in_book.carry_out([*faults, *self._book_orders(session, rollup, books, standing, source)])
        in_words.decided.update(in_book.decided)
        return (*outcomes, *in_words.carry_out(orders))

    def _book_orders(
        self, session: Session, rollup: RollupName, books: tuple[Book, ...], standing: Standing, source: str
    ) -> list[Order]:
        orders: list[Order] = []
        for came in books:
            name = next((name for name in map(self.signer().check, came.tokens) if name is not None), rollup)
            sent = self._sent_book(session, name)
            if sent is None:
                orders.append(Outcome(False, "Книга", "Сводки, к которой относится книга, в базе уже нет."))
                continue
            held = {
                letter: {each.number: each for each in reports_of(session, letter)}
                for letter in letters_in(came) | letters_in(sent)
            }
            current = {who: current_report(row) for who, row in standing.respondents.items() if row.figures}
            known = Understanding(self.campaign, self.directory, held, current, source)
            orders += understand(sent, came, known)
        return orders

    def _sent_book(self, session: Session, rollup: RollupName) -> Book | None:
        """The workbook as it was sent with that roll-up."""
        payload = sent_rollup(session, rollup.date, rollup.kind)
        if payload is None:
            return None
        files = decode(payload, self.limits).attachments
        return next((open_book(file.data) for file in files if file.name.lower().endswith(SHEETS)), None)

    def _receipt(self, number: int, mail: Mail, rollup: RollupName, outcomes: tuple[Outcome, ...]) -> OutgoingMail:
        token = self.signer().sign(rollup.date, rollup.kind)
        said = Text(receipt.subject(outcomes), receipt.text(outcomes, token), receipt.html(outcomes, token))
        envelope = mail.envelope
        return self.pack(f"receipt.{number}.{token}", said, envelope.sender_address, envelope.message_id)


def _unread(mail: Mail) -> Interpretation:
    """What is noted of a mail that nothing is read from: its envelope and attachments."""
    return Interpretation(
        status=Status.IGNORED,
        kind=Kind.OTHER,
        envelope=mail.envelope,
        attachments=tuple(file.name for file in mail.attachments),
        reader=READER_VERSION,
    )


def _taken(mail: Mail) -> Interpretation:
    """A carried-out reply is no report: it is ignored, and says so."""
    note = Finding(
        code=FindingCode.DESK_REPLY,
        severity=Severity.NOTE,
        message="Ответ контактного лица на сводку: её указания исполнены, о чём ей отправлен ответ.",
    )
    return _unread(mail).model_copy(update={"findings": (note,)})


def _own_words(mail: Mail, campaign: Campaign) -> list[str]:
    """The lines that she wrote herself; tables and quotations aren't."""
    return [
        block.text
        for passage in split_mail(mail, campaign)
        if passage.kind == "new"
        for block in passage.blocks
        if isinstance(block, Paragraph) and block.quote == 0
    ]


def _books(mail: Mail) -> tuple[tuple[Book, ...], list[Outcome]]:
    """The attached workbooks, and what is wrong with files that should be one."""
    books: list[Book] = []
    faults: list[Outcome] = []
    for file in mail.attachments:
        name = file.name.lower()
        if name.endswith(OTHER_SHEETS):
            faults.append(
                Outcome(False, f"Файл «{file.name}»", "Сохраните книгу как «Книга Excel (.xlsx)» и пришлите её.")
            )
        elif name.endswith(SHEETS):
            _open(file, books, faults)
    return tuple(books), faults


def _open(file: Attachment, books: list[Book], faults: list[Outcome]) -> None:
    try:
        books.append(open_book(file.data))
    except WorkbookError as error:
        faults.append(Outcome(False, f"Файл «{file.name}»", str(error)))
