import os
import subprocess
import sys

import pytest

from mailbot.service.identity import is_dead, worker_name


def test_a_living_process_is_not_dead_and_an_ended_one_is():
    code = "import sys; from mailbot.service.identity import worker_name; print(worker_name(), flush=True); sys.stdin.read()"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    name = child.stdout.readline().strip()
    assert not is_dead(name)
    assert not is_dead(worker_name())
    child.communicate()
    assert is_dead(name)


def test_one_that_was_killed_and_not_buried_yet_is_dead():
    code = "import sys; from mailbot.service.identity import worker_name; print(worker_name(), flush=True); sys.stdin.read()"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    name = child.stdout.readline().strip()
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and is left in the table of processes
    try:
        assert is_dead(name)
    finally:
        child.communicate()


@pytest.mark.parametrize(("part", "value", "dead"), [(0, "elsewhere", False), (1, "0ther", True), (3, "1", True)])
def test_another_host_is_unknown_another_boot_and_a_reused_number_are_dead(part, value, dead):
    parts = worker_name().split("/")
    parts[part] = value
    assert is_dead("/".join(parts)) is dead


def test_a_name_of_another_form_is_unknown():
    assert not is_dead("somebody")
