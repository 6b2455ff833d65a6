"""What the roll-up says, in both forms: the same things, in good Russian, on each of the campaign's days."""

import re
from dataclasses import replace

import pytest
from lxml import html as lxml_html

from mailbot.rollup import render
from mailbot.rollup.facts import Changes, Difference, Folder, Municipality, Phase, Quota, Unsent
from mailbot.rollup.sections import SECTIONS
from mailbot.rollup.sections.standing import deadline_sentence

TABLE = next(section for section in SECTIONS if section.name == "municipalities")


def spoken(facts):
    """The HTML body as the text that a person reads."""
    page = lxml_html.fromstring(render.html(facts))
    for style in page.xpath("//style|//title"):
        style.drop_tree()
    return flat(" ".join(page.itertext()))


def written(facts):
    return flat(render.text(facts))


def flat(text):
    return " ".join(text.split())


class TestSubject:
    def test_the_standing_in_a_line(self, days):
        subject = flat(render.subject(days["busy"]))
        people = f"{days['busy'].subscribers:,}".replace(",", " ")
        assert subject == f"Сводка на 16.08.2021: ответили 38 из 45, {people} подписчиков, 3 на проверку"

    def test_a_final_one_says_so(self, days):
        assert render.subject(days["final"]).startswith("Итоговая сводка на 17.08.2021: ответили 45 из 45")

    def test_nothing_to_review(self, days):
        assert render.subject(days["quiet"]).endswith("проверять нечего")

    def test_singular(self, days):
        one = Municipality("Арский", answered_at=days["first"].moment, subscribers=21)
        facts = replace(days["first"], municipalities=(one, Municipality("Бавлинский")))
        assert flat(render.subject(facts)) == "Сводка на 12.08.2021: ответил 1 из 2, 21 подписчик, проверять нечего"


@pytest.mark.parametrize(
    ("day", "phase", "sentence"),
    [
        (
            "first",
            Phase.BEFORE,
            "До срока 4 дня 21 час: ответы ждём до 15:00 по московскому времени 17 августа 2021 года.",
        ),
        ("deadline", Phase.DAY, "Сегодня последний день: срок — 15:00 по московскому времени, через 6 часов."),
        ("final", Phase.AFTER, "Срок истёк сегодня в 15:00 по московскому времени."),
        ("after", Phase.AFTER, "Срок истёк 2 дня 3 часа назад, в 15:00 по московскому времени 17 августа 2021 года."),
    ],
)
def test_it_says_where_the_deadline_is(days, day, phase, sentence):
    assert days[day].phase is phase
    assert flat(deadline_sentence(days[day])).startswith(sentence)
    assert sentence in spoken(days[day])
    assert sentence in written(days[day])


def test_both_forms_hold_the_same_sections(any_day):
    for section in SECTIONS:
        assert bool(section.html(any_day).strip()) == bool(section.text(any_day).strip()), section.name


def test_both_forms_hold_the_same_figures(any_day):
    """Every figure of the text is in the HTML, and the other way round (the text draws bars, the HTML abbreviates)."""
    numbers = [
        set(re.findall(r"\d+", form(any_day).replace("\N{NARROW NO-BREAK SPACE}", ""))) for form in (spoken, written)
    ]
    assert numbers[0] == numbers[1]


def test_every_municipality_is_named_once_in_the_table(any_day):
    for facts in (any_day,):
        table = TABLE.text(facts)
        assert all(len(re.findall(rf"^{m.name} ", table, re.MULTILINE)) == 1 for m in facts.municipalities)


def test_lines_of_the_text_are_short(any_day):
    assert max(len(line) for line in render.text(any_day).split("\n")) <= 80


def test_first_come_what_needs_her_and_what_changed():
    assert [section.name for section in SECTIONS[:3]] == ["standing", "needs", "changes"]


