"""The roll-up mail from the facts: subject, both bodies, the workbook, and the name that makes it the only one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailbot.loading import loading

if TYPE_CHECKING:
    from mailbot.rollup.facts import Facts

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class RollupMail:
    """A roll-up ready to be packed. `identity` is the same for the same campaign, date and kind, whenever it is made.

    The Message-ID is made of it: «rollup.subscribers-2021.2021-08-16.daily»; where roll-ups are signed, their token
    stands in the place of date and kind, which it names.
    """

    identity: str
    subject: str
    html: str
    text: str
    workbook: bytes
    workbook_name: str


def compose(facts: Facts, token: str = "") -> RollupMail:
    """The mail that says the facts. Pure. `token` goes wherever an answer to the mail may carry it back from."""
    with loading:
        from mailbot.rollup import render, workbook  # noqa: PLC0415 - heavy (Jinja2, css-inline, openpyxl); loaded once a day

    return RollupMail(
        identity=f"rollup.{facts.campaign.name}.{token or f'{facts.date.isoformat()}.{kind_of(facts)}'}",
        subject=render.subject(facts),
        html=render.html(facts, token),
        text=render.text(facts, token),
        workbook=workbook.build(facts, token),
        workbook_name=f"svodka-{facts.date.isoformat()}{'-itog' if facts.kind == 'final' else ''}.xlsx",
    )


def kind_of(facts: Facts) -> str:
    """The kind under which the roll-up is recorded; those sent by hand are told apart by their time."""
    return f"extra-{facts.moment:%H%M%S}" if facts.kind == "extra" else facts.kind
