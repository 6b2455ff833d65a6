"""`mailbot worker`: takes jobs from Procrastinate's queue, and reads and sends as the service itself would.

A job names a message or a mail. What it says is a hint: the message is claimed in our own tables first, and where it is
read already, or somebody else has it, there is nothing to do. A worker that is killed in the middle loses its claim as
any reader does, and the next sweep asks for the message anew.
"""

from __future__ import annotations

import asyncio
import signal
import threading

import psycopg
import structlog
from procrastinate import App, RetryStrategy
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status
from procrastinate.worker import Worker
from sqlalchemy.exc import SQLAlchemyError

from mailbot.service.handover import HandedOver
from mailbot.service.jobs import Jobs
from mailbot.service.procrastination import QUEUE, READ, SEND, working_app

GRACE_SECONDS = 8.0
AGAIN_SECONDS = 5.0
HEARTBEAT_SECONDS = 10.0
RETRY = RetryStrategy(max_attempts=10, wait=10)
"""For the database's troubles: what a message does to its reader is counted in our own tables."""

log = structlog.get_logger(__name__)


class QueueWorker:
    """Works until a signal comes; SIGTERM and SIGINT end it within ten seconds. `stop` is what `jobs` asks for."""

    def __init__(self, jobs: Jobs, handover: HandedOver, stop: threading.Event) -> None:
        self._jobs = jobs
        self._handover = handover
        self._stop = stop
        self._reader = jobs.reader()
        self._worker: Worker | None = None

    def run(self) -> bool:
        """Work; whether all was at rest at the end, or a reading was abandoned (which loses nothing)."""
        loop = asyncio.new_event_loop()
        at_rest = loop.run_until_complete(self._main())
        if at_rest:
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()
            self._reader.close()
            self._handover.close()
        log.info("worker_stopped" if at_rest else "worker_abandons_jobs")
        return at_rest

    async def _main(self) -> bool:
        stopping = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        serving = asyncio.create_task(self._serve(stopping))
        waiting = asyncio.create_task(stopping.wait())
        await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        self._stop.set()
        if self._worker is not None:
            self._worker.stop()
        ended, _ = await asyncio.wait({serving}, timeout=GRACE_SECONDS)
        for task in ended:
            task.result()
        return bool(ended)

    async def _serve(self, stopping: asyncio.Event) -> None:
        """Run a worker; when it ends with the connection, another one."""
        while not stopping.is_set():
            try:
                await self._work(stopping)
            except (ConnectorException, psycopg.Error, SQLAlchemyError) as error:
                log.warning("queue_lost", reason=type(error).__name__)
            try:
                await asyncio.wait_for(stopping.wait(), AGAIN_SECONDS)
            except TimeoutError:
                continue

    async def _work(self, stopping: asyncio.Event) -> None:
        await asyncio.to_thread(self._begin)
        app = working_app(self._jobs.engine)
        app.task(name=READ, queue=QUEUE, retry=RETRY)(self._read)
        app.task(name=SEND, queue=QUEUE, retry=RETRY)(self._send)
        async with app.open_async():
            await self._forget_stalled(app)
            self._worker = Worker(
                app,
                [QUEUE],
                concurrency=self._jobs.settings.bounds.workers,
                delete_jobs="always",
                install_signal_handlers=False,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
            )
            if not stopping.is_set():
                log.info("worker_started", worker=self._jobs.worker)
                await self._worker.run()

    def _begin(self) -> None:
        """What was left by a broken connection, or by workers that died, is asked for anew."""
        self._reader.give_back()
        self._handover.read()
        self._handover.send()

    async def _forget_stalled(self, app: App) -> None:
        """Jobs of dead workers only fill the table."""
        for job in await app.job_manager.get_stalled_jobs():
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)

    def _read(self, message: int) -> None:
        if self._reader.read_one(message):
            self._jobs.health.succeeded("read")
            self._handover.send()  # it may have been answered

    def _send(self, mail: int) -> None:
        result = self._jobs.deliver(mail)
        if result.problems:
            self._jobs.health.failed("deliver", "; ".join(result.problems))
        if result.sent or result.refused:
            self._handover.send()  # the next; after a mail that was put off, the sweep asks when it is time
