"""Procrastinate, as far as we use it: the application, its two tasks by name, and its tables.

Imported only where `[queue] engine` asks for it: the library is an optional one, and costs a service at rest memory.
"""

from __future__ import annotations

from importlib.metadata import version as version_of
from typing import Any

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.jobs import Job
from procrastinate.schema import SchemaManager
from sqlalchemy import Engine

from mailbot.store import job_queue

READ, SEND = "mailbot.read", "mailbot.send"
QUEUE = "mailbot"
_CONNECTION: dict[str, Any] = {
    "application_name": "mailbot queue",
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
    "options": f"-c search_path={job_queue.SCHEMA} -c timezone=UTC -c lock_timeout=60s",
}
_POOL_SECONDS = 15.0


def deferring_app(engine: Engine) -> App:
    """An application that puts jobs into the queue from any thread. Open it before use, and close it."""
    return App(connector=SyncPsycopgConnector(min_size=0, max_size=2, **_pool(engine)))


def working_app(engine: Engine) -> App:
    """An application for a worker, in an event loop."""
    return App(connector=PsycopgConnector(min_size=1, max_size=4, **_pool(engine)))


def reading_job(message: int) -> Job:
    """The job of reading the message; it waits in the queue only once."""
    return _job(READ, f"read {message}", message=message)


def sending_job(mail: int) -> Job:
    """The job of sending the mail. Only one such job waits at a time: mails leave one after the other."""
    return _job(SEND, "send", mail=mail)


def install(engine: Engine) -> bool:
    """Make the tables of the installed version; whether they weren't there."""
    return job_queue.install(engine, SchemaManager.get_schema(), _version())


def require(engine: Engine) -> None:
    """Raise `SchemaError` unless the tables of the installed version are there."""
    job_queue.require(engine, _version())


def _job(task: str, name: str, **arguments: int) -> Job:
    return Job(queue=QUEUE, lock=None, queueing_lock=name, task_name=task, task_kwargs=dict(arguments))


def _pool(engine: Engine) -> dict[str, Any]:
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return {"conninfo": url, "kwargs": _CONNECTION, "timeout": _POOL_SECONDS}


def _version() -> str:
    return version_of("procrastinate")
