"""From a configuration to jobs: the one place where the rooms are put together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parseaddr
from pathlib import Path
from zoneinfo import ZoneInfo

from mailbot import log
from mailbot.clock import now
from mailbot.config import Settings, load
from mailbot.config.sources import environment
from mailbot.desk.settings import DeskSettings
from mailbot.domain import crashpoint
from mailbot.domain.weights import Weights
from mailbot.outbox.settings import Addresses
from mailbot.service.jobs import Jobs, ServiceSettings
from mailbot.service.reading import Bounds


def configured(path: Path, *, talkative: bool = True) -> Settings:
    """Load the configuration, set up the log, and arm the point at which a fault test wants this process to die.

    A command that shows its own results isn't `talkative`: what goes as planned is not logged.
    """
    settings = load(path)
    level = settings.model.log.level
    level = "warning" if level == "info" and not talkative else level
    log.set_up(level, settings.model.log.format, to_journal=log.is_journal(environment()))
    crash_at = environment().get("MAILBOT_CRASH_AT")
    if crash_at:
        crashpoint.arm(crash_at)
    return settings


def service_settings(settings: Settings) -> ServiceSettings:
    """What the service needs of the configuration."""
    model = settings.model
    return ServiceSettings(
        database_url=settings.database_url.get_secret_value(),
        mailboxes=settings.mailboxes,
        smtp=settings.smtp,
        addresses=Addresses(model.smtp.sender, model.report.to),
        report_at=model.report.at,
        final_at=model.report.final_at,
        zone=ZoneInfo(model.report.zone),
        campaign=settings.campaign,
        directory=settings.directory,
        limits=settings.limits,
        bounds=Bounds(**model.reading.model_dump()),
        desk=_desk(settings),
        weights=Weights(**model.rollup.weights.model_dump()),
        listen=settings.listen,
        retention=settings.retention,
        engine=model.queue.engine,
    )


def _desk(settings: Settings) -> DeskSettings:
    """Whose corrections count: those named, else those to whom the roll-up goes."""
    replies = settings.model.replies
    contacts = replies.contacts or settings.model.report.to
    return DeskSettings(
        contacts=tuple(parseaddr(contact)[1].lower() for contact in contacts),
        authserv_ids=replies.authserv_ids,
        require_authentication=replies.require_authentication,
        key=replies.key,
    )


@contextmanager
def jobs(path: Path, *, prepare: bool = True) -> Iterator[Jobs]:
    """The jobs of the configuration at `path`, with the database made ready."""
    made = Jobs(service_settings(configured(path, talkative=False)), now)
    try:
        if prepare:
            made.prepare()
        yield made
    finally:
        made.close()
