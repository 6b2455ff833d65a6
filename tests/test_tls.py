"""TLS to mail servers: version 1.2 at least, verified, for receiving and for sending alike."""

import socket
import ssl
import threading

import pytest
from pydantic import SecretStr

from mailbot.inbox import session
from mailbot.inbox.errors import ConnectionLostError
from mailbot.inbox.settings import MailboxSettings
from mailbot.outbox import smtp
from mailbot.outbox.errors import SendError
from mailbot.outbox.settings import SmtpSettings
from tests.servers.certificates import make_certificates

OLD, NEW = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1), (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")  # old versions are the point


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return make_certificates(tmp_path_factory.mktemp("tls"))


class Server:
    """Shakes hands in the given versions and hangs up; `agreed` are the versions of those that succeeded."""

    def __init__(self, certificates, versions):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version, context.maximum_version = versions
        context.load_cert_chain(certificates.certificate, certificates.key)
        self._context = context
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(20)
        self.port = self._socket.getsockname()[1]
        self.agreed = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while True:
            try:
                plain, _ = self._socket.accept()
            except OSError:
                return
            plain.settimeout(10)
            try:
                with self._context.wrap_socket(plain, server_side=True) as client:
                    self.agreed.append(client.version())
            except OSError:
                plain.close()

    def close(self):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(20)


@pytest.fixture
def server(certificates):
    made = []

    def make(versions):
        made.append(Server(certificates, versions))
        return made[-1]

    yield make
    for each in made:
        each.close()


def receive(port, authority):
    settings = MailboxSettings(
        name="press", host="localhost", port=port, user="me", password=SecretStr("x"), ca_file=authority,
        timeout_seconds=10,
    )  # fmt: skip
    session.connect(settings)


def send(port, authority):
    smtp.check(SmtpSettings("localhost", port, ca_file=authority, timeout_seconds=10))


WAYS = pytest.mark.parametrize("connect", [receive, send])


@WAYS
def test_a_server_that_offers_only_old_versions_is_refused(connect, server, certificates):
    old = server(OLD)
    careless = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    careless.set_ciphers("ALL:@SECLEVEL=0")
    careless.minimum_version = ssl.TLSVersion.TLSv1
    careless.load_verify_locations(certificates.authority)
    with socket.create_connection(("localhost", old.port), 10) as plain:
        try:
            with careless.wrap_socket(plain, server_hostname="localhost") as client:
                assert client.version() == "TLSv1.1"
        except ssl.SSLError:
            pytest.skip("this OpenSSL has no old versions to offer")
    with pytest.raises((ConnectionLostError, SendError), match=r"(?i)version|protocol|handshake"):
        connect(old.port, certificates.authority)
    assert old.agreed == ["TLSv1.1"]  # the careless client's alone


@WAYS
def test_a_server_of_today_is_spoken_to(connect, server, certificates):
    new = server(NEW)
    with pytest.raises((ConnectionLostError, SendError)):  # it hangs up after the handshake
        connect(new.port, certificates.authority)
    assert new.agreed == ["TLSv1.3"]


@WAYS
def test_a_certificate_that_nobody_vouches_for_is_refused(connect, server, tmp_path):
    new, stranger = server(NEW), make_certificates(tmp_path)
    with pytest.raises((ConnectionLostError, SendError), match=r"(?i)certificate|сертификат"):
        connect(new.port, stranger.authority)
    with pytest.raises((ConnectionLostError, SendError), match=r"(?i)certificate|сертификат"):
        connect(new.port, None)  # the system's authorities
    assert new.agreed == []


@pytest.mark.parametrize("context_of", [session.tls_context, smtp.tls_context])
def test_the_contexts_verify_chain_and_name(context_of):
    context = context_of(None)
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
