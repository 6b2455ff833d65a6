"""The endpoint for monitors: GET /healthz and GET /metrics over HTTP. Off unless configured; on loopback by default."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import NamedTuple

import structlog

from mailbot.service.listen import Listen

TEXT = "text/plain; charset=utf-8"
CLIENT_SECONDS = 5.0
"""How long a client may be silent."""

log = structlog.get_logger(__name__)


class Answer(NamedTuple):
    """An HTTP answer."""

    status: HTTPStatus
    content_type: str
    body: bytes


class Monitor:
    """Serves the `pages` by path, each made anew for every request, in threads of its own; until `close`.

    Raises OSError where the address can't be had.
    """

    def __init__(self, listen: Listen, pages: dict[str, Callable[[], Answer]]) -> None:
        self._server = _Server(listen, pages)
        self._thread = threading.Thread(target=self._server.serve_forever, name="monitor", daemon=True)
        self._thread.start()
        log.info("monitor_listens", address=listen.address, port=self.port)

    @property
    def port(self) -> int:
        """The TCP port."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(CLIENT_SECONDS)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a client that keeps its connection must not hold up the end of the service

    def __init__(self, listen: Listen, pages: dict[str, Callable[[], Answer]]) -> None:

        self.pages = pages
        self.address_family = socket.AF_INET6 if ip_address(listen.address).version == 6 else socket.AF_INET
        super().__init__((listen.address, listen.port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = CLIENT_SECONDS
    server_version, sys_version = "mailbot", ""

    def do_GET(self) -> None:
        """Answer with the page of the path."""
        page = self.server.pages.get(self.path.partition("?")[0])
        answer = _not_found() if page is None else _made(page)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_HEAD = do_GET  # noqa: N815 - the base class looks for this name

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Requests are not worth a line each."""
        log.debug("monitor_request", request=format % args)


def _not_found() -> Answer:
    return Answer(HTTPStatus.NOT_FOUND, TEXT, b"/healthz, /metrics\n")


def _made(page: Callable[[], Answer]) -> Answer:
    try:
        return page()
    except Exception as error:  # noqa: BLE001 - the outermost edge: the monitor must hear that something is wrong
        log.warning("monitor_page_failed", reason=f"{type(error).__name__}: {error}")
        return Answer(HTTPStatus.SERVICE_UNAVAILABLE, TEXT, f"! {type(error).__name__}\n".encode())
