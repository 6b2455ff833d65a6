"""One stretch of a line: whose it is, its labels and its numbers, bound to one another."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mailbot.domain.campaign import Campaign
from mailbot.reading.figures import labels as ready
from mailbot.reading.figures.asides import is_of_an_audience, subscribed_people, without_headcount
from mailbot.reading.figures.binding import Pair, bind
from mailbot.reading.figures.lexicon import Label, Lexicon
from mailbot.reading.figures.lines import Line
from mailbot.reading.figures.masks import Role
from mailbot.reading.figures.ordered import in_slots
from mailbot.reading.figures.recorder import TOTAL_FIRST, Order, Recorder, is_total_line
from mailbot.reading.figures.replaced import without_earlier, without_earlier_list, without_repetition
from mailbot.reading.figures.shared import are_parts, as_many_as, is_their_sum, is_tied
from mailbot.reading.figures.statements import Subject
from mailbot.reading.figures.tokens import DateToken, Number

SUBSCRIBED = re.compile(r"подпис|язылу|язылды|язылган")
_EACH = re.compile(
    r"(?:(?:3|три|трех|трем)(?=\s+(?:соц|сет|страниц|аккаунт|групп|паблик))|кажд\w+|всех|все|обе\w*|һәр\w*|һәрбер\w*)(?!\s+(?:образоват\w*|организ\w*|школ\w*|учрежд\w*|оо(?![а-я])|доу|сад\w*))"
)
_INSTITUTIONS = re.compile(
    r"(?:\d|двух|трех|все[хм]?)\s+(?:школ|сад|детск|организац|учрежд|гимнази|лице|доу(?![а-я])|оо(?![а-я]))"
)
_NETWORKS = re.compile(r"сет[иьяе]|соцсет|аккаунт|страниц|групп|паблик|площадк|канал")
_BUT_FOR = re.compile(r"(?<![а-я])кроме(?![а-я])|исключени|помимо")
_PO = re.compile(r"(?<![а-я])по\s+$")
_IN_EACH = re.compile(
    r"\s*(?:чел\w*\.?|человек\w*|подпис\w*)?\s*(?:в|на)\s+кажд(?:ой|ую|ом|ый)\s+(?:из\s+(?:(?:трех|3|этих)\s+)?)?(?:соц|сет|аккаунт|страниц|групп|паблик|площад)"
)
_GROUP_WORDS = re.compile(
    r"(?:по|в|от|на|из)\s+(?:\w+\s+){0,2}(?:район\w*|город\w*|школам|садам|детсадам|доу|оо|оу|организац\w+|учреждени\w+|муниципал\w+|мр|всем|обоим|двум|трем|республик\w*)|(?:по|в)\s+(?:детским|дошкольным|общеобразовательным)"
)
_EQUALS = re.compile(r"\d\s*(?:чел\w*\.?)?\s*=\s*$")
_NO_NUMBER = re.compile(
    r"[\s:\-=\"»)]*(?:нет\s+(?!данных)\w+|не\s+\w+|пока\s+(?!уточн|не\s+(?:получ|прислал|предостав))\w+|в\s+процессе|столько(?:\s+же)?(?!\s*[-:]?\s*\d)|аналогично(?!\s*[-:]?\s*\d)|(?:тоже|также)(?!\s+(?:по\s+)?\d)(?!\s*[-:])|мало|много|несколько|аз(?![а-я])|все(?![а-я])(?!\s+(?:было\s+|указано\s+)?(?:верн|правильн|точн|так(?![а-я])|без\s+измен|по-прежн|остал|остае|как\s)))"
)
_UP_TO = re.compile(r"[\s:\-=(]*(?:(?:подписал\w+|подписано|получ\w+|выходит|это)[\s:\-=]*)?")
_UNIT = re.compile(r"\s*(?:чел\w*\.?|человек\w*)?\s*")


@dataclass(slots=True)
class Mind:
    """What a reader keeps in mind between the lines: whose lines these are, what a heading named or announced.

    `together`: the organisations that were named in one breath with `subject`, where there are such; `lists`: whether a
    heading said of which kind the names below are.
    """

    subject: Subject = field(default_factory=Subject)
    together: str = ""
    lists: bool = False
    section: Label | None = None
    pending: Label | None = None
    announced: tuple[Label, ...] = ()
    said: tuple[Label, ...] = ()
    order: Order | None = None
    marks: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Stretch:
    """A part of a line that speaks of one subject; `named` where an organisation's name stands in it."""

    line: Line
    folded: str
    span: tuple[int, int]
    subject: Subject
    named: bool
    labels: list[Label]
    values: list[Number]
    moments: list[DateToken]
    order: Order | None = None
    group: bool = False

    @property
    def text(self) -> str:
        """The folded text of the stretch."""
        return self.folded[self.span[0] : self.span[1]]

    @property
    def figures(self) -> list[Number]:
        """The numbers that may be figures."""
        return [v for v in self.values if v.role is Role.FIGURE]

    def before(self, number: Number) -> str:
        """The folded text of the line before a number."""
        return self.folded[: number.start]

    def order_of(self, number: Number) -> Order | None:
        """The date before a number in its stretch; otherwise the heading's."""
        earlier = [d for d in self.moments if d.end <= number.start]
        return earlier[-1].order if earlier else self.order


