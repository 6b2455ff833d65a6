"""Figures in running text: sentences, lists, blocks of lines, headings with what follows them.

The reader goes through the lines once and keeps what a person keeps in mind: whose lines these are, which network the
heading named, in which order the columns were announced, for which date the figures stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from mailbot.domain.campaign import Campaign
from mailbot.domain.interpretation import Evidence, Finding, FindingCode, NumberRole, Severity
from mailbot.reading.figures.binding import Pair, bind
from mailbot.reading.figures.lexicon import Label, Lexicon, lexicon_of
from mailbot.reading.figures.statements import Extract, Statement, Subject
from mailbot.reading.figures.tokens import DateToken, Number, Role, dates, numbers
from mailbot.reading.fold import fold
from mailbot.reading.intent import DOUBT


@dataclass(frozen=True, slots=True)
class Line:
    """One line of running text and its place; a quoted line only tells what the answers between quoted lines mean."""

    text: str
    locator: str
    doubtful: bool = False
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """An organisation's name found in a line: the subject, and the span (start, end) in characters."""

    subject: Subject
    start: int
    end: int


NameFinder = Callable[[str], Sequence[Named]]


@dataclass(slots=True)
class _Mind:
    """What a reader keeps in mind between the lines."""

    subject: Subject = Subject()
    section: Label | None = None
    pending: Label | None = None
    announced: tuple[Label, ...] = ()
    order: tuple[int, int, int] | None = None
    listed: bool = False  # organisations stand one a line, with their figures in that line
    marks: list[int] = field(default_factory=list)


_OWN_PAGE = re.compile(
    r"(?:собственн\w+|наш(?:а|у|ей|его|и|их|ем|ими)?|сво(?:й|я|ю|ей|их|и|его|ём|ем))\s+(?:\w+\s+){0,2}(?:страни\w+|групп\w+|паблик\w*|аккаунт\w*|сообществ\w+|канал\w*|инстаграм\w*|instagram)"
    r"|(?:страни\w+|групп\w+|паблик\w*|аккаунт\w*|сообществ\w+)\s+(?:\w+\s+){0,1}(?:школы|гимназии|лицея|сада|садика|детсада|учреждения|колледжа|техникума|организации|доу|управления\s+образования|отдела\s+образования)(?![а-я])"
    r"|школьн\w+\s+(?:страни\w+|групп\w+|паблик\w*|аккаунт\w*|сообществ\w+)"
)
_EARLIER = (
    re.compile(
        r"(?:было|ранее|раньше|вчера|прежде|вместо|ошибочно|указан[оаы]?|указал[аи]?|элек|иде)\s*(?:было|указан[оаы]?|стояло|направлен[оы]?|указывал\w*)?[\s:\-(\"]*$"
    ),
    re.compile(r"(?<![а-я])не\s+$"),
)
_INSTEAD = re.compile(r"^[^\d\n;]{0,25}(?:вместо|а\s+не|,\s*не)\s*(?:ранее\s+\w+\s+)?$")  # fmt: skip
_ARROW = re.compile(
    r"^[^\d\n;,.]{0,14}?(?:-?>|→|=>|стало|стала|теперь|исправ\w+\s+на|замен\w+\s+на|нужно|надо|правильно|верно|а\s+(?=\d))[^\d\n;,.]{0,14}$"
)
_FROM_TO = re.compile(r"(?<![а-я])с\s+$")
_EACH = re.compile(
    r"(?:кажд\w+|всех|все|обе\w*|һәр\w*|һәрбер\w*)(?!\s+(?:образоват\w*|организ\w*|школ\w*|учрежд\w*|оо(?![а-я])|ou|ДОУ|доу|сад\w*))"
)
_PO = re.compile(r"(?<![а-я])по\s+$")
_ZERO = re.compile(
    r"(?<![а-яё])(?:подписчик(?:ов|и)?\s+(?:пока\s+)?(?:нет|отсутствуют|юк)|подпис(?:ок|анных|авшихся)\s+(?:пока\s+)?(?:нет|отсутствуют)"
    r"|(?:пока\s+)?нет\s+(?:подписчик\w*|подписок|подписавш\w*|подписанн\w*)|никто\s+(?:пока\s+)?не\s+подписа\w+|не\s+подписан\s+никто|(?:нет\s+)?никого(?:\s+нет)?|ни\s+одного(?:\s+(?:чел\w*|подпис\w*))?|отсутствуют|отсутствует|юк|нет|нету|нол[ья])(?![а-яё])"
)
_TOTAL_FIRST = re.compile(
    r"^[\s\-*•\"|]*(?:а\s+)?(?:и\s+того|итог\w*|всего|общ\w+|в\s+сумме|суммарно|total|барлыгы|барысы)"
)
_GROUP_WORDS = re.compile(
    r"(?:по|в|от|на|из)\s+(?:\w+\s+){0,2}(?:район\w*|город\w*|школам|садам|детсадам|доу|оо|оу|организац\w+|учреждени\w+|муниципал\w+|мр|всем|обоим|двум|трем|республик\w*)|(?:по|в)\s+(?:детским|дошкольным|общеобразовательным)"
)
_EQUALS = re.compile(r"\d\s*(?:чел\w*\.?)?\s*=\s*$")
_SUBSCRIBED = re.compile(r"подпис|язылу|язылды|язылган")
_NO_NUMBER = re.compile(
    r"[\s:\-=\"»)]*(?:нет\s+(?!данных)\w+|не\s+\w+|пока\s+\w+|уточн\w+|позже|скоро|в\s+процессе|мало|много|несколько|аз(?![а-я])|все(?![а-я]))"
)
_HEADING_WORD = re.compile(
    r"подпис|язылу|колич|кол|чел|групп|страниц|аккаунт|официал|министер|моин|рт|мон|в|во|на|из|по|от|и|для|соц|сет|число|школ|сад|организац|учрежд|саны|буенча|инст|вк|ок|одн|нет|н/д|нету"
)
_PLACE_HOLDER = re.compile(r"^(?:-+|н/д|нет\s+данных|х|x|\.+|_+)$")
_PARENTHESIS = re.compile(r"\s*(?:чел\w*\.?|человек\w*|подпис\w*)?\s*\(\s*")


