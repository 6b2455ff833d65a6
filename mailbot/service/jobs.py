"""Everything that the service does, built from settings and ready to be called: by the timer, or once by a command."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.orm import Session, sessionmaker

from mailbot.desk.settings import DeskSettings
from mailbot.desk.token import Signer
from mailbot.domain.campaign import Campaign
from mailbot.domain.directory import Directory
from mailbot.domain.document import Limits
from mailbot.domain.interpretation import Interpretation
from mailbot.domain.weights import Weights
from mailbot.inbox.backoff import Backoff
from mailbot.inbox.errors import ConnectionLostError
from mailbot.inbox.receiver import Receiver
from mailbot.inbox.sent import was_sent
from mailbot.inbox.settings import MailboxSettings
from mailbot.loading import loading
from mailbot.outbox.deliver import DeliveryResult, deliver
from mailbot.outbox.errors import LookUpFailedError
from mailbot.outbox.settings import Addresses, SmtpSettings
from mailbot.reading.folders import remove_leftovers
from mailbot.rollup.due import Schedule
from mailbot.rollup.queue import Reporting
from mailbot.rollup.watched import Watched
from mailbot.service.counts import Counts
from mailbot.service.first_poll import GRACE, FirstPoll
from mailbot.service.health import Health
from mailbot.service.identity import is_dead, worker_name
from mailbot.service.listen import Listen
from mailbot.service.pulse import Pulse
from mailbot.service.purging import Purger, Retention
from mailbot.service.reading import Bounds, Reader, Reading
from mailbot.service.receiving import Receiving
from mailbot.service.reporting import Reporter, packer, receipt_packer
from mailbot.service.work import Embedded, QueueEngine, Work
from mailbot.store.campaign import synchronise
from mailbot.store.claims import claimants, end_claims
from mailbot.store.desk import signing_key
from mailbot.store.engine import open_engine, reading_sessions
from mailbot.store.engine import sessions as sessions_of
from mailbot.store.health import polling
from mailbot.store.leadership import Leadership, leadership_of
from mailbot.store.reading_queue import Claimed
from mailbot.store.schema import create, require_head, upgrade
from mailbot.store.schema import current as current_revision

if TYPE_CHECKING:
    from mailbot.reading.message.mail import Mail
    from mailbot.service.judgement import Judge

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """What the configuration says, as the service needs it."""

    database_url: str
    mailboxes: tuple[MailboxSettings, ...]
    smtp: SmtpSettings
    addresses: Addresses
    report_at: time
    final_at: time | None
    zone: ZoneInfo
    campaign: Campaign
    directory: Directory
    limits: Limits
    bounds: Bounds
    desk: DeskSettings
    weights: Weights
    listen: Listen | None = None
    retention: Retention = Retention()  # noqa: RUF009 - frozen
    engine: QueueEngine = "embedded"


class Jobs:
    """The jobs of one process. Close it at the end."""

    def __init__(
        self, settings: ServiceSettings, clock: Callable[[], datetime], stopped: Callable[[], bool] = lambda: False
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.stopped = stopped
        self.worker = worker_name()
        self.engine = open_engine(settings.database_url)
        self.sessions = sessions_of(self.engine)
        self.reading_sessions = reading_sessions(self.engine)
        self.counts = Counts()
        self.pulse = Pulse()
        self.health = Health(self.sessions, clock, self.counts)
        self.reporting = _reporting(settings, self.sessions, lambda day, kind: self.signer().sign(day, kind))
        self._key = settings.desk.key.get_secret_value().encode() if settings.desk.key else b""

    def prepare(self) -> None:
        """Make the database ready: create it where it is empty, copy the campaign, take up what a killed process held.

        Raises SchemaError where the schema is of another version.
        """
        own = self.settings
        if current_revision(self.engine) is None:
            self._make_queue()
            create(self.engine)
        require_head(self.engine)
        if own.engine == "procrastinate":
            from mailbot.service import procrastination  # noqa: PLC0415 - an optional library

            procrastination.require(self.engine)
        with self.sessions.begin() as session:
            synchronise(session, own.campaign, own.directory, _key_of, self.clock(), own.weights, own.desk.authserv_ids)
            self._key = self._key or signing_key(session, self.clock())
        self.take_up()
        if left := remove_leftovers():
            log.info("folders_of_dead_readers_removed", count=left)

    def upgrade(self) -> None:
        """Bring the schema up to date, and the queue's tables where there is to be a queue."""
        self._make_queue()
        upgrade(self.engine)

    def _make_queue(self) -> None:
        """Before our own tables: who finds those made, as another process is just doing it, finds the queue too."""
        if self.settings.engine == "procrastinate":
            from mailbot.service import procrastination  # noqa: PLC0415 - an optional library

            procrastination.install(self.engine)

    def take_up(self) -> None:
        """Free what killed processes of this machine had claimed; those of others lose it when the lease ends."""
        now = self.clock()
        with self.reading_sessions() as session:  # waits for no writer: as a rule nobody is dead
            dead = {name for name in claimants(session, now) if is_dead(name)}
        if dead:
            with self.sessions.begin() as session:
                log.warning("claims_of_dead_workers", count=end_claims(session, dead, now))

    def leadership(self) -> Leadership:
        """The lock that the one instance holds which polls and reports."""
        return leadership_of(self.engine, self.worker)

    def receiving(
        self,
        mailbox: MailboxSettings,
        landed: Callable[[], None] = lambda: None,
        polled: Callable[[], None] = lambda: None,
    ) -> Receiving:
        """The mailbox's job; `landed` is called when new messages are committed, `polled` at the end of each poll."""
        job = polling(mailbox.name)
        first_poll = FirstPoll()

        def note(messages: int) -> None:
            self.counts.landed(mailbox.name, messages)
            first_poll.brought(self.clock())
            if messages:
                landed()

        def quiet(session: Session) -> None:
            self.health.succeeded_in(session, job)

        receiver = Receiver(mailbox, self.sessions, self.pulse.beating(job, self.clock), note, quiet)
        backoff = Backoff(random.random)
        return Receiving(receiver, backoff, self.health, self.pulse.beating(job, self.stopped), polled, first_poll)

    def reader(self, done: Callable[[int], None] = lambda _: None) -> Reader:
        """The reader of what waits; `done` is called with 1 for each message."""
        own = self.settings
        reading = Reading(
            self.sessions,
            own.campaign,
            own.directory,
            own.limits,
            self.pulse.beating("read", self.clock),
            self.worker,
            self.stopped,
            self.answer,
            self.counts.read,
        )
        return Reader(reading, own.bounds, done)

    def work(self) -> Work:
        """Who reads and sends for the service, as it is configured."""
        if self.settings.engine == "procrastinate":
            from mailbot.service.handover import HandedOver  # noqa: PLC0415 - an optional library

            return HandedOver(self.engine, self.sessions, self.clock, self.take_up)
        return Embedded(self.reader(), lambda: self.deliver().problems, self.take_up)

    def signer(self) -> Signer:
        """What signs the roll-ups; only after `prepare`, which finds or makes the key."""
        if not self._key:
            raise RuntimeError("roll-ups can't be signed before the database is prepared")
        return Signer(self._key, self.settings.campaign.name)

    def answer(self, claimed: Claimed, mail: Mail, read: Callable[[], Interpretation]) -> bool:
        """Let the contact person's desk deal with a message, if it is for her desk."""
        with loading:
            from mailbot.desk.desk import Desk  # noqa: PLC0415 - loads the reader; a service at rest does without

        own = self.settings
        pack = receipt_packer(own.addresses, self.clock)
        desk = Desk(self.sessions, own.campaign, own.directory, own.desk, self.signer, own.limits, pack, self.clock)
        return desk.answer(claimed, mail, read)

    def reporter(self, polled: Callable[[], bool], queued: Callable[[], None]) -> Reporter:
        """The maker of roll-ups; `polled` tells whether no mailbox is to be waited for."""
        return Reporter(self.reporting, self.reading_sessions, self.clock, polled, queued)

    def deliver(self, only: int | None = None) -> DeliveryResult:
        """Send what is due, or only the mail of this number if it is."""
        clock = self.pulse.beating("deliver", self.clock)
        return deliver(self.sessions, self.settings.smtp, clock, self.worker, self._was_sent, only=only)

    def judge(self) -> Judge:
        """Who judges how things stand."""
        with loading:
            from mailbot.service.judgement import Judge  # noqa: PLC0415 - for `mailbot status` and monitors

        own = self.settings
        has_workers = own.engine == "procrastinate"
        return Judge(own.mailboxes, own.zone, self.clock, own.smtp.daily_recipients, own.retention.is_on, has_workers)

    def purger(self) -> Purger:
        """Who removes what was kept for long enough."""
        clock = self.pulse.beating("purge", self.clock)
        return Purger(self.sessions, self.settings.retention, clock, self.pulse.beating("purge", self.stopped))

    def _was_sent(self, message_id: str) -> bool | None:
        """Whether the account that sends has a copy of the mail; None where none of the mailboxes is that account's."""
        own = [mailbox for mailbox in self.settings.mailboxes if mailbox.user == self.settings.smtp.user]
        try:
            return was_sent(own[0], message_id) if own else None
        except ConnectionLostError as error:
            raise LookUpFailedError(f"дошло ли письмо, пока не узнать: {error}") from error

    def close(self) -> None:
        """Close the database's connections."""
        self.engine.dispose()


def _key_of(name: str) -> str:
    """The folded name of an organisation on the roster."""
    with loading:
        from mailbot.reading.who.organisation_key import organisation_key  # noqa: PLC0415 - many patterns, for a roster only

    return organisation_key(name)


def _reporting(
    settings: ServiceSettings, sessions: sessionmaker[Session], sign: Callable[[date, str], str]
) -> Reporting:
    schedule = Schedule(settings.report_at, settings.zone, settings.campaign.deadline, settings.final_at)
    pack, mailboxes = packer(settings.addresses), tuple(map(_watched, settings.mailboxes))
    return Reporting(sessions, settings.campaign, schedule, pack, settings.weights, sign, mailboxes)


def _watched(mailbox: MailboxSettings) -> Watched:
    """The mailbox as the roll-up speaks of it, where it has not been looked at for longer than a poll takes to come."""
    address = mailbox.user if "@" in mailbox.user else mailbox.name
    return Watched(mailbox.name, address, timedelta(seconds=mailbox.poll_seconds) + GRACE)
