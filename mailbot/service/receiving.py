"""The receiving job of one mailbox: a turn of polling and listening, and how long to wait before the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from mailbot.inbox.backoff import Backoff
from mailbot.inbox.errors import ConnectionLostError, LoginRefusedError
from mailbot.inbox.receive import ReceiveResult
from mailbot.inbox.receiver import Receiver
from mailbot.service.first_poll import FirstPoll
from mailbot.service.health import Health
from mailbot.store.health import polling

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Receiving:
    """One mailbox's job. `polled` is called after each poll that came to its end."""

    receiver: Receiver
    backoff: Backoff
    health: Health
    stopped: Callable[[], bool]
    polled: Callable[[], None]
    first_poll: FirstPoll = field(default_factory=FirstPoll)

    @property
    def component(self) -> str:
        """The job's name in the health table."""
        return polling(self.receiver.settings.name)

    def turn(self) -> float:
        """Poll, then listen until there is news or the next poll is due; returns seconds to wait before the next turn."""
        try:
            self.poll()
            heard = self.receiver.listen(self.receiver.settings.poll_seconds, self.stopped)
        except LoginRefusedError as error:
            return self._failed(str(error), self.backoff.refused())
        except ConnectionLostError as error:
            return self._failed(str(error), self.backoff.failed())
        return self.receiver.settings.poll_seconds if heard is None else 0.0

    def poll(self) -> ReceiveResult:
        """Poll once, and note how it went. Raises as `Receiver.poll`."""
        result = self.receiver.poll()
        self.backoff.succeeded()
        if result.problems:
            self.health.failed(self.component, "; ".join(result.problems))
        else:
            self.health.succeeded(self.component)
        self.first_poll.end()
        self.polled()
        return result

    def _failed(self, reason: str, wait: float) -> float:
        """Tell it, unless we are stopping, where a closed connection is our own doing."""
        if not self.stopped():
            log.warning("receiving_failed", mailbox=self.receiver.settings.name, reason=reason, wait=round(wait))
            self.health.failed(self.component, reason)
        return wait
