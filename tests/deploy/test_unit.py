"""The systemd units: what systemd itself says of them, where systemd is installed, and what they must agree with here."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mailbot.cli.exits import Exit
from mailbot.service import worker
from mailbot.service.service import GRACE_SECONDS

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT, WORKER = DEPLOY / "mailbot.service", DEPLOY / "mailbot-worker@.service"
UNITS = (UNIT, WORKER)
OPERATOR = DEPLOY.parent / "docs/ru/operator.md"
ANALYZE = shutil.which("systemd-analyze")
with_systemd = pytest.mark.skipif(
    ANALYZE is None, reason="systemd-analyze is not installed (Debian: apt install systemd)"
)
WORST = 2.0
"""The exposure level that no unit must exceed; below 2 systemd calls a service OK, at 5 it frowns."""


@pytest.fixture(params=UNITS, ids=lambda path: path.name)
def unit(request):
    return request.param


def lines(unit):
    return [line for line in unit.read_text(encoding="utf-8").splitlines() if re.match(r"[A-Z]\w+=", line)]


def settings(unit):
    return dict(line.split("=", 1) for line in lines(unit))


@with_systemd
def test_systemd_finds_nothing_to_say_against_it(unit, tmp_path):
    text = unit.read_text(encoding="utf-8").replace("/opt/mailbot/venv/bin/mailbot", "/bin/true")
    instance = tmp_path / unit.name.replace("@", "@1")
    instance.write_text(text, encoding="utf-8")
    done = subprocess.run([ANALYZE, "verify", instance], capture_output=True, text=True, timeout=60, check=False)
    said = [line for line in done.stderr.splitlines() if "mailbot" in line]
    assert said == []


@with_systemd
def test_its_exposure_is_as_low_as_the_documentation_says(unit):
    command = [ANALYZE, "security", "--offline=true", "--threshold=20", unit]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout
    level = re.search(r"exposure level for mailbot[\w@-]*.service: ([\d.]+)", done.stdout)[1]
    assert float(level) <= WORST
    quoted = re.search(r"systemd-analyze security[^\n]*?([\d]+,[\d])", OPERATOR.read_text(encoding="utf-8"))
    assert quoted, "the operator's guide quotes no figure"
    assert float(quoted[1].replace(",", ".")) >= float(level)


def test_it_agrees_with_the_program(unit):
    said = settings(unit)
    assert float(said["TimeoutStopSec"]) > max(GRACE_SECONDS, worker.GRACE_SECONDS) + 5
    assert said["RestartPreventExitStatus"].split() == [str(int(Exit.USAGE)), str(int(Exit.CONFIGURATION))]
    assert "user" in said["RestrictNamespaces"].split()  # see _cut_network in reading/sandbox_worker.py
    assert "ProcSubset" not in said  # see service/identity.py


def test_only_the_service_tells_systemd_how_it_fares():
    assert settings(UNIT)["Type"] == "notify"
    assert settings(WORKER)["Type"] == "exec"
    assert not {"WatchdogSec", "NotifyAccess", "ExecReload"} & settings(WORKER).keys()


def test_a_worker_is_confined_as_the_service_is_and_sees_whether_the_others_live():
    """What the service's unit has, the worker's has too, but for what makes a service; both are one user."""
    services_own = re.compile(
        r"(Type|NotifyAccess|WatchdogSec|Exec\w+|TimeoutStartSec|StateDirectory\w*|WorkingDirectory)="
    )
    about = re.compile(r"(Description|Exec\w+|Type|WorkingDirectory)=")
    missing = [line for line in lines(UNIT) if line not in lines(WORKER) and not services_own.match(line)]
    assert [line for line in missing if not about.match(line)] == []
    assert [line for line in lines(WORKER) if line not in lines(UNIT) and not about.match(line)] == []
    assert settings(WORKER)["User"] == settings(UNIT)["User"]