class TestNeeds:
    def test_the_oldest_first_with_age_reason_and_place(self, days):
        text = written(days["busy"])
        assert text.index("№ 17 · Бавлинский") < text.index("№ 44") < text.index("№ 51 · Казань")
        assert "ждёт 2 дня 6 часов" in text
        assert "Итог 410 не равен сумме строк 398. [Свод по школам.xlsx!Лист1!F24]" in text
        assert "В письме ВК — 120, в файле — 112. [письмо, абзац 4]" in text

    def test_what_waits_for_more_than_a_day_is_said(self, days):
        assert "Больше суток ждёт 1 вопрос." in spoken(days["busy"])
        assert "Больше суток ждут 4 вопроса." in spoken(days["after"])

    def test_many_are_cut_and_counted(self, days):
        many = replace(days["busy"], cases=days["busy"].cases * 10)
        assert "Ещё 28 вопросов — в книге, лист «На проверку»." in spoken(many)
        assert "Ещё 28 — в книге, лист «На проверку»." in written(many)
        assert spoken(many).count("расхождение") == 4

    def test_sums_that_fall_short_are_only_mentioned(self, days):
        short = replace(days["quiet"].answered[0], differences=(Difference("vk", 100, 35),))
        text = written(replace(days["quiet"], municipalities=(short,)))
        assert "ПРОВЕРЯТЬ НЕЧЕГО" in text
        assert (
            f"У 1 муниципалитета сумма по организациям меньше собственной цифры: видимо, отдельно отчитались не все ({short.name})."
            in text
        )

    def test_what_is_not_read_yet_is_said(self, days):
        facts = replace(days["quiet"], account=replace(days["quiet"].account, by_status={"received": 3}))
        assert "Ещё не прочитано: 3 письма." in written(facts)

    def test_nothing_to_do(self, days):
        assert "Проверять нечего" in spoken(days["quiet"])


class TestChanges:
    def test_a_quiet_day_says_that_nothing_came(self, days):
        for form in (spoken, written):
            assert "новых ответов нет" in form(days["quiet"]).lower()
            assert "писем не приходило, цифры прежние. Служба работает." in form(days["quiet"])

    def test_the_first_one_has_nothing_to_compare(self, days):
        assert "Сравнивать пока не с чем" in spoken(days["first"])

    def test_was_and_is(self, days):
        assert "Мамадышский, ВК: 203 → 207" in written(days["busy"])
        assert "ОК: — → 31" in written(days["busy"])
        assert "Ответили впервые (9): Актанышский, Апастовский, Дрожжановский, Кукморский, Лениногорский, " in spoken(
            days["busy"]
        )

    def test_what_no_longer_counts_says_whose_it_was(self, days):
        for form in (spoken, written):
            assert "Больше не учитываются: Нижнекамский, МБДОУ «Детский сад № 13»." in " ".join(
                form(days["busy"]).replace("\xa0", " ").split()
            )

    def test_only_decisions(self, days):
        changes = Changes(since=days["busy"].moment, closed_cases=2)
        assert "На проверку: закрыто 2." in spoken(replace(days["busy"], changes=changes))


def test_who_has_not_answered_with_the_time_left(days):
    text = written(days["busy"])
    assert "НЕ ОТВЕТИЛИ: 7 МУНИЦИПАЛИТЕТОВ" in text
    assert "Остался 21 час." in text
    assert "Просрочено на 2 дня 3 часа." in written(days["after"])
    assert "ОТВЕТИЛИ ВСЕ" in written(days["final"])


def test_the_silent_of_a_roster_are_counted(days):
    silent = (("Арский", "СОШ № 1"), ("Арский", "СОШ № 2"), ("Казань", "Лицей"))
    assert "Из списка не отчитались 3 организации (Арский — 2, Казань — 1)." in written(
        replace(days["busy"], silent_organisations=silent)
    )


def test_late_ones_are_marked(days):
    late = [m.name for m in days["after"].municipalities if m.late]
    assert late
    text = TABLE.text(days["after"])
    assert [line.split("  ")[0] for line in text.split("\n") if "опоздал" in line] == late
    assert spoken(days["after"]).count("опоздал") >= len(late)


def test_a_sum_that_lacks_organisations_has_an_asterisk(days):
    first = days["busy"].answered[0]
    partial = replace(first, figures={"vk": 1234}, partial=frozenset({"vk"}))
    facts = replace(days["busy"], municipalities=(partial,))
    assert "1 234*" in written(facts)
    assert "* эту цифру указали не все организации" in written(facts)
    assert "*" not in TABLE.text(days["busy"])


