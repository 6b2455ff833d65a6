"""An SMTP sink on loopback: TLS from the first byte, log-in required, every mail kept, and faults on demand."""

# ruff: noqa: ARG002, N802 - aiosmtpd calls these by its own names, with all their arguments

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from tests.servers.certificates import Certificates
from tests.servers.dovecot import HOST, free_port


class Sink:
    """What arrived. Faults: `put_off` answers 451 to so many mails, `refuse` 554, `drop` takes the mail and hangs up
    before it says so, `unknown` are addresses that it has never heard of. `taken` is called with the bytes of each mail that was taken."""

    user, password = "press@example.org", "секрет-4711"

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.put_off = self.refuse = self.drop = 0
        self.taken: Callable[[bytes], object] = lambda _: None
        self.unknown: set[str] = set()
        self.port = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        """Know every address but the unknown ones."""
        if address in self.unknown:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take the mail, or do as the faults say."""
        if not session.authenticated:
            return "530 5.7.0 log in first"
        if self.put_off:
            self.put_off -= 1
            return "451 4.3.0 try again later"
        if self.refuse:
            self.refuse -= 1
            return "554 5.7.1 not wanted"
        self.mails.append(envelope.original_content)
        self.taken(envelope.original_content)
        if self.drop:
            self.drop -= 1
            server.transport.abort()
        return "250 2.0.0 taken"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        """Accept the one account."""
        known = (self.user.encode(), self.password.encode())
        good = isinstance(data, LoginPassword) and (data.login, data.password) == known
        return AuthResult(success=good, handled=False)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return SMTP(
            self.handler,
            hostname="sink.example.org",
            authenticator=self.handler.authenticate,
            auth_require_tls=False,  # TLS is there from the first byte, which aiosmtpd does not count
        )


@contextmanager
def running_sink(certificates: Certificates | None) -> Iterator[Sink]:
    """A sink that listens until the end of the block, in the clear without certificates; `port` tells where."""
    context = None
    if certificates is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates.certificate, certificates.key)
    sink = Sink()
    controller = _Controller(sink, hostname=HOST, port=free_port(), ssl_context=context)
    controller.start()
    try:
        sink.port = controller.port
        yield sink
    finally:
        controller.stop()
