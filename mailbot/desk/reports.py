"""What a person's word makes of a report: figures, municipality and organisation put in the place of those read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mailbot.domain.campaign import Campaign
from mailbot.domain.directory import Directory
from mailbot.domain.interpretation import Claim, Evidence, Report
from mailbot.reading.text.fold import fold
from mailbot.reading.who.organisation_key import organisation_key
from mailbot.rollup import russian
from mailbot.rollup.facts import Place, Respondent
from mailbot.rollup.workbook.sheets.organisations import WHOLE


class OrderError(Exception):
    """An order that can't be carried out; the message is a Russian sentence for its author."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be put in place of what stands. `figures` by field, None for one that is to go.

    `municipality` and `organisation` are None where they stay; an empty organisation means the municipality as a whole.
    """

    municipality: str | None = None
    organisation: str | None = None
    figures: Mapping[str, int | None] | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing changes."""
        return self.municipality is None and self.organisation is None and not self.figures


def changed(base: Report | None, change: Change, campaign: Campaign, place: Evidence) -> Report:
    """The report that the change makes of `base` (None: there was none). Raises `OrderError` where it makes no report.

    Figures that stay keep their evidence; those that she gives have `place`, her own mail. A split by audience belongs
    to the figures that it splits: it goes when one of them changes.
    """
    municipality = change.municipality or (base.municipality if base else None)
    if municipality is None:
        raise OrderError("Не указан муниципалитет.")
    organisation = base.organisation if base else None
    key = base.key if base else None
    if change.organisation is not None:
        organisation = change.organisation or None
        key = organisation and named(organisation)
    given = change.figures or {}
    claims = {claim.name: claim for claim in base.figures} if base else {}
    for field, value in given.items():
        if value is None:
            claims.pop(field, None)
        elif field not in claims or claims[field].value != value:
            claims[field] = Claim(name=field, value=value, evidence=(place,))
    if not claims:
        raise OrderError("Нет ни одной цифры: впишите цифры или отклоните письмо.")
    order = [field.name for field in campaign.fields]
    return Report(
        municipality=municipality,
        organisation=organisation,
        key=key,
        figures=tuple(sorted(claims.values(), key=lambda claim: order.index(claim.name))),
        audience=base.audience if base and not given else (),
    )


def current_report(current: Respondent) -> Report:
    """A respondent's current figures as a report, each with the places that state it."""
    own = Evidence(locator=f"письмо № {current.letter}")

    def claim(name: str, value: int, places: tuple[Place, ...]) -> Claim:
        found = tuple(Evidence(locator=place.locator, snippet=place.snippet) for place in places)
        return Claim(name=name, value=value, evidence=found or (own,))

    return Report(
        municipality=current.municipality,
        organisation=current.organisation,
        key=current.key,
        figures=tuple(claim(name, figure.value, figure.places) for name, figure in current.figures.items()),
        audience=tuple(claim(name, value, ()) for name, value in current.audience.items()),
    )


def with_what_falls(figures: Mapping[str, int], base: Report | None, campaign: Campaign) -> dict[str, int | None]:
    """Figures given in words, and the stated total that falls with them where an account's figure changes."""
    fallen: dict[str, int | None] = dict(figures)
    stands = {claim.name: claim.value for claim in base.figures} if base else {}
    changes = any(
        stands.get(field.name) != figures.get(field.name, stands.get(field.name)) for field in campaign.accounts
    )
    if changes and campaign.total is not None and campaign.total.name not in figures:
        fallen[campaign.total.name] = None
    return fallen


def named(organisation: str) -> str:
    """The organisation's key. Raises `OrderError` for a name that tells nothing."""
    key = organisation_key(organisation)
    if not key:
        raise OrderError(f"«{organisation}» не похоже на название организации.")
    return key


def municipality_named(text: str, directory: Directory) -> str:
    """The canonical name of a municipality as the workbook lists it. Raises `OrderError` for another one."""
    wanted = fold(text).strip()
    for municipality in directory.municipalities:
        if fold(municipality.canonical) == wanted:
            return municipality.canonical
    raise OrderError(f"Муниципалитета «{text}» нет в списке.")


def organisation_entered(text: str | None) -> str:
    """The organisation as the workbook's cell gives it: "" for the municipality as a whole."""
    return "" if text is None or fold(text).strip(" ()") in (fold(WHOLE).strip(" ()"), "") else text


def said(report: Report, campaign: Campaign) -> str:
    """«Бавлинский, МБОУ «СОШ № 5»: ВК 35, ОК 30»."""
    who = f"{report.municipality}, {report.organisation}" if report.organisation else report.municipality
    return f"{who}: {figures_said({c.name: c.value for c in report.figures}, campaign)}"


def figures_said(figures: Mapping[str, int | None], campaign: Campaign) -> str:
    """«ВК 35, ОК 30», or «цифр нет»."""
    parts = [
        f"{field.heading} {russian.number(value, russian.HARD_SPACE)}"
        for field in campaign.fields
        if (value := figures.get(field.name)) is not None
    ]
    return ", ".join(parts) or "цифр нет"