class ProseReader:
    """Reads lines of running text into statements. One for each passage; `read` does all."""

    def __init__(self, campaign: Campaign, find_names: NameFinder) -> None:
        self._campaign = campaign
        self._lexicon: Lexicon = lexicon_of(campaign)
        self._find_names = find_names
        self._out = Extract()
        self._mind = _Mind()
        self._tail: tuple[Line, list[Label]] | None = None

    def read(self, lines: Sequence[Line]) -> Extract:
        """All statements of `lines`, with the role of every number in them; may be called again for what follows."""
        for line in lines:
            self._line(line)
        return self._out

    def finish(self) -> Extract:
        """The end of the text: a last line that breaks off before a network's number was cut."""
        if self._tail is not None:
            line, labels = self._tail
            folded = fold(line.text).rstrip()
            last = max((n.end for n in numbers(line.text)), default=0)
            stated = {s.name for s in self._out.statements if s.evidence.locator == line.locator}
            loose = [x for x in labels if x.kind == "field" and x.start >= last and x.name not in stated]
            hanging = [x for x in loose if not folded[x.end :].strip(" :-=")]
            word = re.search(r"[,;]\s*(?:а\s+|и\s+)?(?:в|во|на)\s+([а-яa-z]{2,})$", folded[last:])
            if hanging or (word and self._lexicon.abbreviated(word.group(1))):
                self._blocking(FindingCode.TRUNCATED, "Текст обрывается: последнее число не дописано", line)
        return self._out

    @property
    def announced(self) -> tuple[Label, ...]:
        """The order of networks that the last heading told, for a table without a head of its own."""
        return self._mind.announced

    def absorb(self, extract: Extract) -> None:
        """Take in what a table between the lines yielded; what a heading began ends with the table."""
        self._out.extend(extract)
        self._mind = _Mind(subject=self._mind.subject if not extract.statements else Subject())

    # -- one line -----------------------------------------------------------------------------------------------

    def _line(self, line: Line) -> None:
        mind = self._mind
        if not line.text.strip():
            return
        self._tail = None
        if line.quoted:
            fields = _distinct([x for x in self._lexicon.labels(line.text) if x.kind == "field"])
            mind.pending = fields[0] if len(fields) == 1 else None
            return
        names = [n for n in self._find_names(line.text) if n.end > n.start]
        tokens = list(numbers(line.text, tuple((n.start, n.end) for n in names), self._campaign.quota))
        folded = fold(line.text)
        tokens = self._without_ordinals(tokens, names, folded)
        tokens = self._set_aside(tokens, folded)
        tokens = self._zeros(tokens, folded)
        labels = [
            x
            for x in self._lexicon.labels(line.text)
            if not any(n.start <= x.start < n.end for n in names)
            and (x.link or not any(t.role is Role.LINK and t.start <= x.start < t.end for t in tokens))
        ]
        tokens = [_beside_label(t, labels, folded) for t in tokens]
        moments = [d for d in dates(line.text) if not any(n.start <= d.start < n.end for n in names)]
        self._out.subjects.extend(n.subject for n in names)
        figures = [t for t in tokens if t.role is Role.FIGURE]
        staff = [t for t in tokens if t.role is Role.STAFF]
        for token in tokens:
            if token.role not in (Role.FIGURE, Role.STAFF):
                self._role(line, token, str(token.role), token.noun)
        if not figures and not (staff and (labels or _SUBSCRIBED.search(folded))):
            for token in staff:
                self._role(line, token, str(token.role), token.noun)
            self._heading(line, names, labels, moments, folded)
            return
        before = len(self._out.statements)
        self._stretches(line, folded, names, labels, [*figures, *staff], moments)
        if len(self._out.statements) > before and (doubt := DOUBT.search(folded)):
            self._blocking(FindingCode.APPROXIMATE, f"Отправитель не уверен в числах («{doubt.group()}»)", line)
        self._tail = (line, labels) if len(self._out.statements) > before else None

    def _heading(
        self, line: Line, names: list[Named], labels: list[Label], moments: list[DateToken], folded: str
    ) -> None:
        """A line with no figures: it may announce whose, of which network, in which order, for which date."""
        mind = self._mind
        if names:
            mind.subject = names[-1].subject
            mind.pending = None
            mind.listed = False
        accounts = _distinct([x for x in labels if x.kind in ("field", "total", "foreign")])
        if len([x for x in accounts if x.kind == "field"]) >= 2:
            mind.announced = tuple(accounts)
            mind.section = mind.pending = None
        elif len(accounts) == 1:
            self._said_in_words(line, accounts[0], folded)
            mind.pending = accounts[0]
            mind.section = accounts[0] if not names else mind.section
        elif len(audience := _distinct([x for x in labels if x.kind == "audience"])) == 1 and _mostly(
            audience[0], folded
        ):
            mind.pending = audience[0]
        elif not names and len(folded.strip()) > 40:
            mind.pending = None
        if moments and not names:
            mind.order = moments[-1].order

    def _stretches(
        self,
        line: Line,
        folded: str,
        names: list[Named],
        labels: list[Label],
        values: list[Number],
        moments: list[DateToken],
    ) -> None:
        """Cut a line with figures at the organisations in it, and read each stretch for its own subject."""
        mind = self._mind
        values.sort(key=lambda t: t.start)
        figures = [t for t in values if t.role is Role.FIGURE]
        cuts = self._cuts(names, figures, len(line.text))
        for start, end, name in cuts:
            subject = name.subject if name else mind.subject
            self._stretch(
                line,
                folded,
                (start, end),
                subject,
                [x for x in labels if start <= x.start < end],
                [t for t in values if start <= t.start < end],
                [d for d in moments if start <= d.start < end],
                named=name is not None,
            )
        if names:
            mind.subject = names[-1].subject
            mind.listed = True
        mind.pending = None

    @staticmethod
    def _cuts(names: list[Named], figures: list[Number], length: int) -> list[tuple[int, int, Named | None]]:
        """Stretches (start, end, organisation): names before their figures, or after them where the line ends so."""
        if not names:
            return [(0, length, None)]
        if len(names) == 1:
            return [(0, length, names[0])]
        if figures and figures[0].start < names[0].start and figures[-1].end <= names[-1].start:
            ends = [n.end for n in names]
            return [(s, e, n) for s, e, n in zip([0, *ends[:-1]], [*ends[:-1], length], names, strict=True)]
        starts = [n.start for n in names]
        head = [(0, starts[0], None)] if any(f.end <= starts[0] for f in figures) else []
        return [*head, *((s, e, n) for s, e, n in zip(starts, [*starts[1:], length], names, strict=True))]

    # -- one stretch --------------------------------------------------------------------------------------------

    def _stretch(
        self,
        line: Line,
        folded: str,
        span: tuple[int, int],
        subject: Subject,
        labels: list[Label],
        values: list[Number],
        moments: list[DateToken],
        *,
        named: bool,
    ) -> None:
        mind = self._mind
        values = self._words_in_brackets(line, folded, values)
        values = self._earlier(line, folded, values, span)
        order = mind.order
        if len(moments) == 1 and not any(v.end <= moments[0].start for v in values):
            order = moments[0].order
            if not named and not labels:
                mind.order = order
        labels, grouped = self._group_total(folded, labels, span, named=named)
        labels = _head_nouns(folded, _merge_repeats(labels, values))
        if self._each(line, folded, subject, labels, values, order):
            return
        if self._in_order(line, folded, span, subject, labels, values, order):
            return
        figures = _subscribed_people(folded, values, labels)
        if figures:
            labels, values = [x for x in labels if x.kind != "audience"], figures
        else:
            figures = [v for v in values if v.role is Role.FIGURE or self._audience_follows(folded, v, labels)]
        for v in values:
            if v not in figures:
                self._role(line, v, str(v.role), v.noun)
        pairs, alone = bind(folded, labels, figures)
        loose = [p.number for p in pairs if p.label is None]
        bound = [p.label for p in pairs if p.label is not None]
        if not named and any(x.kind == "total" for x in alone) and bound and all(x.kind == "field" for x in bound):
            grouped = grouped or bool(_TOTAL_FIRST.match(folded[span[0] : span[1]]))
        if len(pairs) == 1 and self._is_over_all(pairs[0], labels, figures):
            pairs, loose, alone, bound = [], [pairs[0].number], labels, []
        self._coordinated(line, folded, subject, pairs, alone, order)
        self._without_number(line, folded, alone)
        list_total = named and len(loose) == 1 and [x.kind for x in bound] == ["total"]
        for pair in pairs:
            if pair.label is not None:
                at = _order_at(moments, pair.number, order)
                within = _within(folded, pair, pairs) if pair.label.kind == "audience" else ""
                self._state(
                    line,
                    pair.number,
                    pair.label,
                    subject,
                    at,
                    group=grouped,
                    named=named,
                    loose_total=list_total,
                    within=within,
                )
        self._unlabelled(line, folded, subject, loose, alone, bound=bound, moments=moments, order=order, named=named)

    def _is_over_all(self, pair: Pair, labels: list[Label], figures: list[Number]) -> bool:
        """«на ВКонтакте, Инстаграм и Одноклассники подписано 34 человека»: every network named, one number of people."""
        fields = [x for x in labels if x.kind == "field"]
        everything = {f.name for f in self._campaign.accounts}
        if pair.label is None or pair.label.kind != "field" or len(figures) != 1 or not pair.number.people:
            return False
        return {x.name for x in fields} == everything and len(fields) > 1

    def _coordinated(
        self,
        line: Line,
        folded: str,
        subject: Subject,
        pairs: list[Pair],
        alone: list[Label],
        order: tuple[int, int, int] | None,
    ) -> None:
        """«ВК и ОК по 35»: a network without a number that a comma or «и» ties to the next one shares its number.

        Without «по» it is not said whose the number is, and a person must look.
        """
        for label in reversed(sorted(alone, key=lambda x: x.start)):
            if label.kind != "field":
                continue
            for pair in pairs:
                after = pair.label
                if after is None or after.kind != "field" or after.start < label.end or pair.number.start < after.start:
                    continue
                chain = [
                    label,
                    *sorted((x for x in alone if label.end <= x.start < after.start), key=lambda x: x.start),
                    after,
                ]
                gaps = [folded[a.end : b.start] for a, b in zip(chain, chain[1:], strict=False)]
                if not all(
                    re.fullmatch(r"[\s\"]*(?:,|и|/|\+|,\s*и|а\s+также|һәм)[\s\"]*(?:в\s+|на\s+)?[\"]?", g) for g in gaps
                ):
                    continue
                if _PO.search(folded[: pair.number.start]):
                    self._state(
                        line, pair.number, label, subject, order, group=False, named=True, reason="«по»: for each"
                    )
                else:
                    self._unsaid(line, label, "общее число на несколько сетей")
                break

    def _without_number(self, line: Line, folded: str, alone: list[Label]) -> None:
        """«Инстаграм - нет аккаунтов», «ОК пока уточняем»: something is said of a network, but no number."""
        for label in alone:
            if label.kind == "field" and _NO_NUMBER.match(folded, label.end):
                self._unsaid(line, label, "вместо числа слова")

    def _said_in_words(self, line: Line, label: Label, folded: str) -> None:
        """«Инстаграм пока мало» on a line of its own: words stand where the number belongs."""
        word = re.match(r"[\s:\-=]+([а-яәөүҗңһ]{2,})", folded[label.end :])
        short = len(folded.strip()) <= 40 and not folded.rstrip().endswith(":")
        if label.kind == "field" and word and short and not _HEADING_WORD.match(word.group(1)):
            self._unsaid(line, label, "вместо числа слова")

    def _blocking(self, code: FindingCode, message: str, line: Line) -> None:
        evidence = Evidence(locator=line.locator, snippet=line.text.strip()[-120:])
        self._out.findings.append(Finding(code=code, severity=Severity.BLOCKS, message=message, evidence=(evidence,)))

    def _unsaid(self, line: Line, label: Label, why: str) -> None:
        evidence = Evidence(locator=line.locator, snippet=line.text[max(0, label.start - 20) : label.end + 60])
        message = f"Нет точного числа по сети «{line.text[label.start : label.end]}»: {why}"
        self._out.findings.append(
            Finding(code=FindingCode.NO_EXACT_FIGURE, severity=Severity.BLOCKS, message=message, evidence=(evidence,))
        )

    def _unlabelled(
        self,
        line: Line,
        folded: str,
        subject: Subject,
        loose: list[Number],
        alone: list[Label],
        *,
        bound: list[Label],
        moments: list[DateToken],
        order: tuple[int, int, int] | None,
        named: bool,
    ) -> None:
        """Numbers with no label of their own: a heading's, or the people of an organisation over all networks."""
        mind = self._mind
        if (
            len(loose) > 1
            and not bound
            and len(loose) == len(moments)
            and self._may_be_total(line, folded, loose, alone, named=named)
        ):
            for number, moment in zip(loose, moments, strict=True):
                self._state(line, number, self._total_at(number), subject, moment.order, group=False, named=named)
            return
        label: Label | None = None
        reason = "people over all networks"
        if len(loose) == 1 and not bound and mind.pending is not None and not named:
            label, reason = mind.pending, "the line before names it"
        elif len(loose) == 1 and not bound and mind.section is not None and not mind.announced:
            label, reason = mind.section, "the heading names it"
        elif len(loose) == 1 and self._may_be_total(line, folded, loose, alone, named=named):
            beside = bool(loose[0].people and _SUBSCRIBED.search(folded)) or _EQUALS.search(folded[: loose[0].start])
            if not bound or beside or (named and all(x.kind == "total" for x in bound)):
                label = self._total_at(loose[0])
        if label is None:
            for number in loose:
                self._unexplained(line, number)
            return
        self._state(line, loose[0], label, subject, order, group=False, named=named, reason=reason)

    def _may_be_total(self, line: Line, folded: str, loose: list[Number], alone: list[Label], *, named: bool) -> bool:
        """Whether bare numbers may count people over all networks: people are named, or an organisation, or «= 134»."""
        if self._campaign.total is None:
            return False
        fields = {x.name for x in alone if x.kind == "field"}
        if fields and fields != {f.name for f in self._campaign.accounts}:
            return False
        people = (
            loose[0].people or named or bool(_SUBSCRIBED.search(folded) or _EQUALS.search(folded[: loose[0].start]))
        )
        about = (
            named
            or self._lexicon.on_topic(line.text)
            or _SUBSCRIBED.search(folded)
            or _EQUALS.search(folded[: loose[0].start])
        )
        return people and bool(about)

    def _total_at(self, number: Number) -> Label:
        name = self._campaign.total.name if self._campaign.total else ""
        return Label("total", name, number.start, number.end)

    # -- special ways to say it ---------------------------------------------------------------------------------

    def _words_in_brackets(self, line: Line, folded: str, values: list[Number]) -> list[Number]:
        """«35 (тридцать пять)» is one number; «35 (сорок пять)» contradicts itself."""
        kept: list[Number] = []
        for value in values:
            last = kept[-1] if kept else None
            if last is not None and last.words != value.words and _PARENTHESIS.fullmatch(folded, last.end, value.start):
                if last.value != value.value:
                    self._finding(
                        FindingCode.WORDS_MISMATCH,
                        f"Цифрами и словами указано разное: «{last.text} ({value.text})»",
                        line,
                        last,
                    )
                self._role(line, value, "the same number in words" if value.words else "the same number in digits")
                kept[-1] = replace(last, people=last.people or value.people)
                continue
            kept.append(value)
        return kept

    def _earlier(self, line: Line, folded: str, values: list[Number], span: tuple[int, int]) -> list[Number]:
        """Strike out what is replaced: «было 12, стало 45», «не 34, а 43», «34 → 43», «с 34 до 43»."""
        kept: list[Number] = []
        for index, value in enumerate(values):
            before = folded[max(span[0], value.start - 30) : value.start]
            following = values[index + 1] if index + 1 < len(values) else None
            between = folded[value.end : following.start] if following else ""
            previous = kept[-1] if kept else None
            if previous is not None and _INSTEAD.match(folded[previous.end : value.start]):
                self._role(line, value, "an earlier figure, replaced")
                continue
            replaced = following is not None and (
                (any(r.search(before) for r in _EARLIER) and len(between) < 40)
                or _ARROW.match(between)
                or (_FROM_TO.search(before) and re.fullmatch(r"\s*(?:чел\w*\.?|человек\w*)?\s*(?:до|на)\s*", between))
            )
            if replaced:
                self._role(line, value, "an earlier figure, replaced")
            else:
                kept.append(value if not kept or value.vague != "диапазон" else value)
        if len(kept) < len(values):
            kept = [replace(v, vague="") if v.vague in ("диапазон", "до") else v for v in kept]
        return kept

    def _group_total(
        self, folded: str, labels: list[Label], span: tuple[int, int], *, named: bool
    ) -> tuple[list[Label], bool]:
        """A total line over several respondents («Итого по школам: ВК 79, ОК 70») is marked; its «Итого» qualifies."""
        labels = _without_qualifiers(folded, labels)
        totals = [x for x in labels if x.kind == "total"]
        fields = [x for x in labels if x.kind == "field"]
        stretch = folded[span[0] : span[1]]
        grouped = bool(not named and _TOTAL_FIRST.match(stretch) and _GROUP_WORDS.search(stretch))
        if totals and fields and totals[0].start < fields[0].start and not named and _TOTAL_FIRST.match(stretch):
            between = folded[totals[0].end : fields[0].start]
            if not re.search(r"\d", between):
                return [x for x in labels if x is not totals[0]], True
        return labels, grouped

    def _each(
        self,
        line: Line,
        folded: str,
        subject: Subject,
        labels: list[Label],
        values: list[Number],
        order: tuple[int, int, int] | None,
    ) -> bool:
        """«по 30 человек в каждой из трёх сетей»: one number stands for every network named, or for all."""
        figures = [v for v in values if v.role is Role.FIGURE]
        if len(figures) != 1:
            return False
        number = figures[0]
        if not _PO.search(folded[: number.start]):
            return False
        around = folded[max(0, number.start - 140) : number.end + 60]
        named_fields = {x.name for x in labels if x.kind == "field"}
        if not (_EACH.search(around) or len(named_fields) >= 2):
            return False
        for name in [f.name for f in self._campaign.accounts if not named_fields or f.name in named_fields]:
            self._state(
                line, number, Label("field", name, number.start, number.end), subject, order, group=False, named=True
            )
        return True

    def _in_order(
        self,
        line: Line,
        folded: str,
        span: tuple[int, int],
        subject: Subject,
        labels: list[Label],
        values: list[Number],
        order: tuple[int, int, int] | None,
    ) -> bool:
        """«ВК/Инст/ОК – 34/31/30» in one line, or the order announced by a heading and bare numbers after it."""
        figures = [v for v in values if v.role is Role.FIGURE]
        if not figures:
            return False
        labelled = _distinct([x for x in labels if x.kind in ("field", "total", "foreign")])
        total_line = bool(_TOTAL_FIRST.match(folded[span[0] : span[1]]))
        if total_line and len(figures) > 1 and [x.kind for x in labelled] == ["total"]:
            labelled = []
        together = len(labelled) >= 2 and (labelled[-1].end <= figures[0].start or figures[-1].end <= labelled[0].start)
        announced: tuple[Label, ...] = tuple(labelled) if together else self._mind.announced if not labelled else ()
        if len(announced) < 2:
            return False
        if together:
            self._mind.announced = announced
        if total_line and not together and len(figures) == 1:
            return False
        slots = self._slots(folded, figures, span)
        if len(slots) != len(announced):
            slots = self._slots(folded, _ungrouped(figures), span)
        if len(slots) != len(announced):
            return False
        for label, number in zip(announced, slots, strict=True):
            if number is not None:
                self._state(line, number, label, subject, order, group=total_line and not together, named=True)
        for value in values:
            if value.role is not Role.FIGURE:
                self._role(line, value, str(value.role), value.noun)
        return True

    @staticmethod
    def _slots(folded: str, figures: list[Number], span: tuple[int, int]) -> list[Number | None]:
        """Numbers and place-holders («-») in a row of bare values, from the first of either to the end."""
        if not figures:
            return []
        slots: list[Number | None] = []
        position = figures[0].start
        lead = re.search(r"[:;/|\t]\s*((?:(?:-|н/д)\s*[;/|\t]\s*)+)$", folded[span[0] : position])
        if lead:
            slots.extend([None] * len(re.findall(r"-|н/д", lead.group(1))))
        for number in figures:
            between = folded[position : number.start]
            slots.extend(
                [None] * len([p for p in re.split(r"[;/|,\t]", between)[1:-1] if _PLACE_HOLDER.match(p.strip())])
            )
            slots.append(number)
            position = number.end
        tail = re.match(r"\s*(?:чел\w*\.?)?\s*((?:[;/|,\t]\s*(?:-|н/д)\s*)+)\.?\s*$", folded[position : span[1]])
        if tail:
            slots.extend([None] * len(re.findall(r"-|н/д", tail.group(1))))
        return slots

    @staticmethod
    def _audience_follows(folded: str, value: Number, labels: list[Label]) -> bool:
        """«36 учителей, 70 родителей» among those who subscribed is a split; «из 52 сотрудников» is a remark."""
        before = folded[max((m.end() for m in re.finditer(r"[.!?]\s", folded[: value.start])), default=0) : value.start]
        if re.search(r"(?:из|в\s+школе|работа\w+|обуча\w+|штат\w*|числ\w+|коллектив\w*)\s+(?:\w+\s+)?$", before):
            return False
        if not re.search(
            r"подпис|язылды|из\s+них|в\s+т(?:ом|\.)\s*ч|среди|шул\s+исәптән|[:(]|вк|инст|однокл|всего|итого", before
        ):
            return False
        return any(x.start >= value.end and x.start - value.end < 25 for x in labels if x.kind == "audience") or any(
            x.end <= value.start and re.fullmatch(r"[\s:\-=(]*", folded[x.end : value.start])
            for x in labels
            if x.kind == "field"
        )

    def _zeros(self, tokens: list[Number], folded: str) -> list[Number]:
        """«нет», «подписчиков нет» beside a network's name are the number 0."""
        for match in _ZERO.finditer(folded):
            if any(t.start < match.end() and match.start() < t.end for t in tokens):
                continue
            before, after = folded[max(0, match.start() - 45) : match.start()], folded[match.end() : match.end() + 30]
            here = [x for x in self._lexicon.labels(before + " ") if x.kind in ("field", "total")]
            near = (
                bool(here)
                and re.fullmatch(r"[\s\-:=(,]*(?:пока|у нас|подпис\w*|подписчик\w*)?[\s\-:=]*", before[here[-1].end :])
                is not None
            )
            ahead = re.match(r"\s*(?:в|во|на)\s+", after) and any(
                x.kind == "field" and x.start < 14 for x in self._lexicon.labels(after)
            )
            if (near and re.match(r"\s*(?:[,;.)|\n]|$|\s-\s|и\s|а\s)", after)) or (ahead and "подпис" in match.group()):
                tokens.append(Number(match.start(), match.end(), match.group(), 0, Role.FIGURE, people=True))
        return sorted(tokens, key=lambda t: t.start)

    def _set_aside(self, tokens: list[Number], folded: str) -> list[Number]:
        """Numbers of a sentence about the sender's own page are another matter altogether."""
        kept = []
        for token in tokens:
            start = max((m.end() for m in re.finditer(r"[.!?;]\s+(?=\S)|,\s+а\s", folded[: token.start])), default=0)
            stop = re.search(r"[.!?;](?:\s|$)", folded[token.end :])
            sentence = folded[start : token.end + (stop.start() if stop else len(folded))]
            own = (
                token.role is Role.FIGURE
                and _OWN_PAGE.search(sentence)
                and not re.search(r"министерств|моин", sentence)
            )
            kept.append(replace(token, role=Role.COUNT, noun="followers of the sender's own page") if own else token)
        return kept

    def _without_ordinals(self, tokens: list[Number], names: list[Named], folded: str) -> list[Number]:
        """«1 МБОУ «СОШ № 5» …»: a running number before the name, one more than the last one."""
        if names and tokens and tokens[0].role is Role.FIGURE and tokens[0].end <= names[0].start:
            first = tokens[0]
            expected = (self._mind.marks[-1] + 1) if self._mind.marks else 1
            if (
                not folded[: first.start].strip(" |\t*•-")
                and not folded[first.end : names[0].start].strip(" .)|\t-")
                and first.value == expected
            ):
                self._mind.marks.append(first.value)
                return [replace(first, role=Role.LIST_MARK), *tokens[1:]]
        return tokens

    # -- results ------------------------------------------------------------------------------------------------

    def _state(
        self,
        line: Line,
        number: Number,
        label: Label,
        subject: Subject,
        order: tuple[int, int, int] | None,
        *,
        group: bool,
        named: bool,
        reason: str = "",
        loose_total: bool = False,
        within: str = "",
    ) -> None:
        if label.kind == "foreign":
            self._role(line, number, "an account that was not asked for", label.name)
            evidence = Evidence(locator=line.locator, snippet=_snippet(line.text, number))
            self._out.statements.append(Statement(subject, "foreign", label.name, number.value, evidence, group=group))
            return
        total_line = label.kind == "total" and not named and _TOTAL_FIRST.match(fold(line.text)) is not None
        self._out.statements.append(
            Statement(
                subject=Subject() if group else subject,
                kind=label.kind,
                name=label.name,
                value=number.value,
                evidence=Evidence(locator=line.locator, snippet=_snippet(line.text, number)),
                group=group,
                loose_total=(total_line or loose_total) and not group,
                order=order,
                vague=number.vague,
                doubtful=line.doubtful,
                per_field=within,
            )
        )
        self._role(line, number, f"figure: {label.name}" + (" (group total)" if group else ""), reason)

    def _unexplained(self, line: Line, number: Number) -> None:
        self._role(line, number, "unexplained")
        if number.vague:
            self._finding(FindingCode.APPROXIMATE, f"Неточное число: «{_snippet(line.text, number)}»", line, number)
            return
        self._finding(
            FindingCode.UNEXPLAINED_NUMBER,
            f"Непонятно, что означает число {number.text}: «{_snippet(line.text, number)}»",
            line,
            number,
        )

    def _role(self, line: Line, number: Number, role: str, reason: str = "") -> None:
        self._out.roles.append(NumberRole(text=number.text, locator=line.locator, role=role, reason=reason))

    def _finding(self, code: FindingCode, message: str, line: Line, number: Number) -> None:
        evidence = Evidence(locator=line.locator, snippet=_snippet(line.text, number))
        self._out.findings.append(Finding(code=code, severity=Severity.BLOCKS, message=message, evidence=(evidence,)))


