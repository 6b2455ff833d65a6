"""A real SMTP sink in this process: TLS, STARTTLS or plain on loopback, log-in, and answers that a test dictates."""

# ruff: noqa: ARG002, N802 - aiosmtpd calls these by its own names, with all their arguments

import base64
import ssl
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from pydantic import SecretStr

from mailbot.outbox.settings import SmtpSettings
from mailbot.store.engine import open_engine, sessions
from mailbot.store.outgoing import OutgoingMail, enqueue
from mailbot.store.tables import Base
from tests.servers.certificates import make_certificates
from tests.servers.dovecot import HOST, free_port

USER, PASSWORD = "press@example.org", "пароль-4711"
START = datetime(2021, 8, 16, 15, 0, tzinfo=UTC)


class Sink:
    """What arrived, and what to answer: `answers` maps «RCPT», «MAIL», «DATA» to replies, used up in turn."""

    def __init__(self):
        self.mails = []
        self.answers = {}
        self.users = []
        self.encrypted = []

    def _answer(self, command):
        waiting = self.answers.get(command, [])
        return waiting.pop(0) if waiting else None

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self._answer("MAIL") or "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self._answer("RCPT") or "250 OK"
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        answer = self._answer("DATA") or "250 taken"
        if answer == "cut before":
            server.transport.abort()
            return "250 never said"
        if answer.startswith("2") or answer == "cut after":
            self.mails.append((envelope.mail_from, tuple(envelope.rcpt_tos), envelope.original_content))
            self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        if answer == "cut after":
            server.transport.abort()
        return answer if answer[0].isdigit() else "250 never said"

    async def auth_XOAUTH2(self, server, args):
        told = base64.b64decode(args[1]).decode()
        self.users.append(told)
        if "Bearer good-token" in told:
            return AuthResult(success=True)
        await server.push("334 eyJzdGF0dXMiOiI0MDAifQ==")
        await server._reader.readline()
        return AuthResult(success=False, handled=False)

    def authenticate(self, server, session, envelope, mechanism, data):
        good = isinstance(data, LoginPassword) and data.login == USER.encode() and data.password == PASSWORD.encode()
        self.users.append(mechanism)
        return AuthResult(success=good, handled=False)


class _Server(Controller):
    """aiosmtpd's controller; only the TLS of its own probing connection differs from the default."""

    def __init__(self, sink, **options):
        self._options = options
        super().__init__(sink, hostname=HOST, port=free_port(), ssl_context=options.pop("at_once", None))

    def factory(self):
        return SMTP(self.handler, hostname="sink.example.org", **self._options)


@pytest.fixture
def make_sink():
    return Sink


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def serve(certificates):
    """A context manager: serve(sink, tls=…) gives the settings to reach the sink with."""

    @contextmanager
    def start(sink, tls="tls", login=False, exclude=()):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates.certificate, certificates.key)
        options = {"auth_exclude_mechanism": exclude, "auth_require_tls": tls == "starttls", "auth_required": login}
        if login:
            options["authenticator"] = sink.authenticate
        if tls == "tls":
            options["at_once"] = context
        elif tls == "starttls":
            options |= {"tls_context": context, "require_starttls": True}
        server = _Server(sink, **options)
        server.start()
        try:
            yield SmtpSettings(
                host=HOST,
                port=server.port,
                tls=tls,
                ca_file=None if tls == "none" else certificates.authority,
                user=USER if login else "",
                password=SecretStr(PASSWORD) if login else None,
                timeout_seconds=5,
            )
        finally:
            server.stop()

    return start


class Clock:
    """A clock that a test moves."""

    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now

    def forward(self, **span):
        self.now += timedelta(**span)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path):
    """A factory of sessions on an empty SQLite database."""
    engine = open_engine(f"sqlite:///{tmp_path}/mailbot.db")
    Base.metadata.create_all(engine)
    yield sessions(engine)
    engine.dispose()


def mail(number=1, payload=b"Subject: x\r\n\r\n.dot\r\nbody\r\n", recipients=("boss@example.org",)):
    """A mail to send."""
    return OutgoingMail(
        kind="rollup",
        message_id=f"<{number}@example.org>",
        sender=USER,
        recipients=recipients,
        subject=f"Сводка {number}",
        payload=payload,
    )


@pytest.fixture
def post(store):
    """Queue a mail."""

    def queue(number=1, **changes):
        with store.begin() as session:
            return enqueue(session, mail(number, **changes), START)

    return queue
