"""Known vulnerabilities among the pinned dependencies: pip-audit over the lock file. `make audit`.

Ends with 1 where one is known. Where the advisories can't be had (no network, or an index that doesn't carry them),
pip-audit passes in silence; here that is told loudly, and ends with 0, since it says nothing about the dependencies.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCK = Path(__file__).with_name("requirements.lock")
SECONDS = 150


def main(pip_audit: str) -> int:
    """Run the program `pip_audit` and tell what it found; the exit code."""
    command = [
        pip_audit,
        "--require-hashes",
        "--disable-pip",
        "--progress-spinner=off",
        "--format=json",
        "-r",
        str(LOCK),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        return _not_audited(f"{type(error).__name__}: {error}")
    try:
        dependencies = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return _not_audited((done.stderr.strip() or "no answer").splitlines()[-1])
    return judge(dependencies)


def judge(dependencies: list[dict[str, Any]]) -> int:
    """What pip-audit's list says: 1 for a known vulnerability; loud where a package could not be looked up."""
    found = [
        f"{each['name']} {each['version']}: {flaw['id']}, mended in {', '.join(flaw['fix_versions']) or 'no version'}"
        for each in dependencies
        for flaw in each.get("vulns", ())
    ]
    unknown = [each["name"] for each in dependencies if "skip_reason" in each]
    for line in found:
        _say(f"VULNERABLE  {line}")
    if unknown:
        _not_audited(f"no advisories for {len(unknown)} of {len(dependencies)} packages ({', '.join(unknown[:5])}…)")
    if not found and not unknown:
        _say(f"audited: {len(dependencies)} packages, no known vulnerability")
    return 1 if found else 0


def _not_audited(reason: str) -> int:
    _say(f"NOT AUDITED  {reason}")
    return 0


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
