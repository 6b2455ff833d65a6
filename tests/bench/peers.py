"""Other programs to measure against, each in a venv of its own beside the project's, made once where pip can make it."""

from __future__ import annotations

import subprocess
import sys
import time
from base64 import encodebytes
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import mailboxes
from tests.bench.plan import Plan
from tests.servers.dovecot import Dovecot

NEEDS = {"naive": ("imap-tools", "pandas", "openpyxl", "SQLAlchemy"), "parsedmarc": ("parsedmarc",)}
INSTALL_SECONDS = 300
REPORT = """<?xml version="1.0" encoding="UTF-8"?><feedback><report_metadata><org_name>example.com</org_name>
<email>dmarc@example.com</email><report_id>{number}</report_id><date_range><begin>1628467200</begin><end>1628553599</end>
</date_range></report_metadata><policy_published><domain>example.org</domain><adkim>r</adkim><aspf>r</aspf><p>none</p>
<sp>none</sp><pct>100</pct></policy_published><record><row><source_ip>192.0.2.{host}</source_ip><count>2</count>
<policy_evaluated><disposition>none</disposition><dkim>pass</dkim><spf>pass</spf></policy_evaluated></row><identifiers>
<header_from>example.org</header_from></identifiers><auth_results><spf><domain>example.org</domain><result>pass</result>
</spf></auth_results></record></feedback>"""


def install(folder: Path, name: str) -> str:
    """Make the venv of a peer, unless it is there; why it could not be made, else ""."""
    place = folder / name
    if (place / "ready").exists():
        return ""
    try:
        subprocess.run([sys.executable, "-m", "venv", place], check=True, capture_output=True, timeout=INSTALL_SECONDS)
        pip = [place / "bin" / "pip", "install", "-q", "--disable-pip-version-check", *NEEDS[name]]
        subprocess.run(pip, check=True, capture_output=True, timeout=INSTALL_SECONDS)
    except (subprocess.SubprocessError, OSError) as error:
        return f"{name} could not be installed: {type(error).__name__}"
    (place / "ready").touch()
    return ""


def parsedmarc(plan: Plan, server: Dovecot, count: int) -> list[float]:
    """Messages a second of parsedmarc on `count` aggregate reports, start-up included; empty where it is not installed."""
    python = plan.peer("parsedmarc")
    if python is None:
        return []
    rates = []
    for number in range(min(plan.rounds, 3)):
        folder = f"DMARC{number}"
        mailboxes.fill(server, folder, _reports(count, number))
        with TemporaryDirectory() as scratch:
            configuration = Path(scratch) / "parsedmarc.ini"
            configuration.write_text(_configuration(server, folder, scratch), encoding="utf-8")
            begun = time.perf_counter()
            command = [python.parent / "parsedmarc", "-c", configuration]
            subprocess.run(command, capture_output=True, timeout=INSTALL_SECONDS, check=True)
            rates.append(count / (time.perf_counter() - begun))
        plan.step()
    return rates


def _configuration(server: Dovecot, folder: str, output: str) -> str:
    return (
        f"[general]\nsave_aggregate = True\noutput = {output}\noffline = True\nsilent = True\n"
        f"[mailbox]\nreports_folder = {folder}\narchive_folder = Done{folder}\nwatch = False\ntest = False\nbatch_size = 0\n"
        f"[imap]\nhost = localhost\nport = {server.port}\nuser = {server.user}\npassword = {server.password}\n"
        f"skip_certificate_verification = True\n"
    )


def _reports(count: int, seed: int) -> Iterator[bytes]:
    for number in range(count):
        data = encodebytes(REPORT.format(number=f"{seed}-{number}", host=number % 250).encode()).replace(b"\n", b"\r\n")
        name = f"example.com!example.org!1628467200!1628553599!{seed}-{number}.xml"
        yield (
            f"From: dmarc@example.com\r\nTo: press@example.org\r\nMessage-ID: <{seed}.{number}@dmarc.example>\r\n"
            "Date: Mon, 09 Aug 2021 12:00:00 +0000\r\nSubject: Report domain: example.org\r\nMIME-Version: 1.0\r\n"
            f'Content-Type: application/xml; name="{name}"\r\nContent-Disposition: attachment; filename="{name}"\r\n'
            "Content-Transfer-Encoding: base64\r\n\r\n"
        ).encode() + data
