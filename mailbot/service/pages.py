"""What the endpoint for monitors serves. Imported only where it is on: the libraries cost a service at rest memory."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from mailbot.service.jobs import Jobs
from mailbot.service.metrics import exposition
from mailbot.service.monitor import TEXT, Answer

METRICS = "text/plain; version=0.0.4; charset=utf-8"


def pages(jobs: Jobs) -> dict[str, Callable[[], Answer]]:
    """The pages by path."""

    def health() -> Answer:
        with jobs.reading_sessions() as session:
            lines = jobs.judge().lines(session)
        status = HTTPStatus.OK if all(line.good for line in lines) else HTTPStatus.SERVICE_UNAVAILABLE
        text = "".join(f"{'  ' if line.good else '! '}{line.text}\n" for line in lines)
        return Answer(status, TEXT, text.encode())

    def metrics() -> Answer:
        with jobs.reading_sessions() as session:
            return Answer(HTTPStatus.OK, METRICS, exposition(session, jobs.judge(), jobs.counts))

    return {"/healthz": health, "/metrics": metrics}
