"""When a job is done: APScheduler as the service wants it, and an end to it that neither fails nor hangs half-way."""

from concurrent.futures import Executor

from apscheduler.executors.pool import BasePoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler


class _Threads(BasePoolExecutor):
    """APScheduler's pool of threads that others made: it has one only for those that it makes itself."""

    def __init__(self, threads: Executor) -> None:
        super().__init__(threads)  # type: ignore[no-untyped-call]  # abstract there, and complete


def make_scheduler(threads: Executor) -> BackgroundScheduler:
    """A scheduler that runs jobs in these threads, each once at a time; one that comes late is never dropped."""
    return BackgroundScheduler(
        executors={"default": _Threads(threads)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        timezone="UTC",
    )


def shut_down(scheduler: BackgroundScheduler, threads: Executor) -> None:
    """Start no job any more, and return when those that run have ended.

    APScheduler 3 calls itself stopped before its own thread has come to rest, and then looks for a job that it has just
    started among those that were never begun: JobLookupError ends the thread with a traceback. So it rests first. And
    while it waits for jobs to end it keeps the lock that a job needs which asks for its next run; so we wait, not it.

    Raises SchedulerNotRunningError.
    """
    scheduler.pause()
    scheduler.remove_all_jobs()  # which waits until its thread has handed over what was due
    scheduler.shutdown(wait=False)
    threads.shutdown(wait=True)
