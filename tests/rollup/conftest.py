"""Facts made by hand: the default campaign on five days of its life."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailbot.domain.campaign import AudienceGroup, Campaign, CampaignField
from mailbot.rollup import thermometer
from mailbot.rollup.facts import (
    Account,
    Case,
    CaseSort,
    Changes,
    Facts,
    Figure,
    FigureChange,
    Folder,
    Letter,
    Municipality,
    Place,
    Proposal,
    Quota,
    Reason,
    Respondent,
)

MOSCOW = ZoneInfo("Europe/Moscow")
DEADLINE = datetime(2021, 8, 17, 15, 0, tzinfo=MOSCOW)
CAMPAIGN = Campaign(
    name="subscribers-2021",
    title="Подписка на аккаунты Министерства образования и науки Республики Татарстан",
    fields=(
        CampaignField(name="vk", title="ВКонтакте", short="ВК"),
        CampaignField(name="instagram", title="Instagram", short="Инст."),
        CampaignField(name="ok", title="Одноклассники", short="ОК"),
        CampaignField(name="total", title="Всего человек", short="Всего", kind="total"),
    ),
    audience=(AudienceGroup(name="teachers", title="педагоги"), AudienceGroup(name="parents", title="родители")),
    quota=30,
    deadline=DEADLINE,
)
_FILE = Path(__file__).parents[2] / "mailbot" / "data" / "municipalities.csv"
NAMES = [line.split(",")[0] for line in _FILE.read_text(encoding="utf-8").splitlines()[1:]]


def at(text: str) -> datetime:
    """A Moscow time from «2021-08-16 18:00»."""
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


def figures(letter: int, sheet_row: int, **values: int) -> dict[str, Figure]:
    """Figures with a cell each as evidence."""
    return {
        name: Figure(value, (Place(letter, f"svod.xlsx!Лист1!{column}{sheet_row}", f"{name}: {value}"),))
        for (name, value), column in zip(values.items(), "CDEFG", strict=False)
    }


def respondent(letter, municipality, organisation, sent_at, row=7, quota=Quota.MET, **values):
    """A respondent's current figures."""
    return Respondent(
        municipality=municipality,
        organisation=organisation,
        key=organisation and organisation.casefold(),
        figures=figures(letter, row, **values),
        letter=letter,
        sent_at=sent_at,
        late=sent_at > DEADLINE,
        quota=quota,
    )


def _answer(chance, letter, name, sent_at):
    """A municipality's organisations with figures that look like life."""
    rows = []
    for i in range(chance.randint(2, 9)):
        vk = chance.choice([12, 24, 31, 33, 35, 40, 52, 64])
        values = {"vk": vk, "instagram": chance.randint(4, vk), "ok": chance.randint(3, vk)}
        if chance.random() < 0.4:
            values["total"] = sum(values.values())
        most, whole = max(values["vk"], values.get("total", 0)), sum(values[f] for f in ("vk", "instagram", "ok"))
        quota = Quota.MET if most >= 30 else Quota.MISSED if whole < 30 else Quota.UNKNOWN
        kind = chance.choice(
            ["МБОУ «СОШ № {}»", "МБДОУ «Детский сад № {} комбинированного вида»", "МБОУ «Гимназия № {}»"]
        )
        rows.append(respondent(letter, name, kind.format(i + 1), sent_at, i + 7, quota, **values))
    return rows


def _municipality(name, rows, cases, chance):
    values: dict[str, int] = {}
    for row in rows:
        for field, figure in row.figures.items():
            values[field] = values.get(field, 0) + figure.value
    first = min((row.sent_at for row in rows), default=None)
    made = Municipality(
        name=name,
        answered_at=first,
        late=first is not None and first > DEADLINE,
        organisations=len(rows),
        figures=values,
        subscribers=sum(
            row.figures["total"].value if "total" in row.figures else sum(f.value for f in row.figures.values())
            for row in rows
        ),
        below_quota=sum(row.quota is Quota.MISSED for row in rows),
        cannot_tell=sum(row.quota is Quota.UNKNOWN for row in rows),
        to_review=sum(case.municipality == name for case in cases),
        corrections=int(chance.random() < 0.15),
    )
    rating = thermometer.rate(made, rows, CAMPAIGN, DEADLINE, thermometer.Weights())
    return Municipality(**{f: getattr(made, f) for f in made.__slots__ if f != "rating"}, rating=rating)