class StretchReader:
    """Reads stretches into statements; `mind` is shared with whoever goes through the lines."""

    def __init__(self, campaign: Campaign, lexicon: Lexicon, recorder: Recorder, mind: Mind) -> None:
        self._campaign = campaign
        self._lexicon = lexicon
        self._recorder = recorder
        self.mind = mind
        self._accounts = [f.name for f in campaign.accounts]

    def read(self, stretch: Stretch) -> None:
        """Find for every number of the stretch what it counts, or write down that it is unexplained."""
        line, folded = stretch.line, stretch.folded
        values = without_repetition(stretch.values, line, folded, self._recorder)
        values = without_earlier_list(values, stretch.labels, line, folded, stretch.span, self._recorder)
        stretch.values = without_earlier(values, line, folded, stretch.span[0], self._recorder)
        replaced = [value for value in values if value not in stretch.values]
        self._date(stretch)
        self._qualify(stretch)
        if self._for_each(stretch) or self._in_order(stretch):
            return
        candidates = self._candidates(stretch)
        pairs, alone = bind(_in_place(folded, replaced, candidates, stretch.labels), stretch.labels, candidates)
        if len(pairs) == 1 and self._is_over_all(pairs[0], stretch.labels):
            self._unlabelled(stretch, [pairs[0].number], stretch.labels, [])
            return
        self._bound(stretch, pairs, alone)

    def _bound(self, stretch: Stretch, pairs: list[Pair], alone: list[Label]) -> None:
        """Write down the pairs, then what is left: networks without numbers, numbers without networks."""
        loose = [p.number for p in pairs if p.label is None]
        bound = [p.label for p in pairs if p.label is not None]
        only_fields = bool(bound) and all(x.kind == "field" for x in bound)
        if not stretch.named and only_fields and any(x.kind == "total" for x in alone):
            stretch.group = stretch.group or TOTAL_FIRST.match(stretch.text) is not None
        alone = self._as_many(stretch, pairs, alone)
        self._coordinated(stretch, pairs, alone)
        for label in alone:
            if label.kind == "field" and _NO_NUMBER.match(stretch.folded, label.end):
                self._recorder.unsaid(stretch.line, label, "вместо числа слова")
        if only_fields and len(bound) > 1:
            self.mind.said = tuple(bound)
        if only_fields and len(loose) == 1 and is_their_sum(loose[0], pairs):
            self._state(stretch, loose[0], self._total_at(loose[0]), reason="their sum")
            loose = []
        if are_parts(stretch.folded, loose, pairs):
            for number in loose:
                self._recorder.role(stretch.line, number, "part of the total")
            loose = []
        list_total = stretch.named and len(loose) == 1 and [x.kind for x in bound] == ["total"]
        for pair in pairs:
            if pair.label and pair.label.kind == "total" and _PO.search(stretch.before(pair.number)):
                self._recorder.unexplained(stretch.line, pair.number)  # «всего 5 школ, по 30 в каждой»
            elif pair.label is not None:
                total_line = pair.label.kind == "total" and not stretch.named and is_total_line(stretch.line)
                within = _within(stretch.folded, pair, pairs) if pair.label.kind == "audience" else ""
                self._state(stretch, pair.number, pair.label, loose_total=list_total or total_line, within=within)
        self._unlabelled(stretch, loose, alone, bound)

    # -- making ready ---------------------------------------------------------------------------------------------

    def _date(self, stretch: Stretch) -> None:
        """One date before all numbers is theirs, and of the lines that follow where it stands by itself."""
        stretch.order = self.mind.order
        moments = stretch.moments
        if len(moments) == 1 and not any(v.end <= moments[0].start for v in stretch.values):
            stretch.order = moments[0].order
            if not stretch.named and not stretch.labels:
                self.mind.order = stretch.order

    def _qualify(self, stretch: Stretch) -> None:
        """A total line over several respondents («Итого по школам: ВК 79») is marked; its «Итого» only qualifies."""
        labels = ready.without_sources(stretch.folded, stretch.labels, stretch.values)
        labels = ready.without_qualifiers(stretch.folded, labels)
        begins = not stretch.named and TOTAL_FIRST.match(stretch.text) is not None
        stretch.group = begins and _GROUP_WORDS.search(stretch.text) is not None
        totals = [x for x in labels if x.kind == "total"]
        fields = [x for x in labels if x.kind == "field"]
        if begins and totals and fields and totals[0].start < fields[0].start:
            between = stretch.folded[totals[0].end : fields[0].start]
            if not any(c.isdigit() for c in between):
                labels = [x for x in labels if x is not totals[0]]
                stretch.group = True
        stretch.labels = ready.head_nouns(stretch.folded, ready.merge_repeats(labels, stretch.values))

    def _candidates(self, stretch: Stretch) -> list[Number]:
        """The numbers to bind; the role of the others is written down."""
        stretch.values = without_headcount(stretch.values, stretch.labels, stretch.folded)
        people = subscribed_people(stretch.folded, stretch.values, stretch.labels)
        if people:
            stretch.labels = [x for x in stretch.labels if x.kind != "audience"]
            return people
        chosen = [
            v for v in stretch.values if v.role is Role.FIGURE or is_of_an_audience(stretch.folded, v, stretch.labels)
        ]
        for value in stretch.values:
            if value not in chosen:
                self._recorder.role(stretch.line, value, str(value.role), value.noun)
        return chosen

    # -- ways to say it -------------------------------------------------------------------------------------------

    def _for_each(self, stretch: Stretch) -> bool:
        """«по 30 человек в каждой из трёх сетей, всего 90»: one number stands for every network named, or for all."""
        shared = [v for v in stretch.figures if _PO.search(stretch.before(v)) or _IN_EACH.match(stretch.folded, v.end)]
        others = [v for v in stretch.values if v not in shared]  # «36 педагогов в ВК, в остальных по 30»: staff too
        totals = [x for x in stretch.labels if x.kind == "total"]
        in_all = (
            len(totals) == 1 and len(others) == 1 and _UP_TO.fullmatch(stretch.folded, totals[0].end, others[0].start)
        )
        if len(shared) != 1 or (others and not in_all):
            return False
        number = shared[0]
        around = stretch.folded[max(0, number.start - 140) : number.end + 60]
        named = {x.name for x in stretch.labels if x.kind == "field"}
        each = _EACH.search(around) and not (_INSTITUTIONS.search(stretch.text) and not _NETWORKS.search(around))
        if not (each or len(named) >= 2):
            return False
        if _BUT_FOR.search(around):  # «по 34 в каждой сети, кроме ОК»
            for value in stretch.figures:
                self._recorder.unexplained(stretch.line, value)
            return True
        for name in self._accounts:
            if not named or name in named:
                self._state(stretch, number, Label("field", name, number.start, number.end))
        for other in others:
            self._state(stretch, other, totals[0])
        return True

    def _in_order(self, stretch: Stretch) -> bool:
        """«ВК/Инст/ОК – 34/31/30» in one line, or the order announced by a heading and bare numbers after it."""
        figures = stretch.figures
        if not figures:
            return False
        named = ready.distinct([x for x in stretch.labels if x.kind in ("field", "total", "foreign")])
        total_line = TOTAL_FIRST.match(stretch.text) is not None
        if total_line and len(figures) > 1 and [x.kind for x in named] == ["total"]:
            named = []
        together = len(named) >= 2 and (named[-1].end <= figures[0].start or figures[-1].end <= named[0].start)
        announced = tuple(named) if together else self._order_told(stretch) if not named else ()
        if len(announced) < 2 or (total_line and not together and len(figures) == 1):
            return False
        if together:
            self.mind.announced = announced
        slots = in_slots(stretch.folded, figures, stretch.span, len(announced))
        if slots is None:
            return False
        stretch.group = total_line and not together
        for label, number in zip(announced, slots, strict=True):
            if number is not None:
                self._state(stretch, number, label, dated=False)
        for value in stretch.values:
            if value.role is not Role.FIGURE:
                self._recorder.role(stretch.line, value, str(value.role), value.noun)
        return True

    def _order_told(self, stretch: Stretch) -> tuple[Label, ...]:
        """The order that a heading announced; or that of the line before: «Лицей № 35 – соответственно 52, 49 и 40»."""
        return self.mind.announced or (self.mind.said if "соответственно" in stretch.text else ())

    def _is_over_all(self, pair: Pair, labels: list[Label]) -> bool:
        """«на ВКонтакте, Инстаграм и Одноклассники подписано 34 человека»: every network named, one number of people.

        Not «Инстаграм – 37 человек, ВК и ОК досчитаем»: there the number stands among them.
        """
        if pair.label is None or pair.label.kind != "field" or not pair.number.people:
            return False
        fields = [x for x in labels if x.kind == "field"]
        among = fields[0].start < pair.number.start < fields[-1].start
        return len(self._accounts) > 1 and not among and {x.name for x in fields} == set(self._accounts)

    def _as_many(self, stretch: Stretch, pairs: list[Pair], alone: list[Label]) -> list[Label]:
        """Give «столько же» its number; the labels that are left."""
        left = []
        for label in alone:
            same = as_many_as(stretch.folded, label, pairs) if label.kind == "field" else None
            if same is None:
                left.append(label)
            else:
                self._state(stretch, same, label, reason="«столько же»")
        return left

    def _coordinated(self, stretch: Stretch, pairs: list[Pair], alone: list[Label]) -> None:
        """«ВК и ОК по 35»: a network without a number that a comma or «и» ties to the next one shares its number.

        Without «по» it is not said whose the number is, and a person must look.
        """
        for label in [x for x in alone if x.kind == "field"]:
            tied = next((p for p in pairs if is_tied(stretch.folded, label, p, alone)), None)
            if tied is None:
                continue
            if _PO.search(stretch.before(tied.number)):
                self._state(stretch, tied.number, label, reason="«по»: for each")
            else:
                self._recorder.unsaid(stretch.line, label, "общее число на несколько сетей")

    def _unlabelled(self, stretch: Stretch, loose: list[Number], alone: list[Label], bound: list[Label]) -> None:
        """Numbers with no label of their own: a heading's, or the people of an organisation over all networks."""
        if not bound and 1 < len(loose) == len(stretch.moments) and self._may_be_total(stretch, loose[0], alone):
            for number in loose:
                self._state(stretch, number, self._total_at(number))
            return
        label, reason = self._label_for(stretch, loose, alone, bound) if len(loose) == 1 else (None, "")
        if label is not None:
            self._state(stretch, loose[0], label, reason=reason, dated=False, grouped=False)
            return
        for number in loose:
            self._recorder.unexplained(stretch.line, number)

    def _label_for(
        self, stretch: Stretch, loose: list[Number], alone: list[Label], bound: list[Label]
    ) -> tuple[Label | None, str]:
        """The label of the one loose number, and why."""
        mind, number = self.mind, loose[0]
        if not bound and mind.pending is not None and not stretch.named:
            return mind.pending, "the line before names it"
        if not bound and mind.section is not None and not mind.announced:
            return mind.section, "the heading names it"
        if not self._may_be_total(stretch, number, alone):
            return None, ""
        summed = _EQUALS.search(stretch.before(number)) is not None
        beside = summed or bool(number.people and SUBSCRIBED.search(stretch.folded))
        split = (
            bool(bound) and number.people and number.end < bound[0].start and all(x.kind == "audience" for x in bound)
        )
        if not bound or beside or split or (stretch.named and all(x.kind == "total" for x in bound)):
            return self._total_at(number), "people over all networks"
        return None, ""

    def _may_be_total(self, stretch: Stretch, number: Number, alone: list[Label]) -> bool:
        """Whether a bare number may count people over all networks: people are named, or an organisation, or «= 134»."""
        fields = {x.name for x in alone if x.kind == "field"}
        if (
            self._campaign.total is None
            or _PO.search(stretch.before(number))
            or (fields and fields != set(self._accounts))
        ):
            return False
        said = bool(SUBSCRIBED.search(stretch.folded)) or _EQUALS.search(stretch.before(number)) is not None
        if stretch.named or said:
            return True
        return number.people and self._lexicon.on_topic(stretch.line.text)

    def _total_at(self, number: Number) -> Label:
        return Label("total", self._campaign.total.name if self._campaign.total else "", number.start, number.end)

    def _state(
        self,
        stretch: Stretch,
        number: Number,
        label: Label,
        *,
        loose_total: bool = False,
        within: str = "",
        reason: str = "",
        dated: bool = True,
        grouped: bool = True,
    ) -> None:
        self._recorder.state(
            stretch.line,
            number,
            label,
            stretch.subject,
            order=stretch.order_of(number) if dated else stretch.order,
            group=stretch.group and grouped,
            loose_total=loose_total,
            within=within,
            reason=reason,
        )


def _in_place(folded: str, replaced: list[Number], values: list[Number], labels: list[Label]) -> str:
    """The text with each number that the next sentence corrects left out, and the words up to the right one.

    «В Одноклассниках указали 14, это опечатка. Правильно 41»: what 14 was of, 41 is.
    """
    for wrong in replaced:
        right = next((v for v in values if v.start >= wrong.end), None)
        if right is None or any(wrong.end <= x.start < right.start for x in labels):
            continue
        folded = folded[: wrong.start] + " " * (right.start - wrong.start) + folded[right.start :]
    return folded


def _within(folded: str, pair: Pair, pairs: list[Pair]) -> str:
    """The network whose number a bracket splits: «ВК 40 (учителя 20, родители 20)»; nothing outside of brackets."""
    before = folded[: pair.number.start]
    opening = before.rfind("(")
    if opening < 0 or before.count("(") <= before.count(")"):
        return ""
    fields = [p for p in pairs if p.label and p.label.kind == "field" and p.number.end <= opening + 1]
    last = fields[-1] if fields else None
    if last is None or last.label is None or not _UNIT.fullmatch(folded[last.number.end : opening]):
        return ""
    return last.label.name
