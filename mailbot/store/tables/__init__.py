"""The tables. People query the public views (see `mailbot.store.views`); the tables stand behind them."""

from mailbot.store.tables.answers import EvidenceRow, FigureRow, FindingRow, ReportRow, StandingFigureRow, StandingRow
from mailbot.store.tables.base import Base
from mailbot.store.tables.campaign import CampaignRow, FieldRow, MunicipalityRow, OrganisationRow
from mailbot.store.tables.cases import CaseRow, DecisionRow
from mailbot.store.tables.desk import DeskReplyRow, SigningKeyRow, WeightRow
from mailbot.store.tables.health import HealthRow
from mailbot.store.tables.mail import AttachmentRow, FolderRow, LocationRow, MessageRow, RawMessageRow
from mailbot.store.tables.sending import OutboxRow, PublicViewRow, RollupRow

__all__ = [
    "AttachmentRow",
    "Base",
    "CampaignRow",
    "CaseRow",
    "DecisionRow",
    "DeskReplyRow",
    "EvidenceRow",
    "FieldRow",
    "FigureRow",
    "FindingRow",
    "FolderRow",
    "HealthRow",
    "LocationRow",
    "MessageRow",
    "MunicipalityRow",
    "OrganisationRow",
    "OutboxRow",
    "PublicViewRow",
    "RawMessageRow",
    "ReportRow",
    "RollupRow",
    "SigningKeyRow",
    "StandingFigureRow",
    "StandingRow",
    "WeightRow",
]