CASES = (
    Case(
        sort=CaseSort.REVIEW,
        since=at("2021-08-14 11:20"),
        letter=17,
        title="Бавлинский",
        municipality="Бавлинский",
        sender="Отдел образования <roo.bavly@tatar.ru>",
        subject="Re: Подписка на аккаунты Министерства",
        reasons=(
            Reason(
                "total_mismatch",
                "Итог 410 не равен сумме строк 398.",
                (Place(17, "Свод по школам.xlsx!Лист1!F24", "Итого 410"),),
            ),
            Reason("sources_disagree", "В письме ВК — 120, в файле — 112.", (Place(17, "body:4", "ВК 120"),)),
        ),
        proposals=(
            Proposal(71, "Бавлинский", "МБОУ «СОШ № 1»", figures(17, 8, vk=35, ok=30)),
            Proposal(72, "Бавлинский", "МБОУ «СОШ № 2»", figures(17, 9, vk=41, ok=29)),
        ),
    ),
    Case(
        sort=CaseSort.FAILED,
        since=at("2021-08-16 09:02"),
        letter=44,
        title="муниципалитет не установлен",
        sender="Фазылзянова Г. Р. <g.fazyl@mail.ru>",
        subject="отчет",
        reasons=(Reason("reader_crashed", "Файл «архив.rar» прервал программу чтения; посмотрите его сами."),),
    ),
    Case(
        sort=CaseSort.REVIEW,
        since=at("2021-08-16 14:48"),
        letter=51,
        title="Казань",
        municipality="Казань",
        sender="МБОУ «Лицей № 35» <l35.kzn@tatar.ru>",
        subject="информация о подписке",
        reasons=(Reason("approximate", "Указано «около 40», точного числа нет.", (Place(51, "body:2", "около 40"),)),),
        proposals=(Proposal(90, "Казань", "МБОУ «Лицей № 35»", {}),),
    ),
    Case(
        sort=CaseSort.CONTRADICTION,
        since=at("2021-08-16 15:30"),
        title="Арский",
        municipality="Арский",
        reasons=(
            Reason(
                "sources_disagree",
                "ВКонтакте: муниципалитет указал 120, по организациям выходит 96.",
                (Place(30, "body:3", "ВК - 120"),),
            ),
        ),
    ),
)


def build(moment, answered, *, kind="daily", cases=CASES, since=None, hidden=0):
    """The facts of a roll-up at `moment` with the first `answered` of the municipalities answered."""
    chance = random.Random(16)
    order = sorted(NAMES)
    answering = sorted(chance.sample(order, answered))
    respondents = []
    for letter, name in enumerate(answering, start=1):
        end = min(moment, DEADLINE + timedelta(hours=30))
        sent = end - timedelta(minutes=chance.randint(30, 5 * 24 * 60))
        respondents += _answer(chance, letter, name, sent)
    municipalities = tuple(
        _municipality(name, [r for r in respondents if r.municipality == name], cases, chance) for name in order
    )
    letters = tuple(
        Letter(
            number=number,
            sent_at=moment - timedelta(hours=3 * number),
            sender=f"Отдел образования, {name}",
            address=f"roo{number}@tatar.ru",
            subject="Re: Подписка на аккаунты Министерства",
            status="accepted",
            kind="report",
            folders=("INBOX",),
            attachments=("svod.xlsx",),
            municipalities=(name,),
        )
        for number, name in enumerate(answering, start=1)
    )
    return Facts(
        campaign=CAMPAIGN,
        date=moment.date(),
        kind=kind,
        moment=moment,
        deadline=DEADLINE,
        municipalities=municipalities,
        respondents=tuple(respondents),
        cases=cases,
        changes=Changes(since=since),
        letters=letters,
        account=Account(
            folders=(
                Folder("monrt16", "INBOX", 61, 61, moment),
                Folder("monrt16", "Спам", 5 + hidden, 5, moment),
            ),
            messages=63,
            by_status={"accepted": 44, "review": 2, "ignored": 16, "failed": 1},
            ignored_by_kind={"auto": 11, "other": 5},
        ),
    )


def with_changes(facts, since):
    """The same facts with what came since: whoever answered then did so first, three figures were corrected."""
    new = [m for m in facts.answered if m.answered_at > since]
    names = {m.name for m in new}
    organisations = tuple((r.municipality, r.organisation) for r in facts.respondents if r.municipality in names)
    changes = Changes(
        since=since,
        letters=len(new) + 5,
        answered=tuple(m.name for m in new),
        organisations=organisations,
        figures=(
            FigureChange("Мамадышский", None, "vk", 203, 207),
            FigureChange("Арский", "МБОУ «Арская гимназия № 5 имени Героя Советского Союза»", "ok", None, 31),
            FigureChange("Арский", "МБОУ «Новокинерская СОШ»", "instagram", 1031, 31),
        ),
        withdrawn=(("Нижнекамский", "МБДОУ «Детский сад № 13»"),),
        new_cases=2,
        closed_cases=1,
        totals={field: sum(m.figures.get(field, 0) for m in new) for field in ("vk", "instagram", "ok")},
        subscribers=sum(m.subscribers for m in new),
    )
    return replace(facts, changes=changes)


DAYS = {
    "first": build(at("2021-08-12 18:00"), 3, cases=()),
    "busy": with_changes(build(at("2021-08-16 18:00"), 38), at("2021-08-15 18:00")),
    "quiet": build(at("2021-08-15 18:00"), 30, cases=(), since=at("2021-08-14 18:00")),
    "deadline": with_changes(build(at("2021-08-17 09:00"), 41), at("2021-08-16 18:00")),
    "final": with_changes(build(at("2021-08-17 15:30"), 45, kind="final"), at("2021-08-17 09:00")),
    "after": with_changes(build(at("2021-08-19 18:00"), 43, hidden=2), at("2021-08-18 18:00")),
}


@pytest.fixture(params=sorted(DAYS))
def any_day(request):
    """The facts of each of the days in turn."""
    return DAYS[request.param]


@pytest.fixture
def days():
    """The facts of all days by name."""
    return DAYS
