"""When a job is done: APScheduler, with a shutdown that cannot fail half-way."""

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler


class Scheduler(BackgroundScheduler):
    """Runs jobs in threads of its own, each once at a time; one that comes late is done late, and never dropped."""

    def __init__(self, threads: int) -> None:
        super().__init__(
            executors={"default": ThreadPoolExecutor(threads)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone="UTC",
        )

    def shutdown(self, wait: bool = True) -> None:
        """Start no job any more, and end; with `wait`, when those that run have ended.

        APScheduler 3 calls itself stopped before its thread has come to rest, and then looks for a job that it has just
        started among those that were never begun: JobLookupError ends the thread with a traceback. So it rests first.

        Raises SchedulerNotRunningError.
        """
        self.pause()
        self.remove_all_jobs()  # which waits until the thread has handed over what was due
        super().shutdown(wait)
