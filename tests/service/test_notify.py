import socket
import time

import structlog

from mailbot.service.notify import Notifier


def test_it_says_what_sd_notify_says(manager):
    notifier = Notifier(str(manager.path), watchdog_seconds=30)
    notifier.ready("ящики: press\nи second")
    assert manager.heard() == {"READY": "1", "STATUS": "ящики: press и second"}
    notifier.alive()
    assert manager.heard() == {"WATCHDOG": "1"}
    before = time.monotonic_ns() // 1000
    notifier.reloading()
    said = manager.heard()
    assert said["RELOADING"] == "1"
    assert before <= int(said["MONOTONIC_USEC"]) <= time.monotonic_ns() // 1000
    notifier.status("зависло: read")
    assert manager.heard() == {"STATUS": "зависло: read"}
    notifier.stopping()
    assert manager.heard() == {"STOPPING": "1"}


def test_an_abstract_address_is_spoken_to_as_well():
    name = f"mailbot-test-{time.monotonic_ns()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("\0" + name)
        listener.settimeout(5)
        Notifier(f"@{name}").ready()
        assert listener.recv(100) == b"READY=1"


def test_the_environment_says_where_and_whether_to_give_signs_of_life():
    given = {"NOTIFY_SOCKET": "/run/systemd/notify", "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "42"}
    assert Notifier.of(given, 42) == Notifier("/run/systemd/notify", 60.0)
    assert Notifier.of(given, 43) == Notifier("/run/systemd/notify", None)
    assert Notifier.of({"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "many"}, 1) == Notifier("/x", None)
    assert Notifier.of({}, 42) == Notifier("", None)


def test_without_systemd_nothing_is_said_and_a_lost_socket_stops_nothing(manager, tmp_path):
    Notifier().ready()
    Notifier(str(manager.path), None).alive()
    assert manager.hears_nothing()
    with structlog.testing.capture_logs() as lines:
        Notifier(str(tmp_path / "nobody")).ready()
    assert [line["event"] for line in lines] == ["notify_failed"]
