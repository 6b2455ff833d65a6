"""The container: what can be checked without an engine."""

import re
import tomllib
from pathlib import Path

DEPLOY = Path(__file__).parents[2] / "deploy"


def pinned(name):
    return set(re.findall(r"(?m)^([a-z0-9._-]+==\S+)", (DEPLOY / name).read_text(encoding="utf-8")))


def test_what_runs_is_pinned_as_what_was_tested_and_brings_no_tests():
    running, everything = pinned("requirements-run.lock"), pinned("requirements.lock")
    assert running < everything
    names = {line.partition("==")[0] for line in running}
    wanted = tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    missing = {re.match(r"[\w.-]+", each)[0].lower() for each in wanted} - names
    assert missing == set()
    assert not names & {"pytest", "mypy", "ruff", "hypothesis"}


def test_the_image_runs_as_nobody_special_and_asks_status_for_its_health():
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    final = text.rpartition("\nFROM ")[2]
    user = re.search(r"(?m)^USER (\d+)$", final)[1]
    assert f"--uid {user} " in final
    assert int(user) > 0
    assert re.search(r"HEALTHCHECK[^\n]*\\\n.*mailbot status \|\| exit 1", final)
    assert "--require-hashes" in text


def test_compose_hands_over_secrets_under_the_names_of_the_keys():
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    assert re.findall(r"target: (\S+)", text) == ["database.url", "mailbox.press.password", "smtp.password"]
    assert "CREDENTIALS_DIRECTORY=/run/secrets" in (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert not re.search(r"(?i)password: \S", text)
