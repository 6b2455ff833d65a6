"""A throwaway SMTP server on loopback that keeps every mail: what the contact person would have received."""

# ruff: noqa: ARG002, N802 - aiosmtpd calls the handler by its own names, with all their arguments

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mailbot.demo.ports import HOST, free_port


class Sink:
    """The mails that arrived, in order, as bytes; and where the server listens."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.port = free_port()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take the mail."""
        self.mails.append(envelope.original_content)
        return "250 2.0.0 taken"


@contextmanager
def running_sink() -> Iterator[Sink]:
    """A server that listens until the end of the block."""
    from aiosmtpd.controller import Controller  # noqa: PLC0415 - of the extra «demo»

    sink = Sink()
    controller = Controller(sink, hostname=HOST, port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
