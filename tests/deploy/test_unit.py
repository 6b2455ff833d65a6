"""The systemd unit: what systemd itself says of it, where systemd is installed, and what it must agree with here."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mailbot.cli.exits import Exit
from mailbot.service.service import GRACE_SECONDS

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT = DEPLOY / "mailbot.service"
OPERATOR = DEPLOY.parent / "docs/ru/operator.md"
ANALYZE = shutil.which("systemd-analyze")
with_systemd = pytest.mark.skipif(
    ANALYZE is None, reason="systemd-analyze is not installed (Debian: apt install systemd)"
)
WORST = 2.0
"""The exposure level that the unit must not exceed; below 2 systemd calls a service OK, at 5 it frowns."""


def settings():
    pairs = [
        line.split("=", 1) for line in UNIT.read_text(encoding="utf-8").splitlines() if re.match(r"[A-Z]\w+=", line)
    ]
    return dict(pairs)


@with_systemd
def test_systemd_finds_nothing_to_say_against_it(tmp_path):
    text = UNIT.read_text(encoding="utf-8").replace("/opt/mailbot/venv/bin/mailbot", "/bin/true")
    (tmp_path / "mailbot.service").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [ANALYZE, "verify", tmp_path / "mailbot.service"], capture_output=True, text=True, timeout=60, check=False
    )
    said = [line for line in done.stderr.splitlines() if "mailbot.service" in line]
    assert said == []


@with_systemd
def test_its_exposure_is_as_low_as_the_documentation_says():
    command = [ANALYZE, "security", "--offline=true", "--threshold=20", UNIT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout
    level = re.search(r"exposure level for mailbot.service: ([\d.]+)", done.stdout)[1]
    assert float(level) <= WORST
    quoted = re.search(r"systemd-analyze security[^\n]*?([\d]+,[\d])", OPERATOR.read_text(encoding="utf-8"))
    assert quoted, "the operator's guide quotes no figure"
    assert float(quoted[1].replace(",", ".")) >= float(level)


def test_it_agrees_with_the_program():
    unit = settings()
    assert unit["Type"] == "notify"
    assert float(unit["TimeoutStopSec"]) > GRACE_SECONDS + 5
    assert unit["RestartPreventExitStatus"].split() == [str(int(Exit.USAGE)), str(int(Exit.CONFIGURATION))]
    assert "user" in unit["RestrictNamespaces"].split()  # see _cut_network in reading/sandbox_worker.py
    assert "ProcSubset" not in unit  # see service/identity.py
