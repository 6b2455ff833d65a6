import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "deploy" / "audit.py"


@pytest.fixture
def audit():
    spec = importlib.util.spec_from_file_location("audit", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def program(tmp_path):
    """A stand-in for pip-audit that writes what the test dictates."""

    def make(out, err="", code=0):
        path = tmp_path / "pip-audit"
        path.write_text(
            f"#!{sys.executable}\nimport sys\nassert '--require-hashes' in sys.argv\n"
            f"sys.stdout.write({out!r})\nsys.stderr.write({err!r})\nsys.exit({code})\n"
        )
        path.chmod(0o755)
        return str(path)

    return make


def test_a_known_vulnerability_fails(audit, program, capsys):
    flaw = '{"id": "PYSEC-1", "fix_versions": ["2.0"]}'
    out = f'{{"dependencies": [{{"name": "a", "version": "1", "vulns": [{flaw}]}}], "fixes": []}}'
    assert audit.main(program(out, code=1)) == 1
    assert "VULNERABLE  a 1: PYSEC-1, mended in 2.0" in capsys.readouterr().err


def test_nothing_known_passes(audit, program, capsys):
    assert audit.main(program('{"dependencies": [{"name": "a", "version": "1", "vulns": []}]}')) == 0
    assert "audited: 1 packages" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("out", "err"),
    [
        ("", "requests.exceptions.ConnectionError: no route to host"),
        ("<html>", ""),
        ('{"dependencies": [{"name": "a", "skip_reason": "not found on PyPI"}]}', ""),
    ],
)
def test_what_could_not_be_asked_is_loud_and_fails_nothing(audit, program, capsys, out, err):
    assert audit.main(program(out, err, 1 if err else 0)) == 0
    assert "NOT AUDITED" in capsys.readouterr().err


def test_a_missing_program_is_loud(audit, tmp_path, capsys):
    assert audit.main(str(tmp_path / "nothing")) == 0
    assert "NOT AUDITED" in capsys.readouterr().err
