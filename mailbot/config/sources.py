"""Where settings come from, first wins: the environment, systemd's credentials, the TOML file.

In the environment «smtp.port» is MAILBOT_SMTP__PORT, and «mailbox.press.password» MAILBOT_MAILBOX__PRESS__PASSWORD.
A credential is a file in $CREDENTIALS_DIRECTORY whose name is the key's path: «mailbox.press.password».
Values of both are plain strings; a list is written with commas.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import Field

from mailbot.config.model import (
    CampaignSection,
    DatabaseSection,
    LimitsSection,
    LogSection,
    MailboxSection,
    MetricsSection,
    QueueSection,
    ReadingSection,
    RepliesSection,
    ReportSection,
    RetentionSection,
    RollupSection,
    Section,
    SmtpSection,
)

PREFIX = "MAILBOT_"
Nested = dict[str, Any]


def environment() -> Mapping[str, str]:
    """The process's environment: read here and nowhere else."""
    return os.environ  # noqa: TID251 - this is the edge that the ban points to


class Model(Section):
    """The whole configuration. Build it by `read_model`."""

    mailbox: Mapping[str, MailboxSection] = Field(min_length=1)
    database: DatabaseSection = DatabaseSection()
    smtp: SmtpSection
    report: ReportSection
    replies: RepliesSection = RepliesSection()
    rollup: RollupSection = RollupSection()
    campaign: CampaignSection = CampaignSection()
    limits: LimitsSection = LimitsSection()
    reading: ReadingSection = ReadingSection()
    queue: QueueSection = QueueSection()
    retention: RetentionSection = RetentionSection()
    metrics: MetricsSection = MetricsSection()
    log: LogSection = LogSection()


def read_model(path: Path) -> Model:
    """Read the TOML file at `path` under the environment and the credentials.

    Raises pydantic's ValidationError, `tomllib.TOMLDecodeError`, or OSError for a file that can't be read.
    """
    with path.open("rb") as file:
        written = tomllib.load(file)
    credentials = _nested(_from_credentials(environment().get("CREDENTIALS_DIRECTORY")))
    return Model.model_validate(_over(_nested(_from_environment(environment())), _over(credentials, written)))


def _over(upper: Nested, lower: Nested) -> Nested:
    """Both, table by table; where both have a key, the upper one's value."""
    merged = dict(lower)
    for key, value in upper.items():
        below = lower.get(key)
        merged[key] = _over(value, below) if isinstance(value, dict) and isinstance(below, dict) else value
    return merged


def _nested(pairs: Iterable[tuple[list[str], str]]) -> Nested:
    """Settings given by their paths, as in the file; those that name no table of the configuration are someone else's."""
    tree: Nested = {}
    for path, value in pairs:
        if path[0] in Model.model_fields and len(path) > 1:
            place = tree
            for step in path[:-1]:
                place = place.setdefault(step, {})
            place[path[-1]] = value
    return tree


def _from_environment(variables: Mapping[str, str]) -> Iterable[tuple[list[str], str]]:
    for name, value in variables.items():
        if name.startswith(PREFIX):
            yield name.removeprefix(PREFIX).lower().split("__"), value


def _from_credentials(folder: str | None) -> Iterable[tuple[list[str], str]]:
    for path in sorted(Path(folder).iterdir()) if folder else ():
        if path.is_file():
            yield path.name.split("."), path.read_text(encoding="utf-8").rstrip("\r\n")
