"""A throwaway IMAP server on loopback: pymap, in memory, in a thread of this process."""

from __future__ import annotations

import asyncio
import platform
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import datetime
from typing import Any

from imap_tools import MailBoxUnencrypted

from mailbot.demo.errors import DemoError
from mailbot.demo.ports import HOST, free_port

USER, PASSWORD = "press", "demo"
SPAM = "Спам"
STARTED_WITHIN = 30.0


class Mailbox:
    """The mailbox of the running server, as those see it who send to it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._client = MailBoxUnencrypted(HOST, port, timeout=STARTED_WITHIN).login(USER, PASSWORD)
        self._client.folder.create(SPAM)

    def deliver(self, folder: str, raw: bytes, when: datetime) -> None:
        """Put a mail into the folder, as having arrived at `when` (aware)."""
        self._client.append(raw, folder, when)

    def close(self) -> None:
        """Log out."""
        self._client.logout()


@contextmanager
def running_mailbox() -> Iterator[Mailbox]:
    """A server that listens until the end of the block, with an empty mailbox; DemoError where it doesn't start."""
    server = _Server(free_port())
    try:
        server.start()
        mailbox = Mailbox(server.port)
        try:
            yield mailbox
        finally:
            mailbox.close()
    finally:
        server.stop()


class _Server:
    """pymap's event loop in a thread. pymap's own `main` wants signals, which only a main thread can have."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._ready = threading.Event()
        self._fault: Exception | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._ended = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="demo-imap", daemon=True)

    def start(self) -> None:
        self._thread.start()
        if not self._ready.wait(STARTED_WITHIN):
            raise DemoError(f"встроенный почтовый сервер не запустился за {STARTED_WITHIN:.0f} с")
        if self._fault is not None:
            what = f"{type(self._fault).__name__}: {self._fault}"
            raise DemoError(f"pymap не работает на Python {platform.python_version()} ({what})") from self._fault

    def stop(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(STARTED_WITHIN)

    def _keep(self, loop: asyncio.AbstractEventLoop, work: Any, **options: Any) -> asyncio.Task[Any]:
        """Make a task and hold it: pymap forgets those of its connections, and a forgotten one is garbage collected."""
        task = asyncio.Task(work, loop=loop, **options)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _run(self) -> None:
        try:
            with asyncio.Runner() as runner:
                self._loop = runner.get_loop()
                self._loop.set_task_factory(self._keep)
                runner.run(self._serve())
        except Exception as error:  # noqa: BLE001 - whatever a library of 2024 does on a later Python: `start` tells it
            self._fault = error
            self._ready.set()

    async def _serve(self) -> None:
        from pymap.backend.dict import DictBackend  # noqa: PLC0415 - of the extra «demo»
        from pymap.imap import IMAPService  # noqa: PLC0415

        backend, config = await DictBackend.init(_arguments(self.port))
        config.apply_context()
        async with AsyncExitStack() as stack:
            await IMAPService(backend, config).start(stack)
            self._ready.set()
            await self._ended.wait()


def _arguments(port: int) -> Namespace:
    """What pymap's command line would give; `inherited_sockets` it forgets itself where systemd's module is there."""
    return Namespace(
        host=HOST, port=port, tls=False, cert=None, key=None, debug=False, proxy_protocol=None, passlib_cfg=None,
        inherited_sockets=None, demo_data=False, demo_user=USER, demo_password=PASSWORD,
    )  # fmt: skip
