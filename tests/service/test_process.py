"""The service as systemd would run it: a process with a socket to notify, a watchdog, and an endpoint."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def config(tmp_path, port):
    path = tmp_path / "config.toml"
    path.write_text(
        f"""
        [mailbox.press]
        host = "localhost"
        port = 1
        tls = "none"
        user = "press@example.org"
        password = "s3cret"
        [smtp]
        host = "localhost"
        port = 1
        tls = "none"
        sender = "mailbot <press@example.org>"
        [report]
        to = ["contact@example.org"]
        [metrics]
        listen = "localhost:{port}"
        """,
        encoding="utf-8",
    )
    return path


@pytest.fixture
def process(config, manager):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAILBOT_")}  # noqa: TID251
    environment |= {"NOTIFY_SOCKET": str(manager.path), "WATCHDOG_USEC": "600000"}
    with (config.parent / "log").open("wb") as log:
        command = [sys.executable, "-m", "mailbot", "run", "-c", str(config)]
        running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        yield running
        running.kill()
        running.wait()


def heard_but_signs_of_life(manager):
    while (said := manager.heard(60)) == {"WATCHDOG": "1"}:
        pass
    return said


def ask(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.timeout(120)
def test_its_life_as_systemd_sees_it(process, manager, config, port):
    assert manager.heard(60) == {"READY": "1", "STATUS": "ящики: press"}
    assert manager.heard() == {"WATCHDOG": "1"}
    assert ask(port, "/healthz")[0] == 503  # there are no servers
    assert "mailbot_healthy 0.0" in ask(port, "/metrics")[1]

    good = config.read_text(encoding="utf-8")
    config.write_text(good.replace("port =", "prt =", 1), encoding="utf-8")
    process.send_signal(signal.SIGHUP)
    assert heard_but_signs_of_life(manager)["RELOADING"] == "1"
    assert "прежние" in heard_but_signs_of_life(manager)["STATUS"]

    config.write_text(good, encoding="utf-8")
    process.send_signal(signal.SIGHUP)
    assert heard_but_signs_of_life(manager)["RELOADING"] == "1"
    assert heard_but_signs_of_life(manager) == {"READY": "1", "STATUS": "ящики: press"}  # the new process, same number
    assert ask(port, "/healthz")[0] == 503

    process.send_signal(signal.SIGTERM)
    assert heard_but_signs_of_life(manager) == {"STOPPING": "1"}
    assert process.wait(15) == 0