def _snippet(text: str, number: Number, width: int = 60) -> str:
    """The number with what stands around it, at word boundaries."""
    start, end = max(0, number.start - width), min(len(text), number.end + width // 2)
    return ("…" if start else "") + text[start:end].strip() + ("…" if end < len(text) else "")


def _order_at(
    moments: list[DateToken], number: Number, default: tuple[int, int, int] | None
) -> tuple[int, int, int] | None:
    """The date before a number in its stretch; otherwise the heading's."""
    before = [d for d in moments if d.end <= number.start]
    return before[-1].order if before else default


def _distinct(labels: list[Label]) -> list[Label]:
    """Labels without repetition of a name («Вконтакте (vk.com/public…)» is one)."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for label in labels:
        if (label.kind, label.name) not in seen:
            seen.add((label.kind, label.name))
            kept.append(label)
    return kept


def _beside_label(token: Number, labels: list[Label], folded: str) -> Number:
    """«инстаграм девять»: a small number in words right after a network's name is no ordinary speech."""
    if token.role is not Role.PROSE:
        return token
    beside = any(
        x.kind in ("field", "total")
        and x.end <= token.start
        and re.fullmatch(r"[\s:\-=]*(?:подпис\w+|всего|только)?\s*", folded[x.end : token.start])
        for x in labels
    )
    return replace(token, role=Role.FIGURE) if beside else token


def _head_nouns(folded: str, labels: list[Label]) -> list[Label]:
    """«родители воспитанников 35»: of two groups with only spaces between, the first is counted, the other its genitive."""
    kept: list[Label] = []
    for label in labels:
        last = kept[-1] if kept else None
        if last and last.kind == label.kind == "audience" and not folded[last.end : label.start].strip():
            kept[-1] = Label(last.kind, last.name, last.start, label.end)
        else:
            kept.append(label)
    return kept


def _without_qualifiers(folded: str, labels: list[Label]) -> list[Label]:
    """«в Одноклассниках всего 9»: right after a network «всего» only qualifies its number."""
    return [
        label
        for i, label in enumerate(labels)
        if not (
            i
            and label.kind == "total"
            and labels[i - 1].kind == "field"
            and re.fullmatch(
                r"[\s\-]*(?:подписал\w+|подписан\w*|у\s+нас|пока|уже)?[\s]*", folded[labels[i - 1].end : label.start]
            )
        )
    ]


def _subscribed_people(folded: str, values: list[Number], labels: list[Label]) -> list[Number]:
    """«подписались 45 сотрудников»: who they are is said, but they are the people that subscribed, if no more is said."""
    if len(values) != 1 or values[0].role is not Role.STAFF or any(x.kind == "field" for x in labels):
        return []
    value = values[0]
    if not re.search(
        r"(?:подписал\w+|подписан\w*|язылды)\s*:?\s*(?:все\s+|всего\s+|уже\s+|еще\s+)?$", folded[: value.start]
    ):
        return []
    return [replace(value, role=Role.FIGURE, people=True)]


def _within(folded: str, pair: Pair, pairs: list[Pair]) -> str:
    """The network whose number a bracket splits: «ВК 40 (учителя 20, родители 20)»; nothing outside of brackets."""
    before = folded[: pair.number.start]
    opening = before.rfind("(")
    if opening < 0 or before.count("(") <= before.count(")"):
        return ""
    fields = [p for p in pairs if p.label and p.label.kind == "field" and p.number.end <= opening + 1]
    last = fields[-1] if fields else None
    if (
        last is None
        or last.label is None
        or not re.fullmatch(r"\s*(?:чел\w*\.?|человек\w*)?\s*", folded[last.number.end : opening])
    ):
        return ""
    return last.label.name


def _merge_repeats(labels: list[Label], values: list[Number]) -> list[Label]:
    """Neighbouring labels of one name with no number between are one label, as wide as both."""
    merged: list[Label] = []
    for label in labels:
        last = merged[-1] if merged else None
        if (
            last
            and (last.kind, last.name) == (label.kind, label.name)
            and not any(last.end <= v.start < label.start for v in values)
        ):
            merged[-1] = Label(last.kind, last.name, last.start, label.end, last.link)
            continue
        merged.append(label)
    return merged


def _ungrouped(figures: list[Number]) -> list[Number]:
    """«34 310 30» may be three numbers: those that a space joined, apart again."""
    apart: list[Number] = []
    for figure in figures:
        if not figure.grouped:
            apart.append(figure)
            continue
        offset = figure.start
        for part in re.finditer(r"\d+", figure.text):
            apart.append(
                replace(
                    figure,
                    start=offset + part.start(),
                    end=offset + part.end(),
                    text=part.group(),
                    value=int(part.group()),
                    grouped=(),
                )
            )
    return apart


def _mostly(label: Label, folded: str) -> bool:
    """Whether a label makes up most of its line: a heading rather than a word in a sentence."""
    return label.end - label.start >= 0.5 * len(folded.strip(" :-.•*|\t"))


__all__ = ["Line", "NameFinder", "Named", "ProseReader"]
