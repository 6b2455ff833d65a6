"""READ, the story: decode -> split -> open -> find -> assemble -> judge."""

from __future__ import annotations

from mailbot.domain.campaign import Campaign
from mailbot.domain.directory import Directory
from mailbot.domain.document import Limits
from mailbot.domain.interpretation import Interpretation, Kind, Status
from mailbot.reading.formats import open_attachment
from mailbot.reading.gather import gather
from mailbot.reading.message.mail import Mail, decode
from mailbot.reading.opening import OpenOne
from mailbot.reading.passages.automatic import recognise
from mailbot.reading.passages.reply import split_bodies
from mailbot.reading.verdict import judge

READER_VERSION = "7"


def interpret(
    raw: bytes,
    campaign: Campaign,
    directory: Directory,
    open_one: OpenOne = open_attachment,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Interpretation:
    """Read one message as a careful clerk would.

    `raw` is the message as it lies in the mailbox (RFC 5322 bytes); `open_one` reads one attachment (the sandbox's
    `open` in the service). Returns the status that the message may have with no person looking, its reports with
    evidence, and the findings; raises nothing for whatever `raw` holds. Equal arguments give an equal result.
    """
    return interpret_mail(decode(raw, limits), campaign, directory, open_one, limits)


def interpret_mail(
    mail: Mail, campaign: Campaign, directory: Directory, open_one: OpenOne, limits: Limits
) -> Interpretation:
    """Read a message that is decoded already; as `interpret`."""
    bodies = split_bodies(mail, campaign)
    reason = recognise(mail, campaign, bodies)
    if reason is not None:
        return Interpretation(status=Status.IGNORED, kind=Kind.AUTO, envelope=mail.envelope, reader=READER_VERSION)
    material = gather(mail, bodies, campaign, directory, open_one, limits)
    return judge(material, campaign, directory, READER_VERSION)
