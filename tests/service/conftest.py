"""A socket such as systemd listens on, and the service's jobs over a database with nobody at the other ends."""

import socket
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailbot.config.campaign import build_campaign, build_directory
from mailbot.config.model import CampaignSection
from mailbot.desk.settings import DeskSettings
from mailbot.domain.document import Limits
from mailbot.domain.weights import Weights
from mailbot.inbox.settings import MailboxSettings
from mailbot.outbox.settings import Addresses, SmtpSettings
from mailbot.service.jobs import Jobs, ServiceSettings
from mailbot.service.reading import Bounds

NOON = datetime(2021, 8, 16, 12, tzinfo=UTC)


class Manager:
    """Hears what a service says to systemd, one datagram at a time."""

    def __init__(self, path):
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))

    def heard(self, seconds=20.0):
        """The next datagram's assignments."""
        self._socket.settimeout(seconds)
        return dict(line.split("=", 1) for line in self._socket.recv(65536).decode().splitlines())

    def hears_nothing(self):
        self._socket.setblocking(False)
        try:
            said = self._socket.recv(65536)
        except BlockingIOError:
            return True
        raise AssertionError(said)

    def close(self):
        self._socket.close()


@pytest.fixture
def manager(tmp_path):
    made = Manager(tmp_path / "notify")
    yield made
    made.close()


@pytest.fixture
def service_settings(database):
    """Settings for `database`; keyword arguments change them."""

    def make(**changes):
        given = {
            "database_url": database.url,
            "mailboxes": (MailboxSettings(name="press", host="localhost", port=1, tls="none", user="me"),),
            "smtp": SmtpSettings("localhost", 1),
            "addresses": Addresses("press@example.org", ("contact@example.org",)),
            "report_at": time(8),
            "final_at": None,
            "zone": ZoneInfo("Europe/Moscow"),
            "campaign": build_campaign(CampaignSection(), Path()),
            "directory": build_directory(CampaignSection(), Path()),
            "limits": Limits(),
            "bounds": Bounds(),
            "desk": DeskSettings(
                contacts=("contact@example.org",), authserv_ids=(), require_authentication=True, key=None
            ),
            "weights": Weights(),
        }
        return ServiceSettings(**(given | changes))

    return make


@pytest.fixture
def jobs(service_settings):
    made = Jobs(service_settings(), lambda: NOON)
    made.prepare()
    yield made
    made.close()