def test_below_the_quota_and_what_cannot_be_told(days):
    missed = sum(r.quota is Quota.MISSED for r in days["busy"].respondents)
    unknown = sum(r.quota is Quota.UNKNOWN for r in days["busy"].respondents)
    assert f"МЕНЬШЕ 30 ЧЕЛОВЕК: {missed} ОРГАНИЗАЦИЙ" in written(days["busy"])
    assert f"Ещё о {unknown} организациях по цифрам сказать нельзя" in written(days["busy"])


def test_without_a_quota_nothing_is_said_of_it(days):
    campaign = days["busy"].campaign.model_copy(update={"quota": None})
    text = written(replace(days["busy"], campaign=campaign))
    assert "МЕНЬШЕ" not in text
    assert "<30" not in text


def test_the_thermometer_has_the_best_first(days):
    text = next(section for section in SECTIONS if section.name == "rating").text(days["busy"])
    points = [int(n) for n in re.findall(r"(\d+)°  ▮", text)]
    assert points == sorted(points, reverse=True)
    assert len(points) == 20
    assert "… ещё 18 муниципалитетов — в книге, лист «Муниципалитеты» …" in text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Ещё 7 муниципалитетов без ответа — 0°." in text.replace("\N{NO-BREAK SPACE}", " ")


class TestAccount:
    def test_it_balances(self, days):
        text = written(days["busy"])
        assert "INBOX: на сервере 61, в базе 61 — сходится (сверено 16.08 18:00)." in text
        assert "Ничего не потеряно" in text
        assert "автоматические и рассылки 11" in text

    def test_a_difference_is_named(self, days):
        text = written(days["after"])
        assert "Спам: на сервере 7, в базе 5 — не хватает 2" in text
        assert "Есть расхождение с сервером" in text
        assert "Ничего не потеряно" not in text

    def test_what_the_server_no_longer_holds(self, days):
        account = replace(days["busy"].account, folders=(Folder("m", "INBOX", 5, 7),))
        text = written(replace(days["busy"], account=account))
        assert "2 на сервере удалены или перенесены, в базе сохранены" in text

    def test_never_compared(self, days):
        account = replace(days["busy"].account, folders=(Folder("m", "INBOX", None, 7),))
        text = written(replace(days["busy"], account=account))
        assert "в базе 7, с сервером ещё не сверяли" in text
        assert "Ничего не потеряно" not in text

    def test_what_did_not_leave_is_said(self, days):
        unsent = Unsent("Сводка на 15.08.2021", "554 5.7.1 spam", days["busy"].moment)
        facts = replace(days["busy"], account=replace(days["busy"].account, unsent=(unsent,)))
        assert "Не ушло 16.08 18:00: «Сводка на 15.08.2021» — 554 5.7.1 spam" in spoken(facts)
        assert "Не ушло 16.08 18:00" in written(facts)


def test_a_delayed_one_says_so(days):
    delayed = replace(days["busy"], delayed=True)
    sentence = "Сводка составлена с опозданием, 16.08.2021 в 18:00: в назначенный час служба не работала."
    assert sentence in spoken(delayed)
    assert sentence in written(delayed)
    assert "с опозданием, 16" not in spoken(days["busy"])


def test_a_campaign_without_anything(days):
    """Nobody asked, nothing came: nothing divides by nought."""
    bare = replace(days["first"], municipalities=(), respondents=(), letters=(), cases=())
    assert "0 из 0" in spoken(bare)
    assert "Ответили: 0 из 0" in written(bare)


def test_what_nobody_gave_is_a_dash_and_no_nought(days):
    rows = tuple(
        replace(m, figures={k: v for k, v in m.figures.items() if k != "total"}) for m in days["busy"].municipalities
    )
    facts = replace(days["busy"], municipalities=rows)
    for form in (spoken, written):
        assert re.search(r"Всего человек\s+(никто не указал\s+—|—\s+никто не указал)", form(facts))


def test_no_line_of_the_plain_text_ends_amid_a_figure(any_day):
    """«— 2», «→ 31», «№ 3» and «9 часов» stay together."""
    lines = render.text(any_day, "2021-08-16.daily.x").split("\n")
    assert not [line for line in lines if re.match(r"\s*(— \d|→|часов|дней)", line) or line.endswith("№")]
