"""The sandbox: whatever a reader does in it, `open` returns, and the next task finds a working process."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from mailbot.domain.document import Attachment, Document, Limits, Opened, Paragraph, Table
from mailbot.reading import wire
from mailbot.reading.sandbox import MEGABYTE, Sandbox, Task

TASKS = """
import ctypes, os, signal, socket, subprocess, tempfile
from mailbot.domain.document import Attachment, Cell, Document, Limits, Opened, Paragraph, Table

def say(text):
    return Opened(documents=(Document("x", "attachment", "txt", (Paragraph(text, "x:1"),)),))

def echo(attachment: Attachment, limits: Limits) -> Opened:
    cell = Cell("35", "x!A1", doubtful=True)
    document = Document("x", "body", "txt", (Paragraph("а\\ud800", "x:1", 2), Table(((cell,),), "x")), running=("в",))
    return Opened(documents=(document,), children=(attachment, Attachment("пусто", b"")))

def spin(attachment: Attachment, limits: Limits) -> Opened:
    while True:
        pass

def sleep(attachment: Attachment, limits: Limits) -> Opened:
    signal.pause()

def abort(attachment: Attachment, limits: Limits) -> Opened:
    os.abort()

def segfault(attachment: Attachment, limits: Limits) -> Opened:
    ctypes.string_at(0)

def grab(attachment: Attachment, limits: Limits) -> Opened:
    return say(str(len(bytearray(4 << 30))))

def much(attachment: Attachment, limits: Limits) -> Opened:
    return Opened(children=(Attachment("x", bytes(limits.parts)),))

def fail(attachment: Attachment, limits: Limits) -> Opened:
    raise KeyError("секрет отправителя")

def wrong(attachment: Attachment, limits: Limits) -> Opened:
    return Limits()

def connect(attachment: Attachment, limits: Limits) -> Opened:
    socket.create_connection(("127.0.0.1", int(attachment.name)))

def connect_in_c(attachment: Attachment, limits: Limits) -> Opened:
    libc = ctypes.CDLL(None, use_errno=True)
    address = (2).to_bytes(2, "little") + int(attachment.name).to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8)
    return say(str(libc.connect(libc.socket(2, 1, 0), address, 16)))

def scribble(attachment: Attachment, limits: Limits) -> Opened:
    before = os.listdir(tempfile.gettempdir())
    descriptor, path = tempfile.mkstemp()
    os.write(descriptor, b"x")
    os.mkdir(path + ".d")
    print("noise on stdout", flush=True)
    return say(f"{before} {path}")

def environment(attachment: Attachment, limits: Limits) -> Opened:
    return say(repr(dict(os.environ)))

def bloat(attachment: Attachment, limits: Limits) -> Opened:
    global kept
    kept = bytearray(b"x" * (400 << 20))
    return say(str(os.getpid()))

def pid(attachment: Attachment, limits: Limits) -> Opened:
    return say(str(os.getpid()))

def child(attachment: Attachment, limits: Limits) -> Opened:
    subprocess.Popen(["sleep", "1000"])
    signal.pause()
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    (tmp_path / "sandbox_tasks.py").write_text(TASKS)
    monkeypatch.syspath_prepend(tmp_path)
    with Sandbox(wall_seconds=30, cpu_seconds=10) as sandbox:

        def call(function, name="x", data=b"", limits=None, **bounds):
            for key, value in bounds.items():
                setattr(sandbox, f"_{key}", value)
            monkeypatch.setattr(
                "mailbot.reading.sandbox.TASKS", {"open_attachment": Task(f"sandbox_tasks:{function}", Opened)}
            )
            return sandbox.open(Attachment(name, data), limits)

        yield call


def text(opened):
    return opened.documents[0].blocks[0].text


def code(opened):
    assert opened.documents == ()
    (trouble,) = opened.troubles
    return trouble.code


def test_values_travel_unchanged(run):
    opened = run("echo", "схема.xlsx", bytes(range(256)))
    assert opened.children == (Attachment("схема.xlsx", bytes(range(256))), Attachment("пусто", b""))
    (document,) = opened.documents
    assert document.role == "body"
    assert document.running == ("в",)
    assert isinstance(document.blocks[0], Paragraph)
    assert document.blocks[0].text == "а\ud800"
    assert isinstance(document.blocks[1], Table)
    assert document.blocks[1].rows[0][0].doubtful is True


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("abort", "reader_crashed"),
        ("segfault", "reader_crashed"),
        ("fail", "reader_crashed"),
        ("wrong", "reader_crashed"),
        ("grab", "attachment_too_large"),
    ],
)
def test_a_crash_is_a_trouble_and_the_next_task_runs(run, function, expected):
    assert code(run(function)) == expected
    assert text(run("pid"))


def test_a_readers_error_names_its_place_and_not_the_senders_text(run):
    message = run("fail").troubles[0].message
    assert "KeyError, sandbox_tasks.py:" in message
    assert "секрет" not in message


