"""Where settings come from, first wins: the environment, systemd's credentials, the TOML file.

In the environment «smtp.port» is MAILBOT_SMTP__PORT, and «mailbox.press.password» MAILBOT_MAILBOX__PRESS__PASSWORD.
A credential is a file in $CREDENTIALS_DIRECTORY whose name is the key's path: «mailbox.press.password».
Values of both are plain strings; a list is written with commas.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import Field
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

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
    SmtpSection,
)

PREFIX = "MAILBOT_"
Nested = dict[str, Any]


def environment() -> Mapping[str, str]:
    """The process's environment: read here and nowhere else."""
    return os.environ  # noqa: TID251 - this is the edge that the ban points to


class Model(BaseSettings):
    """The whole configuration. Build it by `read_model`."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

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

    class Here(Model):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - ours replace them all
            env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
            file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return (
                PathsSource(settings_cls, _from_environment(environment())),
                PathsSource(settings_cls, _from_credentials(environment().get("CREDENTIALS_DIRECTORY"))),
                TomlConfigSettingsSource(settings_cls, toml_file=path),
            )

    return Here()


class PathsSource(PydanticBaseSettingsSource):
    """Settings given as (path, value) pairs."""

    def __init__(self, settings_cls: type[BaseSettings], pairs: Iterable[tuple[list[str], str]]) -> None:
        super().__init__(settings_cls)
        self._pairs = list(pairs)

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Not used: all values are returned together."""
        raise NotImplementedError(f"{field_name}: {field}")

    def __call__(self) -> Nested:
        """The values, nested as in the file; pairs that name no table of the configuration are someone else's."""
        tree: Nested = {}
        for path, value in self._pairs:
            if path[0] in self.settings_cls.model_fields and len(path) > 1:
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