def test_processor_time_is_bounded(run):
    assert code(run("spin", cpu_seconds=1)) == "attachment_timeout"


def test_processor_time_counts_for_each_task(run):
    first = text(run("pid", cpu_seconds=1))
    for _ in range(20):
        assert text(run("pid")) == first


def test_time_on_the_wall_is_bounded(run):
    assert code(run("sleep", wall_seconds=0.3)) == "attachment_timeout"


def test_a_killed_reader_takes_its_programs_with_it(run):
    assert code(run("child", wall_seconds=0.5)) == "attachment_timeout"
    give_up = time.monotonic() + 10  # killed is not yet gone: the kernel takes its time on a loaded machine
    while any(b"sleep\x001000" in _command(entry) for entry in Path("/proc").glob("[0-9]*")):
        assert time.monotonic() < give_up, "the reader's program outlived it"
        os.sched_yield()


def _command(process):
    try:
        return (process / "cmdline").read_bytes()
    except OSError:  # it ended while we looked
        return b""


def test_an_answer_is_bounded(run, monkeypatch):
    monkeypatch.setattr("mailbot.reading.sandbox._ANSWER_SPARE", 0)
    opened = run("much", limits=Limits(parts=2 * MEGABYTE, unpacked_bytes=MEGABYTE))
    assert code(opened) == "attachment_too_large"


def test_there_is_no_network(run):
    with _listener() as port:
        assert code(run("connect", str(port))) == "reader_crashed"
        assert text(run("connect_in_c", str(port))) == "-1"


@contextlib.contextmanager
def _listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_the_folder_is_emptied_after_each_task_and_removed_at_the_end(run):
    left, _, path = text(run("scribble")).partition(" ")
    assert left == "[]"
    assert not Path(path).exists()
    assert Path(path).parent.is_dir()
    assert text(run("scribble")).startswith("[] ")
    run("abort")
    assert not Path(path).parent.exists()


def test_no_secret_of_the_service_is_in_its_environment(run, monkeypatch):
    monkeypatch.setenv("MAILBOT_PASSWORD", "тайна")
    seen = text(run("environment"))
    assert "тайна" not in seen
    assert "'OMP_THREAD_LIMIT': '1'" in seen


def test_a_process_is_reused_until_it_has_grown(run):
    first = text(run("pid"))
    assert text(run("pid")) == first
    assert text(run("bloat")) == first
    assert text(run("pid")) != first


def test_a_process_that_died_between_tasks_is_replaced(run):
    os.kill(int(text(run("pid"))), signal.SIGKILL)
    assert text(run("pid"))


def test_several_threads_may_use_one(run):
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(text(run("pid")))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert len(set(answers)) == 1


def test_the_process_dies_with_its_parent(tmp_path):
    (tmp_path / "sandbox_tasks.py").write_text(TASKS)
    program = (
        "import os, signal, threading\n"
        "from mailbot.domain.document import Attachment\n"
        "from mailbot.reading import sandbox\n"
        "from mailbot.domain.document import Opened\n"
        "box = sandbox.Sandbox()\n"
        "task = sandbox.Task('sandbox_tasks:{}', Opened)\n"
        "sandbox.TASKS['open_attachment'] = sandbox.Task('sandbox_tasks:pid', Opened)\n"
        "print(box.open(Attachment('x', b'')).documents[0].blocks[0].text, flush=True)\n"
        "sandbox.TASKS['open_attachment'] = sandbox.Task('sandbox_tasks:spin', Opened)\n"
        "threading.Thread(target=box.open, args=(Attachment('x', b''),), daemon=True).start()\n"
        "input()\n"
    )
    environment = {"PYTHONPATH": os.pathsep.join((str(tmp_path), *sys.path))}
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as parent:
        pid = int(parent.stdout.readline())
        parent.kill()
    descriptor = _open_process(pid)
    if descriptor is not None:
        poller = select.poll()
        poller.register(descriptor, select.POLLIN)
        assert poller.poll(5000), "the reader outlived its parent"
        os.close(descriptor)


def _open_process(pid):
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        return None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 16,
        wire.pack(("x",))[:-1],
        wire.pack((1,)),
        wire.pack((("x",),)),
        wire.pack((Limits(),)),
        wire.pack((Opened(),)).replace(b'"Opened"', b'"Trouble"'),
        wire._HEAD.pack(5000, 0) + b"[" * 5000,
        wire._HEAD.pack(13, 2) + b'[["Opened"]]  []',
    ],
)
def test_an_answer_of_another_type_is_refused(content):
    with pytest.raises(wire.WireError):
        wire.unpack(content, (Opened,))


def test_a_blob_that_is_not_there_is_refused():
    content = wire.pack((Attachment("x", b"abc"),)).replace(b'"x",0', b'"x",1')
    with pytest.raises(wire.WireError):
        wire.unpack(content, (Attachment,))


def test_a_document_travels():
    document = Document("x", "attachment", "txt", ())
    assert wire.unpack(wire.pack((document,)), (Document,)) == (document,)
